//! Whole numbers in text.

/// The number of 32 bits that these digits are.
pub(crate) fn whole(text: &str) -> Option<u32> {
    // `parse` alone would take a plus sign.
    let digits = text.bytes().all(|byte| byte.is_ascii_digit());
    text.parse().ok().filter(|_| digits)
}

/// The beginning of a text that is no number, as messages have it.
pub(crate) fn shown(text: &str) -> String {
    text.chars().take(20).collect()
}
