//! Bytes after packed data: padding, another member, or something that does not belong there.

use crate::TestDir;
use crate::json_files::{gzip, zstd};

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

/// A frame to skip, with these bytes in it.
fn skippable(number: u8, bytes: &[u8]) -> Vec<u8> {
    let length = (bytes.len() as u32).to_le_bytes();
    [&[0x50 + number, 0x2a, 0x4d, 0x18], &length[..], bytes].concat()
}

#[test]
fn zstd_frames_are_one_text() {
    let (first, second) = CSV.split_at(12);
    for bytes in [
        [zstd(first), zstd(second)].concat(),
        [zstd(b""), zstd(first), zstd(b""), zstd(second), zstd(b"")].concat(),
        [skippable(0, b""), zstd(CSV), skippable(15, &[7; 1 << 17])].concat(),
        [zstd(first), skippable(3, b"abc"), zstd(second)].concat(),
        CSV.iter().flat_map(|byte| zstd(&[*byte])).collect(),
    ] {
        for outcome in stats(&bytes) {
            assert!(outcome.ok().contains("2 masks in 2 rows"));
        }
    }
}

#[test]
fn other_bytes_after_zstd_are_an_error() {
    let no_zstd = "bytes that are no zstd data follow the zstd data";
    let cut = "cut short: the zstd data ends too early";
    for (after, said) in [
        (b"x".to_vec(), no_zstd),
        (b"\0\0\0\0".to_vec(), no_zstd),
        (CSV.to_vec(), no_zstd),
        (gzip(CSV), no_zstd),
        (b"\x28".to_vec(), cut),
        (b"\x28\xb5\x2f\xfd".to_vec(), cut),
        (zstd(CSV)[..9].to_vec(), cut),
        (skippable(0, b"abc")[..6].to_vec(), cut),
        (skippable(0, b"abc")[..10].to_vec(), cut),
        (b"\x50\x2a\x4d\x18\xff\xff\xff\xff".to_vec(), cut),
        // A reserved type of block.
        (
            [zstd(CSV)[..5].to_vec(), vec![0x58, 6, 0, 0]].concat(),
            "the zstd data is damaged",
        ),
    ] {
        for outcome in stats(&[zstd(CSV), after.clone()].concat()) {
            assert_eq!(outcome.status, 1, "{after:?}");
            assert_eq!(outcome.err.lines().count(), 1, "{}", outcome.err);
            assert!(outcome.err.contains(said), "{after:?}: {}", outcome.err);
        }
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
