//! Boundary bits of labels: each pixel is compared with the one before it in the scan.

use std::ops::Range;

use super::bits::shift_in;
use super::kernel::Differs;
use super::plane_pixels::PlanePixels;
use super::source::{LabelSource, PixelRows};
use super::word_rows::WordRows;
use super::words;
use crate::pixel::Plane;

impl<P: Plane> LabelSource for PlanePixels<'_, P, Differs> {
    fn read_boundaries_along(&self, row: usize, columns: Range<usize>, words: &mut [u64]) {
        let before = match columns.start {
            0 if row == 0 => None,
            0 => Some([row - 1, self.width() - 1]),
            column => Some([row, column - 1]),
        };
        self.read_shifted([row, row], columns, before, words);
    }

    fn read_boundaries_across(
        &self,
        rows: Range<usize>,
        columns: Range<usize>,
        words: &mut WordRows<'_>,
    ) {
        if rows.start > 0 {
            return self.read_below(rows, columns, words);
        }
        // The pixel before the first of a column is the last of the column before.
        let last = self.height() - 1;
        let before = columns.start.checked_sub(1).map(|column| [last, column]);
        self.read_shifted([0, last], columns.clone(), before, words.words);
        if rows.end > 1 {
            self.read_below(1..rows.end, columns, &mut words.at_row(1));
        }
    }
}

impl<P: Plane> PlanePixels<'_, P, Differs> {
    /// Reads the words of rows, each pixel compared with the one above it.
    fn read_below(&self, rows: Range<usize>, columns: Range<usize>, words: &mut WordRows<'_>) {
        let mut gathered = Vec::new();
        let all = self
            .plane
            .rows(rows.start - 1..rows.end, columns, &mut gathered);
        let count = rows.len();
        let (own, above) = (all.part(1..count + 1), all.part(0..count));
        words::read_differences(self.level, self.comparison, [&own, &above], words);
    }

    /// Reads the words of a row. Each pixel is compared with the one on its left, in the same row
    /// or in `row_of_left`; the first with the pixel `before`, if there is one.
    fn read_shifted(
        &self,
        [row, row_of_left]: [usize; 2],
        columns: Range<usize>,
        before: Option<[usize; 2]>,
        words: &mut [u64],
    ) {
        let first = self.pixel([row, columns.start]);
        let mut differs = u64::from(before.is_some_and(|before| self.pixel(before) != first));
        let per_row = columns.len().div_ceil(64);
        words[per_row - 1] = 0;
        if columns.len() > 1 {
            let (mut gathered, mut gathered_left) = (Vec::new(), Vec::new());
            let pixels =
                self.plane
                    .rows(row..row + 1, columns.start + 1..columns.end, &mut gathered);
            let left = self.plane.rows(
                row_of_left..row_of_left + 1,
                columns.start..columns.end - 1,
                &mut gathered_left,
            );
            let mut unshifted = WordRows::new(words, per_row);
            words::read_differences(
                self.level,
                self.comparison,
                [&pixels, &left],
                &mut unshifted,
            );
        }
        // So far bit 0 is the second pixel's: that of the first is shifted in.
        for word in &mut words[..per_row] {
            *word = shift_in(*word, &mut differs);
        }
    }

    fn pixel(&self, [row, column]: [usize; 2]) -> P::Bits {
        self.plane
            .rows(row..row + 1, column..column + 1, &mut Vec::new())
            .row(0)[0]
    }
}
