//! Undoes GitLab's web page. It shows a number before every line, on the same line or on one of its own, and
//! the duration of a section behind its title or on the next line. Where the runner prints times, the page
//! shows them right behind the numbers. Some browsers copy the durations but no numbers.

use super::super::frame::title;
use super::super::{marker, verdict};
use super::{clock, filled, lines, prefix};

/// Lines that may stand before the first numbered one.
const BEFORE: usize = 5;
/// Numbered lines that prove a page if something of GitLab stands among them (`FEW`), and if nothing does
/// (`MANY`).
const FEW: usize = 3;
const MANY: usize = 12;
/// Lines without numbers after which the search ends.
const GIVE_UP: usize = 10;
/// Digits of the longest line number.
pub(super) const DIGITS: usize = 7;

/// How a copy shows line numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Numbers {
    /// `12$ make`
    Before,
    /// `1210:00:00$ make`: the time, too.
    BeforeTime,
    /// `12` on a line of its own, then `$ make`.
    Alone,
    /// Not copied.
    None,
}

/// What a line turned out to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Was {
    /// It had the number that was expected.
    Numbered,
    /// It had a later number, because a folded section hid some lines.
    Jumped,
    /// A duration or a fold mark.
    Ornament,
    /// Text only.
    Text,
}

/// Strips lines one after another.
#[derive(Debug, Clone, Copy)]
pub(super) struct Stripper {
    numbers: Numbers,
    next: u64,
    /// The line above was a number on its own.
    under_number: bool,
}

impl Stripper {
    /// The line without what the page added.
    pub(super) fn strip<'l>(&mut self, line: &'l [u8]) -> (Was, &'l [u8]) {
        if is_ornament(line) {
            return (Was::Ornament, b"");
        }
        let bare = without_fold_mark(line);
        match self.numbers {
            Numbers::None => (
                Was::Text,
                without_duration(if title_of(bare) { bare } else { line }),
            ),
            Numbers::Alone => self.alone(line, bare),
            Numbers::Before | Numbers::BeforeTime => {
                let number = match self.numbers {
                    Numbers::BeforeTime => self.number_before_time(bare),
                    _ => self.number_before(bare),
                };
                match number {
                    Some((was, len)) => (was, without_duration(without_fold_mark(&bare[len..]))),
                    None => (Was::Text, line),
                }
            }
        }
    }

    /// Goes on behind a number that is at least the expected one.
    fn go_on_behind(&mut self, number: u64) -> Was {
        let was = if number == self.next {
            Was::Numbered
        } else {
            Was::Jumped
        };
        self.next = number + 1;
        was
    }

    fn alone<'l>(&mut self, line: &'l [u8], bare: &'l [u8]) -> (Was, &'l [u8]) {
        let under_number = std::mem::take(&mut self.under_number);
        let (number, len) = leading_number(bare.trim_ascii());
        let only = len > 0 && len == bare.trim_ascii().len();
        if only && (number == self.next || number > self.next && !under_number) {
            self.under_number = true;
            return (self.go_on_behind(number), b"");
        }
        (
            Was::Text,
            without_duration(if title_of(bare) { bare } else { line }),
        )
    }

    /// The number at the start of a line, and its length. Digits behind the expected number are text: `123
    /// files` may be line 12 with `3 files`.
    fn number_before(&mut self, line: &[u8]) -> Option<(Was, usize)> {
        let expected = self.next.to_string();
        if line.starts_with(expected.as_bytes()) {
            return Some((self.go_on_behind(self.next), expected.len()));
        }
        let (number, len) = leading_number(line);
        // After a gap, the number must touch a word: `404 not found` is text.
        let runs_on = line
            .get(len)
            .is_some_and(|b| b.is_ascii_alphabetic() || *b == b'$');
        if len == 0 || number <= self.next || !runs_on {
            return None;
        }
        Some((self.go_on_behind(number), len))
    }

    /// The number and the time at the start of a line, and the length of both.
    fn number_before_time(&mut self, line: &[u8]) -> Option<(Was, usize)> {
        let (number, len) = number_and_time(line).filter(|(number, _)| *number >= self.next)?;
        Some((self.go_on_behind(number), len))
    }
}

/// Detects a page from its first lines; `None` for an ordinary log.
pub(super) fn recognise(head: &[u8]) -> Option<Stripper> {
    numbered(filled(head)).or_else(|| durations(head))
}

fn numbered<'l>(mut lines: impl Iterator<Item = &'l [u8]>) -> Option<Stripper> {
    let mut above: Vec<&[u8]> = Vec::with_capacity(BEFORE);
    above.extend(lines.by_ref().take(BEFORE));
    let first = above
        .iter()
        .position(|line| leading_number(without_fold_mark(line)).1 > 0)?;
    let mut lines: Vec<&[u8]> = above.into_iter().chain(lines).collect();
    lines.drain(..first);
    let line = without_fold_mark(lines[0]);
    let (_, digits) = leading_number(line);
    // The following lines show where the number ends and the text begins.
    let starts = (1..=digits).map(|len| leading_number(&line[..len]).0);
    let timed = number_and_time(line).map(|(number, _)| (Numbers::BeforeTime, number));
    let ways = starts
        .flat_map(|next| [Numbers::Before, Numbers::Alone].map(|numbers| (numbers, next)))
        .chain(timed)
        .map(|(numbers, next)| Stripper {
            numbers,
            next,
            under_number: false,
        });
    let rated = ways.filter_map(|way| Some((fit(way, &lines)?, way)));
    rated.max_by_key(|(fit, _)| *fit).map(|(_, way)| way)
}

/// How many lines are numbered that way, if most of the text is.
fn fit(way: Stripper, lines: &[&[u8]]) -> Option<usize> {
    let mut stripper = way;
    let first = stripper.next;
    let (mut numbered, mut jumped, mut text, mut words, mut glued) = (0, 0, 0, 0, 0);
    for (k, line) in lines.iter().enumerate() {
        if k == GIVE_UP && numbered + jumped < 2 {
            return None;
        }
        let (was, rest) = stripper.strip(line);
        match was {
            Was::Ornament => continue,
            Was::Numbered => numbered += 1,
            Was::Jumped => jumped += 1,
            Was::Text => text += 1,
        }
        words += usize::from(
            rest.first()
                .is_some_and(|b| b.is_ascii_alphabetic() || *b == b'$'),
        );
        // No list, table or clock continues like that behind its numbers.
        glued +=
            usize::from(rest.first().is_none_or(|b| {
                b.is_ascii_alphabetic() || !b.is_ascii() || b"$[\"'<>#".contains(b)
            }));
    }
    // With numbers in the same line, the words of GitLab must stand behind one.
    let gitlab = || {
        let mut stripper = way;
        lines.iter().any(|line| match stripper.strip(line) {
            (Was::Ornament, _) => false,
            (Was::Text, _) if way.numbers != Numbers::Alone => false,
            (_, rest) => of_gitlab(rest),
        })
    };
    let (hits, all) = (numbered + jumped, numbered + jumped + text);
    let share = |tenths| hits * 10 >= all * tenths;
    let tiny = first >= 10 && numbered >= 2 && numbered == all && glued == numbered;
    let strange = jumped > 0 || hits < MANY && !tiny || words * 2 < hits;
    let fits = match stripper.numbers {
        Numbers::Alone => hits >= FEW && share(3) && (!strange && share(4) || gitlab()),
        Numbers::Before if tiny => true,
        Numbers::BeforeTime => hits >= FEW && share(9),
        Numbers::Before => hits >= FEW && share(7) && (!strange && share(9) || gitlab()),
        Numbers::None => false,
    };
    fits.then_some(numbered)
}

/// Whether a title of the runner has a duration, on its line or the next. Only the page puts it there.
fn durations(text: &[u8]) -> Option<Stripper> {
    let starts = memchr::memchr_iter(b'\n', text).map(|newline| newline + 1);
    let shown = std::iter::once(0).chain(starts).any(|from| {
        let text = &text[from..];
        // A title begins with a capital letter, or has a fold mark before it.
        let may_be =
            |b: &u8| b.is_ascii_uppercase() || *b == 0xe2 || b.is_ascii_whitespace() && *b != b'\n';
        if !text.first().is_some_and(may_be) {
            return false;
        }
        let mut lines = lines::of(text).map(<[u8]>::trim_ascii_end);
        let Some(line) = lines.next().map(without_fold_mark) else {
            return false;
        };
        let mut below = || lines.find(|line| !line.is_empty());
        title_of(line) && (without_duration(line) != line || below().is_some_and(is_ornament))
    });
    shown.then_some(Stripper {
        numbers: Numbers::None,
        next: 0,
        under_number: false,
    })
}

/// Whether only the page has such a line: `00:04`, or the label of a button.
fn is_ornament(line: &[u8]) -> bool {
    const BUTTONS: &[&[u8]] = &[
        b"Collapse",
        b"Expand",
        b"Collapse section",
        b"Expand section",
    ];
    let line = without_fold_mark(line).trim_ascii();
    !line.is_empty() && duration_from(line) == 0 || BUTTONS.contains(&line)
}

/// Where the duration at the end of a line begins (`00:04`, `01:02:03`); the line's length if there is none.
fn duration_from(line: &[u8]) -> usize {
    let pair = |at: usize| {
        line.get(at..at + 2)
            .is_some_and(|p| p.iter().all(u8::is_ascii_digit))
    };
    let mut from = line.len();
    for _ in 0..3 {
        let colon = from != line.len();
        let Some(at) = from.checked_sub(2 + usize::from(colon)) else {
            break;
        };
        if !pair(at) || colon && line[at + 2] != b':' {
            break;
        }
        from = at;
    }
    if line.len() - from >= 5 {
        from
    } else {
        line.len()
    }
}

/// A title of the runner without its duration; any other line unchanged.
fn without_duration(line: &[u8]) -> &[u8] {
    let trimmed = line.trim_ascii_end();
    let from = duration_from(trimmed);
    if from < trimmed.len() && title_of(line) {
        trimmed[..from].trim_ascii_end()
    } else {
        line
    }
}

fn without_fold_mark(line: &[u8]) -> &[u8] {
    const MARKS: &[&str] = &["▶", "▼", "▸", "▾", "►", "⌄", "›"];
    let trimmed = line.trim_ascii_start();
    if trimmed.first() != Some(&0xe2) {
        return line;
    }
    MARKS
        .iter()
        .find_map(|mark| trimmed.strip_prefix(mark.as_bytes()))
        .map_or(line, <[u8]>::trim_ascii_start)
}

fn title_of(line: &[u8]) -> bool {
    title(line).is_some()
}

/// Whether a line is GitLab's own.
pub(super) fn of_gitlab(line: &[u8]) -> bool {
    let text = String::from_utf8_lossy(line);
    text.starts_with("Running with gitlab-runner ")
        || title(line).is_some()
        || verdict::gitlab(&text).is_some()
        || marker::leading(line).is_some()
}

/// The number that a line begins with, and how many digits it has; 0 if there is none.
fn leading_number(line: &[u8]) -> (u64, usize) {
    let digits = prefix::digits(&line[..line.len().min(DIGITS + 1)]);
    if digits > DIGITS || line.first() == Some(&b'0') {
        return (0, 0);
    }
    (u64::from(prefix::number(&line[..digits])), digits)
}

/// The number that a line begins with, if the time stands right behind it, and the length of both.
fn number_and_time(line: &[u8]) -> Option<(u64, usize)> {
    // Two of the digits are the hour.
    let digits = prefix::digits(&line[..line.len().min(DIGITS + 3)]);
    let len = digits.checked_sub(2)?;
    let time = clock::time(&line[len..])?;
    let (number, read) = leading_number(&line[..len]);
    (len > 0 && read == len).then_some((number, len + time))
}
