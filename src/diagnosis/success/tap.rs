//! Recognises a complete run of passing tests with a plan (Test Anything Protocol).

use super::BEHIND;
use crate::diagnosis::{tap, telling};
use crate::model::TailLine;

/// Whether a command's lines, from the last to the first, report as many passing tests as were planned and no
/// failure. There may be several plans, each at the beginning or the end of its tests.
pub(super) fn all_passed(from_end: impl Iterator<Item = TailLine>) -> bool {
    // The plan behind its tests, how many of those have been seen, and whether a run is complete.
    let (mut plan, mut passed, mut complete, mut behind) = (None, 0, false, 0);
    for line in from_end {
        let text = line.content();
        if tap::gives_up(text) {
            return false;
        }
        let within = plan.is_some() || passed > 0;
        match (planned(text), tap::result(&line, text)) {
            (Some(0), _) | (_, Some(false)) => return false,
            (Some(_), _) if plan.is_some() => return false,
            (Some(count), _) if passed == count => (passed, complete) = (0, true),
            (Some(_), _) if passed > 0 => return false,
            (Some(count), _) => plan = Some(count),
            (None, Some(true)) => {
                passed += 1;
                if plan == Some(passed) {
                    (plan, passed, complete) = (None, 0, true);
                }
            }
            // Lines between results are output of the tests.
            (None, None) if within || text.starts_with('#') => {}
            (None, None) => {
                behind += usize::from(!complete);
                if behind > BEHIND || !line.echo && telling::score(text) > 0 {
                    return false;
                }
            }
        }
    }
    complete && plan.is_none() && passed == 0
}

/// Whether a line may be part of such a run.
pub(super) fn is_part(line: &TailLine) -> bool {
    let text = line.content();
    tap::result(line, text).is_some() || planned(text).is_some() || text.starts_with("# ")
}

/// `1..12`
fn planned(text: &str) -> Option<u64> {
    text.strip_prefix("1..")?.trim_end().parse().ok()
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
            "1..1\nok 1 a\nnext file\n1..1\nok 1 b\n",
            "ok 1 a\n1..1\nok 1 b\nerror: of b\nok 2 c\n1..2\n",
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
            "error: no\n1..1\nok 1 a\n",
            "error: no\nTAP version 13\nok 1 a\n1..1\n",
            "1..2\nok 1 a\n1..1\nok 1 b\n",
            "1..2\nok 1 a\nok 2 b\nBail out! no database\n",
        ] {
            assert!(!passed(text), "{text}");
        }
    }
}
