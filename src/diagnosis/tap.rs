//! Results of the Test Anything Protocol (versions 12 to 14: bats, tape, Node.js, Perl).

use crate::model::TailLine;

/// Did a test pass, by its line (`ok 3 - name`, `not ok 4 - name`)? One that was expected to fail (`# TODO`) did. `None`: it is no
/// result. Blanks before it count: a test within a test is indented.
pub(super) fn result(line: &TailLine, text: &str) -> Option<bool> {
    let numbered = |mark: &str| {
        let rest = text.strip_prefix(mark);
        rest.is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()))
    };
    if numbered("ok ") {
        Some(true)
    } else if numbered("not ok ") {
        // The reader knows lines of passing tests.
        Some(line.echo)
    } else {
        None
    }
}

/// Does a line say that the run was given up?
pub(super) fn gives_up(text: &str) -> bool {
    text.starts_with("Bail out!")
}
