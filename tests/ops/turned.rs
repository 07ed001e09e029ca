//! Turned, tiled and resized masks, and moments, against the pixels.

use maskrle::{Error, Limits, MaskRuns, Order, Runs};
use ndarray::{Array2, ArrayView2, Axis, concatenate};
use proptest::prelude::*;
use serde_json::Value;

use super::errors::*;
use super::limits::beyond;
use super::plain::*;
use crate::support::strategies::*;

/// Turned by one quarter against the clock: column by column, the last one first.
fn turned(array: ArrayView2<'_, i64>) -> Array2<i64> {
    let (height, width) = array.dim();
    Array2::from_shape_fn((width, height), |(row, column)| {
        array[[column, width - 1 - row]]
    })
}

fn tiled(array: &Array2<i64>, [down, across]: [usize; 2]) -> Array2<i64> {
    let (height, width) = array.dim();
    let empty = Array2::zeros((0, width));
    let mut rows = vec![empty.view()];
    rows.extend(vec![array.view(); down]);
    let column = concatenate(Axis(0), &rows).unwrap();
    let empty = Array2::zeros((height * down, 0));
    let mut columns = vec![empty.view()];
    columns.extend(vec![column.view(); across]);
    concatenate(Axis(1), &columns).unwrap()
}

/// Source pixels of all pixels of a side, as OpenCV computes them.
fn sources(source: usize, target: usize) -> Vec<usize> {
    let scale = 1.0 / (target as f64 / source as f64);
    let nearest = |pixel| ((pixel as f64 * scale).floor() as usize).min(source - 1);
    (0..target).map(nearest).collect()
}

proptest! {
    #[test]
    fn turned_masks_are_those_of_the_pixels(array in labels(), order in orders(), turns in -9i32..9) {
        let mut expected = array.clone();
        for _ in 0..turns.rem_euclid(4) {
            expected = turned(expected.view());
        }
        let runs = runs_of_labels(array.view(), order);
        let found = only(&runs).rot90(turns);
        prop_assert_eq!(values_of(found.view()), expected);
        prop_assert_eq!(Runs::from(found), runs.rot90(turns));
        let binary = runs_of(array.mapv(|label| label % 2 == 1).view(), order);
        prop_assert_eq!(binary.rot90(turns).rot90(-turns), binary);
    }

    #[test]
    fn tiled_masks_are_those_of_the_pixels(
        array in labels(),
        order in orders(),
        times in [0u32..4, 0u32..4],
    ) {
        let expected = tiled(&array, times.map(|times| times as usize));
        let runs = runs_of_labels(array.view(), order);
        let found = only(&runs).tile(times).unwrap();
        prop_assert_eq!(values_of(found.view()), expected.view());
        prop_assert_eq!(Runs::from(found), runs.tile(times).unwrap());
        let binary = runs_of(array.mapv(|label| label % 2 == 1).view(), order);
        let expected = runs_of(expected.mapv(|label| label % 2 == 1).view(), order);
        prop_assert_eq!(binary.tile(times).unwrap(), expected);
    }

    #[test]
    fn resized_masks_are_those_of_the_pixels(
        array in labels(),
        order in orders(),
        size in [0u32..90, 0u32..90],
    ) {
        prop_assume!(!array.is_empty());
        let (height, width) = array.dim();
        let [rows, columns] = [
            sources(height, size[0] as usize),
            sources(width, size[1] as usize),
        ];
        let shape = size.map(|side| side as usize);
        let expected = Array2::from_shape_fn(shape, |(y, x)| array[[rows[y], columns[x]]]);
        let runs = runs_of_labels(array.view(), order);
        let found = only(&runs).resize_nearest(size).unwrap();
        prop_assert_eq!(values_of(found.view()), expected.view());
        prop_assert_eq!(Runs::from(found), runs.resize_nearest(size).unwrap());
        let binary = runs_of(array.mapv(|label| label % 2 == 1).view(), order);
        let expected = runs_of(expected.mapv(|label| label % 2 == 1).view(), order);
        prop_assert_eq!(binary.resize_nearest(size).unwrap(), expected);
    }

    #[test]
    fn moments_are_sums_over_pixels(array in labels(), order in orders()) {
        let runs = runs_of_labels(array.view(), order);
        let m = only(&runs).moments();
        prop_assert_eq!(runs.moments(), vec![m]);
        let found = [
            (m.m00, [0, 0]), (m.m10, [1, 0]), (m.m01, [0, 1]), (m.m20, [2, 0]), (m.m11, [1, 1]),
            (m.m02, [0, 2]), (m.m30, [3, 0]), (m.m21, [2, 1]), (m.m12, [1, 2]), (m.m03, [0, 3]),
        ];
        for (moment_found, powers) in found {
            prop_assert_eq!(moment_found, moment(&array, powers), "{:?}", powers);
        }
    }
}

/// Sides around the one up to which sums fit u64.
#[test]
fn moments_of_long_masks() {
    for side in [65_535u32, 65_536, 65_537] {
        for order in [Order::RowMajor, Order::ColumnMajor] {
            let n = u128::from(side);
            let row = MaskRuns::from_counts([1, side], order, [0, side]).unwrap();
            for moments in [row.moments(), row.pad([9, 0, 0, 0]).unwrap().moments()] {
                assert_eq!(moments.m30, (n * (n - 1) / 2).pow(2), "{side}");
                assert_eq!(moments.m20, n * (n - 1) / 2 * (2 * n - 1) / 3, "{side}");
                assert_eq!(moments.m21, moments.m20 * moments.m01 / n, "{side}");
            }
        }
    }
}

/// Fails where a sum does not fit, or is of the other axis.
#[test]
fn moments_of_the_longest_masks() {
    let n = u128::from(u32::MAX);
    for order in [Order::RowMajor, Order::ColumnMajor] {
        let row = MaskRuns::from_counts([1, u32::MAX], order, [0, u32::MAX]).unwrap();
        let [along, column] = [row.moments(), row.transpose().moments()];
        assert_eq!((along.m00, along.m03), (n, 0));
        assert_eq!(along.m30, (n * (n - 1) / 2).pow(2));
        assert_eq!(along.m20, n * (n - 1) / 2 * (2 * n - 1) / 3);
        assert_eq!((column.m03, column.m02), (along.m30, along.m20));
        assert_eq!(column.m30, 0);
    }
}

/// Columns that OpenCV took, by `tests/data/make_nearest.py`: also where a product is whole but for
/// rounding.
#[test]
fn pixels_are_those_of_opencv() {
    let golden = include_str!("../data/golden_nearest.json");
    let golden: Value = serde_json::from_str(golden).unwrap();
    let cases = golden["cases"].as_array().unwrap();
    assert!(cases.len() > 10);
    for case in cases {
        let numbers =
            |key: &str| -> Vec<i64> { serde_json::from_value(case[key].clone()).unwrap() };
        let sources = numbers("sources");
        let row: Vec<i64> = (0..numbers("from")[0]).collect();
        let row = Array2::from_shape_vec((1, row.len()), row).unwrap();
        for order in [Order::RowMajor, Order::ColumnMajor] {
            let runs = runs_of_labels(row.view(), order);
            let size = [1, sources.len() as u32];
            let found = values_of(only(&runs.resize_nearest(size).unwrap()));
            assert_eq!(
                found.into_iter().collect::<Vec<_>>(),
                sources,
                "{}",
                row.len()
            );
        }
    }
}

/// No pixels, more than there can be, and more runs than the limit.
#[test]
fn sizes_that_are_none_or_too_large() {
    let none = MaskRuns::from_counts([0, 5], Order::RowMajor, []).unwrap();
    assert_eq!(
        input_error(none.resize_nearest([2, 2])),
        "a mask of 0 x 5 has no pixels to be resized to 2 x 2"
    );
    assert_eq!(none.resize_nearest([3, 0]).unwrap().size(), [3, 0]);
    assert_eq!(none.tile([3, 2]).unwrap().size(), [0, 10]);
    assert_eq!(none.rot90(1).size(), [5, 0]);
    let checks = MaskRuns::from_counts([1, 4], Order::RowMajor, [1, 1, 1, 1]).unwrap();
    for error in [
        checks.resize_nearest([1 << 20, 1 << 20]).unwrap_err(),
        checks.tile([1 << 20, 1 << 20]).unwrap_err(),
        checks.tile([1, u32::MAX]).unwrap_err(),
    ] {
        assert!(matches!(error, Error::Limit(_)), "{error}");
    }
    let limits = Limits::default().with_runs(11);
    let few = [
        checks.resize_nearest_within([3, 4], &limits),
        checks.tile_within([3, 1], &limits),
    ];
    for error in few {
        assert_eq!(limit_error(error), beyond("12 runs", "11", "runs"));
    }
    let two = Runs::from_masks(&[checks.clone(), checks]).unwrap();
    assert_eq!(
        limit_error(two.resize_nearest_within([2, 4], &limits)),
        beyond("16 runs", "11", "runs")
    );
    assert_eq!(
        limit_error(two.tile_within([1, 2], &limits)),
        beyond("16 runs", "11", "runs")
    );
}
