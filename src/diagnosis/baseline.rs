//! Remembers what passing runs print. A line that they print too did not fail the job.

use std::collections::HashSet;
use std::hash::{BuildHasher, BuildHasherDefault, DefaultHasher};
use std::io::{self, Read};

use super::fingerprint::mask;
use crate::trace::line::Line;
use crate::trace::page::Page;
use crate::trace::{Block, BlockReader, prefix};

/// Most distinct lines remembered, as a hash each.
const MOST: usize = 1_000_000;
/// Bytes of a line that are compared.
const LONGEST: usize = 2000;

/// Closing lines of runs that did not pass (GitLab Runner, Jenkins). A GitHub job may continue after a failed
/// step.
const VERDICTS: &[&[u8]] = &[b"ERROR: Job failed", b"Finished: FAILURE"];

/// Whether some line begins with a text, apart from its stamp.
fn begins_line(text: &[u8], with: &[u8]) -> bool {
    memchr::memmem::find_iter(text, with).any(|at| {
        let from = memchr::memrchr(b'\n', &text[..at]).map_or(0, |end| end + 1);
        prefix::split(&text[from..]).stamps == at - from
    })
}

/// The lines of passing runs. Everything that differs from run to run is masked.
#[derive(Debug, Default)]
pub struct Baseline {
    lines: HashSet<u64, BuildHasherDefault<DefaultHasher>>,
    full: bool,
    failed: bool,
}

impl Baseline {
    /// Adds the lines of a log. Frame and colours of the log do not matter.
    ///
    /// # Errors
    /// The error that ended the reading; the lines before it were added.
    pub fn read(&mut self, log: impl Read) -> io::Result<()> {
        let mut reader = BlockReader::new(Page::as_printed(log));
        while let Some(block) = reader.next_block() {
            self.block(block);
        }
        reader.take_error().map_or(Ok(()), Err)
    }

    /// Whether a passing run prints that line too. Stamps and wrapping prefixes do not matter.
    pub fn holds(&self, line: &str) -> bool {
        self.lines.contains(&self.hash(line.as_bytes()))
    }

    /// Whether one of the runs read since the last call did not pass.
    pub fn has_failed(&mut self) -> bool {
        std::mem::take(&mut self.failed)
    }

    /// Whether there were more lines than are remembered.
    pub fn is_full(&self) -> bool {
        self.full
    }

    fn block(&mut self, block: &Block) {
        let bytes = &block.bytes()[block.start()..block.owned()];
        self.failed |= VERDICTS.iter().any(|verdict| begins_line(bytes, verdict));
        for piece in bytes.split(|&b| b == b'\n').filter(|p| !p.is_empty()) {
            if self.lines.len() >= MOST {
                self.full = true;
                return;
            }
            self.lines.insert(self.hash(piece));
        }
    }

    fn hash(&self, piece: &[u8]) -> u64 {
        let piece = &piece[..piece.len().min(LONGEST)];
        let content = Line::new(piece, false).content().trim_ascii();
        let text = String::from_utf8_lossy(content);
        self.lines.hasher().hash_one((mask(&text), zeros(&text)))
    }
}

/// For each number that stands alone, in order, whether it is zero: passing runs print `0 errors`, but not `3
/// errors`.
fn zeros(text: &str) -> Vec<bool> {
    let bytes = text.as_bytes();
    let (mut zeros, mut at) = (Vec::new(), 0);
    while let Some(from) = (at..bytes.len()).find(|&k| bytes[k].is_ascii_digit()) {
        let digits = bytes[from..].iter().take_while(|b| b.is_ascii_digit());
        at = from + digits.count();
        let part_of = |b: &u8| b.is_ascii_alphanumeric() || b"._-:".contains(b);
        let begins = !bytes[..from].last().is_some_and(part_of);
        let ends = match bytes[at..] {
            [b'.' | b':', next, ..] => !next.is_ascii_alphanumeric(),
            [next, ..] => !next.is_ascii_alphanumeric() && !b"_-".contains(&next),
            [] => true,
        };
        if begins && ends {
            zeros.push(bytes[from..at].iter().all(|&b| b == b'0'));
        }
    }
    zeros
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_stamps_and_colours_make_no_difference() {
        let mut baseline = Baseline::default();
        let log = "2026-11-02T10:00:00.000000Z 00O \x1b[31mwarning: 3 files\x1b[0m in /tmp/a\r\n\
                   #12 3.456 connecting to db-1\n";
        baseline.read(log.as_bytes()).unwrap();
        assert!(baseline.holds("warning: 17 files in /tmp/b"));
        assert!(baseline.holds("#9 0.1 connecting to db-2"));
        assert!(!baseline.holds("warning: 3 folders in /tmp/a"));
        assert!(!baseline.is_full());
    }

    #[test]
    fn nothing_is_another_number_than_some() {
        let mut baseline = Baseline::default();
        let passed =
            "Found 0 errors.\nexit status 0\n0/12 failed, 12 files\ntook 0.5 s at 10:00:00\n";
        baseline.read(passed.as_bytes()).unwrap();
        for same in [
            "Found 0 errors.",
            "exit status 0",
            "0/20 failed, 20 files",
            "took 1.2 s at 11:30:12",
        ] {
            assert!(baseline.holds(same), "{same}");
        }
        for other in [
            "Found 3 errors.",
            "exit status 1",
            "2/12 failed, 12 files",
            "0/12 failed, 0 files",
        ] {
            assert!(!baseline.holds(other), "{other}");
        }
    }
}
