//! What pytest shows of tests that did not fail: their log while they run (`log_cli`), what they print (`-s`), what they printed
//! (`-rP`, `-rA`).

use std::ops::RangeInclusive;

use super::blocks;
use crate::model::TailLine;

/// Results of tests that did not fail.
const HARMLESS: &[&str] = &["PASSED", "SKIPPED", "XFAIL"];

/// Their logs, between `---- live log call ----` and the result.
pub(super) fn live(lines: &[TailLine]) -> Vec<RangeInclusive<u64>> {
    const PHASES: &[&str] = &["setup", "call", "teardown"];
    let is_heading = |text: &str| {
        let said = text.trim_matches('-').trim();
        let phase = said.strip_prefix("live log ");
        text.starts_with("--") && phase.is_some_and(|phase| PHASES.contains(&phase))
    };
    let mut open: Option<u64> = None;
    let mut found = Vec::new();
    for line in lines {
        let (text, number) = (line.content(), line.place.line);
        // Those of a teardown stand behind the result, and end with the next test, of which the name is told.
        let result = text.split_whitespace().next().unwrap_or_default();
        let names_test = text.contains(".py::") || text.starts_with('=');
        if is_heading(text) {
            open = open.or(Some(number));
        } else if line.command || names_test {
            open = None;
        } else if HARMLESS.contains(&result) && is_result(text) {
            found.extend(open.take().map(|first| first..=number));
        } else if matches!(result, "FAILED" | "ERROR") && is_result(text) {
            open = None;
        }
    }
    found
}

/// What they print between the name and the result, where nothing captures it and `-v` tells both: `test_a.py::test_x connecting`, …, `PASSED`.
pub(super) fn printed(lines: &[TailLine]) -> Vec<RangeInclusive<u64>> {
    let mut open: Option<u64> = None;
    let mut found = Vec::new();
    for line in lines {
        let (text, number) = (line.content(), line.place.line);
        let mut words = text.split_whitespace();
        let first = words.next().unwrap_or_default();
        if line.command || text.starts_with('=') {
            open = None;
        } else if first.contains(".py::") {
            let ended = words.any(|word| HARMLESS.contains(&word) || word == "FAILED");
            open = (!ended).then_some(number);
        } else if is_result(text) && HARMLESS.contains(&first) {
            found.extend(open.take().map(|first| first..=number));
        } else if is_result(text) && matches!(first, "FAILED" | "ERROR") {
            open = None;
        }
    }
    found
}

/// What they printed, below `==== PASSES ====`; plugins speak behind it (`---- coverage: … ----`, `FAIL Required test coverage …`).
pub(super) fn passes(lines: &[TailLine]) -> Vec<RangeInclusive<u64>> {
    let framed = |text: &str, by: &str| text.starts_with(by) && text.ends_with(by);
    let of_plugin = |text: &str| {
        let said = text.trim_matches('-').trim();
        let of_test = ["Captured ", "live log "]
            .iter()
            .any(|w| said.starts_with(w));
        framed(text, "--") && !of_test || text.starts_with("FAIL Required ")
    };
    blocks(
        lines,
        |text| framed(text, "==") && text.trim_matches('=').trim() == "PASSES",
        |_, line, _| !framed(line.content(), "==") && !of_plugin(line.content()),
    )
}

/// What they and tests that failed printed, below `---- Captured log call ----`, down to what pytest frames next.
pub(in crate::diagnosis) fn captured(lines: &[TailLine]) -> Vec<RangeInclusive<u64>> {
    const STREAMS: &[&str] = &["stdout", "stderr", "log"];
    const PHASES: &[&str] = &["setup", "call", "teardown"];
    let heads = |text: &str| {
        let said = text.trim_matches('-').trim().strip_prefix("Captured ");
        let parts = said.and_then(|said| said.split_once(' '));
        text.starts_with("--")
            && parts
                .is_some_and(|(stream, phase)| STREAMS.contains(&stream) && PHASES.contains(&phase))
    };
    let framed = |text: &str| {
        let by = |frame: &str| text.starts_with(frame) && text.ends_with(frame);
        by("==") || by("__") || by("--")
    };
    blocks(lines, heads, |_, line, _| !framed(line.content()))
}

/// `FAILED`, `PASSED     [ 50%]`: nothing else stands on the line.
fn is_result(text: &str) -> bool {
    let mut words = text.split_whitespace().skip(1);
    words
        .next()
        .is_none_or(|word| word.starts_with('[') || word.starts_with('('))
}

#[cfg(test)]
mod tests {
    use super::super::found_in;
    use super::*;

    #[test]
    fn logs_of_tests_that_passed() {
        let log = "test_a.py::test_x\n------ live log call ------\nERROR    root:a.py:3 refused\n\
             PASSED                                       [ 50%]\n\
             test_a.py::test_y\n------ live log setup -----\nERROR    root:a.py:4 no\n------ live log call ------\nerror\nFAILED    [100%]\n\
             ====== FAILURES ======\nE   assert 1 == 2\nPASSED\n";
        assert_eq!(found_in(live, log), [2, 3, 4]);
    }

    #[test]
    fn what_tests_print_that_passed() {
        let log = "a/test_a.py::test_x refused\nerror\nPASSED\na/test_a.py::test_y fatal\nno\nFAILED\na/test_a.py::test_z PASSED\n\
             error\nPASSED\na/test_a.py::test_w\nerror\n==== FAILURES ====\nPASSED\n";
        assert_eq!(found_in(printed, log), [1, 2, 3]);
    }

    #[test]
    fn what_was_captured_of_tests_that_failed() {
        let log = "___ test_a ___\nE   assert 1 == 2\n---- Captured stdout setup ----\nup\n---- Captured log call ----\nERROR  a:a.py:3 no\n\
             ___ test_b ___\nE   x\n---- Captured by hand ----\nno\n---- Captured stderr teardown ----\nno\n\
             == short test summary info ==\nFAILED a.py::b\n";
        assert_eq!(found_in(captured, log), [3, 4, 5, 6, 11, 12]);
    }

    #[test]
    fn what_they_printed() {
        let log = "=== FAILURES ===\nE  x\n===== PASSES =====\n____ test_a ____\n--- Captured stdout call ---\nFATAL: no\n\
             == short test summary info ==\nFAILED a.py::b\n";
        assert_eq!(found_in(passes, log), [3, 4, 5, 6]);
        let plugin = log.replace(
            "FATAL: no",
            "-- coverage: linux --\nFAIL Required test coverage of 80% not reached",
        );
        assert_eq!(found_in(passes, &plugin), [3, 4, 5]);
    }
}
