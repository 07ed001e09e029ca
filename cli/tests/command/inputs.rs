//! Every type and layout of arrays and images that is read.

use png::{BitDepth, ColorType};

use crate::{TestDir, bytes, data, npy, png};

/// The values of a file of `0 1 / 2 3 / 0 5`, in every type.
const PIXELS: [u8; 6] = [0, 1, 2, 3, 0, 5];

/// End of its row by `--labels --format values`.
const ENCODED: &str =
    r#""size":[3,2],"order":"row","values":[0,1,2,3,0,5],"counts":[1,1,1,1,1,1]}"#;

#[track_caller]
fn assert_labels(dir: &TestDir, name: &str, expected: &str) {
    let out = dir
        .run(&format!("encode --labels --format values {name}"))
        .ok();
    assert!(out.trim_end().ends_with(expected), "{name}: {out}");
}

#[test]
fn integers_of_both_byte_orders() {
    let dir = TestDir::new();
    for width in [1, 2, 4, 8] {
        for kind in ["u", "i"] {
            let little: Vec<u8> = PIXELS
                .iter()
                .flat_map(|&p| (p as u64).to_le_bytes()[..width].to_vec())
                .collect();
            let big: Vec<u8> = PIXELS
                .iter()
                .flat_map(|&p| (p as u64).to_be_bytes()[8 - width..].to_vec())
                .collect();
            let shape = "(3, 2)";
            dir.file(
                "little.npy",
                npy(&format!("'<{kind}{width}'"), false, shape, &little),
            );
            dir.file(
                "big.npy",
                npy(&format!("'>{kind}{width}'"), false, shape, &big),
            );
            assert_labels(&dir, "little.npy", ENCODED);
            assert_labels(&dir, "big.npy", ENCODED);
        }
    }
}

#[test]
fn signed_and_wide_values() {
    let dir = TestDir::new();
    let encode = |descr: &str, pixels: Vec<u8>, expected: &str| {
        dir.file("a.npy", npy(descr, false, "(2,)", &pixels));
        assert_labels(&dir, "a.npy", expected);
    };
    let wide = |values: [i64; 2]| {
        values
            .into_iter()
            .flat_map(i64::to_le_bytes)
            .collect::<Vec<_>>()
    };
    encode(
        "'|i1'",
        vec![255, 3],
        r#""size":[1,2],"order":"row","values":[-1,3],"counts":[1,1]}"#,
    );
    encode(
        "'<i8'",
        wide([-2_147_483_648, 0]),
        r#""values":[-2147483648,0],"counts":[1,1]}"#,
    );
    encode(
        "'<i8'",
        wide([4_294_967_295, 0]),
        r#""values":[4294967295,0],"counts":[1,1]}"#,
    );
    for (values, first) in [
        ([-1, 4_294_967_295], "4294967295"),
        ([0, 1 << 32], "4294967296"),
        ([-1 << 40, 0], "-1099511627776"),
    ] {
        dir.file("a.npy", npy("'<i8'", false, "(2,)", &wide(values)));
        dir.run("encode --quiet a.npy").fails(
            "error: a.npy: ",
            &format!("the value {first} does not fit in 32 bits"),
        );
    }
}

#[test]
fn bools_are_true_whatever_their_byte() {
    let dir = TestDir::new();
    dir.file("a.npy", npy("'|b1'", false, "(4,)", &[0, 1, 1, 7]));
    assert_labels(&dir, "a.npy", r#""values":[0,1],"counts":[1,3]}"#);
    assert!(
        dir.run("encode --format coco-counts a.npy")
            .ok()
            .contains(r#""size":[1,4],"counts":[1,3]"#)
    );
}

#[test]
fn floats_of_every_width() {
    let dir = TestDir::new();
    let values = [1.0, f64::NAN, -0.0, 0.1];
    let double: Vec<u8> = values.into_iter().flat_map(f64::to_be_bytes).collect();
    let single: Vec<u8> = values
        .into_iter()
        .flat_map(|v| (v as f32).to_be_bytes())
        .collect();
    let half: Vec<u8> = values
        .into_iter()
        .flat_map(|v| maskrle::f16::from_f64(v).to_le_bytes())
        .collect();
    dir.file("f8.npy", npy("'>f8'", false, "(4,)", &double));
    dir.file("f4.npy", npy("'>f4'", false, "(4,)", &single));
    dir.file("f2.npy", npy("'<f2'", false, "(4,)", &half));
    for name in ["f8.npy", "f4.npy", "f2.npy"] {
        let out = dir
            .run(&format!("encode --format coco-counts --threshold 0 {name}"))
            .ok();
        assert!(out.contains(r#""counts":[0,1,2,1]"#), "{name}: {out}");
    }
    // 0.1 is above f64's 0.1 in no type but f32, which rounds the threshold as well.
    for name in ["f8.npy", "f4.npy", "f2.npy"] {
        let out = dir
            .run(&format!(
                "encode --format coco-counts --threshold 0.1 {name}"
            ))
            .ok();
        assert!(out.contains(r#""counts":[0,1,3]"#), "{name}: {out}");
    }
}

/// Two masks, `1 2 3 / 4 5 6` and `7 8 9 / 10 11 12`, in each of the four layouts.
#[test]
fn layouts() {
    let dir = TestDir::new();
    let at = |n: usize, y: usize, x: usize| (n * 6 + y * 3 + x + 1) as u8;
    let (mut nhw, mut hwn, mut nhw_fortran, mut hwn_fortran) =
        (vec![0; 12], vec![0; 12], vec![0; 12], vec![0; 12]);
    for (n, y, x) in (0..12).map(|i| (i / 6, i / 3 % 2, i % 3)) {
        nhw[n * 6 + y * 3 + x] = at(n, y, x);
        hwn[y * 6 + x * 2 + n] = at(n, y, x);
        nhw_fortran[n + y * 2 + x * 4] = at(n, y, x);
        hwn_fortran[y + x * 2 + n * 6] = at(n, y, x);
    }
    dir.file("nhw.npy", bytes("(2, 2, 3)", &nhw))
        .file("hwn.npy", bytes("(2, 3, 2)", &hwn));
    dir.file(
        "nhw_fortran.npy",
        npy("'|u1'", true, "(2, 2, 3)", &nhw_fortran),
    );
    dir.file(
        "hwn_fortran.npy",
        npy("'|u1'", true, "(2, 3, 2)", &hwn_fortran),
    );
    let encode = |options: &str, name: &str| {
        let out = dir
            .run(&format!("encode --labels --format values {options} {name}"))
            .ok();
        out.replace(name, "file")
    };
    let expected = encode("--layout nhw", "nhw.npy");
    assert_eq!(expected.lines().count(), 2);
    assert!(
        expected.contains(r#""values":[7,8,9,10,11,12]"#),
        "{expected}"
    );
    assert_eq!(encode("", "nhw_fortran.npy"), expected);
    assert_eq!(encode("--layout hwn", "hwn.npy"), expected);
    assert_eq!(encode("--layout hwn", "hwn_fortran.npy"), expected);
    assert_eq!(
        encode("--layout hwn --memory 1M", "hwn_fortran.npy"),
        expected
    );
}

/// Masks that are interleaved pixel by pixel are separated first where they are larger than a
/// chunk.
#[test]
fn interleaved_stacks_larger_than_a_chunk() {
    let dir = TestDir::new();
    let (n, h, w) = (50, 60, 70);
    let at = |n: usize, y: usize, x: usize| u8::from((n * 7 + y * y + x * 3) % 40 < 9);
    let (mut nhw, mut interleaved) = (Vec::new(), vec![0; n * h * w]);
    for (mask, y, x) in (0..n * h * w).map(|i| (i / (h * w), i / w % h, i % w)) {
        nhw.push(at(mask, y, x));
        interleaved[mask + n * (y + h * x)] = at(mask, y, x);
    }
    let shape = "(50, 60, 70)";
    dir.file("nhw.npy", bytes(shape, &nhw))
        .file("fortran.npy", npy("'|u1'", true, shape, &interleaved));
    let expected = dir
        .run("encode nhw.npy")
        .ok()
        .replace("nhw.npy", "fortran.npy");
    assert_eq!(expected.lines().count(), n);
    assert_eq!(dir.run("encode --memory 1M fortran.npy").ok(), expected);
    // [h, w, n] in C order lies as well.
    let mut hwn = vec![0; n * h * w];
    for (mask, y, x) in (0..n * h * w).map(|i| (i / (h * w), i / w % h, i % w)) {
        hwn[mask + n * (x + w * y)] = at(mask, y, x);
    }
    dir.file("fortran.npy", bytes("(60, 70, 50)", &hwn));
    assert_eq!(
        dir.run("encode --memory 1M --layout hwn fortran.npy").ok(),
        expected
    );
    dir.file(
        "cut.npy",
        &npy("'|u1'", true, shape, &interleaved)[..100_000],
    );
    dir.run("encode --quiet --memory 1M cut.npy")
        .fails("error: cut.npy: ", "truncated");
}

#[test]
fn sizes_of_zero() {
    let dir = TestDir::new();
    dir.file("none.npy", bytes("(0, 5, 5)", &[]))
        .file("flat.npy", bytes("(2, 0, 5)", &[]));
    assert_eq!(dir.run("encode none.npy").ok(), "");
    let out = dir.run("encode flat.npy").ok();
    let first = r#"{"source":"flat.npy","index":0,"size":[0,5],"counts":"0"}"#;
    assert_eq!((out.lines().next(), out.lines().count()), (Some(first), 2));
    assert_eq!(
        dir.run("encode --format kaggle none.npy").ok(),
        "ImageId,EncodedPixels\n"
    );
}

#[test]
fn what_follows_the_pixels_is_ignored() {
    let dir = TestDir::new();
    dir.file("a.npy", bytes("(3, 2)", &[0, 1, 2, 3, 0, 5, 99, 99]));
    assert_labels(&dir, "a.npy", ENCODED);
}

#[test]
fn pngs_are_read_as_they_are_stored() {
    let dir = TestDir::new();
    dir.file(
        "one.png",
        png(
            ColorType::Grayscale,
            BitDepth::One,
            [10, 2],
            &[0b0110_0000, 0b0100_0000, 0, 0],
        ),
    );
    assert_labels(
        &dir,
        "one.png",
        r#""size":[2,10],"order":"row","values":[0,1,0,1,0],"counts":[1,2,6,1,10]}"#,
    );
    dir.file(
        "two.png",
        png(
            ColorType::Grayscale,
            BitDepth::Two,
            [2, 3],
            &[0b0001_0000, 0b1011_0000, 0b0001_0000],
        ),
    );
    assert_labels(
        &dir,
        "two.png",
        r#""size":[3,2],"order":"row","values":[0,1,2,3,0,1],"counts":[1,1,1,1,1,1]}"#,
    );
    dir.file(
        "four.png",
        png(
            ColorType::Indexed,
            BitDepth::Four,
            [2, 3],
            &[0x01, 0x23, 0x05],
        ),
    );
    assert_labels(&dir, "four.png", ENCODED);
    dir.file(
        "eight.png",
        png(ColorType::Grayscale, BitDepth::Eight, [2, 3], &PIXELS),
    );
    assert_labels(&dir, "eight.png", ENCODED);
    dir.file(
        "palette.png",
        png(ColorType::Indexed, BitDepth::Eight, [2, 3], &PIXELS),
    );
    assert_labels(&dir, "palette.png", ENCODED);
    dir.file(
        "sixteen.png",
        png(
            ColorType::Grayscale,
            BitDepth::Sixteen,
            [2, 1],
            &[0x12, 0x34, 0, 1],
        ),
    );
    assert_labels(&dir, "sixteen.png", r#""values":[4660,1],"counts":[1,1]}"#);
}

#[test]
fn the_same_masks_in_other_files_give_the_same_runs() {
    let dir = TestDir::new();
    let rows = |options: &str, name: &str| {
        let source = data(name);
        dir.run(&format!("encode {options} {source}"))
            .ok()
            .replace(&source, "file")
    };
    assert_eq!(rows("", "horse.npy"), rows("", "horse_fortran.npy"));
    assert_eq!(rows("", "horse.npy"), rows("", "horse.png"));
    assert_eq!(
        rows("--labels", "coins_labels.npy"),
        rows("--labels", "coins_labels.png")
    );
    assert_eq!(rows("--labels", "coins_labels.npy").lines().count(), 22);
    assert_eq!(rows("--labels", "coins_u16.png").lines().count(), 22);
    assert_eq!(rows("--labels", "coins_big_endian.npy").lines().count(), 6);
    assert_eq!(rows("--threshold 0", "coins_logits.npy").lines().count(), 1);
}

#[test]
fn files_without_an_extension_are_known_by_their_bytes() {
    let dir = TestDir::new();
    dir.file("array", bytes("(3, 2)", &PIXELS)).file(
        "image",
        png(ColorType::Indexed, BitDepth::Eight, [2, 3], &PIXELS),
    );
    assert_labels(&dir, "array", ENCODED);
    assert_labels(&dir, "image", ENCODED);
}
