//! What a script in an earlier step of a GitHub job said that the job went on behind, where the failure itself has no known cause.
//!
//! Such a script swallows the exit code of what it runs (`xcodebuild … | tee build.log`), and a later step fails with words of its own, for
//! want of what was to be built. The log does not prove that it is so: it is told as a hint, and only of a step near the one that failed
//! whose script may swallow it.

use super::Case;
use super::candidates::Candidate;
use super::recovered::Where;
use crate::model::{Category, Confidence, Dialect, Outcome, Role};
use crate::pattern::checked::names;
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
        .filter(|&k| is_reason(&candidates[k]) && is_of_a_script(&candidates[k], case))
        .filter(|&k| is_near(&candidates[k], case) && is_swallowed(&candidates[k], case))
        .collect();
    told.sort_by_key(|&k| (line(k), candidates[k].lead().hit.pattern));
    let stage = |k: usize| {
        let section = candidates[k].hits[0].hit.place.section;
        facts.sections.get(section as usize).map(|s| s.stage)
    };
    let last = told.iter().map(|&k| stage(k)).max().flatten();
    told.retain(|&k| stage(k) == last);
    let accounted = |k: usize| {
        let id = &candidates[k].pattern().id;
        told.iter().any(|&other| {
            let pattern = candidates[other].pattern();
            other != k && (names(&pattern.explains, id) || names(&pattern.supersedes, id))
        })
    };
    let free = told.iter().copied().filter(|&k| !accounted(k));
    free.take(MOST).collect()
}

/// Whether it names a reason, and nothing but its place speaks against it.
fn is_reason(candidate: &Candidate<'_>) -> bool {
    let pattern = candidate.pattern();
    candidate.place == Where::Before
        && pattern.role == Role::RootCause
        && pattern.confidence == Confidence::High
        && !pattern.id.starts_with(FAMILY)
        && candidate.dropped.as_deref() == candidate.place.excuse()
}

/// Whether all of it stands in the same step, and that runs a script. Actions end by themselves.
fn is_of_a_script(candidate: &Candidate<'_>, case: &Case) -> bool {
    let facts = case.facts();
    let place = candidate.hits[0].hit.place;
    let mut hits = candidate.hits.iter();
    let command = facts.commands.iter().find(|c| c.index == place.command);
    hits.all(|one| one.hit.place.section == place.section)
        && command.is_some_and(|c| c.section == place.section && !header::is_action(&c.text))
}

/// Whether few other scripts ran before the one that failed.
fn is_near(candidate: &Candidate<'_>, case: &Case) -> bool {
    let facts = case.facts();
    let own = candidate.hits[0].hit.place.command;
    let failed = facts.last_command().map_or(0, |c| c.index);
    let between = facts
        .commands
        .iter()
        .filter(|c| own < c.index && c.index < failed && !header::is_action(&c.text));
    between.count() <= BETWEEN
}

/// Whether the script's first line, which is all that is known of it here, may swallow what a program says of its end: by a pipe, or, of a
/// build, on a line that follows. `npm test` does not, and what goes on where it fails (`… || true`) is meant to.
fn is_swallowed(candidate: &Candidate<'_>, case: &Case) -> bool {
    let index = candidate.hits[0].hit.place.command;
    let mut commands = case.facts().commands.iter();
    let command = commands.find(|c| c.index == index);
    command.is_some_and(|c| {
        let build = candidate.pattern().category == Category::Build;
        let follows = c.text.trim_end().ends_with('\\');
        !c.text.contains("||") && (c.text.contains('|') || build && follows)
    })
}
