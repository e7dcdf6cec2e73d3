//! Where the literals of a library stand in a block.

use crate::library::{Library, Target};
use crate::prefilter::gram::Tables;
use crate::trace::Block;

/// An occurrence: its offset in the block, and the literal.
pub(super) type Occurrence = (usize, u32);

/// The literals of a library, numbered through: first those that are always looked for, then those that a hit waits for.
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

    /// How many literals there are.
    pub(super) fn count(self) -> usize {
        self.always.count() + self.awaited.count()
    }

    /// Finds those that are always looked for, in order.
    pub(super) fn find(self, block: &Block, found: &mut Vec<Occurrence>) {
        found.clear();
        let start = block.start();
        self.always.scan(&block.bytes()[start..], |literal, at| {
            if counts(block, start + at) {
                in_order(found, (start + at, literal));
            }
        });
    }

    /// Finds those that hits wait for, from an offset on, and puts them among the occurrences from `rest` on, all of which
    /// stand there as well.
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

    /// Whom a literal concerns.
    pub(super) fn targets(self, literal: u32) -> impl Iterator<Item = Target> + 'l {
        let (tables, literal) = self.tables(literal);
        tables.targets(literal).map(Target::unpack)
    }

    /// Does a literal matter only when somebody wants its lines?
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

/// Is it an occurrence? What stands in the overlap comes again with the next block. A line end passes for `*`, case aside: no
/// line holds what begins there.
fn counts(block: &Block, at: usize) -> bool {
    at < block.owned() && block.bytes()[at] != b'\n'
}

/// Adds an occurrence; they come almost in order.
fn in_order(found: &mut Vec<Occurrence>, one: Occurrence) {
    let behind = found.iter().rev().take_while(|other| **other > one).count();
    found.insert(found.len() - behind, one);
}
