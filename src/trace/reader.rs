//! Reads a log and hands it out in blocks of clean text, in bounded memory for any input.

use std::io::{self, Read};

use super::block::{Block, OVERLAP, STEP};
use super::clean;
use super::escape::{self, ESC};
use super::fold::{self, Folds};
use super::seam::Seams;
use super::stamp;
use super::wide::Narrowed;

/// Bytes read at a time; sizes from 64 KiB to 1 MiB measured the same.
const BUFFER: usize = 256 << 10;
/// Bytes of the first read. Most logs are shorter, and touching memory costs as much as reading it.
const FIRST: usize = 64 << 10;
/// Of so many bytes of the buffer one may be a place where a header was taken out, before the rest of it is filled again.
const JOINS: usize = 64;
/// Bytes that must be known behind a newline to rule out a continuation.
const LOOKAHEAD: usize = stamp::LEN + 1;

/// The memory of a reader, for the next one.
#[derive(Debug, Default)]
pub struct Buffers {
    raw: Vec<u8>,
    clean: Vec<u8>,
}

/// Cuts a byte stream into [`Block`]s.
///
/// The sizes of the source's reads do not influence the result.
#[derive(Debug)]
pub struct BlockReader<R> {
    source: R,
    raw: Vec<u8>,
    /// How large the raw buffer may become.
    size: usize,
    filled: usize,
    eof: bool,
    done: bool,
    /// How much of the raw buffer was searched for continuations, and where some were removed.
    searched: usize,
    joins: Vec<usize>,
    /// The raw buffer begins inside a line.
    torn: bool,
    /// Rewrites lines of UTF-16.
    narrowed: Narrowed,
    /// Rejoins lines that PowerShell broke; set once its frame was seen.
    folds: Option<Box<Folds>>,
    /// Looks for the next log behind this one.
    seams: Seams,
    /// This log ends where another begins.
    at_seam: bool,
    block: Block,
    bytes: u64,
    ends_in_mid_line: bool,
    error: Option<io::Error>,
}

impl<R: Read> BlockReader<R> {
    /// A reader over decoded bytes.
    pub fn new(source: R) -> Self {
        Self::with_buffer(source, BUFFER)
    }

    /// A reader with another buffer size, for tests; at least 16 KiB.
    pub fn with_buffer(source: R, size: usize) -> Self {
        Self::over(source, size.max(fold::MIN_BUFFER), Buffers::default())
    }

    /// A reader that takes over the buffers of an earlier one: [`BlockReader::into_buffers`].
    pub fn reusing(source: R, buffers: Buffers) -> Self {
        Self::over(source, BUFFER, buffers)
    }

    fn over(source: R, size: usize, buffers: Buffers) -> Self {
        let block = Block {
            first_line: 1,
            buf: buffers.clean,
            ..Block::default()
        };
        Self {
            source,
            raw: buffers.raw,
            size,
            filled: 0,
            eof: false,
            done: false,
            searched: 0,
            joins: Vec::new(),
            torn: false,
            narrowed: Narrowed::default(),
            folds: None,
            seams: Seams::None,
            at_seam: false,
            block,
            bytes: 0,
            ends_in_mid_line: false,
            error: None,
        }
    }

    /// Sets the number of the first line, for one of several logs in a text.
    #[must_use]
    pub fn starting_at(mut self, line: u64) -> Self {
        self.block.first_line = line;
        self
    }

    /// Splits a text that may hold several logs: each ends where the next begins. See
    /// [`BlockReader::next_log`].
    #[must_use]
    pub fn told_apart(mut self) -> Self {
        self.seams = Seams::Unknown;
        self
    }

    /// Moves on to the next log of the text, if there is one. Line numbers continue.
    pub fn next_log(&mut self) -> bool {
        if !std::mem::take(&mut self.at_seam) {
            return false;
        }
        self.block = Block {
            first_line: self.lines() + 1,
            buf: std::mem::take(&mut self.block.buf),
            ..Block::default()
        };
        self.bytes = self.ahead();
        self.done = false;
        self.torn = false;
        if let Some(folds) = &mut self.folds {
            folds.forget();
        }
        self.ends_in_mid_line = false;
        true
    }

    /// What it reads from.
    pub fn source(&self) -> &R {
        &self.source
    }

    /// The buffers, for the next reader.
    pub fn into_buffers(self) -> Buffers {
        Buffers {
            raw: self.raw,
            clean: self.block.buf,
        }
    }

    /// Bytes of the log read so far.
    pub fn bytes(&self) -> u64 {
        self.bytes
    }

    /// The number of the last line, once everything is read. A last line without LF counts.
    pub fn lines(&self) -> u64 {
        self.block.counter().line_at(&self.block, self.block.end) - 1
    }

    /// Whether the input did not end with a newline.
    pub fn ends_in_mid_line(&self) -> bool {
        self.ends_in_mid_line
    }

    /// The error that ended the source early. Everything before it has been handed out.
    pub fn take_error(&mut self) -> Option<io::Error> {
        match self.at_seam {
            true => None,
            false => self.error.take(),
        }
    }

    /// The next block; `None` at the end. A source that fails ends there: see [`BlockReader::take_error`].
    pub fn next_block(&mut self) -> Option<&Block> {
        while !self.done {
            self.block.recycle();
            self.fill();
            let (mut cut, mut whole) = if self.eof {
                (self.filled, true)
            } else {
                self.cut()
            };
            if whole {
                cut = self.unfold(cut);
            }
            if let Some(seam) = self.seams.find(&self.raw[..cut]) {
                (cut, whole) = (seam, true);
                self.at_seam = true;
            }
            let is_end = self.eof || self.at_seam;
            let joins = self.joins.partition_point(|join| *join <= cut);
            self.clean(cut, joins, whole, is_end);
            self.drop_front(cut, joins);
            self.torn = !whole;
            if is_end {
                self.bytes -= self.ahead();
                self.done = true;
                self.block.last = true;
                self.finish();
            } else {
                self.split_off_carry(whole);
            }
            if self.block.end > self.block.fresh || !self.block.marks.is_empty() || self.done {
                return Some(&self.block);
            }
        }
        None
    }

    /// Cleans the raw bytes up to the cut.
    fn clean(&mut self, cut: usize, joins: usize, whole: bool, is_end: bool) {
        let (mut raw, mut joins) = (&self.raw[..cut], &self.joins[..joins]);
        let (narrowed, block) = (&mut self.narrowed, &mut self.block);
        if whole
            && let Some(folds) = &mut self.folds
            && folds.rewrite(raw, joins)
        {
            (raw, joins) = (&folds.text, &folds.joins);
        }
        let before = block.extent();
        // Only a NUL can show UTF-16, so other texts cost nothing.
        if !clean::clean(raw, joins, is_end, block) || !whole {
            return;
        }
        if narrowed.rewrite(raw, joins, first_whole(raw, self.torn)) {
            block.shrink_to(before);
            clean::clean(&narrowed.text, &narrowed.joins, is_end, block);
        }
    }

    /// Plans which lines to rejoin, and moves the cut before lines that continue behind it.
    fn unfold(&mut self, cut: usize) -> usize {
        let Some(folds) = &mut self.folds else {
            return cut;
        };
        let raw = &self.raw[..self.filled];
        folds.plan(raw, first_whole(raw, self.torn), cut, self.eof)
    }

    /// Reads until the buffer is full or the source ends, and joins continuations.
    fn fill(&mut self) {
        loop {
            self.read();
            self.join_continuations();
            // Headers that were taken out leave room, and what is decided counts on a full buffer. A text of nothing
            // but headers would gather joins without end.
            if self.eof || self.filled == self.size || self.joins.len() >= self.size / JOINS {
                break;
            }
        }
        // A run of CRs counts as one, and its meaning depends on what follows, so a run that fills the buffer
        // is shortened.
        while !self.eof
            && self.joins.len() < self.size
            && self.raw[..self.filled].iter().all(|&b| b == b'\r')
        {
            self.filled = self.filled.min(1);
            self.searched = self.filled;
            self.joins
                .iter_mut()
                .for_each(|join| *join = (*join).min(1));
            self.read();
            self.join_continuations();
        }
    }

    fn read(&mut self) {
        while self.filled < self.size && !self.eof {
            if self.filled == self.raw.len() {
                let more = (4 * self.raw.len()).max(FIRST);
                self.raw.resize(more.min(self.size), 0);
            }
            let room = self.size.min(self.raw.len());
            match self.source.read(&mut self.raw[self.filled..room]) {
                Ok(0) => self.eof = true,
                Ok(n) => {
                    self.filled += n;
                    self.bytes += n as u64;
                }
                Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
                Err(e) => {
                    self.error = Some(e);
                    self.eof = true;
                }
            }
        }
    }

    /// Removes every `newline + header+` from the raw buffer, and records where.
    fn join_continuations(&mut self) {
        // Headers do not overlap: none begins before the join above it.
        let decided = self.searched.saturating_sub(LOOKAHEAD);
        let mut from = self.joins.last().map_or(decided, |&join| join.max(decided));
        let mut to = from;
        let mut search = self.searched;
        let near = fold::SIGN.len();
        let torn = &self.raw[search.saturating_sub(near)..self.filled.min(search + near)];
        let mut is_folded = memchr::memmem::find(torn, fold::SIGN).is_some();
        // A `+` is rare in most logs, so this is one fast pass.
        while let Some(plus) =
            memchr::memchr(b'+', &self.raw[search..self.filled]).map(|k| search + k)
        {
            search = plus + 1;
            is_folded |= self.raw[plus..self.filled].starts_with(fold::SIGN);
            let Some(newline) = search.checked_sub(LOOKAHEAD) else {
                continue;
            };
            if newline < from
                || self.raw[newline] != b'\n'
                || stamp::header(&self.raw[newline + 1..search]) != Some(true)
            {
                continue;
            }
            self.raw.copy_within(from..newline, to);
            to += newline - from;
            self.joins.push(to);
            from = search;
        }
        if from > to {
            self.raw.copy_within(from..self.filled, to);
            self.filled -= from - to;
        }
        self.searched = self.filled;
        if is_folded && self.folds.is_none() {
            self.folds = Some(Box::default());
        }
    }

    /// Drops the raw bytes that went into the block.
    fn drop_front(&mut self, cut: usize, joins: usize) {
        self.raw.copy_within(cut..self.filled, 0);
        self.filled -= cut;
        self.searched -= cut;
        self.joins.drain(..joins);
        self.joins.iter_mut().for_each(|join| *join -= cut);
    }

    /// Bytes that were read and not yet handed out.
    fn ahead(&self) -> u64 {
        (self.filled + self.joins.len() * LOOKAHEAD) as u64
    }

    /// Where the raw buffer may be cut, and whether a line ends there.
    fn cut(&self) -> (usize, bool) {
        let raw = &self.raw[..self.filled];
        // What follows a newline near the end may continue its line, or belong to a record that began above.
        let known = raw.len().saturating_sub(LOOKAHEAD);
        let held = raw.len().saturating_sub(fold::HOLD);
        let newline = memchr::memrchr(b'\n', &raw[..held]);
        match newline.or_else(|| memchr::memchr(b'\n', &raw[held..known]).map(|k| held + k)) {
            Some(newline) => (newline + 1, true),
            None => (mid_line(raw), false),
        }
    }

    /// Decides what of the cleaned text is handed out now and what is carried over.
    fn split_off_carry(&mut self, whole: bool) {
        let block = &mut self.block;
        if whole {
            block.end = block.len;
            block.carry = block.len;
            block.next_column = 0;
            return;
        }
        let unfinished = memchr::memrchr(b'\n', &block.buf[block.fresh..block.len])
            .map_or(block.fresh, |k| block.fresh + k + 1);
        if unfinished > block.fresh {
            // The text begins with the end of an older line: its column is for that line only,
            // so hand it out first, the unfinished line next time.
            block.end = unfinished;
            block.carry = unfinished;
            block.next_column = 0;
            return;
        }
        let column = block.column as usize;
        let length = column + block.len - unfinished;
        // Of a line longer than a window, whole stretches are handed out, with the overlap that the last of
        // them sees.
        let stretches = length.saturating_sub(OVERLAP + 1) / STEP;
        if stretches * STEP > column {
            block.carry = unfinished + stretches * STEP - column;
            block.end = block.carry + OVERLAP;
            block.next_column = (stretches * STEP) as u64;
        } else {
            block.end = unfinished;
            block.carry = unfinished;
            block.next_column = block.column;
        }
    }

    /// Ends the last line.
    fn finish(&mut self) {
        let block = &mut self.block;
        if block.len > block.fresh && block.buf[block.len - 1] != b'\n' {
            block.reserve(1);
            block.buf[block.len] = b'\n';
            block.len += 1;
            self.ends_in_mid_line = true;
        }
        block.end = block.len;
        block.carry = block.len;
    }
}

/// Where the first whole line of a text begins. `torn` means that the text begins inside a line.
fn first_whole(raw: &[u8], torn: bool) -> usize {
    match torn {
        true => memchr::memchr(b'\n', raw).map_or(raw.len(), |k| k + 1),
        false => 0,
    }
}

/// A cut inside a line that no escape sequence, CR run or continuation header crosses.
fn mid_line(raw: &[u8]) -> usize {
    // The line at a newline this near may be continued, and then the sequences before the newline continue too.
    let near = raw.len().saturating_sub(LOOKAHEAD);
    let mut cut = memchr::memchr(b'\n', &raw[near..]).map_or(raw.len(), |k| near + k);
    if let Some(esc) = memchr::memrchr(ESC, &raw[cut.saturating_sub(escape::MAX_STRING)..cut]) {
        let esc = cut.saturating_sub(escape::MAX_STRING) + esc;
        if escape::unfinished(&raw[esc..cut]) {
            cut = esc;
        }
        // `ESC \` may end a string that began before.
        if let Some(open) = string_start(&raw[..cut]) {
            cut = open;
        }
    }
    while cut > 1 && raw[cut - 1] == b'\r' {
        cut -= 1;
    }
    if cut == 0 { raw.len() } else { cut }
}

/// The start of a string sequence (OSC and the like) that is still open at the end of `raw`.
fn string_start(raw: &[u8]) -> Option<usize> {
    let low = raw.len().saturating_sub(escape::MAX_STRING);
    memchr::memchr_iter(ESC, &raw[low..])
        .map(|k| low + k)
        .find(|&at| {
            matches!(raw.get(at + 1), Some(b']' | b'P' | b'X' | b'^' | b'_'))
                && escape::unfinished(&raw[at..])
        })
}
