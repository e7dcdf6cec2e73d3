//! Keeps text of the current stage that the block no longer holds. A tail needs it where long lines are cut,
//! since then more lines fit.

use super::MAX;
use super::text::{LONGEST, Text, has_long_line, start_of_last};
use crate::trace::Block;
use crate::trace::block::HISTORY;

/// Bytes kept beyond the tail's size, so that cuts at either end have no effect.
const SPARE: usize = 2 * LONGEST;

/// Text of the stage above the block's own; `None` if no tail can need it.
#[derive(Debug, Default)]
pub(in crate::engine) struct EarlierText(Option<Kept>);

#[derive(Debug)]
struct Kept {
    text: Text,
    /// The stage has more text above.
    cut: bool,
}

impl EarlierText {
    /// Keeps what the next block drops. `stage` is where the stage begins, in clean bytes of the log.
    pub fn remember(&mut self, block: &Block, stage: u64) {
        let kept_from = block.kept_from();
        if kept_from == 0 {
            // The next block still holds everything.
            return;
        }
        let near = &block.bytes()[block.owned().saturating_sub(HISTORY)..block.owned()];
        let gone = stage < block.base() + kept_from as u64;
        self.0 = (gone && has_long_line(near)).then(|| self.up_to(block, stage, kept_from));
    }

    /// The end of a stage up to an offset in the block, with long lines cut.
    fn up_to(&self, block: &Block, stage: u64, to: usize) -> Kept {
        let reach = stage
            .checked_sub(block.base())
            .map(|at| (at as usize).min(to));
        let floor = reach.unwrap_or(0);
        let start = floor + start_of_last(&block.bytes()[floor..to], MAX + SPARE);
        let above = self.0.as_ref().filter(|_| start == 0 && reach.is_none());
        let mut text = above
            .map(|earlier| earlier.text.clone())
            .unwrap_or_default();
        let mut cut = match above {
            Some(earlier) => earlier.cut,
            None => start > floor || reach.is_none(),
        };
        text.append(block, start, to);
        cut |= text.keep_last(MAX + SPARE);
        Kept { text, cut }
    }

    /// The tail of a stage that ends at an offset in the block, with long lines cut; and whether the stage has
    /// more above.
    pub(super) fn tail(&self, block: &Block, stage: u64, to: usize) -> (Text, bool) {
        let Kept { mut text, mut cut } = self.up_to(block, stage, to);
        cut |= text.keep_last(MAX);
        (text, cut)
    }
}
