//! Finds error records that show their frame.

use memchr::memmem;

use super::row::{Row, is_blank, units};
use super::window::{Breaks, WIDTHS, Window};
use super::{ABOVE, BELOW, INDENT, MAX_STAMPS, NAME, SEEN, SIGN};

/// How any line of a frame begins.
const ANOTHER: &[u8] = b"    + ";
/// Longest name of a program before its first line, in bytes.
const MAX_NAME: usize = 200;

/// The lines of one error record that has a frame.
#[derive(Debug)]
pub(super) struct Record {
    /// Where its first line begins.
    pub(super) from: usize,
    /// Where the first line's own text begins behind the program's name, if a program wrote it.
    pub(super) text: Option<usize>,
    /// Where the line with the place begins, if it was not broken.
    pub(super) place: Option<usize>,
    /// Where the line with the category begins, and where the frame's lines end.
    pub(super) frame: usize,
    pub(super) to: usize,
    pub(super) window: Window,
}

/// The records of a text that have a frame, and where a record begins that the text does not hold completely
/// yet.
pub(super) fn records(raw: &[u8], first: usize, is_end: bool) -> (Vec<Record>, Option<usize>) {
    let mut all: Vec<Record> = Vec::new();
    let mut search = first;
    while let Some(sign) = memmem::find(&raw[search..], SIGN).map(|k| search + k) {
        search = sign + SIGN.len();
        if !raw[..sign].ends_with(&[b' '; INDENT]) {
            continue;
        }
        let low = sign.saturating_sub(MAX_STAMPS).max(first);
        let from = memchr::memrchr(b'\n', &raw[low..sign]).map(|k| low + k + 1);
        let Some(from) = from.or_else(|| (low == first).then_some(first)) else {
            continue;
        };
        let category = Row::at(raw, from);
        if category.text + INDENT != sign {
            continue;
        }
        let above = all.last().map_or(first, |record| record.to);
        match Record::around(raw, category, above, is_end) {
            Ok(Some(record)) => {
                search = record.to;
                all.push(record);
            }
            Ok(None) => {}
            Err(start) => return (all, Some(start)),
        }
    }
    (all, None)
}

impl Record {
    /// The record whose frame has that line; its beginning where the text does not hold all of it.
    fn around(
        raw: &[u8],
        category: Row,
        above: usize,
        is_end: bool,
    ) -> Result<Option<Self>, usize> {
        let rows_above = || Self::rows_above(raw, category.from, above);
        let frame = match Frame::at(raw, category, is_end) {
            Ok(Some(frame)) => frame,
            Ok(None) => return Ok(None),
            Err(()) => return Err(rows_above().first().map_or(category.from, |row| row.from)),
        };
        let rows = rows_above();
        let from = rows.first().map_or(category.from, |row| row.from);
        let mut record = Self {
            from,
            text: None,
            place: None,
            frame: category.from,
            to: frame.to,
            window: Window {
                width: frame.width,
                least: frame.least,
                breaks: Breaks::Unknown,
                guess: (0, 0),
            },
        };
        let width = frame.width;
        if width > 0 && rows.iter().any(|row| units(row.of(raw), width + 1) > width) {
            record.from = category.from;
            return Ok(Some(record));
        }
        if let Some(first) = rows.first().filter(|_| frame.of_program) {
            let text = name_of_program(first.of(raw)).map(|len| first.text + len);
            record.text = text.filter(|text| *text <= first.to);
        }
        let command = (1..rows.len()).find(|k| rows[*k].of(raw).starts_with(b"+ "));
        let place = command.filter(|k| *k > 1 && is_place(rows[*k - 1].of(raw)));
        record.place = place.map(|k| rows[k - 1].from);
        let (message, rest) = rows.split_at(place.map_or(0, |k| k - 1));
        record.window.look_at(raw, message, rest);
        Ok(Some(record))
    }

    /// The lines of a record above its frame; none if its beginning is out of reach.
    fn rows_above(raw: &[u8], frame: usize, above: usize) -> Vec<Row> {
        let mut rows = Vec::new();
        let low = frame.saturating_sub(ABOVE).max(above);
        let mut end = frame;
        while end > low {
            let from = match memchr::memrchr(b'\n', &raw[low..end - 1]) {
                Some(k) => low + k + 1,
                None if low == above => low,
                None => break,
            };
            let row = Row::at(raw, from);
            rows.push(row);
            if name_of_program(row.of(raw)).is_some() {
                rows.reverse();
                return rows;
            }
            end = from;
        }
        Vec::new()
    }
}

/// The lines of a frame, as far as they were recognised.
struct Frame {
    to: usize,
    /// Characters of a broken line; 0 if none was broken.
    width: usize,
    least: usize,
    /// It shows what a native program wrote.
    of_program: bool,
}

impl Frame {
    /// `None` if this is no frame; an error if the text does not hold all of it.
    fn at(raw: &[u8], category: Row, is_end: bool) -> Result<Option<Self>, ()> {
        let limit = category.from + BELOW;
        let more = |row: Row| {
            if row.end >= limit.min(raw.len()) && (is_end || row.end >= limit) {
                return Ok(None);
            }
            let next = Row::at(raw, row.end.min(raw.len()));
            match next.end >= raw.len() && !is_end && raw.len() < limit + SEEN {
                true => Err(()),
                false => Ok(Some(next).filter(|next| !next.is_long())),
            }
        };
        let len = |row: Row| units(row.of(raw), WIDTHS.end() + 1);
        let mut width = 0;
        let mut least = len(category);
        let mut row = category;
        let name = loop {
            let Some(next) = more(row)? else {
                return Ok(None);
            };
            if next.of(raw).starts_with(NAME) {
                break next;
            }
            width = len(category);
            if next.of(raw).starts_with(ANOTHER) || next.is_blank(raw) || len(next) > width {
                return Ok(None);
            }
            row = next;
        };
        least = least.max(len(name));
        let mut id = name.of(raw).to_vec();
        row = name;
        while let Some(next) = more(row)? {
            let (text, behind) = (row.of(raw), next.of(raw));
            let padded = text.ends_with(b" ") && behind.starts_with(b" ");
            let goes_on = match width {
                0 => padded,
                width => len(row) == width || text.ends_with(b" "),
            };
            if !goes_on || behind.starts_with(ANOTHER) || next.is_blank(raw) {
                break;
            }
            if width == 0 {
                width = len(name);
            }
            id.extend_from_slice(behind);
            row = next;
        }
        if width > 0 && !WIDTHS.contains(&width) {
            return Ok(None);
        }
        id.retain(|b| *b != b' ');
        Ok(Some(Self {
            to: row.end,
            width,
            least,
            of_program: memmem::find(&id, b"NativeCommandError").is_some(),
        }))
    }
}

/// Length of the program or command name before a record's first line, with its separator: `npm : `,
/// `C:\Program Files\nodejs\npm.cmd : `.
fn name_of_program(line: &[u8]) -> Option<usize> {
    let colon = memmem::find(&line[..line.len().min(MAX_NAME)], b" : ")?;
    let name = &line[..colon];
    let at_drive = name.len() > 2 && name[0].is_ascii_alphabetic() && name[1..].starts_with(b":\\");
    let quoted = name.first().is_some_and(|b| b"&\"'".contains(b));
    let one_word = !name.is_empty() && !name.iter().any(|b| is_blank(*b)) && name[0] != b'+';
    // `Ligne:1 : 12` is a place (French).
    let digits = name.iter().rev().take_while(|b| b.is_ascii_digit()).count();
    let is_place = digits > 0 && name[..name.len() - digits].ends_with(b":");
    let one_word = one_word && !is_place;
    (one_word || at_drive || quoted).then_some(colon + 3)
}

/// Whether a line ends with the place of an error, in any language: `At line:1 char:1`, `En línea: 1 Carácter:
/// 1`.
fn is_place(line: &[u8]) -> bool {
    let mut before = None;
    let mut numbers = 0;
    for b in line.iter().filter(|b| **b != b' ') {
        numbers += usize::from(before == Some(b':') && b.is_ascii_digit());
        before = Some(*b);
    }
    numbers == 2 && before.is_some_and(|b| b.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(line: &str) -> Option<&str> {
        name_of_program(line.as_bytes()).map(|len| &line[..len])
    }

    #[test]
    fn a_record_begins_with_the_name_of_a_program() {
        for (line, prefix) in [
            ("npm : npm ERR! code E404", "npm : "),
            ("./gradlew : ", "./gradlew : "),
            (
                r"C:\Program Files\nodejs\npm.cmd : x",
                r"C:\Program Files\nodejs\npm.cmd : ",
            ),
            ("Copy-Item : Access to the path is denied.", "Copy-Item : "),
        ] {
            assert_eq!(name(line), Some(prefix));
        }
        for line in [
            "At line:1 char:1",
            "Au caractère Ligne:1 : 12",
            "Ligne:1 : 12",
            "+ npm install : x",
            " : NotSpecified: (",
            "the message : goes on",
        ] {
            assert_eq!(name(line), None, "{line}");
        }
    }

    #[test]
    fn places_are_known_in_every_language() {
        for line in [
            "At line:1 char:1",
            "En línea: 1 Carácter: 12",
            "Au caractère Ligne:1 : 12",
            "строка:1 знак:1",
            "所在位置 行:1 字符: 1",
            r"At C:\scripts\build.ps1:24 char:5",
        ] {
            assert!(is_place(line.as_bytes()), "{line}");
        }
        for line in [
            "1",
            "line:1 char",
            "error: no such file",
            "a.kt:81: x",
            "At line:1",
        ] {
            assert!(!is_place(line.as_bytes()), "{line}");
        }
    }
}
