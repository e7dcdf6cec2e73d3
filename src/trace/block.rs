//! A stretch of clean text with a sparse index back to the raw log.

use super::marker::Edge;

/// Longest stretch of one line that is looked at in one go.
pub const WINDOW: usize = 64 << 10;
/// How much two windows of one line share.
pub const OVERLAP: usize = 4 << 10;
/// Distance between the starts of two windows.
pub const STEP: usize = WINDOW - OVERLAP;
/// How much clean text before the block stays readable.
pub const HISTORY: usize = 64 << 10;

/// Why a piece ends where the raw log has no newline.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Border {
    /// A lone CR: what follows overwrites the piece on a screen.
    Overwritten,
    /// A section marker stood there.
    Marker,
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
    pub(super) head: Vec<u8>,
    pub(super) borders: Vec<(usize, Border)>,
    pub(super) joins: Vec<usize>,
    pub(super) marks: Vec<SectionMark>,
    pub(super) greens: Vec<usize>,
    pub(super) coloured_from: Option<usize>,
}

impl Block {
    pub(super) fn reserve(&mut self, more: usize) {
        if self.buf.len() < self.len + more {
            self.buf.resize(self.len + more, 0);
        }
    }

    /// History and text: offsets everywhere count from its start.
    pub fn bytes(&self) -> &[u8] {
        &self.buf[..self.end]
    }

    /// Where the text begins behind the history.
    pub fn start(&self) -> usize {
        self.fresh
    }

    /// How many clean bytes of the line at [`Block::start`] earlier blocks held; 0 at a true line start.
    pub fn column(&self) -> u64 {
        self.column
    }

    /// The first bytes of the line at [`Block::start`] where [`Block::column`] is not 0.
    pub fn head(&self) -> &[u8] {
        &self.head
    }

    /// Markers taken out of the text, in order.
    pub fn marks(&self) -> &[SectionMark] {
        &self.marks
    }

    /// The bounds of the piece around an offset, without its newline.
    pub fn piece(&self, at: usize) -> (usize, usize) {
        let from = memchr::memrchr(b'\n', &self.buf[self.fresh..at]).map_or(self.fresh, |k| self.fresh + k + 1);
        let to = memchr::memchr(b'\n', &self.buf[at..self.end]).map_or(self.end, |k| at + k);
        (from, to)
    }

    /// Is the piece that ends at `to` overwritten by the next one on a screen?
    pub fn overwritten(&self, to: usize) -> bool {
        self.borders
            .binary_search_by_key(&to, |(at, _)| *at)
            .is_ok_and(|k| self.borders[k].1 == Border::Overwritten)
    }

    /// Is the `$ ` at this offset an echoed command? In the runner's green where the log has its colours.
    pub fn is_echo(&self, dollar: usize) -> bool {
        match self.coloured_from {
            Some(from) if dollar >= from => self.greens.binary_search(&dollar).is_ok(),
            _ => true,
        }
    }

    /// A counter of raw lines that starts at the text's start.
    pub fn counter(&self) -> Counter {
        Counter {
            at: self.fresh,
            line: self.first_line,
            border: self.borders.partition_point(|(at, _)| *at < self.fresh),
            join: self.joins.partition_point(|at| *at < self.fresh),
        }
    }

    /// Raw line number at an offset of the history or the text, without a counter at hand.
    pub fn line_before(&self, at: usize, known: usize, known_line: u64) -> u64 {
        let newlines = memchr::memchr_iter(b'\n', &self.buf[at..known]).count() as u64;
        let borders = self.borders.iter().filter(|(b, _)| (at..known).contains(b)).count() as u64;
        let joins = self.joins.iter().filter(|j| **j > at && **j <= known).count() as u64;
        known_line - (newlines - borders + joins)
    }

    /// Makes room for the next stretch: keeps the history and what was carried.
    pub(super) fn recycle(&mut self) {
        let line = self.counter().line_at(self, self.carry);
        let mut from = self.carry.saturating_sub(HISTORY);
        if from > 0 && self.buf[from - 1] != b'\n' {
            from = memchr::memchr(b'\n', &self.buf[from..self.carry]).map_or(self.carry, |k| from + k + 1);
        }
        let carry = self.carry;
        self.buf.copy_within(from..self.len, 0);
        self.len -= from;
        self.fresh = carry - from;
        self.end = self.fresh;
        self.carry = self.fresh;
        self.first_line = line;
        self.borders.retain_mut(|(at, _)| {
            let keep = *at >= from;
            *at = at.wrapping_sub(from);
            keep
        });
        // A join at the carry itself is counted in its line already.
        self.joins.retain_mut(|at| {
            let keep = *at >= from && *at != carry;
            *at = at.wrapping_sub(from);
            keep
        });
        self.greens.retain_mut(|at| {
            let keep = *at >= carry;
            *at = at.wrapping_sub(from);
            keep
        });
        self.coloured_from = self.coloured_from.map(|at| at.saturating_sub(from));
        self.marks.clear();
    }
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
    /// Raw line number (1-based) at an offset that is not before the one asked last.
    ///
    /// A newline that only ends a piece does not count; one that a continuation swallowed does.
    pub fn line_at(&mut self, block: &Block, at: usize) -> u64 {
        self.line += memchr::memchr_iter(b'\n', &block.buf[self.at..at]).count() as u64;
        while block.borders.get(self.border).is_some_and(|(border, _)| *border < at) {
            self.border += 1;
            self.line -= 1;
        }
        while block.joins.get(self.join).is_some_and(|join| *join <= at) {
            self.join += 1;
            self.line += 1;
        }
        self.at = at;
        self.line
    }
}
