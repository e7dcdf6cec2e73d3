//! A regex of a pattern, ready to run.

use super::Library;
use crate::matcher::{Found, Needs, Program};
use crate::model::Captures;
use crate::trace::cut;

/// Longest capture that is kept, in bytes.
const MAX_CAPTURE: usize = 500;

/// A regex of a pattern: its program, and the regex itself for what the program cannot do.
#[derive(Debug, Clone, Copy)]
pub struct Probe<'l> {
    library: &'l Library,
    index: u32,
    number: usize,
    program: Program<'l>,
    needs: Needs<'l>,
}

impl<'l> Probe<'l> {
    pub(super) fn new(library: &'l Library, index: u32, number: usize) -> Option<Self> {
        let (program, needs) = library.rule(index).program(number)?;
        Some(Self {
            library,
            index,
            number,
            program,
            needs,
        })
    }

    /// Whether a text contains what every match contains. The text is folded
    /// ([`fold`](crate::pattern::literal::fold)).
    pub fn may_match(self, folded: &[u8]) -> bool {
        self.needs.are_met(folded)
    }

    /// Whether a match can begin at the start of the text, or anywhere behind unless it is anchored.
    pub fn may_begin(self, text: &[u8]) -> bool {
        self.program.may_begin(text)
    }

    /// The leftmost match that begins at or behind `at`.
    pub fn find_at(self, text: &[u8], at: usize) -> Option<Found> {
        self.program
            .find_at(text, at)
            .unwrap_or_else(|_| self.by_regex(text, at))
    }

    #[cold]
    fn by_regex(self, text: &[u8], at: usize) -> Option<Found> {
        let regex = self.library.get(self.index).regex(self.number)?;
        Found::by_regex(regex, text, at)
    }

    /// The names of its captures.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.program.names()
    }

    /// The named captures, bounded in length.
    pub fn captures(&self, text: &[u8], found: &Found) -> Captures {
        self.names()
            .zip(&found.captures)
            .filter_map(|(name, span)| {
                let (from, to) = (*span)?;
                let text = String::from_utf8_lossy(&text[from..to]);
                let text = text.trim();
                let end = cut::end(text.as_bytes(), 0, MAX_CAPTURE);
                Some((
                    name.to_owned(),
                    text[..text.floor_char_boundary(end)].to_owned(),
                ))
            })
            .collect()
    }
}
