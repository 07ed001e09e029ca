//! Bits of words, moved by a pixel or taken from any bit on.

/// The bits of the pixels one before those of a word. `before` is the bit of the pixel before the
/// word's first, and becomes that of its last.
#[inline(always)]
pub(crate) fn shift_in(word: u64, before: &mut u64) -> u64 {
    word << 1 | std::mem::replace(before, word >> 63)
}

/// Up to 64 bits of two words, from bit `shift` of the first one on.
#[inline(always)]
pub(crate) fn bits_of_pair([low, high]: [u64; 2], shift: usize, count: usize) -> u64 {
    (low >> shift | high << 1 << (63 - shift)) & (u64::MAX >> (64 - count))
}

/// Up to 64 bits from bit `at` on. None lie in the last word, nor beyond.
#[inline(always)]
pub(crate) fn bits_from(words: &[u64], at: usize, count: usize) -> u64 {
    match words.get(at / 64..at / 64 + 2) {
        Some(&[low, high]) => bits_of_pair([low, high], at % 64, count),
        _ => 0,
    }
}
