//! How common four-byte sequences are in ordinary text: what makes one stretch of a literal a better key than another.
//!
//! `background.bin` holds the sequences that occur most in a mix of generated job logs, source code and documentation,
//! case folded: five bytes each, the gram (little endian) and the binary logarithm of its count in 8 MiB.
//! `examples/background.rs` writes it anew.

use super::gram;

static COUNTS: &[u8] = include_bytes!("background.bin");

/// Occurrences of a folded gram in 8 MiB of ordinary text, roughly; 0 for a rare one.
pub fn gram_cost(gram: u32) -> u64 {
    let (mut low, mut high) = (0, COUNTS.len() / 5);
    while low < high {
        let middle = (low + high) / 2;
        let entry = &COUNTS[5 * middle..5 * middle + 5];
        let key = u32::from_le_bytes([entry[0], entry[1], entry[2], entry[3]]);
        match key.cmp(&gram) {
            std::cmp::Ordering::Less => low = middle + 1,
            std::cmp::Ordering::Greater => high = middle,
            std::cmp::Ordering::Equal => return 1 << entry[4].min(40),
        }
    }
    0
}

/// Cost of a folded literal: that of its rarest stretch.
pub fn literal_cost(literal: &[u8]) -> u64 {
    gram::best_window(literal, &gram_cost).map_or(u64::MAX / 2, |(cost, _)| cost)
}
