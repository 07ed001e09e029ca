//! What is not a mask, does not go together, or asks for too much: errors that say so. And each
//! case on which pycocotools 2.0.11 crashes or lies.

use maskrle::{
    CocoCounts, CocoMask, CocoRle, Error, KaggleRle, Limits, MaskRuns, Order, Runs, SetOp,
    ValueCounts, Values,
};
use ndarray::Array2;

use super::plain::*;

fn rle(size: [u32; 2], counts: &str) -> CocoRle {
    CocoRle {
        size,
        counts: counts.into(),
    }
}

/// The string of so many runs of one pixel, three at least.
fn ones(runs: usize) -> String {
    format!("111{}", "0".repeat(runs - 3))
}

fn format_error<T: std::fmt::Debug>(result: Result<T, Error>) -> String {
    let error = result.unwrap_err();
    assert!(matches!(error, Error::Format { .. }), "{error:?}");
    error.to_string()
}

fn input_error<T: std::fmt::Debug>(result: Result<T, Error>) -> String {
    let error = result.unwrap_err();
    assert!(matches!(error, Error::Input(_)), "{error:?}");
    error.to_string()
}

fn limit_error<T: std::fmt::Debug>(result: Result<T, Error>) -> String {
    let error = result.unwrap_err();
    assert!(matches!(error, Error::Limit(_)), "{error:?}");
    error.to_string()
}

// ---- Where pycocotools crashes or lies ----

/// It returns what the heap happens to hold.
#[test]
fn pycocotools_decodes_counts_that_sum_below_the_pixels() {
    let expected = "counts: they sum to 8, a mask of 4 x 5 has 20 pixels";
    assert_eq!(format_error(rle([4, 5], "53").to_runs()), expected);
    assert_eq!(
        format_error(
            CocoCounts {
                size: [4, 5],
                counts: vec![5, 3]
            }
            .to_runs()
        ),
        expected
    );
}

/// It decodes a list into one buffer, without a look at where each mask should end: the second
/// pixels of `06` go into the mask after it.
#[test]
fn pycocotools_lets_two_masks_bleed_into_one_another() {
    let error = Runs::read(&[rle([2, 2], "06"), rle([2, 2], "02")]).unwrap_err();
    assert_eq!(
        error.to_string(),
        "mask 0, count 1: the counts sum to more than the 4 pixels of 2 x 2"
    );
    let error = Runs::read(&[rle([2, 2], "04"), rle([2, 2], "02")]).unwrap_err();
    assert_eq!(
        error.to_string(),
        "mask 1, counts: they sum to 2, a mask of 2 x 2 has 4 pixels"
    );
}

/// It writes beyond its buffer, which holds h * w + 1.
#[test]
fn pycocotools_merges_more_counts_than_pixels_and_one() {
    // Runs of no pixels are legal, however many, and join their neighbours.
    let many = CocoCounts {
        size: [2, 2],
        counts: [vec![0; 100], vec![1, 1, 1, 1], vec![0; 100]].concat(),
    };
    let runs = many.to_runs().unwrap();
    assert_eq!(only(&runs).starts(), [0, 1, 2, 3]);
    let whole = rle([2, 2], "04").to_runs().unwrap();
    let both = Runs::from_masks([&runs, &whole]).unwrap();
    assert_eq!(both.merge(SetOp::Intersection).unwrap(), runs);
    let long = rle([2, 2], &"1".repeat(1000));
    assert_eq!(
        format_error(long.to_runs()),
        "count 3: the counts sum to more than the 4 pixels of 2 x 2"
    );
}

/// It reads counts that are not there.
#[test]
fn pycocotools_merges_empty_counts() {
    let expected = "mask 1, counts: they sum to 0, a mask of 2 x 2 has 4 pixels";
    assert_eq!(
        format_error(Runs::read(&[rle([2, 2], "04"), rle([2, 2], "")])),
        expected
    );
    let none = CocoCounts {
        size: [2, 2],
        counts: vec![],
    };
    assert_eq!(
        format_error(none.to_runs()),
        "counts: they sum to 0, a mask of 2 x 2 has 4 pixels"
    );
    let of_no_pixels = Runs::read(&[rle([0, 5], ""), rle([0, 5], "0")]).unwrap();
    assert_eq!(of_no_pixels.merge(SetOp::Union).unwrap().area(), 0);
}

/// It reads on behind the string's end.
#[test]
fn pycocotools_reads_a_string_cut_within_a_number() {
    assert_eq!(
        format_error(rle([2, 2], "1P").to_runs()),
        "character 2: the string ends within a number"
    );
    let long = rle([10, 10], &format!("{}P", ones(90)));
    assert_eq!(
        format_error(long.to_runs()),
        "character 91: the string ends within a number"
    );
}

/// It shifts beyond the width of the number.
#[test]
fn pycocotools_reads_numbers_of_eight_groups_and_more() {
    for groups in [8, 9, 13, 14, 100] {
        let text = format!("{}0", "P".repeat(groups - 1));
        let expected = "character 7: a number of more than 7 characters, which no count needs";
        assert_eq!(
            format_error(rle([2, 2], &text).to_runs()),
            expected,
            "{groups} groups"
        );
        // And after characters enough that blocks are read.
        let text = format!("{}{text}{}", ones(80), ones(80));
        let error = format_error(rle([20, 20], &text).to_runs());
        assert_eq!(
            error, "character 87: a number of more than 7 characters, which no count needs",
            "{groups} groups"
        );
    }
}

/// It takes it for a count of nearly 2^32, so that area and box are beyond the image.
#[test]
fn pycocotools_measures_a_negative_count() {
    let error = format_error(rle([4, 5], "121M").to_runs());
    assert_eq!(
        error,
        "character 3: count 3 would be -1, it must be 0 to 4294967295"
    );
    let error = format_error(Runs::read(&[rle([4, 5], "d0"), rle([4, 5], "O")]));
    assert_eq!(
        error,
        "mask 1, character 0: count 0 would be -1, it must be 0 to 4294967295"
    );
}

/// Its box is 4.29e9 wide.
#[test]
fn pycocotools_boxes_a_foreground_run_of_no_pixels() {
    let counts = CocoCounts {
        size: [4, 5],
        counts: vec![3, 0, 17],
    };
    let runs = Runs::from(counts.to_runs().unwrap());
    assert_eq!(
        (runs.areas(), runs.bboxes(), runs.centroids()),
        (vec![0], vec![[0; 4]], vec![None])
    );
}

/// It returns `{size: [0, 0], counts: ''}`.
#[test]
fn pycocotools_merges_different_sizes() {
    let runs = Runs::read(&[rle([2, 2], "04"), rle([2, 3], "06")]).unwrap();
    let expected =
        "mask 1: masks of 2 x 2 and of 2 x 3 do not lie over one another: they need one size";
    assert_eq!(input_error(runs.merge(SetOp::Union)), expected);
    // And -1 for the iou of these.
    let half = |index| Runs::from(runs.get(index).unwrap());
    assert_eq!(
        input_error(half(0).iou(&half(1), &[])),
        format!("ground truth 0{}", &expected[6..])
    );
    assert_eq!(
        input_error(runs.get(0).unwrap().merge(runs.get(1).unwrap(), SetOp::Xor)),
        expected[8..]
    );
}

/// Its areas are 32 bits wide; those of a stack are not.
#[test]
fn pycocotools_counts_areas_in_32_bits() {
    let whole = rle([65_535, 65_537], "0oooooo3");
    let runs = Runs::read(&[whole.clone(), whole]).unwrap();
    assert_eq!(runs.areas(), [u64::from(u32::MAX); 2]);
    assert_eq!(runs.bboxes(), [[0, 0, 65_537, 65_535]; 2]);
    assert_eq!(
        runs.iou(&runs, &[]).unwrap(),
        Array2::from_elem((2, 2), 1.0)
    );
}

// ---- Hostile bytes ----

#[test]
fn sizes_beyond_32_bits() {
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
fn foreign_bytes() {
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
fn what_is_made_is_limited() {
    let limits = Limits::default()
        .with_pixels(8)
        .with_runs(3)
        .with_masks(2)
        .with_pairs(4);
    let two = [rle([2, 2], "04"), rle([2, 2], "13")];
    assert_eq!(
        Runs::read_within(&two, &limits).unwrap_err().to_string(),
        beyond("4 runs", "3", "runs")
    );
    let runs = Runs::read_within(&two, &limits.with_runs(4)).unwrap();
    assert_eq!(
        runs.decode_within::<u8>(Order::RowMajor, &limits)
            .unwrap()
            .dim(),
        (2, 2, 2)
    );
    let three = [&two[0], &two[1], &two[0]];
    let runs = Runs::read(&three).unwrap();
    assert_eq!(
        limit_error(runs.decode_within::<u8>(Order::RowMajor, &limits)),
        beyond("12 pixels", "8", "pixels")
    );
    assert_eq!(
        limit_error(Runs::read_within(&three, &limits)),
        beyond("3 masks", "2", "masks")
    );

    let stripes = Runs::from(MaskRuns::from_counts([4, 3], Order::ColumnMajor, [4, 4, 4]).unwrap());
    let error = only(&stripes).to_order_within(Order::RowMajor, &limits);
    assert_eq!(limit_error(error), beyond("9 runs", "3", "runs"));
    assert_eq!(
        limit_error(only(&stripes.complement().unwrap()).pad_within([1, 0, 0, 0], &limits)),
        beyond("9 runs", "3", "runs")
    );
    let bbox = [0.0, 1.0, 3.0, 2.0];
    assert_eq!(
        limit_error(MaskRuns::from_bbox_within(
            [4, 3],
            Order::ColumnMajor,
            bbox,
            &limits
        )),
        beyond("7 runs", "3", "runs")
    );
    let labels =
        Runs::from(MaskRuns::from_values([1, 3], Order::RowMajor, &[1, 2, 3], &[1, 1, 1]).unwrap());
    assert_eq!(
        limit_error(labels.split_labels_within(&limits)),
        beyond("3 masks", "2", "masks")
    );
    assert_eq!(
        limit_error(only(&labels).split_labels_within(&limits)),
        beyond("3 masks", "2", "masks")
    );
    assert_eq!(
        limit_error(runs.iou_within(&runs, &[], &limits)),
        beyond("9 pairs", "4", "pairs")
    );
    let boxes = [[0.0, 0.0, 1.0, 1.0]; 3];
    assert_eq!(
        limit_error(maskrle::box_iou_within(&boxes, &boxes, &[], &limits)),
        beyond("9 pairs", "4", "pairs")
    );
}

/// A stack in which no mask alone is beyond the limit, and all together are by one: each call takes
/// what they make, and refuses it where the limit is one below.
#[test]
fn limits_are_on_all_masks_together() {
    let limits = |runs| Limits::default().with_runs(runs);
    let stripes = Runs::from(MaskRuns::from_counts([4, 3], Order::ColumnMajor, [4, 4, 4]).unwrap());
    let two = Runs::concat([stripes.clone(), stripes.complement().unwrap()]).unwrap();

    let turned = two.to_order_within(Order::RowMajor, &limits(18)).unwrap();
    assert_eq!(turned.starts().len(), 18);
    assert_eq!(
        limit_error(two.to_order_within(Order::RowMajor, &limits(17))),
        beyond("18 runs", "17", "runs")
    );
    assert!(
        two.to_order_within(Order::ColumnMajor, &limits(0)).is_ok(),
        "nothing is made that was not there"
    );

    // At most: three runs and two more, and two for each line of foreground, of which the first
    // mask has one.
    let framed = two.pad_within([1, 1, 0, 0], &limits(16)).unwrap();
    assert!(framed.starts().len() <= 16);
    assert_eq!(
        limit_error(two.pad_within([1, 1, 0, 0], &limits(15))),
        beyond("16 runs", "15", "runs")
    );

    let map = Runs::from(
        MaskRuns::from_values([1, 4], Order::RowMajor, &[1, 2, 1, 0], &[1, 1, 1, 1]).unwrap(),
    );
    let maps = Runs::concat([map.clone(), map.clone()]).unwrap();
    let (instances, masks) = maps.split_labels_within(&limits(14).with_masks(4)).unwrap();
    assert_eq!((instances.len(), masks.starts().len()), (4, 14));
    assert_eq!(
        limit_error(maps.split_labels_within(&limits(13))),
        beyond("14 runs", "13", "runs")
    );
    assert_eq!(
        limit_error(only(&map).split_labels_within(&limits(6))),
        beyond("7 runs", "6", "runs")
    );
    let masks = Limits::default().with_masks(3);
    assert_eq!(
        limit_error(maps.split_labels_within(&masks)),
        beyond("4 masks", "3", "masks")
    );

    let pixels = Limits::default().with_pixels(23);
    assert_eq!(
        limit_error(two.decode_within::<u8>(Order::RowMajor, &pixels)),
        beyond("24 pixels", "23", "pixels")
    );
    let pairs = |pairs| Limits::default().with_pairs(pairs);
    assert_eq!(two.iou_within(&two, &[], &pairs(4)).unwrap().dim(), (2, 2));
    assert_eq!(
        limit_error(two.iou_within(&two, &[], &pairs(3))),
        beyond("4 pairs", "3", "pairs")
    );
}

/// Masks without pixels are nearly nothing, and each pair of them is a number.
#[test]
fn few_bytes_are_not_gigabytes_of_pairs() {
    let many = 1 << 14;
    let runs = Runs::from_parts(
        Order::RowMajor,
        vec![[0, 0]; many],
        vec![0; many + 1],
        vec![],
        Values::Binary(vec![false; many]),
    );
    let runs = runs.unwrap();
    assert_eq!(
        limit_error(runs.iou(&runs, &[])),
        beyond("268435456 pairs", "134217728", "pairs")
    );
    let boxes = vec![[0.0; 4]; many];
    assert_eq!(
        limit_error(maskrle::box_iou(&boxes, &boxes, &[])),
        beyond("268435456 pairs", "134217728", "pairs")
    );
}

fn beyond(have: &str, limit: &str, what: &str) -> String {
    format!("{have} would be made, the limit is {limit}: Limits::{what} raises it")
}

/// Limits that are just passed: if one were missing, about a gigabyte would be made, and the test
/// would fail by its assertion.
#[test]
fn what_is_made_is_limited_by_default() {
    let empty =
        |size: [u32; 2]| MaskRuns::from_counts(size, Order::RowMajor, [size[0] * size[1]]).unwrap();
    let (at, above) = (empty([1 << 15, 1 << 15]), empty([1, (1 << 30) + 1]));
    let pixels = beyond("1073741825 pixels", "1073741824", "pixels");
    assert_eq!(limit_error(above.to_mask()), pixels);
    assert_eq!(limit_error(above.decode::<u8>(Order::RowMajor)), pixels);
    let stack = Runs::from(above);
    assert_eq!(limit_error(stack.decode::<u8>(Order::RowMajor)), pixels);
    assert_eq!(limit_error(stack.decode::<u32>(Order::RowMajor)), pixels);
    // Background is zeros of the system's, which no page is there for.
    assert_eq!(at.to_mask().unwrap().len(), 1 << 30);

    // 16,385 rows of 16,384 runs each.
    let columns = (0..1 << 14).map(|_| (1 << 14) + 1);
    let stripes = MaskRuns::from_counts([(1 << 14) + 1, 1 << 14], Order::ColumnMajor, columns);
    let stripes = stripes.unwrap();
    let runs = beyond("268451840 runs", "268435456", "runs");
    assert_eq!(limit_error(stripes.to_order(Order::RowMajor)), runs);
    assert_eq!(
        limit_error(Runs::from(stripes).to_order(Order::RowMajor)),
        runs
    );
    let column = [1.0, 0.0, 1.0, f64::from(1 << 27)];
    assert_eq!(
        limit_error(MaskRuns::from_bbox([1 << 27, 3], Order::RowMajor, column)),
        beyond("268435457 runs", "268435456", "runs")
    );
}

/// Some bytes that would be gigabytes if they were taken at their word; none is allocated by
/// default.
#[test]
fn few_bytes_are_not_gigabytes() {
    let huge = Runs::from(rle([65_535, 65_537], "oooooo3").to_runs().unwrap());
    limit_error(only(&huge).to_mask());
    limit_error(huge.decode::<i32>(Order::ColumnMajor));
    limit_error(
        only(&huge.complement().unwrap())
            .pad([1, 1, 0, 0])
            .and_then(|runs| runs.to_order(Order::RowMajor)),
    );
    let stripes = Runs::from(
        MaskRuns::from_counts(
            [65_535, 65_537],
            Order::ColumnMajor,
            (0..65_537).map(|_| 65_535),
        )
        .unwrap(),
    );
    assert_eq!(limit_error(stripes.to_order(Order::RowMajor)), {
        // The first and the last column hold the same, so a row ends in the run that the next one
        // begins with.
        let runs = 65_535u64 * 65_536 + 1;
        beyond(&format!("{runs} runs"), "268435456", "runs")
    });
    limit_error(MaskRuns::from_bbox(
        [1 << 30, 3],
        Order::RowMajor,
        [1.0, 0.0, 1.0, 1e9],
    ));
}

// ---- What does not go together ----

#[test]
fn label_maps_are_not_merged() {
    let map =
        Runs::from(MaskRuns::from_values([1, 3], Order::RowMajor, &[1, 2, 0], &[1, 1, 1]).unwrap());
    let expected = "label maps are not merged, masks are: split_labels makes one for each label";
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
fn orders_and_numbers_that_do_not_fit() {
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
fn boxes_beyond_the_mask() {
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
fn arrays_of_another_shape() {
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
fn parts_that_are_no_runs() {
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
