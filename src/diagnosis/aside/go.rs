//! What tests of Go print with `go test -v`, between `=== RUN   T` and `--- PASS: T`.

use std::collections::HashSet;
use std::ops::RangeInclusive;

use crate::model::TailLine;

/// Output of tests that passed, or were skipped. Where tests run in parallel only what stands behind their names is known to be theirs.
pub(super) fn captured(lines: &[TailLine]) -> Vec<RangeInclusive<u64>> {
    let text = |line: &TailLine| line.content().trim().to_owned();
    let passed: HashSet<String> = lines
        .iter()
        .filter_map(|line| {
            let text = line.content().trim_start();
            let behind = text
                .strip_prefix("--- PASS: ")
                .or_else(|| text.strip_prefix("--- SKIP: "))?;
            behind.split(' ').next().map(str::to_owned)
        })
        .collect();
    let parallel = lines
        .iter()
        .any(|line| text(line).starts_with("=== PAUSE "));
    let mut owner: Option<(String, bool)> = None;
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
                false => words.next().map(|test| (test.to_owned(), named)),
            };
        } else if let Some(ended) = text.strip_prefix("--- ") {
            // Before Go 1.14 what a test logged stood below its result, as that of subtests does.
            let test = ended.split_once(": ").map(|(_, test)| test);
            let test = test.and_then(|test| test.split(' ').next());
            owner = test.map(|test| (test.to_owned(), true));
        } else if let Some((test, named)) = &owner {
            let logged = line.content().starts_with("    ");
            let over = matches!(text, "PASS" | "FAIL")
                || text.starts_with("FAIL\t")
                || text.starts_with("ok  \t")
                || text.starts_with("panic: ");
            if over {
                owner = None;
            } else if has_passed(test, &passed) && (logged || !parallel && !*named) {
                found.push(line.place.line..=line.place.line);
            }
        }
    }
    found
}

/// Has a test passed, or one that it is a part of?
fn has_passed(test: &str, passed: &HashSet<String>) -> bool {
    let parents = test.match_indices('/').map(|(at, _)| &test[..at]);
    passed.contains(test) || parents.into_iter().any(|parent| passed.contains(parent))
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
    fn a_panic_ends_them_all() {
        let log = "=== RUN   TestA\npanic: x\ngoroutine 1\n--- PASS: TestA (0.00s)\n";
        assert_eq!(found_in(captured, log), [0; 0]);
    }
}
