//! What another step of a GitHub job said that failed too. The log does not tell whether the job went on behind the first one or ran the
//! later one although it had failed, so it is told besides the cause.

use super::candidates::Candidate;
use super::recovered::Where;
use crate::model::{Confidence, JobFacts};

/// The first reason there that no other one accounts for, and that is another one than the cause.
pub(super) fn find(candidates: &[Candidate<'_>], cause: usize, facts: &JobFacts) -> Option<usize> {
    let lines = facts.failed_besides.as_ref()?;
    let line = |c: &Candidate<'_>| c.lead().hit.place.line;
    let stands_there = |c: &Candidate<'_>| {
        let mut hits = c.hits.iter();
        matches!(c.place, Where::After | Where::Before)
            && c.is_out_by_place()
            && c.pattern().confidence != Confidence::Low
            && hits.all(|one| lines.contains(&one.hit.place.line))
    };
    let there: Vec<usize> = (0..candidates.len())
        .filter(|&k| stands_there(&candidates[k]))
        .collect();
    let accounted = |k: usize| {
        let one = &candidates[k];
        let by = |other: usize| other != k && candidates[other].accounts_for(one);
        let same = one.pattern().id == candidates[cause].pattern().id;
        same || by(cause) || there.iter().any(|&other| by(other))
    };
    there
        .iter()
        .copied()
        .filter(|&k| !accounted(k))
        .min_by_key(|&k| line(&candidates[k]))
}
