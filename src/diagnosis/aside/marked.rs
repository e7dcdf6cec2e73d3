//! Finds output of tests whose runner prints a mark behind or above it: Mocha's spec reporter, Gradle.

use std::collections::HashSet;
use std::ops::RangeInclusive;

use super::indent;
use crate::model::TailLine;

/// The lines between a test's mark and the next one, if that test passed. Mocha prints failures at the end.
pub(super) fn of_mocha(lines: &[TailLine]) -> Vec<RangeInclusive<u64>> {
    let mut found = Vec::new();
    let mut of_run = Vec::new();
    let mut mark = None;
    for line in lines {
        let text = line.content().trim_start();
        let number = line.place.line;
        if line.command {
            (mark, of_run) = (None, Vec::new());
        } else if is_sum(text) {
            found.append(&mut of_run);
            mark = None;
        } else if ["\u{2713} ", "\u{2714} ", "\u{221a} "]
            .iter()
            .any(|passed| text.starts_with(passed))
        {
            of_run.extend(mark.map(|above: u64| above + 1..=number));
            mark = Some(number);
        } else if is_numbered(text) && indent(line) > 0 {
            mark = Some(number);
        }
    }
    found
}

/// `2 passing (20ms)`
fn is_sum(text: &str) -> bool {
    let count = text.split_once(" passing (").map(|(count, _)| count);
    count.is_some_and(|count| !count.is_empty() && count.bytes().all(|b| b.is_ascii_digit()))
}

/// `1) adds`, a test that failed.
fn is_numbered(text: &str) -> bool {
    let count = text.split_once(") ").map(|(count, _)| count);
    count.is_some_and(|count| !count.is_empty() && count.bytes().all(|b| b.is_ascii_digit()))
}

/// The lines below `ATest > works() STANDARD_ERROR`, if Gradle counts failed tests and this is none of them.
pub(super) fn of_gradle(lines: &[TailLine]) -> Vec<RangeInclusive<u64>> {
    let counts = |line: &TailLine| {
        line.content()
            .split_once(" tests completed, ")
            .or_else(|| line.content().split_once(" test completed, "))
            .is_some_and(|(_, behind)| behind.contains(" failed"))
    };
    if !lines.iter().any(counts) {
        return Vec::new();
    }
    let failed = lines
        .iter()
        .filter_map(|line| line.content().strip_suffix(" FAILED"));
    let failed: HashSet<&str> = failed.filter(|name| name.contains(" > ")).collect();
    // A class, and the classes within it.
    let outer: HashSet<&str> = failed
        .iter()
        .flat_map(|name| name.match_indices(" > ").map(|(at, _)| &name[..at]))
        .collect();
    let mut found = Vec::new();
    let mut open = None;
    for line in lines {
        let text = line.content();
        let head = text
            .strip_suffix(" STANDARD_ERROR")
            .or_else(|| text.strip_suffix(" STANDARD_OUT"));
        if let Some(name) = head.filter(|_| indent(line) == 0) {
            open = Some(name);
        } else if line.command || indent(line) < 4 {
            open = None;
        }
        if open.is_some_and(|name| !failed.contains(name) && !outer.contains(name)) {
            found.push(super::alone(line));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::super::found_in;
    use super::*;

    #[test]
    fn between_the_marks_of_mocha() {
        let log = "  repo\n    \u{2713} reads\nError: refused\n    at x (a.js:1:2)\n    \u{2713} copes\nError: y\n    1) adds\n    Error: z\n\
             \x20   \u{2713} ends\n\n  3 passing (20ms)\n  1 failing\n\n  1) adds:\n     Error: y\n";
        assert_eq!(found_in(of_mocha, log), [3, 4, 5, 8, 9]);
        assert_eq!(
            found_in(of_mocha, &log.replace("passing", "passed")),
            [0; 0]
        );
    }

    #[test]
    fn below_the_headings_of_gradle() {
        let log = "A > b() STANDARD_ERROR\n    refused\n        at x\n\nA > c() STANDARD_OUT\n    y\n\nA > c() FAILED\n    z\n\
             B STANDARD_OUT\n    b\nA STANDARD_OUT\n    a\n\n3 tests completed, 1 failed\n";
        assert_eq!(found_in(of_gradle, log), [1, 2, 3, 10, 11]);
        assert_eq!(
            found_in(of_gradle, &log.replace("completed", "done")),
            [0; 0]
        );
    }
}
