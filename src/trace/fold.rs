//! Lines that Windows PowerShell broke at the width of its window, made whole again.
//!
//! What a native program writes to stderr becomes error records there, and those are printed into as many columns as the window has:
//! a longer line is broken, without a mark, behind a blank where the culture of the session breaks between words, else anywhere
//! (PowerShell: FormatAndOutput/common/ComplexWriter.cs). The first record of a program shows its frame:
//!
//! ```text
//! npm : npm ERR! code E404
//! At line:1 char:1
//! + npm install
//! + ~~~~~~~~~~~
//!     + CategoryInfo          : NotSpecified: (npm ERR! code E404:String) [], RemoteExcepti
//!    on
//!     + FullyQualifiedErrorId : NativeCommandError
//! ```
//!
//! Where its own lines are broken they tell the width; all later records are bare text. Only from such a frame on, and from the
//! beginning of its record, lines are joined, and only where the break must be one: the line is as long as the window is wide, or the next
//! word had no room in it. Nothing hangs on where blocks end: [`HOLD`] is held back until it is seen that no frame follows.

use memchr::memmem;

use super::prefix;

/// How the first line of a frame's category begins, as far as it stands on one line in any window.
pub(super) const SIGN: &[u8] = b"+ Category";
/// How much stands before it: the category and the name of the error are indented.
const INDENT: usize = 4;
/// How the name of the error begins.
const NAME: &[u8] = b"    + F";
/// How any line of a frame begins.
const ANOTHER: &[u8] = b"    + ";
/// How far above its frame a record begins at most, in bytes.
const ABOVE: usize = 4 << 10;
/// How far a frame goes at most, in bytes.
const BELOW: usize = 2 << 10;
/// How much must be seen behind a line before it is handed out.
pub(super) const HOLD: usize = ABOVE + 256;
/// Longest line that is put together, in bytes: less than the smallest buffer, so that its size makes no difference.
const MAX_LINE: usize = 8 << 10;
/// Windows that are narrower or wider are none.
const WIDTHS: std::ops::RangeInclusive<usize> = 14..=500;
/// How wide a line is where the window was never changed, a column less than the window.
const USUAL: usize = 119;
/// Lines of one length that must be broken within a word to tell the width where no frame does.
const ALIKE: u8 = 3;
/// More than all stamps at the start of a line take.
const MAX_STAMPS: usize = 1200;
/// Longest name of a program before its first line, in bytes.
const MAX_NAME: usize = 200;

/// Where lines are broken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Breaks {
    Unknown,
    /// Behind a blank, where there is one.
    Words,
    Anywhere,
}

/// What is known of the window.
#[derive(Debug, Clone, Copy)]
struct Window {
    /// Characters of the longest line; 0 where it is not known.
    width: usize,
    /// It is no less.
    least: usize,
    breaks: Breaks,
    /// A length of lines that seem to be broken, and how many of them there were.
    guess: (usize, u8),
}

/// The lines of one error record that has a frame.
#[derive(Debug)]
struct Record {
    /// Where its first line begins.
    from: usize,
    /// Where the first line's own text begins behind the name of the program, if a program wrote it.
    text: Option<usize>,
    /// Where the line begins that tells the place, if it was not broken.
    place: Option<usize>,
    /// Where the line of the category begins, and the lines of the frame end.
    frame: usize,
    to: usize,
    window: Window,
}

/// A change of the text.
#[derive(Debug, Clone, Copy)]
struct Edit {
    from: usize,
    to: usize,
    kind: Change,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Change {
    /// The end of a line, and the stamps of the next, go.
    Join,
    /// Blanks go.
    Drop,
    /// A piece of the line ends.
    Split,
}

/// One line of the text.
#[derive(Debug, Clone, Copy)]
struct Row {
    from: usize,
    /// Where its text begins behind the stamps.
    text: usize,
    /// Where it ends, the carriage return before the newline aside.
    to: usize,
    /// Where the next begins.
    end: usize,
}

impl Row {
    fn at(raw: &[u8], from: usize) -> Self {
        let newline = memchr::memchr(b'\n', &raw[from..]).map(|k| from + k);
        let mut to = newline.unwrap_or(raw.len());
        while to > from && raw[to - 1] == b'\r' {
            to -= 1;
        }
        Self {
            from,
            text: from + prefix::split(&raw[from..to.min(from + MAX_LINE)]).stamps,
            to,
            end: newline.map_or(raw.len(), |at| at + 1),
        }
    }

    fn of(self, raw: &[u8]) -> &[u8] {
        &raw[self.text..self.to]
    }

    fn is_blank(self, raw: &[u8]) -> bool {
        self.of(raw).trim_ascii().is_empty()
    }
}

/// Makes lines whole; keeps in mind from block to block what is known of the window.
#[derive(Debug, Default)]
pub(super) struct Folds {
    /// The lines as they were.
    pub(super) text: Vec<u8>,
    /// Where something was joined, in this text.
    pub(super) joins: Vec<usize>,
    window: Option<Window>,
    edits: Vec<Edit>,
}

impl Folds {
    /// Another log begins.
    pub(super) fn forget(&mut self) {
        self.window = None;
        self.edits.clear();
    }

    /// Looks for broken lines in a text of which what stands before `cut`, whole lines, is to be handed out, and says how much of
    /// it may be: nothing that goes on behind it. `first`: where the first whole line begins; `is_end`: nothing follows the text.
    pub(super) fn plan(&mut self, raw: &[u8], first: usize, cut: usize, is_end: bool) -> usize {
        self.edits.clear();
        let (records, undecided) = records(raw, first, is_end);
        let mut stop = undecided.map_or(cut, |at| at.clamp(first, cut));
        let mut at = first;
        let mut records = records.iter().peekable();
        while at < stop {
            let before = (self.edits.len(), self.window);
            let from = at;
            match records.peek() {
                Some(record) if record.from == at => {
                    at = self.record(raw, record);
                    records.next();
                }
                Some(record) if self.window.is_none() => at = record.from,
                None if self.window.is_none() => at = stop,
                next => at = self.line(raw, at, next.map_or(raw.len(), |record| record.from)),
            }
            if at > stop && !is_end {
                if self.window.is_none() {
                    // Nothing is to be done before the next record.
                    break;
                }
                if from == 0 {
                    stop = at;
                    break;
                }
                self.edits.truncate(before.0);
                self.window = before.1;
                stop = from;
            }
        }
        stop
    }

    /// The text with what was planned done up to `cut`; false where there is nothing to do.
    pub(super) fn rewrite(&mut self, raw: &[u8], joins: &[usize]) -> bool {
        self.edits.retain(|edit| edit.to <= raw.len());
        if self.edits.is_empty() {
            return false;
        }
        self.text.clear();
        self.joins.clear();
        let (mut done, mut join) = (0, 0);
        let end = Edit {
            from: raw.len(),
            to: raw.len(),
            kind: Change::Drop,
        };
        for edit in self.edits.iter().chain([&end]) {
            while let Some(at) = joins.get(join).filter(|at| **at <= edit.from) {
                self.joins.push(self.text.len() + (at - done));
                join += 1;
            }
            self.text.extend_from_slice(&raw[done..edit.from]);
            while joins.get(join).is_some_and(|at| *at < edit.to) {
                self.joins.push(self.text.len());
                join += 1;
            }
            match edit.kind {
                Change::Join => self.joins.push(self.text.len()),
                Change::Split => self.text.push(b'\r'),
                Change::Drop => {}
            }
            done = edit.to;
        }
        self.edits.clear();
        true
    }

    /// A record with its frame, as a whole; where it ends.
    fn record(&mut self, raw: &[u8], record: &Record) -> usize {
        let known = self.window;
        self.window = Some(record.window.after(known));
        let mut at = record.from;
        while at < record.frame {
            let from = at;
            let place = record.place.filter(|place| *place > at);
            at = self.line(raw, at, place.unwrap_or(record.frame));
            let Some(text) = record.text.filter(|_| from == record.from) else {
                continue;
            };
            // A program's line is a line of its own behind the program's name, and may begin on the next.
            let behind = self.edits.partition_point(|edit| edit.from < text);
            let ends_there = Row::at(raw, from).to == text;
            if ends_there && behind == self.edits.len() {
                continue;
            }
            let split = Edit {
                from: text,
                to: text,
                kind: Change::Split,
            };
            self.edits.insert(behind, split);
        }
        let mut pieces: Vec<Row> = Vec::new();
        while at < record.to {
            let row = Row::at(raw, at);
            if row.of(raw).starts_with(NAME) {
                self.frame(raw, &pieces);
                pieces.clear();
            }
            pieces.push(row);
            at = row.end;
        }
        self.frame(raw, &pieces);
        at
    }

    /// Joins the pieces of one line of a frame, and drops the indentation that was put before each before they were broken.
    fn frame(&mut self, raw: &[u8], pieces: &[Row]) {
        // Where each character stands, and whether it is a blank.
        let of_row = |row: &Row| {
            let (from, text) = (row.text, row.of(raw));
            let starts = (0..text.len()).filter(|k| text[*k] & 0xc0 != 0x80);
            starts.map(move |k| from + k).collect::<Vec<_>>()
        };
        let all: Vec<usize> = pieces.iter().flat_map(of_row).collect();
        let dropped = indents(&all, raw, pieces);
        let mut dropped = dropped.iter().copied().peekable();
        for (k, row) in pieces.iter().enumerate() {
            while let Some(at) = dropped.next_if(|at| *at < row.to) {
                self.edits.push(Edit {
                    from: at,
                    to: at + 1,
                    kind: Change::Drop,
                });
            }
            if let Some(next) = pieces.get(k + 1) {
                self.edits.push(Edit {
                    from: row.to,
                    to: next.text,
                    kind: Change::Join,
                });
            }
        }
    }

    /// A line with all that goes on with it, which ends before `stop` at the latest; where it ends.
    fn line(&mut self, raw: &[u8], at: usize, stop: usize) -> usize {
        let mut row = Row::at(raw, at);
        while row.end < stop && row.end - at < MAX_LINE {
            let next = Row::at(raw, row.end);
            let Some(window) = &mut self.window else {
                break;
            };
            let (text, behind) = (row.of(raw), next.of(raw));
            if window.width == 0 {
                window.learn(text, behind);
                break;
            }
            if !window.breaks_between(text, behind) {
                break;
            }
            self.edits.push(Edit {
                from: row.to,
                to: next.text,
                kind: Change::Join,
            });
            row = next;
        }
        row.end
    }
}

/// The blanks that stand before every piece of a frame's line but the first: the line was cut into pieces of one length, each
/// indented, before the window broke it. `all`: where the characters stand.
fn indents(all: &[usize], raw: &[u8], pieces: &[Row]) -> Vec<usize> {
    if pieces.len() < 2 {
        return Vec::new();
    }
    let first = pieces[0].of(raw);
    let width = units(first, usize::MAX);
    let blank =
        |from: usize| (from..from + INDENT).all(|k| all.get(k).is_none_or(|at| raw[*at] == b' '));
    let fits = |step: &usize| (*step..all.len()).step_by(*step).all(blank) && *step < all.len();
    // Usually a piece and its indent are a column less than the line.
    let usual = [1, 2, 0].map(|less| width.saturating_sub(less));
    let step = usual
        .into_iter()
        .filter(|step| *step > INDENT)
        .chain(2 * INDENT..width);
    let Some(step) = step.into_iter().find(fits) else {
        return Vec::new();
    };
    let starts = (step..all.len()).step_by(step);
    starts
        .flat_map(|k| all[k..all.len().min(k + INDENT)].iter().copied())
        .collect()
}

impl Window {
    /// What is known behind a record, by what was known before.
    fn after(self, known: Option<Window>) -> Self {
        let Some(known) = known else {
            return self;
        };
        if self.width == 0 && known.width >= self.least {
            return known;
        }
        let same = known.width == self.width;
        Self {
            breaks: match self.breaks {
                Breaks::Unknown if same => known.breaks,
                breaks => breaks,
            },
            guess: if same { known.guess } else { self.guess },
            ..self
        }
    }

    /// Was the line broken in two between these?
    fn breaks_between(self, line: &[u8], next: &[u8]) -> bool {
        let width = self.width;
        // A character has four bytes at most, a line that is broken no control characters but those of colours.
        if line.len() > 4 * width || next.is_empty() || line.contains(&b'\r') || line.contains(&0) {
            return false;
        }
        let letters = line.iter().any(u8::is_ascii_alphanumeric);
        if !letters || is_rule(line) || next.starts_with(b"+ ~") {
            return false;
        }
        let len = units(line, width + 1);
        let is_full = len == width;
        let ends_in_blank = line.last().is_some_and(|b| is_blank(*b));
        let no_room = || {
            let word = first_word(next, width + 1);
            len + word > width && word <= width
        };
        let behind_blank = || ends_in_blank && len <= width && no_room();
        // Behind a line that only happens to be that long, what goes on with it is often indented.
        let is_torn = is_full && (ends_in_blank || !next.starts_with(b"  ") && !begins(next));
        match self.breaks {
            Breaks::Anywhere => is_torn,
            Breaks::Words if ends_in_blank => behind_blank(),
            Breaks::Words => is_full && last_word(line) + first_word(next, width + 1) > width,
            // The rows of a table are filled up with blanks.
            Breaks::Unknown => !line.ends_with(b"  ") && (is_torn || behind_blank()),
        }
    }

    /// Looks whether the line tells how wide the window is: it is broken within a word that is too long for any line of its length.
    fn learn(&mut self, line: &[u8], next: &[u8]) {
        if line.len() < self.least || line.len() > 4 * WIDTHS.end() || next.is_empty() {
            return;
        }
        let ends_in_word = line.last().is_some_and(|b| !is_blank(*b));
        if !ends_in_word || is_rule(line) || !line.iter().any(u8::is_ascii_alphanumeric) {
            return;
        }
        let len = units(line, WIDTHS.end() + 1);
        let last = last_word(line);
        let torn = last < len && last + first_word(next, len + 1) > len;
        if len < self.least || !WIDTHS.contains(&len) || !torn {
            return;
        }
        self.guess = match self.guess {
            (width, seen) if width == len => (len, seen + 1),
            _ => (len, 1),
        };
        if self.guess.1 == ALIKE {
            (self.width, self.breaks) = (len, Breaks::Words);
        }
    }
}

/// Does a line begin as errors do? Behind a line that was broken a blank would stand before such a word.
fn begins(line: &[u8]) -> bool {
    const WORDS: &[&[u8]] = &[
        b"error",
        b"Error",
        b"ERROR",
        b"fatal",
        b"FATAL",
        b"FAIL",
        b"warning",
        b"Warning",
        b"WARN",
        b"Traceback",
        b"npm ",
        b"CMake ",
    ];
    let first = line.split(|b| *b == b' ').next().unwrap_or_default();
    let named = [&b"Error:"[..], b"Exception:"];
    WORDS.iter().any(|word| line.starts_with(word))
        || line.starts_with(b"--- ")
        || named.iter().any(|end| first.ends_with(end))
}

/// The records of a text that have a frame, and where one begins of which the text does not hold all yet.
fn records(raw: &[u8], first: usize, is_end: bool) -> (Vec<Record>, Option<usize>) {
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

    /// The lines of a record above its frame; none where its beginning is not to be seen.
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

/// The lines of a frame that are known to be there.
struct Frame {
    to: usize,
    /// Characters of a line, where one was broken.
    width: usize,
    least: usize,
    /// It shows what a native program wrote.
    of_program: bool,
}

impl Frame {
    /// `None`: it is none. An error: the text does not hold all of it.
    fn at(raw: &[u8], category: Row, is_end: bool) -> Result<Option<Self>, ()> {
        let limit = category.from + BELOW;
        let more = |row: Row| {
            if row.end >= limit.min(raw.len()) && (is_end || row.end >= limit) {
                return Ok(None);
            }
            let next = Row::at(raw, row.end.min(raw.len()));
            match next.end >= raw.len() && !is_end && raw.len() < limit + BELOW {
                true => Err(()),
                false => Ok(Some(next)),
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

impl Window {
    /// What the lines of a record above its frame tell: its message, and the place, the command and what is marked of it.
    fn look_at(&mut self, raw: &[u8], message: &[Row], rest: &[Row]) {
        if self.width == 0 {
            let (mut low, mut high) = (0, usize::MAX);
            for pair in message.windows(2) {
                let (line, next) = (pair[0].of(raw), pair[1].of(raw));
                let len = units(line, WIDTHS.end() + 1);
                let in_word = line.last().is_some_and(|b| !is_blank(*b));
                let word = if in_word { 1 } else { first_word(next, USUAL) };
                low = low.max(len);
                high = high.min((len + word).saturating_sub(1));
            }
            if low >= self.least && low <= high && WIDTHS.contains(&low) {
                let usual = (low..=high).contains(&USUAL);
                self.width = if usual { USUAL } else { low };
            }
        }
        let width = self.width;
        if width == 0 {
            return;
        }
        // What a message ends with may be as long as the window is wide: hence words first.
        let pairs = || {
            message
                .windows(2)
                .chain(rest.windows(2))
                .map(|pair| (pair[0].of(raw), pair[1].of(raw)))
        };
        let word = |next: &[u8]| first_word(next, width + 1);
        let behind_word = |(line, next): (&[u8], &[u8])| {
            let len = units(line, width + 1);
            let fits_not = len < width && len + word(next) > width && word(next) <= width;
            fits_not && line.last().is_some_and(|b| is_blank(*b)) && !line.trim_ascii().is_empty()
        };
        let within_word = |(line, next): (&[u8], &[u8])| {
            let in_word = |b: Option<&u8>| b.is_some_and(|b| !is_blank(*b));
            let torn = in_word(line.last()) && in_word(next.first()) && !next.starts_with(b"+ ");
            torn && units(line, width + 1) == width && last_word(line) + word(next) <= width
        };
        if pairs().any(behind_word) {
            self.breaks = Breaks::Words;
        } else if pairs().any(within_word) {
            self.breaks = Breaks::Anywhere;
        }
    }
}

/// The name of a program or a command before the first line of a record, with what divides them: `npm : `, `C:\Program
/// Files\nodejs\npm.cmd : `.
fn name_of_program(line: &[u8]) -> Option<usize> {
    let colon = memmem::find(&line[..line.len().min(MAX_NAME)], b" : ")?;
    let name = &line[..colon];
    let at_drive = name.len() > 2 && name[0].is_ascii_alphabetic() && name[1..].starts_with(b":\\");
    let quoted = name.first().is_some_and(|b| b"&\"'".contains(b));
    let one_word = !name.is_empty() && !name.iter().any(|b| is_blank(*b)) && name[0] != b'+';
    // `Ligne:1 : 12` is the place, in French.
    let digits = name.iter().rev().take_while(|b| b.is_ascii_digit()).count();
    let is_place = digits > 0 && name[..name.len() - digits].ends_with(b":");
    let one_word = one_word && !is_place;
    (one_word || at_drive || quoted).then_some(colon + 3)
}

/// Does a line end with the place of an error, in whatever language: `At line:1 char:1`, `En línea: 1 Carácter: 1`?
fn is_place(line: &[u8]) -> bool {
    let mut before = None;
    let mut numbers = 0;
    for b in line.iter().filter(|b| **b != b' ') {
        numbers += usize::from(before == Some(b':') && b.is_ascii_digit());
        before = Some(*b);
    }
    numbers == 2 && before.is_some_and(|b| b.is_ascii_digit())
}

/// Is it a rule, or a title within one? Nobody breaks those, and they are as long as a window is wide.
fn is_rule(line: &[u8]) -> bool {
    let end = line.trim_ascii_end();
    let last = end.last().copied().unwrap_or(b' ');
    b"=-*_#~".contains(&last) && end.ends_with(&[last; 3])
}

fn is_blank(b: u8) -> bool {
    b == b' ' || b == b'\t'
}

/// Characters as PowerShell counts them, units of UTF-16; not counted on from `most`.
fn units(text: &[u8], most: usize) -> usize {
    let near = &text[..text.len().min(most.saturating_mul(4))];
    let starts = near.iter().map(|b| match b {
        0x80..0xc0 => 0,
        0xf0.. => 2,
        _ => 1,
    });
    starts.sum::<usize>().min(most)
}

/// The first word with the blank behind it.
fn first_word(text: &[u8], most: usize) -> usize {
    let near = &text[..text.len().min(most.saturating_mul(4))];
    let end = near.iter().position(|b| is_blank(*b));
    units(&near[..end.map_or(near.len(), |k| k + 1)], most)
}

/// What stands behind the last blank.
fn last_word(text: &[u8]) -> usize {
    let from = text.iter().rposition(|b| is_blank(*b)).map_or(0, |k| k + 1);
    units(&text[from..], usize::MAX)
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

    #[test]
    fn a_window_breaks_lines_where_the_next_word_has_no_room() {
        let window = |breaks| Window {
            width: 22,
            least: 0,
            breaks,
            guess: (0, 0),
        };
        let broken = |breaks, line: &str, next: &str| {
            window(breaks).breaks_between(line.as_bytes(), next.as_bytes())
        };
        use Breaks::{Anywhere, Unknown, Words};
        for (line, next, words, anywhere) in [
            (
                "ts:81:29: Unresolved ",
                "reference 'minus' for ",
                true,
                false,
            ),
            ("FAILURE: Build failed ", "with an exception.", true, true),
            (
                "./gradlew : e: file://",
                "/C:/Users/dev/Desktop",
                true,
                true,
            ),
            // The next word had room.
            ("reference 'minus' ", "for it", false, false),
            ("operator '-'.", "At line:1 char:1", false, false),
            // Words that fit into a line are not torn between words.
            ("error: redefinition of", "x", false, true),
            ("======== FAILURES ====", "test_cart", false, false),
            ("+ ~~~~~~~~~~~~~~~~~~~~", "~~~~~~", false, false),
            ("longer than the window is", "wide", false, false),
            (" ", "e: file:///C:/Users/de", false, false),
            ("FAILURE: Build failed ", "", false, false),
        ] {
            assert_eq!(broken(Words, line, next), words, "{line}");
            assert_eq!(broken(Anywhere, line, next), anywhere, "{line}");
            assert_eq!(broken(Unknown, line, next), words | anywhere, "{line}");
        }
    }

    #[test]
    fn lines_broken_within_long_words_tell_the_width() {
        let mut window = Window {
            width: 0,
            least: 73,
            breaks: Breaks::Unknown,
            guess: (0, 0),
        };
        let line = format!("\tat {:a<115}", "shop.cart.");
        for _ in 0..3 {
            assert_eq!(window.width, 0);
            window.learn(b"\tat shop.Cart.main(Cart.kt:3)", b"\tat x");
            window.learn(line.as_bytes(), b"ava:111)");
        }
        assert_eq!(window.width, 119);
    }
}
