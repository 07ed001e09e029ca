// Stripes, here whole masks, are looked up by words of bits.
fn first_of(stripe: u32) -> u32 {
    return stripes[stripe].first_word;
}
