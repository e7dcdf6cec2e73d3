//! One line of a text, and what its characters measure.

use super::{MAX_STAMPS, SEEN};
use crate::trace::prefix;

/// One line of the text.
#[derive(Debug, Clone, Copy)]
pub(super) struct Row {
    pub(super) from: usize,
    /// Where its text begins behind the stamps.
    pub(super) text: usize,
    /// Where it ends, without the carriage return before the newline.
    pub(super) to: usize,
    /// Where the next line begins.
    pub(super) end: usize,
}

impl Row {
    pub(super) fn at(raw: &[u8], from: usize) -> Self {
        let newline = memchr::memchr(b'\n', &raw[from..]).map(|k| from + k);
        let mut to = newline.unwrap_or(raw.len());
        while to > from && raw[to - 1] == b'\r' {
            to -= 1;
        }
        Self {
            from,
            text: from + prefix::split(&raw[from..to.min(from + MAX_STAMPS)]).stamps,
            to,
            end: newline.map_or(raw.len(), |at| at + 1),
        }
    }

    pub(super) fn of(self, raw: &[u8]) -> &[u8] {
        &raw[self.text..self.to]
    }

    /// Whether it is too long for any window. The text may not hold all of such a line, so what it looks like at
    /// its end must not count.
    pub(super) fn is_long(self) -> bool {
        self.end - self.from > SEEN
    }

    pub(super) fn is_blank(self, raw: &[u8]) -> bool {
        self.of(raw).trim_ascii().is_empty()
    }
}

/// Whether it is a rule, or a title within one. Rules are not broken, and are as long as the window is wide.
pub(super) fn is_rule(line: &[u8]) -> bool {
    let end = line.trim_ascii_end();
    let last = end.last().copied().unwrap_or(b' ');
    b"=-*_#~".contains(&last) && end.ends_with(&[last; 3])
}

pub(super) fn is_blank(b: u8) -> bool {
    b == b' ' || b == b'\t'
}

/// Length in UTF-16 units, as PowerShell counts; counting stops at `most`.
pub(super) fn units(text: &[u8], most: usize) -> usize {
    let near = &text[..text.len().min(most.saturating_mul(4))];
    let starts = near.iter().map(|b| match b {
        0x80..0xc0 => 0,
        0xf0.. => 2,
        _ => 1,
    });
    starts.sum::<usize>().min(most)
}

/// Whether a text is at most `width` characters long. It looks at no more than four bytes of each.
pub(super) fn fits(text: &[u8], width: usize) -> bool {
    text.len() <= 4 * width && units(text, width + 1) <= width
}

/// Length of the first word with the blank behind it.
pub(super) fn first_word(text: &[u8], most: usize) -> usize {
    let near = &text[..text.len().min(most.saturating_mul(4))];
    let end = near.iter().position(|b| is_blank(*b));
    units(&near[..end.map_or(near.len(), |k| k + 1)], most)
}

/// Length of what stands behind the last blank.
pub(super) fn last_word(text: &[u8]) -> usize {
    let from = text.iter().rposition(|b| is_blank(*b)).map_or(0, |k| k + 1);
    units(&text[from..], usize::MAX)
}
