//! Values of the runs of label maps: the pixels at their starts.

use std::ops::Range;

use ndarray::ArrayView4;

use crate::pixel::{Integer, Labels, Masks, Order, mask_of, with_view};

/// The pixel at each start of the masks of a range, any of which may be above `i64::MAX`. `counts`
/// are the numbers of starts of each mask.
pub(crate) fn read_labels(
    masks: &Masks<'_>,
    order: Order,
    range: Range<usize>,
    starts: &[u32],
    counts: &[u32],
) -> Labels {
    let Some(pixels) = masks.first_stack() else {
        return Labels::narrowest(&[]);
    };
    with_view!(
        pixels,
        integers view => typed_labels(view, masks, order, range, [starts, counts]),
        others => unreachable!("only arrays of integers are made label maps"),
    )
}

/// Labels of masks whose element type is that of the view, which is not read.
fn typed_labels<T: Integer>(
    _: &ArrayView4<'_, T>,
    masks: &Masks<'_>,
    order: Order,
    range: Range<usize>,
    [mut left, counts]: [&[u32]; 2],
) -> Labels {
    let mut values = Vec::with_capacity(left.len());
    for (index, &count) in range.zip(counts) {
        let (starts, others) = left.split_at(count as usize);
        left = others;
        let (pixels, place) = masks.stack_of(index);
        let Some(view) = T::view(pixels) else {
            continue;
        };
        let mask = mask_of(view, place);
        let lines = match order {
            Order::RowMajor => mask,
            Order::ColumnMajor => mask.reversed_axes(),
        };
        // As u32: a division takes a third of that of usize.
        let length = lines.ncols() as u32;
        let pixel = |&start: &u32| lines[[(start / length) as usize, (start % length) as usize]];
        values.extend(starts.iter().map(pixel));
    }
    T::labels(values)
}
