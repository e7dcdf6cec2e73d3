//! Runs regexes that the build has compiled to flat programs.
//!
//! In a failed job's log a regex must run on about a dozen lines, each regex once or twice. Compiling them
//! would cost a hundred times as much as running them, so the build compiles them into words that lie in the
//! binary and run in place. A program means what [`regex`] means by the same source: leftmost-first, on
//! bytes, without backreferences. Its time is linear in the text, since no place of the program is tried
//! twice at one place of the text.
//!
//! [`make`](mod@make) writes programs with [`set`] and [`begin`], [`run`] runs them, [`needs`] rules most lines out
//! beforehand. A regex that is too big or needs tables of Unicode has no program; its caller uses [`regex`],
//! as it does for a text on which a program would take too long.

mod begin;
mod make;
mod needs;
mod run;
mod set;

use regex::bytes::Regex;

pub use make::make;
pub use needs::Needs;

/// Bytes at the start of a match for which sets are kept.
const LEADS: usize = 3;
/// Words before the code.
const HEADER: usize = FIRST + 8 * LEADS;
/// Header word with the bytes that a match may begin with, if they are one to three, and their number in the
/// highest byte; else zero.
const FIRST_BYTES: usize = 6;
/// Header word where the sets of the first, second and third byte begin.
const FIRST: usize = FIRST_BYTES + 1;
/// No match is empty, and its first byte is in the first set. The other two sets are full if a match may be
/// shorter.
const HAS_FIRST: u32 = 1;
/// Matches begin at the start of the text.
const ANCHORED: u32 = 2;

/// The operation of an instruction: the low byte of its word. The other three bytes are its argument.
mod op {
    pub const MATCH: u32 = 0;
    /// Matches the byte in the argument.
    pub const BYTE: u32 = 1;
    /// Matches one byte of the class with that number.
    pub const SET: u32 = 2;
    /// Matches that many bytes, which follow in whole words.
    pub const TEXT: u32 = 3;
    /// The same, with ASCII letters in either case.
    pub const FOLDED: u32 = 4;
    /// Saves the place in the slot with that number.
    pub const SAVE: u32 = 5;
    /// Checks an assertion; takes no byte.
    pub const LOOK: u32 = 6;
    /// Continues at the place in the next word.
    pub const JUMP: u32 = 7;
    /// Continues here, and if that fails, at the place in the next word. The argument numbers the row of
    /// tried places. Two more words give the class of the bytes that each of the two ways begins with, or
    /// [`ANY`](super::ANY).
    pub const SPLIT: u32 = 8;
    /// The same with the ways swapped.
    pub const SPLIT_LAZY: u32 = 9;
    /// Matches bytes of a class. The next words are the class, the least, the most, and the byte that must
    /// follow or [`ANY`](super::ANY).
    pub const LOOP: u32 = 10;
    /// The same, as few as possible.
    pub const LOOP_LAZY: u32 = 11;
}

/// Words of a split.
const SPLIT_WORDS: usize = 4;
/// Words of a loop.
const LOOP_WORDS: usize = 5;
/// As a bound: none. As a byte: unknown.
const ANY: u32 = u32::MAX;

/// Assertions about a place.
mod look {
    pub const START: u32 = 0;
    pub const END: u32 = 1;
    pub const START_LINE: u32 = 2;
    pub const END_LINE: u32 = 3;
    pub const WORD: u32 = 4;
    pub const NO_WORD: u32 = 5;
}

/// A compiled regex in the form that [`make()`] wrote.
#[derive(Debug, Clone, Copy)]
pub struct Program<'p>(&'p [u8]);

/// Where a program matched: the whole match, then its named captures in order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// Start and end of the match, in bytes.
    pub whole: (usize, usize),
    /// Start and end of each named capture that took part.
    pub captures: Vec<Option<(usize, usize)>>,
}

impl<'p> Program<'p> {
    /// The program at the start of these bytes; other data may follow.
    pub fn new(bytes: &'p [u8]) -> Self {
        Self(bytes)
    }

    #[inline(always)]
    fn word(self, k: usize) -> u32 {
        word(self.0, 4 * k)
    }

    /// Whether the program has code.
    pub fn is_complete(self) -> bool {
        self.word(0) != 0
    }

    /// The number of rows of tried places.
    fn rows(self) -> usize {
        self.word(1) as usize
    }

    fn captures(self) -> usize {
        self.word(2) as usize
    }

    fn flags(self) -> u32 {
        self.word(3)
    }

    /// Where the classes begin, in words.
    fn classes(self) -> usize {
        self.word(4) as usize
    }

    /// Names of the captures, in the order of [`Found::captures`].
    pub fn names(self) -> impl Iterator<Item = &'p str> {
        let text = &self.0[self.word(5) as usize..];
        let mut at = 0;
        (0..self.captures()).map(move |_| {
            let len = usize::from(text[at]);
            let name = &text[at + 1..at + 1 + len];
            at += 1 + len;
            // Names are short, or the pattern was refused.
            std::str::from_utf8(name).unwrap_or_default()
        })
    }

    /// Whether a match can begin at the start of the text, or anywhere behind unless it is anchored.
    pub fn may_begin(self, text: &[u8]) -> bool {
        self.flags() & (ANCHORED | HAS_FIRST) != ANCHORED | HAS_FIRST
            || text.first().is_some_and(|&byte| self.is_in(FIRST, byte))
    }

    /// Whether a byte is in the set that begins at that word.
    #[inline(always)]
    fn is_in(self, set: usize, byte: u8) -> bool {
        self.0[4 * set + usize::from(byte) / 8] & 1 << (byte % 8) != 0
    }

    /// The leftmost match that begins at or behind `at`.
    ///
    /// # Errors
    /// There is no code, or this text needs too much memory or too many steps.
    pub fn find_at(self, text: &[u8], at: usize) -> Result<Option<Found>, Beyond> {
        run::find(self, text, at)
    }
}

impl Found {
    /// The match of a regex, in the same form.
    pub fn by_regex(regex: &Regex, text: &[u8], at: usize) -> Option<Self> {
        let found = regex.captures_at(text, at)?;
        let span = |m: regex::bytes::Match<'_>| (m.start(), m.end());
        Some(Self {
            whole: span(found.get(0)?),
            captures: regex
                .capture_names()
                .flatten()
                .map(|name| found.name(name).map(span))
                .collect(),
        })
    }
}

/// Reads a little-endian word of packed data at a byte offset.
#[inline(always)]
pub(crate) fn word(bytes: &[u8], at: usize) -> u32 {
    // One load and one bounds check.
    bytes[at..]
        .first_chunk()
        .map_or(0, |word| u32::from_le_bytes(*word))
}

/// The text or regex is beyond a program's limits; [`regex`] must be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Beyond;

#[cfg(test)]
mod tests;
