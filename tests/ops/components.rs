//! Components, holes and what is left without small ones, against a flood of the pixels.

use maskrle::Connectivity::{self, Eight, Four};
use maskrle::{Error, Limits, MaskRuns, Order, Runs, SetOp};
use ndarray::Array2;
use proptest::prelude::*;

use super::plain::*;
use crate::support::strategies::*;

/// The components of the pixels that are set, in the order in which a scan meets them.
fn flooded(mask: &Array2<bool>, connectivity: Connectivity, order: Order) -> Vec<Array2<bool>> {
    let (h, w) = mask.dim();
    let mut left = mask.clone();
    let mut found = Vec::new();
    for position in 0..h * w {
        let seed = match order {
            Order::RowMajor => (position / w, position % w),
            Order::ColumnMajor => (position % h, position / h),
        };
        if !left[seed] {
            continue;
        }
        let mut component = Array2::from_elem((h, w), false);
        let mut open = vec![seed];
        while let Some((y, x)) = open.pop() {
            if !std::mem::replace(&mut left[(y, x)], false) {
                continue;
            }
            component[(y, x)] = true;
            for near_y in y.saturating_sub(1)..h.min(y + 2) {
                for near_x in x.saturating_sub(1)..w.min(x + 2) {
                    let is_edge = near_y == y || near_x == x;
                    if left[(near_y, near_x)] && (is_edge || connectivity == Eight) {
                        open.push((near_y, near_x));
                    }
                }
            }
        }
        found.push(component);
    }
    found
}

fn union<'a>(shape: (usize, usize), masks: impl Iterator<Item = &'a Array2<bool>>) -> Array2<bool> {
    masks.fold(Array2::from_elem(shape, false), |all, mask| {
        by_pixel(SetOp::Union, &all, mask)
    })
}

fn is_at_border(mask: &Array2<bool>) -> bool {
    let (h, w) = mask.dim();
    mask.indexed_iter()
        .any(|((y, x), &set)| set && (y == 0 || x == 0 || y + 1 == h || x + 1 == w))
}

fn connectivities() -> impl Strategy<Value = Connectivity> {
    prop_oneof![Just(Four), Just(Eight)]
}

/// Masks with corners and holes, and masks of runs over several lines.
fn any_mask() -> impl Strategy<Value = Array2<bool>> {
    prop_oneof![patches(), mask()]
}

proptest! {
    #[test]
    fn components_are_those_of_a_flood(
        mask in any_mask(),
        connectivity in connectivities(),
        order in orders(),
    ) {
        let runs = runs_of(mask.view(), order);
        let found = only(&runs).connected_components(connectivity).unwrap();
        let expected = flooded(&mask, connectivity, order);
        prop_assert_eq!(found.len(), expected.len());
        for (found, expected) in found.iter().zip(&expected) {
            let expected = runs_of(expected.view(), order);
            prop_assert_eq!(found, only(&expected));
        }
        prop_assert_eq!(found.areas(), expected.iter().map(area).collect::<Vec<_>>());
    }

    #[test]
    fn components_left_are_the_large_ones(
        mask in any_mask(),
        connectivity in connectivities(),
        order in orders(),
        min_area in prop_oneof![0u64..20, 0u64..3],
    ) {
        let runs = runs_of(mask.view(), order);
        let components = flooded(&mask, connectivity, order);
        let large = components.iter().filter(|found| area(found) >= min_area);
        let expected = union(mask.dim(), large);
        let left = runs.remove_small_components(min_area, connectivity).unwrap();
        prop_assert_eq!(left, runs_of(expected.view(), order));
        // Of several, the last that max_by_key meets.
        let largest = components.iter().rev().max_by_key(|found| area(found));
        let expected = union(mask.dim(), largest.into_iter());
        let largest = runs.largest_component(connectivity).unwrap();
        prop_assert_eq!(largest, runs_of(expected.view(), order));
    }

    #[test]
    fn holes_filled_are_those_of_a_flood(
        mask in any_mask(),
        connectivity in connectivities(),
        order in orders(),
        min_area in prop_oneof![0u64..20, 0u64..3],
    ) {
        let runs = runs_of(mask.view(), order);
        let background = flooded(&mask.mapv(|set| !set), connectivity, order);
        let holes = background.iter().filter(|found| !is_at_border(found));
        let expected = union(mask.dim(), holes.chain([&mask]));
        let filled = runs.fill_holes(connectivity).unwrap();
        prop_assert_eq!(&filled, &runs_of(expected.view(), order));
        prop_assert_eq!(filled.fill_holes(connectivity).unwrap(), filled);
        let small = background.iter().filter(|found| area(found) < min_area);
        let expected = union(mask.dim(), small.chain([&mask]));
        let filled = runs.fill_small_holes(min_area, connectivity).unwrap();
        prop_assert_eq!(filled, runs_of(expected.view(), order));
    }

    #[test]
    fn components_are_disjoint_and_make_the_mask(
        mask in any_mask(),
        connectivity in connectivities(),
        order in orders(),
    ) {
        let runs = runs_of(mask.view(), order);
        let found = only(&runs).connected_components(connectivity).unwrap();
        prop_assert_eq!(found.areas().iter().sum::<u64>(), area(&mask));
        for one in &found {
            prop_assert_eq!(one.connected_components(connectivity).unwrap().len(), 1);
        }
        if let Some(first) = found.first() {
            prop_assert_eq!(Runs::from(found.merge(SetOp::Union).unwrap()), runs.clone());
            // Components of the other order are the same masks.
            let other = only(&runs).transpose().connected_components(connectivity).unwrap();
            prop_assert_eq!(first.transpose(), other.mask(0));
            prop_assert_eq!(other.transpose(), found);
        }
    }
}

/// A wide band, a wall of one pixel, and a run that ends a line and begins the next, which hang
/// together by nothing.
#[test]
fn the_size_of_masks_costs_nothing() {
    let [h, w] = [60_000u32, 70_000];
    let counts = [w, 30_000 * w, w - 2, 4, (h - 30_002) * w - 2];
    let mask = MaskRuns::from_counts([h, w], Order::RowMajor, counts).unwrap();
    for connectivity in [Four, Eight] {
        let parts = mask.connected_components(connectivity).unwrap();
        assert_eq!(parts.areas(), [30_000 * u64::from(w) + 2, 2]);
        assert_eq!(parts.bboxes()[1], [0, 30_002, 2, 1]);
        assert_eq!(mask.fill_holes(connectivity).unwrap(), mask);
    }
}

#[test]
fn label_maps_are_refused_and_limits_kept() {
    let map = MaskRuns::from_values([1, 4], Order::RowMajor, &[0, 7], &[1, 3]).unwrap();
    let refused = [
        map.connected_components(Four).map(drop),
        map.largest_component(Four).map(drop),
        map.remove_small_components(1, Four).map(drop),
        map.fill_holes(Four).map(drop),
        map.fill_small_holes(1, Four).map(drop),
    ];
    for result in refused {
        let error = result.unwrap_err();
        assert!(error.to_string().contains("split_labels"), "{error}");
    }
    let mask = MaskRuns::from_counts([1, 5], Order::RowMajor, [0, 1, 1, 1, 1, 1]).unwrap();
    for limits in [
        Limits::default().with_masks(2),
        Limits::default().with_runs(7),
    ] {
        let result = mask.connected_components_within(Four, &limits);
        assert!(matches!(result, Err(Error::Limit(_))), "{result:?}");
    }
    let limits = Limits::default().with_masks(3).with_runs(9);
    assert_eq!(
        mask.connected_components_within(Four, &limits)
            .unwrap()
            .len(),
        3
    );
}
