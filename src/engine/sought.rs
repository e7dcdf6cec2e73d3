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
    always: &'l [Tables],
    awaited: &'l [Tables],
}

impl<'l> Sought<'l> {
    pub(super) fn of(library: &'l Library) -> Self {
        Self {
            always: library.tables(),
            awaited: library.awaited(),
        }
    }

    /// All tables, in the order in which their literals are numbered.
    fn all(self) -> impl Iterator<Item = &'l Tables> {
        self.always.iter().chain(self.awaited)
    }

    /// How many literals there are.
    pub(super) fn count(self) -> usize {
        self.all().map(Tables::count).sum()
    }

    /// Finds the literals that are always searched, in order.
    pub(super) fn find(self, block: &Block, found: &mut Vec<Occurrence>) {
        found.clear();
        let start = block.start();
        let mut first = 0;
        for tables in self.always {
            let others = found.len();
            tables.scan(&block.bytes()[start..], |literal, at| {
                if counts(block, start + at) {
                    in_order(found, others, (start + at, first + literal));
                }
            });
            first += tables.count() as u32;
            if others > 0 {
                found.sort_unstable();
            }
        }
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
        let mut first: u32 = self.always.iter().map(|t| t.count() as u32).sum();
        for tables in self.awaited {
            tables.scan(&block.bytes()[from..], |literal, at| {
                if counts(block, from + at) {
                    found.push((from + at, first + literal));
                }
            });
            first += tables.count() as u32;
        }
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

    /// The tables that have a literal, and its number there.
    fn tables(self, mut literal: u32) -> (&'l Tables, u32) {
        for tables in self.all() {
            match literal.checked_sub(tables.count() as u32) {
                Some(rest) => literal = rest,
                None => return (tables, literal),
            }
        }
        unreachable!("the tables handed the number out")
    }
}

/// Whether a match is an occurrence. Matches in the overlap come again with the next block. `fold` maps `\n`
/// (0x0A) to `*` (0x2A), so a literal that begins with `*` may match at a line end; such matches are dropped.
fn counts(block: &Block, at: usize) -> bool {
    at < block.owned() && block.bytes()[at] != b'\n'
}

/// Adds an occurrence to those from `first` on; they come almost in order.
fn in_order(found: &mut Vec<Occurrence>, first: usize, one: Occurrence) {
    let later = found[first..]
        .iter()
        .rev()
        .take_while(|other| **other > one);
    let behind = later.count();
    found.insert(found.len() - behind, one);
}
