//! What a script in an earlier step of a GitHub job said that the job went on behind, where the failure itself has no known cause.
//!
//! Such a script swallows the exit code of what it runs (`xcodebuild … | tee build.log`), and a later step fails with words of its own, for
//! want of what was to be built. The log does not prove that it is so: it is told as a hint, and only of a step near the one that failed
//! whose script may swallow it.

use super::Case;
use super::candidates::Candidate;
use super::recovered::Where;
use crate::model::{Category, Command, Confidence, Dialect, JobFacts, Outcome};
use crate::trace::header;

/// Most findings of that step.
const MOST: usize = 3;
/// Most scripts that ran between that step and the one that failed.
const BETWEEN: usize = 1;
/// A complaint of a shell that its script survived says little.
const FAMILY: &str = "shell/";

/// The reasons in the last of those steps that has any, in line order.
pub(super) fn find(candidates: &[Candidate<'_>], case: &Case) -> Vec<usize> {
    let facts = case.facts();
    if facts.dialect != Dialect::Github
        || facts.outcome != Outcome::Failed
        || facts.exit_code.is_none()
    {
        return Vec::new();
    }
    let line = |k: usize| candidates[k].hits[0].hit.place.line;
    let mut told: Vec<usize> = (0..candidates.len())
        .filter(|&k| is_reason(&candidates[k]))
        .filter(|&k| {
            let script = script(&candidates[k], facts);
            script.is_some_and(|c| is_near(c, facts) && may_swallow(c, &candidates[k]))
        })
        .collect();
    told.sort_by_key(|&k| (line(k), candidates[k].lead().hit.pattern));
    let stage = |k: usize| {
        let section = candidates[k].hits[0].hit.place.section;
        facts.sections.get(section as usize).map(|s| s.stage)
    };
    let last = told.iter().map(|&k| stage(k)).max().flatten();
    told.retain(|&k| stage(k) == last);
    let accounted = |k: usize| {
        let others = told.iter().filter(|&&other| other != k);
        { others }.any(|&other| candidates[other].accounts_for(&candidates[k]))
    };
    let free = told.iter().copied().filter(|&k| !accounted(k));
    free.take(MOST).collect()
}

/// Whether it names a reason, and nothing but its place speaks against it.
fn is_reason(candidate: &Candidate<'_>) -> bool {
    let pattern = candidate.pattern();
    candidate.place == Where::Before
        && candidate.is_out_by_place()
        && pattern.confidence == Confidence::High
        && !pattern.id.starts_with(FAMILY)
}

/// The script of the step in which all of it stands, if that runs one. Actions end by themselves.
fn script<'f>(candidate: &Candidate<'_>, facts: &'f JobFacts) -> Option<&'f Command> {
    let place = candidate.hits[0].hit.place;
    let mut hits = candidate.hits.iter();
    let command = facts.command(place.command)?;
    let own =
        command.section == place.section && hits.all(|one| one.hit.place.section == place.section);
    (own && !header::is_action(&command.text)).then_some(command)
}

/// Whether few other scripts ran before the one that failed.
fn is_near(script: &Command, facts: &JobFacts) -> bool {
    let failed = facts.last_command().map_or(0, |c| c.index);
    let between = facts
        .commands
        .iter()
        .filter(|c| script.index < c.index && c.index < failed && !header::is_action(&c.text));
    between.count() <= BETWEEN
}

/// Whether the script's first line, which is all that is known of it here, may swallow what a program says of its end: by a pipe, or, of a
/// build, on a line that follows. `npm test` does not, and what goes on where it fails (`… || true`) is meant to.
fn may_swallow(script: &Command, candidate: &Candidate<'_>) -> bool {
    let text = &script.text;
    let build = candidate.pattern().category == Category::Build;
    let follows = text.trim_end().ends_with('\\');
    !text.contains("||") && (text.contains('|') || build && follows)
}
