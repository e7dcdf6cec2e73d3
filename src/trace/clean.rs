//! The hot loop of the reader: removes escapes and control characters, turns carriage returns into piece
//! borders.
//!
//! Input: raw bytes that end at a line end, or at a border that no escape crosses. Output: clean bytes in a
//! [`Block`], never more than came in, with its index of piece borders, joins, markers and green echoes.

use super::block::{Block, Border, PieceEnd, SectionMark};
use super::escape::{self, ESC};
use super::foreign::travis;
use super::marker;

/// The runner's colour of an echoed command, and the blank behind its `$` (runner: shells/bash.go).
const GREEN_ECHO: &[u8] = b"\x1b[32;1m$ ";
/// How far back from a CR a marker may begin.
const MARKER_REACH: usize = 600;

/// Bytes that are not simply copied: every control character but tab and newline.
#[inline(always)]
fn special(b: u8) -> bool {
    b < 0x20 && b != b'\t' && b != b'\n' || b == 0x7f
}

/// Bit k is set when `b[k]` is special.
///
/// The only `unsafe` of the project: 64 bytes at a time instead of one.
#[cfg(target_arch = "x86_64")]
#[allow(unsafe_code)]
#[inline(always)]
fn mask(b: &[u8; 64]) -> u64 {
    use std::arch::x86_64::{
        _mm_andnot_si128, _mm_cmpeq_epi8, _mm_loadu_si128, _mm_min_epu8, _mm_movemask_epi8,
        _mm_or_si128, _mm_set1_epi8,
    };
    let mut mask = 0;
    for (k, sixteen) in b.chunks_exact(16).enumerate() {
        // SAFETY: SSE2 is part of every x86-64, and the unaligned load reads 16 bytes of a slice of 16.
        let bits = unsafe {
            let v = _mm_loadu_si128(sixteen.as_ptr().cast());
            let control = _mm_cmpeq_epi8(_mm_min_epu8(v, _mm_set1_epi8(0x1f)), v);
            let tab = _mm_cmpeq_epi8(v, _mm_set1_epi8(9));
            let newline = _mm_cmpeq_epi8(v, _mm_set1_epi8(10));
            let delete = _mm_cmpeq_epi8(v, _mm_set1_epi8(0x7f));
            let kept = _mm_or_si128(tab, newline);
            _mm_movemask_epi8(_mm_or_si128(_mm_andnot_si128(kept, control), delete))
        };
        mask |= u64::from(bits as u32) << (16 * k);
    }
    mask
}

/// Bit k is set when `b[k]` is special.
#[cfg(not(target_arch = "x86_64"))]
#[inline(always)]
fn mask(b: &[u8; 64]) -> u64 {
    mask_portable(b)
}

/// Portable twin of the SIMD mask: other machines run it, and the tests compare the two.
#[cfg(any(test, not(target_arch = "x86_64")))]
fn mask_portable(b: &[u8; 64]) -> u64 {
    b.iter()
        .enumerate()
        .fold(0, |mask, (k, &b)| mask | (u64::from(special(b)) << k))
}

/// Appends the clean form of `src` to `block`, and returns whether `src` held a NUL.
///
/// `joins` are offsets in `src` where a newline and a continuation header were removed, ascending. With
/// `at_eof` nothing follows, so a trailing CR ends the line.
pub(super) fn clean(src: &[u8], joins: &[usize], at_eof: bool, block: &mut Block) -> bool {
    block.reserve(src.len() + 66);
    let n = src.len();
    let mut at = At {
        src,
        at_eof,
        i: 0,
        o: block.len,
        nul: false,
        // Taken out of the block, so that the compiler knows its address does not change.
        buf: std::mem::take(&mut block.buf),
    };
    let mut join = 0;
    let mut stop = joins.first().copied().unwrap_or(n);
    loop {
        if at.i >= stop {
            while join < joins.len() && joins[join] <= at.i {
                block.joins.push((at.o, 1));
                join += 1;
            }
            stop = joins.get(join).copied().unwrap_or(n);
            if at.i >= n {
                break;
            }
        }
        if at.i + CHUNK <= stop && at.i + 2 * CHUNK <= n {
            at.chunk(block);
        } else if special(src[at.i]) {
            at.special(block);
        } else {
            at.buf[at.o] = src[at.i];
            at.o += 1;
            at.i += 1;
        }
    }
    block.len = at.o;
    block.buf = at.buf;
    at.nul
}

/// Bytes that one mask covers.
const CHUNK: usize = 64;

/// Progress of the cleaning: what was read of `src` and written to `buf`, never more written than read.
struct At<'s> {
    src: &'s [u8],
    at_eof: bool,
    i: usize,
    o: usize,
    /// A NUL was met, so the text may hold UTF-16.
    nul: bool,
    buf: Vec<u8>,
}

impl At<'_> {
    /// Cleans one chunk that has another behind it. One mask finds all its special bytes.
    #[inline(always)]
    fn chunk(&mut self, block: &mut Block) {
        let start = self.i;
        let Some(both) = self.src[start..].first_chunk::<{ 2 * CHUNK }>() else {
            return;
        };
        let Some(chunk) = both.first_chunk::<CHUNK>() else {
            return;
        };
        let mut found = mask(chunk);
        if found == 0 {
            self.buf[self.o..self.o + CHUNK].copy_from_slice(chunk);
            self.i += CHUNK;
            self.o += CHUNK;
            return;
        }
        let mut from = 0;
        while found != 0 {
            let at = found.trailing_zeros() as usize;
            self.text(both, from, at);
            let len = match both[at] {
                ESC => short_sequence(both, at, &self.buf[..self.o], block),
                b'\r' => self.short_return(both[at + 1], block),
                _ => 0,
            };
            if len > 0 {
                // A short sequence holds no special byte but its first, so only that one is cleared.
                from = at + len;
                found &= found - 1;
                continue;
            }
            self.i = start + at;
            self.special(block);
            from = self.i - start;
            if from >= CHUNK {
                return;
            }
            found &= !0 << from;
        }
        if from < CHUNK {
            self.text(both, from, CHUNK);
            from = CHUNK;
        }
        self.i = start + from;
    }

    /// Copies the text between two special bytes. It always writes a whole chunk, so that the copy's length
    /// does not depend on the data; `o` advances only by the true length.
    #[inline(always)]
    fn text(&mut self, both: &[u8; 2 * CHUNK], from: usize, to: usize) {
        let buf = &mut self.buf[self.o..self.o + CHUNK];
        buf[..32].copy_from_slice(&both[from..from + 32]);
        if to > from + 32 {
            buf[32..].copy_from_slice(&both[from + 32..from + CHUNK]);
        }
        self.o += to - from;
    }

    /// Handles a CR that needs one step: before a newline, or behind text that is no marker. Returns the bytes
    /// taken, 1 or 0.
    #[inline(always)]
    fn short_return(&mut self, next: u8, block: &mut Block) -> usize {
        match next {
            b'\n' => return 1,
            b'\r' | 0 => return 0,
            _ => {}
        }
        if may_be_marker(&self.buf[..self.o], block) {
            return 0;
        }
        self.o = end_piece(&mut self.buf, self.o, Border::Overwritten, block);
        1
    }

    /// Handles the special byte at `i`, a run of them, or the sequences that begin there.
    #[inline(never)]
    fn special(&mut self, block: &mut Block) {
        let src = self.src;
        let run = repeats(&src[self.i..]);
        match src[self.i] {
            ESC => {
                // Only the last ESC of a run begins a sequence.
                self.i += run - 1;
                let rest = &src[self.i..];
                note_colours(rest, &self.buf[..self.o], block);
                self.i += escape::len(rest);
            }
            b'\r' => {
                self.i += run;
                // NULs are dropped: what is left of UTF-16 has one between CR and LF.
                let rest = &src[self.i..];
                let behind = rest.iter().find(|byte| **byte != 0);
                let line_end = behind.map_or(self.at_eof, |byte| *byte == b'\n');
                if !line_end {
                    self.o = lone_cr(&mut self.buf, self.o, block);
                }
            }
            other => {
                self.nul |= other == 0;
                self.i += run;
            }
        }
    }
}

/// How often the first byte repeats at the start, itself included.
#[inline(always)]
fn repeats(bytes: &[u8]) -> usize {
    let first = bytes[0];
    if bytes.get(1) != Some(&first) {
        return 1;
    }
    let eights = bytes.chunks_exact(8);
    let whole = 8 * eights.take_while(|eight| **eight == [first; 8]).count();
    let rest = bytes[whole..].iter().take_while(|b| **b == first);
    whole + rest.count()
}

/// Length of a CSI with few parameters at `both[at] == ESC`; 0 for any other sequence.
#[inline(always)]
fn short_sequence(both: &[u8; 2 * CHUNK], at: usize, text: &[u8], block: &mut Block) -> usize {
    let Some(bytes) = both.get(at..).and_then(<[u8]>::first_chunk) else {
        return 0;
    };
    let len = escape::short(bytes);
    if len > 0 {
        note_colours(bytes, text, block);
    }
    len
}

/// Records where commands are echoed in green, and where the runner's colours begin. `text` is the clean text
/// before the sequence.
#[inline(always)]
fn note_colours(sequence: &[u8], text: &[u8], block: &mut Block) {
    let is_echo = sequence.starts_with(GREEN_ECHO);
    if is_echo {
        block.greens.push(text.len());
    }
    if block.coloured_from.is_none() && !block.of_travis && (is_echo || runner_colour(sequence)) {
        if behind_travis_mark(text) {
            block.of_travis = true;
        } else {
            block.coloured_from = Some(text.len());
        }
    }
}

/// Whether the line or piece at the end of the text is a mark of Travis CI. Travis ends its marks with the
/// sequence that GitLab's runner begins its lines with (travis-build: bash/travis_fold.bash,
/// bash/travis_time_start.bash).
#[inline(never)]
fn behind_travis_mark(text: &[u8]) -> bool {
    // Bounded, since many such sequences may follow one mark.
    let near = &text[text.len().saturating_sub(MARKER_REACH)..];
    let above = near.trim_ascii_end();
    let from = memchr::memrchr(b'\n', above).map_or(0, |k| k + 1);
    above.len() < near.len() && travis::is_mark(&above[from..])
}

/// Whether a sequence is one that only the runner's own lines use.
fn runner_colour(rest: &[u8]) -> bool {
    rest.starts_with(b"\x1b[0K") || rest.starts_with(b"\x1b[0;m") || rest.starts_with(b"\x1b[36;1m")
}

/// Whether a marker could stand at the end of the text.
#[inline(always)]
fn may_be_marker(text: &[u8], block: &Block) -> bool {
    let border = block.borders.last().map_or(0, |border| border.at() + 1);
    // The piece cannot begin before that.
    let earliest = block.fresh.max(border);
    let low = earliest.max(text.len().saturating_sub(MARKER_REACH));
    text.len() >= earliest + marker::SHORTEST && marker::may_end(&text[low..])
}

/// Handles a CR that does not end its line: takes out a marker before it, or ends a piece.
fn lone_cr(buf: &mut [u8], o: usize, block: &mut Block) -> usize {
    if !may_be_marker(&buf[..o], block) {
        return end_piece(buf, o, Border::Overwritten, block);
    }
    let low = block.fresh.max(o.saturating_sub(MARKER_REACH));
    let piece = memchr::memrchr(b'\n', &buf[low..o]).map_or(low, |k| low + k + 1);
    let Some((at, marker)) = marker::at_end(&buf[piece..o]) else {
        return end_piece(buf, o, Border::Overwritten, block);
    };
    let (edge, unix, name) = (marker.edge, marker.unix, marker.name.to_owned());
    let o = piece + at;
    // What was joined within the marker now counts for the text behind it.
    let gone = block.joins.partition_point(|(join, _)| *join <= o);
    block.joins[gone..].iter_mut().for_each(|join| join.0 = o);
    let at = end_piece(buf, o, Border::Marker, block);
    block.marks.push(SectionMark {
        at,
        edge,
        unix,
        name,
    });
    at
}

/// Ends a piece, unless it is empty.
#[inline(always)]
fn end_piece(buf: &mut [u8], o: usize, border: Border, block: &mut Block) -> usize {
    if o == block.fresh || buf[o - 1] == b'\n' {
        return o;
    }
    buf[o] = b'\n';
    block.borders.push(PieceEnd::new(o, border));
    o + 1
}

#[cfg(test)]
mod tests;
