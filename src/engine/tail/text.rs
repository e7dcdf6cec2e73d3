//! Text whose long lines are cut, so that the lines before them fit, with what is needed to count its lines.

use std::ops::Range;

use crate::trace::Block;

/// Longest part of a line that is kept, in bytes: more than is ever shown, and enough to recognise a step's
/// header.
pub(super) const LONGEST: usize = 8 << 10;

/// Length from which a line counts as long. It is below what is kept, so that no cut is missed.
const LONG: usize = LONGEST / 2;

/// Clean text whose long lines are cut.
#[derive(Debug, Clone, Default)]
pub(super) struct Text {
    pub bytes: Vec<u8>,
    /// Offsets of newlines that only end a piece of a line.
    pub borders: Vec<usize>,
    /// Where newlines of the log were removed, and how many.
    pub joins: Vec<(usize, u64)>,
    /// The last line continues and is already cut.
    full: bool,
}

impl Text {
    /// Builds a text from its parts.
    #[cfg(test)]
    pub fn of(bytes: Vec<u8>, borders: Vec<usize>, joins: Vec<(usize, u64)>) -> Self {
        Self {
            bytes,
            borders,
            joins,
            full: false,
        }
    }

    /// Copies a stretch of a block without cutting.
    pub fn copy(&mut self, block: &Block, from: usize, to: usize) {
        self.bytes.clear();
        self.bytes.extend_from_slice(&block.bytes()[from..to]);
        (self.borders, self.joins) = block.breaks(from, to);
        self.full = false;
    }

    /// Appends a stretch of a block and cuts long lines. If the text ends inside a line, the stretch continues
    /// that line.
    pub fn append(&mut self, block: &Block, from: usize, to: usize) {
        let text = &block.bytes()[from..to];
        let (borders, joins) = block.breaks(from, to);
        let (mut borders, mut joins) =
            (borders.into_iter().peekable(), joins.into_iter().peekable());
        let mut at = 0;
        while at < text.len() {
            let newline = memchr::memchr(b'\n', &text[at..]).map(|k| at + k);
            let end = newline.unwrap_or(text.len());
            let begin = self.bytes.len();
            self.go_on(&text[at..end]);
            let kept = self.bytes.len();
            let place = |offset: usize| (begin + (offset - at)).min(kept);
            while let Some((join, count)) = joins.next_if(|(join, _)| *join <= end) {
                self.join(place(join.max(at)), count);
            }
            if borders.next_if(|border| *border <= end).is_some() {
                self.borders.push(kept);
            }
            if newline.is_some() {
                self.bytes.push(b'\n');
                self.full = false;
            }
            at = end + 1;
        }
    }

    /// Continues the last line.
    fn go_on(&mut self, more: &[u8]) {
        if self.full {
            return;
        }
        let line = memchr::memrchr(b'\n', &self.bytes).map_or(0, |k| k + 1);
        let room = LONGEST.saturating_sub(self.bytes.len() - line);
        let (kept, left) = more.split_at(room.min(more.len()));
        self.bytes.extend_from_slice(kept);
        let Some(next) = left.first() else {
            return;
        };
        self.full = true;
        // No character is split.
        let mut torn = next & 0xc0 == 0x80;
        while torn && self.bytes.len() > line {
            torn = self.bytes.pop().is_some_and(|byte| byte & 0xc0 == 0x80);
        }
        let end = self.bytes.len();
        while let Some((at, count)) = self.joins.pop_if(|(at, _)| *at > end) {
            self.join(end.min(at), count);
        }
    }

    /// Records that `count` newlines were removed at `at`.
    fn join(&mut self, at: usize, count: u64) {
        match self.joins.last_mut().filter(|(last, _)| *last == at) {
            Some((_, counted)) => *counted += count,
            None => self.joins.push((at, count)),
        }
    }

    /// Drops whole lines from the front until at most `most` bytes are left; returns whether any were dropped.
    pub fn keep_last(&mut self, most: usize) -> bool {
        let mut start = self.bytes.len().saturating_sub(most);
        if start == 0 {
            return false;
        }
        if self.bytes[start - 1] != b'\n' {
            let newline = memchr::memchr(b'\n', &self.bytes[start..]);
            start = newline.map_or(self.bytes.len(), |k| start + k + 1);
        }
        self.bytes.drain(..start);
        self.borders.retain_mut(|at| {
            let kept = *at >= start;
            *at = at.wrapping_sub(start);
            kept
        });
        self.joins.retain_mut(|(at, _)| {
            let kept = *at >= start;
            *at = at.wrapping_sub(start);
            kept
        });
        true
    }
}

/// Where the line begins from which a text, with its lines cut, has at least `least` bytes; 0 if all of it has
/// fewer.
pub(super) fn start_of_last(text: &[u8], least: usize) -> usize {
    let mut made = 0;
    let mut end = text.len();
    while made < least && end > 0 {
        let newline = usize::from(text[end - 1] == b'\n');
        let to = end - newline;
        let from = memchr::memrchr(b'\n', &text[..to]).map_or(0, |k| k + 1);
        made += (to - from).min(LONGEST) + newline;
        end = from;
    }
    end
}

/// Where the last whole lines of a stretch begin that fit into `most` bytes; `None` if the stretch is
/// shorter, or one of those lines may have to be cut.
pub(super) fn last_lines(text: &[u8], stretch: Range<usize>, most: usize) -> Option<usize> {
    let start = stretch
        .end
        .checked_sub(most)
        .filter(|start| *start > stretch.start)?;
    let last = &text[start..stretch.end];
    if has_long_line(last) {
        return None;
    }
    let whole = text[start - 1] == b'\n';
    let skipped = || memchr::memchr(b'\n', last).map_or(last.len(), |k| k + 1);
    Some(start + if whole { 0 } else { skipped() })
}

/// Whether a text may hold a line that is cut. Lines nearly that long count too.
pub(super) fn has_long_line(text: &[u8]) -> bool {
    let mut from = 0;
    while text.len() - from >= LONG {
        match memchr::memrchr(b'\n', &text[from..from + LONG]) {
            Some(k) => from += k + 1,
            None => return true,
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_lines_are_seen() {
        let line = |length: usize| [&vec![b'x'; length][..], b"\n"].concat();
        assert!(!has_long_line(b""));
        assert!(!has_long_line(&b"short\n".repeat(5000)));
        let mut text = b"short\n".repeat(5000);
        text.extend(line(LONG - 1));
        text.extend(b"short\n".repeat(5000));
        assert!(!has_long_line(&text));
        text.extend(line(LONG));
        assert!(has_long_line(&text));
        text.extend(b"short\n".repeat(5000));
        assert!(has_long_line(&text));
        assert!(has_long_line(&vec![b'x'; LONG]));
    }

    #[test]
    fn the_last_lines_are_whole_ones() {
        let text = b"ab\ncd\nef\n";
        assert_eq!(last_lines(text, 0..9, 6), Some(3));
        assert_eq!(last_lines(text, 0..9, 5), Some(6));
        assert_eq!(last_lines(text, 0..9, 9), None);
        assert_eq!(last_lines(text, 4..9, 5), None);
        let long = [&text[..], &vec![b'x'; LONG], b"\n"].concat();
        assert_eq!(last_lines(&long, 0..long.len(), LONG + 2), None);
    }

    #[test]
    fn the_start_of_what_makes_up_so_much_is_found() {
        let text = [&b"a\nb\n"[..], &vec![b'x'; 3 * LONGEST], b"\nc\n"].concat();
        let long = 4;
        assert_eq!(start_of_last(&text, 1), text.len() - 2);
        assert_eq!(start_of_last(&text, 3), long);
        assert_eq!(start_of_last(&text, LONGEST + 3), long);
        assert_eq!(start_of_last(&text, LONGEST + 4), 2);
        assert_eq!(start_of_last(&text, 1 << 20), 0);
        assert_eq!(start_of_last(b"", 1), 0);
    }

    #[test]
    fn a_line_is_cut_between_characters_however_it_comes() {
        let line = "\u{d55c}".repeat(2 * LONGEST);
        let mut whole = Text::default();
        whole.go_on(line.as_bytes());
        assert_eq!(whole.bytes.len(), LONGEST / 3 * 3);
        for step in [1, 7, LONGEST - 1, LONGEST, LONGEST + 1] {
            let mut pieces = Text::default();
            line.as_bytes()
                .chunks(step)
                .for_each(|piece| pieces.go_on(piece));
            assert_eq!(pieces.bytes, whole.bytes, "{step}");
        }
        let mut fits = Text::default();
        fits.go_on(&vec![b'x'; LONGEST]);
        assert!(fits.bytes.len() == LONGEST && !fits.full);
    }

    #[test]
    fn whole_lines_are_dropped_with_what_counts_them() {
        let joins = vec![(1, 1), (5, 2), (10, 3)];
        let text = || Text::of(b"one\ntwo\nthree\n".to_vec(), vec![3, 7], joins.clone());
        let mut all = text();
        assert!(!all.keep_last(14));
        let mut some = text();
        assert!(some.keep_last(10));
        assert_eq!(some.bytes, b"two\nthree\n");
        assert_eq!(some.borders, [3]);
        assert_eq!(some.joins, [(1, 2), (6, 3)]);
        let mut last = text();
        assert!(last.keep_last(9));
        assert_eq!(last.bytes, b"three\n");
        assert_eq!((last.borders.len(), &last.joins[..]), (0, &[(2, 3)][..]));
    }
}
