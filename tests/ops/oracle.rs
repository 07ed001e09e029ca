//! Every operation against a plain loop over the pixels.

use maskrle::{CocoRle, MaskRuns, Order, Runs, SetOp};
use ndarray::{Array2, Array3, Axis, ShapeBuilder, Zip, s};
use proptest::prelude::*;

use super::plain::*;

const OPS: [SetOp; 4] = [
    SetOp::Union,
    SetOp::Intersection,
    SetOp::Difference,
    SetOp::Xor,
];

fn by_pixel(op: SetOp, a: &Array2<bool>, b: &Array2<bool>) -> Array2<bool> {
    Zip::from(a).and(b).map_collect(|&a, &b| match op {
        SetOp::Union => a || b,
        SetOp::Intersection => a && b,
        SetOp::Difference => a && !b,
        SetOp::Xor => a != b,
        _ => unreachable!("all operations are in OPS"),
    })
}

fn area(mask: &Array2<bool>) -> u64 {
    mask.iter().filter(|&&pixel| pixel).count() as u64
}

/// `[x, y]` of every pixel that is set.
fn places(mask: &Array2<bool>) -> Vec<[u32; 2]> {
    mask.indexed_iter()
        .filter(|&(_, &pixel)| pixel)
        .map(|((y, x), _)| [x as u32, y as u32])
        .collect()
}

fn bbox(mask: &Array2<bool>) -> [u32; 4] {
    let places = places(mask);
    if places.is_empty() {
        return [0; 4];
    }
    let least = |axis: usize| places.iter().map(|place| place[axis]).min().unwrap();
    let most = |axis: usize| places.iter().map(|place| place[axis]).max().unwrap();
    [
        least(0),
        least(1),
        most(0) - least(0) + 1,
        most(1) - least(1) + 1,
    ]
}

fn centroid(mask: &Array2<bool>) -> Option<[f64; 2]> {
    let places = places(mask);
    let mean = |axis: usize| {
        places
            .iter()
            .map(|place| f64::from(place[axis]))
            .sum::<f64>()
            / places.len() as f64
    };
    (!places.is_empty()).then(|| [mean(0), mean(1)])
}

proptest! {
    #[test]
    fn two_masks_as_one(masks in masks(2), order in orders()) {
        let runs = stack_of(&masks, order);
        let [a, b] = [0, 1].map(|index| runs.get(index).unwrap());
        for op in OPS {
            let expected = by_pixel(op, &masks[0], &masks[1]);
            prop_assert_eq!(Runs::from(a.merge(b, op).unwrap()), runs_of(expected.view(), order), "{:?}", op);
            prop_assert_eq!(a.merge_area(&b, op).unwrap(), area(&expected), "{:?}", op);
        }
        let expected = masks[0].mapv(|pixel| !pixel);
        prop_assert_eq!(Runs::from(a.complement().unwrap()), runs_of(expected.view(), order));
    }

    #[test]
    fn many_masks_as_one(masks in masks(1..9), order in orders()) {
        let runs = stack_of(&masks, order);
        for op in OPS {
            let expected = masks[1..].iter().fold(masks[0].clone(), |merged, mask| by_pixel(op, &merged, mask));
            prop_assert_eq!(Runs::from(runs.merge(op).unwrap()), runs_of(expected.view(), order), "{:?}", op);
        }
    }

    #[test]
    fn stacks_pair_by_pair(a in masks(3), order in orders()) {
        let b = [&a[2], &a[0], &a[1]].map(Array2::clone);
        for op in OPS {
            let merged = stack_of(&a, order).merge_pairs(&stack_of(&b, order), op).unwrap();
            let expected: Vec<_> = a.iter().zip(&b).map(|(a, b)| by_pixel(op, a, b)).collect();
            prop_assert_eq!(merged, stack_of(&expected, order), "{:?}", op);
        }
        let expected: Vec<_> = a.iter().map(|mask| mask.mapv(|pixel| !pixel)).collect();
        prop_assert_eq!(stack_of(&a, order).complement().unwrap(), stack_of(&expected, order));
    }

    #[test]
    fn area_box_and_centre(masks in masks(1..4), order in orders()) {
        let runs = stack_of(&masks, order);
        prop_assert_eq!(runs.areas(), masks.iter().map(area).collect::<Vec<_>>());
        prop_assert_eq!(runs.bboxes(), masks.iter().map(bbox).collect::<Vec<_>>());
        for (found, mask) in runs.centroids().into_iter().zip(&masks) {
            let expected = centroid(mask);
            prop_assert_eq!(found.is_some(), expected.is_some());
            for (found, expected) in found.iter().flatten().zip(expected.iter().flatten()) {
                prop_assert!((found - expected).abs() < 1e-9, "{} is not {}", found, expected);
            }
        }
    }

    #[test]
    fn area_box_and_centre_of_label_maps(array in labels(), order in orders()) {
        let runs = runs_of_labels(array.view(), order);
        let foreground = array.mapv(|label| label != 0);
        prop_assert_eq!(only(&runs).area(), area(&foreground));
        prop_assert_eq!(only(&runs).bbox(), bbox(&foreground));
        prop_assert_eq!(only(&runs).centroid().is_some(), area(&foreground) > 0);
        if let (Some(found), Some(expected)) = (only(&runs).centroid(), centroid(&foreground)) {
            prop_assert!((found[0] - expected[0]).abs() < 1e-9 && (found[1] - expected[1]).abs() < 1e-9);
        }
    }

    #[test]
    fn intersection_over_union(masks in masks(1..7), split in 0usize..7, order in orders(), crowd in any::<[bool; 7]>()) {
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
                let whole = if is_crowd { area(a) } else { area(&by_pixel(SetOp::Union, a, b)) };
                prop_assert_eq!(iou, if both == 0 { 0.0 } else { both as f64 / whole as f64 });
            }
        }
    }

    #[test]
    fn cut_out(array in labels(), order in orders(), corners in any::<[u32; 4]>()) {
        let [h, w] = [array.nrows() as u32, array.ncols() as u32];
        let sorted = |a: u32, b: u32, side: u32| {
            let [a, b] = [a % (side + 1), b % (side + 1)];
            [a.min(b), a.max(b)]
        };
        let ([left, right], [top, bottom]) = (sorted(corners[0], corners[1], w), sorted(corners[2], corners[3], h));
        let expected = array.slice(s![top as usize..bottom as usize, left as usize..right as usize]);
        let bbox = [left, top, right - left, bottom - top];
        let cut = only(&runs_of_labels(array.view(), order)).crop(bbox).unwrap();
        prop_assert_eq!(values_of(only(&cut)), expected);
        let binary = array.mapv(|label| label % 2 == 1);
        let expected = expected.mapv(|label| label % 2 == 1);
        let cut = only(&runs_of(binary.view(), order)).crop(bbox).unwrap();
        prop_assert_eq!(Runs::from(cut), runs_of(expected.view(), order));
    }

    #[test]
    fn framed(array in labels(), order in orders(), frame in [0u32..4, 0u32..4, 0u32..4, 0u32..4]) {
        let [top, bottom, left, right] = frame.map(|side| side as usize);
        let (h, w) = array.dim();
        let mut expected = Array2::zeros((h + top + bottom, w + left + right));
        expected.slice_mut(s![top..top + h, left..left + w]).assign(&array);
        let padded = only(&runs_of_labels(array.view(), order)).pad(frame).unwrap();
        prop_assert_eq!(values_of(only(&padded)), expected.view());
        let binary = array.mapv(|label| label % 2 == 1);
        let padded = runs_of(binary.view(), order).pad(frame).unwrap();
        prop_assert_eq!(padded, runs_of(expected.mapv(|label| label % 2 == 1).view(), order));
    }

    #[test]
    fn turned(array in labels(), order in orders()) {
        let runs = runs_of_labels(array.view(), order);
        prop_assert_eq!(values_of(only(&runs.flip_up_down())), array.slice(s![..;-1, ..]));
        prop_assert_eq!(values_of(only(&runs.flip_left_right())), array.slice(s![.., ..;-1]));
        prop_assert_eq!(values_of(only(&runs.transpose())), array.t());
        let binary = array.mapv(|label| label % 2 == 1);
        let runs = runs_of(binary.view(), order);
        prop_assert_eq!(runs.flip_up_down(), runs_of(binary.slice(s![..;-1, ..]), order));
        prop_assert_eq!(runs.flip_left_right(), runs_of(binary.slice(s![.., ..;-1]), order));
    }

    #[test]
    fn in_the_other_order(array in labels(), order in orders(), other in orders()) {
        let turned = runs_of_labels(array.view(), order).to_order(other).unwrap();
        prop_assert_eq!(turned.order(), other);
        let expected = runs_of_labels(array.view(), other);
        prop_assert_eq!(only(&turned), only(&expected));
        let binary = array.mapv(|label| label % 2 == 1);
        prop_assert_eq!(runs_of(binary.view(), order).to_order(other).unwrap(), runs_of(binary.view(), other));
    }

    #[test]
    fn decoded_in_either_layout(masks in masks(1..4), order in orders(), layout in orders()) {
        let runs = stack_of(&masks, order);
        let (h, w) = masks[0].dim();
        let expected = Array3::from_shape_fn((masks.len(), h, w), |(mask, y, x)| masks[mask][[y, x]]);
        let decoded = runs.decode::<bool>(layout).unwrap();
        prop_assert_eq!(&decoded, &expected);
        prop_assert_eq!(runs.decode::<u8>(layout).unwrap(), expected.mapv(u8::from));
        prop_assert_eq!(runs.decode::<i32>(layout).unwrap(), expected.mapv(i32::from));
        // In memory as promised.
        let as_promised = if layout == Order::RowMajor { decoded.view() } else { decoded.view().permuted_axes([0, 2, 1]) };
        prop_assert!(as_promised.is_standard_layout());
        prop_assert_eq!(runs.get(0).unwrap().decode::<bool>(layout).unwrap(), masks[0].view());
    }

    /// Into every second pixel of an array of either layout, the others of which stay as they are.
    #[test]
    fn decoded_into_any_strides(mask in mask(), order in orders(), by_column in any::<bool>()) {
        let runs = runs_of(mask.view(), order);
        let (h, w) = mask.dim();
        let mut out = Array2::from_elem((2 * h, 2 * w).set_f(by_column), 7u8);
        only(&runs).decode_into(out.slice_mut(s![..;-2, ..;2])).unwrap();
        prop_assert_eq!(out.slice(s![..;-2, ..;2]), mask.mapv(u8::from));
        prop_assert_eq!(out.iter().filter(|&&pixel| pixel == 7).count(), 3 * h * w);
        let mut whole = Array2::from_elem((h, w).set_f(by_column), true);
        only(&runs).decode_into(whole.view_mut()).unwrap();
        prop_assert_eq!(whole, mask.view());
    }

    #[test]
    fn labels_decoded(array in labels(), order in orders(), layout in orders()) {
        let runs = runs_of_labels(array.view(), order);
        prop_assert_eq!(only(&runs).decode::<i32>(layout).unwrap().mapv(i64::from), array.view());
        prop_assert_eq!(only(&runs).decode::<bool>(layout).unwrap(), array.mapv(|label| label != 0));
        prop_assert_eq!(only(&runs).to_mask().unwrap(), array.mapv(|label| u8::from(label != 0)));
        let fits = array.iter().all(|label| u8::try_from(*label).is_ok());
        prop_assert_eq!(only(&runs).decode::<u8>(layout).is_ok(), fits);
    }

    #[test]
    fn labels_taken_apart_and_put_together(arrays in prop::collection::vec(labels(), 1..3), order in orders()) {
        let maps = Runs::concat(arrays.iter().map(|array| runs_of_labels(array.view(), order))).unwrap();
        let (instances, masks) = maps.split_labels().unwrap();
        let mut found = instances.iter().zip(masks.iter());
        for (index, array) in arrays.iter().enumerate() {
            let mut labels: Vec<i64> = array.iter().copied().filter(|&label| label != 0).collect();
            labels.sort();
            labels.dedup();
            for &label in &labels {
                let (instance, mask) = found.next().unwrap();
                let expected = array.mapv(|pixel| pixel == label);
                prop_assert_eq!((instance.map, instance.label), (index, label));
                prop_assert_eq!((instance.area, instance.bbox), (area(&expected), bbox(&expected)));
                let expected = runs_of(expected.view(), order);
                prop_assert_eq!(mask, only(&expected));
            }
            let (_, masks) = maps.get(index).unwrap().split_labels().unwrap();
            if !labels.is_empty() {
                let map = masks.to_label_map(labels).unwrap();
                prop_assert_eq!(only(&map), maps.get(index).unwrap());
            }
        }
        prop_assert!(found.next().is_none());
    }

    #[test]
    fn masks_on_top_of_one_another(masks in masks(1..7), order in orders()) {
        let map = stack_of(&masks, order).to_label_map([5, -2, 70_000, 5, 1, 9]).unwrap();
        let mut expected = Array2::zeros(masks[0].raw_dim());
        for (mask, label) in masks.iter().zip([5i64, -2, 70_000, 5, 1, 9]) {
            Zip::from(&mut expected).and(mask).for_each(|pixel, &set| *pixel = if set { label } else { *pixel });
        }
        prop_assert_eq!(values_of(only(&map)), expected);
    }

    #[test]
    fn equality_is_that_of_pixels(masks in masks(2), order in orders()) {
        let runs = stack_of(&masks, order);
        prop_assert_eq!(runs.get(0) == runs.get(1), masks[0] == masks[1]);
        prop_assert_eq!(Runs::from(runs.get(1).unwrap()), runs_of(masks[1].view(), order));
        let parts = (order, runs.iter().map(|mask| mask.size()).collect(), runs.offsets().to_vec());
        let rebuilt = Runs::from_parts(parts.0, parts.1, parts.2, runs.starts().to_vec(), runs.values().clone()).unwrap();
        prop_assert_eq!(rebuilt, runs);
    }

    /// Of boxes whose edges lie on the pixels' grid.
    #[test]
    fn boxes_as_masks(h in 0u32..30, w in 0u32..30, order in orders(), edges in [-9i32..40, -9..40, 0..40, 0..40]) {
        let [x, y, width, height] = edges;
        let runs = MaskRuns::from_bbox([h, w], order, edges.map(f64::from)).unwrap();
        let inside = |place: usize, from: i32, length: i32| (from..from + length).contains(&(place as i32));
        let expected =
            Array2::from_shape_fn((h as usize, w as usize), |(row, column)| inside(row, y, height) && inside(column, x, width));
        prop_assert_eq!(&Runs::from(runs.clone()), &runs_of(expected.view(), order));
        prop_assert_eq!(only(&runs).bbox(), bbox(&expected));
    }
}

/// Enough runs that stacks go to all cores.
#[test]
fn large_stacks() {
    let mut state = 1u32;
    let mut random = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        state >> 30 == 0
    };
    let masks: Vec<_> = (0..24)
        .map(|_| Array2::from_shape_simple_fn((130, 140), &mut random))
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
fn boxes_of_floats_overlap() {
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
