//! The end of the section that may have failed the job: what patterns without a literal, and the search for telling
//! lines, look at.

use crate::model::{JobFacts, Place, TailLine};
use crate::trace::line::{Kind, Line};
use crate::trace::{Block, frame};

/// Most bytes kept.
pub const MAX: usize = 64 << 10;
/// Lines at the end on which patterns without a literal are tried.
pub const LINES: usize = 40;
/// Bytes at the end on which patterns without a literal are tried.
pub const BYTES: usize = 4 << 10;

/// A copy of the last clean text of a stage.
#[derive(Debug, Clone, Default)]
pub struct Tail {
    text: Vec<u8>,
    first_line: u64,
    borders: Vec<usize>,
    joins: Vec<(usize, u64)>,
    /// The stage it belongs to.
    pub stage: u32,
    /// Its text begins in the middle of the stage.
    pub cut: bool,
}

impl Tail {
    /// Copies the end of `from..to`, offsets in the block; `line` is the raw line number at `to`.
    pub(super) fn copy(&mut self, block: &Block, from: usize, to: usize, line: u64, stage: u32) {
        let bytes = block.bytes();
        let mut start = from.max(to.saturating_sub(MAX));
        self.cut = start > from;
        if start > from && bytes[start - 1] != b'\n' {
            let next = memchr::memchr(b'\n', &bytes[start..to]).map_or(to, |k| start + k + 1);
            // The end of a last line that is longer than all this is better than nothing.
            let last = (to.saturating_sub(BYTES)..to).find(|&at| bytes[at] & 0xc0 != 0x80);
            start = if next < to { next } else { last.unwrap_or(to) };
        }
        self.text.clear();
        self.text.extend_from_slice(&bytes[start..to]);
        self.first_line = block.line_before(start, to, line);
        (self.borders, self.joins) = block.breaks(start, to);
        self.stage = stage;
    }

    /// Is there any text?
    pub fn is_empty(&self) -> bool {
        self.text.iter().all(u8::is_ascii_whitespace)
    }

    /// Calls `f` with the number and the clean bytes of each piece, in order.
    fn pieces(&self, mut f: impl FnMut(u64, &[u8])) {
        let mut line = self.first_line;
        let (mut at, mut border) = (0, 0);
        // The number of the first line counts what was joined right before it.
        let mut join = self.joins.partition_point(|(join, _)| *join == 0);
        while at < self.text.len() {
            let end = memchr::memchr(b'\n', &self.text[at..]).map_or(self.text.len(), |k| at + k);
            while let Some((_, count)) = self.joins.get(join).filter(|(join, _)| *join <= at) {
                join += 1;
                line += count;
            }
            f(line, &self.text[at..end]);
            if self.borders.get(border) == Some(&end) {
                border += 1;
            } else {
                line += 1;
            }
            at = end + 1;
        }
    }

    /// The lines with what is known of them, empty ones left out.
    pub fn lines(&self, facts: &JobFacts) -> Vec<TailLine> {
        let mut out = Vec::new();
        let (mut header, mut in_group) = (false, false);
        self.pieces(|line, piece| {
            let echoed = facts
                .commands
                .binary_search_by_key(&line, |c| c.line)
                .is_ok();
            let command = echoed && starts_command(piece);
            let view = Line::new(piece, command);
            let content = view.content();
            if content.is_empty() {
                return;
            }
            // GitHub repeats a step's source between these two.
            header = (header || view.text.starts_with(b"##[group]Run "))
                && !view.text.starts_with(b"##[endgroup]")
                && !view.text.starts_with(b"##[error]");
            if view.text.starts_with(b"##[endgroup]") && !in_group {
                // The log begins in the middle of such a copy.
                out.iter_mut()
                    .for_each(|line: &mut TailLine| line.echo = true);
            }
            in_group |= view.text.starts_with(b"##[group]");
            in_group &= !view.text.starts_with(b"##[endgroup]");
            let place = place(facts, self.stage, line);
            let text = super::scan::bounded(view.text, 0, 0).0;
            let echo = header
                || view.text.starts_with(b"##[endgroup]")
                || view.kind() != Kind::Output
                || frame::title(&text).is_some();
            out.push(TailLine {
                place,
                text,
                content_at: view.content_at,
                command,
                echo,
            });
        });
        out
    }
}

fn starts_command(piece: &[u8]) -> bool {
    let view = Line::new(piece, true);
    view.text.starts_with(b"$ ") || view.text.starts_with(b"##[group]Run ")
}

/// Where a line of the tail of a stage stands.
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
