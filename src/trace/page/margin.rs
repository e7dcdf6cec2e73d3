//! Removes a margin that stands before every line of a text: the quotation marks of a mail, the indentation
//! of a code block, line numbers of an editor or of `cat -n`, the time, or the columns of `gh run view --log`
//! with their tabs turned into blanks.
//!
//! A few lines without it may stand above (`… wrote:`, a fence, a command). Some tools print the same forms
//! (Gradle's `> `, the indented lists of test runners), so the text within must confirm a margin.

use super::clock::{self, Form};
use super::numbers::{self, DIGITS};
use super::{escape, filled, lines, prefix, stamp};

/// Lines that prove a margin whose form could be text on a single line.
const FEW: usize = 3;
/// Lines that prove numbers that only a blank separates from the text.
const MANY: usize = 12;
/// The least number that a stretch from the middle of a text begins with. Lists begin with one.
const MIDDLE: u64 = 10;
/// Lines that may stand above the first one with the margin.
const ABOVE: usize = 5;
/// Of ten lines, how many must have the margin. Long lines are wrapped on the way, and a log may contain lines
/// of its own.
const MOST: usize = 9;
/// Lines that are enough if they form one piece with something else behind it: an answer, the end of a fence.
const PIECE: usize = 5;
/// Of ten lines with the time, how many may name a level.
const LEVELS: usize = 4;
/// Lines in a row without the margin after which it has ended.
const OVER: u32 = 100;
/// Separators between a number and its line, longest first.
const SEPARATORS: &[&str] = &[":\t", ": ", " | ", "| ", "|", "\t", ":", BLANK, POINT];
/// What tables and lists have behind their numbers as well.
const BLANK: &str = " ";
const POINT: &str = ". ";
/// Blanks that indent a code block (CommonMark).
const BLOCK: usize = 4;
/// Longest columns of job and step, in bytes.
const NAMES: usize = 300;
/// Length of `2026-05-01T10:00:00.1234567Z`.
const STAMP: usize = 28;
/// Lines that are more than an item of a list has.
const RUNNING: usize = 8;
/// How Gradle's own lines begin, which look quoted.
const GRADLE: &[&str] = &[
    "> Task :",
    "> Configure project",
    "> Could not ",
    "> Failed to ",
    "> Transform ",
    "> IDLE",
];
/// How lines of Maven and sbt begin, which print a level before every line.
const BUILDS: &[&str] = &[
    "[INFO] ---",
    "[INFO] BUILD",
    "[INFO] Scanning for projects",
    "[ERROR] Failed to execute goal",
    "[ERROR] COMPILATION ERROR",
    "[info] compiling",
    "[info] welcome to sbt",
    "[error] Total time",
];
/// How lines begin that no tool indents, so an indentation before them is a margin.
const OUTERMOST: &[&str] = &[
    "$ ",
    "##[",
    "[ERROR] ",
    "[INFO] ",
    "error: ",
    "Error: ",
    "ERROR: ",
    "fatal: ",
    "make: ",
    "make[",
    "npm ",
    "Traceback (most recent call last):",
    "Exception in thread ",
    "Cloning into ",
];
const OUTER_WORDS: &[&str] = &[
    ": error: ",
    ": fatal error: ",
    ": command not found",
    ": No such file or directory",
];

/// A margin and its state between lines.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Margin {
    kind: Kind,
    /// Lines in a row that lacked it.
    missed: u32,
    /// A line had it.
    begun: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Kind {
    /// `depth` marks `>`, each with a blank behind it or none.
    Quoted { depth: usize, blank: bool },
    /// These blanks.
    Indented(Vec<u8>),
    /// A number, higher in each line, and what separates it. `gaps`: lines may be left out.
    Numbered {
        next: u64,
        separator: &'static str,
        gaps: bool,
    },
    /// The time.
    Timed(Form),
    /// Job and step with blanks behind them, and the time of GitHub's runner.
    Columns,
}

impl Margin {
    /// Detects the outermost margin from the first lines of a text.
    pub(super) fn recognise(head: &[u8]) -> Option<Self> {
        (0..=ABOVE).find_map(|above| {
            let lines = || filled(head).skip(above);
            let alone = above == 0;
            let first = lines().next()?;
            let kind = match first[0] {
                _ if columns(first) > 0 => in_columns(lines()),
                b'>' => quoted(lines()),
                b' ' | b'\t' => timed(first, lines(), alone)
                    .or_else(|| numbered(first, lines(), alone))
                    .or_else(|| {
                        indented(first, lines()).filter(|_| begins_a_paragraph(head, first))
                    }),
                b'0'..=b'9' => {
                    timed(first, lines(), alone).or_else(|| numbered(first, lines(), alone))
                }
                b'[' | b'A'..=b'Z' | b'a'..=b'z' => timed(first, lines(), alone),
                _ => None,
            };
            let mut margin = Self {
                kind: kind?,
                missed: 0,
                begun: false,
            };
            let mut around = filled(head).take(above);
            around.all(|line| margin.len(line) == 0).then_some(margin)
        })
    }

    /// The text within the margin.
    pub(super) fn taken_from(&self, text: &[u8]) -> Vec<u8> {
        let mut margin = self.clone();
        let mut out = Vec::with_capacity(text.len());
        for line in lines::of(text) {
            out.extend_from_slice(margin.strip(line));
            out.push(b'\n');
        }
        out
    }

    /// A line without the margin; a line that has none is unchanged.
    pub(super) fn strip<'l>(&mut self, line: &'l [u8]) -> &'l [u8] {
        // A code block ends with the first line outside of it.
        let over = match self.kind {
            Kind::Indented(_) => 1,
            _ => OVER,
        };
        if self.missed >= over {
            return line;
        }
        let len = self.len(line);
        if len > 0 {
            (self.missed, self.begun) = (0, true);
        } else if self.begun && !line.trim_ascii().is_empty() {
            self.missed += 1;
        }
        &line[len..]
    }

    /// Length of the margin in a line.
    fn len(&mut self, line: &[u8]) -> usize {
        match &mut self.kind {
            Kind::Quoted { depth, blank } => marks(line, *depth, *blank).1,
            Kind::Indented(blanks) if line.starts_with(blanks) => blanks.len(),
            Kind::Indented(_) => 0,
            Kind::Numbered {
                next,
                separator,
                gaps,
            } => match number(line, separator) {
                Some((number, len)) if number == *next || number > *next && *gaps => {
                    *next = number + 1;
                    len
                }
                _ => 0,
            },
            Kind::Timed(form) => form.len(line),
            Kind::Columns => columns(line),
        }
    }
}

/// Whether enough of all lines have the margin. `piece` of them are in one piece from the first line on.
fn enough(all: usize, having: usize, piece: usize) -> bool {
    let most = having * 10 >= all * MOST;
    let at_once = piece == having && having * 10 >= all * PIECE;
    having >= FEW && (most || at_once)
}

fn quoted<'l>(lines: impl Iterator<Item = &'l [u8]>) -> Option<Kind> {
    let (mut all, mut cited, mut piece) = (0, 0, 0);
    let (mut depth, mut blank, mut telling) = (usize::MAX, true, false);
    let mut gradle = 0;
    for line in lines {
        all += 1;
        gradle += usize::from(GRADLE.iter().any(|own| line.starts_with(own.as_bytes())));
        if line[0] != b'>' {
            continue;
        }
        cited += 1;
        piece += usize::from(cited == all);
        depth = depth.min(marks(line, usize::MAX, true).0);
        let inside = &line[marks(line, usize::MAX, false).1..];
        blank &= inside.is_empty() || inside[0] == b' ' || line.starts_with(b"> >");
        // An empty line, one that begins with a sign, or a nested quotation proves it: no list of reasons
        // contains those.
        let text = inside.strip_prefix(b" ").unwrap_or(inside);
        telling |= text.first().is_none_or(|b| !b.is_ascii_alphabetic());
    }
    // `>>> ` is a prompt of Python, or a mark of a build system.
    let own = depth > 2 || gradle * 2 >= cited;
    (enough(all, cited, piece) && telling && !own).then_some(Kind::Quoted { depth, blank })
}

fn in_columns<'l>(lines: impl Iterator<Item = &'l [u8]>) -> Option<Kind> {
    let (mut all, mut having, mut piece) = (0, 0, 0);
    for line in lines {
        all += 1;
        having += usize::from(columns(line) > 0);
        piece += usize::from(having == all);
    }
    enough(all, having, piece).then_some(Kind::Columns)
}

/// Length of the columns of job and step. They end at a time with seven decimals, which only GitHub's runner
/// writes.
fn columns(line: &[u8]) -> usize {
    let names = &line[..line.len().min(NAMES)];
    let begins = names.first().is_some_and(|b| !b.is_ascii_whitespace());
    let mut marks = memchr::memchr_iter(b'T', names);
    let stamp = marks.find_map(|mark| {
        let at = mark.checked_sub("2026-05-01".len())?;
        // An empty line may have lost the blank behind the time.
        let mut stamp = [b' '; STAMP + 1];
        stamp[..STAMP].copy_from_slice(line.get(at..at + STAMP)?);
        let ends = line.get(at + STAMP).is_none_or(|b| b.is_ascii_whitespace());
        let set_off = at > 0 && line[at - 1] == b' ' && !line[..at].contains(&b'\t');
        (ends && set_off && stamp::is_github(&stamp)).then_some(at)
    });
    stamp.filter(|_| begins).unwrap_or(0)
}

/// The number of `>` that a line begins with, at most `most`, and their length, including the blank behind each
/// if `blank`.
fn marks(line: &[u8], most: usize, blank: bool) -> (usize, usize) {
    let (mut count, mut at) = (0, 0);
    while count < most && line.get(at) == Some(&b'>') {
        count += 1;
        at += 1 + usize::from(blank && line.get(at + 1) == Some(&b' '));
    }
    (count, at)
}

fn indented<'l>(first: &[u8], lines: impl Iterator<Item = &'l [u8]> + Clone) -> Option<Kind> {
    let blanks = |line: &[u8]| {
        let blanks = line.iter().take_while(|b| matches!(b, b' ' | b'\t'));
        blanks.count()
    };
    let piece = lines.clone().take_while(|line| blanks(line) > 0);
    let len = piece.clone().fold(blanks(first), |len, line| {
        let same = first[..len].iter().zip(line).take_while(|(a, b)| a == b);
        same.count()
    });
    let wide = len >= BLOCK || len > 0 && first[0] == b'\t';
    let within = || piece.clone().map(|line| &line[len..]);
    let (all, inside) = (lines.count(), piece.clone().count());
    // A few blanks are a tool's own indentation, unless no line at all begins further left.
    let narrow = len > 0 && inside == all;
    let outermost = (wide || narrow) && within().any(is_outermost);
    let running = wide && len <= BLOCK && is_running_text(within());
    ((outermost || running) && enough(all, inside, inside))
        .then(|| Kind::Indented(first[..len].to_vec()))
}

/// Whether nothing stands right above a line. Markdown requires that before a code block; a tool's list
/// continues directly.
fn begins_a_paragraph(text: &[u8], line: &[u8]) -> bool {
    let at = line.as_ptr() as usize - text.as_ptr() as usize;
    let above = &text[..at];
    above.is_empty() || above.ends_with(b"\n\n") || above.ends_with(b"\n\r\n")
}

/// Whether lines look like a tool's output with some deeper lines, and not like a list that a test runner
/// indents.
fn is_running_text<'l>(lines: impl Iterator<Item = &'l [u8]>) -> bool {
    let (mut all, mut plain, mut deeper) = (0, 0, 0);
    for line in lines {
        all += 1;
        let first = line.first().copied().unwrap_or(b' ');
        deeper += usize::from(matches!(first, b' ' | b'\t'));
        plain += usize::from(first.is_ascii_alphabetic() || b"$[=#/+>".contains(&first));
    }
    all >= RUNNING && deeper > 0 && plain * 10 >= (all - deeper) * MOST
}

/// Whether a line always stands at the very left.
fn is_outermost(line: &[u8]) -> bool {
    let begins = |begin: &&str| line.starts_with(begin.as_bytes());
    let holds = |word: &&str| memchr::memmem::find(line, word.as_bytes()).is_some();
    let left = !line.starts_with(b" ") && !line.starts_with(b"\t");
    let words = left && OUTER_WORDS.iter().any(holds);
    let timed = stamp::iso(line) > 0 || clock::form(line).is_some();
    OUTERMOST.iter().any(begins) || words || timed || is_of_gitlab(line)
}

/// `alone` means that nothing stands above.
fn numbered<'l>(
    first: &[u8],
    lines: impl Iterator<Item = &'l [u8]> + Clone,
    alone: bool,
) -> Option<Kind> {
    let mut separators = SEPARATORS.iter().copied();
    separators.find_map(|separator| {
        let (from, _) = number(first, separator)?;
        let (mut all, mut counted, mut piece, mut empty, mut next) = (0, 0, 0, 0, from);
        let (mut gap, mut of_gitlab) = (false, false);
        for line in lines.clone() {
            all += 1;
            if let Some((number, len)) = number(line, separator).filter(|(n, _)| *n >= next) {
                gap |= number > next;
                of_gitlab |= is_of_gitlab(&line[len..]);
                counted += 1;
                empty += usize::from(len == line.len());
                piece += usize::from(counted == all);
                next = number + 1;
            }
        }
        let sure = match separator {
            // Any number could stand there.
            BLANK => {
                let stretch = alone && from >= MIDDLE && counted == all && counted >= PIECE;
                of_gitlab || !gap && (stretch || counted >= MANY)
            }
            POINT => of_gitlab,
            _ => true,
        };
        let gaps = separator != BLANK || gap;
        (sure && empty * 2 < counted && enough(all, counted, piece)).then_some(Kind::Numbered {
            next: from,
            separator,
            gaps,
        })
    })
}

/// The number before a line, and its length with the separator. An empty line ends behind its number.
fn number(line: &[u8], separator: &str) -> Option<(u64, usize)> {
    let pad = line.iter().take_while(|b| **b == b' ').count();
    let digits = prefix::digits(&line[pad..]);
    if digits == 0 || digits > DIGITS {
        return None;
    }
    let end = pad + digits;
    let number = u64::from(prefix::number(&line[pad..end]));
    let rest = &line[end..];
    if rest.trim_ascii_end() == separator.trim_end().as_bytes() {
        return Some((number, line.len()));
    }
    let text = rest.strip_prefix(separator.as_bytes())?;
    // `12:5` is a place, `10:00` a time.
    let place = separator == ":" && text.first().is_some_and(u8::is_ascii_digit);
    (!place).then_some((number, end + separator.len()))
}

/// The margin of time that begins with `first`. `alone` means that nothing stands above, so fewer lines are
/// enough.
fn timed<'l>(first: &[u8], lines: impl Iterator<Item = &'l [u8]>, alone: bool) -> Option<Kind> {
    let form = clock::form(first)?;
    let speaker = form.speaker(first);
    let (mut all, mut stamped, mut levels) = (0, 0, 0);
    let (mut of_gitlab, mut of_a_build) = (false, false);
    for line in lines {
        all += 1;
        let len = form.len(line);
        if len > 0 {
            // The journal of several programs names each speaker.
            if form.speaker(line) != speaker {
                return None;
            }
            stamped += 1;
            of_gitlab |= is_of_gitlab(&line[len..]);
            of_a_build |= BUILDS
                .iter()
                .any(|own| line[len..].starts_with(own.as_bytes()));
            levels += usize::from(clock::names_a_level(&line[len..]));
        }
    }
    let nearly_all = stamped >= FEW && stamped * 10 >= all * MOST;
    let told = nearly_all || alone && stamped == all && form.is_plain();
    let logged =
        form.may_be_a_loggers() && !of_gitlab && !of_a_build && levels * 10 >= stamped * LEVELS;
    let framed = of_gitlab || !form.needs_a_frame();
    (told && framed && !logged).then_some(Kind::Timed(form))
}

/// Whether a line is part of GitLab's frame, as the runner writes it or as a page shows it.
fn is_of_gitlab(line: &[u8]) -> bool {
    let mut at = 0;
    while line.get(at) == Some(&escape::ESC) {
        at += escape::len(&line[at..]);
    }
    let line = &line[at..];
    line.starts_with(b"section_start:")
        || line.starts_with(b"section_end:")
        || numbers::of_gitlab(line)
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
                "build   Run make 2026-05-01T10:00:00.1234567Z $ make\nbuild   Run make 2026-05-01T10:00:00.1234567Z\n\
                 build   Run a longer step       2026-05-01T10:00:01.1234567Z no",
                "2026-05-01T10:00:00.1234567Z $ make\n2026-05-01T10:00:00.1234567Z\n2026-05-01T10:00:01.1234567Z no",
            ),
            (
                "> $ make\n>\n> > Task :x FAILED\n> no",
                "$ make\n\n> Task :x FAILED\nno",
            ),
            (">> a\n>>\n> > c", "a\n\nc"),
            (">$ make\n>  cc\n>no", "$ make\n  cc\nno"),
            ("    $ make\n\n      cc\n    no", "$ make\n\n  cc\nno"),
            ("\t$ make\n\tcc\n\t\tno", "$ make\ncc\n\tno"),
            ("  $ make\n\n    cc\n  no", "$ make\n\n  cc\nno"),
            ("     8\t$ make\n     9\t\n    10\tno", "$ make\n\nno"),
            ("8: $ make\n9:\n10:  no", "$ make\n\n no"),
            ("8:\n9: cc\n10: no", "\ncc\nno"),
            ("8:$ make\n9:  cc\n12:no", "$ make\n  cc\nno"),
            (" 8 | $ make\n 9 |\n12 | no", "$ make\n\nno"),
            ("001: $ make\n002: cc\n003: no", "$ make\ncc\nno"),
            (
                "[10:00:00] $ make\n[10:00:01] cc\n[10:00:02] no",
                "$ make\ncc\nno",
            ),
            (
                "May 01 10:00:00 ci runner[8]: $ make\nMay 01 10:00:00 ci runner[9]: no",
                "$ make\nno",
            ),
            (
                "2026-05-01T10:00:00Z section_start:1:step_script\n2026-05-01T10:00:00Z $ make",
                "section_start:1:step_script\n$ make",
            ),
            (
                "10:00:00 Running with gitlab-runner 17.3.0 (abcdef12)\n10:00:00 $ make",
                "Running with gitlab-runner 17.3.0 (abcdef12)\n$ make",
            ),
            (
                "9:00:00 AM: ERROR no\n9:00:00 AM:\n9:00:01 AM: ERROR cc",
                "ERROR no\n\nERROR cc",
            ),
            (
                "2026-05-01 10:00:00 npm error code E404",
                "npm error code E404",
            ),
        ] {
            assert_eq!(taken(text), was);
        }
        for (text, was) in [
            (
                "352 no such file\n353 $ make\n2247 ERROR: Job failed: exit code 1",
                "no such file\n$ make\nERROR: Job failed: exit code 1",
            ),
            (
                "98 $ make\n99 cc\n100\n101 404 no\n102 b",
                "$ make\ncc\n\n404 no\nb",
            ),
            (
                "  9. $ make\n 10. no\n 11. ERROR: Job failed: exit status 1",
                "$ make\nno\nERROR: Job failed: exit status 1",
            ),
        ] {
            assert_eq!(taken(text), was);
        }
        let text: String = (1..20).map(|n| format!("{n}   no\n")).collect();
        assert!(taken(&text).starts_with("  no\n  no\n"), "{}", taken(&text));
    }

    #[test]
    fn what_stands_around_it_stays() {
        for (text, was) in [
            (
                "On Monday A wrote:\n> $ make\n> no\n>\nYes, I see.\nBye",
                "On Monday A wrote:\n$ make\nno\n\nYes, I see.\nBye",
            ),
            (
                "```\n1: $ make\n2: cc\n3: no\n```",
                "```\n$ make\ncc\nno\n```",
            ),
            (
                "It says:\n\n    $ make\n    no\n      at a\n\nWhat now?",
                "It says:\n\n$ make\nno\n  at a\n\nWhat now?",
            ),
        ] {
            assert_eq!(taken(text), was);
        }
    }

    #[test]
    fn a_margin_ends() {
        let mut margin = recognised("    $ a\n    b\n    c").unwrap();
        for (line, text) in [
            ("above", "above"),
            ("    $ a", "$ a"),
            ("", ""),
            ("      b", "  b"),
            ("  x", "  x"),
            ("    y", "    y"),
        ] {
            assert_eq!(margin.strip(line.as_bytes()), text.as_bytes());
        }
        let mut margin = recognised("> $ a\n> b\n> c").unwrap();
        assert_eq!(margin.strip(b"> b"), b"b");
        for _ in 0..OVER {
            assert_eq!(margin.strip(b"b"), b"b");
        }
        assert_eq!(margin.strip(b"> b"), b"> b");
    }

    #[test]
    fn ordinary_texts_have_none() {
        for text in [
            // too few
            "> $ a\n> b",
            "    $ a\n    b",
            "1: a\n2: b",
            "10:00:00.1 a\n10:00:01.1 b",
            // Gradle, diff, npm, Python, portage
            "> Task :a\n> Task :b\n> Task :c FAILED",
            "> Could not resolve a\n> Could not GET b\n> Received status code 401",
            "> a\n> b\n> c",
            "> a\n< b\n> c\n< d",
            "> app@1.0.0 build\n> tsc\nsrc/a.ts(1,1): error",
            ">>> a = 1\n>>> b\n>>> 'c'",
            // lists of test runners, of Nix
            "error: builder failed;\n       last 3 log lines:\n       > chmod: x: No such file or directory\n       For full logs, run:",
            "        FAIL [ 0.004s] app a\n        PASS [ 0.004s] app b\n        PASS [ 0.004s] app c",
            "    \u{2713} testA\n    \u{2717} testB\n    testC, XCTAssertTrue failed",
            "  $ make\n  cc\n  no\nmake: *** [all] Error 2",
            "  1) app\n     Error: no\n      at a.js:3",
            "    - ERROR | a\n    - NOTE | b\n    - WARN | c",
            "\tat a.B.c(B.java:3)\n\tat a.B.d(B.java:4)\n\tat a.B.e(B.java:5)",
            "1: a\n4: b\nc\nd",
            "  12:5  error  No\n  14:2  error  No\n  15:1  error  No",
            "1/29 Test #1: unit\n2/29 Test #2: unit\n3/29 Test #3: unit",
            "1. a\n2. b\n3. c",
            "1 a\n2 b\n3 c",
            "10 a\n12 b\n13 c",
            "10 tests passed\n11 tests failed\n12 tests total",
            "$ make\n10 a\n11 b\n12 c\n13 d\n14 e",
            "10 a\nb\n11 c\n12 d",
            "10. a\n11. b\n12. $ c",
            "200 a\n404 b\nERROR: Job failed: exit code 1",
            // loggers
            "2026-05-01 10:00:00,1 - app - INFO - a\n2026-05-01 10:00:00,2 - app - ERROR - b\n2026-05-01 10:00:00,3 - app - ERROR - c",
            "[10:00:00] [main/INFO]: a\n[10:00:01] [main/WARN]: b\n[10:00:02] [main/INFO]: c",
            "10:00:00.1 [info] a\n10:00:00.2 [info] b\n10:00:00.3 [error] c",
            // a journal of two programs
            "May 01 10:00:00 host nginx[8]: a\nMay 01 10:00:00 host kernel: b\nMay 01 10:00:00 host nginx[8]: c",
            // the time in a few lines only
            "[10:00:00] Starting 'build'\nsrc/a.js\nno\n[10:00:01] Finished 'build'",
            "2026-05-01T10:00:00Z $ make",
            "",
            "\n \n",
        ] {
            assert_eq!(recognised(text), None, "{text}");
        }
    }
}
