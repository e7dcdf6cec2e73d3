//! Doubts a failure on a line that a pattern of noise knows, too (`connection refused, retrying`), where another one stands below it.

use std::collections::BTreeSet;

use super::candidates::Candidate;
use super::recovered::Where;
use crate::model::{Confidence, Place, Role};

const KNOWN: &str = "its line is known as harmless, and another failure stands below";

/// Doubts findings all of whose lines are known as noise.
pub(super) fn apply(candidates: &mut [Candidate<'_>]) {
    let line = |place: Place| (place.input, place.line);
    let noise: BTreeSet<_> = candidates
        .iter()
        .filter(|c| c.pattern().role == Role::Noise)
        .flat_map(|c| c.hits.iter().map(|one| line(one.hit.place)))
        .collect();
    let is_noisy = |c: &Candidate<'_>| {
        c.hits
            .iter()
            .all(|one| noise.contains(&line(one.hit.place)))
    };
    let last = candidates
        .iter()
        .filter(|c| c.is_reason() && c.place == Where::Command && !is_noisy(c))
        .filter(|c| {
            c.pattern().role == Role::RootCause && c.pattern().confidence != Confidence::Low
        })
        .map(|c| c.lead().hit.place.line)
        .max();
    let found = candidates
        .iter_mut()
        .filter(|c| c.is_reason() && c.doubt.is_none() && Some(c.last_line()) < last);
    for candidate in found.filter(|c| is_noisy(c)) {
        candidate.doubt = Some(KNOWN);
    }
}
