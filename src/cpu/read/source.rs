//! A mask as rows of words, whatever its pixels are: what both scans read.

use std::ops::Range;

use fearless_simd::Level;
use ndarray::s;

use super::grid::{Grid, moved};
use super::words;
use crate::pixel::BitOrder;
use crate::pixel::{Packed, Plane, Scan};
use crate::predicate::Predicate;

/// Words of 64 pixels, the first the lowest bit. Every row begins with a word of its own; bits
/// beyond its last pixel are 0.
pub(crate) trait Source: Sync {
    fn height(&self) -> usize;
    fn width(&self) -> usize;

    /// Bytes that a row's pixels take.
    fn row_bytes(&self) -> usize;

    /// Whether words hold the pixels' answers, so that the boundaries are where neighbouring bits
    /// differ. If not, as for labels, they hold the boundaries themselves; the mask's first pixel
    /// is none here.
    fn are_answers(&self) -> bool;

    /// Reads rows, of columns that begin at a multiple of 64. Where the grid wants boundaries
    /// across the rows, answers become these by [`Grid::finish`].
    fn read(&self, rows: Range<usize>, columns: Range<usize>, grid: &mut Grid<'_>);
}

/// Pixels that are asked whether they are foreground.
pub(crate) struct Answers<'p, P> {
    pub(crate) level: Level,
    pub(crate) predicate: Predicate,
    pub(crate) plane: &'p P,
}

impl<P: Plane> Source for Answers<'_, P> {
    fn height(&self) -> usize {
        self.plane.height()
    }

    fn width(&self) -> usize {
        self.plane.width()
    }

    fn row_bytes(&self) -> usize {
        self.plane.width() * size_of::<P::Bits>()
    }

    fn are_answers(&self) -> bool {
        true
    }

    fn read(&self, rows: Range<usize>, columns: Range<usize>, grid: &mut Grid<'_>) {
        let mut gathered = Vec::new();
        let rows = self.plane.rows(rows, columns, &mut gathered);
        words::read(self.level, self.predicate, &rows, &rows, grid);
    }
}

impl Source for Packed<'_> {
    fn height(&self) -> usize {
        self.rows.nrows()
    }

    fn width(&self) -> usize {
        self.width
    }

    fn row_bytes(&self) -> usize {
        self.width.div_ceil(8)
    }

    fn are_answers(&self) -> bool {
        true
    }

    fn read(&self, rows: Range<usize>, columns: Range<usize>, grid: &mut Grid<'_>) {
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
            let words = &mut grid.words[row * grid.row..];
            for (index, bytes) in bytes.chunks(8).enumerate() {
                words[index] = packed_word(bytes, self.order);
            }
            if !columns.len().is_multiple_of(64) {
                words[columns.len() / 64] &= (1 << (columns.len() % 64)) - 1;
            }
        }
        grid.finish(bytes.nrows(), columns.len().div_ceil(64), true);
    }
}

/// The pixels of up to eight bytes, the first the lowest bit.
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

/// Pixels whose values are compared with the one before in the scan.
pub(crate) struct Changes<'p, P> {
    pub(crate) level: Level,
    pub(crate) plane: &'p P,
    pub(crate) scan: Scan,
}

impl<P: Plane> Source for Changes<'_, P> {
    fn height(&self) -> usize {
        self.plane.height()
    }

    fn width(&self) -> usize {
        self.plane.width()
    }

    fn row_bytes(&self) -> usize {
        self.plane.width() * size_of::<P::Bits>()
    }

    fn are_answers(&self) -> bool {
        false
    }

    fn read(&self, rows: Range<usize>, columns: Range<usize>, grid: &mut Grid<'_>) {
        match self.scan {
            Scan::Along => {
                for (index, row) in rows.enumerate() {
                    self.read_shifted(row, row, columns.clone(), grid.at_row(index));
                }
            }
            Scan::Across if rows.start == 0 => {
                // The pixel before the first of a column is the last of the column before.
                self.read_shifted(0, self.height() - 1, columns.clone(), grid.at_row(0));
                if rows.end > 1 {
                    self.read_below(1..rows.end, columns, grid.at_row(1));
                }
            }
            Scan::Across => self.read_below(rows, columns, grid.at_row(0)),
        }
    }
}

impl<P: Plane> Changes<'_, P> {
    /// The words of rows, each pixel compared with the one above it.
    fn read_below(&self, rows: Range<usize>, columns: Range<usize>, mut grid: Grid<'_>) {
        let mut gathered = Vec::new();
        let all = self
            .plane
            .rows(rows.start - 1..rows.end, columns, &mut gathered);
        let count = rows.len();
        words::read(
            self.level,
            Predicate::Labels,
            &all.part(1..count + 1),
            &all.part(0..count),
            &mut grid,
        );
    }

    /// The words of a row, each pixel compared with the one that lies left of it, in row
    /// `row_of_left`.
    fn read_shifted(
        &self,
        row: usize,
        row_of_left: usize,
        columns: Range<usize>,
        mut grid: Grid<'_>,
    ) {
        let first = self.pixel(row, columns.start);
        let mut differs = u64::from(
            self.before_first(row, row_of_left, columns.start)
                .is_some_and(|before| before != first),
        );
        let per_row = columns.len().div_ceil(64);
        grid.words[per_row - 1] = 0;
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
            let mut unmoved = Grid::new(grid.words, per_row);
            words::read(self.level, Predicate::Labels, &pixels, &left, &mut unmoved);
        }
        // What was read are the words of all pixels but the first.
        for word in &mut grid.words[..per_row] {
            *word = moved(*word, &mut differs);
        }
        grid.finish(1, per_row, false);
    }

    /// The pixel before the one in column `column` of row `row`.
    fn before_first(&self, row: usize, row_of_left: usize, column: usize) -> Option<P::Bits> {
        match (self.scan, column) {
            (_, 1..) => Some(self.pixel(row_of_left, column - 1)),
            (Scan::Along, 0) if row > 0 => Some(self.pixel(row - 1, self.width() - 1)),
            _ => None,
        }
    }

    fn pixel(&self, row: usize, column: usize) -> P::Bits {
        self.plane
            .rows(row..row + 1, column..column + 1, &mut Vec::new())
            .row(0)[0]
    }
}
