//! How common four-byte sequences are in ordinary text. That makes one stretch of a literal a better key than
//! another.
//!
//! `background.bin` holds the most frequent sequences of a mix of generated job logs, source code and
//! documentation, with case folded. Each takes five bytes: the gram (little endian) and the binary logarithm
//! of its count in 8 MiB. `examples/background.rs` writes the file.

use super::gram;

/// Cost of a literal that is too short to search for.
const NO_KEY: u64 = u64::MAX / 2;

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

/// Cost of the rarest stretch of a folded literal.
pub fn stretch_cost(literal: &[u8]) -> u64 {
    gram::best_window(&gram::costs(literal, &gram_cost)).map_or(NO_KEY, |(least, _)| least)
}

/// Cost of a folded literal. Each of its occurrences has a line checked; each gram of its rarest stretch has
/// the text beside it checked, which costs a fortieth of that. If all grams are equally common, it costs what
/// three of them cost.
pub fn literal_cost(literal: &[u8]) -> u64 {
    const OF_A_LINE: u64 = 40;
    let costs = gram::costs(literal, &gram_cost);
    let (Some((looks, _)), Some(occurs)) = (gram::best_window(&costs), costs.iter().min()) else {
        return NO_KEY;
    };
    3 * (OF_A_LINE * occurs + looks) / (OF_A_LINE + 3)
}
