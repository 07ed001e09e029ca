//! Results that would take too much: limits on all that is made of runs.

use maskrle::{Limits, MaskRuns, Order, Runs, Values};

use super::errors::*;
use super::plain::*;

#[test]
fn results_are_limited() {
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

    let reordered = two.to_order_within(Order::RowMajor, &limits(18)).unwrap();
    assert_eq!(reordered.starts().len(), 18);
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

pub fn beyond(have: &str, limit: &str, what: &str) -> String {
    format!("{have} would be made, the limit is {limit}: Limits::{what} raises it")
}

/// Limits that are just passed: if one were missing, about a gigabyte would be made, and the test
/// would fail by its assertion.
#[test]
fn results_are_limited_by_default() {
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
    let striped = MaskRuns::from_counts([(1 << 14) + 1, 1 << 14], Order::ColumnMajor, columns);
    let striped = striped.unwrap();
    let runs = beyond("268451840 runs", "268435456", "runs");
    assert_eq!(limit_error(striped.to_order(Order::RowMajor)), runs);
    assert_eq!(
        limit_error(Runs::from(striped).to_order(Order::RowMajor)),
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
