//! The place of a gram in a literal, as the tables keep it.

use super::gram;

/// The place of a gram in a literal, with another gram of that literal, whose four bytes rule out most wrong
/// literals.
///
/// Common grams stand in hundreds of literals. Their places form groups with one distance to the other gram,
/// sorted by the other gram: the text there is read once for each group, and its value is searched for.
#[derive(Debug, Clone, Copy)]
pub(super) struct Place {
    pub offset: u32,
    /// Distance from the gram to the other one; negative if the other one precedes it.
    pub delta: i32,
    pub other: u32,
    pub id: u32,
}

/// Most places of a group, and most literals, that the packed form can hold.
pub(super) const MAX_GROUP: usize = 0xffff;
pub(super) const MAX_LITERALS: usize = 1 << 28;
/// Added to a distance, so that it is packed without a sign.
pub(super) const DELTA_BIAS: i32 = 8;

impl Place {
    pub(super) fn of(literal: &[u8], offset: usize, id: usize) -> Self {
        let other = if offset >= 4 {
            offset - 4
        } else {
            (offset + 4).min(literal.len() - 4)
        };
        Self {
            offset: offset as u32,
            delta: other as i32 - offset as i32,
            other: gram(literal, other),
            id: id as u32,
        }
    }

    /// The packed form. `left` is the number of the group's places from this one on.
    pub(super) fn pack(self, left: usize) -> [u32; 3] {
        [
            self.offset | (left as u32) << 16,
            self.id | ((self.delta + DELTA_BIAS) as u32) << 28,
            self.other,
        ]
    }
}
