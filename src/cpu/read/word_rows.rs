//! Rows of words, and how foreground bits in them become boundary bits across the rows.

use fearless_simd::prelude::*;
use fearless_simd::{Simd, u64x4};

/// Words of a cache line, which are compared and stored together.
pub(crate) const LINE: usize = 8;

/// Rows of words to be written: word k of row r is at index `k + r * stride`. Bits beyond a row's
/// last pixel are 0. Words of the next row may be overwritten, so rows are written from the first
/// to the last.
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

/// State that boundaries across the rows are found with, carried from row to row, for a [`LINE`] of
/// words side by side.
#[derive(Clone, Copy, Default)]
#[repr(align(64))]
pub(crate) struct Carry {
    /// Foreground bits of the row above; those of each row that is read replace them. Unused for
    /// labels.
    pub(crate) above: [u64; LINE],
    /// A bit for each column, set if any row has had a boundary there.
    pub(crate) with_boundary: [u64; LINE],
}

/// Rows of boundary bits across the rows, to be written.
pub(crate) struct BoundaryRows<'w> {
    pub(crate) rows: WordRows<'w>,
    /// One for each [`LINE`] of a row.
    pub(crate) carries: &'w mut [Carry],
}

impl<'w> BoundaryRows<'w> {
    pub(crate) fn new(rows: WordRows<'w>, carries: &'w mut [Carry]) -> Self {
        BoundaryRows { rows, carries }
    }

    /// The rows from `row` on.
    pub(crate) fn at_row(&mut self, row: usize) -> BoundaryRows<'_> {
        BoundaryRows::new(self.rows.at_row(row), self.carries)
    }

    /// Replaces foreground bits, in the first `count` words of the first `rows` rows, by boundary
    /// bits: each row is compared with the one above.
    #[inline(always)]
    pub(crate) fn compare_foreground<S: Simd>(&mut self, simd: S, rows: usize, count: usize) {
        self.carry(simd, rows, count, true);
    }

    /// Notes the columns of the boundary bits that the words hold already.
    #[inline(always)]
    pub(crate) fn note_boundaries<S: Simd>(&mut self, simd: S, rows: usize, count: usize) {
        self.carry(simd, rows, count, false);
    }

    #[inline(always)]
    fn carry<S: Simd>(&mut self, simd: S, rows: usize, count: usize, are_foreground: bool) {
        let in_fours = count / 4 * 4;
        for column in (0..in_fours).step_by(4) {
            self.carry_four(simd, column, rows, are_foreground);
        }
        for column in in_fours..count {
            self.carry_one(column, rows, are_foreground);
        }
    }

    /// Goes down four columns of words, from `column` on, a multiple of four. By vectors: left to
    /// itself, the compiler goes word by word, 38 instructions a row instead of 12.
    #[inline(always)]
    fn carry_four<S: Simd>(&mut self, simd: S, column: usize, rows: usize, are_foreground: bool) {
        let carry = &mut self.carries[column / LINE];
        let above = &mut carry.above[column % LINE..][..4];
        let with_boundary = &mut carry.with_boundary[column % LINE..][..4];
        // Kept in registers from row to row.
        let mut last = u64x4::from_slice(simd, above);
        let mut all = u64x4::from_slice(simd, with_boundary);
        let stride = self.rows.stride;
        for words in self.rows.words[column..].chunks_mut(stride).take(rows) {
            let words = &mut words[..4];
            let own = u64x4::from_slice(simd, words);
            let boundaries = if are_foreground { own ^ last } else { own };
            boundaries.store_slice(words);
            all |= boundaries;
            last = own;
        }
        last.store_slice(above);
        all.store_slice(with_boundary);
    }

    /// Goes down a column of words.
    #[inline(always)]
    fn carry_one(&mut self, column: usize, rows: usize, are_foreground: bool) {
        let carry = &mut self.carries[column / LINE];
        let above = &mut carry.above[column % LINE];
        let with_boundary = &mut carry.with_boundary[column % LINE];
        let stride = self.rows.stride;
        for word in self.rows.words[column..]
            .iter_mut()
            .step_by(stride)
            .take(rows)
        {
            let own = *word;
            if are_foreground {
                *word ^= *above;
            }
            *above = own;
            *with_boundary |= *word;
        }
    }
}
