//! Undoes what a copy and paste did to a log: what a web page, a mail or an editor put before every line, and
//! what became of single characters.
//!
//! [`numbers`] handles GitLab's own page, [`margin`] what stands before every line of a text (quotation
//! marks, an indentation, line numbers, the time), [`caret`] colours that lost their ESC, [`glyph`] blanks
//! and entities of HTML, [`link`] links to the lines of a page, [`steps`] GitHub's page, which has no marks.
//! The beginning of a text decides whether it is such a copy, as a whole or not at all. Lines keep their
//! numbers.

use std::io::{self, Read};

use super::{escape, header, level, lines, lines::Lines, prefix, stamp};

mod caret;
mod clock;
mod glyph;
mod link;
mod margin;
mod numbers;
mod steps;

pub use steps::put_in;

use margin::Margin;
use numbers::Stripper;

/// Bytes that are searched to tell a copy from a log.
const HEAD: usize = 16 << 10;
/// Most margins within each other: a quoted code block with the time before each line.
const NESTED: usize = 3;

/// Reads a text without what was added on its way.
#[derive(Debug)]
pub struct Page<R> {
    lines: Lines<R>,
    fresh: bool,
    /// Lines get the marks back that a web page drops.
    marking: bool,
    copy: Option<Copied>,
    /// Text that was not handed out yet.
    text: Vec<u8>,
    at: usize,
    removed: i64,
}

impl<R: Read> Page<R> {
    /// A reader over decoded bytes; an ordinary log passes through as it is.
    pub fn new(source: R) -> Self {
        Self {
            lines: Lines::new(source),
            fresh: true,
            marking: true,
            copy: None,
            text: Vec::new(),
            at: 0,
            removed: 0,
        }
    }

    /// The same without adding marks, for text that is shown or compared line by line.
    pub fn as_printed(source: R) -> Self {
        Self {
            marking: false,
            ..Self::new(source)
        }
    }

    /// Whether marks are added before lines; [`put_in`] measures them. The lines were printed without them.
    pub fn marks(&self) -> bool {
        self.copy.as_ref().is_some_and(|copy| !copy.steps.is_none())
    }

    /// Bytes left out so far, minus those that were added.
    pub fn removed(&self) -> i64 {
        self.removed
    }
}

impl<R: Read> Read for Page<R> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        if std::mem::take(&mut self.fresh) {
            self.copy = Copied::recognise(self.lines.head(HEAD));
            if let Some(copy) = &mut self.copy
                && !self.marking
            {
                copy.steps = steps::Steps::default();
            }
        }
        let Some(copy) = &mut self.copy else {
            return self.lines.pass(buf);
        };
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
                copy.undo(line, stretch.starts, &mut self.text);
                self.text.extend_from_slice(end);
                self.removed += len as i64 - self.text.len() as i64;
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

/// What was done to a text, from the outermost layer to the innermost.
#[derive(Debug, Default)]
struct Copied {
    glyphs: glyph::Glyphs,
    links: link::Links,
    margins: Vec<Margin>,
    numbers: Option<Stripper>,
    colours: caret::Colours,
    steps: steps::Steps,
    /// Buffers of one line: with its characters restored, and without links.
    plain: Vec<u8>,
    unlinked: Vec<u8>,
}

impl Copied {
    /// Detects from the first lines what was done; `None` for an ordinary log.
    fn recognise(head: &[u8]) -> Option<Self> {
        let whole = if head.len() < HEAD {
            head.len()
        } else {
            memchr::memrchr(b'\n', head)?
        };
        let mut copy = Self {
            glyphs: glyph::Glyphs::recognise(&head[..whole]),
            ..Self::default()
        };
        let (mut plain, mut inner) = (Vec::new(), Vec::new());
        let mut text = &head[..whole];
        if !copy.glyphs.is_none() {
            copy.glyphs.replace(text, &mut plain);
            text = &plain;
        }
        copy.links = link::Links::recognise(text);
        if !copy.links.is_none() {
            copy.links.remove(text, &mut inner);
            text = &inner;
        }
        while copy.margins.len() < NESTED
            && let Some(margin) = Margin::recognise(text)
        {
            inner = margin.taken_from(text);
            copy.margins.push(margin);
            text = &inner;
        }
        copy.numbers = numbers::recognise(text);
        copy.colours = caret::Colours::recognise(text);
        if copy.numbers.is_none() {
            copy.steps = steps::Steps::recognise(text, head.len() < HEAD);
        }
        let untouched = copy.glyphs.is_none()
            && copy.links.is_none()
            && copy.margins.is_empty()
            && copy.numbers.is_none()
            && copy.colours.is_none()
            && copy.steps.is_none();
        (!untouched).then_some(copy)
    }

    /// Appends to `out` what a line was.
    fn undo(&mut self, line: &[u8], starts: bool, out: &mut Vec<u8>) {
        let mut kept = line;
        if !self.glyphs.is_none() {
            self.plain.clear();
            self.glyphs.replace(line, &mut self.plain);
            kept = &self.plain;
        }
        if !self.links.is_none() {
            self.unlinked.clear();
            self.links.remove(kept, &mut self.unlinked);
            kept = &self.unlinked;
        }
        if starts {
            for margin in &mut self.margins {
                kept = margin.strip(kept);
            }
            if let Some(numbers) = &mut self.numbers {
                kept = numbers.strip(kept).1;
            }
            if !self.steps.is_none() {
                out.extend_from_slice(self.steps.mark(kept));
            }
        }
        self.colours.remove(kept, out);
    }
}

/// The lines that are not empty.
fn filled(text: &[u8]) -> impl Iterator<Item = &[u8]> + Clone {
    lines::of(text)
        .map(<[u8]>::trim_ascii_end)
        .filter(|line| !line.is_empty())
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
        assert_eq!(out.len() as i64 + page.removed(), text.len() as i64);
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
    fn the_time_behind_the_numbers_is_taken_out() {
        for from in [1, 8, 98, 1234] {
            let text = page(from, |n| format!("{n}16:48:{:02}", n % 60));
            assert_eq!(read(&text), plain(), "from {from}");
        }
        let few = "34116:48:01$ make\n34216:48:01\n34317:00:00no\n";
        assert_eq!(read(few), "$ make\n\nno\n");
        // A table of times.
        let table = "116:48:01 a\n117:48:01 b\n118:48:01 c\n";
        assert_eq!(read(table), table);
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
        let table: String = (1..30)
            .map(|n| format!("{} name{n} 00:04\n", n * 3))
            .collect();
        let few = "1Running late\n2 more\n".to_owned();
        for text in [
            ctest,
            list,
            counted,
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
    fn what_was_quoted_from_a_page_is_taken_apart_from_outside_in() {
        let quoted: String = page(1, |n| n.to_string())
            .lines()
            .map(|line| format!("> {line}\n"))
            .collect();
        assert_eq!(read(&quoted), plain());
        let coloured =
            "    10:00:00.1 [31mno[0m\n    10:00:00.2 a\u{a0} &lt;b&gt;\n    10:00:00.3   c\n";
        assert_eq!(read(coloured), "no\na  <b>\n  c\n");
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

    #[test]
    fn no_sample_is_taken_for_a_copy() {
        let mut folders = vec![std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("samples")];
        let mut tried = 0;
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    folders.push(path);
                } else if path.extension().is_some_and(|e| e == "log") {
                    let text = std::fs::read(&path).unwrap();
                    let mut out = Vec::new();
                    Page::new(text.as_slice()).read_to_end(&mut out).unwrap();
                    assert!(out == text, "{}", path.display());
                    tried += 1;
                }
            }
        }
        assert!(tried > 200);
    }

    /// Ways to copy a text, line by line.
    type Way = fn(usize, &str) -> String;
    const WAYS: &[Way] = &[
        |_, line| format!("> {line}"),
        |_, line| format!(">{line}"),
        |_, line| format!("    {line}"),
        |_, line| format!("\t{line}"),
        |k, line| format!("{:>5}\t{line}", k + 7),
        |k, line| format!("{}: {line}", k + 7),
        |k, line| format!("{:>4} | {line}", k + 7),
        |_, line| format!("[10:00:00] {line}"),
        |_, line| format!("2026-05-01 10:00:00,123 {line}"),
        |_, line| format!("May 01 10:00:00 host runner[8]: {line}"),
        |_, line| format!("2026-05-01T10:00:00.1Z stderr F {line}"),
    ];

    proptest::proptest! {
        #[test]
        fn a_copy_is_read_as_the_text_was(
            lines in proptest::collection::vec("[a-z./:=(]{1,8}( [A-Za-z0-9./:=()]{1,8}){0,3}", 4..40),
            above in 0..3_usize,
            way in proptest::sample::select(WAYS),
        ) {
            // Something of a log must stand in it.
            let own = ["$ make", "/src/a.c:3: error: no such field"].map(str::to_owned);
            let lines: Vec<String> = own.into_iter().chain(lines).collect();
            let around = "Look:\n\n".repeat(above);
            let copied: String = lines.iter().enumerate().map(|(k, line)| way(k, line) + "\n").collect();
            proptest::prop_assert_eq!(read(&(around.clone() + &copied)), around + &lines.join("\n") + "\n");
        }

        #[test]
        fn any_text_keeps_its_lines(parts in proptest::collection::vec(
            proptest::sample::select(vec![
                "1", "2", "3", "12", "\n", "\r\n", "00:04", "Collapse", "▾ ", " ", "$ make", "é", "ERROR: Job failed: exit code 1",
                "Running with gitlab-runner 17.3.0", "Preparing environment", "> ", "\n> ", "\n    ", "\n[10:00:00] ", "[31m", "[0m", "^[[0m",
                "[", "](http://a/-/jobs/7#L1)", "](https://a#step:1:2)", "&lt;", "&amp;", "\u{a0}", "\u{201c}", "\n1: ", "\n2: ", "\n3: ", "\nRun a/b@v1\n", "\nRun x\n  x\n  shell: sh {0}\n", "\nError: ", "\n1", "\n2", "\n3", "\n4", "\n5", "\n6",
            ]),
            0..60,
        )) {
            let text = parts.concat();
            // Lines and bytes are counted there.
            read(&text);
        }
    }
}
