//! From starts to [`Runs`]: sizes, offsets, and the values of the pixels at the starts.

use fearless_simd::Level;
use ndarray::{ArrayView2, ArrayView4};

use super::offsets::offsets;
use super::stack::Runs;
use super::starts::Starts;
use super::values::Values;
use crate::pixel::{Element, Integer, Labels, Masks, Order, mask_of, with_view};
use crate::predicate::Predicate;
use crate::{Error, Result};

/// The runs of all masks, given their starts, and the SIMD level by whose arithmetic resampled
/// pixels are made. Fails if a run's value is above `i64::MAX`.
pub(crate) fn runs(masks: &Masks<'_>, order: Order, found: Starts, level: Level) -> Result<Runs> {
    let sizes: Vec<[u32; 2]> = (0..masks.len()).map(|index| masks.size(index)).collect();
    assemble(order, sizes, found, |starts, offsets| {
        Ok(match masks.predicate() {
            Predicate::Labels => Values::Labels(labels(masks, order, starts, offsets)?),
            Predicate::Binary | Predicate::Above(_) => Values::Binary(
                (0..masks.len())
                    .map(|index| begins_with_foreground(masks, index, level))
                    .collect(),
            ),
        })
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

/// The pixel at each start.
fn labels(masks: &Masks<'_>, order: Order, starts: &[u32], offsets: &[u64]) -> Result<Labels> {
    let Some(pixels) = masks.first_stack() else {
        return Ok(Labels::narrowest(&[]));
    };
    with_view!(
        pixels,
        integers view => typed_labels(view, masks, order, starts, offsets),
        others => unreachable!("only arrays of integers are made label maps"),
    )
}

/// Labels of masks whose element type is that of the view, which is not read.
fn typed_labels<T: Integer>(
    _: &ArrayView4<'_, T>,
    masks: &Masks<'_>,
    order: Order,
    starts: &[u32],
    offsets: &[u64],
) -> Result<Labels> {
    let mut values = Vec::with_capacity(starts.len());
    for index in 0..masks.len() {
        let (pixels, place) = masks.stack_of(index);
        let Some(view) = T::view(pixels) else {
            continue;
        };
        let mask = mask_of(view, place);
        let [height, width] = masks.size(index).map(|side| side as usize);
        let place = |start: u32| match order {
            Order::RowMajor => [start as usize / width, start as usize % width],
            Order::ColumnMajor => [start as usize % height, start as usize / height],
        };
        let starts = &starts[offsets[index] as usize..offsets[index + 1] as usize];
        let of_mask = values.len();
        values.extend(starts.iter().map(|&start| mask[place(start)]));
        let is_too_large = |value: &T| value.to_label().is_none();
        if let Some(run) = values[of_mask..].iter().position(is_too_large) {
            let (value, [row, column]) = (values[of_mask + run], place(starts[run]));
            return Err(Error::Input(format!(
                "mask {index}: the label {value:?} in row {row}, column {column} is too large: \
                 values of runs are at most {}",
                i64::MAX
            )));
        }
    }
    Ok(T::labels(values))
}

#[cfg(test)]
mod tests {
    use ndarray::{Array3, s};

    use super::*;

    const LIMIT: u64 = i64::MAX as u64;

    fn of_starts(pixels: &Array3<u64>, order: Order, starts: Vec<u32>) -> Result<Runs> {
        let masks = Masks::labels(pixels).expect("small");
        let counts = vec![1, starts.len() as u32 - 1];
        runs(&masks, order, Starts { starts, counts }, Level::new())
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
