//! Drops failures after which a script went on. A shell's complaint about a command (`command not found`,
//! `invalid option`) ends that command, and with it a script that stops at errors. A command that is only
//! tried is forgiven if a later one fails in another way. If later commands may need what it does, it is only
//! doubted.

use super::Case;
use super::aside::tried::{self, Script, Try};
use super::candidates::{Candidate, content};
use super::recovered::{Region, Where};
use crate::model::{Category, Confidence, Hit, JobFacts, Role};

/// The family of patterns for the words of shells and their small tools.
const FAMILY: &str = "shell/";
/// Lines below that show that a script went on, if another finding stands near the end.
const LONG: u64 = 100;
/// Lines below that show it if nothing else is known, but the exit code is not one of a shell's complaint.
const VERY_LONG: u64 = 250;
/// How far above the end a better finding may stand.
const NEAR_END: u64 = 100;
/// How close a line that wraps a failure stands to it.
const CLOSE: u64 = 10;
/// The doubt about the words of a command that is only tried.
const TRIED: &str = "its command is only tried, and a later one failed";
/// Exit codes of a command that could not be run.
const NOT_RUN: [i64; 2] = [126, 127];

/// Drops findings after which the script went on.
pub(super) fn apply(candidates: &mut [Candidate<'_>], case: &Case, region: &Region) {
    of_shells(candidates, case.facts(), region);
    of_tries(candidates, case);
}

fn of_shells(candidates: &mut [Candidate<'_>], facts: &JobFacts, region: &Region) {
    if facts.exit_code.is_some_and(|code| NOT_RUN.contains(&code)) {
        return;
    }
    let left: Vec<(usize, u64)> = (0..candidates.len())
        .filter(|&k| is_of_a_shell(&candidates[k]) && !is_wrapped(&candidates[k], candidates))
        .map(|k| {
            (
                k,
                region.last_line.saturating_sub(candidates[k].last_line()),
            )
        })
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
    candidate.is_reason() && candidate.pattern().id.starts_with(FAMILY)
}

/// Whether the next lines say that something failed there (`make: *** [all] Error 127`).
fn is_wrapped(candidate: &Candidate<'_>, all: &[Candidate<'_>]) -> bool {
    let near = candidate.last_line()..=candidate.last_line() + CLOSE;
    all.iter()
        .filter(|c| c.pattern().role == Role::Wrapper)
        .flat_map(|c| &c.hits)
        .any(|s| near.contains(&s.hit.place.line))
}

/// Whether another finding stands near the end.
fn is_outdone(candidate: &Candidate<'_>, all: &[Candidate<'_>], region: &Region) -> bool {
    all.iter().any(|other| {
        let root = other.pattern().role == Role::RootCause;
        other.is_live()
            && other.place == Where::Command
            && !is_of_a_shell(other)
            && other.last_line() > candidate.last_line()
            && (root || other.last_line() + NEAR_END >= region.last_line)
    })
}

/// Drops words of commands that a script only tries, if an independent failure stands below.
fn of_tries(candidates: &mut [Candidate<'_>], case: &Case) {
    if candidates.iter().filter(|c| c.is_reason()).count() < 2 {
        return;
    }
    let scripts = tried::scripts(case);
    let outdone: Vec<(usize, bool)> = (0..candidates.len())
        .filter(|&k| candidates[k].is_reason())
        .filter_map(|k| Some((k, outdone_try(&candidates[k], candidates, &scripts)?)))
        .collect();
    for (k, doubted) in outdone {
        if doubted {
            candidates[k].doubt = Some(TRIED);
        } else {
            candidates[k].dropped = Some(TRIED.into());
        }
    }
}

/// Whether a finding comes only from commands that are tried, with another failure below; then whether it is
/// only doubted, because later commands may need what it does, or the next one does its work.
fn outdone_try(
    candidate: &Candidate<'_>,
    all: &[Candidate<'_>],
    scripts: &[Script],
) -> Option<bool> {
    let line = |c: &Candidate<'_>| c.lead().hit.place.line;
    let script = scripts
        .iter()
        .find(|script| script.holds(line(candidate)))?;
    let id = &candidate.pattern().id;
    let mut hits = candidate.hits.iter().map(|one| one.hit);
    let of_try = |hit: &Hit| script.tried(hit.place.line, id);
    let first = hits.next()?;
    let tried = of_try(first)?;
    // A later command has not said the same.
    if !hits.all(|hit| of_try(hit).is_some() && content(hit) != content(first)) {
        return None;
    }
    // A line of another tried command is no later failure.
    let of_another = |other: &Candidate<'_>| {
        let own = script.tried(line(other), &other.pattern().id);
        own.is_some_and(|own| !std::ptr::eq(own, tried))
    };
    let fails = |other: &Candidate<'_>| {
        other.is_reason()
            && line(other) > candidate.last_line()
            && script.holds(line(other))
            && !of_another(other)
            && other.pattern().confidence != Confidence::Low
            && !(tried.needed && may_follow(other, tried))
    };
    all.iter().any(fails).then_some(tried.needed || tried.again)
}

/// Whether a failure may come from what a tried command was to fetch, install or start.
fn may_follow(failure: &Candidate<'_>, tried: &Try) -> bool {
    const LACKS: &[&str] = &[
        "not found",
        "no such",
        "not a valid",
        "cannot find",
        "can't find",
        "could not find",
        "couldn't find",
        "not exist",
        "doesn't exist",
        "missing",
        "unknown",
        "unresolved",
        "undefined",
        "undeclared",
        "not match",
        "no module",
        "not installed",
        "not available",
        "unavailable",
        "unable to",
        "could not resolve",
        "cannot resolve",
        "can't resolve",
        "not recognized",
        "cannot open",
        "could not open",
        "can't open",
        "no matching",
        "not running",
        "denied",
        "unauthorized",
        "authentication",
        "connect",
        "timed out",
        "initializ",
        "please run",
        "have you run",
        "did you run",
        // git's words when something was not fetched or merged.
        "something we can merge",
        "bad revision",
        "invalid upstream",
        "ambiguous argument",
        "fetch first",
        "non-fast-forward",
        "conflict marker",
    ];
    let text = failure.lead().hit.text.to_ascii_lowercase();
    let lacks = LACKS.iter().any(|words| text.contains(words));
    let of_others = matches!(
        failure.pattern().category,
        Category::Auth
            | Category::Network
            | Category::Dns
            | Category::Tls
            | Category::Registry
            | Category::Service
            | Category::Dependency
            | Category::Timeout
            | Category::Permission
    );
    // Missing history only comes from a fetch that should have deepened it.
    let deepens = |word: &str| {
        word == "--unshallow"
            || word.starts_with("--deepen")
            || word.starts_with("--depth") && word != "--depth=1"
    };
    let own_history = text.contains(" head~") || text.contains(" head^");
    (lacks || of_others)
        && !(own_history && tried.has(|word| word == "fetch") && !tried.has(deepens))
}
