//! Regexes made ready at build time: a flat program, and what runs it.
//!
//! A failed job's log has a dozen lines where a regex must run, each regex once or twice: compiling them costs a hundred
//! times as much as running them. So the build compiles them, into words that lie in the binary and are run where they
//! lie. What a program means is what [`regex`] means by the same source: leftmost first, bytes, no backreferences, and
//! time that is linear in the text, since no place of the program is tried twice at the same place of the text.
//! [`make`] writes programs, with [`set`] and [`begin`]; [`run`] runs them; [`needs`] rules most lines out before. What is too
//! big or asks for tables of Unicode has no program: the caller takes [`regex`] then, as for a text on which a program would
//! take too long.

mod begin;
mod make;
mod needs;
mod run;
mod set;

use regex::bytes::Regex;

pub use make::make;
pub use needs::Needs;

/// Bytes at the start of a match that are told apart.
const LEADS: usize = 3;
/// Words before the code.
const HEADER: usize = FIRST + 8 * LEADS;
/// Where in the header the bytes stand that a match may begin with, if they are one to three: their number is in the
/// highest byte. Else zero.
const FIRST_BYTES: usize = 6;
/// Where in the header the sets of the first, second and third byte lie.
const FIRST: usize = FIRST_BYTES + 1;
/// No match is empty, and its first byte is in the first set. The other two are full where a match may be shorter.
const HAS_FIRST: u32 = 1;
/// Matches begin at the start of the text.
const ANCHORED: u32 = 2;

/// What an instruction does: the low byte of its word. The other three are its argument.
mod op {
    pub const MATCH: u32 = 0;
    /// One byte, the argument.
    pub const BYTE: u32 = 1;
    /// One byte of the class of that number.
    pub const SET: u32 = 2;
    /// That many bytes; they follow in whole words.
    pub const TEXT: u32 = 3;
    /// The same, letters of ASCII in either case.
    pub const FOLDED: u32 = 4;
    /// Keeps the place in the slot of that number.
    pub const SAVE: u32 = 5;
    /// Nothing but an assertion holds.
    pub const LOOK: u32 = 6;
    /// On at another place, in the next word.
    pub const JUMP: u32 = 7;
    /// On here, and if that fails, at the place in the next word. The argument numbers the row of what was tried. Two words
    /// more tell the class of the bytes with which each of the two ways begins, or [`ANY`](super::ANY).
    pub const SPLIT: u32 = 8;
    /// The other way round.
    pub const SPLIT_LAZY: u32 = 9;
    /// Bytes of a class: class, least, most and the byte that must follow (or [`ANY`](super::ANY)) are in the next words.
    pub const LOOP: u32 = 10;
    /// The same, as few as possible.
    pub const LOOP_LAZY: u32 = 11;
}

/// Words of a split.
const SPLIT_WORDS: usize = 4;
/// Words of a loop.
const LOOP_WORDS: usize = 5;
/// No bound; no byte is known to follow.
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

/// A regex made ready, in the form in which [`make()`] wrote it.
#[derive(Debug, Clone, Copy)]
pub struct Program<'p>(&'p [u8]);

/// Where a program matched: the whole, then its named captures in their order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// Start and end of the match, in bytes.
    pub whole: (usize, usize),
    /// Start and end of each named capture that took part.
    pub captures: Vec<Option<(usize, usize)>>,
}

impl<'p> Program<'p> {
    /// The program that begins with these bytes; there may be more.
    pub fn new(bytes: &'p [u8]) -> Self {
        Self(bytes)
    }

    #[inline(always)]
    fn word(self, k: usize) -> u32 {
        word(self.0, 4 * k)
    }

    /// Is there code?
    pub fn is_complete(self) -> bool {
        self.word(0) != 0
    }

    /// Rows of places tried.
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
            // They are short, or the pattern was refused.
            std::str::from_utf8(name).unwrap_or_default()
        })
    }

    /// Can a match begin where the text begins, or anywhere behind if it need not begin there?
    pub fn may_begin(self, text: &[u8]) -> bool {
        self.flags() & (ANCHORED | HAS_FIRST) != ANCHORED | HAS_FIRST
            || text.first().is_some_and(|&byte| self.is_in(FIRST, byte))
    }

    /// Is a byte in the set whose words begin there?
    #[inline(always)]
    fn is_in(self, set: usize, byte: u8) -> bool {
        self.0[4 * set + usize::from(byte) / 8] & 1 << (byte % 8) != 0
    }

    /// The leftmost match that begins at `at` or behind.
    ///
    /// # Errors
    /// There is no code, or this text asks for too much memory or too many steps.
    pub fn find_at(self, text: &[u8], at: usize) -> Result<Option<Found>, Beyond> {
        run::find(self, text, at)
    }
}

impl Found {
    /// What a regex finds, told in the same way.
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

/// A word of what the build packed, little endian, at an offset in bytes.
#[inline(always)]
pub(crate) fn word(bytes: &[u8], at: usize) -> u32 {
    // One load and one bounds check.
    bytes[at..]
        .first_chunk()
        .map_or(0, |word| u32::from_le_bytes(*word))
}

/// More than a program can do; [`regex`] can.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Beyond;

#[cfg(test)]
mod tests;
