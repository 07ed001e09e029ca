//! Files whose headers already say that they are beyond a limit: they are refused before they are
//! read, and the other inputs are encoded.

use std::fs::File;

use png::{BitDepth, ColorType};

use crate::pictures::png_of_chunks;
use crate::{TestDir, bytes, npy, npz, png};

/// Asserts that the file is refused, that the input beside it is encoded, and that no other file is
/// left.
#[track_caller]
fn refused(dir: &TestDir, options: &str, name: &str, why: &str) {
    dir.file("good.npy", bytes("(1, 2)", &[0, 1]));
    let file = name.split(':').next().unwrap();
    let outcome = dir.run(&format!(
        "encode {options} good.npy {file} good.npy -o out.jsonl"
    ));
    let error = outcome.err.lines().next().unwrap();
    assert!(
        error.starts_with(&format!("error: {name}")) && error.contains(why),
        "{}",
        outcome.err
    );
    assert_eq!(outcome.status, 1);
    assert_eq!(dir.read("out.jsonl").lines().count(), 2);
    assert_eq!(dir.files(), {
        let mut files = ["good.npy", file, "out.jsonl"];
        files.sort();
        files
    });
}

/// A PNG that has as many bytes as one of these sides may have.
fn bomb(sides: [u32; 2], depth: u8) -> Vec<u8> {
    let rows = u64::from(sides[0]) * u64::from(sides[1]) * u64::from(depth) / 8;
    png_of_chunks(sides, [depth, 0, 0, 0, 0], &vec![0; (rows / 1000) as usize])
}

#[test]
fn images_of_more_pixels_than_a_mask_has() {
    for (sides, pixels) in [
        ([131_072, 131_072], "17179869184"),
        ([65_536, 65_536], "4294967296"),
        ([2_000_000, 2_148], "4296000000"),
    ] {
        let dir = TestDir::new();
        dir.file("a.png", bomb(sides, 1));
        let [width, height] = sides;
        let why = format!("{height} x {width} has {pixels} pixels, the limit is 4294967295");
        refused(&dir, "", "a.png", &why);
    }
}

#[test]
fn images_beyond_the_budget() {
    // Half a megabyte, and 4 GiB of pixels.
    let dir = TestDir::new();
    dir.file("a.png", bomb([65_535, 65_535], 1));
    let allowed = "4294836225 bytes of memory would be needed, --max-memory allows 2147483648";
    refused(&dir, "", "a.png", allowed);
    // Two bytes a pixel; and interlaced, when all rows are in memory beside the pixels.
    let zeros = vec![0; 800 * 800 * 2 + 800];
    let sixteen = png(
        ColorType::Grayscale,
        BitDepth::Sixteen,
        [800, 800],
        &zeros[800..],
    );
    dir.file("a.png", sixteen);
    refused(&dir, "--max-memory 1M", "a.png", "1280000 bytes of memory");
    let small = png_of_chunks([800, 800], [8, 0, 0, 0, 1], &[0; 700]);
    dir.file("a.png", small);
    refused(&dir, "--max-memory 1M", "a.png", "1280000 bytes of memory");
    let eight = png(
        ColorType::Grayscale,
        BitDepth::Eight,
        [800, 800],
        &zeros[..640_000],
    );
    dir.file("a.png", eight);
    assert_eq!(
        dir.run("encode --max-memory 1M a.png").ok().lines().count(),
        1
    );
}

/// Makes a `.npy` file of zeros, which takes no room on the disk.
fn sparse(dir: &TestDir, name: &str, header: Vec<u8>, pixels: u64) {
    dir.file(name, &header);
    let file = File::options().append(true).open(dir.path(name)).unwrap();
    file.set_len(header.len() as u64 + pixels).unwrap();
}

#[test]
fn arrays_beyond_the_limits() {
    let dir = TestDir::new();
    for (descr, shape, pixels, why) in [
        (
            "'|u1'",
            "(50000, 50000)",
            2_500_000_000,
            "2500000000 bytes of memory would be needed",
        ),
        (
            "'<f8'",
            "(3, 20000, 20000)",
            9_600_000_000,
            "--max-memory allows 2147483648",
        ),
        (
            "'|u1'",
            "(1, 65536, 65536)",
            1 << 32,
            "has 4294967296 pixels, the limit is",
        ),
        (
            "'|b1'",
            "(1, 0, 5000000000)",
            0,
            "a side has at most 4294967295 pixels",
        ),
    ] {
        sparse(&dir, "a.npy", npy(descr, false, shape, &[]), pixels);
        refused(&dir, "--threshold 0.5", "a.npy", why);
    }
    // A stack is read a mask at a time: it may be larger.
    sparse(&dir, "a.npy", bytes("(40, 1000, 1000)", &[]), 40_000_000);
    assert_eq!(
        dir.run("encode --max-memory 1M a.npy").ok().lines().count(),
        40
    );
}

#[test]
fn arrays_of_archives_beyond_the_budget() {
    let dir = TestDir::new();
    let zeros = vec![0; 1100 * 1100];
    let large = bytes("(1100, 1100)", &zeros);
    dir.file("a.npz", npz(&[("m", large)]));
    refused(
        &dir,
        "--max-memory 1M",
        "a.npz:m",
        "1210000 bytes of memory would be needed",
    );
    let floats = npy("'<f8'", false, "(350, 350)", &zeros[..980_000]);
    dir.file("a.npz", npz(&[("m", floats)]));
    refused(
        &dir,
        "--max-memory 1M --threshold 0",
        "a.npz:m",
        "1102500 bytes",
    );
    // The archive's list of entries may lie about the size, and so may the array.
    let lie = bytes("(4000000000,)", &[1; 16]);
    dir.file("a.npz", npz(&[("m", lie)]));
    refused(
        &dir,
        "",
        "a.npz:m",
        "claims 4000000000 bytes of pixels, the file has 16",
    );
}
