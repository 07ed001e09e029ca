//! Words of 64 pixels: where they go, how answers become boundaries, and how bits are cut out.

/// Words of a line of the cache, which are compared and stored together.
pub(crate) const LINE: usize = 8;

/// Where words go: word k of row r to place `k + r * row`. Bits beyond a row's last pixel are 0.
/// Words of the next row may be overwritten, so rows are written from the first to the last.
pub(crate) struct Grid<'w> {
    pub(crate) words: &'w mut [u64],
    pub(crate) row: usize,
    /// Empty, or, where boundaries across the rows are wanted in the words, one for each [`LINE`]
    /// of a row.
    pub(crate) below: &'w mut [Below],
}

/// What boundaries across rows are made of, for words side by side.
#[derive(Clone, Copy, Default)]
#[repr(align(64))]
pub(crate) struct Below {
    /// The answers of the row above, which become those of the last row that is read.
    pub(crate) above: [u64; LINE],
    /// For each column, whether any row has a boundary there.
    pub(crate) found: [u64; LINE],
}

impl<'w> Grid<'w> {
    /// Of answers, where the source reads them.
    pub(crate) fn new(words: &'w mut [u64], row: usize) -> Self {
        Grid {
            words,
            row,
            below: &mut [],
        }
    }

    /// The rows from `row` on.
    pub(crate) fn at_row(&mut self, row: usize) -> Grid<'_> {
        Grid {
            words: &mut self.words[row * self.row..],
            row: self.row,
            below: self.below,
        }
    }

    /// Where boundaries are wanted, makes them of the first `count` words of `rows` rows: answers
    /// are compared with those above, and other words are boundaries already.
    #[inline(always)]
    pub(crate) fn finish(&mut self, rows: usize, count: usize, are_answers: bool) {
        if self.below.is_empty() {
            return;
        }
        let in_fours = count / 4 * 4;
        for column in (0..in_fours).step_by(4) {
            self.finish_columns::<4>(column, rows, are_answers);
        }
        for column in in_fours..count {
            self.finish_columns::<1>(column, rows, are_answers);
        }
    }

    /// The same for so many columns of words, which divide a line, from `column` on.
    #[inline(always)]
    fn finish_columns<const COUNT: usize>(
        &mut self,
        column: usize,
        rows: usize,
        are_answers: bool,
    ) {
        let Below { above, found } = &mut self.below[column / LINE];
        let above = &mut above.as_chunks_mut::<COUNT>().0[column % LINE / COUNT];
        let found = &mut found.as_chunks_mut::<COUNT>().0[column % LINE / COUNT];
        // In registers from row to row.
        let (mut last, mut all) = (*above, *found);
        for words in self.words[column..].chunks_mut(self.row).take(rows) {
            let words = words
                .first_chunk_mut::<COUNT>()
                .expect("a row has the words that are asked for");
            for k in 0..COUNT {
                let word = words[k];
                if are_answers {
                    words[k] ^= last[k];
                }
                last[k] = word;
                all[k] |= words[k];
            }
        }
        (*above, *found) = (last, all);
    }
}

/// The bits of the pixels one before those of a word. `before` is that of the pixel before the
/// word's first, and becomes that of its last.
#[inline(always)]
pub(crate) fn moved(word: u64, before: &mut u64) -> u64 {
    word << 1 | std::mem::replace(before, word >> 63)
}

/// Up to 64 bits of two words, from bit `shift` of the first one on.
#[inline(always)]
pub(crate) fn bits_of([low, high]: [u64; 2], shift: usize, count: usize) -> u64 {
    (low >> shift | high << 1 << (63 - shift)) & (u64::MAX >> (64 - count))
}

/// Up to 64 bits from bit `at` on. None lie in the last word, nor beyond.
#[inline(always)]
pub(crate) fn cut(words: &[u64], at: usize, count: usize) -> u64 {
    match words.get(at / 64..at / 64 + 2) {
        Some(&[low, high]) => bits_of([low, high], at % 64, count),
        _ => 0,
    }
}
