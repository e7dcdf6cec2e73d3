//! Conditions about other lines: `before`, `after`, `absent`.
//!
//! Their regexes are watches in the same prefilter as the matches. A hit looks back at the last occurrence of each of its
//! watches, and waits for those that must come behind it. What is found goes into [`Hit::context`].

use std::collections::BTreeMap;

use super::evidence::bounded;
use super::store::{Key, Store};
use crate::library::{Library, Rule, Target, Watch};
use crate::model::{Place, WatchHit};
use crate::pattern::checked::Near as Kind;
use crate::pattern::schema::{Scope, Side};
use crate::trace::line::Line;

/// Most hits of one pattern that wait for a line behind them.
const MAX_WAITING: usize = 200;
/// Most parallel outputs told apart for one watch.
const MAX_STREAMS: usize = 64;

/// Bytes of a watched line that are kept as they are; of a longer one what the regex found is kept.
const MAX_KEPT: usize = 4096;

/// A line where a watch was seen.
#[derive(Debug)]
struct Seen {
    at: At,
    text: Vec<u8>,
    content_at: usize,
    /// What a hit keeps of a long line.
    made: Option<WatchHit>,
}

/// Where a hit or a watched line stands.
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

/// What the conditions of one input remember.
#[derive(Debug, Default)]
pub(super) struct Memory {
    seen: BTreeMap<Target, Vec<Seen>>,
    waiting: BTreeMap<Target, Vec<Waiting>>,
}

impl Memory {
    /// Lines above a hit that its conditions ask for.
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

    /// Has a hit wait for the lines below it that its conditions ask for; false where it asks for none.
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

    /// Forgets hits whose wait is over: their section has ended, or the line would come too late.
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

    /// Does anything hang on such a line? No, if no hit waits for it and nothing would be told by it of hits below.
    pub(super) fn wants(
        &self,
        library: &Library,
        target: Target,
        stage: u32,
        command: u32,
    ) -> bool {
        // What is no condition is always wanted.
        self.is_awaited(target)
            || watch(library, target)
                .is_none_or(|watch| self.is_news(watch, target, stage, command))
    }

    /// Must a line be remembered for hits below it? That something is not absent its first line tells as well as its last.
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

    /// Does any hit wait for a line?
    pub(super) fn awaits(&self) -> bool {
        !self.waiting.is_empty()
    }

    /// Does a hit wait for such a line?
    pub(super) fn is_awaited(&self, target: Target) -> bool {
        self.waiting
            .get(&target)
            .is_some_and(|list| !list.is_empty())
    }

    /// A watched line has come: hits above it that waited for it get it.
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
        // The buffer of the line it replaces serves again.
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

/// The condition that a target is, if it is one.
fn watch(library: &Library, target: Target) -> Option<Watch> {
    library
        .rule(target.pattern.into())
        .watch(target.regex.into())
}

/// Can a line at `now` or below it still stand close enough below `upper`, in the same scope?
fn may_reach(upper: At, now: At, watch: Watch) -> bool {
    let in_scope = match watch.scope {
        Scope::Job => true,
        Scope::Section => upper.stage == now.stage,
        Scope::Command => upper.stage == now.stage && upper.place.command == now.place.command,
    };
    let distance = now.place.line.saturating_sub(upper.place.line);
    in_scope && watch.within.is_none_or(|most| distance <= u64::from(most))
}

/// Does `upper` stand close enough above `lower`, in the same scope and the same output?
fn reaches(upper: At, lower: At, watch: Watch) -> bool {
    // Only distances are confused by what a parallel output prints in between.
    let same_output = watch.within.is_none()
        || upper.stream == lower.stream
        || upper.stream == 0
        || lower.stream == 0;
    same_output && may_reach(upper, lower, watch)
}
