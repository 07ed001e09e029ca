//! Bytes after packed data: padding, another member, or something that does not belong there.

use crate::TestDir;
use crate::json_files::gzip;

const CSV: &[u8] = b"ImageId,rle\na,1 2\nb,3 4\n";

/// Runs `stats` on bytes, as a file and as standard input.
fn stats(bytes: &[u8]) -> [crate::Outcome; 2] {
    let dir = TestDir::new();
    dir.file("in", bytes);
    [
        dir.run("stats in --size 5,6"),
        dir.run_with("stats - --size 5,6", bytes),
    ]
}

#[test]
fn zeros_after_gzip_are_padding() {
    let (first, second) = CSV.split_at(12);
    for bytes in [
        [gzip(CSV), vec![0; 1]].concat(),
        [gzip(CSV), vec![0; 1 << 17]].concat(),
        [gzip(first), vec![0; 511], gzip(second)].concat(),
        [gzip(first), gzip(b""), gzip(second), vec![0; 3]].concat(),
        [gzip(b""), gzip(first), gzip(second)].concat(),
    ] {
        for outcome in stats(&bytes) {
            assert!(outcome.ok().contains("2 masks in 2 rows"));
        }
    }
    let json = br#"[{"size": [5, 6], "counts": [30]}]"#;
    for outcome in stats(&[gzip(json), vec![0; 9]].concat()) {
        assert!(outcome.ok().contains("1 mask in 1 row"));
    }
}

#[test]
fn other_bytes_after_gzip_are_an_error() {
    for (after, said) in [
        (
            &b"x"[..],
            "bytes that are no gzip data follow the gzip data",
        ),
        (
            b"\0\0garbage",
            "bytes that are no gzip data follow the gzip data",
        ),
        (CSV, "bytes that are no gzip data follow the gzip data"),
        (b"\x1f\x8b\x08", "cut short: the gzip data ends too early"),
        (b"\x1f\x8c\x08\0\0\0\0\0\0\0", "the gzip data is damaged"),
    ] {
        for outcome in stats(&[&gzip(CSV), after].concat()) {
            assert_eq!(outcome.status, 1, "{after:?}");
            assert!(outcome.err.contains(said), "{}", outcome.err);
        }
    }
}
