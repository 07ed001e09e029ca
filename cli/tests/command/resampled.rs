//! Logits that are seen at the size of the image.

use crate::{TestDir, bytes, npy, npz, png};

/// A `.npy` file of float32.
fn logits(shape: &str, values: &[f32]) -> Vec<u8> {
    let bytes: Vec<u8> = values
        .iter()
        .flat_map(|value| value.to_le_bytes())
        .collect();
    npy("'<f4'", false, shape, &bytes)
}

/// Logits of two masks of 2 x 2: the right half, and the lower half.
fn halves() -> Vec<u8> {
    logits("(2, 2, 2)", &[-1.0, 1.0, -1.0, 1.0, -1.0, -1.0, 1.0, 1.0])
}

#[test]
fn logits_become_masks_of_the_images_size() {
    let dir = TestDir::new();
    dir.file("logits.npy", halves());
    let out = dir.run("encode --threshold 0 --resize 4,8 logits.npy").ok();
    assert_eq!(
        out,
        "{\"source\":\"logits.npy\",\"index\":0,\"size\":[4,8],\"counts\":\"`0`0\"}\n\
         {\"source\":\"logits.npy\",\"index\":1,\"size\":[4,8],\"counts\":\"2220000000000000\"}\n"
    );
    for format in ["coco-counts", "values", "kaggle", "coco-dataset"] {
        let line = format!("encode -q --threshold 0 --resize 4,8 --format {format} logits.npy");
        let out = dir.run(&line).ok();
        let size = match format {
            "kaggle" => "logits_0,17 16",
            "coco-dataset" => "\"height\":4,\"width\":8",
            _ => "\"size\":[4,8]",
        };
        assert!(out.contains(size), "{format}: {out}");
    }
}

#[test]
fn the_own_size_changes_nothing() {
    let dir = TestDir::new();
    let values: Vec<f32> = (0..200 * 3)
        .map(|i| ((i * 37) % 101) as f32 - 50.0)
        .collect();
    dir.file("logits.npy", logits("(3, 10, 20)", &values));
    let own = dir.run("encode -q --threshold 3 logits.npy").ok();
    let resized = dir
        .run("encode -q --threshold 3 --resize 10,20 logits.npy")
        .ok();
    assert_eq!(own, resized);
    // An archive, a folder and standard input go the same way.
    dir.file(
        "all/logits.npz",
        npz(&[("logits", logits("(3, 10, 20)", &values))]),
    );
    let counts = |out: &str| {
        let counts = |line: &str| line[line.find("\"size\"").unwrap()..].to_owned();
        out.lines().map(counts).collect::<Vec<_>>()
    };
    for line in ["all/logits.npz", "all", "-"] {
        let line = format!("encode -q --threshold 3 --resize 10,20 {line}");
        let out = dir
            .run_with(&line, std::fs::read(dir.path("logits.npy")).unwrap())
            .ok();
        assert_eq!(counts(&out), counts(&own));
    }
}

#[test]
fn memory_is_that_of_the_logits() {
    let dir = TestDir::new();
    let values: Vec<f32> = (0..64 * 64).map(|i| (i % 64) as f32 - 31.5).collect();
    dir.file("logits.npy", logits("(1, 64, 64)", &values));
    let options = "--max-memory 1M --memory 1M --format coco-counts";
    let line = format!("encode -q --threshold 0 --resize 20000,30000 {options} logits.npy");
    let out = dir.run(&line).ok();
    assert!(
        out.contains("\"size\":[20000,30000],\"counts\":[300000000,300000000]"),
        "{out}"
    );
}

#[test]
fn what_is_not_resampled() {
    let dir = TestDir::new();
    dir.file("u8.npy", bytes("(1, 4)", &[0, 127, 128, 255]));
    dir.file(
        "f64.npy",
        npy("'<f8'", false, "(1, 1)", &1f64.to_le_bytes()),
    );
    dir.file("bool.npy", npy("'|b1'", false, "(1, 1)", &[1]));
    let gray = png(
        png::ColorType::Grayscale,
        png::BitDepth::Eight,
        [1, 1],
        &[3],
    );
    dir.file("gray.png", gray);
    for (file, name) in [
        ("u8.npy", "uint8"),
        ("f64.npy", "float64"),
        ("bool.npy", "bool"),
        ("gray.png", "uint8"),
    ] {
        let outcome = dir.run(&format!("encode -q --threshold 0 --resize 4,8 {file}"));
        let wrong =
            format!("{name} is not resampled: --resize takes logits of float16 and float32");
        outcome.fails(&format!("error: {file}: "), &wrong);
    }
    for (options, wrong) in [
        ("--resize 4,8", "--threshold"),
        ("--threshold 0 --resize 0,8", "one pixel at least"),
        ("--threshold 0 --resize 4", "not a height and a width"),
        ("--threshold 0 --resize 4,8 --labels", "cannot be used with"),
    ] {
        let outcome = dir.run(&format!("encode {options} u8.npy"));
        assert_eq!(outcome.status, 2, "{options}");
        assert!(outcome.err.contains(wrong), "{options}: {}", outcome.err);
    }
    dir.file("logits.npy", halves());
    dir.run("encode -q --threshold 0 --resize 70000,70000 logits.npy")
        .fails("error: logits.npy: ", "4294967295");
}
