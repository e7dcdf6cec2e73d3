//! Finds a library's literals in a block.

use crate::library::{Library, Target};
use crate::prefilter::gram::Tables;
use crate::trace::Block;

/// An occurrence: its offset in the block, and the literal.
pub(super) type Occurrence = (usize, u32);

/// The literals of a library in one numbering: first those that are always searched, then those that a hit
/// waits for.
#[derive(Debug, Clone, Copy)]
pub(super) struct Sought<'l> {
    always: &'l Tables,
    awaited: &'l Tables,
    first_awaited: u32,
}

impl<'l> Sought<'l> {
    pub(super) fn of(library: &'l Library) -> Self {
        let always = library.tables();
        Self {
            always,
            awaited: library.awaited(),
            first_awaited: always.count() as u32,
        }
    }

    /// The number of literals.
    pub(super) fn count(self) -> usize {
        self.always.count() + self.awaited.count()
    }

    /// Finds the literals that are always searched, in order.
    pub(super) fn find(self, block: &Block, found: &mut Vec<Occurrence>) {
        found.clear();
        let start = block.start();
        self.always.scan(&block.bytes()[start..], |literal, at| {
            if counts(block, start + at) {
                in_order(found, (start + at, literal));
            }
        });
    }

    /// Finds the literals that hits wait for, from an offset on, and merges them into the occurrences from
    /// `rest` on. All of those stand behind that offset too.
    pub(super) fn find_awaited(
        self,
        block: &Block,
        from: usize,
        found: &mut Vec<Occurrence>,
        rest: usize,
    ) {
        self.awaited.scan(&block.bytes()[from..], |literal, at| {
            if counts(block, from + at) {
                found.push((from + at, self.first_awaited + literal));
            }
        });
        found[rest..].sort_unstable();
    }

    /// The targets of a literal.
    pub(super) fn targets(self, literal: u32) -> impl Iterator<Item = Target> + 'l {
        let (tables, literal) = self.tables(literal);
        tables.targets(literal).map(Target::unpack)
    }

    /// Whether a literal matters only when a hit wants its lines.
    pub(super) fn is_conditional(self, literal: u32) -> bool {
        let (tables, literal) = self.tables(literal);
        tables.is_conditional(literal)
    }

    fn tables(self, literal: u32) -> (&'l Tables, u32) {
        match literal.checked_sub(self.first_awaited) {
            Some(literal) => (self.awaited, literal),
            None => (self.always, literal),
        }
    }
}

/// Whether a match is an occurrence. Matches in the overlap come again with the next block. `fold` maps `\n`
/// (0x0A) to `*` (0x2A), so a literal that begins with `*` may match at a line end; such matches are dropped.
fn counts(block: &Block, at: usize) -> bool {
    at < block.owned() && block.bytes()[at] != b'\n'
}

/// Inserts an occurrence in order. Most come in order already.
fn in_order(found: &mut Vec<Occurrence>, one: Occurrence) {
    let behind = found.iter().rev().take_while(|other| **other > one).count();
    found.insert(found.len() - behind, one);
}
