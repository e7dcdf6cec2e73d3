//! What stands before every line of a text as a whole: the quotation marks of a mail, the indentation of a code block, line
//! numbers of an editor or `cat -n`, the time.

use super::clock::{self, Form};
use super::{escape, filled, lines, numbers};

/// So many lines prove a margin that could be text in a single one.
const FEW: usize = 3;
/// So many prove numbers that nothing sets apart from the text.
const MANY: usize = 12;
/// Digits of the longest line number.
const DIGITS: usize = 7;
/// Of ten lines, so many must have the margin: long ones are broken on their way, and a log may go on in lines of its own.
const MOST: usize = 9;
/// Of ten lines with the time so many may name a level.
const LEVELS: usize = 4;
/// What separates a number from its line, the longest first.
const SEPARATORS: &[&str] = &[":\t", ": ", " | ", "| ", "|", "\t", " "];
/// So many blanks set a block of code apart (CommonMark); fewer are a tool's own.
const BLOCK: usize = 4;
/// How Gradle's own lines begin, which look quoted.
const GRADLE: &[&str] = &["> Task :", "> Configure project", "> Transform ", "> IDLE"];

/// What stands before every line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Margin {
    /// So many `>`, each with a blank behind it or not.
    Quoted(usize),
    /// These blanks.
    Indented(Vec<u8>),
    /// A number, one higher in each line, and what separates it.
    Numbered { next: u64, separator: &'static str },
    /// The time.
    Timed(Form),
}

impl Margin {
    /// Tells the outermost margin by the first lines of a text.
    pub(super) fn recognise(head: &[u8]) -> Option<Self> {
        let first = filled(head).next()?;
        let lines = || filled(head);
        match first[0] {
            b'>' => quoted(lines()),
            b' ' | b'\t' => timed(first, lines())
                .or_else(|| numbered(first, lines()))
                .or_else(|| indented(first, lines())),
            b'0'..=b'9' => timed(first, lines()).or_else(|| numbered(first, lines())),
            b'[' | b'A'..=b'Z' | b'a'..=b'z' => timed(first, lines()),
            _ => None,
        }
    }

    /// The text within it.
    pub(super) fn taken_from(&self, text: &[u8]) -> Vec<u8> {
        let mut margin = self.clone();
        let mut out = Vec::with_capacity(text.len());
        for line in lines::of(text) {
            out.extend_from_slice(margin.strip(line));
            out.push(b'\n');
        }
        out
    }

    /// A line without it; one that has none stays as it is.
    pub(super) fn strip<'l>(&mut self, line: &'l [u8]) -> &'l [u8] {
        match self {
            Margin::Quoted(depth) => &line[marks(line, *depth).1..],
            Margin::Indented(blanks) => {
                let same = blanks.iter().zip(line).take_while(|(a, b)| a == b);
                &line[same.count()..]
            }
            Margin::Numbered { next, separator } => match number(line, separator) {
                Some((number, len)) if number == *next => {
                    *next += 1;
                    &line[len..]
                }
                _ => line,
            },
            Margin::Timed(form) => &line[form.len(line)..],
        }
    }
}

fn quoted<'l>(lines: impl Iterator<Item = &'l [u8]>) -> Option<Margin> {
    let (mut all, mut quoted, mut depth) = (0, 0, usize::MAX);
    for line in lines {
        if GRADLE.iter().any(|own| line.starts_with(own.as_bytes())) {
            return None;
        }
        all += 1;
        if line[0] == b'>' {
            quoted += 1;
            depth = depth.min(marks(line, usize::MAX).0);
        }
    }
    (quoted >= FEW && quoted * 10 >= all * MOST).then_some(Margin::Quoted(depth))
}

/// How many `>` a line begins with, at most `most`, and how long they are with their blanks.
fn marks(line: &[u8], most: usize) -> (usize, usize) {
    let (mut count, mut at) = (0, 0);
    while count < most && line.get(at) == Some(&b'>') {
        count += 1;
        at += 1 + usize::from(line.get(at + 1) == Some(&b' '));
    }
    (count, at)
}

fn indented<'l>(first: &[u8], lines: impl Iterator<Item = &'l [u8]>) -> Option<Margin> {
    let blanks = |line: &[u8]| {
        let blanks = line.iter().take_while(|b| matches!(b, b' ' | b'\t'));
        blanks.count()
    };
    let (mut all, mut ticked, mut len) = (0, 0, blanks(first));
    for line in lines {
        all += 1;
        let same = first[..len].iter().zip(line).take_while(|(a, b)| a == b);
        len = same.count();
        if len == 0 {
            return None;
        }
        let text = without_escapes(&line[blanks(line)..]);
        ticked += usize::from(text.first().is_some_and(|b| !b.is_ascii()));
    }
    let wide = len >= BLOCK || first[0] == b'\t';
    // Runners of tests indent what they tick off.
    let list = ticked * 2 >= all;
    (all >= FEW && wide && !list).then(|| Margin::Indented(first[..len].to_vec()))
}

fn numbered<'l>(first: &[u8], lines: impl Iterator<Item = &'l [u8]> + Clone) -> Option<Margin> {
    let mut separators = SEPARATORS.iter().copied();
    separators.find_map(|separator| {
        let (from, _) = number(first, separator)?;
        let mut next = from;
        for line in lines.clone() {
            if number(line, separator).is_none_or(|(number, _)| number != next) {
                return None;
            }
            next += 1;
        }
        let least = if separator == " " { MANY } else { FEW };
        let margin = Margin::Numbered {
            next: from,
            separator,
        };
        (next - from >= least as u64).then_some(margin)
    })
}

/// The number before a line, and how long it is with what separates it; an empty line ends behind its number.
fn number(line: &[u8], separator: &str) -> Option<(u64, usize)> {
    let pad = line.iter().take_while(|b| **b == b' ').count();
    let digits = line[pad..]
        .iter()
        .take_while(|b| b.is_ascii_digit())
        .count();
    if digits == 0 || digits > DIGITS || line[pad] == b'0' {
        return None;
    }
    let end = pad + digits;
    let number = line[pad..end]
        .iter()
        .fold(0, |n, b| n * 10 + u64::from(b - b'0'));
    let rest = &line[end..];
    if rest.starts_with(separator.as_bytes()) {
        return Some((number, end + separator.len()));
    }
    (rest.trim_ascii_end() == separator.trim_end().as_bytes()).then_some((number, line.len()))
}

fn timed<'l>(first: &[u8], lines: impl Iterator<Item = &'l [u8]>) -> Option<Margin> {
    let form = clock::form(first)?;
    let (mut all, mut timed, mut levels) = (0, 0, 0);
    let mut of_gitlab = false;
    for line in lines {
        all += 1;
        let len = form.len(line);
        if len > 0 {
            timed += 1;
            of_gitlab |= is_of_gitlab(&line[len..]);
            levels += usize::from(form.of_a_logger(line));
        }
    }
    let nearly_all = timed >= FEW && timed * 10 >= all * MOST;
    let told = nearly_all || timed == all && form.is_rare();
    let logged = !of_gitlab && levels * 10 >= timed * LEVELS;
    let framed = of_gitlab || !form.needs_a_frame();
    (told && framed && !logged).then_some(Margin::Timed(form))
}

/// Is that a line of GitLab's frame, as the runner writes it or as a page shows it?
fn is_of_gitlab(line: &[u8]) -> bool {
    let line = without_escapes(line);
    line.starts_with(b"section_start:")
        || line.starts_with(b"section_end:")
        || numbers::of_gitlab(line)
}

/// A line from the first byte on that is shown.
fn without_escapes(line: &[u8]) -> &[u8] {
    let mut at = 0;
    while line.get(at) == Some(&escape::ESC) {
        at += escape::len(&line[at..]);
    }
    &line[at..]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn recognised(text: &str) -> Option<Margin> {
        Margin::recognise(text.as_bytes())
    }

    fn taken(text: &str) -> String {
        let margin = recognised(text).unwrap_or_else(|| panic!("no margin: {text}"));
        let mut out = margin.taken_from(text.as_bytes());
        out.pop();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn margins_are_taken_off() {
        for (text, was) in [
            (
                "> $ make\n>\n> > Task :x FAILED\n> no",
                "$ make\n\n> Task :x FAILED\nno",
            ),
            (">> a\n>> b\n> > c", "a\nb\nc"),
            ("    $ make\n\n      cc\n    no", "$ make\n\n  cc\nno"),
            ("\t$ make\n\tcc\n\t\tno", "$ make\ncc\n\tno"),
            ("     8\t$ make\n     9\t\n    10\tno", "$ make\n\nno"),
            ("8: $ make\n9:\n10:  no", "$ make\n\n no"),
            ("8:\n9: cc\n10: no", "\ncc\nno"),
            (" 8 | $ make\n 9 |\n10 | no", "$ make\n\nno"),
            (
                "[10:00:00] $ make\n[10:00:01] cc\n[10:00:02] no",
                "$ make\ncc\nno",
            ),
        ] {
            assert_eq!(taken(text), was);
        }
        assert_eq!(
            taken("2026-05-01 10:00:00 npm error code E404"),
            "npm error code E404"
        );
        let text: String = (1..20).map(|n| format!("{n}   no\n")).collect();
        assert!(taken(&text).starts_with("  no\n  no\n"), "{}", taken(&text));
    }

    #[test]
    fn a_line_without_the_margin_stays() {
        let text: String = (0..12).map(|n| format!("> line {n}\n")).collect();
        assert!(
            taken(&format!("{text}broken by a mailer\n"))
                .ends_with("line 11\nbroken by a mailer\n")
        );
        let mut margin = recognised("    a\n    b\n    c").unwrap();
        assert_eq!(margin.strip(b"  x"), b"x");
        assert_eq!(margin.strip(b"x"), b"x");
    }

    #[test]
    fn ordinary_texts_have_none() {
        for text in [
            // too few
            "> a\n> b",
            "    a\n    b",
            "1: a\n2: b",
            "10:00:00.1 a\n10:00:01.1 b",
            // Gradle, diff, npm
            "> Task :a\n> Task :b\n> Task :c FAILED",
            "> a\n< b\n> c\n< d",
            "> app@1.0.0 build\n> tsc\nsrc/a.ts(1,1): error",
            "    \u{1b}[32m\u{2713}\u{1b}[0m testA\n    \u{1b}[31m\u{2717}\u{1b}[0m testB\n    \u{2717} testC",
            // one line without
            "    a\n    b\nc",
            "1: a\n2: b\n4: c",
            "  12:5  error  No\n  14:2  error  No\n  15:1  error  No",
            "1/29 Test #1: unit\n2/29 Test #2: unit\n3/29 Test #3: unit",
            "1. a\n2. b\n3. c",
            "1 a\n2 b\n3 c",
            // a logger
            "2026-05-01 10:00:00,1 - app - INFO - a\n2026-05-01 10:00:00,2 - app - ERROR - b\n2026-05-01 10:00:00,3 - app - ERROR - c",
            // the time in a few lines only
            "[10:00:00] Starting 'build'\nsrc/a.js\nno\n[10:00:01] Finished 'build'",
            "",
            "\n \n",
        ] {
            assert_eq!(recognised(text), None, "{text}");
        }
    }
}
