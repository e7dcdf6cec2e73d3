//! Tests that are told one by one, as planned (Test Anything Protocol, versions 12 to 14: bats, tape, Node.js, Meson).

use super::{BEHIND, telling};
use crate::model::TailLine;

/// Do the lines of a command, from the last to the first, tell of as many tests as were planned, all of which passed, and of nothing
/// else behind them?
pub(super) fn all_passed(from_end: impl Iterator<Item = TailLine>) -> bool {
    let (mut plan, mut passed, mut behind) = (None, 0, 0);
    for line in from_end {
        // A test within a test is indented.
        let text = line.content();
        if text.starts_with("Bail out!") {
            return false;
        }
        if let Some(planned) = planned(text) {
            if plan.replace(planned).is_some() {
                return false;
            }
        } else if is_test(text, "ok ") || line.echo && is_test(text, "not ok ") {
            passed += 1;
        } else if is_test(text, "not ok ") {
            return false;
        } else if passed == 0 && plan.is_none() && !text.starts_with('#') {
            behind += 1;
            if behind > BEHIND || telling::score(text) > 0 {
                return false;
            }
        }
    }
    plan.is_some_and(|planned| planned > 0 && planned == passed)
}

/// Is a line of such tests: a plan, a result, or a comment?
pub(super) fn is_part(text: &str) -> bool {
    let result = is_test(text, "ok ") || is_test(text, "not ok ");
    result || planned(text).is_some() || text.starts_with("# ")
}

/// `1..12`
fn planned(text: &str) -> Option<u64> {
    text.strip_prefix("1..")?.trim_end().parse().ok()
}

/// `ok 3 - name`
fn is_test(text: &str, result: &str) -> bool {
    let number = text
        .strip_prefix(result)
        .and_then(|rest| rest.split_whitespace().next());
    number.is_some_and(|number| number.bytes().all(|b| b.is_ascii_digit()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Place;
    use crate::trace::{Kind, Line};

    fn passed(text: &str) -> bool {
        let lines = text.lines().rev().map(|line| TailLine {
            place: Place::default(),
            text: line.to_owned(),
            content_at: 0,
            command: false,
            echo: Line::new(line.as_bytes(), false).kind() != Kind::Output,
        });
        all_passed(lines)
    }

    #[test]
    fn as_many_as_were_planned() {
        for text in [
            "1..2\nok 1 cat: /nope: No such file or directory\n# foo: command not found\nok 2 prints\n",
            "TAP version 13\nok 1 - a\n  not ok 1 - b\n  1..1\nnot ok 2 - c # TODO error\n1..2\n# fail 0\nin 3 s\n",
        ] {
            assert!(passed(text), "{text}");
        }
        for text in [
            "",
            "ok 1 a\n",
            "1..0\n",
            "1..3\nok 1 a\nok 2 b\n",
            "1..2\nok 1 a\nnot ok 2 b\n",
            "1..1\nok 1 a\nerror: no\n",
            "1..1\nok 1 a\n1..1\nok 1 b\n",
            "1..2\nok 1 a\nok 2 b\nBail out! no database\n",
        ] {
            assert!(!passed(text), "{text}");
        }
    }
}
