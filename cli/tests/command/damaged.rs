//! Damaged PNGs and archives: the messages are the command's, and what can be read is read.

use png::{BitDepth, ColorType};

use crate::{TestDir, bytes, npz, png};

/// Words of the libraries that read the files.
const FOREIGN: [&str; 9] = [
    "Zip", "EOCD", "IDAT", "IHDR", "CRC", "chunk", "stream", "Corrupt", "0x",
];

#[track_caller]
fn fails(dir: &TestDir, name: &str, words: &str) {
    let file = name.split(':').next().unwrap();
    let outcome = dir.run(&format!("encode -q {file} -o out.jsonl"));
    for foreign in FOREIGN {
        assert!(!outcome.err.contains(foreign), "{}", outcome.err);
    }
    outcome.fails(&format!("error: {name}: "), words);
}

/// Pixels that do not compress.
fn noise(count: usize) -> Vec<u8> {
    let next = |state: &mut u32| {
        *state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        Some((*state >> 24) as u8)
    };
    let mut state = 7;
    std::iter::from_fn(|| next(&mut state))
        .take(count)
        .collect()
}

fn image() -> Vec<u8> {
    png(
        ColorType::Grayscale,
        BitDepth::Eight,
        [40, 40],
        &noise(1600),
    )
}

/// Position of the type of a chunk.
fn position(file: &[u8], chunk: &[u8]) -> usize {
    file.windows(4).position(|bytes| bytes == chunk).unwrap()
}

#[test]
fn damaged_pngs() {
    let dir = TestDir::new();
    let damage = |change: &dyn Fn(&mut Vec<u8>)| {
        let mut file = image();
        change(&mut file);
        dir.file("a.png", file);
    };
    damage(&|file| file[0] = b'x');
    fails(&dir, "a.png", "it does not begin as one");
    damage(&|file| {
        let pixels = position(file, b"IDAT");
        file[pixels + 100] ^= 1;
    });
    fails(&dir, "a.png", "not a PNG that can be read: ");
    damage(&|file| {
        let header = position(file, b"IHDR");
        file[header + 12] ^= 1;
    });
    fails(&dir, "a.png", "damaged: a checksum is wrong");
    damage(&|file| {
        let header = position(file, b"IHDR");
        file[header + 13] = 7;
    });
    fails(&dir, "a.png", "not a PNG that can be read: ");
    damage(&|file| {
        let pixels = position(file, b"IDAT");
        file.truncate(pixels + 300);
    });
    fails(
        &dir,
        "a.png",
        "truncated: the PNG ends before its last pixel",
    );
    damage(&|file| file.truncate(20));
    fails(&dir, "a.png", "truncated");
    // The checksum of the pixels, as its chunk has it: before the chunk's own and the end.
    damage(&|file| {
        let end = position(file, b"IEND") - 4;
        file[end - 8..end - 4].fill(5);
        let chunk = position(file, b"IDAT");
        let sum = crc32(&file[chunk..end - 4]);
        file[end - 4..end].copy_from_slice(&sum.to_be_bytes());
    });
    fails(&dir, "a.png", "damaged: a checksum is wrong");
    dir.file("mask.npy", bytes("(40, 40)", &[1; 1600]));
    dir.run("show mask.npy --image a.png -o b.png")
        .fails("error: --image a.png: ", "damaged: a checksum is wrong");
}

/// A PNG chunk's checksum.
fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(!0, |sum, &byte| {
        (0..8).fold(sum ^ u32::from(byte), |sum, _| {
            (sum >> 1) ^ (0xedb8_8320 * (sum & 1))
        })
    })
}

#[test]
fn a_png_that_ends_behind_its_last_pixel_is_whole() {
    let dir = TestDir::new();
    let whole = image();
    let end = position(&whole, b"IEND") - 4;
    dir.file("a.png", &whole);
    let expected = dir.run("encode -q a.png").ok();
    // Without its end, a part of it, and without the checksum of the pixels.
    for length in [end, end + 5, end - 4] {
        dir.file("a.png", &whole[..length]);
        assert_eq!(dir.run("encode -q a.png").ok(), expected, "{length}");
        dir.run("stats a.png").ok();
        dir.file("mask.npy", bytes("(40, 40)", &[1; 1600]));
        dir.run("show mask.npy --image a.png -o b.png").ok();
    }
    dir.file("a.png", &whole[..end - 40]);
    fails(&dir, "a.png", "truncated");
    dir.run("show mask.npy --image a.png -o b.png")
        .fails("error: --image a.png: ", "truncated");
}

#[test]
fn damaged_archives() {
    let dir = TestDir::new();
    let whole = npz(&[("m", bytes("(64, 64)", &noise(4096)))]);
    let list = position(&whole, b"PK\x01\x02");
    let damaged = |change: &dyn Fn(&mut Vec<u8>), name: &str, words: &str| {
        let mut file = whole.clone();
        change(&mut file);
        dir.file("a.npz", file);
        fails(&dir, name, words);
    };
    let none = "it has no list of entries, with which a zip archive ends";
    damaged(&|file| file.truncate(list), "a.npz", none);
    damaged(&|file| file.truncate(20), "a.npz", none);
    damaged(&|file| file[..].fill(7), "a.npz", "not a .npz file: ");
    // Encrypted; of another compression; of another checksum; and cut into.
    damaged(&|file| file[list + 8] |= 1, "a.npz:m", "encrypted");
    damaged(&|file| file[list + 10] = 14, "a.npz:m", "compression");
    damaged(
        &|file| file[list + 16] ^= 1,
        "a.npz:m",
        "damaged: its checksum is wrong",
    );
    damaged(&|file| file[60..list - 9].fill(0xff), "a.npz:m", "");
}

#[test]
fn entries_of_one_array_are_an_error() {
    let dir = TestDir::new();
    let mask = || bytes("(1, 2)", &[0, 1]);
    let twice = |first: &str, second: &str| npz(&[(first, mask()), (second, mask())]);
    // `npz` adds an extension.
    let without_extension = |name: &str| {
        let mut file = twice("a", name);
        let long = format!("{name}.npy");
        let short = format!("{name}.npx");
        for at in 0..file.len() - long.len() {
            if file[at..].starts_with(long.as_bytes()) {
                file[at..at + long.len()].copy_from_slice(short.as_bytes());
            }
        }
        file
    };
    dir.file("good.npz", without_extension("b"));
    assert_eq!(dir.run("encode -q good.npz").ok().lines().count(), 2);
    let mut archive = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for name in ["a", "b", "a.npy"] {
        let options = zip::write::SimpleFileOptions::default();
        archive.start_file(name, options).unwrap();
        std::io::Write::write_all(&mut archive, &mask()).unwrap();
    }
    dir.file("a.npz", archive.finish().unwrap().into_inner());
    dir.run("encode -q a.npz").fails(
        "error: a.npz: ",
        "its entries \"a\" and \"a.npy\" are both the array a",
    );
}

#[test]
fn archives_of_64_bits() {
    let dir = TestDir::new();
    let mask = bytes("(1, 2)", &[0, 1]);
    let mut archive = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for name in ["a.npy", "b.npy"] {
        let options = zip::write::SimpleFileOptions::default().large_file(true);
        archive.start_file(name, options).unwrap();
        std::io::Write::write_all(&mut archive, &mask).unwrap();
    }
    dir.file("a.npz", archive.finish().unwrap().into_inner());
    assert_eq!(dir.run("encode -q a.npz").ok().lines().count(), 2);
    // More entries than 16 bits count.
    let names: Vec<_> = (0..66_000).map(|number| number.to_string()).collect();
    let arrays: Vec<_> = names
        .iter()
        .map(|name| (name.as_str(), mask.clone()))
        .collect();
    dir.file("a.npz", npz(&arrays));
    let rows = dir.run("encode -q --array 65999 --array 7 a.npz").ok();
    assert_eq!(rows.lines().count(), 2);
}

/// Files that are called as others are.
#[test]
fn names_that_say_something_else() {
    let dir = TestDir::new();
    for (name, bytes, kind) in [
        ("a.png", &b"\xff\xd8\xff\xe0\0\x10JFIF"[..], "a JPEG"),
        ("a.npy", b"\x80\x04\x95\0\0\0\0\0\0\0\0", "a pickle"),
        ("a.npy", b"\x1f\x8b\x08\0\0\0\0\0\0\0\0", "packed by gzip"),
        ("a.npz", b"\x89HDF\r\n\x1a\n", "an HDF5 file"),
    ] {
        dir.file(name, bytes);
        fails(&dir, name, &format!("{kind}, whatever its name says: "));
    }
}
