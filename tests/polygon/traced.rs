//! Masks traced to polygons: they rasterise to the same mask, and are what a flood of the pixels
//! finds.

use std::collections::VecDeque;

use maskrle::{Backend, Encoder, Error, MaskRuns, Masks, Order, Polygon, Runs, SetOp};
use ndarray::{Array2, arr2};
use proptest::prelude::*;

use crate::support::strategies::patches;

fn runs_of(pixels: &Array2<bool>, order: Order) -> Runs {
    let encoder = Encoder::builder()
        .backend(Backend::Cpu)
        .threads(1)
        .build()
        .unwrap();
    encoder
        .runs(&Masks::binary(pixels).unwrap(), order)
        .unwrap()
}

fn traced(pixels: &Array2<bool>, order: Order) -> Vec<Polygon> {
    runs_of(pixels, order)
        .get(0)
        .unwrap()
        .to_polygons()
        .unwrap()
}

fn flat(ring: &[[u32; 2]]) -> Vec<f64> {
    ring.iter().flatten().copied().map(f64::from).collect()
}

/// All pixels of any of these rings.
fn rasterised(size: [u32; 2], rings: &[Vec<f64>]) -> Runs {
    if rings.is_empty() {
        let empty = MaskRuns::from_counts(size, Order::ColumnMajor, [size[0] * size[1]]);
        return empty.unwrap().into();
    }
    Runs::from_polygons(size, rings)
        .unwrap()
        .merge(SetOp::Union)
        .unwrap()
        .into()
}

/// Number of parts that hold `value`, those at the border left out if `inner`. Neighbours are
/// joined along sides, or also at corners.
fn flooded(pixels: &Array2<bool>, value: bool, at_corners: bool, inner: bool) -> usize {
    let (h, w) = pixels.dim();
    let mut seen = Array2::from_elem((h, w), false);
    let mut parts = 0;
    for start in ndarray::indices((h, w)) {
        if pixels[start] != value || seen[start] {
            continue;
        }
        seen[start] = true;
        let (mut queue, mut meets_border) = (VecDeque::from([start]), false);
        while let Some((y, x)) = queue.pop_front() {
            meets_border |= y == 0 || x == 0 || y == h - 1 || x == w - 1;
            for (dy, dx) in [
                (0, 1),
                (1, 0),
                (0, -1),
                (-1, 0),
                (1, 1),
                (1, -1),
                (-1, 1),
                (-1, -1),
            ] {
                let next = (y.wrapping_add_signed(dy), x.wrapping_add_signed(dx));
                let is_joined = at_corners || dy == 0 || dx == 0;
                if is_joined && pixels.get(next) == Some(&value) && !seen[next] {
                    seen[next] = true;
                    queue.push_back(next);
                }
            }
        }
        parts += usize::from(!(inner && meets_border));
    }
    parts
}

/// Twice the area within a ring, positive if clockwise on a picture.
fn twice_area(ring: &[[u32; 2]]) -> i64 {
    let points = ring.iter().map(|point| point.map(i64::from));
    points
        .clone()
        .zip(points.cycle().skip(1))
        .map(|([x, y], [next_x, next_y])| x * next_y - next_x * y)
        .sum()
}

fn check(pixels: &Array2<bool>, order: Order) {
    let size = [pixels.nrows() as u32, pixels.ncols() as u32];
    let mask = runs_of(pixels, Order::ColumnMajor);
    let polygons = traced(pixels, order);

    let coco: Vec<_> = polygons.iter().map(Polygon::to_coco).collect();
    assert_eq!(rasterised(size, &coco), mask);
    assert_eq!(polygons.len(), flooded(pixels, true, false, false));
    assert_eq!(
        polygons
            .iter()
            .map(|polygon| polygon.holes.len())
            .sum::<usize>(),
        flooded(pixels, false, true, true)
    );
    for polygon in &polygons {
        assert!(
            twice_area(&polygon.outer) > 0 && polygon.holes.iter().all(|hole| twice_area(hole) < 0)
        );
        let [outer, holes] = [std::slice::from_ref(&polygon.outer), &polygon.holes].map(|rings| {
            rasterised(
                size,
                &rings.iter().map(|ring| flat(ring)).collect::<Vec<_>>(),
            )
        });
        let part = Runs::concat([outer, holes])
            .unwrap()
            .merge(SetOp::Difference)
            .unwrap();
        let part = Runs::from(part);
        assert_eq!(part, rasterised(size, &[polygon.to_coco()]));
        let area: i64 = [&polygon.outer]
            .into_iter()
            .chain(&polygon.holes)
            .map(|ring| twice_area(ring))
            .sum();
        assert_eq!(part.areas(), [area as u64 / 2]);
        for ring in [&polygon.outer].into_iter().chain(&polygon.holes) {
            for (index, [x, y]) in ring.iter().enumerate() {
                let ([before_x, before_y], [after_x, after_y]) = (
                    ring[(index + ring.len() - 1) % ring.len()],
                    ring[(index + 1) % ring.len()],
                );
                let is_corner =
                    (*x == before_x && *y == after_y) || (*y == before_y && *x == after_x);
                assert!(is_corner, "{ring:?} goes straight on at {index}");
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1500))]

    #[test]
    fn traced_polygons_are_the_mask(pixels in patches()) {
        check(&pixels, Order::ColumnMajor);
        check(&pixels, Order::RowMajor);
    }

    /// The scan order decides where rings begin, and their order.
    #[test]
    fn both_orders_trace_the_same_rings(pixels in patches()) {
        let rings = |order| {
            let mut rings: Vec<Vec<[u32; 2]>> = traced(&pixels, order)
                .into_iter()
                .flat_map(|polygon| std::iter::once(polygon.outer).chain(polygon.holes))
                .map(|mut ring| {
                    let least = (0..ring.len()).min_by_key(|&index| ring[index]).unwrap();
                    ring.rotate_left(least);
                    ring
                })
                .collect();
            rings.sort();
            rings
        };
        prop_assert_eq!(rings(Order::ColumnMajor), rings(Order::RowMajor));
    }
}

fn pixels<const W: usize>(rows: &[[u8; W]]) -> Array2<bool> {
    arr2(rows).mapv(|pixel| pixel != 0)
}

#[test]
fn one_pixel_is_a_square() {
    let expected = [Polygon {
        outer: vec![[0, 0], [1, 0], [1, 1], [0, 1]],
        holes: vec![],
    }];
    assert_eq!(traced(&pixels(&[[1]]), Order::ColumnMajor), expected);
    let expected = [Polygon {
        outer: vec![[1, 2], [2, 2], [2, 3], [1, 3]],
        holes: vec![],
    }];
    for order in [Order::ColumnMajor, Order::RowMajor] {
        assert_eq!(traced(&pixels(&[[0, 0], [0, 0], [0, 1]]), order), expected);
    }
}

#[test]
fn pixels_that_touch_at_a_corner_are_two_parts() {
    for rows in [[[1, 0], [0, 1]], [[0, 1], [1, 0]]] {
        let polygons = traced(&pixels(&rows), Order::ColumnMajor);
        assert_eq!(
            polygons
                .iter()
                .map(|polygon| polygon.outer.len())
                .collect::<Vec<_>>(),
            [4, 4]
        );
        check(&pixels(&rows), Order::RowMajor);
    }
}

/// Two holes that touch at a corner are one, whose ring goes through that corner twice.
#[test]
fn holes_that_touch_at_a_corner_are_one() {
    let mask = pixels(&[[1, 1, 1, 1], [1, 0, 1, 1], [1, 1, 0, 1], [1, 1, 1, 1]]);
    let polygons = traced(&mask, Order::ColumnMajor);
    assert_eq!(polygons.len(), 1);
    assert_eq!(
        polygons[0].holes,
        [[
            [1, 1],
            [1, 2],
            [2, 2],
            [2, 3],
            [3, 3],
            [3, 2],
            [2, 2],
            [2, 1]
        ]]
    );
}

#[test]
fn parts_within_holes_are_polygons_of_their_own() {
    let rings = Array2::from_shape_fn((11, 13), |(y, x)| {
        [y, x, 10 - y, 12 - x].into_iter().min().unwrap() % 2 == 0
    });
    let polygons = traced(&rings, Order::ColumnMajor);
    assert_eq!(
        polygons
            .iter()
            .map(|polygon| polygon.holes.len())
            .collect::<Vec<_>>(),
        [1, 1, 1]
    );
    assert_eq!(polygons[1].outer, [[2, 2], [11, 2], [11, 9], [2, 9]]);
    assert_eq!(polygons[1].holes, [[[3, 3], [3, 8], [10, 8], [10, 3]]]);
    check(&rings, Order::ColumnMajor);
}

/// Four corners, however many columns and pixels there are.
#[test]
fn a_mask_of_billions_of_pixels_takes_its_runs() {
    for order in [Order::ColumnMajor, Order::RowMajor] {
        let mask = MaskRuns::from_counts([65_535, 65_536], order, [0, 65_535 * 65_536]).unwrap();
        let polygons = mask.to_polygons().unwrap();
        assert_eq!(polygons.len(), 1);
        assert_eq!(
            polygons[0].outer,
            [[0, 0], [65_536, 0], [65_536, 65_535], [0, 65_535]]
        );
    }
}

#[test]
fn a_stack_is_its_masks_and_label_maps_are_refused() {
    let runs = Runs::from_polygons(
        [9, 9],
        &[
            [1.0, 1.0, 5.0, 1.0, 5.0, 5.0],
            [0.0, 0.0, 0.0, 0.0, 0.0, 0.0],
        ],
    )
    .unwrap();
    let traced = runs.to_polygons().unwrap();
    assert_eq!(traced[0], runs.get(0).unwrap().to_polygons().unwrap());
    assert_eq!(traced[1], []);
    let labels = MaskRuns::from_values([1, 3], Order::RowMajor, &[5, 7], &[1, 2]);
    let labels = Runs::from(labels.unwrap());
    let error = labels.to_polygons().unwrap_err();
    assert!(matches!(error, Error::Input(_)));
    let expected =
        "mask 0: a label map has no outline, masks have: split_labels makes one for each label";
    assert_eq!(error.to_string(), expected);
}
