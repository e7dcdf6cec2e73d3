//! Results of the Test Anything Protocol (versions 12 to 14: bats, tape, Node.js, Perl).

use crate::model::TailLine;

/// Whether the test of a result line passed (`ok 3 - name`, `not ok 4 - name`). An expected failure (`#
/// TODO`) counts as passed. `None` if the line is no result. Blanks before it matter, since a test within a
/// test is indented.
pub(super) fn result(line: &TailLine, text: &str) -> Option<bool> {
    let numbered = |mark: &str| {
        let rest = text.strip_prefix(mark);
        rest.is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()))
    };
    if numbered("ok ") {
        Some(true)
    } else if numbered("not ok ") {
        // The reader marks lines of passing tests.
        Some(line.echo)
    } else {
        None
    }
}

/// Whether a line says that the run was aborted.
pub(super) fn gives_up(text: &str) -> bool {
    text.starts_with("Bail out!")
}
