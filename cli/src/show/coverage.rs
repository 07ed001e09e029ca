//! Cells of a picture that a mask covers.

use std::ops::Range;

use anyhow::{Context, Result};
use maskrle::MaskView;

use super::scale::Scale;
use crate::encoded::{Rectangle, rectangles};
use crate::text::byte_count;

/// For each cell of a mask's box, the number of the mask's pixels in it.
pub struct Coverage {
    /// Rows and columns of cells.
    cells: Rectangle,
    counts: Vec<u32>,
    /// Pixels along a side of a cell, and of the mask, where its last cells are cut off.
    down: usize,
    size: [usize; 2],
}

/// Least share of a cell, so that masks far smaller than it are still seen.
const LEAST_SHARE: f32 = 0.4;

impl Coverage {
    /// The cells of a mask's foreground.
    pub fn new(mask: MaskView<'_>, scale: Scale) -> Result<Self> {
        let down = scale.down as usize;
        let [x, y, w, h] = mask.bbox().map(|side| side as usize);
        let cells = Rectangle {
            rows: y / down..(y + h).div_ceil(down),
            columns: x / down..(x + w).div_ceil(down),
        };
        let count = cells.rows.len() * cells.columns.len();
        let mut counts = Vec::new();
        counts
            .try_reserve_exact(count)
            .with_context(|| format!("no memory for {}", byte_count(4 * count as u128)))?;
        counts.resize(count, 0);
        let mut coverage = Coverage {
            cells,
            counts,
            down,
            size: mask.size().map(|side| side as usize),
        };
        for (start, count) in mask.foreground() {
            let start = start as usize;
            for pixels in rectangles(mask, start..start + count as usize) {
                coverage.add(&pixels);
            }
        }
        Ok(coverage)
    }

    /// Adds pixels of the mask.
    fn add(&mut self, pixels: &Rectangle) {
        let (width, left) = (self.cells.columns.len(), self.cells.columns.start);
        let columns = pixels.columns.start / self.down..pixels.columns.end.div_ceil(self.down);
        for row in pixels.rows.start / self.down..pixels.rows.end.div_ceil(self.down) {
            let height = overlap(&pixels.rows, row, self.down);
            let first = (row - self.cells.rows.start) * width;
            let counts = &mut self.counts[first..first + width];
            let counts = &mut counts[columns.start - left..columns.end - left];
            for (count, column) in counts.iter_mut().zip(columns.clone()) {
                *count += (height * overlap(&pixels.columns, column, self.down)) as u32;
            }
        }
    }

    /// Rows and columns of the cells in which the mask may be.
    pub fn cells(&self) -> &Rectangle {
        &self.cells
    }

    /// True if the mask has a pixel in this cell.
    pub fn holds(&self, row: usize, column: usize) -> bool {
        let cells = &self.cells;
        cells.rows.contains(&row) && cells.columns.contains(&column) && self.at(row, column) > 0
    }

    /// The part of a cell of the box that the mask covers: 0, or between the least that is seen
    /// and 1.
    pub fn share(&self, row: usize, column: usize) -> f32 {
        match self.at(row, column) {
            0 => 0.0,
            // Cells of one pixel each.
            _ if self.down == 1 => 1.0,
            count => {
                let [height, width] = self.size;
                let pixels =
                    overlap(&(0..height), row, self.down) * overlap(&(0..width), column, self.down);
                (count as f32 / pixels as f32).max(LEAST_SHARE)
            }
        }
    }

    fn at(&self, row: usize, column: usize) -> u32 {
        let Rectangle { rows, columns } = &self.cells;
        self.counts[(row - rows.start) * columns.len() + column - columns.start]
    }
}

/// Number of pixels of a range that are in this cell.
fn overlap(pixels: &Range<usize>, cell: usize, down: usize) -> usize {
    pixels.end.min((cell + 1) * down) - pixels.start.max(cell * down)
}

#[cfg(test)]
mod tests {
    use super::*;
    use maskrle::{MaskRuns, Order};

    #[test]
    fn shares_are_of_the_pixels_of_a_cell() {
        for order in [Order::RowMajor, Order::ColumnMajor] {
            // 5 x 7, of which the pixels 3..30 of the scan.
            let runs = MaskRuns::from_counts([5, 7], order, [3, 27, 5]).expect("35 pixels");
            let mask = runs.view();
            let pixels = mask.to_mask().expect("it is small");
            for down in 1..=8u32 {
                let coverage = Coverage::new(mask, Scale { up: 1, down }).expect("it is small");
                let side = down as usize;
                for row in 0..5usize.div_ceil(side) {
                    for column in 0..7usize.div_ceil(side) {
                        let (mut set, mut all) = (0, 0);
                        for ((y, x), &pixel) in pixels.indexed_iter() {
                            if y / side == row && x / side == column {
                                all += 1;
                                set += u32::from(pixel != 0);
                            }
                        }
                        assert_eq!(coverage.holds(row, column), set > 0);
                        if set > 0 {
                            let share = (set as f32 / all as f32).max(LEAST_SHARE);
                            assert_eq!(coverage.share(row, column), share, "{down}");
                        }
                    }
                }
            }
        }
    }
}
