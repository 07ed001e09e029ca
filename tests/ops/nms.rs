//! Non-maximum suppression against plain loops over pixels and boxes.

use maskrle::{Error, MaskRuns, Order, Runs, box_nms};
use ndarray::Array2;
use proptest::prelude::*;

use super::plain::*;
use crate::support::strategies::*;

/// Kept masks, straight from the definition: one after the other by score, unless one that is kept
/// overlaps it.
fn plain(scores: &[f64], threshold: f64, iou: impl Fn(usize, usize) -> f64) -> Vec<usize> {
    let mut left: Vec<usize> = (0..scores.len()).collect();
    let mut kept: Vec<usize> = Vec::new();
    while !left.is_empty() {
        let mut best = 0;
        for position in 1..left.len() {
            if scores[left[position]] > scores[left[best]] {
                best = position;
            }
        }
        let index = left.remove(best);
        if kept.iter().all(|&other| iou(other, index) <= threshold) {
            kept.push(index);
        }
    }
    kept
}

fn pixel_iou(a: &Array2<bool>, b: &Array2<bool>) -> f64 {
    let count = |both: fn(bool, bool) -> bool| {
        a.iter().zip(b).filter(|&(&a, &b)| both(a, b)).count() as f64
    };
    let (intersection, union) = (count(|a, b| a && b), count(|a, b| a || b));
    if intersection == 0.0 {
        0.0
    } else {
        intersection / union
    }
}

/// Few different ones, so that some are equal.
fn scores() -> impl Strategy<Value = Vec<f64>> {
    prop::collection::vec((-3i32..4).prop_map(|score| f64::from(score) / 4.0), 12)
}

fn thresholds() -> impl Strategy<Value = f64> {
    prop_oneof![-0.5..1.5f64, Just(0.0), Just(0.5), Just(1.0)]
}

proptest! {
    #[test]
    fn kept_masks_are_those_of_the_definition(
        masks in masks(0..12),
        order in orders(),
        scores in scores(),
        threshold in thresholds(),
    ) {
        let scores = &scores[..masks.len()];
        let expected = plain(scores, threshold, |a, b| pixel_iou(&masks[a], &masks[b]));
        prop_assert_eq!(
            stack_of(&masks, order).nms(scores, threshold).unwrap(),
            expected
        );
    }

    #[test]
    fn kept_boxes_are_those_of_the_definition(
        corners in prop::collection::vec([0u8..12, 0u8..12, 0u8..9, 0u8..9], 0..12),
        scores in scores(),
        threshold in thresholds(),
    ) {
        let (scores, boxes) = (
            &scores[..corners.len()],
            corners.iter().map(|corner| corner.map(f64::from)),
        );
        let boxes: Vec<[f64; 4]> = boxes.collect();
        let pixels = |[x, y, w, h]: [u8; 4]| {
            Array2::from_shape_fn((24, 24), |(row, column)| {
                (y..y + h).contains(&(row as u8)) && (x..x + w).contains(&(column as u8))
            })
        };
        let expected = plain(scores, threshold, |a, b| {
            pixel_iou(&pixels(corners[a]), &pixels(corners[b]))
        });
        prop_assert_eq!(box_nms(&boxes, scores, threshold).unwrap(), expected);
    }
}

/// Enough runs for all cores.
#[test]
fn kept_masks_of_many_are_those_of_the_definition() {
    let stripes: Vec<_> = (0..60)
        .map(|index| {
            Array2::from_shape_fn((40, 500), |(y, x)| {
                (x + y) % 2 == 0 && x >= 4 * index && x < 300 + 2 * index
            })
        })
        .collect();
    let scores: Vec<f64> = (0..60).map(|index| f64::from(index * 37 % 60)).collect();
    for threshold in [0.3, 0.9, 0.99] {
        let expected = plain(&scores, threshold, |a, b| {
            pixel_iou(&stripes[a], &stripes[b])
        });
        for order in ORDERS {
            assert_eq!(
                stack_of(&stripes, order).nms(&scores, threshold).unwrap(),
                expected
            );
        }
    }
}

#[test]
fn scores_without_rank_and_masks_that_do_not_compare_are_refused() {
    let masks = [[2, 2], [1, 3]]
        .map(|counts| MaskRuns::from_counts([2, 2], Order::RowMajor, counts).unwrap());
    let runs = Runs::from_masks(&masks).unwrap();
    let refused = |scores: &[f64], threshold| runs.nms(scores, threshold).unwrap_err().to_string();
    assert_eq!(
        refused(&[0.5], 0.5),
        "1 scores for 2: there must be one for each"
    );
    assert_eq!(
        refused(&[0.5, f64::NAN], 0.5),
        "score 1 is NaN, which has no rank"
    );
    assert_eq!(
        refused(&[0.5, 0.5], f64::NAN),
        "the threshold is NaN, which no overlap is above or below"
    );

    let other = Runs::concat([
        runs,
        MaskRuns::from_counts([1, 4], Order::RowMajor, [4])
            .unwrap()
            .into(),
    ])
    .unwrap();
    let error = other.nms(&[0.1f32, 0.2, 0.3], 0.5).unwrap_err().to_string();
    assert!(
        error.starts_with("mask 2: masks of 2 x 2 and of 1 x 4"),
        "{error}"
    );
    let labels = MaskRuns::from_values([1, 2], Order::RowMajor, &[5, 7], &[1, 1]);
    let labels = Runs::from(labels.unwrap());
    assert!(matches!(labels.nms(&[0.5], 0.5), Err(Error::Input(_))));

    let boxes = [[0.0, 0.0, 1.0, 1.0], [0.0, 0.0, -1.0, 1.0]];
    let error = box_nms(&boxes, &[0.5, 0.6], 0.5).unwrap_err().to_string();
    assert_eq!(
        error,
        "box 1: [0.0, 0.0, -1.0, 1.0] needs finite numbers, and sides that are not negative"
    );
    assert!(
        box_nms(&[[f64::NAN; 4]], &[0.5], 0.5).is_err()
            && box_nms(&[[f64::INFINITY; 4]], &[0.5], 0.5).is_err()
    );
    assert_eq!(box_nms(&[], &[0.0f64; 0], 0.5), Ok(vec![]));
    assert_eq!(box_nms(&boxes[..1], &[f64::NEG_INFINITY], 0.5), Ok(vec![0]));
}
