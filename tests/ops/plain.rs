//! Runs and pixels, from one to the other by plain loops that are never optimised; and masks to try
//! things on.

use maskrle::{MaskRuns, MaskView, Order, Runs};
use ndarray::{Array2, ArrayView2, ShapeBuilder};
use proptest::prelude::*;

pub use super::single::only;

pub const ORDERS: [Order; 2] = [Order::RowMajor, Order::ColumnMajor];

/// The values in scan order.
fn scanned<T: Copy>(pixels: ArrayView2<'_, T>, order: Order) -> Vec<T> {
    let (h, w) = pixels.dim();
    let place = |position| match order {
        Order::RowMajor => [position / w, position % w],
        Order::ColumnMajor => [position % h, position / h],
    };
    (0..h * w).map(|position| pixels[place(position)]).collect()
}

/// Counts that alternate, the background first.
pub fn counts(pixels: ArrayView2<'_, bool>, order: Order) -> Vec<u32> {
    let mut counts = vec![0];
    let mut last = false;
    for value in scanned(pixels, order) {
        if value != last {
            counts.push(0);
            last = value;
        }
        *counts.last_mut().unwrap() += 1;
    }
    counts
}

fn size<T>(pixels: ArrayView2<'_, T>) -> [u32; 2] {
    [pixels.nrows() as u32, pixels.ncols() as u32]
}

/// A stack of one mask.
pub fn runs_of(pixels: ArrayView2<'_, bool>, order: Order) -> Runs {
    MaskRuns::from_counts(size(pixels), order, counts(pixels, order))
        .unwrap()
        .into()
}

/// The runs of a label map. Their type is whatever holds the labels.
pub fn runs_of_labels(pixels: ArrayView2<'_, i64>, order: Order) -> Runs {
    let values = scanned(pixels, order);
    MaskRuns::from_values(size(pixels), order, &values, &vec![1; values.len()])
        .unwrap()
        .into()
}

pub fn stack_of(masks: &[Array2<bool>], order: Order) -> Runs {
    Runs::concat(masks.iter().map(|mask| runs_of(mask.view(), order))).unwrap()
}

/// Every pixel's value.
pub fn values_of(mask: MaskView<'_>) -> Array2<i64> {
    let [h, w] = mask.size().map(|side| side as usize);
    let values: Vec<i64> = mask
        .counts()
        .zip(mask.values())
        .flat_map(|(count, value)| vec![value; count as usize])
        .collect();
    let by_column = mask.order() == Order::ColumnMajor;
    Array2::from_shape_vec((h, w).set_f(by_column), values).unwrap()
}

pub fn orders() -> impl Strategy<Value = Order> {
    prop_oneof![Just(Order::RowMajor), Just(Order::ColumnMajor)]
}

/// Arrays of `shape` made of runs of `values`: short ones, and such as cover lines.
fn arrays<T: Copy + Default + std::fmt::Debug>(
    [h, w]: [usize; 2],
    values: impl Strategy<Value = T>,
) -> impl Strategy<Value = Array2<T>> {
    let length = prop_oneof![1usize..4, 1usize..30, 1usize..300];
    (
        any::<bool>(),
        prop::collection::vec((values, length), 0..60),
    )
        .prop_map(move |(by_column, runs)| {
            let mut pixels: Vec<T> = runs
                .iter()
                .flat_map(|&(value, count)| vec![value; count])
                .collect();
            pixels.resize(h * w, T::default());
            Array2::from_shape_vec((h, w).set_f(by_column), pixels).unwrap()
        })
}

fn shapes() -> impl Strategy<Value = [usize; 2]> {
    let side = || prop_oneof![0usize..4, 1usize..40, 60usize..140];
    [side(), side()]
}

/// So many binary masks of one random size.
pub fn masks(
    count: impl Into<prop::collection::SizeRange>,
) -> impl Strategy<Value = Vec<Array2<bool>>> {
    let count = count.into();
    shapes().prop_flat_map(move |shape| {
        prop::collection::vec(arrays(shape, any::<bool>()), count.clone())
    })
}

pub fn mask() -> impl Strategy<Value = Array2<bool>> {
    shapes().prop_flat_map(|shape| arrays(shape, any::<bool>()))
}

pub fn labels() -> impl Strategy<Value = Array2<i64>> {
    shapes().prop_flat_map(|shape| arrays(shape, prop_oneof![0i64..4, -100i64..1000]))
}
