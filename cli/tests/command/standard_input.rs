//! `-` and pipes: files of pixels that can be read but once.

use png::{BitDepth, ColorType};

use crate::{TestDir, bytes, npz, png};

fn stack() -> Vec<u8> {
    bytes("(2, 2, 3)", &[0, 1, 1, 0, 1, 0, 0, 0, 0, 0, 0, 1])
}

#[test]
fn the_type_is_that_of_the_first_bytes() {
    let dir = TestDir::new();
    let array = dir.run_with("encode -", stack()).ok();
    let first = r#"{"source":"-","index":0,"size":[2,3],"counts":"231"}"#;
    assert_eq!(
        (array.lines().next(), array.lines().count()),
        (Some(first), 2)
    );
    let archive = npz(&[("masks", stack()), ("ids", bytes("(2,)", &[1, 2]))]);
    let outcome = dir.run_with("encode -", archive.clone());
    assert!(outcome.err.ends_with("left out: ids\n"), "{}", outcome.err);
    assert_eq!(outcome.ok(), array.replace("\"-\"", "\"-:masks\""));
    let chosen = dir
        .run_with("encode --format coco-counts --array ids -", archive)
        .ok();
    assert!(
        chosen.contains(r#""source":"-:ids","index":0,"size":[1,2]"#),
        "{chosen}"
    );
    let image = png(ColorType::Grayscale, BitDepth::Eight, [2, 1], &[0, 9]);
    let row = dir.run_with("encode --format coco-counts -", image).ok();
    assert!(row.contains(r#""counts":[1,1]"#), "{row}");
    assert!(dir.files().is_empty());
}

#[test]
fn it_may_stand_among_files() {
    let dir = TestDir::new();
    dir.file("a.npy", bytes("(1, 1)", &[1]))
        .file("b.npy", bytes("(1, 1)", &[1]));
    let rows = dir.run_with("encode a.npy - b.npy", stack()).ok();
    let sources: Vec<_> = rows.lines().map(|row| row[..19].to_owned()).collect();
    assert_eq!(sources.len(), 4);
    assert!(
        sources[0].contains("a.npy") && sources[3].contains("b.npy"),
        "{rows}"
    );
    let ids = dir.run_with("encode --format kaggle -", stack()).ok();
    assert!(ids.contains("\n-_0,"), "{ids}");
}

#[test]
fn what_is_no_mask_is_refused() {
    let dir = TestDir::new();
    dir.run_with("encode --quiet -", "")
        .fails("error: -: ", "the file is empty");
    dir.run_with("encode --quiet -", "hello, world")
        .fails("error: -: ", "not a file of masks");
    dir.run_with("encode --quiet -", "PK\x03\x04 and no more")
        .fails("error: -: ", "not a .npz file");
    dir.run_with("encode --quiet -", &stack()[..130])
        .fails("error: -: ", "truncated");
    assert!(dir.files().is_empty());
}

#[cfg(unix)]
#[test]
fn pipes_are_read_once() {
    let dir = TestDir::new();
    let archive = npz(&[("masks", stack())]);
    let image = png(ColorType::Grayscale, BitDepth::Eight, [2, 1], &[0, 9]);
    for (file, rows) in [(stack(), 2), (archive, 2), (image, 1)] {
        let out = dir.run_with("encode /dev/stdin", file).ok();
        assert_eq!(out.lines().count(), rows, "{out}");
    }
    // Looked at first, an endless one is refused at once.
    dir.run("encode --quiet /dev/zero")
        .fails("error: /dev/zero: ", "not a file of masks");
}

/// A file called `-` beside it is not looked at.
#[test]
fn a_file_called_a_dash() {
    let dir = TestDir::new();
    dir.file("-", "no array")
        .file("a.npy", crate::bytes("(1, 2)", &[0, 1]));
    let array = std::fs::read(dir.path("a.npy")).unwrap();
    let rows = dir.run_with("encode -q -", array).ok();
    assert!(rows.contains("\"size\":[1,2]"));
}

/// One pixel of all masks is in memory, where they lie pixel by pixel beside each other.
#[test]
fn more_interleaved_masks_than_memory_has_room_for() {
    let dir = TestDir::new();
    let header = crate::npy("'|u1'", true, "(10000000000, 1, 2)", &[0; 100]);
    let err = dir.run_with("encode -q -", header).err;
    assert!(err.contains("--max-memory allows"), "{err}");
}
