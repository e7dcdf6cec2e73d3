//! The prefilter: finds every occurrence of every literal in a block, at close to memory speed.
//!
//! At every third position the folded four bytes are looked up in a small table. A literal of six bytes or more covers
//! a window of three consecutive grams, one of which is sampled whatever its alignment, so no occurrence is missed.
//! A gram that passes is looked up once more together with two bytes beside it: short literals (`) test `) have grams that
//! stand on every tenth line, and four of five are told by their neighbours at a third of the cost of looking into the literals.
//! The tables are one flat run of bytes: made at build time for the embedded library, at run time for a user's own.

use std::borrow::Cow;
use std::collections::BTreeMap;

use crate::matcher::word;

/// Distance of the sampled positions.
const STRIDE: usize = 3;
/// Bytes a window of grams covers: the shortest literal.
pub const WINDOW: usize = 4 + STRIDE - 1;
/// Size of the first table: 32 KiB of bytes, each a filter of eight bits, of which a gram has two.
const LOG2: u32 = 15;
const TABLE: usize = 1 << LOG2;
/// Samples of a step of the hot loop.
const UNROLL: usize = 8;
const STEP: usize = STRIDE * UNROLL;
/// Steps between looks at what passed; their number fits a byte.
const STRETCH: usize = 170;
const HEADER: usize = 6 * 4;
/// How much less a gram costs that another literal uses already: it passes the first table anyway.
const USED: u64 = 16;
/// How much more a close look costs than a gram that passes the first table only.
const CLOSE: u64 = 4;
/// Words of the second table for one place at the least; each holds two bits a place.
const PLACES_PER_WORD: usize = 2;
/// Marks a literal whose targets matter now and then only.
const CONDITIONAL: u32 = 1 << 31;

/// A literal and whom its occurrences concern.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Folded bytes (bit 5 set), at least [`WINDOW`] of them.
    pub literal: Vec<u8>,
    /// Opaque numbers handed back on a hit.
    pub targets: Vec<u32>,
    /// All of them matter now and then only: somebody must want such a line.
    pub conditional: bool,
}

/// How common a folded gram is in ordinary text: higher is worse.
pub type GramCost<'c> = &'c dyn Fn(u32) -> u64;

/// The folded gram at an offset.
#[inline(always)]
pub fn gram(bytes: &[u8], at: usize) -> u32 {
    word(bytes, at) | 0x2020_2020
}

/// What each gram of a literal costs.
pub fn costs(literal: &[u8], cost: GramCost<'_>) -> Vec<u64> {
    literal.windows(4).map(|four| cost(gram(four, 0))).collect()
}

/// Cost of the cheapest window, by what each gram costs, and where it starts.
pub fn best_window(costs: &[u64]) -> Option<(u64, usize)> {
    let windows = costs.windows(STRIDE).enumerate();
    windows.map(|(at, window)| (window.iter().sum(), at)).min()
}

/// Two different bits of eight for every hash: a chance hit is ten times as rare as with one.
const BITS: [u8; 256] = {
    let mut bits = [0; 256];
    let mut k = 0;
    while k < 256 {
        let (one, other) = (k % 8, (k % 8 + 1 + k / 8 % 7) % 8);
        bits[k] = 1 << one | 1 << other;
        k += 1;
    }
    bits
};

#[inline(always)]
fn mix(gram: u32) -> u32 {
    gram.wrapping_mul(0x9E37_79B1)
}

/// What six bytes around a gram are hashed with, by how many of them stand before it.
const FACTORS: [u64; 3] = [
    0x9E37_79B9_7F4A_7C15,
    0xC2B2_AE3D_27D4_EB4F,
    0x1656_67B1_9E37_79F9,
];

/// Where six folded bytes stand in the second table: a word's number (to be masked) and two of its bits. They come in the
/// lower part of `bytes`, what stands above does not count: the multiplication carries each of them up to the number.
#[inline(always)]
fn neighbourhood(bytes: u64, before: usize) -> (usize, u64) {
    let m = (bytes & ((1 << 48) - 1)).wrapping_mul(FACTORS[before]);
    (
        (m >> 44) as usize,
        1 << ((m >> 32) & 63) | 1 << ((m >> 38) & 63),
    )
}

/// The rarest six bytes of a literal around the gram at an offset: how common they are, and how many of them stand before it.
fn beside(costs: &[u64], offset: usize) -> (u64, usize) {
    let choices = (0..FACTORS.len()).filter_map(|before| {
        let from = offset.checked_sub(before)?;
        let three = costs.get(from..from + 3)?;
        Some((*three.iter().min()?, before))
    });
    // There is one: a literal has six bytes.
    choices.min().unwrap_or_default()
}

/// Six folded bytes of a literal around the gram at an offset, so many of them before it, for [`neighbourhood`].
fn six(literal: &[u8], offset: usize, before: usize) -> u64 {
    let mut bytes = [0; 8];
    bytes[..6].copy_from_slice(&literal[offset - before..][..6]);
    u64::from_le_bytes(bytes)
}

fn slot_of(gram: u32, mask: u32) -> u32 {
    (gram.wrapping_mul(0x85EB_CA6B) >> 8) & mask
}

/// Builds the tables as bytes; [`Tables::new`] reads them.
pub fn build(entries: &[Entry], cost: GramCost<'_>) -> Vec<u8> {
    assert!(entries.len() < MAX_LITERALS, "too many literals");
    let mut grams: BTreeMap<u32, Vec<(u32, u32)>> = BTreeMap::new();
    // Those that have no choice first: what they need costs others little.
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
    // A bit is taken away where a gram has it: what passes is then told by zero.
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

/// Where a gram stands in a literal, and another gram of that literal: most wrong literals are told by those four bytes.
///
/// Common grams stand in hundreds of literals. Hence their places come in groups of one distance to the other gram, sorted
/// by it: the text there is read once for a group, and what it says is searched for.
#[derive(Debug, Clone, Copy)]
struct Place {
    offset: u32,
    /// How far behind the gram the other one stands, or before it.
    delta: i32,
    other: u32,
    id: u32,
}

/// Places of a group, and literals, at the most: what the packed form holds.
const MAX_GROUP: usize = 0xffff;
const MAX_LITERALS: usize = 1 << 28;
/// Added to a distance, so that it is packed without its sign.
const DELTA_BIAS: i32 = 8;
/// Places that are looked at one after another.
const FEW: u32 = 8;

impl Place {
    fn of(literal: &[u8], offset: u32, id: u32) -> Self {
        let offset_at = offset as usize;
        let other = if offset_at >= 4 {
            offset_at - 4
        } else {
            (offset_at + 4).min(literal.len() - 4)
        };
        Self {
            offset,
            delta: other as i32 - offset as i32,
            other: gram(literal, other),
            id,
        }
    }

    /// As the tables keep it; `left` places of the group are not before this one.
    fn pack(self, left: usize) -> [u32; 3] {
        [
            self.offset | (left as u32) << 16,
            self.id | ((self.delta + DELTA_BIAS) as u32) << 28,
            self.other,
        ]
    }
}

/// The tables, ready to scan with.
#[derive(Debug, Clone)]
pub struct Tables {
    bytes: Cow<'static, [u8]>,
    slots: u32,
    second: usize,
    index: usize,
    places: usize,
    literals: usize,
    targets: usize,
    text: usize,
}

/// Which of the samples of a step pass the first table.
#[inline(always)]
fn hits(table: &[u8; TABLE], window: &[u8; STEP + 1]) -> u32 {
    let mut hits = 0;
    for k in 0..UNROLL {
        let m = mix(gram(window, k * STRIDE));
        // One more bit; that of the first sample ends up highest.
        hits = 2 * hits + u32::from(missing(table, m) == 0);
    }
    hits
}

/// The bits of a gram that its byte of the first table does not have.
#[inline(always)]
fn missing(table: &[u8; TABLE], m: u32) -> u8 {
    table[(m >> (32 - LOG2)) as usize] & BITS[(m >> 8 & 0xff) as usize]
}

/// Could a literal stand here, by what stands beside the gram? At the ends of the text that is not asked.
#[inline(always)]
fn neighbours(second: &[u8], text: &[u8], at: usize) -> bool {
    let eight = at
        .checked_sub(2)
        .and_then(|from| text.get(from..)?.first_chunk::<8>());
    let Some(eight) = eight else { return true };
    let eight = u64::from_le_bytes(*eight) | 0x2020_2020_2020_2020;
    let mask = second.len() / 8 - 1;
    let is_known = |bytes: u64, before: usize| {
        let (word, bits) = neighbourhood(bytes, before);
        let word = second[8 * (word & mask)..].first_chunk();
        word.map_or(0, |word| u64::from_le_bytes(*word)) & bits == bits
    };
    // All, without a branch between them.
    is_known(eight >> 16, 0) | is_known(eight >> 8, 1) | is_known(eight, 2)
}

impl Tables {
    /// Reads what [`build`] made; nothing is copied.
    pub fn new(bytes: Cow<'static, [u8]>) -> Self {
        let count = |k: usize| word(&bytes, 4 * k) as usize;
        let (slots, places, literals, targets) = (count(0), count(1), count(2), count(3));
        let second = count(5);
        let index_at = HEADER + TABLE + 8 * second;
        let places_at = index_at + 12 * slots;
        let literals_at = places_at + 12 * places;
        let targets_at = literals_at + 16 * literals;
        let text_at = targets_at + 4 * targets;
        assert_eq!(bytes.len(), text_at + count(4), "damaged tables");
        Self {
            slots: slots as u32,
            second,
            index: index_at,
            places: places_at,
            literals: literals_at,
            targets: targets_at,
            text: text_at,
            bytes,
        }
    }

    /// Whom a literal concerns.
    pub fn targets(&self, literal: u32) -> impl Iterator<Item = u32> + '_ {
        let at = self.literals + 16 * literal as usize;
        let (from, count) = (
            word(&self.bytes, at + 8) as usize,
            (word(&self.bytes, at + 12) & !CONDITIONAL) as usize,
        );
        (from..from + count).map(|k| word(&self.bytes, self.targets + 4 * k))
    }

    /// Does a literal matter only when somebody wants its lines?
    pub fn is_conditional(&self, literal: u32) -> bool {
        word(&self.bytes, self.literals + 16 * literal as usize + 12) & CONDITIONAL != 0
    }

    /// How many literals there are.
    pub fn count(&self) -> usize {
        (self.targets - self.literals) / 16
    }

    /// The folded bytes of a literal.
    pub fn literal(&self, literal: u32) -> &[u8] {
        let at = self.literals + 16 * literal as usize;
        let from = self.text + word(&self.bytes, at) as usize;
        &self.bytes[from..from + word(&self.bytes, at + 4) as usize]
    }

    /// Calls `seen(gram)` for every sampled position that has to be looked at closely: what the prefilter costs.
    pub fn sampled(&self, text: &[u8], mut seen: impl FnMut(u32)) {
        let Some(table) = self.bytes[HEADER..].first_chunk::<TABLE>() else {
            return;
        };
        let second = self.second();
        for at in (0..text.len().saturating_sub(3)).step_by(STRIDE) {
            let gram = gram(text, at);
            if missing(table, mix(gram)) == 0 && neighbours(second, text, at) {
                seen(gram);
            }
        }
    }

    /// The second table.
    fn second(&self) -> &[u8] {
        let at = HEADER + TABLE;
        &self.bytes[at..at + 8 * self.second]
    }

    /// Calls `found(literal, start)` for every occurrence of a literal in `text`, letter case aside, about in order.
    pub fn scan(&self, text: &[u8], mut found: impl FnMut(u32, usize)) {
        let Some(table) = self.bytes[HEADER..].first_chunk::<TABLE>() else {
            return;
        };
        let second = self.second();
        // What passes is collected first and looked at then: a branch that nobody can foretell costs more than a step.
        let mut busy = [0u16; 256];
        let mut close = [0u32; 2048];
        let mut at = 0;
        while text.len() - at > STEP {
            let steps = ((text.len() - at - 1) / STEP).min(STRETCH);
            let stretch = &text[at..=at + steps * STEP];
            let mut n = 0;
            for (step, window) in stretch.windows(STEP + 1).step_by(STEP).enumerate() {
                let Some(window) = window.first_chunk::<{ STEP + 1 }>() else {
                    break;
                };
                let hits = hits(table, window);
                busy[n & 255] = (step as u16) << 8 | hits as u16;
                n += usize::from(hits != 0);
            }
            let mut count = 0;
            for &entry in &busy[..n.min(busy.len())] {
                let start = at + usize::from(entry >> 8) * STEP;
                let mut hits = entry & 0xff;
                while hits != 0 {
                    let k = (hits as u8).leading_zeros();
                    hits &= !(0x80 >> k);
                    let sample = start + k as usize * STRIDE;
                    close[count & 2047] = sample as u32;
                    count += usize::from(neighbours(second, text, sample));
                }
            }
            for &sample in &close[..count.min(close.len())] {
                self.probe(text, sample as usize, &mut found);
            }
            at += steps * STEP;
        }
        while at + 4 <= text.len() {
            self.probe(text, at, &mut found);
            at += STRIDE;
        }
    }

    /// A sampled gram is in the table: is it that of a literal, and does the literal stand here?
    #[inline(never)]
    fn probe(&self, text: &[u8], at: usize, found: &mut impl FnMut(u32, usize)) {
        let gram = gram(text, at);
        let mask = self.slots - 1;
        let mut slot = slot_of(gram, mask);
        loop {
            let entry = self.index + 12 * slot as usize;
            let count = word(&self.bytes, entry + 8);
            if count == 0 {
                return;
            }
            if word(&self.bytes, entry) == gram {
                let from = word(&self.bytes, entry + 4);
                return self.look_closely(text, at, from, from + count, found);
            }
            slot = (slot + 1) & mask;
        }
    }

    /// Which of the literals at these places stand here?
    #[inline(always)]
    fn look_closely(
        &self,
        text: &[u8],
        at: usize,
        mut from: u32,
        to: u32,
        found: &mut impl FnMut(u32, usize),
    ) {
        let part = |place: u32, k: usize| word(&self.bytes, self.places + 12 * place as usize + k);
        while from < to {
            let group = from + (part(from, 0) >> 16);
            let delta = (part(from, 4) >> 28) as i32 - DELTA_BIAS;
            let other = text
                .get(at.wrapping_add_signed(delta as isize)..)
                .and_then(<[u8]>::first_chunk)
                .map(|four| u32::from_le_bytes(*four) | 0x2020_2020);
            if let Some(other) = other {
                // Halves until few are left; then one after another.
                let mut end = group;
                while end - from > FEW {
                    let middle = from + (end - from) / 2;
                    if part(middle, 8) < other {
                        from = middle + 1;
                    } else {
                        end = middle;
                    }
                }
                while from < group && part(from, 8) < other {
                    from += 1;
                }
                while from < group && part(from, 8) == other {
                    self.check(text, at, part(from, 0) & 0xffff, part(from, 4), found);
                    from += 1;
                }
            }
            from = group;
        }
    }

    #[inline(always)]
    fn check(
        &self,
        text: &[u8],
        at: usize,
        offset: u32,
        id: u32,
        found: &mut impl FnMut(u32, usize),
    ) {
        let id = id & (MAX_LITERALS as u32 - 1);
        let literal = self.literal(id);
        let Some(start) = at.checked_sub(offset as usize) else {
            return;
        };
        if let Some(here) = text.get(start..start + literal.len())
            && is_folded(here, literal)
        {
            found(id, start);
        }
    }
}

/// Is that text, folded, this literal? Both are of one length, [`WINDOW`] at the least.
#[inline(always)]
fn is_folded(text: &[u8], literal: &[u8]) -> bool {
    let eight = |bytes: &[u8], at: usize| {
        bytes[at..]
            .first_chunk()
            .map_or(0, |eight| u64::from_le_bytes(*eight))
    };
    let len = literal.len();
    if len < 8 {
        let last = len - 4;
        return gram(text, 0) == gram(literal, 0) && gram(text, last) == gram(literal, last);
    }
    // The last eight bytes may be told twice; a loop over bytes costs more.
    let differ = |at| eight(text, at) | 0x2020_2020_2020_2020 != eight(literal, at);
    let mut at = 0;
    while at + 8 < len {
        if differ(at) {
            return false;
        }
        at += 8;
    }
    !differ(len - 8)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn random(state: &mut u64) -> usize {
        *state = state
            .wrapping_mul(6364136223846793005)
            .wrapping_add(1442695040888963407);
        (*state >> 33) as usize
    }

    #[test]
    fn every_occurrence_is_found_and_nothing_else() {
        let literals: [&[u8]; 8] = [
            b"error:",
            b"no space left",
            b"aaaaaaa",
            b"aaaaaaab",
            b"failed to pull",
            b"ababab",
            b"x12345",
            b"   x   ",
        ];
        let entries: Vec<Entry> = literals
            .iter()
            .enumerate()
            .map(|(k, l)| Entry {
                literal: l.iter().map(|b| b | 0x20).collect(),
                targets: vec![k as u32, 77],
                conditional: k == 3,
            })
            .collect();
        let tables = Tables::new(build(&entries, &|_| 0).into());
        let mut state = 1;
        for round in 0..4000 {
            let mut text: Vec<u8> = (0..random(&mut state) % 200)
                .map(|_| b"aAbB xe\n"[random(&mut state) % 8])
                .collect();
            for _ in 0..random(&mut state) % 4 {
                let literal = literals[random(&mut state) % literals.len()];
                let at = random(&mut state) % (text.len() + 1);
                text.splice(at..at, literal.iter().copied());
            }
            let mut got = Vec::new();
            tables.scan(&text, |id, at| got.push((id, at)));
            got.sort_unstable();
            let want = naive(&entries, &text);
            assert_eq!(got, want, "round {round}");
        }
        assert_eq!(tables.targets(2).collect::<Vec<_>>(), [2, 77]);
        assert_eq!(tables.targets(3).collect::<Vec<_>>(), [3, 77]);
        assert!(tables.is_conditional(3) && !tables.is_conditional(2));
    }

    /// Every occurrence, letter case aside, by trying every literal everywhere.
    fn naive(entries: &[Entry], text: &[u8]) -> Vec<(u32, usize)> {
        let folded: Vec<u8> = text.iter().map(|b| b | 0x20).collect();
        let mut found = Vec::new();
        for (id, entry) in entries.iter().enumerate() {
            let windows = folded.windows(entry.literal.len()).enumerate();
            let here = windows.filter(|(_, window)| *window == entry.literal);
            found.extend(here.map(|(at, _)| (id as u32, at)));
        }
        found.sort_unstable();
        found
    }

    #[test]
    fn literals_that_share_their_words_are_told_apart() {
        const WORDS: &[&str] = &[
            "error", " error ", "error: ", "failed", " to ", "x", "yz", "7",
        ];
        let mut state = 5;
        for round in 0..60 {
            let mut words = |n: usize| -> Vec<u8> {
                let words = (0..n).map(|_| WORDS[random(&mut state) % WORDS.len()]);
                words.collect::<String>().into_bytes()
            };
            let mut entries: Vec<Entry> = Vec::new();
            while entries.len() < 20 * (1 + round % 10) {
                let mut literal = words(2 + entries.len() % 4);
                literal.iter_mut().for_each(|b| *b |= 0x20);
                let is_new = entries.iter().all(|entry| entry.literal != literal);
                if literal.len() >= WINDOW && is_new {
                    entries.push(Entry {
                        literal,
                        targets: vec![0],
                        conditional: false,
                    });
                }
            }
            let tables = Tables::new(build(&entries, &|_| 0).into());
            let text = words(400);
            let mut got = Vec::new();
            tables.scan(&text, |id, at| got.push((id, at)));
            got.sort_unstable();
            assert_eq!(got, naive(&entries, &text), "round {round}");
        }
    }

    #[test]
    fn every_byte_beside_a_gram_counts() {
        for before in 0..FACTORS.len() {
            let text = u64::from_le_bytes(*b"res: 1\0\0");
            let (word, _) = neighbourhood(text, before);
            for byte in 0..6 {
                let (other, _) = neighbourhood(text ^ 1 << (8 * byte), before);
                assert_ne!(word & 0xff, other & 0xff, "byte {byte}, {before} before");
            }
        }
    }

    #[test]
    fn an_empty_library_finds_nothing() {
        let tables = Tables::new(build(&[], &|_| 0).into());
        tables.scan(b"anything at all, of any length whatsoever", |_, _| {
            panic!("found")
        });
    }
}
