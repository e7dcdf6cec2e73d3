//! The hot loop of the reader: escapes and control characters out, carriage returns into piece borders.
//!
//! Enters: raw bytes that end at a line end, or at a border that no escape crosses. Leaves: clean bytes in
//! a [`Block`], never more than came in, and its index of piece borders, joins, markers and green echoes.

use super::block::{Block, Border, SectionMark};
use super::escape::{self, ESC};
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

/// The same without SIMD: the twin that other machines run and the tests compare with.
#[cfg(any(test, not(target_arch = "x86_64")))]
fn mask_portable(b: &[u8; 64]) -> u64 {
    b.iter()
        .enumerate()
        .fold(0, |mask, (k, &b)| mask | (u64::from(special(b)) << k))
}

/// Appends the clean form of `src` to `block`.
///
/// `joins` are offsets in `src` where a newline and a continuation header were taken out, ascending.
/// `at_eof`: nothing follows, so a trailing CR ends the line.
pub(super) fn clean(src: &[u8], joins: &[usize], at_eof: bool, block: &mut Block) {
    block.reserve(src.len() + 66);
    let n = src.len();
    let (mut i, mut o) = (0, block.len);
    let mut join = 0;
    let mut stop = joins.first().copied().unwrap_or(n);
    loop {
        if i >= stop {
            while join < joins.len() && joins[join] <= i {
                block.joins.push((o, 1));
                join += 1;
            }
            stop = joins.get(join).copied().unwrap_or(n);
            if i >= n {
                break;
            }
        }
        if let Some(chunk) = src[i..].first_chunk::<64>() {
            let found = mask(chunk);
            // Always 64 bytes: no copy whose length depends on the data.
            block.buf[o..o + 64].copy_from_slice(chunk);
            let run = if found == 0 {
                64
            } else {
                found.trailing_zeros() as usize
            };
            let step = run.min(stop - i);
            o += step;
            i += step;
            if found == 0 || i >= stop {
                continue;
            }
        } else {
            while i < stop && !special(src[i]) {
                block.buf[o] = src[i];
                o += 1;
                i += 1;
            }
            if i >= stop {
                continue;
            }
        }
        match src[i] {
            ESC => {
                while i < n && src[i] == ESC {
                    let rest = &src[i..];
                    let is_echo = rest.starts_with(GREEN_ECHO);
                    if is_echo {
                        block.greens.push(o);
                    }
                    if block.coloured_from.is_none() && (is_echo || runner_colour(rest)) {
                        block.coloured_from = Some(o);
                    }
                    i += escape::len(rest);
                }
            }
            b'\r' => {
                let next = src[i..]
                    .iter()
                    .position(|&b| b != b'\r')
                    .map_or(n, |k| i + k);
                i = next;
                let line_end = next == n && at_eof || src.get(next) == Some(&b'\n');
                if !line_end {
                    o = lone_cr(block, o);
                }
            }
            _ => i += 1,
        }
    }
    block.len = o;
}

/// Sequences that only the runner's own lines use so: they tell that the log has its colours.
fn runner_colour(rest: &[u8]) -> bool {
    rest.starts_with(b"\x1b[0K") || rest.starts_with(b"\x1b[0;m") || rest.starts_with(b"\x1b[36;1m")
}

/// A carriage return that does not end its line: a marker before it is taken out, else a piece ends here.
fn lone_cr(block: &mut Block, mut o: usize) -> usize {
    let low = block.fresh.max(o.saturating_sub(MARKER_REACH));
    let piece = memchr::memrchr(b'\n', &block.buf[low..o]).map_or(low, |k| low + k + 1);
    let found = marker::at_end(&block.buf[piece..o])
        .map(|(at, m)| (piece + at, m.edge, m.unix, m.name.to_owned()));
    let border = match &found {
        Some((at, ..)) => {
            o = *at;
            // What was joined within the marker is joined before the text behind it.
            let gone = block.joins.partition_point(|(join, _)| *join <= o);
            block.joins[gone..].iter_mut().for_each(|join| join.0 = o);
            Border::Marker
        }
        None => Border::Overwritten,
    };
    if o > piece {
        block.buf[o] = b'\n';
        block.borders.push((o, border));
        o += 1;
    }
    if let Some((_, edge, unix, name)) = found {
        block.marks.push(SectionMark {
            at: o,
            edge,
            unix,
            name,
        });
    }
    o
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_masks_agree() {
        let mut state = 7u64;
        for _ in 0..20_000 {
            let chunk: [u8; 64] = std::array::from_fn(|_| {
                state = state
                    .wrapping_mul(6364136223846793005)
                    .wrapping_add(1442695040888963407);
                (state >> 33) as u8 >> (state >> 60 & 3)
            });
            assert_eq!(mask(&chunk), mask_portable(&chunk));
        }
    }

    fn cleaned(src: &[u8]) -> String {
        let mut block = Block::default();
        clean(src, &[], true, &mut block);
        String::from_utf8(block.buf[..block.len].to_vec()).unwrap()
    }

    #[test]
    fn escapes_and_controls_go_and_lone_carriage_returns_end_pieces() {
        assert_eq!(cleaned(b"\x1b[32;1m$ make\x1b[0;m\n"), "$ make\n");
        assert_eq!(
            cleaned(b"10%\r20%\rdone\r\nnext\r\r\n\x07\x00\x08x\ty\n"),
            "10%\n20%\ndone\nnext\nx\ty\n"
        );
        assert_eq!(cleaned(b"a\r\x1b[K\r\x1b[Kb\n"), "a\nb\n");
        assert_eq!(cleaned(b"last\r"), "last");
    }

    #[test]
    fn markers_are_taken_out_and_end_the_line_before() {
        let mut block = Block::default();
        clean(
            b"left section_start:7:a_b[x=y]\r\x1b[0Kright\n",
            &[],
            true,
            &mut block,
        );
        assert_eq!(&block.buf[..block.len], b"left \nright\n");
        assert_eq!(block.marks.len(), 1);
        assert_eq!(
            (block.marks[0].at, block.marks[0].name.as_str()),
            (6, "a_b")
        );
        assert_eq!(block.borders, [(5, Border::Marker)]);
    }
}
