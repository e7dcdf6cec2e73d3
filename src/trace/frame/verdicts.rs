//! The runner's verdict. Its place decides whether it counts.

use super::super::cut;
use super::super::verdict::{self, Parsed};
use crate::model::Verdict;

/// Longest text of a verdict that is kept, in bytes.
const MAX_TEXT: usize = 2000;

/// Builds a verdict from a line.
pub(super) fn of_line(text: &str, line: u64, system_failure: bool) -> Verdict {
    Verdict {
        line,
        text: cut::shortened(text, MAX_TEXT).into_owned(),
        system_failure,
    }
}

/// The verdicts seen so far.
#[derive(Debug, Default)]
pub(super) struct Verdicts {
    inner: Option<(Verdict, Parsed)>,
    outer: Option<(Verdict, Parsed)>,
}

impl Verdicts {
    /// Whether a verdict outside of all sections has passed.
    pub(super) fn ended(&self) -> bool {
        self.outer.is_some()
    }

    /// Reads a line; returns whether it is a verdict outside of all sections.
    pub(super) fn read(&mut self, text: &str, line: u64, inside: bool) -> bool {
        // A pasted log may be indented.
        let Some(parsed) = verdict::gitlab(text.trim_start()) else {
            return false;
        };
        let verdict = of_line(text, line, parsed.system_failure);
        let place = if inside {
            &mut self.inner
        } else {
            &mut self.outer
        };
        *place = Some((verdict, parsed));
        !inside
    }

    /// The verdict that counts in a log of that many lines.
    pub(super) fn finish(self, lines: u64) -> Option<(Verdict, Parsed)> {
        // A script may print the words of a verdict, so inside a section they count only at the very end.
        let at_end = |(verdict, _): &(Verdict, Parsed)| lines.saturating_sub(verdict.line) <= 2;
        self.outer.or_else(|| self.inner.filter(at_end))
    }
}
