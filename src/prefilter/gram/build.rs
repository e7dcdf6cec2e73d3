//! Builds the tables.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use super::hash::{BITS, FACTORS, LOG2, TABLE, mix, neighbourhood, slot_of};
use super::place::{MAX_GROUP, MAX_LITERALS, Place};
use super::{Entry, GramCost, STRIDE, WINDOW, best_window, costs, gram};

/// By what factor a gram is cheaper if another literal already uses it: it passes the first table anyway.
const USED: u64 = 16;
/// By what factor a close look costs more than a gram that only passes the first table.
const CLOSE: u64 = 4;
/// Fewest words of the second table for each place; a place sets two bits.
const PLACES_PER_WORD: usize = 2;

/// The rarest six bytes of a literal around the gram at an offset: how common they are, and how many precede
/// the gram.
fn beside(costs: &[u64], offset: usize) -> (u64, usize) {
    let choices = (0..FACTORS.len()).filter_map(|before| {
        let from = offset.checked_sub(before)?;
        let three = costs.get(from..from + 3)?;
        Some((*three.iter().min()?, before))
    });
    // There is one, since a literal has at least six bytes.
    choices.min().unwrap_or_default()
}

/// Six folded bytes of a literal, of which `before` precede the gram at `offset`, for [`neighbourhood`].
fn six(literal: &[u8], offset: usize, before: usize) -> u64 {
    let mut bytes = [0; 8];
    bytes[..6].copy_from_slice(&literal[offset - before..][..6]);
    u64::from_le_bytes(bytes)
}

/// Builds the tables as bytes; [`Tables::new`](super::Tables::new) reads them.
pub fn build(entries: &[Entry], cost: GramCost<'_>) -> Vec<u8> {
    assert!(entries.len() < MAX_LITERALS, "too many literals");
    let short = entries.iter().find(|e| e.literal.len() < WINDOW);
    assert!(short.is_none(), "a literal of less than {WINDOW} bytes");
    let costs: Vec<Vec<u64>> = entries.iter().map(|e| costs(&e.literal, cost)).collect();
    let grams = choose(entries, &costs);
    let filter = Filter::of(&grams, entries, &costs);
    let literals = Literals::of(entries);
    let counts = [
        filter.index.len(),
        filter.places.len(),
        literals.spans.len(),
        literals.targets.len(),
        literals.text.len(),
        filter.second.len(),
    ];
    let mut bytes = Vec::new();
    bytes.extend(counts.iter().flat_map(|&n| (n as u32).to_le_bytes()));
    bytes.extend(&filter.first);
    bytes.extend(filter.second.iter().flat_map(|word| word.to_le_bytes()));
    let words = filter.index.iter().flatten();
    let words = words
        .chain(filter.places.iter().flatten())
        .chain(literals.spans.iter().flatten())
        .chain(&literals.targets);
    bytes.extend(words.flat_map(|n| n.to_le_bytes()));
    bytes.extend(&literals.text);
    bytes
}

/// Each gram that is looked for, with its places: an offset in a literal, and the literal's number.
type Grams = BTreeMap<u32, Vec<(usize, usize)>>;

/// Chooses [`STRIDE`] grams of each literal, so that one of them is met at any step of the search.
fn choose(entries: &[Entry], costs: &[Vec<u64>]) -> Grams {
    let mut grams = Grams::new();
    // Literals without a choice come first, so that the others can reuse their grams.
    let least = |id: usize| best_window(&costs[id]).unwrap_or_default().0;
    let mut order: Vec<usize> = (0..entries.len()).collect();
    order.sort_by_cached_key(|&id| (Reverse(least(id)), id));
    for id in order {
        let (literal, costs) = (&entries[id].literal, &costs[id]);
        let weight = |(at, cost): (usize, &u64)| {
            let (rarest, _) = beside(costs, at);
            let passes = if grams.contains_key(&gram(literal, at)) {
                cost / USED
            } else {
                cost + 1
            };
            passes + CLOSE * rarest
        };
        let weights: Vec<u64> = costs.iter().enumerate().map(weight).collect();
        let (_, at) = best_window(&weights).unwrap_or_default();
        for k in at..at + STRIDE {
            grams.entry(gram(literal, k)).or_default().push((k, id));
        }
    }
    grams
}

/// The tables that a gram passes, one after the other.
struct Filter {
    /// By the gram's hash. A gram clears its bits, so that zero means that it passes.
    first: Vec<u8>,
    /// By the hash of six bytes around the gram, whose bits are set.
    second: Vec<u64>,
    /// A hash table with open addressing: the gram, its first place, and how many there are.
    index: Vec<[u32; 3]>,
    /// Packed places.
    places: Vec<[u32; 3]>,
}

impl Filter {
    fn of(grams: &Grams, entries: &[Entry], costs: &[Vec<u64>]) -> Self {
        let slots = (grams.len() * 2).next_power_of_two().max(16);
        let places: usize = grams.values().map(Vec::len).sum();
        let words = (places / PLACES_PER_WORD).next_power_of_two().max(16);
        let mut filter = Self {
            first: vec![0xff; TABLE],
            second: vec![0; words],
            index: vec![[0; 3]; slots],
            places: Vec::new(),
        };
        for (&key, list) in grams {
            filter.let_pass(key);
            *filter.slot(key) = [key, filter.places.len() as u32, list.len() as u32];
            for &(offset, id) in list {
                let (_, before) = beside(&costs[id], offset);
                let six = six(&entries[id].literal, offset, before);
                let (word, bits) = neighbourhood(six, before);
                filter.second[word & (words - 1)] |= bits;
            }
            filter.add_places(list, entries);
        }
        filter
    }

    fn let_pass(&mut self, key: u32) {
        let m = mix(key);
        self.first[(m >> (32 - LOG2)) as usize] &= !BITS[(m >> 8 & 0xff) as usize];
    }

    /// The free slot for a new gram.
    fn slot(&mut self, key: u32) -> &mut [u32; 3] {
        let mask = self.index.len() as u32 - 1;
        let mut slot = slot_of(key, mask);
        while self.index[slot as usize][2] != 0 {
            slot = (slot + 1) & mask;
        }
        &mut self.index[slot as usize]
    }

    fn add_places(&mut self, list: &[(usize, usize)], entries: &[Entry]) {
        let places = list.iter();
        let mut list: Vec<Place> = places
            .map(|&(offset, id)| Place::of(&entries[id].literal, offset, id))
            .collect();
        list.sort_unstable_by_key(|place| (place.delta, place.other, place.id));
        let groups = list.chunk_by(|a, b| a.delta == b.delta);
        for group in groups.flat_map(|group| group.chunks(MAX_GROUP)) {
            let packed = group.iter().enumerate();
            self.places
                .extend(packed.map(|(k, place)| place.pack(group.len() - k)));
        }
    }
}

/// The literals with their targets, for the exact check.
#[derive(Default)]
struct Literals {
    /// Where each literal and its targets begin, and how long they are; the highest bit of the last word says
    /// that the literal is conditional.
    spans: Vec<[u32; 4]>,
    text: Vec<u8>,
    targets: Vec<u32>,
}

impl Literals {
    fn of(entries: &[Entry]) -> Self {
        let mut all = Self::default();
        for entry in entries {
            all.spans.push([
                all.text.len() as u32,
                entry.literal.len() as u32,
                all.targets.len() as u32,
                entry.targets.len() as u32 | u32::from(entry.conditional) << 31,
            ]);
            all.text.extend(&entry.literal);
            all.targets.extend(&entry.targets);
        }
        all
    }
}
