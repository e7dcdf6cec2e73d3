//! Rows of a given width, and the few shapes in which everything is written.

use std::io::{self, Write};

use crate::report::paint::{Ink, Row, Symbols};
use crate::report::words::Words;
use crate::report::{Style, prose, width};

/// Column of the text behind a label: two blanks, a label of six, a blank.
pub(super) const TEXT: usize = 9;

/// The output, and its look.
pub(super) struct Page<'a> {
    out: &'a mut dyn Write,
    pub style: &'a Style,
    pub words: &'static Words,
    pub symbols: &'static Symbols,
    pub width: usize,
}

impl<'a> Page<'a> {
    pub fn new(out: &'a mut dyn Write, style: &'a Style) -> Self {
        let (words, symbols) = (style.words(), style.symbols());
        Page {
            out,
            style,
            words,
            symbols,
            width: style.prose_width(),
        }
    }

    pub fn row(&mut self, row: &Row) -> io::Result<()> {
        row.write(self.style.color, self.out)
    }

    pub fn blank(&mut self) -> io::Result<()> {
        self.row(&Row::new())
    }

    /// A horizontal line between two logs.
    pub fn rule(&mut self) -> io::Result<()> {
        let mut row = Row::new();
        row.push(Ink::Faint, &self.symbols.rule.repeat(self.width));
        self.row(&row)
    }

    /// Continues a row with running text; further lines start at `indent`.
    pub fn prose(&mut self, row: Row, indent: usize, text: &str, ink: Ink) -> io::Result<()> {
        let mut row = row;
        let room = self.width.saturating_sub(indent.max(row.width()));
        for (at, line) in prose::wrap(text, ink, room, self.style.color)
            .iter()
            .enumerate()
        {
            if at > 0 {
                self.row(&row)?;
                row = Row::indented(indent);
            }
            prose::pour(line, &mut row);
        }
        self.row(&row)
    }

    /// Prose behind a label.
    pub fn labelled(&mut self, label: &str, text: &str) -> io::Result<()> {
        let row = self.label(label);
        self.prose(row, TEXT, text, Ink::Plain)
    }

    /// A row that starts with a label; its text follows.
    pub fn label(&self, label: &str) -> Row {
        let mut row = Row::indented(2);
        row.push(Ink::Label, label).space(1).pad_to(TEXT);
        row
    }

    /// Running text behind a symbol, with a hanging indent.
    pub fn bullet(
        &mut self,
        indent: usize,
        ink: Ink,
        symbol: &str,
        text: &str,
        text_ink: Ink,
    ) -> io::Result<()> {
        let mut row = Row::indented(indent);
        row.push(ink, symbol).space(1);
        let hang = row.width();
        self.prose(row, hang, text, text_ink)
    }

    /// A command on a line of its own, for copying. It is never broken.
    pub fn command(&mut self, command: &str) -> io::Result<()> {
        for line in command.trim_matches('\n').split('\n') {
            let mut row = Row::indented(TEXT + 2);
            row.push(Ink::Code, line.trim_end_matches('\r'));
            self.row(&row)?;
        }
        Ok(())
    }

    /// Facts on a row, with dots in between.
    pub fn facts(&mut self, indent: usize, facts: Vec<(Ink, String)>) -> io::Result<()> {
        let row = self.open_facts(Row::indented(indent), facts)?;
        self.row(&row)
    }

    /// Appends facts to a row, and returns the last row unwritten.
    ///
    /// A fact is broken only if it is wider than the page.
    pub fn open_facts(&mut self, row: Row, facts: Vec<(Ink, String)>) -> io::Result<Row> {
        let (mut row, indent) = (row.clone(), row.width());
        let dot = format!(" {} ", self.symbols.dot);
        for (at, (ink, fact)) in facts.iter().enumerate() {
            let dots = if at == 0 { 0 } else { width::of(&dot) };
            // A dot at the end of the row needs columns too.
            let end = if at + 1 == facts.len() {
                0
            } else {
                width::of(dot.trim_end())
            };
            let room = self.width.saturating_sub(indent + end);
            let lines = prose::wrap(fact, *ink, room, self.style.color);
            let one = lines.len() == 1;
            let fits = one && row.width() + dots + columns(&lines[0]) + end <= self.width;
            if dots > 0 && fits {
                row.push(Ink::Faint, &dot);
            } else if dots > 0 {
                // The dot at the end shows that the facts continue.
                row.push(Ink::Faint, dot.trim_end());
                self.row(&row)?;
                row = Row::indented(indent);
            }
            for (at, line) in lines.iter().enumerate() {
                if at > 0 {
                    self.row(&row)?;
                    row = Row::indented(indent);
                }
                prose::pour(line, &mut row);
            }
        }
        Ok(row)
    }
}

fn columns(line: &prose::Line) -> usize {
    line.iter().map(|(_, text)| width::of(text)).sum()
}
