//! Colours in caret notation: `gh run view` (and `cat -v`) show ESC as the two characters `^[`.
//!
//! Only what colours and erases is taken out (`^[[1m`, `^[[0K`): anything else may be text.

use std::sync::LazyLock;

use memchr::memmem::Finder;

use super::{lines, prefix};

/// How what colours and erases begins.
static ESC: LazyLock<Finder<'_>> = LazyLock::new(|| Finder::new(b"^[["));

/// Lines by which a text of `gh` is known.
const LINES: usize = 20;

/// May a text that begins like that hold such colours? `gh` shows all of them so.
pub(super) fn may_hold(head: &[u8]) -> bool {
    let columns = || {
        let mut lines = lines::of(head).take(LINES);
        lines.any(|line| prefix::job_and_step(line).is_some())
    };
    ESC.find_iter(head).any(|at| len(&head[at..]).is_some()) || columns()
}

/// Appends a line to `out` without them.
pub(super) fn remove(line: &[u8], out: &mut Vec<u8>) {
    let mut from = 0;
    for at in ESC.find_iter(line) {
        if let Some(len) = len(&line[at..]) {
            out.extend_from_slice(&line[from..at]);
            from = at + len;
        }
    }
    out.extend_from_slice(&line[from..]);
}

/// Length of the sequence at the start of a text.
fn len(text: &[u8]) -> Option<usize> {
    let parameters = text.get(3..)?.iter().take(24);
    let end = 3 + parameters
        .take_while(|b| b.is_ascii_digit() || **b == b';')
        .count();
    matches!(text.get(end), Some(b'm' | b'K')).then_some(end + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn removed(line: &str) -> String {
        let mut out = Vec::new();
        remove(line.as_bytes(), &mut out);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn colours_go_and_text_stays() {
        assert_eq!(removed("^[[1m^[[91merror^[[0m^[[1m: no^[[0m"), "error: no");
        assert_eq!(removed("^[[0Ka^[[38;5;12mb^[[m"), "ab");
        for text in ["grep '^[[0-9]'", "^[[2A up", "^[[", "a^[[1", "^[]8;;x"] {
            assert_eq!(removed(text), text);
        }
    }

    #[test]
    fn a_text_shows_by_its_beginning_whether_it_holds_any() {
        assert!(may_hold(b"a\n^[[1mb"));
        assert!(may_hold(b"job\tstep\t2026-11-02T10:00:00.0000000Z text"));
        assert!(!may_hold(b"grep '^[[0-9]' x"));
    }
}
