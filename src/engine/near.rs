//! Settles conditions about other lines: `before`, `after`, `absent`.
//!
//! Their regexes are watches in the same prefilter as the matches. A hit looks back at the last occurrence of
//! each of its watches, and waits for those that must follow it. The lines found go into [`Hit::context`](crate::model::Hit::context).

use std::collections::BTreeMap;

use super::evidence::bounded;
use super::store::{Key, Store};
use crate::library::{Library, Rule, Target, Watch};
use crate::model::{Place, WatchHit};
use crate::pattern::checked::Near as Kind;
use crate::pattern::schema::{Scope, Side};
use crate::trace::line::Line;

/// Most hits of one pattern that wait for a line below them.
const MAX_WAITING: usize = 200;
/// Most parallel outputs that one watch tells apart.
const MAX_STREAMS: usize = 64;

/// Longest watched line that is kept whole, in bytes; of a longer one only what the regex found is kept.
const MAX_KEPT: usize = 4096;

/// A line where a watch was seen.
#[derive(Debug)]
struct Seen {
    at: At,
    text: Vec<u8>,
    content_at: usize,
    /// For a long line, the part that a hit keeps.
    made: Option<WatchHit>,
}

/// The place of a hit or a watched line.
#[derive(Debug, Clone, Copy)]
pub(super) struct At {
    pub place: Place,
    pub stage: u32,
    pub stream: u32,
}

#[derive(Debug)]
struct Waiting {
    key: Key,
    at: At,
    slot: usize,
}

/// The watched lines and the waiting hits of one input.
#[derive(Debug, Default)]
pub(super) struct Memory {
    seen: BTreeMap<Target, Vec<Seen>>,
    waiting: BTreeMap<Target, Vec<Waiting>>,
}

impl Memory {
    /// The lines above a hit that its conditions ask for.
    pub(super) fn look_back(
        &self,
        library: &Library,
        pattern: u16,
        at: At,
        unkeyed: impl Fn(usize, Watch) -> Option<WatchHit>,
    ) -> Vec<Option<WatchHit>> {
        let one = |(number, watch): (usize, Watch)| {
            if matches!(watch.kind, Kind::After | Kind::Absent(Side::After)) {
                return None;
            }
            if !watch.keyed {
                return unkeyed(number, watch);
            }
            let target = Target {
                pattern,
                regex: number as u16,
            };
            let seen = self
                .seen
                .get(&target)?
                .iter()
                .rev()
                .find(|seen| reaches(seen.at, at, watch))?;
            seen.hit(library, target)
        };
        library.rule(pattern.into()).watches().map(one).collect()
    }

    /// Lets a hit wait for the lines below it that its conditions ask for; false if they ask for none.
    pub(super) fn wait(&mut self, rule: Rule<'_>, pattern: u16, key: Key, at: At) -> bool {
        let mut waits = false;
        for (slot, (number, watch)) in rule.watches().enumerate() {
            if matches!(
                watch.kind,
                Kind::After | Kind::Absent(Side::After | Side::Both)
            ) {
                let target = Target {
                    pattern,
                    regex: number as u16,
                };
                let list = self.waiting.entry(target).or_default();
                if list.len() >= MAX_WAITING {
                    list.retain(|waiting| may_reach(waiting.at, at, watch));
                }
                if list.len() >= MAX_WAITING {
                    list.remove(MAX_WAITING / 2);
                }
                list.push(Waiting { key, at, slot });
                waits = true;
            }
        }
        waits
    }

    /// Drops hits whose wait is over, because their section has ended or the line would be too far away.
    pub(super) fn expire(&mut self, library: &Library, stage: u32, line: u64) {
        for (target, list) in &mut self.waiting {
            let Some(watch) = watch(library, *target) else {
                continue;
            };
            list.retain(|waiting| {
                let last = |within| waiting.at.place.line + u64::from(within);
                let late = watch.within.is_some_and(|within| last(within) < line);
                !late && (watch.scope == Scope::Job || waiting.at.stage == stage)
            });
        }
        self.waiting.retain(|_, list| !list.is_empty());
    }

    /// Whether a watched line matters: a hit waits for it, or a hit below may ask for it.
    pub(super) fn wants(
        &self,
        library: &Library,
        target: Target,
        stage: u32,
        command: u32,
    ) -> bool {
        // A target that is no condition always matters.
        self.is_awaited(target)
            || watch(library, target)
                .is_none_or(|watch| self.is_news(watch, target, stage, command))
    }

    /// Whether a line must be remembered for hits below it. For `absent`, the first matching line is enough;
    /// later ones need not be stored.
    pub(super) fn is_news(&self, watch: Watch, target: Target, stage: u32, command: u32) -> bool {
        match watch.kind {
            Kind::After | Kind::Absent(Side::After) => false,
            Kind::Absent(_) if watch.within.is_none() => {
                let in_scope = |seen: &Seen| match watch.scope {
                    Scope::Job => true,
                    Scope::Section => seen.at.stage == stage,
                    Scope::Command => seen.at.stage == stage && seen.at.place.command == command,
                };
                !self
                    .seen
                    .get(&target)
                    .is_some_and(|list| list.iter().any(in_scope))
            }
            _ => true,
        }
    }

    /// Whether any hit waits for a line.
    pub(super) fn awaits(&self) -> bool {
        !self.waiting.is_empty()
    }

    /// Whether a hit waits for this target.
    pub(super) fn is_awaited(&self, target: Target) -> bool {
        self.waiting
            .get(&target)
            .is_some_and(|list| !list.is_empty())
    }

    /// Gives a watched line to the hits above that wait for it.
    pub(super) fn arrive(
        &mut self,
        library: &Library,
        target: Target,
        line: &Line<'_>,
        at: At,
        store: &mut Store,
    ) {
        let Some(list) = self.waiting.get_mut(&target) else {
            return;
        };
        let Some(watch) = watch(library, target) else {
            return;
        };
        list.retain(|waiting| {
            if !may_reach(waiting.at, at, watch) {
                return false;
            }
            if !reaches(waiting.at, at, watch) {
                return true;
            }
            let Some(hit) = store.get_mut(waiting.key) else {
                return false;
            };
            let place = &mut hit.context[waiting.slot];
            if place.is_none() {
                *place = watch_hit(library, target, at.place, line.text, line.content_at);
            }
            false
        });
    }

    /// Remembers a watched line for the hits below it.
    pub(super) fn remember(&mut self, library: &Library, target: Target, line: &Line<'_>, at: At) {
        let list = self.seen.entry(target).or_default();
        let old = list.iter().position(|seen| seen.at.stream == at.stream);
        // The buffer of the line that is replaced is reused.
        let mut text = match old {
            Some(k) => list.remove(k).text,
            None if list.len() >= MAX_STREAMS => list.remove(0).text,
            None => Vec::new(),
        };
        text.clear();
        let mut made = None;
        if line.text.len() <= MAX_KEPT {
            text.extend_from_slice(line.text);
        } else {
            made = watch_hit(library, target, at.place, line.text, line.content_at);
        }
        list.push(Seen {
            at,
            text,
            content_at: line.content_at,
            made,
        });
    }
}

impl Seen {
    fn hit(&self, library: &Library, target: Target) -> Option<WatchHit> {
        self.made
            .clone()
            .or_else(|| watch_hit(library, target, self.at.place, &self.text, self.content_at))
    }
}

/// A watched line as a hit keeps it; `None` if its regex does not match.
pub(super) fn watch_hit(
    library: &Library,
    target: Target,
    place: Place,
    text: &[u8],
    content_at: usize,
) -> Option<WatchHit> {
    let content = &text[content_at..];
    let probe = library.probe(target.pattern.into(), target.regex.into())?;
    let found = probe.find_at(content, 0)?;
    let (start, end) = found.whole;
    let (text, _) = bounded(text, content_at + start, content_at + end);
    Some(WatchHit {
        place,
        text,
        captures: probe.captures(content, &found),
    })
}

/// The condition of a target, if the target is one.
fn watch(library: &Library, target: Target) -> Option<Watch> {
    library
        .rule(target.pattern.into())
        .watch(target.regex.into())
}

/// Whether a line at `now` or below can still be close enough to `upper`, in the same scope.
fn may_reach(upper: At, now: At, watch: Watch) -> bool {
    let in_scope = match watch.scope {
        Scope::Job => true,
        Scope::Section => upper.stage == now.stage,
        Scope::Command => upper.stage == now.stage && upper.place.command == now.place.command,
    };
    let distance = now.place.line.saturating_sub(upper.place.line);
    in_scope && watch.within.is_none_or(|most| distance <= u64::from(most))
}

/// Whether `upper` is close enough above `lower`, in the same scope and the same output.
fn reaches(upper: At, lower: At, watch: Watch) -> bool {
    // The output matters only where a distance is given, since parallel output in between changes distances.
    let same_output = watch.within.is_none()
        || upper.stream == lower.stream
        || upper.stream == 0
        || lower.stream == 0;
    same_output && may_reach(upper, lower, watch)
}
