//! Words shifted by a pixel, and words taken from any bit on.

/// The word shifted by one pixel: bit i becomes that of pixel i - 1. `before`, the bit of the pixel
/// before the first, is shifted in, and becomes the bit that is shifted out.
#[inline(always)]
pub(crate) fn shift_in(word: u64, before: &mut u64) -> u64 {
    word << 1 | std::mem::replace(before, word >> 63)
}

/// `count` bits, 1 to 64, of two words that follow one another, from bit `shift` of the first on.
#[inline(always)]
pub(crate) fn bits_of_pair([low, high]: [u64; 2], shift: usize, count: usize) -> u64 {
    (low >> shift | high << 1 << (63 - shift)) & (u64::MAX >> (64 - count))
}

/// `count` bits, 1 to 64, from bit `at` on; 0 if that bit is in the last word or beyond it.
#[inline(always)]
pub(crate) fn bits_from(words: &[u64], at: usize, count: usize) -> u64 {
    match words.get(at / 64..at / 64 + 2) {
        Some(&[low, high]) => bits_of_pair([low, high], at % 64, count),
        _ => 0,
    }
}
