//! Finds test output in Jest and Vitest, which print a heading above it. If the tool counts tests, the failed
//! tests themselves say what failed.

use std::ops::RangeInclusive;

use super::{blocks, indent, may_come_from_outside};
use crate::model::TailLine;

/// Blocks below `console.error` and the like, if the count of tests has failures and some of them are
/// described.
pub(super) fn of_jest(lines: &[TailLine]) -> Vec<RangeInclusive<u64>> {
    let counted = |line: &TailLine| {
        let text = line.content();
        text.starts_with("Tests:") && text.contains(" failed")
    };
    let described = |line: &TailLine| {
        let test = line.content().trim_start().strip_prefix("\u{25cf} ");
        test.is_some_and(|test| !matches!(test, "Console" | "Test suite failed to run"))
    };
    if !lines.iter().any(counted) || !lines.iter().any(described) || lines.iter().any(is_outside) {
        return Vec::new();
    }
    of_console(lines)
}

fn of_console(lines: &[TailLine]) -> Vec<RangeInclusive<u64>> {
    blocks(lines, is_console, |first, line, _| {
        indent(line) > indent(first)
    })
}

/// The blocks of both tools, whatever the result of the tests.
pub(super) fn shown(lines: &[TailLine]) -> Vec<RangeInclusive<u64>> {
    let mut shown = of_console(lines);
    shown.extend(blocks(lines, is_heading, is_below));
    shown
}

/// Blocks below `stderr | file > test`, up to an empty line, if tests are counted; otherwise only the headings.
pub(super) fn of_vitest(lines: &[TailLine]) -> Vec<RangeInclusive<u64>> {
    let counted = |line: &TailLine| {
        let text = line.content().trim_start();
        text.starts_with("Tests ") && [" failed", " passed"].iter().any(|w| text.contains(w))
    };
    let ended = lines.iter().any(counted) && !lines.iter().any(is_outside);
    blocks(lines, is_heading, |first, line, last| {
        ended && is_below(first, line, last)
    })
}

fn is_below(_: &TailLine, line: &TailLine, last: u64) -> bool {
    let text = line.content().trim_start();
    line.place.line == last + 1 && !OTHERS.iter().any(|mark| text.starts_with(mark))
}

/// How Vitest's own lines begin.
const OTHERS: &[&str] = &[
    "FAIL ",
    "Test Files ",
    "\u{23af}",
    "\u{276f} ",
    "\u{2713} ",
    "\u{d7} ",
];

fn is_outside(line: &TailLine) -> bool {
    may_come_from_outside(line.content())
}

/// `  console.error`; before Jest 26 with its place (`console.error src/a.js:3`).
fn is_console(text: &str) -> bool {
    const METHODS: &[&str] = &["error", "warn", "log", "info", "debug", "trace"];
    let Some(said) = text.trim().strip_prefix("console.") else {
        return false;
    };
    let (method, place) = said.split_once(' ').unwrap_or((said, ""));
    METHODS.contains(&method) && (place.is_empty() || place.contains(':') && !place.contains(' '))
}

/// `stderr | src/a.test.ts > suite > name`, `stdout | src/a.test.ts`.
fn is_heading(text: &str) -> bool {
    let said = text
        .strip_prefix("stderr | ")
        .or_else(|| text.strip_prefix("stdout | "));
    let file = said.and_then(|said| said.split(' ').next());
    file.is_some_and(|file| file.contains('.') || file == "unknown")
}

#[cfg(test)]
mod tests {
    use super::super::found_in;
    use super::*;

    #[test]
    fn what_jest_shows_of_the_console() {
        let log = "  console.error\n    connect ECONNREFUSED\n\n      at x (a.js:1:2)\n\n  \u{25cf} adds\n    Expected: 3\n\
             console.log a.js:3\n  error: y\nFAIL a.test.js\nTests:       1 failed, 2 passed, 3 total\n";
        assert_eq!(found_in(of_jest, log), [1, 2, 3, 4, 8, 9]);
        assert_eq!(
            found_in(of_jest, &log.replace("1 failed, ", "")),
            [0; 0],
            "nothing else failed"
        );
        assert_eq!(
            found_in(of_jest, &log.replace('\u{25cf}', "-")),
            [0; 0],
            "nothing else is said"
        );
    }

    #[test]
    fn what_vitest_shows_of_it() {
        let log = "stderr | a.test.ts > logs fatal error: x\nconnect ECONNREFUSED\nmore\n\n FAIL  a.test.ts > adds\n\
             AssertionError: expected 2 to be 3\n      Tests  1 failed | 2 passed (3)\nstderr | more words\n";
        assert_eq!(found_in(of_vitest, log), [1, 2, 3]);
        assert_eq!(
            found_in(of_vitest, &log.replace("Tests  1", "Test  1")),
            [1]
        );
    }
}
