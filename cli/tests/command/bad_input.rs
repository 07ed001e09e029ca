//! Files that are wrong, by accident or on purpose: each gives one line of error, no panic, and
//! leaves nothing behind.

use png::{BitDepth, ColorType};

use crate::{TestDir, bytes, npy, npz, png};

/// Asserts that `maskrle encode` of a file with these bytes fails with one line, which contains
/// this.
#[track_caller]
fn refused(name: &str, file: impl AsRef<[u8]>, options: &str, why: &str) {
    let dir = TestDir::new();
    let line = format!("encode --quiet {options} {name} -o out.jsonl");
    dir.file(name, file)
        .run(&line)
        .fails(&format!("error: {name}: "), why);
    assert_eq!(dir.files(), [name]);
}

#[test]
fn a_missing_file() {
    TestDir::new()
        .run("encode --quiet nothing.npy")
        .fails("error: nothing.npy: ", "no such file");
    TestDir::new()
        .run("encode --quiet nothing")
        .fails("error: nothing: ", "no such file");
}

#[test]
fn a_file_of_something_else() {
    refused("a.npy", "hello", "", "not a .npy file");
    refused("a.npy", "", "", "a.npy: the file is empty");
    refused("a.npz", "", "", "a.npz: the file is empty");
    refused("a.png", "", "", "a.png: the file is empty");
    refused("a.npz", "hello", "", "not a .npz file");
    refused("a.png", "hello", "", "not a PNG");
    refused("a.txt", "hello", "", ".npy, .npz and .png");
    refused("a.npz", npz(&[]), "", "no array in it");
}

#[test]
fn files_of_other_kinds_are_named() {
    let dir = TestDir::new();
    let array = crate::json_files::gzip(&bytes("(1, 2)", &[0, 1]));
    dir.file("a.npy.gz", &array)
        .file("a.jpg", b"\xff\xd8\xff\xe0\0\x10JFIF")
        .file("a.tif", b"II*\0\x08\0\0\0");
    for (file, kind) in [
        ("a.npy.gz", "packed by gzip"),
        ("a.jpg", "a JPEG"),
        ("a.tif", "a TIFF"),
    ] {
        let begins = format!("error: {file}: {kind}, not a file of masks: ");
        dir.run(&format!("encode -q {file}")).fails(&begins, ".npz");
    }
    let outcome = dir.run_with("encode -q -", array);
    outcome.fails("error: -: packed by gzip, not a file of masks: ", ".npz");
}

#[test]
fn an_empty_folder() {
    let dir = TestDir::new();
    dir.file("masks/notes.txt", "no masks");
    dir.run("encode --quiet masks")
        .fails("error: masks: ", "no masks in the folder");
}

/// As numpy writes where `save` is called twice.
#[test]
fn two_arrays_in_one_npy() {
    let file = bytes("(4, 4)", &[1; 16]);
    refused(
        "a.npy",
        [&file[..], &file].concat(),
        "",
        "another array follows its pixels",
    );
}

#[test]
fn a_truncated_npy() {
    let file = bytes("(4, 4)", &[1; 16]);
    refused(
        "a.npy",
        &file[..file.len() - 1],
        "",
        "truncated: the header claims 16 bytes of pixels, the file has 15",
    );
    refused(
        "a.npy",
        &file[..file.len() - 16],
        "",
        "the header claims 16 bytes of pixels, the file has 0",
    );
    for length in [1, 5, 6, 7, 8, 9, 20] {
        refused(
            "a.npy",
            &file[..length],
            "",
            "truncated: the file ends in the header",
        );
        let dir = TestDir::new();
        let err = dir
            .file("a.npy", &file[..length])
            .run("encode --quiet a.npy")
            .err;
        assert!(err.ends_with("in the header\n"), "no more than that: {err}");
    }
}

#[test]
fn a_header_that_cannot_be_read_is_not_called_truncated() {
    let dir = TestDir::new();
    let mut file = npz(&[("a", bytes("(2, 8)", b"pixelspixelspixe"))]);
    // A deflate block of the type that does not exist, where the array's bytes begin: after the
    // entry's name.
    let name = file.windows(5).position(|bytes| bytes == b"a.npy").unwrap();
    file[name + 5] = 0b111;
    let outcome = dir.file("a.npz", file).run("encode --quiet a.npz");
    assert!(!outcome.err.contains("truncated"), "{}", outcome.err);
    outcome.fails("error: a.npz:a: ", "it cannot be read");
}

#[test]
fn types_that_are_no_masks() {
    let with = |descr: &str| npy(descr, false, "(1, 1)", &[0; 16]);
    refused("a.npy", with("'|O'"), "", "Python objects");
    refused("a.npy", with("'<c8'"), "", "complex numbers");
    refused("a.npy", with("'<U4'"), "", "strings");
    refused("a.npy", with("'|S4'"), "", "strings");
    refused("a.npy", with("'<M8[s]'"), "", "times");
    refused("a.npy", with("'|V16'"), "", "structured");
    refused(
        "a.npy",
        with("[('a', '<i4'), ('b', '<f4')]"),
        "",
        "structured",
    );
    refused("a.npy", with("'<f16'"), "", "\"<f16\"");
    refused("a.npy", with("'\u{e9}'"), "", "not masks");
}

#[test]
fn dimensions_that_are_no_masks() {
    refused("a.npy", bytes("(1, 1, 1, 1, 1)", &[1]), "", "5 dimensions");
    refused(
        "a.npy",
        bytes("(1, 1, 1, 1, 1, 1)", &[1]),
        "",
        "6 dimensions",
    );
    refused("a.npy", bytes("()", &[1]), "", "0 dimensions");
}

#[test]
fn headers_that_claim_the_impossible() {
    refused(
        "a.npy",
        bytes("(1099511627776,)", &[1]),
        "",
        "claims 1099511627776 bytes of pixels, the file has 1",
    );
    refused(
        "a.npy",
        bytes("(1099511627776, 0, 0)", &[]),
        "",
        "masks of no pixels",
    );
    refused(
        "a.npy",
        bytes("(18446744073709551615, 0, 0)", &[]),
        "",
        "no array is as large",
    );
    refused(
        "a.npy",
        bytes("(4294967296, 4294967296, 2)", &[]),
        "",
        "no array is as large",
    );
    refused(
        "a.npy",
        bytes("(18446744073709551616,)", &[]),
        "",
        "malformed",
    );
    refused("a.npy", bytes("(-1, 2)", &[]), "", "malformed");
    refused(
        "a.npy",
        bytes("(0, 4294967296)", &[]),
        "",
        "at most 4294967295",
    );
    let many = npz(&[("x", bytes("(1099511627776,)", &[1]))]);
    let dir = TestDir::new();
    dir.file("a.npz", many)
        .run("encode --quiet a.npz")
        .fails("error: a.npz:x: ", "claims 1099511627776 bytes");
}

#[test]
fn headers_that_are_malformed() {
    let with = |text: &str| {
        let mut file = b"\x93NUMPY\x01\x00".to_vec();
        file.extend((text.len() as u16).to_le_bytes());
        file.extend(text.as_bytes());
        file
    };
    refused("a.npy", with(""), "", "malformed");
    refused("a.npy", with("{}"), "", "no \"descr\"");
    refused(
        "a.npy",
        with("{'descr': '|u1', 'fortran_order': 1}"),
        "",
        "True or False",
    );
    refused(
        "a.npy",
        with("{'descr': '|u1', 'fortran_order': False}"),
        "",
        "no \"shape\"",
    );
    refused("a.npy", with("{'descr': '|u1"), "", "closing quote");
    refused("a.npy", with("{'more': 1}"), "", "unknown key");
    refused("a.npy", with(&"(".repeat(60_000)), "", "malformed");
    refused(
        "a.npy",
        with("{'descr': '\x1b[31m\n', 'fortran_order': False, 'shape': (1, 1)}"),
        "",
        "elements (dtype \"\\u{1b}[31m\\n\")",
    );
    let mut long = b"\x93NUMPY\x02\x00".to_vec();
    long.extend(u32::MAX.to_le_bytes());
    refused(
        "a.npy",
        &long,
        "",
        "the header claims to be of 4294967295 bytes",
    );
    refused("a.npy", b"\x93NUMPY\x09\x00\x00\x00", "", "version 9.0");
}

#[test]
fn predicates_that_do_not_fit_the_type() {
    let floats = npy("'<f4'", false, "(1,)", &[0; 4]);
    refused("a.npy", &floats, "", "float32 needs --threshold");
    refused("a.npy", &floats, "--labels", "--labels is for integers");
    refused(
        "a.npy",
        npy("'<f8'", false, "(1,)", &[0; 8]),
        "",
        "float64 needs --threshold",
    );
}

#[test]
fn pngs_that_are_no_masks() {
    refused(
        "a.png",
        png(ColorType::Rgb, BitDepth::Eight, [1, 1], &[1, 1, 2]),
        "",
        "a PNG of colours",
    );
    refused(
        "a.png",
        png(ColorType::Rgba, BitDepth::Eight, [1, 1], &[1; 4]),
        "",
        "a PNG that is transparent",
    );
    refused(
        "a.png",
        png(ColorType::GrayscaleAlpha, BitDepth::Eight, [1, 1], &[1; 2]),
        "",
        "a PNG that is transparent",
    );
}

#[test]
fn a_png_cut_short() {
    let pixels: Vec<u8> = (0..64 * 64u32)
        .map(|i| (i.wrapping_mul(2_654_435_761) >> 24) as u8)
        .collect();
    let file = png(ColorType::Grayscale, BitDepth::Eight, [64, 64], &pixels);
    for length in [8, 20, 40, 60, file.len() / 2, file.len() - 30] {
        refused("a.png", &file[..length], "", "truncated");
    }
}

#[test]
fn a_png_that_claims_gigabytes() {
    let mut file = png(ColorType::Grayscale, BitDepth::Eight, [1, 1], &[1]);
    for (sides, why) in [
        (
            [0, 0, 0xff, 0xff, 0, 0, 0xff, 0xff],
            "the header claims 65535 x 65535 pixels, more than a file of ",
        ),
        (
            [0x7f, 0xff, 0xff, 0xff, 0, 0, 0, 1],
            "the header claims 2147483647 x 1 pixels, more than a file of ",
        ),
    ] {
        file[16..24].copy_from_slice(&sides);
        sign_header(&mut file);
        refused("a.png", &file, "", why);
    }
}

/// Without a right checksum a header is refused before its claim is.
fn sign_header(file: &mut [u8]) {
    let crc = !file[12..29].iter().fold(!0u32, |crc, &byte| {
        (0..8).fold(crc ^ u32::from(byte), |crc, _| {
            if crc & 1 == 1 {
                crc >> 1 ^ 0xedb8_8320
            } else {
                crc >> 1
            }
        })
    });
    file[29..33].copy_from_slice(&crc.to_be_bytes());
}

#[test]
fn a_mask_of_more_than_32_bits_of_pixels() {
    let dir = TestDir::new();
    dir.file("a.npy", bytes("(65536, 65537)", &[]));
    // A sparse file has the size, and takes no room on the disk.
    let file = std::fs::File::options()
        .append(true)
        .open(dir.path("a.npy"))
        .unwrap();
    file.set_len(128 + 65536 * 65537).unwrap();
    drop(file);
    dir.run("encode --quiet a.npy")
        .fails("error: a.npy: ", "the limit is 4294967295");
}
