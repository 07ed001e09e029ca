//! Sizes at which an operation takes another path: one below, at, and one above. And sums near
//! `u32::MAX`.

use maskrle::{Error, MaskRuns, Order, Runs, SetOp};
use ndarray::{Array2, Array3, Axis, ShapeBuilder};

use super::plain::*;
use crate::support::Random;

/// `u32::MAX` pixels.
const LARGEST: [u32; 2] = [65_535, 65_537];

/// Repeatable noise of a density, in 256ths.
fn noise(shape: (usize, usize), density: u64, seed: u64) -> Array2<bool> {
    let mut random = Random(seed);
    Array2::from_shape_simple_fn(shape, || random.below(256) < density)
}

/// Decoding across the scan: words of 64 lines, bands of 8 words and of 16, and, of label maps,
/// bands of 64 lines. Fails where a line at the edge of a band or word is dropped, repeated, or
/// begins with a wrong value.
#[test]
fn decoded_across_the_scan() {
    let edges = [1, 64, 128, 512, 576, 1024, 1088, 2048];
    for lines in edges.iter().flat_map(|&edge| [edge - 1, edge, edge + 1]) {
        for (length, density) in [(7, 128), (65, 3), (1, 128)] {
            let pixels = noise((lines, length), density, lines as u64);
            let runs = runs_of(pixels.view(), Order::RowMajor);
            let values = pixels.mapv(i64::from);
            let labels = runs_of_labels((&values * 300).view(), Order::RowMajor);
            for (mask, expected) in [(only(&runs), values.clone()), (only(&labels), values * 300)] {
                // On zeros, and on pixels that must all be written.
                let decoded = mask.decode::<i32>(Order::ColumnMajor).unwrap();
                assert_eq!(decoded.mapv(i64::from), expected, "{lines} of {length}");
                let mut painted = Array2::from_elem((lines, length).f(), 9i64);
                mask.paint(painted.view_mut(), |value| value).unwrap();
                assert_eq!(painted, expected, "{lines} of {length}");
                // Neither axis is contiguous.
                let mut sparse = Array2::from_elem((2 * lines, 2 * length).f(), 9i64);
                let every_second = ndarray::s![..;2, ..;2];
                mask.paint(sparse.slice_mut(every_second), |value| value)
                    .unwrap();
                assert_eq!(sparse.slice(every_second), expected, "{lines} of {length}");
            }
        }
    }
}

/// A stack of so many pixels that its masks are written on all cores.
#[test]
fn stacks_of_pixels_worth_all_cores() {
    for [n, h, w] in [[3usize, 1197, 73], [4, 256, 256], [5, 481, 109]] {
        assert!((n * h * w).abs_diff(1 << 18) <= 1);
        let masks: Vec<_> = (0..n)
            .map(|index| noise((h, w), 40, index as u64))
            .collect();
        let expected = Array3::from_shape_fn((n, h, w), |(mask, y, x)| masks[mask][[y, x]]);
        let runs = stack_of(&masks, Order::ColumnMajor);
        for layout in ORDERS {
            assert_eq!(runs.decode::<bool>(layout).unwrap(), expected);
        }
        let mut out = Array3::from_elem((n, h, w + 1), 7u8);
        let error = runs.decode_into(out.view_mut()).unwrap_err().to_string();
        // With several at work, the first to fail is reported.
        assert!(
            error.contains(&format!("does not fit an array of [{h}, {}]", w + 1)),
            "{error}"
        );
    }
}

/// Stacks of as many runs as make it worth all cores, each mask of another area: fails where a
/// result is that of another mask.
#[test]
fn stacks_of_runs_worth_all_cores() {
    for runs in [2 * (1 << 13) - 1, 2 * (1 << 13), 2 * (1 << 13) + 1] {
        for masks in [1u32, 2, 3, 17] {
            let mut left = runs;
            let single: Vec<MaskRuns> = (0..masks)
                .map(|index| {
                    let count = left / (masks - index);
                    left -= count;
                    let counts = (0..count - 1).map(|_| 1).chain([40_000 - (count - 1)]);
                    MaskRuns::from_counts([200, 200], Order::ColumnMajor, counts).unwrap()
                })
                .collect();
            let stack = Runs::from_masks(&single).unwrap();
            assert_eq!(stack.starts().len(), runs as usize);
            let each = |work: &dyn Fn(&MaskRuns) -> MaskRuns| {
                Runs::from_masks(&single.iter().map(work).collect::<Vec<_>>()).unwrap()
            };
            assert!(
                stack
                    .areas()
                    .into_iter()
                    .eq(single.iter().map(MaskRuns::area))
            );
            assert!(
                stack
                    .bboxes()
                    .into_iter()
                    .eq(single.iter().map(MaskRuns::bbox))
            );
            let rles: Vec<_> = single.iter().map(|mask| mask.to_coco().unwrap()).collect();
            assert_eq!(stack.to_coco().unwrap(), rles);
            assert_eq!(Runs::read(&rles).unwrap(), stack);
            let pairs: Vec<_> = single
                .iter()
                .map(|mask| mask.to_kaggle().unwrap())
                .collect();
            assert_eq!(stack.to_kaggle().unwrap(), pairs);
            assert_eq!(
                stack.flip_left_right(),
                each(&|mask| mask.flip_left_right())
            );
            let order = Order::RowMajor;
            let rows = each(&|mask| mask.to_order(order).unwrap());
            assert_eq!(stack.to_order(order).unwrap(), rows);
            let merged = single[1..].iter().fold(single[0].clone(), |merged, mask| {
                merged.merge(mask, SetOp::Xor).unwrap()
            });
            assert_eq!(stack.merge(SetOp::Xor).unwrap(), merged);
            let decoded = stack.decode::<u8>(order).unwrap();
            for (pixels, mask) in decoded.axis_iter(Axis(0)).zip(&single) {
                assert_eq!(pixels, mask.to_mask().unwrap());
            }
        }
    }
}

/// Both masks have so many spans that they are walked from one end, or from both, with a rest in
/// the middle or none.
#[test]
fn spans_met_from_both_ends() {
    for of_a in (28..=37).chain([63, 64, 65]) {
        for of_b in [31, 32, 33, 34, 65, 200] {
            let mask = |spans: u32, start: u32| {
                let counts = [start]
                    .into_iter()
                    .chain((1..2 * spans).map(|run| 1 + run % 3));
                let used: u32 = counts.clone().sum();
                MaskRuns::from_counts([1, 2000], Order::RowMajor, counts.chain([2000 - used]))
            };
            let [a, b] = [mask(of_a, 0), mask(of_b, 1)].map(Result::unwrap);
            let [pixels_a, pixels_b] = [&a, &b].map(|mask| mask.decode::<bool>(Order::RowMajor));
            let expected = pixels_a.unwrap() & pixels_b.unwrap();
            let both = a.merge(&b, SetOp::Intersection).unwrap();
            assert_eq!(
                both,
                only(&runs_of(expected.view(), Order::RowMajor)),
                "{of_a}, {of_b}"
            );
        }
    }
}

/// Fails where the start of a run on the next line wraps: the last runs begin less than a line
/// before 2^32.
#[test]
fn the_other_order_of_the_largest_mask() {
    let counts = [u32::MAX - 5, 3, 2];
    let [h, w] = LARGEST;
    for (order, other) in [(ORDERS[0], ORDERS[1]), (ORDERS[1], ORDERS[0])] {
        let mask = MaskRuns::from_counts(LARGEST, order, counts).unwrap();
        let moved = mask.to_order(other).unwrap();
        // The three pixels lie on the last line, and each is a run of its own on others.
        let [length, lines] = if order == Order::ColumnMajor {
            [h, w]
        } else {
            [w, h]
        };
        let pixel = |on_line: u32| (length - 5 + on_line) * lines + lines - 1;
        let starts = (0..3).flat_map(|place| [pixel(place), pixel(place) + 1]);
        assert!(
            moved
                .starts()
                .iter()
                .copied()
                .eq([0].into_iter().chain(starts))
        );
        assert_eq!(moved.to_order(order).unwrap(), mask);

        let map = MaskRuns::from_values(LARGEST, order, &[0, -700, 9], &counts).unwrap();
        let moved = map.to_order(other).unwrap();
        assert_eq!((moved.area(), moved.len()), (5, 7));
        assert_eq!(moved.to_order(order).unwrap(), map);
    }
}

/// Ends, sums and products of the last pixels before 2^32, in every operation that takes them.
#[test]
fn the_last_pixels_of_the_largest_mask() {
    let [h, w] = LARGEST;
    let counts = [u32::MAX - 5, 3, 2];
    let mask = MaskRuns::from_counts(LARGEST, Order::ColumnMajor, counts).unwrap();
    let whole = MaskRuns::from_counts(LARGEST, Order::ColumnMajor, [0, u32::MAX]).unwrap();
    assert_eq!((mask.area(), mask.bbox()), (3, [w - 1, h - 5, 1, 3]));
    let [x, y] = [f64::from(w - 1), f64::from(h - 4)];
    assert_eq!(mask.centroid(), Some([x, y]));
    assert_eq!(mask.crop([w - 1, h - 5, 1, 5]).unwrap().starts(), [0, 3]);
    assert_eq!(
        mask.crop([0, 1, w, h - 1]).unwrap().bbox(),
        [w - 1, h - 6, 1, 3]
    );
    for op in [
        SetOp::Union,
        SetOp::Intersection,
        SetOp::Difference,
        SetOp::Xor,
    ] {
        let merged = whole.merge(&mask, op).unwrap();
        assert_eq!(
            merged.area(),
            whole.merge_area(&mask, op).unwrap(),
            "{op:?}"
        );
    }
    assert_eq!(whole.merge(&mask, SetOp::Xor), mask.complement());
    assert_eq!(mask.complement().unwrap().area(), u64::from(u32::MAX) - 3);
    assert_eq!(mask.flip_left_right().bbox(), [0, h - 5, 1, 3]);
    assert_eq!(mask.flip_up_down().bbox(), [w - 1, 2, 1, 3]);
    let runs = Runs::from_masks([&mask, &whole]).unwrap();
    assert_eq!(runs.iou(&runs, &[true, true]).unwrap()[[0, 1]], 1.0);
    assert_eq!(
        runs.iou(&runs, &[]).unwrap()[[1, 0]],
        3.0 / f64::from(u32::MAX)
    );
    let corners = mask.to_polygons().unwrap().remove(0).outer;
    assert_eq!(
        corners,
        [[w - 1, h - 5], [w, h - 5], [w, h - 2], [w - 1, h - 2]]
    );
    let (instances, masks) = mask.split_labels().unwrap();
    assert_eq!((instances[0].area, masks.mask(0) == mask), (3, true));
    assert_eq!(mask.to_kaggle().unwrap().pairs, "4294967291 3");
    assert_eq!(mask.to_kaggle().unwrap().to_runs().unwrap(), mask);
    assert_eq!(mask.to_coco().unwrap().to_runs().unwrap(), mask);
    let bbox = [f64::from(w - 1), f64::from(h - 5), 1.0, 3.0];
    assert_eq!(
        MaskRuns::from_bbox(LARGEST, Order::ColumnMajor, bbox).unwrap(),
        mask
    );
    let edges = [w - 1, h - 5, w, h - 5, w, h - 2, w - 1, h - 2].map(f64::from);
    let polygons = Runs::from_polygons(LARGEST, &[edges]).unwrap();
    assert_eq!(polygons.mask(0), mask);
}

/// Frames whose sides add up to no more than `u32::MAX`, and to one more: fails where the sum
/// wraps.
#[test]
fn frames_up_to_the_largest_side() {
    let mask = MaskRuns::from_counts([4, 1], Order::ColumnMajor, [1, 3]).unwrap();
    let padded = mask.pad([5, u32::MAX - 9, 0, 0]).unwrap();
    assert_eq!(
        (padded.size(), padded.bbox()),
        ([u32::MAX, 1], [0, 6, 1, 3])
    );
    for frame in [
        [5, u32::MAX - 8, 0, 0],
        [u32::MAX - 3, 0, 0, 0],
        [u32::MAX, u32::MAX, 0, 0],
        [0, 0, u32::MAX, 0],
        [0, 0, u32::MAX, 2],
    ] {
        let error = mask.pad(frame).unwrap_err();
        assert!(matches!(error, Error::Limit(_)), "{frame:?}: {error}");
    }
}
