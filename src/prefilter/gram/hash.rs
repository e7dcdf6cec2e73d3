//! Hashes grams, and the bytes around them, to places in the tables.

/// Size of the first table: 32 KiB. Each byte is a filter of eight bits, of which a gram has two.
pub(super) const LOG2: u32 = 15;
pub(super) const TABLE: usize = 1 << LOG2;

/// Two different bits of eight for every hash, which makes chance hits ten times as rare as one bit.
pub(super) const BITS: [u8; 256] = {
    let mut bits = [0; 256];
    let mut k = 0;
    while k < 256 {
        let (one, other) = (k % 8, (k % 8 + 1 + k / 8 % 7) % 8);
        bits[k] = 1 << one | 1 << other;
        k += 1;
    }
    bits
};

#[inline(always)]
pub(super) fn mix(gram: u32) -> u32 {
    gram.wrapping_mul(0x9E37_79B1)
}

/// Factors for hashing six bytes around a gram, by how many of them precede it.
pub(super) const FACTORS: [u64; 3] = [
    0x9E37_79B9_7F4A_7C15,
    0xC2B2_AE3D_27D4_EB4F,
    0x1656_67B1_9E37_79F9,
];

/// The place of six folded bytes in the second table: a word's number (to be masked) and two of its bits. The
/// six bytes are the lower part of `bytes`; the part above is ignored. The multiplication carries each of
/// them up to the number.
#[inline(always)]
pub(super) fn neighbourhood(bytes: u64, before: usize) -> (usize, u64) {
    let m = (bytes & ((1 << 48) - 1)).wrapping_mul(FACTORS[before]);
    (
        (m >> 44) as usize,
        1 << ((m >> 32) & 63) | 1 << ((m >> 38) & 63),
    )
}

pub(super) fn slot_of(gram: u32, mask: u32) -> u32 {
    (gram.wrapping_mul(0x85EB_CA6B) >> 8) & mask
}
