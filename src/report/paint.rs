//! Ink and rows: styled text on its way to a terminal.
//!
//! A [`Row`] takes text in pieces, cleans every piece ([`super::sanitize`]) and leaves as one line.
//! Nothing reaches a terminal but through a row, so nothing reaches it unclean.

use std::io::{self, Write};

use anstyle::{AnsiColor, Style};

use super::{sanitize, width};

/// What a piece of text is; how it looks follows from that.
///
/// The 16 ANSI colours only, so that any theme can show them, and never bright black, which some
/// themes paint as their background.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Ink {
    /// Running text.
    #[default]
    Plain,
    /// What the eye should find first.
    Strong,
    /// What it may pass over.
    Faint,
    /// The name of a part: `Why`, `Fix 1`.
    Label,
    /// Commands and names.
    Code,
    /// A failure.
    Bad,
    /// A success.
    Good,
    /// What nobody knows, and warnings.
    Doubt,
    /// What a pattern matched.
    Match,
}

impl Ink {
    /// How the terminal shows it.
    pub fn style(self) -> Style {
        let fg = |color: AnsiColor| Style::new().fg_color(Some(color.into()));
        match self {
            Ink::Plain => Style::new(),
            Ink::Strong => Style::new().bold(),
            Ink::Faint => Style::new().dimmed(),
            Ink::Label => fg(AnsiColor::Blue).bold(),
            Ink::Code => fg(AnsiColor::Cyan),
            Ink::Bad => fg(AnsiColor::Red).bold(),
            Ink::Good => fg(AnsiColor::Green).bold(),
            Ink::Doubt => fg(AnsiColor::Yellow).bold(),
            Ink::Match => fg(AnsiColor::Red),
        }
    }
}

/// What the tool itself draws with.
#[derive(Debug, PartialEq, Eq)]
pub struct Symbols {
    /// A cause.
    pub cross: &'static str,
    /// Take care.
    pub warning: &'static str,
    /// By the way.
    pub info: &'static str,
    /// No cause is known.
    pub unknown: &'static str,
    /// Separates facts, marks consequences.
    pub dot: &'static str,
    /// Between line number and log text.
    pub gutter: &'static str,
    /// The same, below the end of the text.
    pub corner: &'static str,
    /// Points to what follows.
    pub arrow: &'static str,
    /// Something was cut here.
    pub ellipsis: &'static str,
    /// One column of a horizontal line.
    pub rule: &'static str,
    /// Nothing to show.
    pub none: &'static str,
}

/// For terminals that can.
pub static UNICODE: Symbols = Symbols {
    cross: "×",
    warning: "!",
    info: "i",
    unknown: "?",
    dot: "·",
    gutter: "│",
    corner: "╵",
    arrow: "→",
    ellipsis: "…",
    rule: "─",
    none: "–",
};

/// For those that cannot.
pub static ASCII: Symbols = Symbols {
    cross: "x",
    warning: "!",
    info: "i",
    unknown: "?",
    dot: "-",
    gutter: "|",
    corner: "'",
    arrow: "->",
    ellipsis: "...",
    rule: "-",
    none: "-",
};

/// One line under construction.
#[derive(Debug, Clone, Default)]
pub struct Row {
    pieces: Vec<(Ink, String)>,
    width: usize,
}

impl Row {
    /// An empty line.
    pub fn new() -> Self {
        Row::default()
    }

    /// A line that begins with blanks.
    pub fn indented(columns: usize) -> Self {
        let mut row = Row::new();
        row.space(columns);
        row
    }

    /// Appends text, cleaned.
    pub fn push(&mut self, ink: Ink, text: &str) -> &mut Self {
        let text = sanitize::clean(text);
        self.width += width::of(&text);
        match self.pieces.last_mut() {
            Some((last, piece)) if *last == ink => piece.push_str(&text),
            _ if text.is_empty() => {}
            _ => self.pieces.push((ink, text.into_owned())),
        }
        self
    }

    /// Appends blanks.
    pub fn space(&mut self, columns: usize) -> &mut Self {
        self.push(Ink::Plain, &" ".repeat(columns))
    }

    /// Appends blanks up to a column.
    pub fn pad_to(&mut self, column: usize) -> &mut Self {
        self.space(column.saturating_sub(self.width))
    }

    /// Columns so far.
    pub fn width(&self) -> usize {
        self.width
    }

    /// Writes the line and its end.
    pub fn write(&self, color: bool, out: &mut dyn Write) -> io::Result<()> {
        let end = self
            .pieces
            .iter()
            .rposition(|(_, text)| !text.trim_end().is_empty());
        let pieces = &self.pieces[..end.map_or(0, |last| last + 1)];
        // A line that starts with `::`, even behind blanks, is a command to the GitHub runner.
        let first = pieces
            .iter()
            .position(|(_, text)| !text.trim_start().is_empty());
        let command = pieces
            .iter()
            .map(|(_, text)| text.as_str())
            .collect::<String>();
        let command = command.trim_start().starts_with("::");
        for (at, (ink, text)) in pieces.iter().enumerate() {
            let mut text = if at + 1 == pieces.len() {
                text.trim_end()
            } else {
                text.as_str()
            };
            if command && first == Some(at) {
                let blanks = text.len() - text.trim_start().len();
                write!(out, "{}<U+003A>", &text[..blanks])?;
                text = &text[blanks + 1..];
            }
            let style = ink.style();
            if color && !style.is_plain() {
                write!(out, "{style}{text}{style:#}")?;
            } else {
                out.write_all(text.as_bytes())?;
            }
        }
        out.write_all(b"\n")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(row: &Row, color: bool) -> String {
        let mut out = Vec::new();
        row.write(color, &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn color_is_all_or_nothing() {
        let mut row = Row::indented(2);
        row.push(Ink::Bad, "×")
            .space(1)
            .push(Ink::Strong, "title")
            .space(3);
        assert_eq!(written(&row, false), "  × title\n");
        assert_eq!(
            written(&row, true),
            "  \x1b[1m\x1b[31m×\x1b[0m \x1b[1mtitle\x1b[0m\n"
        );
        assert_eq!(row.width(), 12);
    }

    #[test]
    fn nothing_enters_unclean() {
        let mut row = Row::new();
        row.push(Ink::Code, "a\x1b[2Jb\n");
        assert_eq!(written(&row, false), "a␛[2Jb␊\n");
    }

    #[test]
    fn no_line_is_a_workflow_command() {
        let mut row = Row::indented(2);
        row.push(Ink::Code, ":")
            .push(Ink::Plain, ":set-output name=a::b");
        assert_eq!(written(&row, false), "  <U+003A>:set-output name=a::b\n");
        let mut row = Row::new();
        row.push(Ink::Plain, "std::fs");
        assert_eq!(written(&row, false), "std::fs\n");
    }

    #[test]
    fn ascii_symbols_are_ascii() {
        let s = &ASCII;
        for symbol in [
            s.cross, s.warning, s.info, s.unknown, s.dot, s.gutter, s.corner, s.arrow, s.ellipsis,
            s.rule, s.none,
        ] {
            assert!(symbol.is_ascii());
        }
    }
}
