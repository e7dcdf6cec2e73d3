//! What looks like a failure and did not fail the job: the stage, or the command, went on.
//!
//! GitLab's and GitHub's shells stop at the first command that fails, so whatever an earlier command said, it passed.

use std::sync::LazyLock;

use regex::Regex;

use super::Case;
use crate::model::{Dialect, Outcome, Place};
use crate::trace::frame::can_fail;

/// Where a line stands with respect to what failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Where {
    /// In the command that failed.
    Command,
    /// On or next to the verdict, outside of all sections.
    Verdict,
    /// In the failing section, but a later command ran.
    Passed,
    /// In a section that the job left behind.
    Before,
    /// In a section that runs after the failure, or whose failure does no harm.
    After,
    /// Given with the job.
    Evidence,
}

impl Where {
    /// Why such a line cannot be the cause.
    pub(super) fn excuse(self) -> Option<&'static str> {
        match self {
            Where::Command | Where::Verdict => None,
            Where::Passed => Some("a later command of the section ran"),
            Where::Before => Some("the job went on to the next section"),
            Where::After => Some("its section does not fail the job"),
            Where::Evidence => Some("given with the job: it counts only through a check"),
        }
    }
}

/// What failed: the section and the first command that can be to blame.
#[derive(Debug, Clone, Copy)]
pub(super) struct Region {
    stage: Option<u32>,
    named: bool,
    /// Commands with a smaller number passed.
    command: u32,
    /// Last line of the failing section.
    pub(super) last_line: u64,
}

/// Commands that only pass on the status of an earlier one.
static PASSES_ON: LazyLock<Regex> = LazyLock::new(|| {
    let words = r"(?i-u)^(?:exit|return|false)\b|\$\{?(?:\?|rc\b|ret\b|res\b|result|status|exit_?code|err\b|error_?code)";
    Regex::new(words).expect("a constant")
});

impl Region {
    pub(super) fn of(case: &Case) -> Self {
        let facts = case.facts();
        let failing = facts
            .failing_section
            .and_then(|k| facts.sections.get(k as usize));
        let stage = failing.map(|s| s.stage);
        let last_line = facts
            .sections
            .iter()
            .filter(|s| Some(s.stage) == stage)
            .map(|s| s.last_line)
            .max()
            .unwrap_or(facts.lines);
        let last_line = match &facts.verdict {
            Some(verdict) if failing.is_none_or(|s| s.path.is_none()) => verdict.line,
            _ => last_line,
        };
        let commands = facts
            .commands
            .iter()
            .filter(|c| facts.sections.get(c.section as usize).map(|s| s.stage) == stage)
            .collect::<Vec<_>>();
        let mut at = commands.len();
        while at > 1
            && PASSES_ON.is_match(&commands[at - 1].text)
            && !has_output(case, commands[at - 1].index)
        {
            at -= 1;
        }
        let command = at.checked_sub(1).map_or(0, |k| commands[k].index);
        Self {
            stage,
            named: failing.is_some_and(|s| s.path.is_some()),
            command,
            last_line,
        }
    }

    /// Where does a line stand?
    pub(super) fn locate(&self, case: &Case, place: Place) -> Where {
        let facts = case.facts();
        if case.is_evidence(place) {
            return Where::Evidence;
        }
        let verdict = facts.verdict.as_ref().map(|v| v.line);
        if Some(place.line) == verdict && facts.outcome != Outcome::Unknown {
            return Where::Verdict;
        }
        let section = facts.sections.get(place.section as usize);
        if section.map(|s| s.stage) == self.stage {
            return if place.command >= self.command {
                Where::Command
            } else {
                Where::Passed
            };
        }
        match section.and_then(|s| s.stage_name()) {
            Some(name) if !can_fail(Some(name)) => Where::After,
            _ if place.line > self.last_line => {
                // Between the last section and the verdict the runner speaks for itself.
                if self.named
                    && facts.dialect == Dialect::Gitlab
                    && section.is_some_and(|s| s.path.is_none())
                {
                    Where::Verdict
                } else {
                    Where::After
                }
            }
            _ => Where::Before,
        }
    }
}

/// Did a command print anything, as far as the tail tells?
fn has_output(case: &Case, command: u32) -> bool {
    let job = &case.inputs()[case.job].scan;
    job.tail
        .iter()
        .any(|line| line.place.command == command && !line.command && !line.text.is_empty())
}
