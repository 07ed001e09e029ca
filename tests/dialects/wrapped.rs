//! Strings in wrappers, and lines of MOTS, that are none.

use maskrle::dialect::{MotsLine, NuImagesRle, OpenImagesRle};
use maskrle::{CocoRle, Error, Limits};

use crate::refused;

#[test]
fn base64_that_is_none() {
    let read = |text: &str| NuImagesRle::new([2, 3], text).to_runs();
    assert_eq!(read("MjMx").unwrap().starts(), [0, 2, 5]);
    assert_eq!(
        refused(read("Mj?x")),
        "character 2: it is no character of base64"
    );
    assert_eq!(
        refused(read("MjMxM")),
        "character 5: base64 ends within a byte"
    );
    assert_eq!(
        refused(read("MjM")),
        "counts: they sum to 5, a mask of 2 x 3 has 6 pixels"
    );
    // Padding that is left out is no fault.
    assert_eq!(
        NuImagesRle::new([2, 3], "Ng").to_runs().unwrap().starts(),
        [0]
    );
    assert_eq!(
        NuImagesRle::new([2, 3], "Ng==").to_runs().unwrap().starts(),
        [0]
    );
    assert_eq!(
        refused(read("/w==")),
        "character 0: byte 0xff is none of COCO's characters, which are '0' to 'o'"
    );
}

#[test]
fn zlib_that_is_none_or_too_much() {
    let read = |text: &str| OpenImagesRle::new([2, 3], text).to_runs();
    let error = refused(read("MjMx"));
    assert!(
        error.starts_with("counts: they are no whole zlib stream"),
        "{error}"
    );
    let whole = OpenImagesRle::from(&CocoRle::new([2, 3], "231")).counts;
    for length in (4..whole.len() - 4).step_by(4) {
        let error = refused(read(&whole[..length]));
        assert!(
            error.starts_with("counts: they are no whole zlib stream"),
            "{error}"
        );
    }
    // A thousand characters that would become a million.
    let bomb = OpenImagesRle::from(&CocoRle::new([2, 3], "0".repeat(1 << 20)));
    assert!(bomb.counts.len() < 2000);
    let limits = Limits::default().with_runs(1 << 16);
    assert!(matches!(bomb.to_coco_within(&limits), Err(Error::Limit(_))));
    assert_eq!(bomb.to_coco().unwrap().counts.len(), 1 << 20);
    let most = Limits::default().with_runs(1 << 20);
    assert!(bomb.to_coco_within(&most).is_ok());
}

#[test]
fn lines_of_mots_that_are_none() {
    let read = |line: &str| line.parse::<MotsLine>();
    assert_eq!(
        read(" 1  2 3\t2 3 231 \r\n").unwrap().rle,
        CocoRle::new([2, 3], "231")
    );
    for (line, expected) in [
        (
            "",
            "field 0: no frame: a line is `frame id class height width rle`",
        ),
        (
            "1 2 3 4 5",
            "field 5: no rle: a line is `frame id class height width rle`",
        ),
        (
            "1 -2 3 4 5 6",
            "field 1: the id \"-2\" is not a whole number of 32 bits",
        ),
        (
            "1 2 +3 4 5 6",
            "field 2: the class \"+3\" is not a whole number of 32 bits",
        ),
        (
            "1 2 3 4294967296 5 6",
            "field 3: the height \"4294967296\" is not a whole number of 32 bits",
        ),
        ("1 2 3 4 5 6 7", "field 6: a line has 6 fields, no more"),
    ] {
        assert_eq!(refused(read(line)), expected);
    }
    assert!(read("1 10000 10 2 3 6").unwrap().is_ignored());
    assert!(!read("1 10001 10 2 3 6").unwrap().is_ignored());
    refused(read("1 2 3 2 3 7").unwrap().to_runs());
}
