//! What pytest shows of the log while tests run (`log_cli`), between `---- live log call ----` and the result of the test.

use std::ops::RangeInclusive;

use crate::model::TailLine;

/// Such logs of tests that did not fail.
pub(super) fn live(lines: &[TailLine]) -> Vec<RangeInclusive<u64>> {
    const PHASES: &[&str] = &["setup", "call", "teardown"];
    const HARMLESS: &[&str] = &["PASSED", "SKIPPED", "XFAIL"];
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
}
