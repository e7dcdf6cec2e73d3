//! Builds the tables.

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
    let mut grams: BTreeMap<u32, Vec<(u32, u32)>> = BTreeMap::new();
    // Literals without a choice come first, so that the others can reuse their grams.
    let mut order: Vec<(u64, usize)> = Vec::new();
    let mut all_costs: Vec<Vec<u64>> = Vec::new();
    for (id, entry) in entries.iter().enumerate() {
        let literal = &entry.literal;
        assert!(
            literal.len() >= WINDOW,
            "a literal of {} bytes",
            literal.len()
        );
        let costs = costs(literal, cost);
        let (least, _) = best_window(&costs).unwrap_or_default();
        order.push((least, id));
        all_costs.push(costs);
    }
    order.sort_by_key(|&(least, id)| (std::cmp::Reverse(least), id));
    for (_, id) in order {
        let (literal, costs) = (&entries[id].literal, &all_costs[id]);
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
            grams
                .entry(gram(literal, k))
                .or_default()
                .push((k as u32, id as u32));
        }
    }
    let slots = (grams.len() * 2).next_power_of_two().max(16);
    let places: usize = grams.values().map(Vec::len).sum();
    let words = (places / PLACES_PER_WORD).next_power_of_two().max(16);
    let mut second = vec![0u64; words];
    // A gram clears its bits, so that zero means that it passes.
    let mut table = vec![0xffu8; TABLE];
    let mut index = vec![[0u32; 3]; slots];
    let mut places: Vec<[u32; 3]> = Vec::new();
    for (&key, list) in &grams {
        let m = mix(key);
        table[(m >> (32 - LOG2)) as usize] &= !BITS[(m >> 8 & 0xff) as usize];
        let mask = slots as u32 - 1;
        let mut slot = slot_of(key, mask);
        while index[slot as usize][2] != 0 {
            slot = (slot + 1) & mask;
        }
        index[slot as usize] = [key, places.len() as u32, list.len() as u32];
        for &(offset, id) in list {
            let (id, offset) = (id as usize, offset as usize);
            let (_, before) = beside(&all_costs[id], offset);
            let six = six(&entries[id].literal, offset, before);
            let (word, bits) = neighbourhood(six, before);
            second[word & (words - 1)] |= bits;
        }
        let list = list.iter();
        let mut list: Vec<Place> = list
            .map(|&(offset, id)| Place::of(&entries[id as usize].literal, offset, id))
            .collect();
        list.sort_unstable_by_key(|place| (place.delta, place.other, place.id));
        let groups = list.chunk_by(|a, b| a.delta == b.delta);
        for group in groups.flat_map(|group| group.chunks(MAX_GROUP)) {
            let packed = group.iter().enumerate();
            places.extend(packed.map(|(k, place)| place.pack(group.len() - k)));
        }
    }
    let mut bytes = Vec::new();
    let mut text: Vec<u8> = Vec::new();
    let mut targets: Vec<u32> = Vec::new();
    let mut literals: Vec<[u32; 4]> = Vec::new();
    for entry in entries {
        literals.push([
            text.len() as u32,
            entry.literal.len() as u32,
            targets.len() as u32,
            entry.targets.len() as u32 | u32::from(entry.conditional) << 31,
        ]);
        text.extend(&entry.literal);
        targets.extend(&entry.targets);
    }
    let counts = [
        slots,
        places.len(),
        literals.len(),
        targets.len(),
        text.len(),
        words,
    ];
    bytes.extend(counts.iter().flat_map(|&n| (n as u32).to_le_bytes()));
    bytes.extend(&table);
    bytes.extend(second.iter().flat_map(|word| word.to_le_bytes()));
    let words = index
        .iter()
        .flatten()
        .chain(places.iter().flatten())
        .chain(literals.iter().flatten())
        .chain(&targets);
    bytes.extend(words.flat_map(|n| n.to_le_bytes()));
    bytes.extend(&text);
    bytes
}
