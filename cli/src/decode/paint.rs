//! A part of a mask as pixels.

use anyhow::Result;
use bytemuck::Pod;
use maskrle::ndarray::ArrayViewMut2;
use maskrle::{MaskView, Order};

use crate::encoded::{Rectangle, rectangles};

/// Writes the part of `mask` to `out`, which has its size. Every value of the mask fits in T.
pub fn paint<T: Pod + TryFrom<i64>>(
    mask: MaskView<'_>,
    part: &Rectangle,
    out: &mut [T],
) -> Result<()> {
    let value = |value| {
        T::try_from(value)
            .ok()
            .expect("the type was chosen to hold all values")
    };
    if *part == Rectangle::whole(mask.size()) {
        let size = (part.rows.len(), part.columns.len());
        mask.paint(ArrayViewMut2::from_shape(size, out)?, value)?;
        return Ok(());
    }
    let [height, width] = mask.size().map(|side| side as usize);
    // Positions in the scan between which all of the part's pixels are.
    let (first, end) = match mask.order() {
        Order::RowMajor => (
            part.rows.start * width + part.columns.start,
            (part.rows.end - 1) * width + part.columns.end,
        ),
        Order::ColumnMajor => (
            part.columns.start * height + part.rows.start,
            (part.columns.end - 1) * height + part.rows.end,
        ),
    };
    let starts = mask.starts();
    let before = starts.partition_point(|&start| start as usize <= first) - 1;
    let runs = starts.iter().zip(mask.counts()).zip(mask.values());
    for ((&start, count), run_value) in runs.skip(before) {
        let (start, value) = (start as usize, value(run_value));
        if start >= end {
            break;
        }
        for filled in rectangles(mask, start..start + count as usize) {
            fill(out, part, &filled.within(part), value);
        }
    }
    Ok(())
}

/// Fills the pixels `filled` of the part that `out` is.
fn fill<T: Copy>(out: &mut [T], part: &Rectangle, filled: &Rectangle, value: T) {
    let width = part.columns.len();
    let left = filled.columns.start - part.columns.start;
    for row in filled.rows.clone() {
        let row = (row - part.rows.start) * width;
        out[row + left..][..filled.columns.len()].fill(value);
    }
}
