//! Finds every occurrence of every literal in a block, at close to memory speed.
//!
//! At every third position the folded four bytes are looked up in a small table. A literal of at least six
//! bytes covers a window of three consecutive grams, one of which is always sampled, so no occurrence is
//! missed. A gram that passes is looked up again together with two bytes beside it: grams of short literals
//! (`) test `) stand on every tenth line, and their neighbours rule out four of five at a third of the cost
//! of comparing literals. The tables are one flat run of bytes, built at build time for the embedded library
//! and at run time for a user's own.

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
/// Bytes that a window of grams covers: the length of the shortest literal.
pub const WINDOW: usize = 4 + STRIDE - 1;
const HEADER: usize = 6 * 4;
/// Flag of a literal whose targets matter only at times.
const CONDITIONAL: u32 = 1 << 31;

/// A literal and its targets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Folded bytes (bit 5 set), at least [`WINDOW`] of them.
    pub literal: Vec<u8>,
    /// Opaque numbers that are returned on a hit.
    pub targets: Vec<u32>,
    /// All its targets matter only at times, when a hit wants such a line.
    pub conditional: bool,
}

/// How common a folded gram is in ordinary text; higher is worse.
pub type GramCost<'c> = &'c dyn Fn(u32) -> u64;

/// The folded gram at an offset.
#[inline(always)]
pub fn gram(bytes: &[u8], at: usize) -> u32 {
    word(bytes, at) | 0x2020_2020
}

/// The cost of each gram of a literal.
pub fn costs(literal: &[u8], cost: GramCost<'_>) -> Vec<u64> {
    literal.windows(4).map(|four| cost(gram(four, 0))).collect()
}

/// The cheapest window, given the cost of each gram: its cost and where it starts.
pub fn best_window(costs: &[u64]) -> Option<(u64, usize)> {
    let windows = costs.windows(STRIDE).enumerate();
    windows.map(|(at, window)| (window.iter().sum(), at)).min()
}
