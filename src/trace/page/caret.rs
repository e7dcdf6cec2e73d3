//! Colours whose ESC became visible. `gh run view` and `cat -v` print it as the two characters `^[`; others
//! print its control picture, a damaged character or nothing at all (`[31mred[0m`, copied from a web page).
//!
//! Only sequences that colour or erase are removed (`^[[1m`, `^[[0K`); others may be text. If ESC left no
//! trace, the text must also reset colours (`[0m`), since `[5m]` may be a time.

use super::{escape, lines, prefix};

/// What stands in place of an ESC.
const SHOWN: &[&str] = &["^[", "\u{241b}", "\u{fffd}"];
/// Sequences that reset colours.
const RESETS: &[&[u8]] = &[
    b"[0m",
    b"[0;m",
    b"[22m",
    b"[39m",
    b"[39;49m",
    b"[49m",
    b"[39;49;00m",
];
/// How source code writes an ESC. What follows it is quoted, not a colour.
const WRITTEN: &[&str] = &[
    "\\e", "\\E", "\\033", "\\x1b", "\\x1B", "\\u001b", "\\u001B", "\\u{1b}", "\\u{1B}",
];
/// Lines that are checked for the columns of `gh`.
const LINES: usize = 20;
/// Longest parameters of a sequence, in bytes: a 24-bit colour with other parameters around it.
const PARAMETERS: usize = 24;

/// How a text holds colours.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum Colours {
    /// As a terminal gets them, or not at all.
    #[default]
    Real,
    /// With something in place of ESC.
    Shown,
    /// With something in place of ESC, or with only their bracket.
    Bare,
}

impl Colours {
    /// Detects from the beginning of a text how it holds colours.
    pub(super) fn recognise(head: &[u8]) -> Self {
        let real = memchr::memchr(escape::ESC, head).is_some();
        let (mut coloured, mut reset) = (false, false);
        for at in memchr::memchr_iter(b'[', head) {
            if esc_before(&head[..at]) > 0 && sequence(head, at).is_some() {
                return if reset { Self::Bare } else { Self::Shown };
            }
            if !real && colour(head, at).is_some() {
                coloured = true;
                reset |= RESETS.iter().any(|reset| head[at..].starts_with(reset));
            }
        }
        // `gh` prints all of them with a caret, including those that come later.
        let columns = || {
            let mut lines = lines::of(head).take(LINES);
            lines.any(|line| prefix::job_and_step(line).is_some())
        };
        if coloured && reset {
            Self::Bare
        } else if columns() {
            Self::Shown
        } else {
            Self::Real
        }
    }

    /// Whether nothing needs to be removed.
    pub(super) fn is_none(self) -> bool {
        self == Self::Real
    }

    /// Appends a line to `out` without its colours.
    pub(super) fn remove(self, line: &[u8], out: &mut Vec<u8>) {
        if self.is_none() {
            return out.extend_from_slice(line);
        }
        let mut from = 0;
        for at in memchr::memchr_iter(b'[', line) {
            let esc = esc_before(&line[..at]);
            let end = match self {
                _ if esc > 0 => sequence(line, at),
                Self::Bare => colour(line, at),
                _ => None,
            };
            if let Some(end) = end
                && at - esc >= from
            {
                out.extend_from_slice(&line[from..at - esc]);
                from = end;
            }
        }
        out.extend_from_slice(&line[from..]);
    }
}

/// Length of what stands in place of an ESC at the end of a text.
fn esc_before(text: &[u8]) -> usize {
    // Most brackets have something else before them.
    if !matches!(text.last(), Some(b'[' | 0x9b | 0xbd)) {
        return 0;
    }
    let esc = SHOWN.iter().find(|esc| text.ends_with(esc.as_bytes()));
    esc.map_or(0, |esc| esc.len())
}

/// Where the bare colour ends whose bracket is at `at`. `[m`, `[5m]`, `x[5m:1m]` and `\e[31m` are none.
fn colour(text: &[u8], at: usize) -> Option<usize> {
    let end = sequence(text, at)?;
    let (before, what) = (&text[..at], &text[at..end]);
    if WRITTEN.iter().any(|esc| before.ends_with(esc.as_bytes())) {
        return None;
    }
    let closes = text.get(end).is_some_and(|b| b"'\"`".contains(b));
    if closes && before.last().is_some_and(u8::is_ascii_alphanumeric) {
        return None;
    }
    if RESETS.contains(&what) || matches!(what, b"[0K" | b"[2K") {
        return Some(end);
    }
    let numbers = what[1..].strip_suffix(b"m")?;
    let known = |number: &[u8]| {
        // Longer numbers are no parameters, and would overflow.
        if !(1..=3).contains(&number.len()) {
            return false;
        }
        let value = number.iter().fold(0, |n, b| n * 10 + u32::from(b - b'0'));
        matches!(value, 0..=9 | 21..=29 | 30..=49 | 90..=107)
    };
    let wide = [&b"38;"[..], b"48;"]
        .iter()
        .any(|w| memchr::memmem::find(numbers, w).is_some());
    let sound = wide || numbers.split(|b| *b == b';').all(known);
    // `x[5m]` is a range of time.
    let behind_colour = || {
        let near = memchr::memrchr(b'[', before);
        near.is_some_and(|near| sequence(before, near) == Some(at))
    };
    let word = before.last().is_some_and(u8::is_ascii_alphanumeric) && !behind_colour();
    let goes_on = matches!(text.get(end), Some(b']' | b':'));
    // A test about colours quotes them.
    let quoted = before.last().is_some_and(|b| b"'\"`".contains(b));
    let other = word && numbers.len() < 2 || goes_on || quoted;
    (sound && !other).then_some(end)
}

/// Where the colouring or erasing sequence ends whose bracket is at `at`.
fn sequence(text: &[u8], at: usize) -> Option<usize> {
    let parameters = text[at + 1..].iter().take(PARAMETERS);
    let len = parameters
        .take_while(|b| b.is_ascii_digit() || **b == b';')
        .count();
    let end = at + 1 + len;
    matches!(text.get(end), Some(b'm' | b'K')).then_some(end + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn removed(how: Colours, line: &str) -> String {
        let mut out = Vec::new();
        how.remove(line.as_bytes(), &mut out);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn colours_go_and_text_stays() {
        for (line, text) in [
            ("^[[1m^[[91merror^[[0m^[[1m: no^[[0m", "error: no"),
            ("^[[0Ka^[[38;5;12mb^[[m", "ab"),
            ("\u{241b}[31mno\u{241b}[0m", "no"),
            ("\u{fffd}[31mno\u{fffd}[39m", "no"),
        ] {
            assert_eq!(removed(Colours::Shown, line), text);
            assert_eq!(removed(Colours::Bare, line), text);
        }
        for text in [
            "grep '^[[0-9]'",
            "^[[2A up",
            "^[[",
            "a^[[1",
            "^[]8;;x",
            "[31mbare",
        ] {
            assert_eq!(removed(Colours::Shown, text), text);
        }
    }

    #[test]
    fn bare_colours_are_told_from_other_brackets() {
        assert_eq!(
            removed(Colours::Bare, "[31m[1merror[22m[39m[K: no [0K"),
            "error[K: no "
        );
        for text in [
            "rate(x[5m])",
            "list[0]",
            "max_over_time(x[5m:1m])",
            "x[5m] y",
            "RED='\\033[0;31m'",
            "assert '[31mhi[0m' == 'hi'",
            "assert '\\x1b[31mno\\x1b[0m'",
            "\"\\u001b[31mno\\u001b[0m\"",
            "at [60m later",
            "[333333333333333;m",
            "[m",
            "[12",
            "[INFO] x",
            "[1;2] m",
            "[5K",
        ] {
            assert_eq!(removed(Colours::Bare, text), text);
        }
    }

    #[test]
    fn a_colour_ends_within_brackets() {
        assert_eq!(removed(Colours::Bare, "[[33mwarn[39m] a.js"), "[warn] a.js");
    }

    #[test]
    fn a_text_shows_by_its_beginning_how_it_holds_them() {
        for (head, how) in [
            ("a\n^[[1mb", Colours::Shown),
            ("a\n\u{fffd}[1mb", Colours::Shown),
            (
                "job\tstep\t2026-11-02T10:00:00.0000000Z text",
                Colours::Shown,
            ),
            ("grep '^[[0-9]' x", Colours::Real),
            ("a [31mred[0m", Colours::Bare),
            ("\x1b[31mred\x1b[0m, printed as [0m", Colours::Real),
            ("x[5m] [31m", Colours::Real),
        ] {
            assert_eq!(Colours::recognise(head.as_bytes()), how, "{head}");
        }
    }
}
