//! A band of rows of a mask as pixels.

use std::ops::Range;

use anyhow::Result;
use bytemuck::Pod;
use maskrle::ndarray::ArrayViewMut2;
use maskrle::{MaskView, Order};

/// Writes the band `rows` of `mask` to `out`, which has its size. Every value of the mask fits in
/// T.
pub fn paint<T: Pod + TryFrom<i64>>(
    mask: MaskView<'_>,
    rows: Range<usize>,
    out: &mut [T],
) -> Result<()> {
    let [height, width] = mask.size().map(|side| side as usize);
    let value = |value| {
        T::try_from(value)
            .ok()
            .expect("the type was chosen to hold all values")
    };
    if rows.len() == height {
        mask.paint(ArrayViewMut2::from_shape((height, width), out)?, value)?;
        return Ok(());
    }
    let runs = mask
        .starts()
        .iter()
        .zip(mask.counts())
        .zip(mask.values())
        .map(|((&start, count), run)| {
            let start = start as usize;
            (start..start + count as usize, value(run))
        });
    match mask.order() {
        Order::RowMajor => along_rows(runs, rows.start * width, out),
        Order::ColumnMajor => down_columns(runs, height, width, rows, out),
    }
    Ok(())
}

/// Fills `out`, whose first pixel is `first` in the scan, with the runs of a row-major mask.
fn along_rows<T: Copy>(runs: impl Iterator<Item = (Range<usize>, T)>, first: usize, out: &mut [T]) {
    let end = first + out.len();
    for (run, value) in runs {
        let within = run.start.clamp(first, end)..run.end.clamp(first, end);
        out[within.start - first..within.end - first].fill(value);
    }
}

/// Fills `out` with the rows `rows` of a column-major mask, column by column.
fn down_columns<T: Copy>(
    runs: impl Iterator<Item = (Range<usize>, T)>,
    height: usize,
    width: usize,
    rows: Range<usize>,
    out: &mut [T],
) {
    for (run, value) in runs {
        for column in run.start / height..run.end.div_ceil(height) {
            let top =
                (run.start.max(column * height) - column * height).clamp(rows.start, rows.end);
            let bottom =
                (run.end.min((column + 1) * height) - column * height).clamp(rows.start, rows.end);
            for row in top..bottom {
                out[(row - rows.start) * width + column] = value;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::paint;
    use maskrle::{MaskRuns, Order};

    #[test]
    fn bands_add_up_to_the_mask() {
        for order in [Order::RowMajor, Order::ColumnMajor] {
            let runs =
                MaskRuns::from_counts([7, 5], order, [3, 9, 1, 1, 11, 10]).expect("they sum to 35");
            let mask = runs.view();
            let whole = mask.to_mask().expect("it is small");
            for rows_at_once in 1..=7 {
                let mut bands = Vec::new();
                for top in (0..7).step_by(rows_at_once) {
                    let rows = top..7.min(top + rows_at_once);
                    let mut band = vec![9u8; rows.len() * 5];
                    paint(mask, rows, &mut band).expect("the band has the size of the rows");
                    bands.extend(band);
                }
                assert_eq!(
                    Some(bands.as_slice()),
                    whole.as_slice(),
                    "{order:?}, {rows_at_once} rows"
                );
            }
        }
    }
}
