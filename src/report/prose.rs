//! Running text with `code spans`, broken into lines.
//!
//! A pattern's text with its captures becomes lines of coloured pieces. A code span stays on one line if it
//! fits, so that it can be copied. With colour the backticks are dropped; without it they stay, since nothing
//! else would mark the span.

use super::paint::{Ink, Row};
use super::{sanitize, width};

/// A line: pieces of text with their ink.
pub type Line = Vec<(Ink, String)>;

/// A part that is not broken.
#[derive(Debug, Default)]
struct Unit {
    pieces: Line,
    width: usize,
    /// No blank precedes it: the rest of a part that was too wide for a line.
    glued: bool,
}

impl Unit {
    fn add(&mut self, ink: Ink, text: &str) {
        self.width += width::of(text);
        self.pieces.push((ink, text.to_owned()));
    }
}

/// Breaks a text into lines of at most `max` columns. `ink` is for everything but code.
pub fn wrap(text: &str, ink: Ink, max: usize, color: bool) -> Vec<Line> {
    let max = max.max(2);
    let mut lines = Vec::new();
    let mut line = Line::new();
    let mut used = 0;
    let mut place = |unit: Unit| {
        let blank = usize::from(used > 0 && !unit.glued);
        if used + blank + unit.width > max && used > 0 {
            lines.push(std::mem::take(&mut line));
            used = 0;
        } else if blank > 0 {
            line.push((Ink::Plain, " ".to_owned()));
            used += blank;
        }
        used += unit.width;
        line.extend(unit.pieces);
    };
    for unit in units(text, ink, color) {
        if unit.width <= max {
            place(unit);
        } else {
            narrow(unit, max).into_iter().for_each(&mut place);
        }
    }
    lines.push(line);
    lines
}

/// Appends a line's pieces to a row.
pub fn pour(line: &Line, row: &mut Row) {
    for (ink, text) in line {
        row.push(*ink, text);
    }
}

/// Splits a step that ends in one code span behind a colon into the text and the command.
pub fn trailing_command(step: &str) -> Option<(&str, &str)> {
    let (says, command) = step
        .trim_end()
        .trim_end_matches('.')
        .strip_suffix('`')?
        .rsplit_once('`')?;
    let says = says.trim_end();
    // An odd number of backticks before it: what looks like the span is the text between two.
    let closed = says.matches('`').count() % 2 == 0;
    (closed && !command.trim().is_empty() && says.ends_with([':', '：'])).then_some((says, command))
}

/// Cuts a text into units at blanks, tabs and newlines. Everything else is cleaned.
fn units(text: &str, ink: Ink, color: bool) -> Vec<Unit> {
    let mut units = vec![Unit::default()];
    for (code, piece) in spans(text) {
        if code {
            let piece = sanitize::clean(&piece.replace(['\t', '\n'], " ")).into_owned();
            let shown = if color { piece } else { format!("`{piece}`") };
            if let Some(unit) = units.last_mut() {
                unit.add(Ink::Code, &shown);
            }
            continue;
        }
        for (at, word) in piece.split([' ', '\t', '\n']).enumerate() {
            if at > 0 {
                units.push(Unit::default());
            }
            if let (false, Some(unit)) = (word.is_empty(), units.last_mut()) {
                unit.add(ink, &sanitize::clean(word));
            }
        }
    }
    units.retain(|unit| !unit.pieces.is_empty());
    units
}

/// Text and code in turn, without backticks. An unpaired backtick is text.
pub(super) fn spans(text: &str) -> Vec<(bool, &str)> {
    let mut spans = Vec::new();
    let mut rest = text;
    while let Some(open) = rest.find('`') {
        let Some(length) = rest[open + 1..].find('`').filter(|&length| length > 0) else {
            break;
        };
        spans.push((false, &rest[..open]));
        spans.push((true, &rest[open + 1..open + 1 + length]));
        rest = &rest[open + length + 2..];
    }
    spans.push((false, rest));
    spans
}

/// Cuts a unit that fits on no line: a code span at its blanks, other text anywhere.
fn narrow(unit: Unit, max: usize) -> Vec<Unit> {
    let mut units = vec![Unit::default()];
    for (ink, text) in unit.pieces {
        for (at, word) in text.split(' ').enumerate() {
            if at > 0 {
                units.push(Unit::default());
            }
            chop(&mut units, ink, word, max);
        }
    }
    units.retain(|unit| !unit.pieces.is_empty());
    units
}

/// Adds a word to the last unit; a word that does not fit begins further ones.
fn chop(units: &mut Vec<Unit>, ink: Ink, word: &str, max: usize) {
    let mut rest = word;
    while let (false, Some(unit)) = (rest.is_empty(), units.last_mut()) {
        let part = width::head(rest, max - unit.width);
        if !part.is_empty() {
            unit.add(ink, part);
            rest = &rest[part.len()..];
        }
        if !rest.is_empty() {
            units.push(Unit {
                glued: true,
                ..Unit::default()
            });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plain(text: &str, max: usize) -> Vec<String> {
        let lines = wrap(text, Ink::Plain, max, false);
        lines
            .iter()
            .map(|line| line.iter().map(|(_, text)| text.as_str()).collect())
            .collect()
    }

    #[test]
    fn lines_break_at_blanks_and_not_in_code() {
        assert_eq!(
            plain("one two\nthree  four", 9),
            ["one two", "three", "four"]
        );
        assert_eq!(
            plain("run `a b c`, then `d e`.", 11),
            ["run", "`a b c`,", "then `d e`."]
        );
        assert_eq!(plain("", 9), [""]);
    }

    #[test]
    fn what_fits_on_no_line_is_broken_all_the_same() {
        assert_eq!(
            plain("x `docker build --tag app .`", 12),
            ["x `docker", "build --tag", "app .`"]
        );
        assert_eq!(
            plain("see https://example.com/a", 10),
            ["see", "https://ex", "ample.com/", "a"]
        );
        assert_eq!(plain("오류오류", 5), ["오류", "오류"]);
    }

    #[test]
    fn hangul_counts_double() {
        assert_eq!(
            plain(
                "TLS 협상 도중 `gitlab.example.com`와의 연결이 끊겼습니다.",
                28
            ),
            [
                "TLS 협상 도중",
                "`gitlab.example.com`와의",
                "연결이 끊겼습니다."
            ]
        );
    }

    #[test]
    fn color_replaces_backticks() {
        let lines = wrap("use `ARG`", Ink::Plain, 20, true);
        assert_eq!(lines[0].last(), Some(&(Ink::Code, "ARG".to_owned())));
    }

    #[test]
    fn lone_backticks_are_text() {
        assert_eq!(
            plain("looking for matching ``'", 40),
            ["looking for matching ``'"]
        );
        assert_eq!(plain("a ` b", 40), ["a ` b"]);
    }

    #[test]
    fn hostile_text_is_cleaned_and_counted() {
        assert_eq!(plain("a\x1b[2J `x\ry`", 40), ["a␛[2J `x␍y`"]);
        assert_eq!(plain("\u{202e}abc", 11), ["<U+202E>abc"]);
        assert_eq!(plain("\u{2028}", 40), ["<U+2028>"]);
    }

    #[test]
    fn a_command_behind_a_colon_stands_alone() {
        assert_eq!(
            trailing_command("On the node: `docker pull a`."),
            Some(("On the node:", "docker pull a"))
        );
        assert_eq!(
            trailing_command("Set `A`: `B=1`"),
            Some(("Set `A`:", "B=1"))
        );
        assert_eq!(
            trailing_command("러너에서：`id`"),
            Some(("러너에서：", "id"))
        );
        for inline in [
            "Run `a` or `b`",
            "Run: `a` or `b`",
            "Run `a`",
            "`x: `",
            "a:",
            ": `` ",
        ] {
            assert_eq!(trailing_command(inline), None, "{inline}");
        }
    }
}
