//! Analyses how the matches of a regex begin, so that most places of a text and most ways of an alternation can
//! be skipped.

use std::borrow::Cow;

use regex_syntax::hir::{Hir, HirKind};

use super::LEADS;
use super::set::Set;

/// The bytes that a match may begin with; `None` if a match may be empty.
pub(super) fn first(hir: &Hir) -> Option<Set> {
    let mut set = Set::NONE;
    (!add_first(hir, &mut set)).then_some(set)
}

/// Adds the bytes that a match may begin with. True if it may be empty, or consist of assertions only.
fn add_first(hir: &Hir, set: &mut Set) -> bool {
    match hir.kind() {
        HirKind::Empty | HirKind::Look(_) => true,
        HirKind::Literal(literal) => match literal.0.first() {
            Some(&byte) => {
                *set = set.with(&Set::of_byte(byte));
                false
            }
            None => true,
        },
        HirKind::Class(class) => {
            *set = set.with(&Set::of_leads(class));
            false
        }
        HirKind::Repetition(rep) => add_first(&rep.sub, set) || rep.min == 0,
        HirKind::Capture(capture) => add_first(&capture.sub, set),
        HirKind::Concat(parts) => parts.iter().all(|part| add_first(part, set)),
        HirKind::Alternation(ways) => ways
            .iter()
            .fold(false, |any, way| add_first(way, set) | any),
    }
}

/// The bytes that may stand at the first places of a match. A set is full if the match may be shorter, or
/// nothing is known.
pub(super) fn leads(hir: &Hir) -> [Set; LEADS] {
    let mut leads = [Set::ALL; LEADS];
    for (lead, set) in leads.iter_mut().zip(places(hir).0) {
        *lead = set;
    }
    if let Some(first) = first(hir) {
        leads[0] = first;
    }
    leads
}

/// The bytes at the first places that every match has, and whether they make up the whole match.
fn places(hir: &Hir) -> (Vec<Set>, bool) {
    match hir.kind() {
        HirKind::Empty | HirKind::Look(_) => (Vec::new(), true),
        HirKind::Literal(literal) => {
            let sets = literal.0.iter().take(LEADS).map(|&byte| Set::of_byte(byte));
            (sets.collect(), literal.0.len() <= LEADS)
        }
        HirKind::Class(class) => (vec![Set::of_leads(class)], Set::of_class(class).is_some()),
        HirKind::Capture(capture) => places(&capture.sub),
        HirKind::Repetition(rep) if rep.min == 0 => (Vec::new(), rep.max == Some(0)),
        HirKind::Repetition(rep) => {
            let (one, whole) = places(&rep.sub);
            let many = if whole { rep.min as usize } else { 1 };
            let mut sets = one.repeat(many.min(LEADS));
            let whole = whole && rep.max == Some(rep.min) && sets.len() <= LEADS && many <= LEADS;
            sets.truncate(LEADS);
            (sets, whole)
        }
        HirKind::Concat(parts) => {
            let mut sets = Vec::new();
            for part in parts {
                let (more, whole) = places(part);
                sets.extend(more);
                if !whole || sets.len() > LEADS {
                    sets.truncate(LEADS);
                    return (sets, false);
                }
            }
            (sets, true)
        }
        HirKind::Alternation(ways) => {
            let ways: Vec<(Vec<Set>, bool)> = ways.iter().map(places).collect();
            let least = ways.iter().map(|(sets, _)| sets.len()).min().unwrap_or(0);
            let all = |place: usize| {
                let sets = ways.iter().map(|(sets, _)| &sets[place]);
                sets.fold(Set::NONE, Set::with)
            };
            let whole = ways
                .iter()
                .all(|(sets, whole)| *whole && sets.len() == least);
            ((0..least).map(all).collect(), whole)
        }
    }
}

/// Groups neighbouring ways that begin with the same text, so that it is written once: `failed to
/// (?:pull|push)` takes fewer steps than `failed to pull|failed to push` and means the same.
pub(super) fn grouped(ways: &[Hir]) -> Cow<'_, [Hir]> {
    let first = |way: &Hir| leading(way).first().copied();
    let begin_alike = |a: &Hir, b: &Hir| first(a).is_some() && first(a) == first(b);
    if !ways.windows(2).any(|two| begin_alike(&two[0], &two[1])) {
        return Cow::Borrowed(ways);
    }
    let groups = ways.chunk_by(begin_alike);
    let one = |group: &[Hir]| match group {
        [way] => way.clone(),
        group => {
            let texts = group.iter().map(leading);
            let common = texts.reduce(|a, b| {
                let same = a.iter().zip(b).take_while(|(a, b)| a == b).count();
                &a[..same]
            });
            let common = common.unwrap_or_default();
            let rests = group.iter().map(|way| without(way, common.len()));
            Hir::concat(vec![
                Hir::literal(common),
                Hir::alternation(rests.collect()),
            ])
        }
    };
    groups.map(one).collect::<Vec<_>>().into()
}

/// The text that a regex begins with.
fn leading(hir: &Hir) -> &[u8] {
    match hir.kind() {
        HirKind::Literal(literal) => &literal.0,
        HirKind::Concat(parts) => match parts.first().map(Hir::kind) {
            Some(HirKind::Literal(literal)) => &literal.0,
            _ => &[],
        },
        _ => &[],
    }
}

/// A regex without the first `count` bytes of its leading text.
fn without(hir: &Hir, count: usize) -> Hir {
    let rest = Hir::literal(&leading(hir)[count..]);
    match hir.kind() {
        HirKind::Concat(parts) => {
            let parts = parts[1..].iter().cloned();
            Hir::concat(std::iter::once(rest).chain(parts).collect())
        }
        _ => rest,
    }
}
