//! Scores the remaining candidates. A score is a sum of whole numbers, each of which `--why` prints.

use super::Case;
use super::candidates::Candidate;
use super::recovered::{Region, Where};
use crate::model::{Category, Confidence, Dialect, JobFacts, Outcome, Role, WhyRow, WhyTerm};

/// The weights, in one place.
mod weight {
    pub const ROOT: i64 = 40;
    pub const HIGH: i64 = 16;
    pub const MEDIUM: i64 = 8;
    pub const FAILING_COMMAND: i64 = 40;
    pub const VERDICT: i64 = 25;
    pub const REPEATED_BY_VERDICT: i64 = 10;
    pub const CLOSING_ERROR: i64 = 20;
    pub const CONDITION: i64 = 4;
    pub const MOST_CONDITIONS: i64 = 8;
    pub const EXPLAINS: i64 = 6;
    pub const MOST_EXPLAINS: i64 = 18;
    pub const FIRST: i64 = 6;
    pub const NAMES_PROGRAM: i64 = 5;
    pub const DOUBT: i64 = -30;
    /// Lines up to the end of what failed, and the points for so short a distance.
    pub const DISTANCE: [(u64, i64); 3] = [(5, 10), (50, 7), (500, 4)];
}

/// A runner-up closer than this lowers the confidence.
const THIN_MARGIN: i64 = 3;
/// Findings this far below the cause are not reported besides it.
const ALSO_MARGIN: i64 = 40;

/// Computes the terms of every live candidate.
pub(super) fn score(candidates: &mut [Candidate<'_>], case: &Case, region: &Region) {
    let first = candidates
        .iter()
        .filter(|c| c.is_live() && c.pattern().role == Role::RootCause && c.place == Where::Command)
        .map(|c| c.lead().hit.place.line)
        .min();
    let program = case
        .facts()
        .last_command()
        .and_then(|c| program(&c.text))
        .map(str::to_owned);
    let closing = closing_error(case.facts()).filter(|&line| !explained_above(candidates, line));
    for candidate in candidates.iter_mut().filter(|c| c.is_live()) {
        candidate.terms = terms(candidate, region, first, program.as_deref(), closing);
    }
}

/// The line of the error by which an action ended (GitHub): it says why. A script only names its exit code there.
fn closing_error(facts: &JobFacts) -> Option<u64> {
    let reported = facts.dialect == Dialect::Github
        && facts.outcome == Outcome::Failed
        && facts.exit_code.is_none();
    let verdict = facts.verdict.as_ref().filter(|_| reported);
    // What a script wrote where the runner reads is only quoted.
    let verdict = verdict.filter(|verdict| !verdict.text.starts_with("Invalid format '"));
    verdict.map(|verdict| verdict.line)
}

/// Whether something above it in its step says that a host, the network or a resource failed: an action often ends with what it could not
/// do for that.
fn explained_above(candidates: &[Candidate<'_>], closing: u64) -> bool {
    let outside = |c: &Candidate<'_>| {
        let category = c.pattern().category;
        matches!(
            category,
            Category::Network | Category::Dns | Category::Tls | Category::Resource
        )
    };
    candidates.iter().any(|c| {
        let above = c.is_live() && c.lead().hit.place.line < closing;
        above && c.place == Where::Command && c.pattern().role == Role::RootCause && outside(c)
    })
}

fn terms(
    candidate: &Candidate<'_>,
    region: &Region,
    first: Option<u64>,
    program: Option<&str>,
    closing: Option<u64>,
) -> Vec<WhyTerm> {
    let pattern = candidate.pattern();
    let mut terms = Vec::new();
    let mut term = |name, points| {
        if points != 0 {
            terms.push(WhyTerm { name, points });
        }
    };
    if pattern.role == Role::RootCause {
        term("root cause", weight::ROOT);
    }
    match pattern.confidence {
        Confidence::High => term("sure of itself", weight::HIGH),
        Confidence::Medium => term("fairly sure of itself", weight::MEDIUM),
        Confidence::Low => {}
    }
    match candidate.place {
        Where::Command => term("in the command that failed", weight::FAILING_COMMAND),
        Where::Service => term(
            "in the log of a service that it needs",
            weight::FAILING_COMMAND,
        ),
        Where::Verdict => term("in the verdict", weight::VERDICT),
        _ => {}
    }
    if candidate.in_verdict && candidate.place == Where::Command {
        term("repeated by the verdict", weight::REPEATED_BY_VERDICT);
    }
    let mut hits = candidate.hits.iter();
    if pattern.role == Role::RootCause && hits.any(|s| Some(s.hit.place.line) == closing) {
        term("the error by which its step ended", weight::CLOSING_ERROR);
    }
    let conditions = weight::CONDITION * candidate.lead().held.len() as i64;
    term(
        "conditions that hold",
        conditions.min(weight::MOST_CONDITIONS),
    );
    let explained = weight::EXPLAINS * i64::from(candidate.explains);
    term("accounts for others", explained.min(weight::MOST_EXPLAINS));
    let line = candidate.lead().hit.place.line;
    if Some(line) == first && pattern.role == Role::RootCause {
        term("first of its kind", weight::FIRST);
    }
    if let Some(program) = program
        && (is_named(&pattern.id, program) || candidate.lead().hit.text.starts_with(program))
    {
        term("speaks of the command", weight::NAMES_PROGRAM);
    }
    let last = candidate
        .hits
        .iter()
        .map(|s| s.hit.place.line)
        .filter(|l| *l <= region.last_line)
        .max()
        .unwrap_or(line);
    let away = region.last_line.saturating_sub(last);
    let near = weight::DISTANCE
        .iter()
        .find(|(most, _)| away <= *most)
        .map_or(0, |(_, points)| *points);
    term("near the end", near);
    if let Some(doubt) = candidate.doubt {
        term(doubt, weight::DOUBT);
    }
    terms
}

/// Whether a program is one of the words of an id. `cat` is none of `git/tls-certificate-problem`.
fn is_named(id: &str, program: &str) -> bool {
    id.split(['/', '-']).any(|word| word == program)
}

/// The program of a command: `docker` of `DOCKER_BUILDKIT=1 sudo docker build`.
fn program(command: &str) -> Option<&str> {
    let words = command
        .split_whitespace()
        .filter(|w| !w.contains('=') && !matches!(*w, "sudo" | "time" | "exec" | "env"));
    let word = words.map(|w| w.rsplit('/').next().unwrap_or(w)).next()?;
    (word.len() >= 3 && word.chars().all(|c| c.is_ascii_alphanumeric() || c == '-')).then_some(word)
}

/// Live candidates, best first. Symptoms count only if no root cause is left.
pub(super) fn order(candidates: &[Candidate<'_>]) -> Vec<usize> {
    let roots = candidates
        .iter()
        .any(|c| c.is_live() && c.pattern().role == Role::RootCause);
    let mut order: Vec<usize> = (0..candidates.len())
        .filter(|&k| candidates[k].is_live())
        .filter(|&k| !roots || candidates[k].pattern().role == Role::RootCause)
        .collect();
    order.sort_by(|&a, &b| {
        let (a, b) = (&candidates[a], &candidates[b]);
        let line = |c: &Candidate<'_>| c.lead().hit.place.line;
        b.score()
            .cmp(&a.score())
            .then(line(a).cmp(&line(b)))
            .then_with(|| a.pattern().id.cmp(&b.pattern().id))
    });
    order
}

/// The confidence in the winner.
pub(super) fn confidence(
    candidates: &[Candidate<'_>],
    order: &[usize],
    facts: &JobFacts,
) -> Confidence {
    let Some(&winner) = order.first() else {
        return Confidence::Low;
    };
    let mut confidence = own_confidence(&candidates[winner], facts);
    let rival = order.get(1).map(|&k| &candidates[k]);
    if rival.is_some_and(|r| candidates[winner].score() - r.score() < THIN_MARGIN) {
        confidence = lower(confidence);
    }
    confidence
}

/// The confidence in a finding by itself.
pub(super) fn own_confidence(candidate: &Candidate<'_>, facts: &JobFacts) -> Confidence {
    let unsure = candidate.pattern().role == Role::Symptom || candidate.doubt.is_some();
    if facts.outcome == Outcome::Unknown || unsure {
        return Confidence::Low;
    }
    let own = candidate.pattern().confidence;
    if facts.truncated || candidate.place == Where::Hidden {
        lower(own)
    } else {
        own
    }
}

fn lower(confidence: Confidence) -> Confidence {
    match confidence {
        Confidence::High => Confidence::Medium,
        Confidence::Medium | Confidence::Low => Confidence::Low,
    }
}

/// Independent failures besides the cause, which may fail the job too.
pub(super) fn also(candidates: &[Candidate<'_>], order: &[usize]) -> Vec<usize> {
    let Some(&winner) = order.first() else {
        return Vec::new();
    };
    let best = &candidates[winner];
    if best.pattern().role != Role::RootCause {
        return Vec::new();
    }
    rivals(candidates, order)
        .filter(|&k| {
            let c = &candidates[k];
            c.score() + ALSO_MARGIN >= best.score()
                && c.lead().hit.place.line != best.lead().hit.place.line
        })
        .collect()
}

/// All failures besides the cause that may have failed the job, at any distance. A baseline compares them, so
/// that no unreported one is missed.
pub(super) fn rivals<'o>(
    candidates: &'o [Candidate<'_>],
    order: &'o [usize],
) -> impl Iterator<Item = usize> + 'o {
    order.iter().copied().skip(1).filter(|&k| {
        let c = &candidates[k];
        c.place == Where::Command && c.pattern().confidence != Confidence::Low
    })
}

/// Every candidate as a row of `--why`: first the live ones, then the dropped ones in line order.
pub(super) fn why(candidates: &[Candidate<'_>], order: &[usize]) -> Vec<WhyRow> {
    let mut out: Vec<usize> = (0..candidates.len())
        .filter(|k| !order.contains(k))
        .collect();
    out.sort_by_key(|&k| {
        (
            candidates[k].lead().hit.place.line,
            candidates[k].lead().hit.pattern,
        )
    });
    let row = |k: &usize| {
        let c = &candidates[*k];
        let dropped = match (&c.dropped, order.contains(k)) {
            (Some(reason), _) => Some(reason.clone()),
            (None, true) => None,
            (None, false) => Some("a symptom, and a root cause is known".to_owned()),
        };
        let terms = if dropped.is_some() {
            Vec::new()
        } else {
            c.terms.clone()
        };
        WhyRow {
            id: c.pattern().id.clone(),
            line: c.lead().hit.place.line,
            role: c.pattern().role,
            dropped,
            terms,
            conditions: c.lead().held.clone(),
        }
    };
    order.iter().chain(&out).map(row).collect()
}
