//! Logs that were put one behind the other (`cat *.log | jobtriage`): where the next one begins.
//!
//! A job may print the log of another, so its first line alone proves nothing: right above it must stand what ends one.

use memchr::memmem;

use super::lines;
use super::{escape, prefix};

/// How a kind of log begins, and what stands at its end.
#[derive(Debug)]
struct Kind {
    begins: &'static [u8],
    ends: &'static [&'static [u8]],
}

const KINDS: &[Kind] = &[
    // GitLab Runner: common/build.go.
    Kind {
        begins: b"Running with gitlab-runner ",
        ends: &[b"Job succeeded", b"ERROR: Job failed"],
    },
    // GitHub's runner: Runner.Worker/JobExtension.cs.
    Kind {
        begins: b"Current runner version: '",
        ends: &[b"Cleaning up orphan processes"],
    },
    // Jenkins: hudson/model/Run.java, CauseAction.
    Kind {
        begins: b"Started by ",
        ends: &[b"Finished: "],
    },
];
/// Lines in which a log tells what it is, blank ones aside.
const FIRST: usize = 20;
/// Lines that may stand between two logs, blank ones aside: processes that are ended, the caption of a file.
const BETWEEN: usize = 8;
/// Bytes of what was read that are looked at for them.
const LOOK_BACK: usize = 2 << 10;
/// Longest beginning of a line that is held back until the rest of it is there.
const HELD_BACK: usize = 512;

/// Looks for the next log in what is read.
#[derive(Debug)]
pub(super) struct Seams {
    kind: &'static Kind,
    finder: memmem::Finder<'static>,
    /// The last that was read.
    behind: Vec<u8>,
}

/// What of a piece of text belongs to the log that is being read.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Part {
    pub len: usize,
    /// Another log begins behind it.
    pub is_last: bool,
}

impl Seams {
    /// Tells by its head what kind of log it is; `None` for one whose ends are not known.
    pub(super) fn of(head: &[u8]) -> Option<Self> {
        let lines = lines::of(head).filter(|line| !line.is_empty());
        let begins = |line| KINDS.iter().find(|kind| starts(line, kind.begins));
        let kind = lines.take(FIRST).find_map(begins)?;
        Some(Self {
            kind,
            finder: memmem::Finder::new(kind.begins),
            behind: Vec::with_capacity(LOOK_BACK),
        })
    }

    /// How much of the text that follows belongs to this log. At the end of the whole text a line without a newline does as well.
    pub(super) fn part(&mut self, text: &[u8], is_end: bool) -> Part {
        let mut part = Part {
            len: if is_end { text.len() } else { whole(text) },
            is_last: false,
        };
        for at in self.finder.find_iter(&text[..part.len]) {
            let from = memchr::memrchr(b'\n', &text[..at]).map(|end| end + 1);
            let Some(from) = from.or_else(|| self.at_line_start().then_some(0)) else {
                continue;
            };
            let to = memchr::memchr(b'\n', &text[at..part.len]).map_or(part.len, |end| at + end);
            if starts(&text[from..to], self.kind.begins) && self.has_ended(&text[..from]) {
                part = Part {
                    len: from,
                    is_last: true,
                };
                break;
            }
        }
        self.remember(&text[..part.len]);
        if part.is_last {
            self.behind.clear();
        }
        part
    }

    fn at_line_start(&self) -> bool {
        self.behind.last().is_none_or(|&last| last == b'\n')
    }

    /// Do the last lines hold an end?
    fn has_ended(&self, text: &[u8]) -> bool {
        let text = &text[text.len().saturating_sub(LOOK_BACK)..];
        let lines = lines::of(&self.behind).chain(lines::of(text));
        let all: Vec<&[u8]> = lines.filter(|line| !line.trim_ascii().is_empty()).collect();
        let mut last = all.iter().rev().take(BETWEEN);
        last.any(|line| self.kind.ends.iter().any(|end| starts(line, end)))
    }

    fn remember(&mut self, text: &[u8]) {
        let new = &text[text.len().saturating_sub(LOOK_BACK)..];
        let old = (self.behind.len() + new.len()).saturating_sub(LOOK_BACK);
        self.behind.drain(..old);
        self.behind.extend_from_slice(new);
    }
}

/// How much of a text can be judged: not the beginning of a line whose rest is missing, unless it is long.
fn whole(text: &[u8]) -> usize {
    let tail = &text[text.len().saturating_sub(HELD_BACK)..];
    let end = memchr::memrchr(b'\n', tail).map(|end| text.len() - tail.len() + end + 1);
    match end {
        Some(end) => end,
        None if text.len() < HELD_BACK => 0,
        None => text.len(),
    }
}

/// Does a line start so, the stamp, the colour and the section markers before it aside?
fn starts(line: &[u8], with: &[u8]) -> bool {
    let line = without_escapes(line);
    let prefix = prefix::split(line);
    // The runner writes its last word behind the marker that ends the last section, with a carriage return between.
    let behind_marker = memchr::memrchr(b'\r', line.trim_ascii_end()).map_or(0, |end| end + 1);
    [prefix.stamps, prefix.content, behind_marker]
        .iter()
        .any(|&at| without_escapes(&line[at..]).starts_with(with))
}

fn without_escapes(mut line: &[u8]) -> &[u8] {
    while line.first() == Some(&escape::ESC) {
        line = &line[escape::len(line).min(line.len())..];
    }
    line
}
