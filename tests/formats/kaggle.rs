//! Kaggle's pairs.

use maskrle::KaggleRle;

use crate::read::{kaggle, only, refused};

#[test]
fn without_pairs_is_an_empty_mask() {
    for pairs in ["", " ", "\t\r\n "] {
        assert_eq!(only(&kaggle(pairs).unwrap()).starts(), [0]);
        assert_eq!(only(&kaggle(pairs).unwrap()).area(), 0);
    }
}

#[test]
fn pairs_that_touch_are_joined() {
    assert_eq!(kaggle("1 2 3 1 4 1").unwrap(), kaggle("1 4").unwrap());
    assert_eq!(kaggle(" 2 2\n4  17 ").unwrap(), kaggle("2 19").unwrap());
    assert_eq!(
        only(&kaggle("1 4 6 2 19 2").unwrap()).starts(),
        [0, 4, 5, 7, 18]
    );
}

#[test]
fn beyond_the_mask() {
    let expected = "pair 1: 2 pixels from 20 go beyond the 20 pixels of the mask";
    assert_eq!(refused(kaggle("1 2 20 2")), expected);
    assert_eq!(
        refused(kaggle("21 1")),
        "pair 0: 1 pixels from 21 go beyond the 20 pixels of the mask"
    );
    refused(kaggle("4294967295 4294967295"));
    // Start and length add up to one below 2^32, to 2^32, and above: a sum that wraps would be
    // within the mask.
    for pairs in [
        "4294967295 1",
        "4294967295 2",
        "4294967295 4",
        "4294967292 8",
    ] {
        let rle = KaggleRle::by_columns([2, 3], pairs);
        let [start, length] = [0, 1].map(|at| pairs.split(' ').nth(at).unwrap());
        let expected =
            format!("pair 0: {length} pixels from {start} go beyond the 6 pixels of the mask");
        assert_eq!(refused(rle.to_runs()), expected);
    }
}

#[test]
fn pairs_overlapping_or_unsorted() {
    assert_eq!(
        refused(kaggle("3 4 6 2")),
        "pair 1: it starts at pixel 6, and the pair before it ends at 6"
    );
    assert_eq!(
        refused(kaggle("9 2 3 1")),
        "pair 1: it starts at pixel 3, and the pair before it ends at 10"
    );
}

#[test]
fn odd_number_of_tokens() {
    assert_eq!(
        refused(kaggle("3 4 9")),
        "pair 1: the start 9 has no length"
    );
    assert_eq!(
        refused(kaggle("-1")),
        "pair 0: the start \"-1\" is not a whole number from 1 to 4294967295"
    );
}

#[test]
fn zeros() {
    assert_eq!(
        refused(kaggle("1 0")),
        "pair 0: the length is 0, it must be positive"
    );
    assert_eq!(
        refused(kaggle("0 1")),
        "pair 0: the start is 0, it must be positive"
    );
}

#[test]
fn garbage() {
    for garbage in ["x", "+3", "3.0", "٣", "4294967296", "1,2"] {
        let expected =
            format!("pair 1: the start {garbage:?} is not a whole number from 1 to 4294967295");
        assert_eq!(refused(kaggle(&format!("1 1 {garbage} 1"))), expected);
    }
    assert!(refused(kaggle(&"9".repeat(1 << 20))).len() < 100);
}
