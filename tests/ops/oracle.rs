//! Set operations and measures against a plain loop over the pixels.

use maskrle::{CocoRle, MaskRuns, Order, Runs, SetOp};
use ndarray::{Array2, Axis};
use proptest::prelude::*;

use super::plain::*;
use crate::support::Random;
use crate::support::strategies::*;

proptest! {
    #[test]
    fn two_masks_merge_by_pixel(masks in masks(2), order in orders()) {
        let runs = stack_of(&masks, order);
        let [a, b] = [0, 1].map(|index| runs.get(index).unwrap());
        for op in OPS {
            let expected = by_pixel(op, &masks[0], &masks[1]);
            prop_assert_eq!(
                Runs::from(a.merge(b, op).unwrap()),
                runs_of(expected.view(), order),
                "{:?}",
                op
            );
            prop_assert_eq!(a.merge_area(b, op).unwrap(), area(&expected), "{:?}", op);
        }
        let expected = masks[0].mapv(|pixel| !pixel);
        prop_assert_eq!(
            Runs::from(a.complement().unwrap()),
            runs_of(expected.view(), order)
        );
    }

    #[test]
    fn many_masks_merge_by_pixel(masks in masks(1..9), order in orders()) {
        let runs = stack_of(&masks, order);
        for op in OPS {
            let expected = masks[1..]
                .iter()
                .fold(masks[0].clone(), |merged, mask| by_pixel(op, &merged, mask));
            prop_assert_eq!(
                Runs::from(runs.merge(op).unwrap()),
                runs_of(expected.view(), order),
                "{:?}",
                op
            );
        }
    }

    #[test]
    fn stacks_merge_pair_by_pair(a in masks(3), order in orders()) {
        let b = [&a[2], &a[0], &a[1]].map(Array2::clone);
        for op in OPS {
            let merged = stack_of(&a, order)
                .merge_pairs(&stack_of(&b, order), op)
                .unwrap();
            let expected: Vec<_> = a.iter().zip(&b).map(|(a, b)| by_pixel(op, a, b)).collect();
            prop_assert_eq!(merged, stack_of(&expected, order), "{:?}", op);
        }
        let expected: Vec<_> = a.iter().map(|mask| mask.mapv(|pixel| !pixel)).collect();
        prop_assert_eq!(
            stack_of(&a, order).complement().unwrap(),
            stack_of(&expected, order)
        );
    }

    #[test]
    fn area_box_and_centre_are_those_of_the_pixels(masks in masks(1..4), order in orders()) {
        let runs = stack_of(&masks, order);
        prop_assert_eq!(runs.areas(), masks.iter().map(area).collect::<Vec<_>>());
        prop_assert_eq!(runs.bboxes(), masks.iter().map(bbox).collect::<Vec<_>>());
        for (found, mask) in runs.centroids().into_iter().zip(&masks) {
            let expected = centroid(mask);
            prop_assert_eq!(found.is_some(), expected.is_some());
            for (found, expected) in found.iter().flatten().zip(expected.iter().flatten()) {
                prop_assert!(
                    (found - expected).abs() < 1e-9,
                    "{} is not {}",
                    found,
                    expected
                );
            }
        }
    }

    #[test]
    fn area_box_and_centre_of_label_maps_are_those_of_the_pixels(
        array in labels(),
        order in orders(),
    ) {
        let runs = runs_of_labels(array.view(), order);
        let foreground = array.mapv(|label| label != 0);
        prop_assert_eq!(only(&runs).area(), area(&foreground));
        prop_assert_eq!(only(&runs).bbox(), bbox(&foreground));
        prop_assert_eq!(only(&runs).centroid().is_some(), area(&foreground) > 0);
        if let (Some(found), Some(expected)) = (only(&runs).centroid(), centroid(&foreground)) {
            prop_assert!(
                (found[0] - expected[0]).abs() < 1e-9 && (found[1] - expected[1]).abs() < 1e-9
            );
        }
    }

    #[test]
    fn iou_is_that_of_the_pixels(
        masks in masks(1..7),
        split in 0usize..7,
        order in orders(),
        crowd in any::<[bool; 7]>(),
    ) {
        let (found, truth) = masks.split_at(split.min(masks.len()));
        let [found_runs, truth_runs] = [found, truth].map(|masks| stack_of(masks, order));
        // A stack of none does not say its order.
        let [found_runs, truth_runs] = [found_runs, truth_runs];
        for crowd in [&crowd[..truth.len()], &[]] {
            let iou = found_runs.iou(&truth_runs, crowd).unwrap();
            prop_assert_eq!(iou.dim(), (found.len(), truth.len()));
            for ((row, column), &iou) in iou.indexed_iter() {
                let (a, b) = (&found[row], &truth[column]);
                let both = area(&by_pixel(SetOp::Intersection, a, b));
                let is_crowd = crowd.get(column).copied().unwrap_or(false);
                let whole = if is_crowd {
                    area(a)
                } else {
                    area(&by_pixel(SetOp::Union, a, b))
                };
                prop_assert_eq!(
                    iou,
                    if both == 0 {
                        0.0
                    } else {
                        both as f64 / whole as f64
                    }
                );
            }
        }
    }
}

/// Stacks of enough runs that all cores share them.
#[test]
fn large_stacks_are_those_of_the_pixels() {
    let mut random = Random(1);
    let masks: Vec<_> = (0..24)
        .map(|_| Array2::from_shape_simple_fn((130, 140), || random.below(4) == 0))
        .collect();
    for order in ORDERS {
        let runs = stack_of(&masks, order);
        assert_eq!(runs.areas(), masks.iter().map(area).collect::<Vec<_>>());
        for op in OPS {
            let expected = masks[1..]
                .iter()
                .fold(masks[0].clone(), |merged, mask| by_pixel(op, &merged, mask));
            assert_eq!(
                runs.merge(op).unwrap(),
                only(&runs_of(expected.view(), order)),
                "{op:?}"
            );
        }
        let decoded = runs.decode::<bool>(Order::RowMajor).unwrap();
        for (decoded, mask) in decoded.axis_iter(Axis(0)).zip(&masks) {
            assert_eq!(decoded, mask);
        }
        let iou = runs.iou(&runs, &[]).unwrap();
        let both = area(&by_pixel(SetOp::Intersection, &masks[3], &masks[20]));
        let either = area(&by_pixel(SetOp::Union, &masks[3], &masks[20]));
        assert_eq!(
            (iou[[3, 20]], iou[[20, 3]], iou[[7, 7]]),
            (both as f64 / either as f64, iou[[3, 20]], 1.0)
        );
        if order == Order::ColumnMajor {
            let rles: Vec<_> = runs
                .iter()
                .map(|mask| CocoRle::try_from(mask).unwrap())
                .collect();
            assert_eq!(Runs::read(&rles).unwrap(), runs);
        }
        assert_eq!(
            runs.to_order(Order::RowMajor).unwrap(),
            stack_of(&masks, Order::RowMajor)
        );
    }
}

/// Runs over thousands of lines of a mask that as pixels would take gigabytes: what is not a run is
/// not looked at.
#[test]
fn the_size_of_masks_costs_nothing() {
    let [h, w] = [60_000u32, 70_000];
    let pixels = h * w;
    let runs = MaskRuns::from_counts(
        [h, w],
        Order::ColumnMajor,
        [5, 2_000_000_000, 7, pixels - 2_000_000_012],
    );
    let runs = Runs::from(runs.unwrap());
    let mask = only(&runs);
    assert_eq!(mask.area(), u64::from(pixels) - 12);
    assert_eq!(mask.bbox(), [0, 0, w, h]);
    assert_eq!(
        runs.flip_up_down()
            .flip_left_right()
            .flip_up_down()
            .flip_left_right(),
        runs
    );
    assert_eq!(only(&mask.crop([10, 10, 100, 100]).unwrap()).area(), 10_000);
    let cut = mask.crop([0, 0, w, h - 1]).unwrap();
    assert_eq!(only(&cut).starts().len(), 4);
    let rows = mask.to_order(Order::RowMajor).unwrap();
    assert_eq!(only(&rows).area(), mask.area());
    assert_eq!(rows.to_order(Order::ColumnMajor).unwrap(), mask);
    assert_eq!(
        mask.merge_area(only(&runs.complement().unwrap()), SetOp::Union)
            .unwrap(),
        u64::from(pixels)
    );
    let [x, y] = mask.centroid().unwrap();
    assert!((x - f64::from(w - 1) / 2.0).abs() < 1e-3 && (y - f64::from(h - 1) / 2.0).abs() < 1e-3);
}

#[test]
fn iou_of_boxes_takes_fractions() {
    let found = [[0.5, 0.5, 2.0, 2.0], [10.0, 10.0, 0.0, 5.0]];
    let truth = [[1.5, 0.5, 2.0, 2.0], [0.0, 0.0, 100.0, 100.0]];
    let expected = ndarray::arr2(&[[2.0 / 6.0, 4.0 / 10_000.0], [0.0, 0.0]]);
    assert_eq!(maskrle::box_iou(&found, &truth, &[]).unwrap(), expected);
    let expected = ndarray::arr2(&[[2.0 / 6.0, 1.0], [0.0, 0.0]]);
    assert_eq!(
        maskrle::box_iou(&found, &truth, &[false, true]).unwrap(),
        expected
    );
}
