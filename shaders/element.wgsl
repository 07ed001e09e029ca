// Pixels, an element at a time.

// Bits an element: 8, 16 or 32, or 1 where eight pixels share a byte.
override ELEMENT_BITS: u32 = 8u;

@group(1) @binding(3) var<storage, read> words: array<u32>;

// An element in the top bits of a word; those below it are anything.
fn left_aligned(element: u32) -> u32 {
    let per_word = 32u / ELEMENT_BITS;
    let above = (per_word - 1u - element % per_word) * ELEMENT_BITS;
    return words[element / per_word] << above;
}

// An element in the low bits of a word.
fn element_at(element: u32) -> u32 {
    return left_aligned(element) >> (32u - ELEMENT_BITS);
}
