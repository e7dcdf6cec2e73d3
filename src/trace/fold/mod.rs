//! Rejoins lines that Windows PowerShell broke at the width of its window.
//!
//! PowerShell turns what a native program writes to stderr into error records, and prints those at the width
//! of its window. It breaks longer lines without a mark: behind a blank where the culture of the session
//! breaks between words, else anywhere (PowerShell: FormatAndOutput/common/ComplexWriter.cs). A program's
//! first record shows its frame:
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
//! The breaks in the frame's own lines tell the width; later records are bare text. Lines are joined only
//! below such a frame, from the start of its record on, and only where a break is certain: the line is as
//! long as the window is wide, or the next word did not fit.
//!
//! The result does not depend on where blocks end. [`HOLD`] bytes are held back until it is clear that no frame
//! follows, and of a line that may continue another nothing counts behind its first [`SEEN`] bytes: the buffer
//! may not hold more of it.
//!
//! [`record`] finds the records and the lines of their frames, [`window`] learns from them how lines were
//! broken, [`row`] is one line.

mod record;
mod row;
mod window;

use record::{Record, records};
use row::{Row, units};
use window::{WIDTHS, Window};

/// How the first line of a frame's category begins. A window of any width holds this much on one line.
pub(super) const SIGN: &[u8] = b"+ Category";
/// Blanks before it: the category and the name of the error are indented.
const INDENT: usize = 4;
/// How the name of the error begins.
const NAME: &[u8] = b"    + F";
/// How far above its frame a record may begin, in bytes.
const ABOVE: usize = 4 << 10;
/// Longest frame, in bytes.
const BELOW: usize = 2 << 10;
/// Upper bound for the stamps at the start of a line, in bytes.
const MAX_STAMPS: usize = 1200;
/// Bytes that tell whether a line fits into any window: its stamps, as many characters as the widest window
/// holds, and one more.
const SEEN: usize = MAX_STAMPS + 4 * (*WIDTHS.end() + 1);
/// Bytes that must have been seen behind a line before it is handed out. A frame that is not seen yet may begin
/// with stamps.
pub(super) const HOLD: usize = ABOVE + MAX_STAMPS + 64;
/// Longest line that is rejoined, in bytes. The smallest buffer also holds a record whose end is not seen yet
/// behind such a line, so the buffer size does not matter.
const MAX_LINE: usize = 6 << 10;
/// The smallest buffer, in bytes.
pub(super) const MIN_BUFFER: usize = 16 << 10;
const _: () = assert!(MAX_LINE + ABOVE + BELOW + SEEN < MIN_BUFFER);
const _: () = assert!(SEEN < HOLD && MAX_LINE + HOLD < MIN_BUFFER);

/// A change of the text.
#[derive(Debug, Clone, Copy)]
struct Edit {
    from: usize,
    to: usize,
    kind: Change,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Change {
    /// Removes a line end and the stamps of the next line.
    Join,
    /// Removes blanks.
    Drop,
    /// Ends a piece of the line.
    Split,
}

/// Rejoins lines. Keeps what is known of the window from block to block.
#[derive(Debug, Default)]
pub(super) struct Folds {
    /// The text with its lines rejoined.
    pub(super) text: Vec<u8>,
    /// Offsets in `text` where something was joined.
    pub(super) joins: Vec<usize>,
    window: Option<Window>,
    edits: Vec<Edit>,
}

impl Folds {
    /// Resets the state for another log.
    pub(super) fn forget(&mut self) {
        self.window = None;
        self.edits.clear();
    }

    /// Plans the edits for a text of which the whole lines before `cut` are to be handed out. Returns how
    /// much of it may be: nothing that continues behind it. `first` is where the first whole line begins;
    /// `is_end` means that nothing follows.
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
                next => {
                    let end = next.map(|record| record.from).or(undecided);
                    at = self.line(raw, at, end.unwrap_or(raw.len()));
                }
            }
            if at > stop && !is_end {
                if self.window.is_none() {
                    // Nothing to do before the next record.
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

    /// Applies the planned edits to the text; false if there are none.
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

    /// Plans the edits of a record with its frame; returns where it ends.
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
            // A program's line stands behind the program's name, or begins on the next line.
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

    /// Joins the pieces of one frame line, and drops the indentation that stood before each piece before the
    /// window broke it.
    fn frame(&mut self, raw: &[u8], pieces: &[Row]) {
        // The position of each character, and whether it is a blank.
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

    /// Plans the edits of a line with all its continuations, at most up to `stop`; returns where it ends.
    fn line(&mut self, raw: &[u8], at: usize, stop: usize) -> usize {
        let mut row = Row::at(raw, at);
        while row.end < stop {
            let next = Row::at(raw, row.end);
            if next.is_long() || next.end - at > MAX_LINE {
                break;
            }
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

/// The indentation before each piece of a frame's line but the first. PowerShell cuts such a line into
/// indented pieces of one length before the window breaks it. `all` holds the positions of the characters.
fn indents(all: &[usize], raw: &[u8], pieces: &[Row]) -> Vec<usize> {
    if pieces.len() < 2 {
        return Vec::new();
    }
    let first = pieces[0].of(raw);
    let width = units(first, usize::MAX);
    let blank =
        |from: usize| (from..from + INDENT).all(|k| all.get(k).is_none_or(|at| raw[*at] == b' '));
    let fits = |step: &usize| (*step..all.len()).step_by(*step).all(blank) && *step < all.len();
    // A piece with its indentation is usually one column shorter than the line.
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
