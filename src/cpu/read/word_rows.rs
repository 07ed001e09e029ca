//! Rows of words, and how foreground bits in them become boundary bits across the rows.

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
    pub(crate) fn compare_foreground(&mut self, rows: usize, count: usize) {
        self.carry(rows, count, true);
    }

    /// Notes the columns of the boundary bits that the words hold already.
    #[inline(always)]
    pub(crate) fn note_boundaries(&mut self, rows: usize, count: usize) {
        self.carry(rows, count, false);
    }

    #[inline(always)]
    fn carry(&mut self, rows: usize, count: usize, are_foreground: bool) {
        let in_fours = count / 4 * 4;
        for column in (0..in_fours).step_by(4) {
            self.carry_columns::<4>(column, rows, are_foreground);
        }
        for column in in_fours..count {
            self.carry_columns::<1>(column, rows, are_foreground);
        }
    }

    /// Goes down `COUNT` columns of words, a divisor of a line, from `column` on.
    #[inline(always)]
    fn carry_columns<const COUNT: usize>(
        &mut self,
        column: usize,
        rows: usize,
        are_foreground: bool,
    ) {
        let Carry {
            above,
            with_boundary,
        } = &mut self.carries[column / LINE];
        let above = &mut above.as_chunks_mut::<COUNT>().0[column % LINE / COUNT];
        let with_boundary = &mut with_boundary.as_chunks_mut::<COUNT>().0[column % LINE / COUNT];
        // Kept in registers from row to row.
        let (mut last, mut all) = (*above, *with_boundary);
        let stride = self.rows.stride;
        for words in self.rows.words[column..].chunks_mut(stride).take(rows) {
            let words = words
                .first_chunk_mut::<COUNT>()
                .expect("a row has all the words of its columns");
            for k in 0..COUNT {
                let word = words[k];
                if are_foreground {
                    words[k] ^= last[k];
                }
                last[k] = word;
                all[k] |= words[k];
            }
        }
        (*above, *with_boundary) = (last, all);
    }
}
