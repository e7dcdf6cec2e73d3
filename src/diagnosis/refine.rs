//! Uses a check's output, given with the job, to get from the cause in the log to the cause behind it.

use regex::bytes::Regex;

use super::Case;
use super::candidates::Candidate;
use super::conditions::Settled;
use crate::library::Library;
use crate::model::Role;

/// The hits in the other inputs of the pattern that one of the winner's checks points to.
///
/// Checks count in the pattern's order, and so do the outcomes of a check. A pattern that explains the winner
/// without a check comes after them.
pub(super) fn by_checks<'s>(
    case: &Case,
    library: &Library,
    settled: &'s [Settled<'s>],
    winner: &Candidate<'s>,
) -> Option<Vec<&'s Settled<'s>>> {
    let given: Vec<&Settled<'_>> = settled
        .iter()
        .filter(|s| case.is_evidence(s.hit.place) && s.pattern().role == Role::RootCause)
        .collect();
    if given.is_empty() {
        return None;
    }
    let hits_of = |id: &str, regex: Option<&str>| -> Vec<&'s Settled<'s>> {
        let index = library.find(id);
        let regex = regex.and_then(|r| Regex::new(r).ok());
        given
            .iter()
            .copied()
            .filter(|s| Some(s.hit.pattern) == index)
            .filter(|s| {
                regex
                    .as_ref()
                    .is_none_or(|r| r.is_match(s.hit.text.as_bytes()))
            })
            .collect()
    };
    let pattern = winner.pattern();
    for outcome in pattern.checks.iter().flat_map(|c| &c.outcome) {
        let Some(id) = &outcome.id else { continue };
        let hits = hits_of(id, outcome.regex.as_deref());
        if !hits.is_empty() {
            return Some(hits);
        }
    }
    let explaining = given.iter().find(|s| {
        s.pattern().id != pattern.id
            && crate::pattern::checked::names(&s.pattern().explains, &pattern.id)
    })?;
    Some(
        given
            .iter()
            .copied()
            .filter(|s| s.hit.pattern == explaining.hit.pattern)
            .collect(),
    )
}
