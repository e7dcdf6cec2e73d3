//! Finds output of tests that are named before they run: Rust's (`test a ... ok`), and those of Python's
//! unittest with `-v`.

use std::collections::HashSet;
use std::ops::RangeInclusive;

use crate::model::TailLine;

/// Most output lines of a test.
const OUTPUT: u64 = 300;
/// Longest name of a test with its result, in bytes.
const HEAD: usize = 300;
/// Lines of a panic: its place, its message, both sides of a comparison, the note.
const LINES: u64 = 6;

/// Messages about panics in tests that are `ok`.
pub(super) fn panics(lines: &[TailLine]) -> Vec<RangeInclusive<u64>> {
    let (mut passed, mut failed) = (HashSet::new(), HashSet::new());
    for line in lines {
        let Some(said) = line.content().strip_prefix("test ") else {
            continue;
        };
        let name = said.split([' ', '\t']).next().unwrap_or_default();
        if said.ends_with("... ok") {
            passed.insert(name);
        } else if said.ends_with("... FAILED") {
            failed.insert(name);
        }
    }
    let mut found = Vec::new();
    for (k, line) in lines.iter().enumerate() {
        let Some(test) = panicking(line.content()) else {
            continue;
        };
        if !passed.contains(test) || failed.contains(test) {
            continue;
        }
        let first = line.place.line;
        let of_panic = lines[k + 1..].iter().take_while(|other| {
            let text = other.content();
            let begins = text.starts_with("test ") || panicking(text).is_some();
            !begins && other.place.line <= first + LINES
        });
        let note = |other: &&TailLine| {
            other
                .content()
                .starts_with("note: run with `RUST_BACKTRACE")
        };
        let of_panic: Vec<&TailLine> = of_panic.collect();
        // Without the note the end of the message is unknown.
        let last = of_panic.iter().find(|other| note(other));
        let last = last.or(of_panic.first()).map_or(first, |l| l.place.line);
        found.push(first..=last);
    }
    found
}

/// The lines between `test a ... ` and an `ok` on its own line, if tests run one by one without captured
/// output.
pub(super) fn captured(lines: &[TailLine]) -> Vec<RangeInclusive<u64>> {
    let mut open = None;
    let mut found = Vec::new();
    for line in lines {
        let (text, number) = (line.content(), line.place.line);
        let named = text.starts_with("test ") || text.starts_with("test_");
        let head = || {
            let head = text.split_once(" ... ").map(|(head, _)| head);
            head.or_else(|| text.strip_suffix(" ..."))
        };
        let ended = [" ok", " FAILED", " FAIL", " ERROR"];
        let of_test = |head: &str| head.len() < HEAD && head.contains(['_', '(', ':']);
        if named && head().is_some_and(of_test) || line.command {
            let ends = line.command || ended.iter().any(|end| text.ends_with(end));
            open = (!ends).then_some(number);
        } else if matches!(text, "FAILED" | "FAIL" | "ERROR" | "failures:")
            || text.starts_with("error: test failed")
            || text.starts_with("test result: ")
        {
            open = None;
        } else if text == "ok"
            && let Some(first) = open.take()
            && number <= first + OUTPUT
        {
            found.push(first..=number);
        }
    }
    found
}

/// The thread in `thread 'tests::a' (123) panicked at src/a.rs:1:2:`, which the harness names after the test.
fn panicking(text: &str) -> Option<&str> {
    let (thread, behind) = text.strip_prefix("thread '")?.split_once('\'')?;
    behind.contains(" panicked at ").then_some(thread)
}

#[cfg(test)]
mod tests {
    use super::super::found_in;
    use super::*;

    #[test]
    fn what_stands_between_a_name_and_ok() {
        let log = "test a_a ... error: no\nok\ntest b_b - should panic ...\nthread 'b' panicked at x\nok\ntest c::c ... error: c\n\
             FAILED\ntest d_d ... ok\nerror: d\nok\ntest_e (m.C.test_e) ... \nerror: e\nok\ntest f_f ... \nerror\n$ make\nok\ntest build ... \n$ make\nerror\nok\n";
        assert_eq!(found_in(captured, log), [1, 2, 3, 4, 5, 11, 12, 13]);
    }

    #[test]
    fn of_tests_that_are_ok() {
        let log = "thread 'tests::a' (12) panicked at src/a.rs:1:2:\nassertion failed\n  left: 1\nnote: run with `RUST_BACKTRACE=1`\n\
             test tests::a - should panic ... ok\nthread 'tests::b' panicked at src/b.rs:1:2:\nno\nerror: x\n\
             test tests::b ... FAILED\nthread 'main' panicked at src/c.rs:1:2:\nno\n\
             test tests::c ... ok\nthread 'tests::c' panicked at src/c.rs:1:2:\ncaught\nerror: y\n";
        assert_eq!(found_in(panics, log), [1, 2, 3, 4, 13, 14]);
    }
}
