//! Writes `src/prefilter/background.bin`: which four-byte sequences are common in ordinary text.
//!
//! `cargo run --release --example background -- FILE...`: give it about as much of job logs as of source code and
//! documentation. Counts are scaled to 8 MiB, so the size of the mix does not matter.

use std::collections::HashMap;
use std::{env, fs};

/// Sequences kept: what is rarer costs nothing.
const KEPT: usize = 24_000;

fn main() {
    let mut counts: HashMap<u32, u64> = HashMap::new();
    let mut total = 0u64;
    for file in env::args().skip(1) {
        let bytes = fs::read(&file).expect("a readable file");
        for window in bytes.windows(4) {
            let gram =
                u32::from_le_bytes([window[0], window[1], window[2], window[3]]) | 0x2020_2020;
            *counts.entry(gram).or_default() += 1;
        }
        total += bytes.len() as u64;
    }
    let scale = |n: u64| (n * (8 << 20)) / total.max(1);
    let mut all: Vec<(u64, u32)> = counts
        .into_iter()
        .map(|(g, n)| (scale(n), g))
        .filter(|(n, _)| *n >= 2)
        .collect();
    all.sort_unstable_by(|a, b| b.cmp(a));
    all.truncate(KEPT);
    all.sort_unstable_by_key(|(_, gram)| *gram);
    let bytes: Vec<u8> = all
        .iter()
        .flat_map(|(n, gram)| gram.to_le_bytes().into_iter().chain([n.ilog2() as u8]))
        .collect();
    fs::write("src/prefilter/background.bin", &bytes).expect("src/prefilter is writable");
    eprintln!("{} sequences of {} MiB", all.len(), total >> 20);
}
