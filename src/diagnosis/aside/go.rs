//! Finds output of Go tests under `go test -v`, between `=== RUN   T` and `--- PASS: T`.

use std::collections::HashSet;
use std::ops::RangeInclusive;

use crate::model::TailLine;

/// Output of tests that passed or were skipped, for each package, since two packages may use the same name. If
/// tests run in parallel, only the text behind their names is certain to be theirs.
pub(super) fn captured(lines: &[TailLine]) -> Vec<RangeInclusive<u64>> {
    let ends = |line: &TailLine| {
        let text = line.content();
        // A copy may have blanks in place of tabs.
        ["ok  ", "FAIL\t", "FAIL  "]
            .iter()
            .any(|end| text.starts_with(end))
    };
    lines.split_inclusive(ends).flat_map(of_package).collect()
}

fn of_package(lines: &[TailLine]) -> Vec<RangeInclusive<u64>> {
    let named = |marks: &[&str]| -> HashSet<&str> {
        lines
            .iter()
            .filter_map(|line| result(line, marks))
            .collect()
    };
    let (passed, failed) = (named(&["PASS", "SKIP"]), named(&["FAIL"]));
    // Output of a suite around a test stands behind its last test.
    let has_passed = |test: &str, logged: bool| {
        let fails = if logged {
            failed.contains(test)
        } else {
            is_in(test, &failed)
        };
        !fails && is_in(test, &passed)
    };
    let paused = |line: &TailLine| line.content().trim_start().starts_with("=== PAUSE ");
    let parallel = lines.iter().any(paused);
    let mut owner: Option<(&str, bool)> = None;
    let mut found = Vec::new();
    for line in lines {
        let text = line.content().trim();
        if line.command {
            owner = None;
        } else if let Some(mark) = text.strip_prefix("=== ") {
            let mut words = mark.split_whitespace();
            let named = words.next() == Some("NAME");
            owner = match mark.starts_with("PAUSE") {
                true => None,
                false => words.next().map(|test| (test, named)),
            };
        } else if text.starts_with("--- ") {
            // Before Go 1.14 a test's log stood below its result, as that of a subtest does.
            owner = result(line, &["PASS", "SKIP", "FAIL"]).map(|test| (test, true));
        } else if let Some((test, named)) = owner {
            let logged = line.content().starts_with("    ");
            if ENDS.iter().any(|end| text.starts_with(end)) {
                owner = None;
            } else if has_passed(test, logged) && (logged || !parallel && !named) {
                found.push(super::alone(line));
            }
        }
    }
    found
}

/// Lines that end a test's output: the last words of its program.
const ENDS: &[&str] = &[
    "PASS",
    "FAIL",
    "ok  ",
    "panic: ",
    "fatal error: ",
    "exit status ",
    "unexpected fault ",
    "SIG",
    "signal: ",
    // The race detector fails a test that passed.
    "WARNING: DATA RACE",
    "=======",
];

/// The test of a result line such as `--- PASS: TestA (0.00s)`, if it has one of those results.
fn result<'t>(line: &'t TailLine, marks: &[&str]) -> Option<&'t str> {
    let said = line.content().trim_start().strip_prefix("--- ")?;
    let (mark, test) = said.split_once(": ")?;
    marks.contains(&mark).then(|| test.split(' ').next())?
}

/// Whether a test, or one around it, is among those.
fn is_in(test: &str, tests: &HashSet<&str>) -> bool {
    let mut parents = test.match_indices('/').map(|(at, _)| &test[..at]);
    tests.contains(test) || parents.any(|parent| tests.contains(parent))
}

#[cfg(test)]
mod tests {
    use super::super::found_in;
    use super::*;

    #[test]
    fn what_a_passing_test_printed() {
        let log = "=== RUN   TestA\nerror: one\n    a_test.go:3: failed to x\n--- PASS: TestA (0.00s)\n=== RUN   TestB\nerror: two\n\
             \x20   b_test.go:4: no\n--- FAIL: TestB (0.00s)\n=== RUN   TestC/sub\nerror: three\n--- PASS: TestC (0.00s)\n\
             \x20   --- PASS: TestC/sub (0.00s)\nFAIL\nFAIL\tx/y\t0.1s\nerror: four\n";
        assert_eq!(found_in(captured, log), [2, 3, 10]);
    }

    #[test]
    fn below_its_result() {
        let log = "--- PASS: TestA (0.00s)\n    a_test.go:3: failed\nerror: x\n--- FAIL: TestB (0.00s)\n    b_test.go:3: failed\n";
        assert_eq!(found_in(captured, log), [2]);
    }

    #[test]
    fn of_parallel_tests_only_what_they_logged() {
        let log = "=== RUN   TestA\n=== PAUSE TestA\n=== CONT  TestA\nerror: whose\n    a_test.go:3: failed\n=== NAME  TestB\n\
             \x20   b_test.go:3: failed\n--- PASS: TestA (0.1s)\n--- FAIL: TestB (0.1s)\n";
        assert_eq!(found_in(captured, log), [5]);
    }

    #[test]
    fn two_packages_may_name_a_test_alike() {
        let log = "=== RUN   TestA\nerror: one\n--- PASS: TestA (0.00s)\nPASS\nok  \tx/a\t0.1s\n=== RUN   TestA\nerror: two\n\
             --- FAIL: TestA (0.00s)\nFAIL\tx/b\t0.1s\n=== RUN   TestA\nerror: three\nexit status 1\nFAIL\tx/c\t0.1s\n";
        assert_eq!(found_in(captured, log), [2]);
    }

    #[test]
    fn behind_the_last_test_of_a_suite_it_may_speak_itself() {
        let log = "=== RUN   TestS\n=== RUN   TestS/a\nerror: of teardown\n--- FAIL: TestS (0.1s)\n    --- PASS: TestS/a (0.00s)\nFAIL    x/y    0.1s\n";
        assert_eq!(found_in(captured, log), [0; 0]);
    }

    #[test]
    fn a_panic_ends_them_all() {
        let log = "=== RUN   TestA\npanic: x\ngoroutine 1\n--- PASS: TestA (0.00s)\n";
        assert_eq!(found_in(captured, log), [0; 0]);
    }
}
