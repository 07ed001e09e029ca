//! CVAT's masks that are none, and those that claim too much.

use maskrle::dialect::CvatMask;
use maskrle::{Error, Limits};

use crate::refused;

fn read(size: [u32; 2], points: &[u32]) -> maskrle::Result<maskrle::MaskRuns> {
    CvatMask::from_points(size, points)?.to_runs()
}

#[test]
fn boxes_that_are_not_tight() {
    let mask = read([4, 5], &[4, 1, 1, 0, 1, 1, 3, 2]).unwrap();
    assert_eq!(mask.bbox(), [2, 2, 1, 1]);
    assert_eq!(
        CvatMask::try_from(&mask).unwrap().points(),
        [0, 1, 2, 2, 2, 2]
    );
    assert_eq!(read([4, 5], &[1, 0, 0, 0, 0]).unwrap().area(), 0);
}

#[test]
fn counts_and_boxes_that_do_not_fit() {
    for (points, expected) in [
        (
            &[1, 2, 3, 4][..],
            "counts: 4 numbers, there must be one count at least, and left, top, right and bottom",
        ),
        (
            &[6, 0, 0, 2, 2],
            "counts: they sum to 6, a mask of 3 x 3 has 9 pixels",
        ),
        (
            &[6, 4, 0, 0, 2, 2],
            "count 1: the counts sum to more than the 9 pixels of 3 x 3",
        ),
        (
            &[u32::MAX, 10, 0, 0, 2, 2],
            "count 0: the counts sum to more than the 9 pixels of 3 x 3",
        ),
        (
            &[1, 2, 0, 1, 0],
            "box: from 2, 0 to 1, 0, it is not within an image of 4 x 5",
        ),
        (
            &[1, 5, 0, 5, 0],
            "box: from 5, 0 to 5, 0, it is not within an image of 4 x 5",
        ),
        (
            &[1, 0, 4, 0, 4],
            "box: from 0, 4 to 0, 4, it is not within an image of 4 x 5",
        ),
    ] {
        assert_eq!(refused(read([4, 5], points)), expected);
    }
    refused(read([0, 5], &[0, 0, 0, 0, 0]));
    refused(read([u32::MAX, 2], &[1, 0, 0, 0, 0]));
}

#[test]
fn xml_that_is_none() {
    let read = |rle, place| CvatMask::from_rle([4, 5], rle, place);
    assert_eq!(
        read("3,1", [1, 1, 2, 2]).unwrap(),
        read(" 3 , 1 ", [1, 1, 2, 2]).unwrap()
    );
    assert_eq!(
        refused(read("3, -1", [1, 1, 2, 1])),
        "count 1: \"-1\" is not a whole number of 32 bits"
    );
    assert_eq!(
        refused(read("", [1, 1, 2, 1])),
        "count 0: \"\" is not a whole number of 32 bits"
    );
    assert_eq!(
        refused(read("0", [1, 1, 0, 1])),
        "box: 0 x 1 pixels at 1, 1 are none of an image"
    );
    refused(read("1", [u32::MAX, 1, 2, 1]));
}

/// Six numbers that are a run in each of millions of rows.
#[test]
fn a_run_in_each_row_is_within_limits() {
    let tall = CvatMask::from_points([1 << 24, 3], &[0, 1 << 25, 0, 0, 1, (1 << 24) - 1]).unwrap();
    let limits = Limits::default().with_runs(1 << 20);
    assert!(matches!(tall.to_runs_within(&limits), Err(Error::Limit(_))));
    let most = Limits::default().with_runs((1 << 25) + 1);
    assert_eq!(tall.to_runs_within(&most).unwrap().area(), 1 << 25);
    assert!(
        tall.to_runs_within(&Limits::default().with_runs(1 << 25))
            .is_err()
    );
    // As wide as the image, it is one run.
    let wide = CvatMask::from_points([1 << 24, 3], &[0, 3 << 24, 0, 0, 2, (1 << 24) - 1]).unwrap();
    assert_eq!(
        wide.to_runs_within(&Limits::default().with_runs(3))
            .unwrap()
            .len(),
        1
    );
}
