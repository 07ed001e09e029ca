//! Masks dilated, eroded, opened and closed, and boundaries, against loops over the footprint of
//! every pixel; and the laws of these.

use maskrle::MorphOp::{Close, Dilate, Erode, Open};
use maskrle::{Error, Footprint, Limits, MaskRuns, MorphOp, Order, Runs, SetOp};
use ndarray::Array2;
use proptest::prelude::*;

use super::plain::*;
use crate::support::strategies::*;

fn is_within(footprint: Footprint, dy: i64, dx: i64) -> bool {
    match footprint {
        Footprint::Box([h, w]) => 2 * dy.abs() < i64::from(h) && 2 * dx.abs() < i64::from(w),
        Footprint::Disk(radius) => dy * dy + dx * dx <= i64::from(radius).pow(2),
        _ => unreachable!("all footprints are drawn"),
    }
}

/// Pixels from whose footprint one at least is `value`. Beyond the border is `outside`.
fn reaches(mask: &Array2<bool>, footprint: Footprint, value: bool, outside: bool) -> Array2<bool> {
    let (h, w) = mask.dim();
    let most = match footprint {
        Footprint::Box([h, w]) => h.max(w) / 2,
        Footprint::Disk(radius) => radius,
        _ => unreachable!("all footprints are drawn"),
    } as i64;
    Array2::from_shape_fn((h, w), |(y, x)| {
        (-most..=most).any(|dy| {
            (-most..=most).any(|dx| {
                let near = (y as i64 + dy, x as i64 + dx);
                let inside = (0..h as i64).contains(&near.0) && (0..w as i64).contains(&near.1);
                let near = if inside {
                    mask[(near.0 as usize, near.1 as usize)]
                } else {
                    outside
                };
                is_within(footprint, dy, dx) && near == value
            })
        })
    })
}

fn by_pixels(mask: &Array2<bool>, op: MorphOp, footprint: Footprint) -> Array2<bool> {
    match op {
        Dilate => reaches(mask, footprint, true, false),
        Erode => reaches(mask, footprint, false, true).mapv(|reached| !reached),
        Open => by_pixels(&by_pixels(mask, Erode, footprint), Dilate, footprint),
        Close => by_pixels(&by_pixels(mask, Dilate, footprint), Erode, footprint),
        _ => unreachable!("all operations are in MORPHS"),
    }
}

const MORPHS: [MorphOp; 4] = [Dilate, Erode, Open, Close];

fn footprints() -> impl Strategy<Value = Footprint> {
    prop_oneof![
        (0u32..4, 0u32..4).prop_map(|(h, w)| Footprint::Box([2 * h + 1, 2 * w + 1])),
        (0u32..6).prop_map(Footprint::Disk),
    ]
}

/// Small masks with corners and holes, and masks of runs over several lines.
fn any_mask() -> impl Strategy<Value = Array2<bool>> {
    let small = mask().prop_map(|mask| {
        let (h, w) = mask.dim();
        mask.slice(ndarray::s![..h.min(30), ..w.min(30)]).to_owned()
    });
    prop_oneof![patches(), small]
}

proptest! {
    #[test]
    fn footprints_reach_what_they_do_pixel_by_pixel(
        mask in any_mask(),
        footprint in footprints(),
        order in orders(),
    ) {
        let runs = runs_of(mask.view(), order);
        for op in MORPHS {
            let expected = by_pixels(&mask, op, footprint);
            let found = runs.morph(op, footprint).unwrap();
            prop_assert_eq!(found, runs_of(expected.view(), order), "{:?} {:?}", op, footprint);
        }
        // With a frame of background it is as if all beyond the border were.
        let [h, w] = only(&runs).size();
        let framed = only(&runs).pad([1; 4]).unwrap().morph(Erode, footprint).unwrap();
        let expected = reaches(&mask, footprint, false, false).mapv(|reached| !reached);
        prop_assert_eq!(
            Runs::from(framed.crop([1, 1, w, h]).unwrap()),
            runs_of(expected.view(), order)
        );
    }

    #[test]
    fn morphology_keeps_its_laws(
        mask in mask(),
        other in any::<prop::sample::Index>(),
        footprint in prop_oneof![footprints(), Just(Footprint::Disk(200))],
        order in orders(),
    ) {
        let runs = runs_of(mask.view(), order);
        let morph = |runs: &Runs, op| runs.morph(op, footprint).unwrap();
        let not = |runs: &Runs| runs.complement().unwrap();
        let is_in = |a: &Runs, b: &Runs| {
            only(a).merge_area(only(b), SetOp::Difference).unwrap() == 0
        };
        // Of the complement.
        prop_assert_eq!(morph(&runs, Erode), not(&morph(&not(&runs), Dilate)));
        prop_assert_eq!(morph(&runs, Open), not(&morph(&not(&runs), Close)));
        // Once and for all.
        let [dilated, eroded, opened, closed] = MORPHS.map(|op| morph(&runs, op));
        prop_assert_eq!(&morph(&opened, Open), &opened);
        prop_assert_eq!(&morph(&closed, Close), &closed);
        // In order of size.
        let ascending = [&eroded, &opened, &runs, &closed, &dilated];
        for pair in ascending.windows(2) {
            prop_assert!(is_in(pair[0], pair[1]));
        }
        // Of a union: each on its own.
        let part = mask.mapv(|set| set && other.index(7) % 2 == 0);
        let rest = by_pixel(SetOp::Difference, &mask, &part);
        let both = [part, rest].map(|mask| morph(&runs_of(mask.view(), order), Dilate));
        let union = only(&both[0]).merge(only(&both[1]), SetOp::Union).unwrap();
        prop_assert_eq!(Runs::from(union), dilated);
        // The other scan order, and sides.
        if let Footprint::Box([h, w]) = footprint {
            let transposed = runs.transpose().morph(Open, Footprint::Box([w, h])).unwrap();
            prop_assert_eq!(transposed.transpose(), opened);
        }
    }

    #[test]
    fn boundaries_are_those_of_the_definition(
        masks in masks(2),
        order in orders(),
        ratio in prop_oneof![Just(0.02), 0.0..0.2],
    ) {
        let runs = stack_of(&masks, order);
        let boundaries = runs.boundary(ratio).unwrap();
        let expected = [0, 1].map(|index| {
            let (h, w) = masks[index].dim();
            let diagonal = ((h * h + w * w) as f64).sqrt();
            let times = (ratio * diagonal).round_ties_even().max(1.0) as usize;
            // A mask within a frame of background, eroded so many times.
            let mut eroded = Array2::from_elem((h + 2, w + 2), false);
            let inner = ndarray::s![1..h + 1, 1..w + 1];
            eroded.slice_mut(inner).assign(&masks[index]);
            for _ in 0..times {
                eroded = by_pixels(&eroded, Erode, Footprint::Box([3, 3]));
            }
            by_pixel(SetOp::Difference, &masks[index], &eroded.slice(inner).to_owned())
        });
        prop_assert_eq!(&boundaries, &stack_of(&expected, order));
        let both = area(&by_pixel(SetOp::Intersection, &expected[0], &expected[1]));
        let any = area(&by_pixel(SetOp::Union, &expected[0], &expected[1]));
        let expected = if both == 0 { 0.0 } else { both as f64 / any as f64 };
        let (a, b) = (runs.mask(0), runs.mask(1));
        prop_assert_eq!(a.boundary_iou(b, ratio).unwrap(), expected);
        prop_assert_eq!(boundaries.iou(&boundaries, &[]).unwrap()[[0, 1]], expected);
    }
}

/// Footprints that are larger than the mask, and sides of up to 32 bits.
#[test]
fn footprints_may_reach_beyond_everything() {
    const MOST: u32 = u32::MAX;
    for size in [[65_535, 65_537], [1, MOST], [MOST, 1]] {
        for order in ORDERS {
            let mask = MaskRuns::from_counts(size, order, [5, 1, MOST - 6]).unwrap();
            let largest = Footprint::Box([MOST, MOST]);
            // It reaches half of the longest side there is.
            let [dilated, closed] = if size.contains(&1) {
                [6 + MOST / 2, 6]
            } else {
                [MOST, MOST]
            };
            let area = |op| mask.morph(op, largest).unwrap().area();
            assert_eq!(area(Dilate), u64::from(dilated), "{size:?}");
            assert_eq!(area(Close), u64::from(closed), "{size:?}");
            assert_eq!([area(Erode), area(Open)], [0, 0], "{size:?}");
        }
    }
    let none = MaskRuns::from_counts([0, 5], Order::RowMajor, []).unwrap();
    for op in MORPHS {
        assert_eq!(none.morph(op, Footprint::Disk(3)).unwrap(), none);
    }
    assert_eq!(none.boundary(0.02).unwrap(), none);
}

#[test]
fn what_is_no_footprint_is_refused() {
    let mask = MaskRuns::from_counts([3, 3], Order::RowMajor, [4, 5]).unwrap();
    for sides in [[0, 1], [1, 2], [4, 3]] {
        let error = mask.morph(Dilate, Footprint::Box(sides)).unwrap_err();
        assert!(error.to_string().contains("must be odd"), "{error}");
    }
    for ratio in [-0.1, f64::NAN, f64::INFINITY] {
        let error = mask.boundary(ratio).unwrap_err();
        assert!(error.to_string().contains("must be finite"), "{error}");
    }
    let map = MaskRuns::from_values([1, 4], Order::RowMajor, &[0, 7], &[1, 3]).unwrap();
    for op in MORPHS {
        let error = map.morph(op, Footprint::Disk(1)).unwrap_err();
        assert!(error.to_string().contains("split_labels"), "{error}");
    }
}

/// A pixel becomes a run on each line that the footprint has.
#[test]
fn runs_of_dilated_masks_have_a_limit() {
    let size = [1000, 1000];
    let mask = MaskRuns::from_counts(size, Order::RowMajor, [500_500, 1, 499_499]).unwrap();
    let tall = Footprint::Box([801, 3]);
    let dilated = mask.morph(Dilate, tall).unwrap();
    assert_eq!((dilated.len(), dilated.area()), (2 * 801 + 1, 3 * 801));
    let limits = Limits::default().with_runs(1600);
    for footprint in [tall, Footprint::Disk(401)] {
        let result = mask.morph_within(Dilate, footprint, &limits);
        assert!(matches!(result, Err(Error::Limit(_))), "{result:?}");
    }
    let limits = Limits::default().with_runs(4000);
    assert_eq!(mask.morph_within(Dilate, tall, &limits).unwrap(), dilated);
    let two = Runs::from_masks([&mask; 3]).unwrap();
    let result = two.morph_within(Dilate, tall, &limits);
    assert!(matches!(result, Err(Error::Limit(_))), "{result:?}");
}
