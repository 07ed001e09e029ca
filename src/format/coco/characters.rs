//! The characters of COCO's compressed counts.
//!
//! From the fourth on, a count is written less the count two before it. That number goes out in
//! groups of five bits, the lowest first, each as the character 48 + group, with 32 added where
//! another group follows. The number ends where all that remains is the last group's sign bit.

/// Character of a last group of 0.
pub(super) const FIRST: u8 = 48;
/// Bits of a number in one character.
pub(super) const GROUP_BITS: u32 = 5;
/// Bit that is set in a character that another group follows.
pub(super) const MORE: u8 = 1 << GROUP_BITS;
/// Groups of the longest number: a difference of two u32 has 33 bits with its sign, which is seven
/// groups.
pub(super) const MAX_GROUPS: u32 = 7;

/// The characters of one difference of two u32, and their number.
#[inline]
pub(super) const fn characters(difference: i64) -> ([u8; 8], usize) {
    let groups = groups_of(difference);
    let mut bytes = 0;
    let mut group = 0;
    while group < MAX_GROUPS {
        bytes |= (difference as u64 >> (group * GROUP_BITS) & 0x1f) << (group * 8);
        group += 1;
    }
    let followed = u64::from_le_bytes([MORE; 8]) & ((1 << (8 * (groups - 1))) - 1);
    (
        ((bytes | followed) + u64::from_le_bytes([FIRST; 8])).to_le_bytes(),
        groups as usize,
    )
}

/// Number of groups that hold the number and its sign.
#[inline]
pub(super) const fn groups_of(difference: i64) -> u32 {
    let bits = i64::BITS - (difference ^ (difference >> 63)).leading_zeros() + 1;
    bits.div_ceil(GROUP_BITS)
}
