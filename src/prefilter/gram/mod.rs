//! The prefilter: finds every occurrence of every literal in a block, at close to memory speed.
//!
//! At every third position the folded four bytes are looked up in a small table. A literal of six bytes or more covers
//! a window of three consecutive grams, one of which is sampled whatever its alignment, so no occurrence is missed.
//! A gram that passes is looked up once more together with two bytes beside it: short literals (`) test `) have grams that
//! stand on every tenth line, and four of five are told by their neighbours at a third of the cost of looking into the literals.
//! The tables are one flat run of bytes: made at build time for the embedded library, at run time for a user's own.

mod build;
mod hash;
mod place;
mod tables;
#[cfg(test)]
mod tests;

pub use build::build;
pub use tables::Tables;

use crate::matcher::word;

/// Distance of the sampled positions.
const STRIDE: usize = 3;
/// Bytes a window of grams covers: the shortest literal.
pub const WINDOW: usize = 4 + STRIDE - 1;
const HEADER: usize = 6 * 4;
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
