//! Each case on which pycocotools 2.0.11 crashes or lies, and an error or the right result here.

use maskrle::{CocoCounts, Runs, SetOp};
use ndarray::Array2;

use super::errors::*;
use super::plain::*;

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
