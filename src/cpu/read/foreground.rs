//! Foreground bits of pixels of any type, and of packed bits.

use std::ops::Range;

use ndarray::s;

use super::kernel::ForegroundTest;
use super::plane_pixels::PlanePixels;
use super::source::{ForegroundSource, PixelRows};
use super::word_rows::WordRows;
use super::words;
use crate::pixel::{BitOrder, Packed, Plane};

impl<P: Plane> ForegroundSource for PlanePixels<'_, P, ForegroundTest> {
    fn read_foreground_bits(
        &self,
        rows: Range<usize>,
        columns: Range<usize>,
        words: &mut WordRows<'_>,
    ) {
        let mut gathered = Vec::new();
        let rows = self.plane.rows(rows, columns, &mut gathered);
        words::read_foreground_bits(self.level, self.comparison, &rows, words);
    }
}

impl PixelRows for Packed<'_> {
    fn height(&self) -> usize {
        self.rows.nrows()
    }

    fn width(&self) -> usize {
        self.width
    }

    fn row_bytes(&self) -> usize {
        self.width.div_ceil(8)
    }
}

impl ForegroundSource for Packed<'_> {
    fn read_foreground_bits(
        &self,
        rows: Range<usize>,
        columns: Range<usize>,
        words: &mut WordRows<'_>,
    ) {
        let bytes = self
            .rows
            .slice(s![rows, columns.start / 8..columns.end.div_ceil(8)]);
        for (row, bytes) in bytes.outer_iter().enumerate() {
            let gathered;
            let bytes = match bytes.to_slice() {
                Some(bytes) => bytes,
                None => {
                    gathered = bytes.to_vec();
                    &gathered
                }
            };
            let words = &mut words.words[row * words.stride..];
            for (index, bytes) in bytes.chunks(8).enumerate() {
                words[index] = packed_word(bytes, self.order);
            }
            if !columns.len().is_multiple_of(64) {
                words[columns.len() / 64] &= (1 << (columns.len() % 64)) - 1;
            }
        }
    }
}

/// Word of the pixels of up to eight bytes, the first in the lowest bit.
fn packed_word(bytes: &[u8], order: BitOrder) -> u64 {
    let mut eight = [0; 8];
    match bytes.first_chunk() {
        Some(whole) => eight = *whole,
        None => eight[..bytes.len()].copy_from_slice(bytes),
    }
    match order {
        BitOrder::Big => u64::from_be_bytes(eight).reverse_bits(),
        BitOrder::Little => u64::from_le_bytes(eight),
    }
}
