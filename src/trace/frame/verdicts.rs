//! The runner's verdict: where it stands decides whether it is one.

use super::super::cut;
use super::super::verdict::{self, Parsed};
use crate::model::Verdict;

/// Longest text of a verdict that is kept, in bytes.
const MAX_TEXT: usize = 2000;

/// A line as a verdict.
pub(super) fn of_line(text: &str, line: u64, system_failure: bool) -> Verdict {
    Verdict {
        line,
        text: cut::shortened(text, MAX_TEXT).into_owned(),
        system_failure,
    }
}

/// What the runner has said so far.
#[derive(Debug, Default)]
pub(super) struct Verdicts {
    inner: Option<(Verdict, Parsed)>,
    outer: Option<(Verdict, Parsed)>,
}

impl Verdicts {
    /// Has one passed that stands outside of all sections?
    pub(super) fn ended(&self) -> bool {
        self.outer.is_some()
    }

    /// Reads a line; says whether it is a verdict outside of all sections.
    pub(super) fn read(&mut self, text: &str, line: u64, inside: bool) -> bool {
        // A paste may be indented.
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

    /// The one that holds, of a log of so many lines.
    pub(super) fn finish(self, lines: u64) -> Option<(Verdict, Parsed)> {
        // A script may print the words of a verdict: inside of a section they count only at the very end.
        let at_end = |(verdict, _): &(Verdict, Parsed)| lines.saturating_sub(verdict.line) <= 2;
        self.outer.or_else(|| self.inner.filter(at_end))
    }
}
