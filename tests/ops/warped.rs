//! Warped masks, against the pixels.

use maskrle::{Error, Limits, MaskRuns, Order, Runs};
use ndarray::Array2;
use proptest::prelude::*;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::errors::*;
use super::plain::*;
use crate::support::strategies::*;

type Matrix = [[f64; 3]; 3];

fn determinant([[a, b, c], [d, e, f], [g, h, i]]: Matrix) -> f64 {
    a * (e * i - f * h) - b * (d * i - f * g) + c * (d * h - e * g)
}

/// Turned, scaled, sheared and moved: what people warp by.
fn usual() -> impl Strategy<Value = Matrix> {
    let scale = || prop_oneof![0.3f64..3.0, 0.02f64..0.3, 3.0f64..30.0, -2.0f64..-0.5];
    let place = || -60.0f64..120.0;
    (
        -4.0f64..4.0,
        [scale(), scale()],
        -0.5f64..0.5,
        [place(), place()],
    )
        .prop_map(|(angle, [across, down], shear, [x, y])| {
            let (sin, cos) = angle.sin_cos();
            [
                [across * cos, shear - down * sin, x],
                [across * sin, down * cos, y],
                [0.0, 0.0, 1.0],
            ]
        })
}

/// Of numbers for which pixels come from edges, exactly or but for rounding.
fn of_ties() -> impl Strategy<Value = Matrix> {
    let number = || {
        prop_oneof![
            4 => Just(0.0),
            2 => prop::sample::select(vec![1.0, -1.0, 2.0, 0.5, -0.5, 3.0, 1.0 / 3.0]),
            1 => prop::sample::select(vec![6.2e-17, -6.2e-17, 1e-14, -1e-12]),
        ]
    };
    let place = || {
        prop_oneof![
            (-40i32..80).prop_map(|halves| f64::from(halves) / 2.0),
            (-40i32..80).prop_map(|sixths| f64::from(sixths) / 6.0),
        ]
    };
    ([number(), number(), number(), number()], [place(), place()])
        .prop_map(|([a, b, d, e], [x, y])| [[a, b, x], [d, e, y], [0.0, 0.0, 1.0]])
}

/// With a horizon, which may go through the source or the target.
fn bent(flat: impl Strategy<Value = Matrix>) -> impl Strategy<Value = Matrix> {
    let slope = || {
        prop_oneof![
            Just(0.0),
            -0.02f64..0.02,
            (-16i32..16).prop_map(|sixteenths| f64::from(sixteenths) / 16.0),
        ]
    };
    let last = prop_oneof![Just(1.0), Just(-1.0), Just(0.0), -2.0f64..2.0];
    (flat, [slope(), slope()], last).prop_map(|([x, y, _], [g, h], i)| [x, y, [g, h, i]])
}

/// Any numbers, large and small.
fn wild() -> impl Strategy<Value = Matrix> {
    let number = || {
        let power = prop_oneof![-3i32..4, -20i32..20];
        prop_oneof![
            Just(0.0),
            (-10.0f64..10.0, power).prop_map(|(n, power)| n * 10f64.powi(power))
        ]
    };
    let row = move || [number(), number(), number()];
    prop_oneof![
        [row(), row(), row()],
        [row(), row()].prop_map(|[x, y]| [x, y, [0.0, 0.0, 1.0]]),
    ]
}

/// Matrices that are not singular, nor near it.
fn matrices() -> impl Strategy<Value = Matrix> {
    prop_oneof![usual(), of_ties(), bent(usual()), bent(of_ties()), wild()].prop_filter(
        "singular",
        |&matrix| {
            let [[a, b, c], [d, e, f], [g, h, i]] = matrix.map(|row| row.map(f64::abs));
            let terms = a * (e * i + f * h) + b * (d * i + f * g) + c * (d * h + e * g);
            determinant(matrix).abs() > 1e-9 * terms
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1024))]

    #[test]
    fn warped_masks_are_those_of_the_pixels(
        array in labels(),
        matrix in matrices(),
        size in [0u32..90, 0u32..90],
    ) {
        let binary = array.mapv(|label| label % 2 == 1);
        let expected = warped(&array, matrix, size);
        let expected_binary = expected.mapv(|label| label % 2 == 1);
        for order in ORDERS {
            let runs = runs_of_labels(array.view(), order);
            let found = only(&runs).warp_perspective(matrix, size).unwrap();
            prop_assert_eq!(values_of(found.view()), expected.view());
            prop_assert_eq!(Runs::from(found), runs.warp_perspective(matrix, size).unwrap());
            let [x, y, last] = matrix;
            if last == [0.0, 0.0, 1.0] {
                let found = runs.warp_affine([x, y], size).unwrap();
                prop_assert_eq!(values_of(only(&found)), expected.view());
            }
            let binary = runs_of(binary.view(), order);
            let expected = runs_of(expected_binary.view(), order);
            prop_assert_eq!(binary.warp_perspective(matrix, size).unwrap(), expected);
        }
    }
}

fn of_affine([x, y]: [[f64; 3]; 2]) -> Matrix {
    [x, y, [0.0, 0.0, 1.0]]
}

fn checks() -> MaskRuns {
    MaskRuns::from_counts([2, 2], Order::RowMajor, [0, 1, 2, 1]).unwrap()
}

/// Numbers that are none, and maps that lose a dimension.
#[test]
fn matrices_without_an_inverse() {
    let mask = checks();
    for number in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
        let error = input_error(mask.warp_affine([[1.0, 0.0, number], [0.0, 1.0, 0.0]], [2, 2]));
        assert!(error.ends_with("needs finite numbers"), "{error}");
    }
    let singular = [
        of_affine([[0.0; 3]; 2]),
        of_affine([[1.0, 2.0, 0.0], [2.0, 4.0, 1.0]]),
        of_affine([[0.1, 0.2, 0.0], [0.3, 0.6, 1.0]]),
        [[1.0, 2.0, 3.0], [4.0, 5.0, 6.0], [7.0, 8.0, 9.0]],
        [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 0.0]],
        [[1e-200, 0.0, 0.0], [0.0, 1e-200, 0.0], [0.0, 0.0, 1.0]],
    ];
    for matrix in singular {
        let error = input_error(mask.warp_perspective(matrix, [2, 2]));
        assert!(
            error.contains("has no inverse: its determinant is 0"),
            "{error}"
        );
        let stack = input_error(Runs::from(mask.clone()).warp_perspective(matrix, [2, 2]));
        assert_eq!(stack, error);
    }
    let large = of_affine([[1e200, 0.0, 0.0], [0.0, 1e200, 0.0]]);
    let error = input_error(mask.warp_perspective(large, [2, 2]));
    assert!(error.contains("too large or too small"), "{error}");
}

/// Masks without pixels, to which nothing comes, or from which.
#[test]
fn masks_without_pixels() {
    let double = [[2.0, 0.0, 0.0], [0.0, 2.0, 0.0]];
    let none = MaskRuns::from_counts([0, 5], Order::RowMajor, []).unwrap();
    let background = MaskRuns::from_counts([2, 3], Order::RowMajor, [6]).unwrap();
    assert_eq!(none.warp_affine(double, [2, 3]).unwrap(), background);
    for size in [[0, 0], [0, 3], [3, 0]] {
        let warped = checks().warp_affine(double, size).unwrap();
        assert_eq!((warped.size(), warped.len()), (size, 0));
    }
}

/// Where w is 0 a pixel is background, and where it is negative it comes from somewhere as well.
#[test]
fn pixels_at_and_beyond_the_horizon() {
    let ones = MaskRuns::from_counts([1, 4], Order::RowMajor, [0, 4]).unwrap();
    // Column x comes from 3 / (x - 2) + 2.
    let matrix = [[2.0, 0.0, -1.0], [0.0, 1.0, 0.0], [1.0, 0.0, -2.0]];
    let expected = warped(&Array2::ones((1, 4)), matrix, [1, 8]);
    let found = ones.warp_perspective(matrix, [1, 8]).unwrap();
    assert_eq!(values_of(found.view()), expected);
    assert_eq!(expected[[0, 2]], 0);
    assert!(
        expected.iter().take(2).any(|&value| value == 1),
        "{expected}"
    );
}

/// Masks that OpenCV and scipy warped, by `tests/data/make_warped.py`. No pixel comes from so near
/// to an edge that their rounding decides.
#[test]
fn pixels_are_those_of_opencv_and_scipy() {
    let golden: Value = serde_json::from_str(include_str!("../data/golden_warped.json")).unwrap();
    fn read<T: DeserializeOwned>(value: &Value) -> T {
        serde_json::from_value(value.clone()).unwrap()
    }
    let mut compared = [0; 2];
    for mask in golden["masks"].as_array().unwrap() {
        let counts: Vec<u32> = read(&mask["counts"]);
        let rows = MaskRuns::from_counts(read(&mask["size"]), Order::RowMajor, counts).unwrap();
        for warp in mask["warps"].as_array().unwrap() {
            let (matrix, size): (Matrix, [u32; 2]) = (read(&warp["matrix"]), read(&warp["size"]));
            let [by_rows, by_columns] = ORDERS.map(|order| {
                let found = rows
                    .to_order(order)
                    .unwrap()
                    .warp_perspective(matrix, size)
                    .unwrap();
                found.to_order(Order::RowMajor).unwrap()
            });
            assert_eq!(by_rows, by_columns, "{matrix:?}");
            for (k, by) in ["opencv", "scipy"].into_iter().enumerate() {
                if let Some(counts) = warp.get(by) {
                    let counts: Vec<u32> = read(counts);
                    let expected = MaskRuns::from_counts(size, Order::RowMajor, counts).unwrap();
                    assert_eq!(by_rows, expected, "{by}: {matrix:?}");
                    compared[k] += 1;
                }
            }
        }
    }
    assert!(compared[0] > 20 && compared[1] > 10, "{compared:?}");
}

/// Few runs on many pixels take no time, and lines by the thousand of millions no memory.
#[test]
fn large_targets_of_few_runs() {
    let large = [[20_000.0, 1000.0, 15_000.0], [-2000.0, 21_000.0, 15_000.0]];
    for order in ORDERS {
        let mask = checks().to_order(order).unwrap();
        let warped = mask.warp_affine(large, [60_000, 60_000]).unwrap();
        let area = 2.0 * (20_000.0 * 21_000.0 + 1000.0 * 2000.0);
        assert!(
            (warped.area() as f64 / area - 1.0).abs() < 1e-3,
            "{}",
            warped.area()
        );
        for size in [[1, u32::MAX], [u32::MAX, 1]] {
            let scale = 1e9;
            let warped = mask
                .warp_affine([[scale, 0.0, 0.0], [0.0, scale, 0.0]], size)
                .unwrap();
            assert_eq!(warped.starts(), [0, 500_000_000]);
        }
    }
}

/// Two runs for each crossing are counted before any is made.
#[test]
fn crossings_beyond_the_limit() {
    let limits = Limits::default().with_runs(1000);
    let mask = checks();
    let matrix = [[500.0, 0.0, 0.0], [0.0, 500.0, 0.0]];
    let stack = Runs::from_masks(&[mask.clone(), mask.clone()]).unwrap();
    for error in [
        mask.warp_affine_within(matrix, [1000, 1000], &limits)
            .unwrap_err(),
        mask.warp_perspective_within(of_affine(matrix), [1000, 1000], &limits)
            .unwrap_err(),
        stack
            .warp_affine_within(matrix, [400, 400], &limits)
            .unwrap_err(),
    ] {
        assert!(matches!(error, Error::Limit(_)), "{error}");
        assert!(
            error
                .to_string()
                .contains("runs would be made, the limit is 1000"),
            "{error}"
        );
    }
    assert!(mask.warp_affine_within(matrix, [100, 100], &limits).is_ok());
    let error = mask.warp_affine(matrix, [1 << 20, 1 << 20]).unwrap_err();
    assert!(error.to_string().contains("pixels"), "{error}");
}
