//! The end of the section that may have failed the job. Patterns without a literal and the search for telling
//! lines read it.
//!
//! Few of its lines are ever asked for, mostly from the end, so lines are made on demand. [`text`] is the
//! kept text, [`earlier`] the part that the block no longer holds, [`groups`] tells the source of a step from
//! its output.

use std::sync::OnceLock;

use super::evidence::bounded;
use crate::model::{JobFacts, Place, TailLine};
use crate::trace::header;
use crate::trace::line::{Kind, Line};
use crate::trace::{Block, Wrappers, foreign, frame, page};

mod earlier;
mod groups;
mod text;

pub(super) use earlier::EarlierText;
use groups::Groups;
use text::Text;

/// Most bytes kept.
pub const MAX: usize = 64 << 10;
/// Lines at the end on which patterns without a literal are tried.
pub const LINES: usize = 40;
/// Bytes at the end on which patterns without a literal are tried.
pub const BYTES: usize = 4 << 10;

/// A copy of the last clean text of a stage.
#[derive(Debug, Clone, Default)]
pub struct Tail {
    text: Text,
    /// The number of the line that would follow the text.
    end_line: u64,
    groups: OnceLock<Groups>,
    /// The tools that wrap its lines.
    pub(super) wrappers: Wrappers,
    /// The stage it belongs to.
    pub stage: u32,
    /// Its text begins in the middle of the stage.
    pub cut: bool,
    /// Lines may begin with marks that [`page::Page`] added.
    pub(super) marked: bool,
}

impl Tail {
    /// Copies the end of a stage, from `stage` (in clean bytes of the log) to `to` (an offset in the block);
    /// `line` is the raw line number at `to`. If it does not fit, long lines are cut, so that the lines
    /// before them fit too.
    pub(super) fn copy(
        &mut self,
        block: &Block,
        earlier: &EarlierText,
        since: u64,
        to: usize,
        line: u64,
        stage: u32,
    ) {
        let from = since.checked_sub(block.base());
        let from = from.map(|from| (from as usize).min(to));
        if let Some(from) = from.filter(|from| to - from <= MAX) {
            self.text.copy(block, from, to);
            self.cut = false;
        } else if let Some(start) = text::last_lines(block.bytes(), from.unwrap_or(0)..to, MAX) {
            self.text.copy(block, start, to);
            self.cut = true;
        } else {
            (self.text, self.cut) = earlier.tail(block, since, to);
        }
        self.groups = OnceLock::new();
        // `line` also counts the joins directly behind the text, so they are subtracted.
        let (_, behind) = block.breaks(to, to + 1);
        self.end_line = line - behind.iter().map(|(_, count)| count).sum::<u64>();
        self.stage = stage;
    }

    /// Whether the tail holds no text.
    pub fn is_empty(&self) -> bool {
        self.text.bytes.iter().all(u8::is_ascii_whitespace)
    }

    /// The clean text from a line on, prefixes included. If lines were joined, it may begin further above.
    pub(crate) fn text_from(&self, line: u64) -> &[u8] {
        let count = self.end_line.saturating_sub(line) as usize;
        let newlines = memchr::memrchr_iter(b'\n', &self.text.bytes);
        let start = newlines.skip(1).nth(count.saturating_sub(1));
        &self.text.bytes[start.map_or(0, |at| at + 1)..]
    }

    /// The pieces from the last to the first.
    fn pieces(&self) -> Pieces<'_> {
        Pieces {
            tail: self,
            end: self.text.bytes.len().checked_sub(1),
            line: self.end_line,
            border: self.text.borders.len(),
            join: self.text.joins.len(),
        }
    }

    /// The lines with their facts, from the last to the first, without empty ones.
    pub fn from_end<'t>(&'t self, facts: &'t JobFacts) -> impl Iterator<Item = TailLine> + 't {
        let groups = self.groups.get_or_init(|| Groups::of(&self.text.bytes));
        self.pieces()
            .filter_map(move |piece| self.line(piece, facts, groups))
    }

    /// The lines with their facts, without empty ones.
    pub fn lines(&self, facts: &JobFacts) -> Vec<TailLine> {
        self.lines_from(facts, 0)
    }

    /// The lines from `first` on with their facts, without empty ones; of the lines above, the echoed commands.
    pub(crate) fn lines_from(&self, facts: &JobFacts, first: u64) -> Vec<TailLine> {
        let groups = self.groups.get_or_init(|| Groups::of(&self.text.bytes));
        let mut lines: Vec<_> = self
            .pieces()
            .filter(|piece| piece.line >= first || is_echoed(facts, piece.line))
            .filter_map(|piece| self.line(piece, facts, groups))
            .filter(|line| line.place.line >= first || line.command)
            .collect();
        lines.reverse();
        lines
    }

    /// The lines from `first` to `last` with their facts, without empty ones.
    pub(crate) fn lines_between(&self, facts: &JobFacts, first: u64, last: u64) -> Vec<TailLine> {
        let groups = self.groups.get_or_init(|| Groups::of(&self.text.bytes));
        let mut lines: Vec<_> = self
            .pieces()
            .take_while(|piece| piece.line >= first)
            .filter(|piece| piece.line <= last)
            .filter_map(|piece| self.line(piece, facts, groups))
            .collect();
        lines.reverse();
        lines
    }

    /// Whether all lines of the stage from that one on are there.
    pub(crate) fn reaches(&self, line: u64) -> bool {
        !self.cut || self.pieces().any(|piece| piece.line <= line)
    }

    /// Whether the tail holds that line.
    pub(super) fn holds(&self, line: &TailLine, facts: &JobFacts) -> bool {
        if self.end_line < line.place.line {
            return false;
        }
        let number = |l: &TailLine| l.place.line;
        let mut from = self
            .from_end(facts)
            .take_while(|l| number(l) >= number(line));
        from.any(|l| number(&l) == number(line) && l.text == line.text)
    }

    /// The last lines, on which patterns without a literal run, followed by the line `behind`.
    pub(super) fn last_lines(&self, facts: &JobFacts, behind: Option<TailLine>) -> Vec<TailLine> {
        let mut bytes = 0;
        let near = |line: &TailLine| {
            bytes += line.text.len() + 1;
            bytes <= BYTES
        };
        let lines = behind.into_iter().chain(self.from_end(facts));
        let mut lines: Vec<_> = lines.take(LINES).take_while(near).collect();
        lines.reverse();
        lines
    }

    fn line(&self, piece: Numbered, facts: &JobFacts, groups: &Groups) -> Option<TailLine> {
        let Numbered { line, from, to } = piece;
        let piece = &self.text.bytes[from..to];
        let echoed = is_echoed(facts, line);
        let command = echoed && starts_command(piece);
        let view = Line::new(piece, command).within(&self.wrappers);
        if view.content().is_empty() {
            return None;
        }
        let mut text = bounded(view.text, 0, 0).0;
        let mut content_at = view.content_at;
        if self.marked {
            let len = page::put_in(&text);
            text.drain(..len);
            content_at = content_at.saturating_sub(len);
        }
        let echo = groups.holds(from)
            || view.text.starts_with(b"##[endgroup]")
            || view.kind() != Kind::Output
            || frame::title(text.as_bytes()).is_some()
            || echoed && foreign::act(&text).is_some();
        Some(TailLine {
            place: place(facts, self.stage, line),
            text,
            content_at,
            command,
            echo,
        })
    }
}

/// A piece of the text with its line number.
#[derive(Debug, Clone, Copy)]
struct Numbered {
    line: u64,
    from: usize,
    to: usize,
}

/// Iterates over the pieces of a tail from its end.
struct Pieces<'t> {
    tail: &'t Tail,
    /// The last byte that no piece has covered yet.
    end: Option<usize>,
    /// The number of the line that begins behind it.
    line: u64,
    /// Borders and joins before it.
    border: usize,
    join: usize,
}

impl Iterator for Pieces<'_> {
    type Item = Numbered;

    fn next(&mut self) -> Option<Numbered> {
        let Text {
            bytes: text,
            borders,
            joins,
            ..
        } = &self.tail.text;
        let last = self.end?;
        let newline = text[last] == b'\n';
        let to = if newline { last } else { last + 1 };
        let from = memchr::memrchr(b'\n', &text[..to]).map_or(0, |k| k + 1);
        // A newline that only ends a piece does not count; one that a continuation removed does.
        let border = self.border.checked_sub(1).map(|k| borders[k]);
        if border == Some(to) {
            self.border -= 1;
        } else if newline {
            self.line -= 1;
        }
        while let Some((_, count)) = self
            .join
            .checked_sub(1)
            .map(|k| joins[k])
            .filter(|(at, _)| *at > from)
        {
            self.join -= 1;
            self.line -= count;
        }
        self.end = from.checked_sub(1);
        Some(Numbered {
            line: self.line,
            from,
            to,
        })
    }
}

/// Whether an echoed command stands on that line.
fn is_echoed(facts: &JobFacts, line: u64) -> bool {
    let found = facts.commands.binary_search_by_key(&line, |c| c.line);
    found.is_ok()
}

fn starts_command(piece: &[u8]) -> bool {
    let view = Line::new(piece, true);
    view.text.starts_with(b"$ ") || view.text.starts_with(header::OPENING)
}

/// The place of a line in the tail of a stage.
fn place(facts: &JobFacts, stage: u32, line: u64) -> Place {
    let spans = &facts.sections;
    let upto = spans.partition_point(|s| s.first_line <= line);
    // The marker that ends the stage may stand on the line itself, behind its text.
    let section = spans[..upto]
        .iter()
        .rposition(|s| s.stage == stage)
        .unwrap_or(upto.saturating_sub(1)) as u32;
    let commands = facts.commands.partition_point(|c| c.line <= line);
    let command = commands
        .checked_sub(1)
        .map_or(0, |k| facts.commands[k].index);
    Place {
        input: 0,
        line,
        section,
        command,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Command;
    use crate::trace::header::Header;
    use proptest::prelude::*;

    fn mark(text: &[u8]) -> bool {
        text.starts_with(b"##[group]") || text.starts_with(b"##[endgroup]")
    }

    /// What [`Tail::lines`] tells, read from the start: number, text, echo.
    fn forward(tail: &Tail, mut line: u64) -> Vec<(u64, String, bool)> {
        let mut out: Vec<(u64, String, bool)> = Vec::new();
        let (mut until, mut any) = (0, false);
        let (mut at, mut border) = (0, 0);
        let mut join = tail.text.joins.partition_point(|(join, _)| *join == 0);
        while at < tail.text.bytes.len() {
            let end = memchr::memchr(b'\n', &tail.text.bytes[at..])
                .map_or(tail.text.bytes.len(), |k| at + k);
            while let Some((_, count)) = tail.text.joins.get(join).filter(|(join, _)| *join <= at) {
                join += 1;
                line += count;
            }
            let view = Line::new(&tail.text.bytes[at..end], false);
            if !view.content().is_empty() {
                let piece = &tail.text.bytes[at..end];
                if at >= until && view.text.starts_with(header::OPENING) {
                    let mut header = Header::opened_by(piece).unwrap();
                    let below = (end + 1).min(tail.text.bytes.len());
                    let ends = header.end(&tail.text.bytes, below, 0);
                    let ends = ends.unwrap_or_else(|| header.end_at_last());
                    until = (ends as usize).clamp(end, tail.text.bytes.len());
                }
                let header = at < until;
                let first = !any;
                any |= mark(view.text);
                if view.text.starts_with(b"##[endgroup]")
                    && first
                    && header::ends_with(&tail.text.bytes[..at])
                {
                    out.iter_mut().for_each(|line| line.2 = true);
                }
                let echo = header
                    || view.text.starts_with(b"##[endgroup]")
                    || view.kind() != Kind::Output
                    || frame::title(view.text).is_some();
                let text = String::from_utf8_lossy(view.text).into_owned();
                out.push((line, text, echo));
            }
            if tail.text.borders.get(border) == Some(&end) {
                border += 1;
            } else {
                line += 1;
            }
            at = end + 1;
        }
        out
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2000))]

        #[test]
        fn lines_from_the_end_are_those_from_the_start(
            parts in proptest::collection::vec(
                proptest::sample::select(vec![
                    "\n", "\n", "\n", "a", "error", " ", "##[group]", "Run x", "x", "##[endgroup]", "##[error]", "##[",
                    "\n##[group]Run x\nx\n", "\nshell: bash -e {0}\n", "\nenv:\n", "#12 0.1 ",
                    "2026-05-01T10:00:00.1234567Z ", "+ set", "\n$ make", "Restoring cache", "오", "[0m",
                ]),
                0..40,
            ),
            breaks in proptest::collection::vec(any::<(bool, bool, u8)>(), 40),
            first in 0u64..80,
        ) {
            let text = parts.concat().into_bytes();
            let newlines: Vec<usize> = memchr::memchr_iter(b'\n', &text).collect();
            let picked = || newlines.iter().zip(&breaks);
            let borders: Vec<usize> = picked().filter(|(_, b)| b.0).map(|(at, _)| *at).collect();
            let joins: Vec<(usize, u64)> = std::iter::once((0, &(false, true, 9)))
                .chain(newlines.iter().copied().zip(&breaks))
                .filter(|(at, b)| b.1 && *at < text.len())
                .map(|(at, b)| ((at + b.2 as usize % 3).min(text.len() - 1), u64::from(b.2) + 1))
                .collect();
            let mut joins = joins;
            joins.sort_unstable();
            let within: u64 = joins.iter().filter(|(at, _)| *at > 0).map(|(_, count)| count).sum();
            let tail = Tail {
                end_line: 7 + (newlines.len() - borders.len()) as u64 + within,
                text: Text::of(text, borders, joins),
                ..Tail::default()
            };
            let facts = JobFacts::default();
            let lines: Vec<_> = tail.lines(&facts).into_iter()
                .map(|line| (line.place.line, line.text, line.echo))
                .collect();
            prop_assert_eq!(&lines, &forward(&tail, 7));
            // Of those above a line the commands are left.
            let command = |line: u64| Command {
                line,
                section: 0,
                index: line as u32,
                text: "".into(),
            };
            let facts = JobFacts {
                commands: (first % 3..80).step_by(3).map(command).collect(),
                ..facts
            };
            let mut lines = tail.lines(&facts);
            lines.retain(|line| line.place.line >= first || line.command);
            prop_assert_eq!(lines, tail.lines_from(&facts, first));
        }
    }
}
