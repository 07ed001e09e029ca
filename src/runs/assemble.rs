//! From starts to [`Runs`]: sizes, offsets, and the values of the pixels at the starts.

use fearless_simd::Level;
use ndarray::ArrayView2;

use super::labels::read_labels;
use super::offsets::offsets;
use super::stack::Runs;
use super::starts::Starts;
use super::values::Values;
use crate::pixel::{Element, Labels, Masks, Order, mask_of, with_view};
use crate::predicate::Predicate;
use crate::{Error, Result};

/// The runs of all masks, given their starts, and the SIMD level by whose arithmetic resampled
/// pixels are made. Fails if a run's value is above `i64::MAX`.
pub(crate) fn runs(
    masks: &Masks<'_>,
    order: Order,
    mut found: Starts,
    level: Level,
) -> Result<Runs> {
    let sizes: Vec<[u32; 2]> = (0..masks.len()).map(|index| masks.size(index)).collect();
    if masks.predicate() == Predicate::Labels && found.labels.is_none() {
        let all = 0..masks.len();
        found.labels = Some(read_labels(masks, order, all, &found.starts, &found.counts));
    }
    let labels = found.labels.take();
    assemble(order, sizes, found, |starts, offsets| {
        let Some(labels) = labels else {
            let first = |index| begins_with_foreground(masks, index, level);
            return Ok(Values::Binary((0..masks.len()).map(first).collect()));
        };
        check_labels(&labels, masks, order, starts, offsets)?;
        Ok(Values::Labels(labels))
    })
}

/// The runs of masks of these sizes, given their starts. `values` makes the values of the starts
/// and of the offsets at which each mask's starts begin.
pub(crate) fn assemble(
    order: Order,
    sizes: Vec<[u32; 2]>,
    found: Starts,
    values: impl FnOnce(&[u32], &[u64]) -> Result<Values>,
) -> Result<Runs> {
    let offsets = offsets(found.counts.iter().copied().map(u64::from));
    let values = values(&found.starts, &offsets)?;
    Ok(Runs::new(order, sizes, offsets, found.starts, values))
}

/// True if the first pixel of a binary mask is foreground, which a resampled mask makes by the
/// arithmetic of a SIMD level.
pub(crate) fn begins_with_foreground(masks: &Masks<'_>, index: usize, level: Level) -> bool {
    fn first<T: Element>(mask: ArrayView2<'_, T>, predicate: Predicate) -> bool {
        let Some(&pixel) = mask.first() else {
            return false;
        };
        let bits: u64 = bytemuck::cast::<T, T::Bits>(pixel).into();
        match predicate {
            Predicate::Above(threshold) => threshold.is_below(bits << (64 - 8 * size_of::<T>())),
            Predicate::Binary | Predicate::Labels => bits != 0,
        }
    }
    if let (Some((samples, resample)), Predicate::Above(threshold)) =
        (masks.samples_of(index), masks.predicate())
    {
        // Pixels around the window are background.
        if resample.is_empty() || resample.begin != [0; 2] {
            return false;
        }
        let first = samples.pixel(level, &resample, [0; 2]);
        return threshold.is_below(u64::from(first.to_bits()) << 32);
    }
    let (pixels, place) = masks.stack_of(index);
    with_view!(
        pixels,
        view => first(mask_of(view, place), masks.predicate()),
        (bytes, width, order) => {
            let first = mask_of(bytes, place).first().copied();
            *width > 0 && first.is_some_and(|byte| order.bit(byte, 0) != 0)
        },
    )
}

/// Fails if a label is above `i64::MAX`.
fn check_labels(
    labels: &Labels,
    masks: &Masks<'_>,
    order: Order,
    starts: &[u32],
    offsets: &[u64],
) -> Result<()> {
    let Some((run, value)) = labels.first_too_large() else {
        return Ok(());
    };
    let index = offsets.partition_point(|&end| end <= run as u64) - 1;
    let [height, width] = masks.size(index);
    let start = starts[run];
    let [row, column] = match order {
        Order::RowMajor => [start / width, start % width],
        Order::ColumnMajor => [start % height, start / height],
    };
    Err(Error::Input(format!(
        "mask {index}: the label {value:?} in row {row}, column {column} is too large: values of \
         runs are at most {}",
        i64::MAX
    )))
}

#[cfg(test)]
mod tests {
    use ndarray::{Array3, s};

    use super::*;

    const LIMIT: u64 = i64::MAX as u64;

    fn of_starts(pixels: &Array3<u64>, order: Order, starts: Vec<u32>) -> Result<Runs> {
        let masks = Masks::labels(pixels).expect("small");
        let counts = vec![1, starts.len() as u32 - 1];
        let starts = Starts {
            starts,
            counts,
            labels: None,
        };
        runs(&masks, order, starts, Level::new())
    }

    #[test]
    fn labels_of_64_bits_fit_up_to_the_limit() {
        let mut pixels = Array3::zeros((2, 3, 4));
        for value in [LIMIT - 1, LIMIT] {
            pixels.slice_mut(s![1, 1.., 2]).fill(value);
            let runs = of_starts(&pixels, Order::ColumnMajor, vec![0, 0, 7, 9]).expect("it fits");
            let expected = Values::Labels(Labels::U64(vec![0, 0, value, 0]));
            assert_eq!(*runs.values(), expected);
            assert_eq!(runs.get(1).unwrap().values().nth(1), Some(value as i64));
        }
    }

    #[test]
    fn a_label_beyond_the_limit_is_named() {
        let mut pixels = Array3::zeros((2, 3, 4));
        for value in [LIMIT + 1, u64::MAX] {
            pixels.slice_mut(s![1, 1.., 2]).fill(value);
            let by_column = of_starts(&pixels, Order::ColumnMajor, vec![0, 0, 7, 9]);
            let by_row = of_starts(&pixels, Order::RowMajor, vec![0, 0, 6, 7, 10, 11]);
            for error in [by_column, by_row].map(|runs| runs.unwrap_err()) {
                let expected = format!(
                    "mask 1: the label {value} in row 1, column 2 is too large: values of runs are \
                     at most 9223372036854775807"
                );
                assert_eq!(error, Error::Input(expected));
            }
        }
    }
}
