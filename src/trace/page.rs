//! A log copied from GitLab's web page, or through a program that shows control characters: line numbers, durations, fold marks
//! and colours in caret notation taken out again.
//!
//! The page puts a number before every line, in the same line or alone on one of its own, and the duration of a section behind
//! its title or on the next line. Some browsers leave the numbers out and copy only the durations. A text is taken for such a
//! copy as a whole or not at all; its lines keep their numbers, since only their content is cut.

use std::io::{self, Read};

use super::frame::title;
use super::lines::{self, Lines};
use super::{caret, marker, verdict};

/// How much of the text is looked at to tell a page from a log.
const HEAD: usize = 16 << 10;
/// Lines that may stand before the first numbered one.
const BEFORE: usize = 5;
/// Numbered lines that prove a page: where something of GitLab stands among them, and where nothing does.
const FEW: usize = 3;
const MANY: usize = 12;
/// So many lines without numbers, and nothing is tried further.
const GIVE_UP: usize = 10;
/// Digits of the longest line number.
const DIGITS: usize = 7;

/// A text without what a web page added to it.
#[derive(Debug)]
pub struct Page<R> {
    lines: Lines<R>,
    /// What is taken out; `None` for a text that is no page.
    stripper: Option<Stripper>,
    fresh: bool,
    /// `^[[1m` stands for a colour.
    carets: bool,
    /// Text that is not handed out yet.
    text: Vec<u8>,
    at: usize,
    removed: u64,
}

impl<R: Read> Page<R> {
    /// A reader over decoded bytes; anything but a page passes through as it is.
    pub fn new(source: R) -> Self {
        Self {
            lines: Lines::new(source),
            stripper: None,
            carets: false,
            fresh: true,
            text: Vec::new(),
            at: 0,
            removed: 0,
        }
    }

    /// Bytes left out so far.
    pub fn removed(&self) -> u64 {
        self.removed
    }
}

impl<R: Read> Read for Page<R> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        if std::mem::take(&mut self.fresh) {
            let head = self.lines.head(HEAD);
            self.stripper = recognise(head);
            self.carets = caret::may_hold(head);
        }
        if self.stripper.is_none() && !self.carets {
            return self.lines.pass(buf);
        }
        let mut filled = 0;
        while filled < buf.len() {
            if self.at == self.text.len() {
                self.text.clear();
                self.at = 0;
                let Some(stretch) = self.lines.peek() else {
                    break;
                };
                let len = stretch.bytes.len();
                let (line, end) = match stretch.bytes.strip_suffix(b"\n") {
                    Some(line) => (line, &b"\n"[..]),
                    None => (stretch.bytes, &b""[..]),
                };
                let kept = match &mut self.stripper {
                    Some(stripper) if stretch.starts => stripper.strip(line).1,
                    _ => line,
                };
                if self.carets {
                    caret::remove(kept, &mut self.text);
                } else {
                    self.text.extend_from_slice(kept);
                }
                self.text.extend_from_slice(end);
                self.removed += (len - self.text.len()) as u64;
                self.lines.take(len);
            }
            let n = (buf.len() - filled).min(self.text.len() - self.at);
            buf[filled..filled + n].copy_from_slice(&self.text[self.at..self.at + n]);
            self.at += n;
            filled += n;
        }
        if filled == 0
            && !buf.is_empty()
            && let Some(error) = self.lines.take_error()
        {
            return Err(error);
        }
        Ok(filled)
    }
}

/// How a page shows its line numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Numbers {
    /// `12$ make`
    Before,
    /// `12` on a line of its own, then `$ make`.
    Alone,
    /// Not copied.
    None,
}

/// What a line turned out to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Was {
    /// It had the number that was expected.
    Numbered,
    /// It had a later number: a folded section left some out.
    Jumped,
    /// A duration or a fold mark.
    Ornament,
    /// Text only.
    Text,
}

/// Takes lines apart, one after another.
#[derive(Debug, Clone, Copy)]
struct Stripper {
    numbers: Numbers,
    next: u64,
    /// A number on a line of its own stood right above.
    under_number: bool,
}

impl Stripper {
    /// The line without what the page added.
    fn strip<'l>(&mut self, line: &'l [u8]) -> (Was, &'l [u8]) {
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
            Numbers::Before => match self.number_before(bare) {
                Some((was, len)) => (was, without_duration(without_fold_mark(&bare[len..]))),
                None => (Was::Text, line),
            },
        }
    }

    fn alone<'l>(&mut self, line: &'l [u8], bare: &'l [u8]) -> (Was, &'l [u8]) {
        let under_number = std::mem::take(&mut self.under_number);
        let (number, len) = leading_number(bare.trim_ascii());
        let only = len > 0 && len == bare.trim_ascii().len();
        if only && (number == self.next || number > self.next && !under_number) {
            let was = if number == self.next {
                Was::Numbered
            } else {
                Was::Jumped
            };
            self.next = number + 1;
            self.under_number = true;
            return (was, b"");
        }
        (
            Was::Text,
            without_duration(if title_of(bare) { bare } else { line }),
        )
    }

    /// The number at the start of a line, and how long it is. Digits behind the expected number are text: `123 files` is
    /// line 12 with `3 files`.
    fn number_before(&mut self, line: &[u8]) -> Option<(Was, usize)> {
        let expected = self.next.to_string();
        if line.starts_with(expected.as_bytes()) {
            self.next += 1;
            return Some((Was::Numbered, expected.len()));
        }
        let (number, len) = leading_number(line);
        // Behind a gap the number must run into a word: `404 not found` is text.
        let runs_on = line
            .get(len)
            .is_some_and(|b| b.is_ascii_alphabetic() || *b == b'$');
        if len == 0 || number <= self.next || !runs_on {
            return None;
        }
        self.next = number + 1;
        Some((Was::Jumped, len))
    }
}

/// Tells a page by its first lines: how to take it apart, or nothing for an ordinary log.
fn recognise(head: &[u8]) -> Option<Stripper> {
    let whole = if head.len() < HEAD {
        head.len()
    } else {
        memchr::memrchr(b'\n', head)?
    };
    let head = &head[..whole];
    numbered(filled(head)).or_else(|| durations(head))
}

/// Lines that are not empty.
fn filled(text: &[u8]) -> impl Iterator<Item = &[u8]> {
    lines::of(text)
        .map(<[u8]>::trim_ascii_end)
        .filter(|line| !line.is_empty())
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
    // Where the number ends and the text begins shows in the lines that follow.
    let starts = (1..=digits).map(|len| leading_number(&line[..len]).0);
    let ways = starts.flat_map(|next| {
        [Numbers::Before, Numbers::Alone].map(|numbers| Stripper {
            numbers,
            next,
            under_number: false,
        })
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
        // No list, table or clock goes on like that behind its numbers.
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
        Numbers::Before => hits >= FEW && share(7) && (!strange && share(9) || gitlab()),
        Numbers::None => false,
    };
    fits.then_some(numbered)
}

/// A title of the runner with its duration, in the same line or the next: nothing but the page puts it there.
fn durations(text: &[u8]) -> Option<Stripper> {
    let starts = memchr::memchr_iter(b'\n', text).map(|newline| newline + 1);
    let shown = std::iter::once(0).chain(starts).any(|from| {
        let text = &text[from..];
        // A title begins with a capital, or a fold mark stands before it.
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

/// A line that only the page has: `00:04`, or the name of a button.
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

/// Where the duration at the end of a line begins (`00:04`, `01:02:03`); its length where there is none.
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

/// A title of the runner without its duration; any other line as it is.
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

fn of_gitlab(line: &[u8]) -> bool {
    let text = String::from_utf8_lossy(line);
    text.starts_with("Running with gitlab-runner ")
        || title(line).is_some()
        || verdict::gitlab(&text).is_some()
        || marker::leading(line).is_some()
}

/// The number that a line begins with, and how many digits it has; 0 for none.
fn leading_number(line: &[u8]) -> (u64, usize) {
    let digits = line
        .iter()
        .take(DIGITS + 1)
        .take_while(|b| b.is_ascii_digit())
        .count();
    if digits > DIGITS || line.first() == Some(&b'0') {
        return (0, 0);
    }
    (
        line[..digits]
            .iter()
            .fold(0, |n, b| n * 10 + u64::from(b - b'0')),
        digits,
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> String {
        let mut page = Page::new(text.as_bytes());
        let mut out = String::new();
        page.read_to_string(&mut out).unwrap();
        assert_eq!(
            out.matches('\n').count(),
            text.matches('\n').count(),
            "lines keep their numbers"
        );
        assert_eq!(out.len() as u64 + page.removed(), text.len() as u64);
        out
    }

    const LOG: &[&str] = &[
        "Running with gitlab-runner 17.3.0 (abcdef12)",
        "  on runner-1 abcd, system ID: s_1",
        "Preparing the \"docker\" executor",
        "Using Docker executor with image alpine ...",
        "Preparing environment",
        "Running on runner-abcd via host...",
        "Getting source from Git repository",
        "Executing \"step_script\" stage of the job script",
        "$ make",
        "3 files changed",
        "make: *** [all] Error 2",
        "",
        "ERROR: Job failed: exit code 2",
    ];

    /// The log as a page shows it, from that number on.
    fn page(from: usize, number: impl Fn(usize) -> String) -> String {
        LOG.iter()
            .enumerate()
            .map(|(k, line)| format!("{}{line}\n", number(from + k)))
            .collect()
    }

    fn plain() -> String {
        LOG.iter().map(|line| format!("{line}\n")).collect()
    }

    #[test]
    fn numbers_before_the_lines_are_taken_out() {
        for from in [1, 7, 98, 1234] {
            assert_eq!(read(&page(from, |n| n.to_string())), plain(), "from {from}");
        }
        assert_eq!(
            read(&page(1, |n| n.to_string()).replace('\n', "\r\n")),
            plain().replace('\n', "\r\n")
        );
    }

    #[test]
    fn numbers_on_their_own_lines_are_taken_out() {
        let expected: String = LOG.iter().map(|line| format!("\n{line}\n")).collect();
        assert_eq!(read(&page(1, |n| format!("{n}\n"))), expected);
    }

    #[test]
    fn durations_and_fold_marks_are_taken_out() {
        let text = "1Running with gitlab-runner 17.3.0 (abcdef12)\n▾ 2Preparing the \"docker\" executor00:04\n\
             3Using Docker executor with image alpine ...\n4▸Getting source from Git repository\n00:01\nCollapse\n\
             5took 00:12\n6ERROR: Job failed: exit code 1";
        let expected = "Running with gitlab-runner 17.3.0 (abcdef12)\nPreparing the \"docker\" executor\n\
             Using Docker executor with image alpine ...\nGetting source from Git repository\n\n\n\
             took 00:12\nERROR: Job failed: exit code 1";
        assert_eq!(read(text), expected);
    }

    #[test]
    fn a_folded_section_leaves_numbers_out() {
        let text = "1Running with gitlab-runner 17.3.0 (abcdef12)\n2  on runner-1\n3Preparing the \"docker\" executor\n\
             55Executing \"step_script\" stage of the job script\n56$ make\n404 is text\n572 files\n";
        let expected = "Running with gitlab-runner 17.3.0 (abcdef12)\n  on runner-1\nPreparing the \"docker\" executor\n\
             Executing \"step_script\" stage of the job script\n$ make\n404 is text\n2 files\n";
        assert_eq!(read(text), expected);
    }

    #[test]
    fn without_numbers_durations_tell_a_page() {
        let text = "Running with gitlab-runner 17.3.0 (abcdef12)\nPreparing the \"shell\" executor\n00:00\n\
             Using Shell (bash) executor...\nGetting source from Git repository\n01:02:03\n$ make\nat 10:00\n";
        let expected = text
            .replace("\n00:00\n", "\n\n")
            .replace("\n01:02:03\n", "\n\n");
        assert_eq!(read(text), expected);
    }

    #[test]
    fn a_stretch_from_the_middle_is_known_by_its_numbers_alone() {
        let text: String = (120..140)
            .map(|n| format!("{n}compiling file {n}\n"))
            .collect();
        let expected: String = (120..140)
            .map(|n| format!("compiling file {n}\n"))
            .collect();
        assert_eq!(read(&text), expected);
    }

    #[test]
    fn ordinary_logs_pass_as_they_are() {
        let ctest: String = (1..30)
            .map(|n| format!("{n}/29 Test #{n}: unit ... Passed\n"))
            .collect();
        let list: String = (1..30).map(|n| format!("{n}. entry\n")).collect();
        let counted: String = (1..30)
            .map(|n| format!("{n}\nworking on it\nstill working\nmore work\n"))
            .collect();
        let nl: String = (1..30).map(|n| format!("{n:>6}\tline\n")).collect();
        let table: String = (1..30).map(|n| format!("{n} name{n} 00:04\n")).collect();
        let few = "1Running late\n2 more\n".to_owned();
        for text in [
            ctest,
            list,
            counted,
            nl,
            table,
            few,
            plain(),
            "00:04\nCollapse\n1\n2\n3\n".to_owned(),
        ] {
            assert_eq!(read(&text), text);
        }
    }

    #[test]
    fn a_real_title_among_the_output_does_not_make_a_page_of_a_log() {
        // The words of GitLab stand in it, but its own lines have no numbers.
        let text = format!("{}1\n2\n3\n4 apples\n", plain());
        assert_eq!(read(&text), text);
    }

    #[test]
    fn how_the_source_chops_its_reads_plays_no_part() {
        struct Drip<'a>(&'a [u8]);
        impl Read for Drip<'_> {
            fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
                let n = buf.len().min(3);
                self.0.read(&mut buf[..n])
            }
        }
        let text = page(1, |n| n.to_string());
        let mut out = String::new();
        Page::new(Drip(text.as_bytes()))
            .read_to_string(&mut out)
            .unwrap();
        assert_eq!(out, plain());
    }

    #[test]
    fn a_page_of_any_size_is_read_in_bounded_memory() {
        let long = "x".repeat(200_000);
        let text = format!("{}14{long}\n15end\n", page(1, |n| n.to_string()));
        assert_eq!(read(&text), format!("{}{long}\nend\n", plain()));
    }

    proptest::proptest! {
        #[test]
        fn any_text_keeps_its_lines(parts in proptest::collection::vec(
            proptest::sample::select(vec![
                "1", "2", "3", "12", "\n", "\r\n", "00:04", "Collapse", "▾ ", " ", "$ make", "é", "ERROR: Job failed: exit code 1",
                "Running with gitlab-runner 17.3.0", "Preparing environment", "\n1", "\n2", "\n3", "\n4", "\n5", "\n6",
            ]),
            0..60,
        )) {
            let text = parts.concat();
            let once = read(&text);
            proptest::prop_assert!(once.len() <= text.len());
        }
    }
}
