//! What passing runs print: a line that they print as well did not fail the job.

use std::collections::HashSet;
use std::hash::{BuildHasher, BuildHasherDefault, DefaultHasher};
use std::io::{self, Read};

use super::fingerprint::mask;
use crate::trace::line::Line;
use crate::trace::page::Page;
use crate::trace::{Block, BlockReader};

/// Most distinct lines remembered: a hash each.
const MOST: usize = 1_000_000;
/// Bytes of a line that count.
const LONGEST: usize = 2000;

/// The lines of passing runs, with all that differs from run to run masked.
#[derive(Debug, Default)]
pub struct Baseline {
    lines: HashSet<u64, BuildHasherDefault<DefaultHasher>>,
    full: bool,
}

impl Baseline {
    /// Adds the lines of a log. How a log is framed and coloured plays no part.
    ///
    /// # Errors
    /// What broke the reading off; what came before is in.
    pub fn read(&mut self, log: impl Read) -> io::Result<()> {
        let mut reader = BlockReader::new(Page::as_printed(log));
        while let Some(block) = reader.next_block() {
            self.block(block);
        }
        reader.take_error().map_or(Ok(()), Err)
    }

    /// Does a passing run print that line as well? Stamps and wrapping prefixes do not count.
    pub fn holds(&self, line: &str) -> bool {
        self.lines.contains(&self.hash(line.as_bytes()))
    }

    /// There were more lines than are remembered.
    pub fn is_full(&self) -> bool {
        self.full
    }

    fn block(&mut self, block: &Block) {
        let bytes = &block.bytes()[block.start()..block.owned()];
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
        self.lines
            .hasher()
            .hash_one(mask(&String::from_utf8_lossy(content)))
    }
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
}
