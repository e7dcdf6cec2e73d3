//! Which of several failed tests a finding accounts for. A pattern that lists failed tests captures each as `test`, and what it says as
//! `detail`.

use std::collections::{BTreeMap, BTreeSet};

use super::candidates::{Candidate, content};
use super::conditions::Settled;
use super::recovered::Where;
use crate::model::Category;
use crate::pattern::checked::names;

/// Of so many failed tests one may be the only one that says why they all failed.
const SHARE: usize = 8;
/// The doubt about what only a few of the failed tests say.
const FEW: &str = "most of the tests that failed say something else";

/// Splits lists of failed tests where another finding bears the name of some: it accounts for their lines, not for those of the others.
pub(super) fn split(candidates: &mut Vec<Candidate<'_>>) {
    let mut rests = Vec::new();
    for k in 0..candidates.len() {
        if !lists(&candidates[k]) {
            continue;
        }
        let named = named_by_others(&candidates[k], candidates);
        if named.is_empty() {
            continue;
        }
        let (rest, own): (Vec<&Settled<'_>>, Vec<&Settled<'_>>) = candidates[k]
            .hits
            .iter()
            .copied()
            .partition(|one| test(one).is_some_and(|test| !named.contains(test)));
        let some_are_named = own.iter().any(|one| test(one).is_some());
        if some_are_named && !rest.is_empty() {
            rests.push(Candidate::new(rest, candidates[k].place));
            candidates[k].hits = own;
        }
    }
    candidates.extend(rests);
}

/// The names of tests that findings bear which would account for such a list.
fn named_by_others(list: &Candidate<'_>, all: &[Candidate<'_>]) -> BTreeSet<String> {
    let explains = |c: &&Candidate<'_>| {
        c.is_reason()
            && c.pattern().id != list.pattern().id
            && names(&c.pattern().explains, &list.pattern().id)
    };
    let of = |c: &Candidate<'_>| {
        let values = c.hits.iter().flat_map(|one| one.captures.values().cloned());
        values.collect::<BTreeSet<_>>()
    };
    let tests: BTreeSet<&str> = list.hits.iter().filter_map(|one| test(one)).collect();
    let all = all.iter().filter(explains).map(of);
    // One that bears the name of no test may account for all of them.
    let mut named = BTreeSet::new();
    for values in all {
        if values.iter().all(|value| !tests.contains(value.as_str())) {
            return BTreeSet::new();
        }
        named.extend(values);
    }
    named
}

/// Whether a finding bears the names of tests, but of none in that list.
pub(super) fn is_of_others(
    finding: &Candidate<'_>,
    list: &Candidate<'_>,
    all: &[Candidate<'_>],
) -> bool {
    let bears = |list: &Candidate<'_>| {
        let mut hits = list.hits.iter().filter_map(|one| test(one));
        hits.any(|test| {
            let mut values = finding.hits.iter().flat_map(|one| one.captures.values());
            values.any(|value| value == test)
        })
    };
    let parts = all
        .iter()
        .filter(|c| c.pattern().id == list.pattern().id && c.place == list.place);
    !bears(list) && parts.clone().count() > 1 && parts.clone().any(bears)
}

/// Whether only a few of the failed tests tell a finding.
pub(super) fn is_of_few(finding: &Candidate<'_>, list: &Candidate<'_>) -> bool {
    if !lists(list) {
        return false;
    }
    let lines: BTreeSet<u64> = finding.hits.iter().map(|one| one.hit.place.line).collect();
    let kinds: BTreeSet<&str> = finding
        .hits
        .iter()
        .filter_map(|one| kind(content(one.hit).trim_start_matches("E ")))
        .collect();
    let mut tests: BTreeMap<&str, bool> = BTreeMap::new();
    for one in &list.hits {
        let (Some(test), Some(detail)) = (test(one), one.captures.get("detail")) else {
            continue;
        };
        let says =
            lines.contains(&one.hit.place.line) || kinds.iter().any(|kind| is_of(kind, detail));
        *tests.entry(test).or_default() |= says;
    }
    let say = tests.values().filter(|says| **says).count();
    say > 0 && say * SHARE < tests.len()
}

/// Marks a finding as one that only a few of the failed tests tell.
pub(super) fn doubt(finding: &mut Candidate<'_>) {
    finding.doubt.get_or_insert(FEW);
}

fn lists(candidate: &Candidate<'_>) -> bool {
    candidate.is_live()
        && candidate.place == Where::Command
        && candidate.pattern().category == Category::Test
        && candidate.hits.iter().any(|one| test(one).is_some())
}

fn test<'s>(one: &'s Settled<'_>) -> Option<&'s str> {
    one.captures.get("test").map(String::as_str)
}

/// The name of an exception before its message, without its module: `FileNotFoundError`.
fn kind(text: &str) -> Option<&str> {
    let name = text.trim_start().split(':').next()?;
    let part = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '.';
    let kind = name.rsplit('.').next()?;
    (!kind.is_empty() && name.chars().all(part)).then_some(kind)
}

/// Whether a message, cut short with `...` or not, begins with that exception.
fn is_of(kind: &str, detail: &str) -> bool {
    match detail.strip_suffix("...").filter(|cut| !cut.contains(':')) {
        Some(cut) => kind.starts_with(cut.rsplit('.').next().unwrap_or(cut)),
        None => self::kind(detail) == Some(kind),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exceptions_of_messages() {
        assert_eq!(kind("   a.b.TenantError: no"), Some("TenantError"));
        assert_eq!(kind("KeyError"), Some("KeyError"));
        assert_eq!(kind("assert 1 == 2"), None);
        assert!(is_of("KeyError", "KeyError: 'a'"));
        assert!(is_of("KeyError", "a.KeyErr..."));
        assert!(!is_of("KeyError", "ValueError: 'a'..."));
        assert!(!is_of("KeyError", "assert 1..."));
    }
}
