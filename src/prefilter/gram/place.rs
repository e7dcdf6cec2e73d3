//! Where a gram stands in a literal, as the tables keep it.

use super::gram;

/// Where a gram stands in a literal, and another gram of that literal: most wrong literals are told by those four bytes.
///
/// Common grams stand in hundreds of literals. Hence their places come in groups of one distance to the other gram, sorted
/// by it: the text there is read once for a group, and what it says is searched for.
#[derive(Debug, Clone, Copy)]
pub(super) struct Place {
    pub offset: u32,
    /// How far behind the gram the other one stands, or before it.
    pub delta: i32,
    pub other: u32,
    pub id: u32,
}

/// Places of a group, and literals, at the most: what the packed form holds.
pub(super) const MAX_GROUP: usize = 0xffff;
pub(super) const MAX_LITERALS: usize = 1 << 28;
/// Added to a distance, so that it is packed without its sign.
pub(super) const DELTA_BIAS: i32 = 8;

impl Place {
    pub(super) fn of(literal: &[u8], offset: u32, id: u32) -> Self {
        let offset_at = offset as usize;
        let other = if offset_at >= 4 {
            offset_at - 4
        } else {
            (offset_at + 4).min(literal.len() - 4)
        };
        Self {
            offset,
            delta: other as i32 - offset as i32,
            other: gram(literal, other),
            id,
        }
    }

    /// As the tables keep it; `left` places of the group are not before this one.
    pub(super) fn pack(self, left: usize) -> [u32; 3] {
        [
            self.offset | (left as u32) << 16,
            self.id | ((self.delta + DELTA_BIAS) as u32) << 28,
            self.other,
        ]
    }
}
