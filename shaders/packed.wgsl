// Pixels packed eight to a byte, each row from a byte on. None is ever unpacked: a word is 32 of
// them.

// Begin of a row, in elements, or bytes of packed pixels. Wraps below zero and back for the row
// that leads a stripe.
fn row_at(stripe: Stripe, row: u32) -> u32 {
    return stripe.first_row_at + (row - stripe.first_row) * stripe.row_stride;
}

// 32 pixels from byte `at` on, the first in the lowest bit.
fn packed_word(stripe: Stripe, at: u32) -> u32 {
    let shift = (at % 4u) * 8u;
    var word = words[at / 4u];
    if shift != 0u {
        word = (word >> shift) | (words[at / 4u + 1u] << (32u - shift));
    }
    if stripe.highest_first == 0u {
        return word;
    }
    // Reverses the bits of each byte: those of the word, then its bytes back.
    let reversed = reverseBits(word);
    let swapped = (reversed >> 16u) | (reversed << 16u);
    return ((swapped >> 8u) & 0x00ff00ffu) | ((swapped & 0x00ff00ffu) << 8u);
}
