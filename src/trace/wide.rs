//! Rewrites lines of UTF-16 in a text of UTF-8. PowerShell's `>>` and `Out-File -Append` write them into any
//! file, `wsl.exe` into any pipe.
//!
//! Each line is judged by itself, so the result does not depend on where blocks end. It ends at its LF, the
//! low half of the last unit; the high half, a NUL, stands before the next line of any kind. Only little
//! endian is handled, which Windows writes. Any other line is unchanged, and its NULs are dropped while
//! cleaning.

use super::stamp;

/// Longest line that is rewritten, in bytes. It is below the smallest buffer size, so the buffer size does not
/// matter.
const MAX_LINE: usize = 8 << 10;
/// Fewest units of a line whose end does not prove UTF-16.
const LEAST: usize = 4;

/// A text with all lines in UTF-8.
#[derive(Debug, Default)]
pub(super) struct Narrowed {
    pub(super) text: Vec<u8>,
    /// Where continuations were joined in `text`.
    pub(super) joins: Vec<usize>,
}

impl Narrowed {
    /// Copies a text and rewrites its lines of UTF-16; false if it has none. `from` is where its first whole
    /// line begins.
    pub(super) fn rewrite(&mut self, raw: &[u8], joins: &[usize], from: usize) -> bool {
        self.text.clear();
        self.joins.clear();
        let (mut done, mut join) = (0, 0);
        let mut search = from;
        while let Some(nul) = memchr::memchr(0, &raw[search..]).map(|k| search + k) {
            let start =
                memchr::memrchr(b'\n', &raw[search..nul]).map_or(search, |k| search + k + 1);
            let end = memchr::memchr(b'\n', &raw[nul..]).map_or(raw.len(), |k| nul + k);
            search = (end + 1).min(raw.len());
            let line = &raw[start..end];
            // If the runner's clock split a line, it may have split a unit.
            let before = joins.partition_point(|at| *at <= start);
            let torn = joins.get(before).is_some_and(|at| *at < end);
            let Some(body) = (!torn).then(|| body(line)).flatten() else {
                continue;
            };
            let shift = self.text.len().wrapping_sub(done);
            let moved = joins[join..before].iter();
            self.joins.extend(moved.map(|at| at.wrapping_add(shift)));
            join = before;
            self.text.extend_from_slice(&raw[done..start + body.header]);
            decode(&line[body.from..], &mut self.text);
            done = end;
        }
        if done == 0 {
            return false;
        }
        let shift = self.text.len().wrapping_sub(done);
        let moved = joins[join..].iter();
        self.joins.extend(moved.map(|at| at.wrapping_add(shift)));
        self.text.extend_from_slice(&raw[done..]);
        true
    }
}

/// The first NUL that is not part of a line of UTF-16. The last line may be cut off.
pub(super) fn unexplained_nul(head: &[u8]) -> Option<usize> {
    let mut search = 0;
    let mut halved = false;
    while let Some(nul) = memchr::memchr(0, &head[search..]).map(|k| search + k) {
        let start = memchr::memrchr(b'\n', &head[search..nul]).map_or(search, |k| search + k + 1);
        let end = memchr::memchr(b'\n', &head[nul..]);
        let line = &head[start..end.map_or(head.len(), |k| nul + k)];
        // Behind the last line of UTF-16 stands half a newline, with the runner's clock before it.
        let lead = lead(line).0;
        let half =
            halved && start == search && nul == start + lead && !line[lead + 1..].contains(&0);
        // A line may be cut off at the end of the probe, or split by the clock.
        let torn = || {
            let goes_on = |line: &[u8]| stamp::header(line) == Some(true);
            goes_on(line) || end.is_some_and(|k| goes_on(&head[nul + k + 1..]))
        };
        if !half && body(line).is_none() && ((end.is_some() && !torn()) || !may_become(line)) {
            return Some(nul);
        }
        halved = !half;
        search = end.map_or(head.len(), |k| nul + k + 1);
    }
    None
}

/// Where the UTF-16 of a line begins.
struct Body {
    /// Bytes of the clock header, which is not UTF-16.
    header: usize,
    from: usize,
}

/// Finds the UTF-16 of a line without its LF; `None` if the line is not UTF-16.
fn body(line: &[u8]) -> Option<Body> {
    if line.len() > MAX_LINE {
        return None;
    }
    let (header, half, mark) = lead(line);
    let from = header + usize::from(half) + mark;
    let text = &line[from..];
    let units = Units::of(text)?;
    let ends = text.ends_with(&[b'\r', 0]) && (half || !units.may_be_narrow());
    let looks = units.ascii + units.others >= LEAST && units.ascii >= 9 * units.others;
    let is = text.len().is_multiple_of(2)
        && units.ascii > 0
        && (mark > 0 || ends || looks || half && units.ascii >= units.others);
    is.then_some(Body { header, from })
}

/// Whether a line that is cut off here could be UTF-16.
fn may_become(line: &[u8]) -> bool {
    let (header, half, mark) = lead(line);
    let units = Units::of(&line[header + usize::from(half) + mark..]);
    units.is_some_and(|units| units.ascii >= units.others)
}

/// Measures what stands before the UTF-16: the runner's clock, the other half of the LF above, a byte-order
/// mark.
fn lead(line: &[u8]) -> (usize, bool, usize) {
    let header = stamp::header(line).map_or(0, |_| stamp::LEN);
    let half = line.get(header) == Some(&0);
    let mark = line[header + usize::from(half)..].starts_with(&[0xff, 0xfe]);
    (header, half, 2 * usize::from(mark))
}

/// Counts of the units in a text, by kind.
#[derive(Debug, Default)]
struct Units {
    ascii: usize,
    others: usize,
    /// Units outside of ASCII that could be two bytes of plain text.
    letters: usize,
}

impl Units {
    /// `None` if the text holds anything that is not text.
    fn of(text: &[u8]) -> Option<Self> {
        let mut units = Self::default();
        for c in char::decode_utf16(pairs(text)) {
            match c.ok()? {
                '\t' | '\r' | '\u{8}' | '\u{c}' | '\u{1b}' | ' '..='~' => units.ascii += 1,
                c if c.is_control() || ('\u{e000}'..'\u{f900}').contains(&c) => return None,
                '\u{fffe}' | '\u{ffff}' => return None,
                c => {
                    units.others += 1;
                    let two = (c as u32).to_le_bytes();
                    let letter =
                        |b: &u8| matches!(b, b' '..=b'~' | b'\t' | b'\r' | 7 | 8 | 12 | 0x1b);
                    units.letters += usize::from(two[..2].iter().all(letter) && two[2] == 0);
                }
            }
        }
        Some(units)
    }

    /// Whether it could be plain text before a stray CR and NUL.
    fn may_be_narrow(&self) -> bool {
        self.letters > 0 && 2 * self.letters + 1 > self.ascii + self.others
    }
}

fn pairs(text: &[u8]) -> impl Iterator<Item = u16> + '_ {
    let pairs = text.chunks_exact(2);
    pairs.map(|pair| u16::from_le_bytes([pair[0], pair[1]]))
}

fn decode(text: &[u8], out: &mut Vec<u8>) {
    let mut bytes = [0; 4];
    for c in char::decode_utf16(pairs(text)) {
        let c = c.unwrap_or(char::REPLACEMENT_CHARACTER);
        out.extend_from_slice(c.encode_utf8(&mut bytes).as_bytes());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wide(text: &str) -> Vec<u8> {
        text.encode_utf16().flat_map(u16::to_le_bytes).collect()
    }

    /// The rewritten text, as it would be cleaned.
    fn rewritten(raw: &[u8]) -> Option<String> {
        let mut narrowed = Narrowed::default();
        let rewritten = narrowed.rewrite(raw, &[], 0);
        rewritten.then(|| String::from_utf8_lossy(&narrowed.text).replace('\0', ""))
    }

    #[test]
    fn lines_of_utf16_are_found_among_others() {
        let raw = [
            &b"building\r\n"[..],
            &wide("\u{c624}\u{b958}: error \u{1f600}\r\nok\r\n\r\n"),
            b"done\n",
            &wide("\u{feff}again\r\n"),
            b"end",
        ]
        .concat();
        let text = "building\r\n\u{c624}\u{b958}: error \u{1f600}\r\nok\r\n\r\ndone\nagain\r\nend";
        assert_eq!(rewritten(&raw).as_deref(), Some(text));
        assert_eq!(unexplained_nul(&raw), None);
    }

    #[test]
    fn the_clock_of_the_runner_stands_before_each_line() {
        let clock = b"2026-05-01T10:00:00.123456Z 01O ";
        let lines = wide("\u{c624}\u{b958} 1\r\n\u{c624}\u{b958} 2\r\n");
        let (one, two) = lines.split_at(lines.iter().position(|b| *b == b'\n').unwrap() + 1);
        let raw = [&clock[..], one, clock, two].concat();
        let stamp = "2026-05-01T10:00:00.123456Z 01O ";
        let text = format!("{stamp}\u{c624}\u{b958} 1\r\n{stamp}\u{c624}\u{b958} 2\r\n");
        assert_eq!(rewritten(&raw), Some(text));
        assert_eq!(unexplained_nul(&raw), None);
        let raw = raw.strip_suffix(b"\0").unwrap();
        // Behind them the other half of the newline stands before the next line, behind its clock.
        let last = [raw, clock, b"\0done\n", clock, b"more\n"].concat();
        assert_eq!(unexplained_nul(&last), None);
        let (one, two) = one.split_at(5);
        let clocked = b"2026-05-01T10:00:00.123456Z 01O+";
        let torn = [&clock[..], one, b"\n", clocked, two, clock, b"\0done\n"].concat();
        assert_eq!(unexplained_nul(&torn), None);
        for binary in [&b"\0\0\x01\x02"[..], b"ab\0", b"x\0y\n"] {
            let raw = [raw, clock, b"\0done\n", clock, binary].concat();
            assert!(unexplained_nul(&raw).is_some(), "{binary:?}");
        }
    }

    #[test]
    fn other_lines_with_nuls_stay() {
        for raw in [
            &b"plain\n"[..],
            b"./a.txt\0./b.txt\0./c.txt\0\n",
            b"\0build failed\n",
            b"ab\0\0cd\0\0\n",
            b"\x7fELF\x02\x01\x01\0\0\0\0\0\0\0\n",
            b"x\0",
            b"plain \r\0\n",
            b"\r\x1b[K\r\0\n",
            b"\x1b[1;31mred\x1b[0m\x07\r\0\n",
            // Half a pair of surrogates.
            b"a\0b\0\x3d\xd8c\0d\0\r\0\n",
        ] {
            assert_eq!(rewritten(raw), None, "{raw:?}");
        }
        assert_eq!(unexplained_nul(b"one\n\x7fELF\x02\0\0"), Some(9));
        assert_eq!(unexplained_nul(b"./a\0./b\0\n"), Some(3));
        assert_eq!(unexplained_nul(b"text\n\0\0\0"), Some(5));
    }

    #[test]
    fn what_was_joined_moves_with_the_text() {
        let raw = [&b"ab\n"[..], &wide("\u{c624}\u{b958}\r\n"), b"cd\n"].concat();
        let mut narrowed = Narrowed::default();
        assert!(narrowed.rewrite(&raw, &[1, raw.len() - 2], 0));
        assert_eq!(narrowed.joins, [1, narrowed.text.len() - 2]);
        // Torn: it stays.
        assert!(!narrowed.rewrite(&raw, &[6], 0));
    }
}
