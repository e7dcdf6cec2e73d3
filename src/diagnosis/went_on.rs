//! What a shell says of one command (`command not found`, `invalid option`) ends that command, and a script that stops at
//! errors with it. Where the script went on for long behind it, it is not what failed the job.

use super::candidates::Candidate;
use super::recovered::{Region, Where};
use crate::model::{JobFacts, Role};

/// The family of patterns that know what shells and their small tools say.
const FAMILY: &str = "shell/";
/// So many lines behind it are a script that went on, where something near the end is known as well.
const LONG: u64 = 100;
/// So many are, where nothing else is known, but the exit code is none that a shell gives for it.
const VERY_LONG: u64 = 250;
/// How far above the end what is better may stand.
const NEAR_END: u64 = 100;
/// What wraps a failure is said so close to it.
const CLOSE: u64 = 10;
/// Exit codes of a command that could not be run.
const NOT_RUN: [i64; 2] = [126, 127];

/// Drops what the script went on behind.
pub(super) fn apply(candidates: &mut [Candidate<'_>], facts: &JobFacts, region: &Region) {
    if facts.exit_code.is_some_and(|code| NOT_RUN.contains(&code)) {
        return;
    }
    let left: Vec<(usize, u64)> = (0..candidates.len())
        .filter(|&k| is_of_a_shell(&candidates[k]) && !is_wrapped(&candidates[k], candidates))
        .map(|k| (k, region.last_line.saturating_sub(last(&candidates[k]))))
        .filter(|&(k, lines)| {
            lines > LONG && is_outdone(&candidates[k], candidates, region)
                || lines > VERY_LONG && facts.exit_code.is_some()
        })
        .collect();
    for (k, lines) in left {
        candidates[k].dropped = Some(format!("its script went on for {lines} lines"));
    }
}

fn is_of_a_shell(candidate: &Candidate<'_>) -> bool {
    candidate.is_live()
        && candidate.place == Where::Command
        && !candidate.in_verdict
        && candidate.pattern().role == Role::RootCause
        && candidate.pattern().id.starts_with(FAMILY)
}

fn last(candidate: &Candidate<'_>) -> u64 {
    candidate.hits[candidate.hits.len() - 1].hit.place.line
}

/// Is it said right behind it that something failed there (`make: *** [all] Error 127`)?
fn is_wrapped(candidate: &Candidate<'_>, all: &[Candidate<'_>]) -> bool {
    let near = last(candidate)..=last(candidate) + CLOSE;
    all.iter()
        .filter(|c| c.pattern().role == Role::Wrapper)
        .flat_map(|c| &c.hits)
        .any(|s| near.contains(&s.hit.place.line))
}

/// Is there another finding, near the end?
fn is_outdone(candidate: &Candidate<'_>, all: &[Candidate<'_>], region: &Region) -> bool {
    all.iter().any(|other| {
        let root = other.pattern().role == Role::RootCause;
        other.is_live()
            && other.place == Where::Command
            && !is_of_a_shell(other)
            && last(other) > last(candidate)
            && (root || last(other) + NEAR_END >= region.last_line)
    })
}
