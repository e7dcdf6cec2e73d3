//! A stretch of clean text with a sparse index back to the raw log.

use std::cell::Cell;

use super::marker::Edge;
use super::prefix;

/// Bytes of a line that are searched to tell an echoed command from a usage text.
const USAGE: usize = 300;
/// Longest stretch of one line that is scanned as a piece, in bytes.
pub const WINDOW: usize = 64 << 10;
/// Bytes that two neighbouring windows of one line share.
pub const OVERLAP: usize = 4 << 10;
/// Bytes of a line that one window owns; on either side of them it only sees.
pub const STEP: usize = WINDOW - OVERLAP;
/// How far a window sees beyond its own stretch.
const MARGIN: usize = OVERLAP / 2;
/// Upper bound for the stamps at the start of a line, in bytes.
const MAX_STAMPS: usize = 1200;
/// Bytes of clean text before the block that stay readable.
pub const HISTORY: usize = 64 << 10;

/// Why a piece ends where the raw log has no newline.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Border {
    /// A lone CR: what follows overwrites the piece on a screen.
    Overwritten,
    /// A section marker stood there.
    Marker,
}

/// Where a piece ends at a border. Every other byte may be one, so the type is kept small.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct PieceEnd {
    at: u32,
    border: Border,
}

impl PieceEnd {
    /// `at` fits into 32 bits: a block is always smaller than 4 GiB.
    pub(super) fn new(at: usize, border: Border) -> Self {
        Self {
            at: at as u32,
            border,
        }
    }

    /// Offset of its newline.
    pub(super) fn at(self) -> usize {
        self.at as usize
    }
}

/// A section marker that ended in CR, taken out of the text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SectionMark {
    /// Offset of the text behind it.
    pub at: usize,
    /// Opens or closes.
    pub edge: Edge,
    /// Unix time, seconds.
    pub unix: i64,
    /// The section's name.
    pub name: String,
}

/// Clean text: `[history | text | carry]`.
///
/// Every line, and every piece of a line that a lone CR ends, stands between two newlines. The text ends at a line
/// end, or (inside a line longer than [`WINDOW`]) at the end of a window.
#[derive(Debug, Default)]
pub struct Block {
    pub(super) buf: Vec<u8>,
    pub(super) len: usize,
    pub(super) fresh: usize,
    pub(super) end: usize,
    pub(super) carry: usize,
    pub(super) first_line: u64,
    pub(super) column: u64,
    pub(super) next_column: u64,
    /// Line number at `carry` once a counter has reached it; 0 before.
    pub(super) carry_line: Cell<u64>,
    pub(super) borders: Vec<PieceEnd>,
    /// Where continuations were joined to the text before them, and how many at each place.
    pub(super) joins: Vec<(usize, u64)>,
    /// How many of the joins are already part of the first line's number.
    pub(super) counted: usize,
    pub(super) marks: Vec<SectionMark>,
    pub(super) greens: Vec<usize>,
    pub(super) coloured_from: Option<usize>,
    /// The log has marks of Travis CI. Those end with an escape sequence of GitLab's runner, so in such a log
    /// that sequence does not prove the runner's colours.
    pub(super) of_travis: bool,
    pub(super) base: u64,
    pub(super) last: bool,
}

impl Block {
    pub(super) fn reserve(&mut self, more: usize) {
        if self.buf.len() < self.len + more {
            self.buf.resize(self.len + more, 0);
        }
    }

    /// History and text. All offsets count from its start.
    pub fn bytes(&self) -> &[u8] {
        &self.buf[..self.end]
    }

    /// Where the text begins behind the history.
    pub fn start(&self) -> usize {
        self.fresh
    }

    /// Where the text ends that no later block repeats. Inside a long line, neighbouring windows overlap.
    pub fn owned(&self) -> usize {
        self.carry.min(self.end)
    }

    /// How many clean bytes of the line at [`Block::start`] earlier blocks held; 0 at a true line start.
    pub fn column(&self) -> u64 {
        self.column
    }

    /// Markers taken out of the text, in order.
    pub fn marks(&self) -> &[SectionMark] {
        &self.marks
    }

    /// The piece around an offset of the text: its line, or the window of a line longer than [`WINDOW`].
    pub fn piece(&self, at: usize) -> Piece {
        let from = memchr::memrchr(b'\n', &self.buf[self.fresh..at])
            .map_or(self.fresh, |k| self.fresh + k + 1);
        let newline = memchr::memchr(b'\n', &self.buf[at..self.end]).map(|k| at + k);
        let to = newline.unwrap_or(self.end);
        let column = if from == self.fresh {
            self.column as usize
        } else {
            0
        };
        if column == 0 && newline.is_some() && to - from <= WINDOW {
            return Piece {
                from,
                since: from,
                to,
                until: to,
                goes_on: false,
            };
        }
        // Windows count from the true start of the line, so that block borders do not move them.
        let window = (at - from + column) / STEP;
        let offset = |column_wanted: usize| (from + column_wanted).saturating_sub(column);
        let until = offset((window + 1) * STEP).min(to);
        Piece {
            since: offset(window * STEP),
            from: if window == 0 {
                from
            } else {
                self.character(offset(window * STEP - MARGIN), 1)
            },
            to: if until + MARGIN < to {
                self.character(until + MARGIN, -1)
            } else {
                to
            },
            until,
            goes_on: window > 0,
        }
    }

    /// The nearest offset in that direction that does not split a UTF-8 character.
    fn character(&self, at: usize, direction: isize) -> usize {
        (0..4)
            .map(|k| at.saturating_add_signed(k * direction))
            .find(|&at| self.buf[at] & 0xc0 != 0x80)
            .unwrap_or(at)
    }

    /// Whether the next piece overwrites the piece that ends at `to` on a screen.
    pub fn overwritten(&self, to: usize) -> bool {
        self.borders
            .binary_search_by_key(&to, |border| border.at())
            .is_ok_and(|k| self.borders[k].border == Border::Overwritten)
    }

    /// Clean bytes of the log before [`Block::bytes`].
    pub fn base(&self) -> u64 {
        self.base
    }

    /// Whether this is the last block.
    pub fn is_last(&self) -> bool {
        self.last
    }

    /// Borders and joins in a range, relative to its start. A copy of the range needs them to count lines.
    pub fn breaks(&self, from: usize, to: usize) -> (Vec<usize>, Vec<(usize, u64)>) {
        // Both lists are sorted. They may be long, and many ranges are asked for, so they are searched by
        // halves.
        let border = |at: usize| self.borders.partition_point(|border| border.at() < at);
        let borders = self.borders[border(from)..border(to.max(from))].iter();
        let join = |at: usize| self.joins.partition_point(|(join, _)| *join < at);
        let joins = self.joins[join(from)..join(to.max(from))].iter();
        (
            borders.map(|border| border.at() - from).collect(),
            joins.map(|(at, count)| (at - from, *count)).collect(),
        )
    }

    /// Where echoed commands begin in the text (at their `$ `), in order.
    pub fn echoes(&self, out: &mut Vec<usize>) {
        out.clear();
        let coloured = self
            .coloured_from
            .unwrap_or(self.end)
            .clamp(self.fresh, self.end);
        let plain = &self.buf[self.fresh..coloured];
        for at in memchr::memmem::find_iter(plain, b"$ ").map(|k| self.fresh + k) {
            if self.begins_line(at) && !self.shows_usage(at) {
                out.push(at);
            }
        }
        let greens = self.greens.iter().copied();
        out.extend(greens.filter(|at| (coloured..self.end).contains(at) && self.begins_line(*at)));
    }

    /// Whether the line documents a command's usage instead of echoing one (`$ yarn run [--inspect]
    /// <scriptName> ...`).
    fn shows_usage(&self, at: usize) -> bool {
        let text = &self.buf[at..self.end.min(at + USAGE)];
        let line = &text[..memchr::memchr(b'\n', text).unwrap_or(text.len())];
        let line = line.trim_ascii_end();
        let option = memchr::memmem::find(line, b" [--");
        let closed = [&b"]"[..], b">", b"..."]
            .iter()
            .any(|end| line.ends_with(end));
        closed && option.is_some_and(|at| !line[..at].iter().any(|b| b"\"'`;|&".contains(b)))
    }

    /// Whether only stamps stand before this offset on its line.
    fn begins_line(&self, at: usize) -> bool {
        // Bounded on both sides: a long line may hold many such places.
        let low = self.fresh.max(at.saturating_sub(MAX_STAMPS));
        let from = match memchr::memrchr(b'\n', &self.buf[low..at]) {
            Some(k) => low + k + 1,
            None if low == self.fresh && self.column == 0 => low,
            None => return false,
        };
        let high = self.end.min(at + 64);
        let to = memchr::memchr(b'\n', &self.buf[at..high]).map_or(high, |k| at + k);
        at == from || prefix::split(&self.buf[from..to]).stamps == at - from
    }

    /// A counter of raw lines that starts at the text's start.
    pub fn counter(&self) -> Counter {
        Counter {
            at: self.fresh,
            line: self.first_line,
            border: self
                .borders
                .partition_point(|border| border.at() < self.fresh),
            join: self.counted,
        }
    }

    /// Raw line number at an offset of the history or the text. It counts back from `known`, whose number is
    /// `known_line`.
    pub fn line_before(&self, at: usize, known: usize, known_line: u64) -> u64 {
        let newlines = memchr::memchr_iter(b'\n', &self.buf[at..known]).count() as u64;
        let borders = |to: usize| self.borders.partition_point(|border| border.at() < to);
        let joins = |to: usize| self.joins.partition_point(|(join, _)| *join <= to);
        let borders = (borders(known) - borders(at)) as u64;
        let joins = self.joins[joins(at)..joins(known)].iter();
        let joins: u64 = joins.map(|(_, count)| count).sum();
        known_line - (newlines - borders + joins)
    }

    /// Remembers how much the block holds, for [`Block::shrink_to`].
    pub(super) fn extent(&self) -> Extent {
        Extent {
            len: self.len,
            borders: self.borders.len(),
            joins: self.joins.len(),
            marks: self.marks.len(),
            greens: self.greens.len(),
            coloured_from: self.coloured_from,
            of_travis: self.of_travis,
        }
    }

    /// Removes everything that was appended since `extent` was taken.
    pub(super) fn shrink_to(&mut self, extent: Extent) {
        self.len = extent.len;
        self.borders.truncate(extent.borders);
        self.joins.truncate(extent.joins);
        self.marks.truncate(extent.marks);
        self.greens.truncate(extent.greens);
        self.coloured_from = extent.coloured_from;
        self.of_travis = extent.of_travis;
    }

    /// Where the part begins that the next block keeps as history: at a line start, unless that line is
    /// longer than the history.
    pub fn kept_from(&self) -> usize {
        let from = self.carry.saturating_sub(HISTORY);
        if from == 0 || self.buf[from - 1] == b'\n' {
            return from;
        }
        let newline = memchr::memchr(b'\n', &self.buf[from..self.carry]);
        newline.map_or(from, |k| from + k + 1)
    }

    /// Makes room for the next stretch: keeps the history and what was carried.
    pub(super) fn recycle(&mut self) {
        let line = match self.carry_line.take() {
            0 => self.counter().line_at(self, self.carry),
            line => line,
        };
        self.carry_line.set(0);
        let (from, carry) = (self.kept_from(), self.carry);
        self.column = self.next_column;
        self.base += from as u64;
        self.buf.copy_within(from..self.len, 0);
        self.len -= from;
        self.fresh = carry - from;
        self.end = self.fresh;
        self.carry = self.fresh;
        self.first_line = line;
        let gone = self.borders.partition_point(|border| border.at() < from);
        self.borders.drain(..gone);
        for border in &mut self.borders {
            border.at -= from as u32;
        }
        self.joins.retain_mut(|(at, _)| {
            let keep = *at >= from;
            *at = at.wrapping_sub(from);
            keep
        });
        // Joins at one place are merged, so that they cannot pile up without text between them.
        self.joins.dedup_by(|next, join| {
            let same = next.0 == join.0;
            join.1 += if same { next.1 } else { 0 };
            same
        });
        self.counted = self.joins.partition_point(|(at, _)| *at <= self.fresh);
        self.greens.retain_mut(|at| {
            let keep = *at >= carry;
            *at = at.wrapping_sub(from);
            keep
        });
        self.coloured_from = self.coloured_from.map(|at| at.saturating_sub(from));
        self.marks.clear();
    }
}

/// How much a block held at one moment.
#[derive(Debug, Clone, Copy)]
pub(super) struct Extent {
    len: usize,
    borders: usize,
    joins: usize,
    marks: usize,
    greens: usize,
    coloured_from: Option<usize>,
    of_travis: bool,
}

/// A line of a block, or a window of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Piece {
    /// Where it begins.
    pub from: usize,
    /// Where it ends, without its newline.
    pub to: usize,
    /// Text before this offset belongs to the piece before it.
    pub since: usize,
    /// Text from this offset on belongs to the next piece.
    pub until: usize,
    /// The piece does not begin at the start of its line.
    pub goes_on: bool,
}

/// Counts raw lines forward through a block.
#[derive(Debug, Clone, Copy)]
pub struct Counter {
    at: usize,
    line: u64,
    border: usize,
    join: usize,
}

impl Counter {
    /// Raw line number (1-based) at an offset. Offsets must not decrease from call to call.
    ///
    /// A newline that only ends a piece does not count; a newline that a continuation removed does.
    pub fn line_at(&mut self, block: &Block, at: usize) -> u64 {
        let at = at.max(self.at);
        self.line += memchr::memchr_iter(b'\n', &block.buf[self.at..at]).count() as u64;
        while block
            .borders
            .get(self.border)
            .is_some_and(|border| border.at() < at)
        {
            self.border += 1;
            self.line -= 1;
        }
        while let Some((_, count)) = block.joins.get(self.join).filter(|(join, _)| *join <= at) {
            self.join += 1;
            self.line += count;
        }
        self.at = at;
        if at == block.carry {
            block.carry_line.set(self.line);
        }
        self.line
    }
}
