//! Thresholds of floats and integers, together in one run; arrays of four dimensions; hints.

use png::{BitDepth, ColorType};

use crate::{TestDir, bytes, npy, png};

/// Counts of the rows of `encode --format coco-counts`.
#[track_caller]
fn counts(dir: &TestDir, line: &str) -> Vec<String> {
    let out = dir.run(&format!("encode --format coco-counts {line}")).ok();
    let counts = |row: &str| {
        row[row.find("\"counts\":").unwrap() + 9..]
            .trim_end_matches('}')
            .to_owned()
    };
    out.lines().map(counts).collect()
}

#[test]
fn integers_are_compared() {
    let dir = TestDir::new();
    dir.file("u8.npy", bytes("(1, 4)", &[0, 127, 128, 255]));
    assert_eq!(counts(&dir, "--threshold 127 u8.npy"), ["[2,2]"]);
    assert_eq!(counts(&dir, "--threshold 126.5 u8.npy"), ["[1,3]"]);
    assert_eq!(counts(&dir, "--threshold -1 u8.npy"), ["[0,4]"]);
    assert_eq!(counts(&dir, "--threshold 255 u8.npy"), ["[4]"]);
    for (descr, pixels) in [
        ("'<i2'", [-5i16, 0, 300, 301].map(i16::to_le_bytes).concat()),
        ("'>i4'", [-5i32, 0, 300, 301].map(i32::to_be_bytes).concat()),
        (
            "'<i8'",
            [-5i64, 0, 300, 1 << 40].map(i64::to_le_bytes).concat(),
        ),
        (
            "'<u8'",
            [0u64, 1, 300, u64::MAX].map(u64::to_le_bytes).concat(),
        ),
    ] {
        dir.file("wide.npy", npy(descr, false, "(1, 4)", &pixels));
        assert_eq!(
            counts(&dir, "--threshold 300 wide.npy"),
            ["[3,1]"],
            "{descr}"
        );
    }
    let gray = png(
        ColorType::Grayscale,
        BitDepth::Eight,
        [4, 1],
        &[0, 127, 128, 255],
    );
    dir.file("gray.png", gray);
    assert_eq!(counts(&dir, "--threshold 127 gray.png"), ["[2,2]"]);
    let wide = [0u16, 300, 301, 65535].map(u16::to_be_bytes).concat();
    dir.file(
        "wide.png",
        png(ColorType::Grayscale, BitDepth::Sixteen, [4, 1], &wide),
    );
    assert_eq!(counts(&dir, "--threshold 300 wide.png"), ["[2,2]"]);
}

#[test]
fn masks_and_logits_in_one_run() {
    let dir = TestDir::new();
    dir.file("bool.npy", npy("'|b1'", false, "(1, 3)", &[0, 1, 1]));
    let logits = [-1.0f32, 0.2, 0.9].map(f32::to_le_bytes).concat();
    dir.file("logits.npy", npy("'<f4'", false, "(1, 3)", &logits));
    let doubles = [-1.0f64, 0.2, 0.9].map(f64::to_le_bytes).concat();
    dir.file("doubles.npy", npy("'<f8'", false, "(1, 3)", &doubles));
    dir.file("u8.npy", bytes("(1, 3)", &[0, 1, 1]));
    let bits = png(ColorType::Grayscale, BitDepth::One, [3, 1], &[0b0110_0000]);
    dir.file("bits.png", bits);
    let all = "bool.npy logits.npy doubles.npy u8.npy bits.png";
    assert_eq!(
        counts(&dir, &format!("--threshold 0.5 {all}")),
        ["[1,2]", "[2,1]", "[2,1]", "[1,2]", "[1,2]"]
    );
    // Bools are what they are, whatever the threshold of the others.
    assert_eq!(
        counts(&dir, "--threshold 127 bool.npy bits.png u8.npy"),
        ["[1,2]", "[1,2]", "[3]"]
    );
}

#[test]
fn arrays_of_four_dimensions() {
    let dir = TestDir::new();
    let pixels: Vec<u8> = (0..12).collect();
    let values = |options: &str, file: Vec<u8>| {
        dir.file("a.npy", file);
        let out = dir
            .run(&format!("encode --labels --format values {options} a.npy"))
            .ok();
        let row = |row: &str| row[row.find("\"values\":").unwrap()..].to_owned();
        out.lines().map(row).collect::<Vec<_>>()
    };
    let three = values("", bytes("(6, 1, 2)", &pixels));
    assert_eq!(three.len(), 6);
    assert_eq!(values("", bytes("(6, 1, 1, 2)", &pixels)), three);
    assert_eq!(values("", bytes("(2, 3, 1, 2)", &pixels)), three);
    assert_eq!(values("", bytes("(1, 6, 1, 2)", &pixels)), three);
    assert_eq!(
        values("--layout hwn", bytes("(6, 1, 2, 1)", &pixels)),
        three
    );
    let last = values("--layout hwn", bytes("(1, 2, 6)", &pixels));
    assert_eq!(values("--layout hwn", bytes("(1, 1, 2, 6)", &pixels)), last);
    // Rows are counted over both dimensions, and kaggle numbers them.
    dir.file("a.npy", bytes("(2, 3, 1, 2)", &pixels));
    let rows = dir.run("encode --format kaggle a.npy").ok();
    assert!(rows.contains("\na_5,"), "{rows}");
    let fortran = |shape| npy("'|u1'", true, shape, &pixels);
    assert_eq!(
        values("", fortran("(6, 1, 1, 2)")),
        values("", fortran("(6, 1, 2)"))
    );
    dir.file("a.npy", fortran("(2, 3, 1, 2)"))
        .run("encode --quiet a.npy")
        .fails("error: a.npy: ", "ascontiguousarray");
    dir.file("a.npy", bytes("(2, 1, 2, 3)", &pixels))
        .run("encode --quiet --layout hwn a.npy")
        .fails("error: a.npy: ", "b or n is 1");
}

#[test]
fn images_of_few_channels_hint_at_the_layout() {
    let dir = TestDir::new();
    let note = |shape: &str, pixels: usize, options: &str| {
        dir.file("a.npy", bytes(shape, &vec![1; pixels]));
        let outcome = dir.run(&format!("encode {options} a.npy"));
        assert_eq!(outcome.status, 0);
        outcome
            .err
            .lines()
            .skip(1)
            .map(str::to_owned)
            .collect::<Vec<_>>()
    };
    assert_eq!(
        note("(40, 50, 3)", 6000, ""),
        ["a.npy: [40, 50, 3] was read as 40 masks of 50 x 3; --layout hwn reads 3 of 40 x 50"]
    );
    assert_eq!(note("(32, 32, 1)", 1024, "").len(), 1);
    assert_eq!(note("(40, 50, 4)", 8000, "").len(), 1);
    for (shape, pixels) in [
        ("(40, 50, 5)", 10_000),
        ("(3, 50, 3)", 450),
        ("(40, 3, 3)", 360),
        ("(40, 50)", 2000),
    ] {
        assert!(note(shape, pixels, "").is_empty(), "{shape}");
    }
    assert!(note("(40, 50, 3)", 6000, "--layout hwn").is_empty());
    // One line for all.
    dir.file("b.npy", bytes("(40, 50, 3)", &[0; 6000]))
        .file("c.npy", bytes("(40, 50, 3)", &[0; 6000]));
    let err = dir.run("encode b.npy c.npy").err;
    assert_eq!(err.lines().count(), 2, "{err}");
    assert!(err.ends_with(" (and 1 array like it)\n"), "{err}");
}

/// Verbs without the options name the verb that has them.
#[test]
fn hints_name_the_verb_that_has_the_options() {
    let dir = TestDir::new();
    let rgb: Vec<u8> = (0..12).collect();
    let image = crate::png(png::ColorType::Rgb, png::BitDepth::Eight, [2, 2], &rgb);
    let rgba = [9, 9, 9, 255, 9, 9, 9, 0];
    let veiled = crate::png(png::ColorType::Rgba, png::BitDepth::Eight, [2, 1], &rgba);
    dir.file("a.npy", bytes("(40, 50, 3)", &[1; 6000]))
        .file("all/b.npy", bytes("(40, 50, 1)", &[1; 2000]))
        .file("all/c.npy", bytes("(40, 50, 4)", &[1; 8000]))
        .file("image.png", image)
        .file("veiled.png", veiled);
    let hint = "[40, 50, 3] was read as 40 masks of 50 x 3; encode --layout hwn reads 3 of 40 x 50";
    for verb in ["stats", "show --sheet -o out.png"] {
        let err = dir.run(&format!("{verb} a.npy")).err;
        assert!(err.contains(&format!("a.npy: {hint}\n")), "{err}");
        let err = dir.run(&format!("{verb} all")).err;
        assert!(
            err.contains("reads 1 of 40 x 50 (and 1 array like it)\n"),
            "{err}"
        );
        for (file, hint) in [
            (
                "image.png",
                "encode --channels panoptic reads panoptic ids, encode --channels r, ",
            ),
            (
                "veiled.png",
                "encode --channels a reads the opacity, encode --channels r ",
            ),
        ] {
            let outcome = dir.run(&format!("{verb} {file}"));
            outcome.fails(&format!("error: {file}: a PNG "), hint);
        }
    }
    assert!(!dir.run("stats image.png -t 1").err.contains("mask: --"));
}
