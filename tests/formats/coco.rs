//! COCO's counts and strings.

use maskrle::{Backend, CocoCounts, CocoRle, Encoder, Masks, Order};
use ndarray::Array2;

use crate::read::{coco, encode, only, refused};

#[test]
fn of_empty_and_full_masks() {
    for (pixel, counts, string) in [(0u8, vec![20], "d0"), (1, vec![0, 20], "0d0")] {
        let runs = encode(
            &Masks::binary(&Array2::from_elem((4, 5), pixel)).unwrap(),
            Order::ColumnMajor,
        );
        assert_eq!(
            CocoCounts::try_from(only(&runs)).unwrap(),
            CocoCounts {
                size: [4, 5],
                counts
            }
        );
        assert_eq!(
            CocoRle::try_from(only(&runs)).unwrap(),
            CocoRle {
                size: [4, 5],
                counts: string.into()
            }
        );
    }
}

#[test]
fn counts_below_the_pixels() {
    assert_eq!(
        refused(coco("53")),
        "counts: they sum to 8, a mask of 4 x 5 has 20 pixels"
    );
}

#[test]
fn counts_above_the_pixels() {
    assert_eq!(
        refused(coco("5d0")),
        "count 1: the counts sum to more than the 20 pixels of 4 x 5"
    );
    assert_eq!(
        refused(coco("oooooo3oooooo3")),
        "count 0: the counts sum to more than the 20 pixels of 4 x 5"
    );
}

#[test]
fn string_cut_within_a_number() {
    assert_eq!(
        refused(coco("1P")),
        "character 2: the string ends within a number"
    );
}

#[test]
fn number_of_eight_characters() {
    assert_eq!(
        refused(coco("1PPPPPPP0")),
        "character 8: a number of more than 7 characters, which no count needs"
    );
}

/// Counts up to 1,024 are looked up in a table on some levels: empty masks of one below, at, one
/// above and more, whose only count is their number of pixels, and full ones.
#[test]
fn of_masks_around_the_table_of_small_counts() {
    for (size, empty, full) in [
        ([31, 33], "oo0", "0oo0"),
        ([32, 32], "PP1", "0PP1"),
        ([25, 41], "QP1", "0QP1"),
        ([27, 38], "RP1", "0RP1"),
    ] {
        let shape = size.map(|side| side as usize);
        for (pixel, expected) in [(0u8, empty), (1, full)] {
            let pixels = Array2::from_elem(shape, pixel);
            let masks = Masks::binary(&pixels).unwrap();
            let expected = CocoRle::new(size, expected);
            let encoder = Encoder::builder().backend(Backend::Cpu).build().unwrap();
            assert_eq!(encoder.coco(&masks).unwrap()[0], expected);
            let runs = encode(&masks, Order::ColumnMajor);
            assert_eq!(runs.to_coco().unwrap()[0], expected);
            assert_eq!(expected.to_runs().unwrap(), only(&runs));
        }
    }
}

#[test]
fn number_longer_than_it_need_be() {
    assert_eq!(coco("TPPPPP0`0").unwrap(), coco("4`0").unwrap());
}

#[test]
fn negative_count() {
    assert_eq!(
        refused(coco("O")),
        "character 0: count 0 would be -1, it must be 0 to 4294967295"
    );
    assert_eq!(
        refused(coco("121M")),
        "character 3: count 3 would be -1, it must be 0 to 4294967295"
    );
}

#[test]
fn count_beyond_u32() {
    assert_eq!(
        refused(coco("PPPPPP4")),
        "character 0: count 0 would be 4294967296, it must be 0 to 4294967295"
    );
    assert_eq!(
        refused(coco("020oooooo3")),
        "character 3: count 3 would be 4294967297, it must be 0 to 4294967295"
    );
}

#[test]
fn foreign_characters() {
    assert_eq!(
        refused(coco("5p")),
        "character 1: 'p' is none of COCO's characters, which are '0' to 'o'"
    );
    assert_eq!(
        refused(coco("5/")),
        "character 1: '/' is none of COCO's characters, which are '0' to 'o'"
    );
    assert_eq!(
        refused(coco("5é")),
        "character 1: 'é' is none of COCO's characters, which are '0' to 'o'"
    );
    assert_eq!(
        refused(coco("5\0")),
        "character 1: '\\0' is none of COCO's characters, which are '0' to 'o'"
    );
    assert_eq!(
        refused(coco("Pé")),
        "character 1: 'é' is none of COCO's characters, which are '0' to 'o'"
    );
}

#[test]
fn empty_string_for_a_mask_with_pixels() {
    assert_eq!(
        refused(coco("")),
        "counts: they sum to 0, a mask of 4 x 5 has 20 pixels"
    );
}
