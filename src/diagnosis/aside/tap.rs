//! Comments of the Test Anything Protocol (`# …`), which belong to the result that stands next to them.

use std::ops::RangeInclusive;

use super::indent;
use crate::diagnosis::tap;
use crate::model::TailLine;

/// Comments next to no failed test. Comments after a failed test (Perl), or before one (Node.js), are evidence.
/// The result of a subtest, which is indented, says nothing about the comments around it.
pub(super) fn comments(lines: &[TailLine]) -> Vec<RangeInclusive<u64>> {
    if lines.iter().any(|line| tap::gives_up(line.content())) {
        return Vec::new();
    }
    let mut found = Vec::new();
    let mut open: Vec<(usize, u64)> = Vec::new();
    // Comments above the first result concern the whole run.
    let mut failed = true;
    for line in lines {
        let text = line.content().trim_start();
        let indent = indent(line);
        let passed = tap::result(line, text);
        if line.command || passed == Some(false) {
            failed = !line.command;
            open.clear();
        } else if passed == Some(true) {
            failed = false;
            let of_it = |(at, _): &mut (usize, u64)| *at >= indent;
            found.extend(open.extract_if(.., of_it).map(|(_, line)| line..=line));
        } else if text.starts_with("# ") && !failed {
            open.push((indent, line.place.line));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::super::found_in;
    use super::*;

    #[test]
    fn next_to_tests_that_passed() {
        let expected = "1..1\nnot ok 1 - a # TODO later\n# error: one\nok 2 - b\n";
        assert_eq!(found_in(comments, expected), [3]);
        let log = "TAP version 13\n# error: zero\nok 1 - a\n# error: one\nok 2 - a\n# error: two\nnot ok 3 - b\n#   Failed test 'b'\n# error: three\n\
             ok 4 - c\n# error: four\n";
        assert_eq!(found_in(comments, log), [4]);
    }

    #[test]
    fn of_bats() {
        let log = "1..2\nerror: unknown\nok 1 a\n# curl: (7) refused\nok 2 b\n";
        assert_eq!(found_in(comments, log), [4]);
    }

    #[test]
    fn around_subtests() {
        let log =
            "ok 1 - z\n# error: one\n# Subtest: a\n    # error: two\n    ok 1 - x\nnot ok 2 - a\n";
        assert_eq!(found_in(comments, log), [4]);
        assert_eq!(
            found_in(comments, &format!("{log}Bail out!  No more\n")),
            [0; 0]
        );
    }
}
