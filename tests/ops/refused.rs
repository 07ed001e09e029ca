//! Input that is no mask, or does not go together: errors that say so.

use maskrle::{
    CocoCounts, CocoMask, CocoRle, KaggleRle, MaskRuns, Order, Runs, SetOp, ValueCounts, Values,
};
use ndarray::Array2;

use super::errors::*;
use super::plain::*;

#[test]
fn sizes_beyond_32_bits_are_refused() {
    for size in [
        [1 << 31, 1 << 31],
        [65_536, 65_536],
        [u32::MAX, 2],
        [u32::MAX, u32::MAX],
    ] {
        let order = Order::RowMajor;
        limit_error(rle(size, "0").to_runs());
        limit_error(
            CocoCounts {
                size,
                counts: vec![0, u32::MAX, u32::MAX],
            }
            .to_runs(),
        );
        limit_error(CocoMask::Rle(rle(size, "0")).to_runs());
        limit_error(KaggleRle::by_rows(size, "1 1").to_runs());
        limit_error(
            ValueCounts {
                size,
                order,
                values: vec![1],
                counts: vec![1],
            }
            .to_runs(),
        );
        limit_error(MaskRuns::from_bbox(size, order, [0.0, 0.0, 1.0, 1.0]));
        limit_error(Runs::from_parts(
            order,
            vec![size],
            vec![0, 1],
            vec![0],
            Values::Binary(vec![false]),
        ));
    }
}

#[test]
fn counts_are_summed_without_wrapping() {
    let counts = |counts: Vec<u32>| {
        CocoCounts {
            size: [2, 2],
            counts,
        }
        .to_runs()
    };
    assert_eq!(
        format_error(counts(vec![u32::MAX, 5])),
        "count 0: the counts sum to more than the 4 pixels of 2 x 2"
    );
    assert_eq!(
        format_error(counts(vec![3, u32::MAX, 2])),
        "count 1: the counts sum to more than the 4 pixels of 2 x 2"
    );
}

#[test]
fn foreign_bytes_are_refused() {
    let error = CocoRle::from_bytes([2, 2], b"04\xff").unwrap_err();
    assert_eq!(
        error.to_string(),
        "character 2: byte 0xff is none of COCO's characters, which are '0' to 'o'"
    );
    for byte in (0..=255u8).filter(|byte| !(48..112).contains(byte)) {
        assert!(CocoRle::from_bytes([2, 2], &[b'0', byte]).is_err());
        // Among characters enough that blocks are read.
        let text = format!("{}{}{}", ones(70), char::from(byte), ones(70));
        assert!(format_error(rle([20, 20], &text).to_runs()).starts_with("character 70: "));
    }
}

#[test]
fn label_maps_are_not_merged() {
    let map =
        Runs::from(MaskRuns::from_values([1, 3], Order::RowMajor, &[1, 2, 0], &[1, 1, 1]).unwrap());
    let expected = "this takes binary masks, not label maps: split_labels makes one for each label";
    assert_eq!(
        input_error(only(&map).merge(only(&map), SetOp::Union)),
        expected
    );
    assert_eq!(
        input_error(only(&map).merge_area(only(&map), SetOp::Union)),
        expected
    );
    assert_eq!(input_error(map.merge(SetOp::Union)), expected);
    assert_eq!(input_error(map.complement()), expected);
    assert_eq!(
        input_error(map.iou(&map, &[])),
        format!("detection 0: {expected}")
    );
    assert_eq!(
        input_error(map.to_label_map([1])),
        format!("mask 0: {expected}")
    );
}

#[test]
fn orders_and_numbers_that_do_not_fit_are_refused() {
    let [rows, columns] =
        ORDERS.map(|order| Runs::from(MaskRuns::from_counts([2, 2], order, [1, 3]).unwrap()));
    let expected =
        "runs in row-major and in column-major order do not compare: to_order makes them alike";
    assert_eq!(
        input_error(only(&rows).merge(only(&columns), SetOp::Union)),
        expected
    );
    assert_ne!(only(&rows), only(&columns));
    let expected = "part 1 is scanned in column-major order, those before it in row-major order";
    assert_eq!(
        input_error(Runs::concat([rows.clone(), columns.clone()])),
        expected
    );
    let two = Runs::concat([rows.clone(), rows.clone()]).unwrap();
    assert_eq!(
        input_error(rows.merge_pairs(&two, SetOp::Union)),
        "1 masks and 2 do not pair: both stacks need the same number"
    );
    assert_eq!(
        input_error(rows.iou(&two, &[true])),
        "is_crowd has 1 entries for 2 ground truths: one for each, or none, is right"
    );
    assert_eq!(
        input_error(two.to_label_map([1])),
        "1 labels for 2 masks: each needs one"
    );
    assert_eq!(
        input_error(two.to_label_map([1, 0])),
        "mask 1: the label 0 is the background's"
    );
    let none = Runs::concat([]).unwrap();
    assert_eq!(
        input_error(none.merge(SetOp::Union)),
        "there is no mask to merge: one at least is needed"
    );
    assert_eq!(none.decode::<u8>(Order::RowMajor).unwrap().dim(), (0, 0, 0));
    assert_eq!(none.iou(&two, &[]).unwrap().dim(), (0, 2));
    let map = Runs::from(MaskRuns::from_values([2, 2], Order::RowMajor, &[1], &[4]).unwrap());
    let expected = "binary masks and label maps do not go together in one stack";
    assert_eq!(input_error(Runs::concat([rows.clone(), map])), expected);
    let other = Runs::from(MaskRuns::from_counts([1, 2], Order::RowMajor, [2]).unwrap());
    let expected = "mask 1 is 1 x 2, those before it 2 x 2: masks of one array have one size";
    assert_eq!(
        input_error(
            Runs::concat([rows, other])
                .unwrap()
                .decode::<u8>(Order::RowMajor)
        ),
        expected
    );
}

#[test]
fn boxes_beyond_the_mask_are_refused() {
    let runs = Runs::from(MaskRuns::from_counts([4, 5], Order::ColumnMajor, [3, 17]).unwrap());
    let expected = "a box 3 wide and 4 high at 3, 0 goes beyond a mask of 4 x 5";
    assert_eq!(input_error(only(&runs).crop([3, 0, 3, 4])), expected);
    input_error(only(&runs).crop([u32::MAX, 0, 2, 1]));
    limit_error(only(&runs).pad([u32::MAX, 0, 0, 0]));
    limit_error(only(&runs).pad([1 << 20, 0, 1 << 20, 0]));
    for bbox in [
        [f64::NAN, 0.0, 1.0, 1.0],
        [0.0, 0.0, f64::INFINITY, 1.0],
        [0.0, 0.0, -1.0, 1.0],
    ] {
        input_error(MaskRuns::from_bbox([4, 5], Order::RowMajor, bbox));
    }
    let all =
        MaskRuns::from_bbox([4, 5], Order::RowMajor, [-1e308, -1e308, 1.7e308, 1.7e308]).unwrap();
    assert_eq!(all.area(), 20);
}

#[test]
fn arrays_of_another_shape_are_refused() {
    let runs = Runs::from(MaskRuns::from_counts([2, 3], Order::ColumnMajor, [3, 3]).unwrap());
    let mut other = ndarray::Array3::<u8>::zeros((1, 3, 2));
    let expected = "mask 0: a mask of 2 x 3 does not fit an array of [3, 2]";
    assert_eq!(input_error(runs.decode_into(other.view_mut())), expected);
    let mut two = ndarray::Array3::<u8>::zeros((2, 2, 3));
    assert_eq!(
        input_error(runs.decode_into(two.view_mut())),
        "1 masks do not fit an array of [2, 2, 3]"
    );
    let labels =
        Runs::from(MaskRuns::from_values([1, 2], Order::RowMajor, &[300, 0], &[1, 1]).unwrap());
    let mut out = Array2::from_elem((1, 2), 9u8);
    assert_eq!(
        input_error(only(&labels).decode_into(out.view_mut())),
        "the label 300 does not fit uint8"
    );
    assert_eq!(out, Array2::from_elem((1, 2), 9));
}

#[test]
fn parts_that_are_no_runs_are_refused() {
    let parts = |offsets: &[u64], starts: &[u32], first: &[bool]| {
        let values = Values::Binary(first.to_vec());
        Runs::from_parts(
            Order::RowMajor,
            vec![[2, 3]],
            offsets.to_vec(),
            starts.to_vec(),
            values,
        )
    };
    assert_eq!(parts(&[0, 2], &[0, 5], &[true]).unwrap().areas(), [5]);
    for offsets in [&[0][..], &[0, 1], &[1, 2], &[0, 3], &[0, 1, 2]] {
        assert_eq!(
            format_error(parts(offsets, &[0, 5], &[true])),
            "offsets: 1 masks and 2 starts have 2 that ascend from 0 to 2"
        );
    }
    assert_eq!(
        format_error(parts(&[0, 2], &[0, 5], &[])),
        "values: 0 values, there must be 1"
    );
    assert_eq!(
        format_error(parts(&[0, 0], &[], &[true])),
        "mask 0, starts: 0 for a mask of 6 pixels"
    );
    assert_eq!(
        format_error(parts(&[0, 1], &[1], &[true])),
        "mask 0, run 0: it starts at 1, the first starts at 0"
    );
    let expected = "mask 0, run 2: it starts at 4, and the run before it at 4";
    assert_eq!(format_error(parts(&[0, 3], &[0, 4, 4], &[true])), expected);
    let expected = "mask 0, run 1: it starts at 6, beyond the mask's 6 pixels";
    assert_eq!(format_error(parts(&[0, 2], &[0, 6], &[true])), expected);
}
