//! Rows of words.

/// Words of a cache line, which are stored and compared together.
pub(crate) const LINE: usize = 8;

/// Rows of words to be written: word k of row r is at index `k + r * stride`. Bits beyond a row's
/// last pixel are 0. Words of the next row, and those after the last row's if there are any, may be
/// overwritten: so rows are written from the first to the last, or in any order where the stride is
/// whole lines.
pub(crate) struct WordRows<'w> {
    pub(crate) words: &'w mut [u64],
    /// Words from row to row.
    pub(crate) stride: usize,
}

impl<'w> WordRows<'w> {
    pub(crate) fn new(words: &'w mut [u64], stride: usize) -> Self {
        WordRows { words, stride }
    }

    /// The rows from `row` on.
    pub(crate) fn at_row(&mut self, row: usize) -> WordRows<'_> {
        WordRows::new(&mut self.words[row * self.stride..], self.stride)
    }
}
