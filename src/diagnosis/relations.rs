//! Applies `supersedes` and `explains` once everything is known, so that order plays no part.

use super::candidates::Candidate;
use super::each_test;
use super::recovered::Where;
use crate::model::Role;
use crate::pattern::checked::names;

/// Most lines between two hits of which one supersedes the other.
const NEAR: u64 = 30;

/// Drops what is superseded, and marks what is explained.
pub(super) fn apply(candidates: &mut Vec<Candidate<'_>>) {
    // Noise goes first, so that what is noise supersedes nothing else.
    supersede(candidates, |role| role == Role::Noise);
    supersede(candidates, |role| role != Role::Noise);
    need_services(candidates);
    each_test::split(candidates);
    explain(candidates);
}

/// Keeps a service's failure only if it accounts for a later failure, since the job went on without the
/// service.
fn need_services(candidates: &mut [Candidate<'_>]) {
    let is_needed = |service: &Candidate<'_>| {
        candidates.iter().any(|other| {
            let id = &other.pattern().id;
            other.is_live()
                && other.place != Where::Service
                && names(&service.pattern().explains, id)
        })
    };
    let needed: Vec<bool> = candidates.iter().map(is_needed).collect();
    for (candidate, needed) in candidates.iter_mut().zip(needed) {
        if candidate.place == Where::Service && !needed {
            let why = || "the job went on without that service".to_owned();
            candidate.dropped.get_or_insert_with(why);
        }
    }
}

/// Drops hits that stand close to a hit of a more specific pattern whose role `speaks`, and findings left
/// without hits.
fn supersede(candidates: &mut [Candidate<'_>], speaks: impl Fn(Role) -> bool) {
    let mut lost: Vec<(usize, Vec<usize>, String)> = Vec::new();
    for (k, general) in candidates.iter().enumerate() {
        let beaten_by = |winner: &Candidate<'_>| {
            speaks(winner.pattern().role)
                && may_speak(winner)
                && names(&winner.pattern().supersedes, &general.pattern().id)
                && winner.pattern().id != general.pattern().id
                && !stands_firm(general, winner)
        };
        for winner in candidates.iter().filter(|w| beaten_by(w)) {
            // Noise only says what its own line is not.
            let reach = match winner.pattern().role {
                Role::Noise => 0,
                _ => NEAR,
            };
            let near = |place: crate::model::Place| {
                winner.hits.iter().any(|w| {
                    let other = w.hit.place;
                    other.input == place.input && other.line.abs_diff(place.line) <= reach
                })
            };
            let hits: Vec<usize> = (0..general.hits.len())
                .filter(|&h| near(general.hits[h].hit.place))
                .collect();
            if !hits.is_empty() {
                lost.push((k, hits, winner.pattern().id.clone()));
            }
        }
    }
    for (k, hits, winner) in lost {
        let candidate = &mut candidates[k];
        let gone: Vec<u64> = hits
            .iter()
            .filter_map(|&h| candidate.hits.get(h))
            .map(|s| s.hit.place.line)
            .collect();
        if candidate
            .hits
            .iter()
            .all(|s| gone.contains(&s.hit.place.line))
        {
            candidate
                .dropped
                .get_or_insert_with(|| format!("superseded by {winner}"));
        } else if candidate.is_live() {
            candidate.hits.retain(|s| !gone.contains(&s.hit.place.line));
        }
    }
}

/// Marks findings that another live one accounts for: they are consequences, whatever their own score.
fn explain(candidates: &mut [Candidate<'_>]) {
    let count = candidates.len();
    let explains = |a: &Candidate<'_>, b: &Candidate<'_>| {
        a.is_live()
            && a.pattern().id != b.pattern().id
            && names(&a.pattern().explains, &b.pattern().id)
    };
    let mut edges = Vec::new();
    for a in 0..count {
        for b in 0..count {
            if explains(&candidates[a], &candidates[b])
                && same_story(&candidates[a], &candidates[b])
                && !each_test::is_of_others(&candidates[a], &candidates[b], candidates)
            {
                edges.push((a, b));
            }
        }
    }
    let of_few = |&(a, b): &(usize, usize)| each_test::is_of_few(&candidates[a], &candidates[b]);
    let (few, mut edges): (Vec<_>, Vec<_>) = edges.into_iter().partition(of_few);
    for (a, _) in few {
        each_test::doubt(&mut candidates[a]);
    }
    spare_roots(candidates, &mut edges);
    for (a, b) in edges {
        // Of two that explain each other, the root cause wins, then the earlier one.
        if candidates[a].explained && mutual(&candidates[a], &candidates[b]) {
            continue;
        }
        let name = candidates[a].pattern().id.clone();
        candidates[a].explains += 1;
        candidates[b].explained = true;
        candidates[b]
            .dropped
            .get_or_insert_with(|| format!("explained by {name}"));
    }
}

/// If a root cause is left, a symptom is out and must not explain away root causes.
fn spare_roots(candidates: &[Candidate<'_>], edges: &mut Vec<(usize, usize)>) {
    let role = |k: usize| candidates[k].pattern().role;
    let by_symptom =
        |&(a, b): &(usize, usize)| role(a) == Role::Symptom && role(b) == Role::RootCause;
    let left = (0..candidates.len()).any(|k| {
        candidates[k].is_live()
            && role(k) == Role::RootCause
            && !edges.iter().any(|(_, explained)| *explained == k)
    });
    if left {
        edges.retain(|edge| !by_symptom(edge));
    }
}

fn mutual(a: &Candidate<'_>, b: &Candidate<'_>) -> bool {
    names(&b.pattern().explains, &a.pattern().id)
}

/// Whether one can account for the other: both are in what failed, or the consequence is in what came of it.
fn same_story(a: &Candidate<'_>, b: &Candidate<'_>) -> bool {
    a.place.excuse().is_none() && matches!(b.place, Where::Command | Where::Verdict | Where::After)
}

/// Whether the general finding resists: a root cause does not give way to a symptom, and of two that
/// supersede each other the stronger stays.
fn stands_firm(general: &Candidate<'_>, winner: &Candidate<'_>) -> bool {
    let (own, other) = (general.pattern(), winner.pattern());
    let strength = |p: &crate::pattern::checked::Pattern| (p.role, p.confidence);
    let mutual = names(&own.supersedes, &other.id);
    (own.role == Role::RootCause && other.role == Role::Symptom)
        || mutual && (strength(own), &own.id) < (strength(other), &other.id)
}

/// Whether a finding may supersede others: it knows more than noise about what failed.
fn may_speak(winner: &Candidate<'_>) -> bool {
    winner.is_live()
        || matches!(winner.pattern().role, Role::Wrapper | Role::Noise)
        || winner.place != Where::Command
}
