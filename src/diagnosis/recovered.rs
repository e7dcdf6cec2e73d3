//! Recognises failures that did not fail the job, because the stage or the command went on.
//!
//! The shells of GitLab and GitHub stop at the first command that fails, so every earlier command passed,
//! whatever it said.

use memchr::memmem;

use super::candidates::Candidate;
use super::{Case, shell};
use crate::model::{Command, Dialect, Hit, JobFacts, Outcome, Place, Role, Section, TailLine};
use crate::pattern::checked::names;
use crate::trace::frame::can_fail;

/// How a line's place relates to what failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Where {
    /// In the command that failed.
    Command,
    /// On or next to the verdict, outside of all sections.
    Verdict,
    /// In the failing section, in an earlier command whose status its shell did not see, and whose value the
    /// last one uses.
    Hidden,
    /// In the failing section, but a later command ran.
    Passed,
    /// In a command that may fail (`… || true`), if nothing says that the job failed.
    Forgiven,
    /// In the runner's report about a service that did not start properly. The job went on without it.
    Service,
    /// In a section that the job left behind.
    Before,
    /// In a section that runs after the failure, or cannot fail the job.
    After,
    /// In an input that was given with the job.
    Evidence,
}

impl Where {
    /// Why a line in that place cannot be the cause.
    pub(super) fn excuse(self) -> Option<&'static str> {
        match self {
            Where::Command | Where::Verdict | Where::Hidden | Where::Service => None,
            Where::Passed => Some("a later command of the section ran"),
            Where::Forgiven => Some("its command goes on when it fails"),
            Where::Before => Some("the job went on to the next section"),
            Where::After => Some("its section does not fail the job"),
            Where::Evidence => Some("given with the job: it counts only through a check"),
        }
    }
}

/// What failed: the section, and the first command that may be to blame.
#[derive(Debug, Clone)]
pub(super) struct Region {
    stage: Option<u32>,
    named: bool,
    /// Commands with a smaller number passed.
    command: u32,
    /// The log shows only sections that cannot fail the job.
    pub(super) harmless: bool,
    /// The line and number of the last command, if it printed nothing behind its echo.
    silent: Option<(u64, u32)>,
    /// Earlier commands that set a variable which the last one uses, while `export` hid their own status.
    hidden: Vec<u32>,
    /// Earlier commands whose status the last one ends the script with.
    kept: Vec<u32>,
    /// The last command cannot have failed the job.
    forgiven: bool,
    /// Last line of the failing section.
    pub(super) last_line: u64,
    /// The line where the failed GitHub step ended. Steps below it in the section run whatever happened.
    ended: Option<u64>,
}

/// Lines at the start of an excerpt in which its command must stand.
const OPENING: u64 = 2;

/// How many lines stderr may arrive before an echo.
const OVERTAKES: u64 = 3;

impl Region {
    pub(super) fn of(case: &Case) -> Self {
        let facts = case.facts();
        let harmless = harmless_fragment(facts);
        let failing = harmless.or_else(|| facts.sections.get(facts.failing_section? as usize));
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
        let ended = facts.verdict.as_ref().map(|verdict| verdict.line);
        let ended = ended.filter(|_| facts.dialect == Dialect::Github && facts.exit_code.is_some());
        // Services ran beside the step, and their output is printed last.
        let ended = ended.filter(|&line| {
            let behind = case.inputs()[case.job].scan.tail.text_from(line);
            memmem::find(behind, b"Print service container logs: ").is_none()
        });
        let commands = facts
            .commands
            .iter()
            .filter(|c| ended.is_none_or(|ended| c.line < ended))
            .filter(|c| facts.sections.get(c.section as usize).map(|s| s.stage) == stage)
            .collect::<Vec<_>>();
        let mut at = commands.len();
        while at > 1
            && shell::passes_on(&commands[at - 1].text)
            && !has_output(case, commands[at - 1].index)
        {
            at -= 1;
        }
        let command = at.checked_sub(1).map_or(0, |k| commands[k].index);
        let hidden = match at.checked_sub(1) {
            Some(last) => hidden(&commands[..last], &commands[last].text),
            None => Vec::new(),
        };
        let forgiven = at == commands.len() && goes_on(case, commands.last().copied());
        let silent = commands.last().filter(|c| !has_output(case, c.index));
        let kept = match silent {
            Some(_) if facts.outcome == Outcome::Failed => kept(&commands),
            _ => Vec::new(),
        };
        let silent = silent.map(|c| (c.line, c.index));
        Self {
            silent,
            hidden,
            kept,
            forgiven,
            harmless: harmless.is_some(),
            stage,
            named: failing.is_some_and(|s| s.path.is_some()),
            command,
            last_line,
            ended,
        }
    }

    /// The first line that can belong to the failed command.
    pub(super) fn first_line(&self, facts: &JobFacts) -> u64 {
        let kept = self.kept.first().copied();
        let first = kept.map_or(self.command, |kept| kept.min(self.command));
        facts.command(first).map_or(0, |c| c.line)
    }

    /// Whether that is the last command and it printed nothing.
    pub(super) fn is_silent(&self, command: u32) -> bool {
        self.silent.is_some_and(|(_, index)| index == command)
    }

    /// The place of a hit.
    pub(super) fn locate_hit(&self, case: &Case, hit: &Hit) -> Where {
        match self.locate(case, hit.place) {
            Where::Passed if self.overtook_its_echo(case, hit) => Where::Command,
            place => place,
        }
    }

    /// Whether stderr overtook the echo of the command that wrote it. The last command then seems to have
    /// printed nothing, and the line right above its echo is its output.
    fn overtook_its_echo(&self, case: &Case, hit: &Hit) -> bool {
        let Some((line, index)) = self.silent else {
            return false;
        };
        let close = hit.place.line < line && line - hit.place.line <= OVERTAKES;
        let facts = case.facts();
        let program = |index| {
            let mut words = facts.command(index)?.text.split_whitespace();
            words.find(|w| !w.contains('='))
        };
        let Some(word) = program(index) else {
            return false;
        };
        // If nothing says that the last one failed, an earlier command with the same program has printed it
        // itself.
        let own = hit.place.command;
        let is_forgiven = || {
            facts
                .command(own)
                .is_some_and(|c| shell::is_forgiven(&c.text))
        };
        let is_its_own =
            facts.outcome == Outcome::Unknown && (program(own) == Some(word) || is_forgiven());
        close && word.len() >= 3 && hit.text.contains(word) && !is_its_own
    }

    /// The place of a line.
    pub(super) fn locate(&self, case: &Case, place: Place) -> Where {
        let facts = case.facts();
        if case.is_evidence(place) {
            return Where::Evidence;
        }
        let verdict = facts.verdict.as_ref().map(|v| v.line);
        if facts.outcome != Outcome::Unknown
            && (Some(place.line) == verdict || case.continues_verdict(place))
            // The error that an action reports is output and says what was wrong.
            && !(facts.dialect == Dialect::Github && facts.exit_code.is_none())
        {
            return Where::Verdict;
        }
        let section = facts.sections.get(place.section as usize);
        if section.map(|s| s.stage) == self.stage {
            return if self.ended.is_some_and(|ended| place.line > ended) {
                Where::After
            } else if place.command >= self.command && self.forgiven {
                Where::Forgiven
            } else if place.command >= self.command || self.kept.contains(&place.command) {
                Where::Command
            } else if self.hidden.contains(&place.command) {
                Where::Hidden
            } else {
                Where::Passed
            };
        }
        match section.and_then(|s| s.stage_name()) {
            Some(name) if !can_fail(Some(name)) => Where::After,
            _ if place.line > self.last_line => {
                // Between the last section and the verdict, the runner prints its own lines.
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

/// Takes back that a later command ran behind `export NAME="$(command)"`, which succeeds whatever the command does, where
/// the failure that it told accounts for the later one: programs read such variables by themselves.
pub(super) fn reveal_hidden(candidates: &mut [Candidate<'_>], case: &Case) {
    let hides = |index: u32| {
        let command = case.facts().command(index);
        command.is_some_and(|c| shell::hides(&c.text).is_some())
    };
    let failed: Vec<&str> = candidates
        .iter()
        .filter(|c| c.is_reason())
        .map(|c| c.pattern().id.as_str())
        .collect();
    let hidden: Vec<usize> = (0..candidates.len())
        .filter(|&k| {
            let c = &candidates[k];
            let told = c.place == Where::Passed && c.pattern().role == Role::RootCause;
            told && failed.iter().any(|id| names(&c.pattern().explains, id))
                && c.hits.iter().all(|one| hides(one.hit.place.command))
        })
        .collect();
    for k in hidden {
        let hits = std::mem::take(&mut candidates[k].hits);
        candidates[k] = Candidate::new(hits, Where::Hidden);
    }
}

/// The earlier commands whose status the last one ends the script with: `make lint || RC=$?`, and later `exit $RC`.
fn kept(commands: &[&Command]) -> Vec<u32> {
    let mut kept = Vec::new();
    let Some((last, earlier)) = commands.split_last() else {
        return kept;
    };
    let Some(name) = shell::ends_by(&last.text) else {
        return kept;
    };
    for command in earlier {
        let of_name = shell::keeps_status(&command.text).filter(|status| status.name == name);
        let overwrites = of_name.as_ref().is_some_and(|status| status.always);
        // What was asked on the way had not failed.
        let asked = shell::ends_by(&command.text) == Some(name);
        if overwrites || asked || shell::sets(&command.text, name) {
            kept.clear();
        }
        if of_name.is_some() {
            kept.push(command.index);
        }
    }
    kept
}

/// Whether the last command may fail without consequence, and nothing says that the job failed.
fn goes_on(case: &Case, last: Option<&Command>) -> bool {
    let facts = case.facts();
    // The first line of an action's step does not show what it runs.
    let told = facts.outcome == Outcome::Unknown && facts.dialect != Dialect::Github;
    let Some(last) = last.filter(|last| told && shell::is_forgiven(&last.text)) else {
        return false;
    };
    // Someone who gives only such a command asks about it.
    let begins = facts.commands.first().is_some_and(|c| c.line <= OPENING);
    let of_another = |line: TailLine| {
        let printed = !line.command && !line.text.is_empty();
        printed && ![0, last.index].contains(&line.place.command)
    };
    let mut lines = case.inputs()[case.job].scan.tail.from_end(facts);
    !begins || lines.any(of_another)
}

/// The earlier commands that set a variable which the last one uses, and that hid the status of what they
/// ran. The failure shows where the value is used.
fn hidden(earlier: &[&Command], last: &str) -> Vec<u32> {
    let sets = |c: &&&Command| shell::hides(&c.text).is_some_and(|name| shell::uses(last, name));
    earlier.iter().filter(sets).map(|c| c.index).collect()
}

/// The section of a log that shows only one section, which cannot fail the job. Someone who gives only that
/// asks about it.
fn harmless_fragment(facts: &JobFacts) -> Option<&Section> {
    let first_named = facts.sections.iter().position(|s| s.path.is_some())?;
    let begins_there = facts.sections[first_named].first_line <= 2;
    let can_fail = |s: &Section| s.path.is_some() && can_fail(s.stage_name());
    let alone = facts.outcome == Outcome::Unknown && !facts.sections.iter().any(can_fail);
    let last = facts.sections.iter().rev().find(|s| s.path.is_some());
    last.filter(|_| alone && begins_there)
}

/// Whether a command printed anything, as far as the tail shows.
fn has_output(case: &Case, command: u32) -> bool {
    let job = &case.inputs()[case.job].scan;
    job.tail
        .from_end(&job.facts)
        .take_while(|line| line.place.command >= command)
        .any(|line| line.place.command == command && !line.command && !line.text.is_empty())
}
