//! Searches text with the tables: the hot loop.

use std::borrow::Cow;

use super::hash::{BITS, LOG2, TABLE, mix, neighbourhood, slot_of};
use super::place::{DELTA_BIAS, MAX_LITERALS};
use super::{CONDITIONAL, HEADER, STRIDE, gram};
use crate::matcher::word;

/// Samples in one step of the hot loop.
const UNROLL: usize = 8;
const STEP: usize = STRIDE * UNROLL;
/// Steps between checks of what passed; the number of steps fits a byte.
const STRETCH: usize = 170;
/// Places below which a linear search replaces halving.
const FEW: u32 = 8;

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

/// Which samples of a step pass the first table.
#[inline(always)]
fn hits(table: &[u8; TABLE], window: &[u8; STEP + 1]) -> u32 {
    let mut hits = 0;
    for k in 0..UNROLL {
        let m = mix(gram(window, k * STRIDE));
        // The first sample's bit ends up highest.
        hits = 2 * hits + u32::from(missing(table, m) == 0);
    }
    hits
}

/// The bits of a gram that its byte of the first table lacks.
#[inline(always)]
fn missing(table: &[u8; TABLE], m: u32) -> u8 {
    table[(m >> (32 - LOG2)) as usize] & BITS[(m >> 8 & 0xff) as usize]
}

/// Whether the bytes beside the gram allow a literal here. At the ends of the text they are not checked.
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
    // All three, without a branch between them.
    is_known(eight >> 16, 0) | is_known(eight >> 8, 1) | is_known(eight, 2)
}

impl Tables {
    /// Reads the tables that [`build`](super::build()) made; nothing is copied.
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

    /// The targets of a literal.
    pub fn targets(&self, literal: u32) -> impl Iterator<Item = u32> + '_ {
        let at = self.literals + 16 * literal as usize;
        let (from, count) = (
            word(&self.bytes, at + 8) as usize,
            (word(&self.bytes, at + 12) & !CONDITIONAL) as usize,
        );
        (from..from + count).map(|k| word(&self.bytes, self.targets + 4 * k))
    }

    /// Whether a literal matters only when a hit wants its lines.
    pub fn is_conditional(&self, literal: u32) -> bool {
        word(&self.bytes, self.literals + 16 * literal as usize + 12) & CONDITIONAL != 0
    }

    /// The number of literals.
    pub fn count(&self) -> usize {
        (self.targets - self.literals) / 16
    }

    /// The folded bytes of a literal.
    pub fn literal(&self, literal: u32) -> &[u8] {
        let at = self.literals + 16 * literal as usize;
        let from = self.text + word(&self.bytes, at) as usize;
        &self.bytes[from..from + word(&self.bytes, at + 4) as usize]
    }

    /// Calls `seen(gram)` for every sampled position that needs a close look; their number is the prefilter's
    /// cost.
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

    /// Calls `found(literal, start)` for every occurrence of a literal in `text`, ignoring case, almost in
    /// order.
    pub fn scan(&self, text: &[u8], mut found: impl FnMut(u32, usize)) {
        let Some(table) = self.bytes[HEADER..].first_chunk::<TABLE>() else {
            return;
        };
        let second = self.second();
        // What passes is collected first and checked later: an unpredictable branch costs more than a step.
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

    /// Checks a sampled gram that is in the table, and reports the literals that stand here.
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

    /// Reports which literals of a group stand here.
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
                // Halves the group until few places are left, then searches one by one.
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

/// Whether a text, folded, is this literal. Both have the same length, at least [`WINDOW`](super::WINDOW).
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
    // The last eight bytes may be compared twice; a loop over bytes costs more.
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
