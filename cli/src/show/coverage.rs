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
        coverage.sum_up();
        Ok(coverage)
    }

    /// Adds pixels of the mask, as differences of the counts from cell to cell along both axes: a
    /// rectangle is a few, however many cells it covers.
    fn add(&mut self, pixels: &Rectangle) {
        let Rectangle { rows, columns } = &self.cells;
        let width = columns.len();
        let across = steps(&pixels.columns, self.down);
        for (row, height) in steps(&pixels.rows, self.down) {
            if height == 0 || !rows.contains(&row) {
                continue;
            }
            let first = (row - rows.start) * width;
            for &(column, step) in &across {
                if step != 0 && columns.contains(&column) {
                    let count = &mut self.counts[first + column - columns.start];
                    *count = count.wrapping_add(height.wrapping_mul(step));
                }
            }
        }
    }

    /// Makes counts of their differences.
    fn sum_up(&mut self) {
        let width = self.cells.columns.len();
        for row in 0..self.cells.rows.len() {
            let (above, here) = self.counts.split_at_mut(row * width);
            let here = &mut here[..width];
            let mut sum = 0u32;
            for count in here.iter_mut() {
                sum = sum.wrapping_add(*count);
                *count = sum;
            }
            if row > 0 {
                let above = &above[(row - 1) * width..];
                for (count, above) in here.iter_mut().zip(above) {
                    *count = count.wrapping_add(*above);
                }
            }
        }
    }

    /// Rows and columns of the cells in which the mask may be.
    pub fn cells(&self) -> &Rectangle {
        &self.cells
    }

    /// Numbers of the mask's pixels in the cells of a row, those of the box; none in other rows.
    pub fn row(&self, row: usize) -> &[u32] {
        let Rectangle { rows, columns } = &self.cells;
        if !rows.contains(&row) {
            return &[];
        }
        let first = (row - rows.start) * columns.len();
        &self.counts[first..first + columns.len()]
    }

    /// Cells beside each other of a row of the box that are covered alike, and the part of each
    /// that is: 0, or between the least that is seen and 1.
    pub fn spans(&self, row: usize) -> impl Iterator<Item = (Range<usize>, f32)> {
        let (counts, left) = (self.row(row), self.cells.columns.start);
        // The mask's last cells may be smaller than those before them.
        let cut = (self.size[1] / self.down).saturating_sub(left);
        let mut from = 0;
        std::iter::from_fn(move || {
            let &count = counts.get(from)?;
            let end = if from < cut { cut } else { counts.len() };
            let alike = &counts[from..end.min(counts.len())];
            let alike = alike.iter().take_while(|&&other| other == count).count();
            let cells = left + from..left + from + alike;
            from += alike;
            Some((cells.clone(), self.share(row, cells.start, count)))
        })
    }

    /// The part of a cell that so many of the mask's pixels cover.
    fn share(&self, row: usize, column: usize, count: u32) -> f32 {
        match count {
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
}

/// Cells from which on a range has more or fewer pixels in each than in the one before, and how
/// many more, modulo 2^32.
fn steps(pixels: &Range<usize>, down: usize) -> [(usize, u32); 4] {
    let (first, last) = (pixels.start / down, (pixels.end - 1) / down);
    let [at_first, at_last] = [first, last].map(|cell| overlap(pixels, cell, down) as u32);
    let down = down as u32;
    if first == last {
        return [
            (first, at_first),
            (first + 1, at_first.wrapping_neg()),
            (0, 0),
            (0, 0),
        ];
    }
    [
        (first, at_first),
        (first + 1, down.wrapping_sub(at_first)),
        (last, at_last.wrapping_sub(down)),
        (last + 1, at_last.wrapping_neg()),
    ]
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
                        let share = match set {
                            0 => 0.0,
                            _ => (set as f32 / all as f32).max(LEAST_SHARE),
                        };
                        let span = coverage
                            .spans(row)
                            .find(|(cells, _)| cells.contains(&column));
                        assert_eq!(span.map_or(0.0, |(_, share)| share), share, "{down}");
                        let count = column
                            .checked_sub(coverage.cells().columns.start)
                            .and_then(|column| coverage.row(row).get(column));
                        assert_eq!(count.copied().unwrap_or_default(), set);
                    }
                }
            }
        }
    }
}
