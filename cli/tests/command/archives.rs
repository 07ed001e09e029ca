//! Archives of arrays: masks and what stands beside them, and archives that are made to harm.

use crate::{TestDir, bytes, data, npy, npz};

/// Two masks of 2 x 3.
fn stack() -> Vec<u8> {
    bytes("(2, 2, 3)", &[0, 1, 1, 0, 1, 0, 0, 0, 0, 0, 0, 1])
}

/// Sources of the rows of JSON lines, each once.
fn sources(rows: &str) -> Vec<String> {
    let source = |row: &str| {
        let row: serde_json::Value = serde_json::from_str(row).unwrap();
        row["source"].as_str().unwrap().to_owned()
    };
    let mut sources: Vec<_> = rows.lines().map(source).collect();
    sources.dedup();
    sources
}

#[test]
fn arrays_of_one_dimension_beside_stacks_are_no_masks() {
    let dir = TestDir::new();
    let ids = || npy("'<i8'", false, "(2,)", &[0; 16]);
    let scores = || npy("'<f4'", false, "(2,)", &[0; 8]);
    let names = || npy("'<U4'", false, "(2,)", &[0; 32]);
    let version = || npy("'<i8'", false, "()", &[0; 8]);
    let records = || {
        npy(
            "[('id', '<i4'), ('name)', '<U4', (2,))]",
            false,
            "(1,)",
            &[0; 36],
        )
    };
    let objects = || npy("'|O'", false, "()", b"pickled");
    let note = |arrays: Vec<(&str, Vec<u8>)>| {
        dir.file("a.npz", npz(&arrays));
        let outcome = dir.run("encode a.npz");
        let note = outcome.err.lines().last().unwrap().to_owned();
        assert_eq!(sources(&outcome.ok()), ["a.npz:masks"]);
        note
    };
    assert_eq!(
        note(vec![("masks", stack()), ("class_ids", ids())]),
        "1 array of one dimension left out: class_ids"
    );
    // Whatever their type, and wherever they stand.
    assert_eq!(
        note(vec![
            ("scores", scores()),
            ("names", names()),
            ("masks", stack())
        ]),
        "2 arrays of one dimension left out: names, scores"
    );
    assert_eq!(
        note(vec![
            ("masks", stack()),
            ("version", version()),
            ("meta", objects())
        ]),
        "2 arrays of one dimension or none left out: meta, version"
    );
    assert_eq!(
        note(vec![("records", records()), ("masks", stack())]),
        "1 array of one dimension left out: records"
    );
}

#[test]
fn an_archive_of_rows_alone_has_masks() {
    let dir = TestDir::new();
    let row = || bytes("(3,)", &[0, 1, 1]);
    dir.file("a.npz", npz(&[("a", row()), ("b", row())]));
    let rows = dir.run("encode --format coco-counts a.npz").ok();
    assert_eq!(sources(&rows), ["a.npz:a", "a.npz:b"]);
    assert!(rows.contains(r#""size":[1,3],"counts":[1,2]"#), "{rows}");
    // A file is a mask, whatever its dimensions.
    dir.file("row.npy", row());
    assert_eq!(dir.run("encode row.npy").ok().lines().count(), 1);
}

#[test]
fn arrays_by_their_names() {
    let dir = TestDir::new();
    let row = || bytes("(3,)", &[0, 1, 1]);
    let boxes = || npy("'<f4'", false, "(2, 4)", &[0; 32]);
    dir.file(
        "a.npz",
        npz(&[("masks", stack()), ("boxes", boxes()), ("valid", row())]),
    );
    dir.file("b.npz", npz(&[("masks", stack())]));
    let encode = |options: &str| dir.run(&format!("encode --quiet {options}"));
    assert_eq!(
        sources(&encode("--array masks a.npz").ok()),
        ["a.npz:masks"]
    );
    let rows = encode("--array masks.npy a.npz b.npz").ok();
    assert_eq!(sources(&rows), ["a.npz:masks", "b.npz:masks"]);
    // Asked for, a row is a mask.
    let rows = encode("--array valid --array masks a.npz").ok();
    assert_eq!(sources(&rows), ["a.npz:masks", "a.npz:valid"]);
    encode("--array mask a.npz").fails(
        "error: a.npz: ",
        "no array of --array mask in it: there are masks, boxes, valid",
    );
    let outcome = encode("--array masks --array scores a.npz");
    assert_eq!(outcome.err, "error: --array scores: no archive has it\n");
    assert_eq!((outcome.status, outcome.out.lines().count()), (1, 2));
    let coins = data("coins.npy");
    let outcome = encode(&format!("--array masks {coins}"));
    assert_eq!(outcome.err, "error: --array masks: no archive has it\n");
    assert_eq!((outcome.status, outcome.out.lines().count()), (1, 22));
    // It is one archive that lacks the array.
    dir.file("c.npz", npz(&[("other", stack())]));
    let outcome = encode("--array masks c.npz b.npz");
    assert!(
        outcome.err.starts_with("error: c.npz: no array"),
        "{}",
        outcome.err
    );
    assert_eq!((outcome.status, outcome.out.lines().count()), (1, 2));
}

/// An archive in which `change` has changed the list of entries, which each entry has 46 bytes and
/// its name in.
fn with_entries(arrays: &[(&str, Vec<u8>)], change: impl Fn(usize, &mut [u8])) -> Vec<u8> {
    let mut file = npz(arrays);
    let mut at = file
        .windows(4)
        .position(|bytes| bytes == b"PK\x01\x02")
        .unwrap();
    for entry in 0..arrays.len() {
        let name = usize::from(u16::from_le_bytes([file[at + 28], file[at + 29]]));
        let extra = usize::from(u16::from_le_bytes([file[at + 30], file[at + 31]]));
        change(entry, &mut file[at..at + 46 + name]);
        at += 46 + name + extra;
    }
    file
}

#[test]
fn entries_of_one_name_are_an_error() {
    let dir = TestDir::new();
    let arrays = [("m1", stack()), ("m2", stack()), ("m3", stack())];
    let renamed = |which: usize, name: u8| {
        with_entries(&arrays, |entry, bytes| {
            if entry == which {
                bytes[47] = name;
            }
        })
    };
    for (which, name, called) in [(1, b'1', "m1"), (2, b'1', "m1"), (0, b'3', "m3")] {
        dir.file("a.npz", renamed(which, name));
        dir.run("encode --quiet a.npz").fails(
            "error: a.npz: ",
            &format!("two of its entries are called \"{called}.npy\""),
        );
    }
}

#[test]
fn entries_that_share_bytes_are_an_error() {
    let dir = TestDir::new();
    let arrays = [("m1", stack()), ("m2", stack()), ("m3", stack())];
    dir.file("good.npz", npz(&arrays));
    assert_eq!(dir.run("encode good.npz").ok().lines().count(), 6);
    // All entries are the first.
    let same = with_entries(&arrays, |_, bytes| bytes[42..46].fill(0));
    // The first reaches into the second, or beyond all.
    let longer = |by: u32| {
        with_entries(&arrays, |entry, bytes| {
            let size = u32::from_le_bytes(bytes[20..24].try_into().unwrap());
            if entry == 0 {
                bytes[20..24].copy_from_slice(&(size + by).to_le_bytes());
            }
        })
    };
    for file in [same, longer(8), longer(1 << 20)] {
        dir.file("a.npz", file);
        let outcome = dir.run("encode --quiet a.npz good.npz");
        assert_eq!((outcome.status, outcome.out.lines().count()), (1, 6));
        assert!(
            outcome
                .err
                .starts_with("error: a.npz: its entries \"m1.npy\" and \"m2.npy\" share"),
            "{}",
            outcome.err
        );
    }
    let last = with_entries(&arrays, |entry, bytes| {
        if entry == 2 {
            bytes[20..24].copy_from_slice(&(1u32 << 20).to_le_bytes());
        }
    });
    dir.file("a.npz", last).run("encode --quiet a.npz").fails(
        "error: a.npz: ",
        "its entry \"m3.npy\" shares bytes with the list of entries",
    );
}

/// One line, however many pictures there are.
#[test]
fn archives_of_pictures_are_to_be_unpacked() {
    use std::io::Write;
    let dir = TestDir::new();
    let mut archive = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for name in ["notes.txt", "masks/a.PNG", "masks/b.png"] {
        let options = zip::write::SimpleFileOptions::default();
        archive.start_file(name, options).unwrap();
        archive.write_all(b"\x89PNG").unwrap();
    }
    dir.file("a.zip", archive.finish().unwrap().into_inner());
    dir.run("encode -q a.zip -o out.jsonl").fails(
        "error: a.zip: a zip archive of pictures, such as \"masks/a.PNG\", and no arrays: ",
        "unpack it first",
    );
}
