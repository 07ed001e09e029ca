//! From starts to [`Runs`]: sizes, offsets, and the values of the pixels at the starts.

use ndarray::ArrayView2;

use super::stack::Runs;
use super::starts::Starts;
use super::values::Values;
use crate::pixel::{Element, Integer, Labels, Masks, Order, Pixels, mask_of, with_view};
use crate::predicate::Predicate;

/// The runs of all masks, given their starts.
pub(crate) fn runs(masks: &Masks<'_>, order: Order, found: Starts) -> Runs {
    let sizes: Vec<[u32; 2]> = (0..masks.len()).map(|index| masks.size(index)).collect();
    assemble(order, sizes, found, |starts, offsets| {
        match masks.predicate() {
            Predicate::Labels => Values::Labels(labels(masks, order, starts, offsets)),
            _ => Values::Binary(
                (0..masks.len())
                    .map(|index| begins_with_foreground(masks, index))
                    .collect(),
            ),
        }
    })
}

/// The runs of masks of these sizes, given their starts. `values` makes the values of the starts and
/// of the offsets at which each mask's starts begin.
pub(crate) fn assemble(
    order: Order,
    sizes: Vec<[u32; 2]>,
    found: Starts,
    values: impl FnOnce(&[u32], &[u64]) -> Values,
) -> Runs {
    let mut offsets = Vec::with_capacity(sizes.len() + 1);
    offsets.push(0);
    let mut end = 0;
    for &count in &found.counts {
        end += u64::from(count);
        offsets.push(end);
    }
    let values = values(&found.starts, &offsets);
    Runs::new(order, sizes, offsets, found.starts, values)
}

/// Whether the first pixel of a binary mask is foreground.
pub(crate) fn begins_with_foreground(masks: &Masks<'_>, index: usize) -> bool {
    fn first<T: Element>(mask: ArrayView2<'_, T>, predicate: Predicate) -> bool {
        let Some(&pixel) = mask.first() else {
            return false;
        };
        let bits: u32 = bytemuck::cast::<T, T::Bits>(pixel).into();
        match predicate {
            Predicate::Above(threshold) => threshold.is_below(bits << (32 - 8 * size_of::<T>())),
            _ => bits != 0,
        }
    }
    let (pixels, place) = masks.stack_of(index);
    with_view!(pixels, view => first(mask_of(view, place), masks.predicate()), (bytes, width, order) => {
        *width > 0 && mask_of(bytes, place).first().is_some_and(|&byte| order.bit(byte, 0) != 0)
    })
}

/// The pixel at each start. Only arrays of integers have labels.
fn labels(masks: &Masks<'_>, order: Order, starts: &[u32], offsets: &[u64]) -> Labels {
    match masks.first_stack() {
        Some(Pixels::Bool(_)) => typed_labels::<bool>(masks, order, starts, offsets),
        Some(Pixels::I8(_)) => typed_labels::<i8>(masks, order, starts, offsets),
        Some(Pixels::U16(_)) => typed_labels::<u16>(masks, order, starts, offsets),
        Some(Pixels::I16(_)) => typed_labels::<i16>(masks, order, starts, offsets),
        Some(Pixels::U32(_)) => typed_labels::<u32>(masks, order, starts, offsets),
        Some(Pixels::I32(_)) => typed_labels::<i32>(masks, order, starts, offsets),
        _ => typed_labels::<u8>(masks, order, starts, offsets),
    }
}

fn typed_labels<T: Integer>(
    masks: &Masks<'_>,
    order: Order,
    starts: &[u32],
    offsets: &[u64],
) -> Labels {
    let mut values = Vec::with_capacity(starts.len());
    for index in 0..masks.len() {
        let (pixels, place) = masks.stack_of(index);
        let Some(view) = T::view(pixels) else {
            continue;
        };
        let mask = mask_of(view, place);
        let [height, width] = masks.size(index).map(|side| side as usize);
        let starts = &starts[offsets[index] as usize..offsets[index + 1] as usize];
        values.extend(starts.iter().map(|&start| match order {
            Order::RowMajor => mask[[start as usize / width, start as usize % width]],
            Order::ColumnMajor => mask[[start as usize % height, start as usize / height]],
        }));
    }
    T::labels(values)
}
