//! Bounds the hits: keeps the first and the last ones of each pattern and stage, and counts the rest.

use std::collections::{HashMap, VecDeque};

use crate::model::Hit;

/// Hits of one pattern in one stage that are kept from the start, and as many from the end.
const KEEP: usize = 100;
/// Hits kept in all before the bounds get tighter.
const MANY: usize = 4000;
/// Hits kept per pattern and stage from then on.
const KEEP_OF_MANY: usize = 2;
/// Hits kept in all before all stages share one bound: a log of countless sections must not grow without end.
const TOO_MANY: usize = 8_000;

/// Names a kept hit. It is valid until another hit replaces that one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Key {
    slot: u32,
    age: u32,
}

#[derive(Debug, Default)]
struct Bucket {
    first: usize,
    last: VecDeque<u32>,
    count: u64,
}

#[derive(Debug)]
struct Slot {
    hit: Hit,
    age: u32,
    /// The hit was withdrawn.
    void: bool,
    /// Number of the bucket, to find its count at the end.
    bucket: (u32, u32),
}

/// The hits of one input.
#[derive(Debug, Default)]
pub(super) struct Store {
    slots: Vec<Slot>,
    buckets: HashMap<(u32, u32), Bucket>,
}

impl Store {
    /// Adds a hit of a stage. If the bounds are reached, it replaces an older one.
    pub(super) fn add(&mut self, pattern: u32, stage: u32, make: impl FnOnce() -> Hit) -> Key {
        let keep = if self.slots.len() < MANY {
            KEEP
        } else {
            KEEP_OF_MANY
        };
        let stage = if self.slots.len() < TOO_MANY || self.buckets.contains_key(&(pattern, stage)) {
            stage
        } else {
            u32::MAX
        };
        let bucket = self.buckets.entry((pattern, stage)).or_default();
        bucket.count += 1;
        let hit = make();
        if bucket.first < keep || bucket.last.len() < keep {
            let slot = self.slots.len() as u32;
            if bucket.first < keep && bucket.last.is_empty() {
                bucket.first += 1;
            } else {
                bucket.last.push_back(slot);
            }
            self.slots.push(Slot {
                hit,
                age: 0,
                void: false,
                bucket: (pattern, stage),
            });
            return Key { slot, age: 0 };
        }
        let slot = bucket.last.pop_front().unwrap_or_default();
        bucket.last.push_back(slot);
        let place = &mut self.slots[slot as usize];
        place.hit = hit;
        place.void = false;
        place.age += 1;
        Key {
            slot,
            age: place.age,
        }
    }

    /// Withdraws a hit.
    pub(super) fn forget(&mut self, key: Key) {
        let Some(slot) = self.slots.get_mut(key.slot as usize) else {
            return;
        };
        if slot.age == key.age
            && !std::mem::replace(&mut slot.void, true)
            && let Some(bucket) = self.buckets.get_mut(&slot.bucket)
        {
            bucket.count -= 1;
        }
    }

    /// Withdraws all hits above a line.
    pub(super) fn forget_above(&mut self, line: u64) {
        for slot in self
            .slots
            .iter_mut()
            .filter(|slot| slot.hit.place.line < line)
        {
            if !std::mem::replace(&mut slot.void, true)
                && let Some(bucket) = self.buckets.get_mut(&slot.bucket)
            {
                bucket.count -= 1;
            }
        }
    }

    /// The hit of a key, unless another has replaced it.
    pub(super) fn get_mut(&mut self, key: Key) -> Option<&mut Hit> {
        self.slots
            .get_mut(key.slot as usize)
            .filter(|s| s.age == key.age)
            .map(|s| &mut s.hit)
    }

    /// All hits in line order. Each knows how many of its kind were dropped.
    pub(super) fn into_hits(self) -> Vec<Hit> {
        let mut kept: HashMap<(u32, u32), u64> = HashMap::new();
        for slot in self.slots.iter().filter(|slot| !slot.void) {
            *kept.entry(slot.bucket).or_default() += 1;
        }
        let mut hits: Vec<Hit> = self
            .slots
            .into_iter()
            .filter(|slot| !slot.void)
            .map(|slot| {
                let count = self.buckets.get(&slot.bucket).map_or(0, |b| b.count);
                let dropped = count - kept.get(&slot.bucket).copied().unwrap_or(count);
                Hit {
                    dropped,
                    ..slot.hit
                }
            })
            .collect();
        // Hits of one line come in the order of their patterns.
        hits.sort_by_key(|hit| (hit.place.line, hit.pattern));
        hits
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Place;

    fn hit(line: u64) -> Hit {
        Hit {
            pattern: 3,
            place: Place {
                line,
                ..Place::default()
            },
            text: String::new(),
            span: (0, 0),
            captures: Default::default(),
            context: Vec::new(),
            command: None,
            dropped: 0,
        }
    }

    #[test]
    fn the_first_and_the_last_are_kept_and_all_are_counted() {
        let mut store = Store::default();
        let keys: Vec<Key> = (1..=1000)
            .map(|line| store.add(3, 0, || hit(line)))
            .collect();
        assert!(store.get_mut(keys[0]).is_some());
        assert!(store.get_mut(keys[500]).is_none());
        assert!(store.get_mut(keys[999]).is_some());
        let hits = store.into_hits();
        let lines: Vec<u64> = hits.iter().map(|h| h.place.line).collect();
        assert_eq!(lines, (1..=100).chain(901..=1000).collect::<Vec<_>>());
        assert!(hits.iter().all(|h| h.dropped == 800));
    }
}
