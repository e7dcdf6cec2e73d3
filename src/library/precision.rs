//! How often each pattern was right, counted over logs with a known cause.
//!
//! `examples/precision.rs` counts and writes `patterns/_precision.tsv`. The build embeds that table.

use std::collections::BTreeMap;
use std::fmt;

/// The file beside the patterns.
pub const FILE: &str = "_precision.tsv";

static BUILT_IN: &str = include_str!("../../patterns/_precision.tsv");

/// The counts of one pattern.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Precision {
    /// Logs in which it was the verdict and right.
    pub right: u32,
    /// Logs in which it was the verdict and wrong.
    pub wrong: u32,
    /// Logs of passed jobs in which it fired without being blamed.
    pub passing: u32,
}

impl Precision {
    /// Whether it was wrong more often than right. A single error may be the label's.
    pub fn is_poor(self) -> bool {
        self.wrong > self.right && self.wrong > 1
    }
}

impl fmt::Display for Precision {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let verdicts = self.right + self.wrong;
        if verdicts > 0 {
            write!(f, "right in {} of {verdicts} labelled logs", self.right)?;
        } else {
            write!(f, "no labelled log")?;
        }
        match self.passing {
            0 => Ok(()),
            1 => write!(f, "; fires in 1 log of a job that passed"),
            n => write!(f, "; fires in {n} logs of jobs that passed"),
        }
    }
}

/// Parses a table: id, right, wrong, passing, separated by tabs; lines with `#` are comments. A malformed row
/// is skipped, since the figures decide nothing.
pub fn parse(text: &str) -> BTreeMap<String, Precision> {
    let row = |line: &str| {
        let mut cells = line.split('\t');
        let id = cells
            .next()
            .filter(|id| id.contains('/') && !id.starts_with('#'))?;
        let mut number = || cells.next()?.trim().parse().ok();
        let precision = Precision {
            right: number()?,
            wrong: number()?,
            passing: number()?,
        };
        Some((id.to_owned(), precision))
    };
    text.lines().filter_map(row).collect()
}

/// The embedded table.
pub fn built_in() -> BTreeMap<String, Precision> {
    parse(BUILT_IN)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_read_and_told() {
        let table =
            parse("# counted\nid\tright\twrong\tpassing\na/b\t3\t1\t0\na/c\t0\t2\t1\nbroken\n");
        assert_eq!(table.len(), 2);
        assert_eq!(table["a/b"].to_string(), "right in 3 of 4 labelled logs");
        assert!(!table["a/b"].is_poor());
        assert!(table["a/c"].is_poor());
        let once = Precision {
            wrong: 1,
            ..Precision::default()
        };
        assert!(!once.is_poor());
        assert_eq!(
            table["a/c"].to_string(),
            "right in 0 of 2 labelled logs; fires in 1 log of a job that passed"
        );
    }
}
