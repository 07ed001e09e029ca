//! Archives and folders: many inputs in one.

use crate::{TestDir, bytes, npz};

#[test]
fn archives() {
    let dir = TestDir::new();
    let arrays = [
        ("b", bytes("(1, 2)", &[0, 1])),
        ("bad", b"no".to_vec()),
        ("a", bytes("(1, 1, 2)", &[1, 1])),
    ];
    let outcome = dir.file("two.npz", npz(&arrays)).run("encode two.npz");
    let first = r#"{"source":"two.npz:b","index":0,"size":[1,2],"counts":"11"}"#;
    let second = r#"{"source":"two.npz:a","index":0,"size":[1,2],"counts":"02"}"#;
    assert_eq!(
        (outcome.status, outcome.out),
        (1, format!("{first}\n{second}\n"))
    );
    assert!(
        outcome
            .err
            .starts_with("error: two.npz:bad: not a .npy file"),
        "{}",
        outcome.err
    );
    let out = dir.run("encode --format kaggle two.npz").out;
    assert_eq!(out, "ImageId,EncodedPixels\ntwo_b,2 1\ntwo_a_0,1 2\n");
}

#[test]
fn an_archive_with_a_wrong_checksum_leaves_no_row() {
    let dir = TestDir::new();
    let mut file = npz(&[("a", bytes("(2, 8)", b"pixelspixelspixe"))]);
    // Whether stored or deflated, the checksum no longer agrees.
    let array = file
        .windows(4)
        .position(|bytes| bytes == b"PK\x01\x02")
        .unwrap();
    file[array + 16] ^= 1;
    let outcome = dir
        .file("a.npz", file)
        .run("encode --quiet a.npz -o out.jsonl");
    outcome.fails("error: a.npz:a: ", "hecksum");
    assert_eq!(dir.files(), ["a.npz"]);
}

#[test]
fn a_folder_is_its_files_in_natural_order() {
    let dir = TestDir::new();
    for name in ["img10.npy", "img2.npy", "img1.npy"] {
        dir.file(&format!("masks/{name}"), bytes("(1, 2)", &[0, 1]));
    }
    dir.file("masks/notes.txt", "no mask")
        .file("masks/deeper/img0.npy", "not looked at");
    let out = dir.run("encode --format kaggle masks").ok();
    assert_eq!(
        out,
        "ImageId,EncodedPixels\nimg1,2 1\nimg2,2 1\nimg10,2 1\n"
    );
    assert!(
        dir.run("encode masks")
            .ok()
            .starts_with(r#"{"source":"masks/img1.npy","#)
    );
}

#[test]
fn good_and_bad_files_of_a_folder() {
    let dir = TestDir::new();
    let good = bytes("(1, 2)", &[0, 1]);
    dir.file("masks/1.npy", &good)
        .file("masks/2.npy", &good[..100])
        .file("masks/3.png", "no PNG");
    dir.file(
        "masks/4.npz",
        npz(&[("x", good.clone()), ("y", good[..129].to_vec())]),
    )
    .file("masks/5.npy", &good);
    let outcome = dir.run("encode --quiet masks -o out.jsonl");
    assert_eq!(outcome.status, 1);
    let errors: Vec<_> = outcome
        .err
        .lines()
        .map(|line| line.split(": ").take(2).collect::<Vec<_>>().join(": "))
        .collect();
    assert_eq!(
        errors,
        [
            "error: masks/2.npy",
            "error: masks/3.png",
            "error: masks/4.npz:y"
        ],
        "{}",
        outcome.err
    );
    let rows = dir.read("out.jsonl");
    let sources: Vec<_> = rows
        .lines()
        .map(|row| row.split('"').nth(3).unwrap())
        .collect();
    assert_eq!(sources, ["masks/1.npy", "masks/4.npz:x", "masks/5.npy"]);
}
