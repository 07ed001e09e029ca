//! Masks, label maps and orders that proptest draws.

use std::fmt::Debug;

use maskrle::Order;
use ndarray::{Array2, ShapeBuilder};
use proptest::prelude::*;

pub fn orders() -> impl Strategy<Value = Order> {
    prop_oneof![Just(Order::RowMajor), Just(Order::ColumnMajor)]
}

fn shapes() -> impl Strategy<Value = [usize; 2]> {
    let side = || prop_oneof![0usize..4, 1usize..40, 60usize..140];
    [side(), side()]
}

/// Arrays made of fewer than `end` runs of `values`, each as long as one of `lengths`, in either
/// order of memory; zeros fill the rest.
fn arrays<T: Copy + Default + Debug>(
    [h, w]: [usize; 2],
    values: impl Strategy<Value = T>,
    lengths: impl Strategy<Value = usize>,
    end: usize,
) -> impl Strategy<Value = Array2<T>> {
    (
        any::<bool>(),
        prop::collection::vec((values, lengths), 0..end),
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

/// Arrays of runs that are short, and of such as cover lines.
fn arrays_of_any_runs<T: Copy + Default + Debug>(
    shape: [usize; 2],
    values: impl Strategy<Value = T>,
) -> impl Strategy<Value = Array2<T>> {
    let lengths = prop_oneof![1usize..4, 1usize..30, 1usize..300];
    arrays(shape, values, lengths, 60)
}

/// `count` binary masks of one random size.
pub fn masks(
    count: impl Into<prop::collection::SizeRange>,
) -> impl Strategy<Value = Vec<Array2<bool>>> {
    let count = count.into();
    shapes().prop_flat_map(move |shape| {
        prop::collection::vec(arrays_of_any_runs(shape, any::<bool>()), count.clone())
    })
}

pub fn mask() -> impl Strategy<Value = Array2<bool>> {
    shapes().prop_flat_map(|shape| arrays_of_any_runs(shape, any::<bool>()))
}

pub fn labels() -> impl Strategy<Value = Array2<i64>> {
    let values = || prop_oneof![0i64..4, -100i64..1000];
    shapes().prop_flat_map(move |shape| arrays_of_any_runs(shape, values()))
}

/// Arrays with sides of 0 to 149, of many short runs of any of `values`.
fn arrays_of_short_runs<S: Strategy<Value = i32>>(
    values: impl Fn() -> S,
) -> impl Strategy<Value = Array2<i32>> {
    [0usize..150, 0usize..150].prop_flat_map(move |shape| arrays(shape, values(), 1usize..50, 200))
}

pub fn masks_of_short_runs() -> impl Strategy<Value = Array2<i32>> {
    arrays_of_short_runs(|| 0i32..2)
}

pub fn labels_of_short_runs() -> impl Strategy<Value = Array2<i32>> {
    arrays_of_short_runs(|| prop_oneof![0i32..4, any::<i32>()])
}

/// Masks of noise, and of square patches of pixels: with corners, holes, and parts in holes.
pub fn patches() -> impl Strategy<Value = Array2<bool>> {
    let shape = [
        prop_oneof![0usize..4, 1usize..24],
        prop_oneof![0usize..4, 1usize..24],
    ];
    (shape, 1usize..4, any::<bool>(), any::<bool>()).prop_flat_map(
        |([h, w], patch, mostly, inverted)| {
            let count = h.div_ceil(patch) * w.div_ceil(patch);
            prop::collection::vec(prop::bool::weighted(if mostly { 0.85 } else { 0.5 }), count)
                .prop_map(move |bits| {
                    Array2::from_shape_fn((h, w), |(y, x)| {
                        bits[y / patch * w.div_ceil(patch) + x / patch] != inverted
                    })
                })
        },
    )
}
