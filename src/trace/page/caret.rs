//! Colours whose ESC is shown: `gh run view` (and `cat -v`) print it as the two characters `^[`, others as its control picture, as a
//! damaged character, or not at all (`[31mred[0m`, copied from a web page).
//!
//! Only what colours and erases is taken out (`^[[1m`, `^[[0K`): anything else may be text. Without a trace of ESC the text must
//! take colours back as well (`[0m`), since `[5m]` may be a time.

use super::{escape, lines, prefix};

/// What stands for an ESC.
const SHOWN: &[&str] = &["^[", "\u{241b}", "\u{fffd}"];
/// How a text takes colours back.
const RESETS: &[&[u8]] = &[
    b"[0m",
    b"[0;m",
    b"[22m",
    b"[39m",
    b"[39;49m",
    b"[49m",
    b"[39;49;00m",
];
/// How programs write an ESC in their own text: what follows is no colour, but speaks of one.
const WRITTEN: &[&str] = &[
    "\\e", "\\E", "\\033", "\\x1b", "\\x1B", "\\u001b", "\\u001B", "\\u{1b}", "\\u{1B}",
];
/// Lines by which a text of `gh` is known.
const LINES: usize = 20;
/// Bytes of parameters in the longest sequence: a colour of 24 bits, before and behind it others.
const PARAMETERS: usize = 24;

/// How a text holds colours, if at all.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum Colours {
    /// As a terminal gets them, or not at all.
    #[default]
    Real,
    /// With something that stands for ESC.
    Shown,
    /// With nothing before their bracket, or with something that stands for ESC.
    Bare,
}

impl Colours {
    /// Tells by the beginning of a text how it holds colours.
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
        // `gh` shows all of them with a caret, also those that come later.
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

    /// Is there nothing to take out?
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

/// How long what stands for an ESC at the end of a text is.
fn esc_before(text: &[u8]) -> usize {
    // Most brackets have something else before them.
    if !matches!(text.last(), Some(b'[' | 0x9b | 0xbd)) {
        return 0;
    }
    let esc = SHOWN.iter().find(|esc| text.ends_with(esc.as_bytes()));
    esc.map_or(0, |esc| esc.len())
}

/// Where the colour ends that begins with the bracket at `at` and nothing before it; `[m`, `[5m]`, `x[5m:1m]`, `\e[31m` are none.
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
        // Longer ones are none, and would not fit.
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
    // A range of time: `x[5m]`.
    let behind_colour = || {
        let near = memchr::memrchr(b'[', before);
        near.is_some_and(|near| sequence(before, near) == Some(at))
    };
    let word = before.last().is_some_and(u8::is_ascii_alphanumeric) && !behind_colour();
    let goes_on = matches!(text.get(end), Some(b']' | b':'));
    // A test of colours quotes them.
    let quoted = before.last().is_some_and(|b| b"'\"`".contains(b));
    let other = word && numbers.len() < 2 || goes_on || quoted;
    (sound && !other).then_some(end)
}

/// Where the sequence ends that colours or erases and begins with the bracket at `at`.
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
