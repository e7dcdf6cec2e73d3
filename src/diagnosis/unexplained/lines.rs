//! Selects the lines that may say why the job failed.

use std::collections::HashSet;

use super::super::recovered::{Region, Where};
use super::super::{Case, difference};
use crate::model::TailLine;

/// How tools say right behind an error that they retry.
const RETRIES: &[&str] = &[
    "Will retry in ",
    "will retry in ",
    "Retrying in ",
    "retrying in ",
];

/// The lines of what failed, in order, with what their form tells about them.
pub(super) struct Lines<'t> {
    pub all: Vec<&'t TailLine>,
    /// The number of the verdict's line, if it is included for its reason.
    reason: Option<u64>,
    /// Lines of a difference.
    differ: HashSet<u64>,
}

impl<'t> Lines<'t> {
    /// The tail's lines of the failed command, and the verdict if it says why.
    pub fn of(
        case: &Case,
        region: &Region,
        tail: &'t [TailLine],
        reason: Option<&'t TailLine>,
    ) -> Self {
        let of_failure = tail
            .iter()
            .filter(|line| line.command || region.locate(case, line.place) == Where::Command);
        Self::new(of_failure, reason)
    }

    /// The given lines without empty ones, followed by the verdict.
    pub fn new(
        lines: impl IntoIterator<Item = &'t TailLine>,
        reason: Option<&'t TailLine>,
    ) -> Self {
        let number = reason.map(|reason| reason.place.line);
        let said =
            |line: &&TailLine| Some(line.place.line) != number && !line.text.trim().is_empty();
        let all: Vec<&TailLine> = lines.into_iter().filter(said).chain(reason).collect();
        let of_difference =
            difference::lines(all.iter().map(|line| (line.place.line, line.content())));
        let differ = all
            .iter()
            .zip(of_difference)
            .filter(|(_, of)| *of)
            .map(|(line, _)| line.place.line)
            .collect();
        Self {
            all,
            reason: number,
            differ,
        }
    }

    /// Whether a line is the verdict, included for its reason.
    pub fn is_reason(&self, line: &TailLine) -> bool {
        self.reason == Some(line.place.line)
    }

    /// Whether a line belongs to a difference between two texts.
    pub fn differs(&self, line: &TailLine) -> bool {
        self.differ.contains(&line.place.line)
    }

    /// Whether the failure on a line is retried right below, so that it decides nothing yet (curl's `Warning:
    /// Problem : …. Will retry in 1 seconds.`).
    pub fn is_retried(&self, k: usize) -> bool {
        let next = self.all.get(k + 1).map(|line| line.content());
        next.is_some_and(|next| RETRIES.iter().any(|words| next.contains(words)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnosis::testing;

    #[test]
    fn the_verdict_stands_last_and_once() {
        let tail = testing::lines(&["first", "", "ERROR: Job failed (system failure): no room"]);
        let lines = Lines::new(&tail, Some(&tail[2]));
        let numbers: Vec<u64> = lines.all.iter().map(|line| line.place.line).collect();
        assert_eq!(numbers, [1, 3]);
        assert!(lines.is_reason(&tail[2]) && !lines.is_reason(&tail[0]));
        let lines = Lines::new(&tail, None);
        assert!(!lines.is_reason(&tail[2]));
    }

    #[test]
    fn lines_of_a_difference_and_what_is_tried_again_are_told() {
        let tail = testing::lines(&[
            "@@ -1 +1 @@",
            "-error: old",
            "+error: new",
            "curl: (7) Failed to connect",
            "Warning: Problem : timeout. Will retry in 1 seconds.",
        ]);
        let lines = Lines::new(&tail, None);
        let differ: Vec<bool> = tail.iter().map(|line| lines.differs(line)).collect();
        assert_eq!(differ, [true, true, true, false, false]);
        assert!(lines.is_retried(3));
        assert!(!lines.is_retried(2) && !lines.is_retried(4) && !lines.is_retried(9));
    }
}
