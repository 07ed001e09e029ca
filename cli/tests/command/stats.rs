//! `maskrle stats`.

use serde_json::{Value, json};

use super::{TestDir, bytes, data, npy, npz, png};

fn stats(dir: &TestDir, line: &str) -> Value {
    serde_json::from_str(&dir.run(line).ok()).unwrap()
}

/// Two masks of 2 x 3 and an empty one of 4 x 5.
const ROWS: &str = r#"{"source":"a.npy","index":0,"size":[2,3],"counts":"33"}
{"source":"a.npy","index":1,"value":7,"size":[2,3],"counts":[0,1,1,1,1,1,1]}
{"source":"b.npy","index":0,"size":[4,5],"counts":[20]}
"#;

#[test]
fn numbers_as_json() {
    let dir = TestDir::new();
    dir.file("rows.jsonl", ROWS);
    let record = |index, label: Value, image: &str, runs| {
        json!({"index": index, "label": label, "image": image,
               "size": [2, 3], "area": 3, "runs": runs})
    };
    let densest = record(1, json!(7), "a.npy, mask 1", 6);
    let largest = record(0, Value::Null, "a.npy, mask 0", 2);
    let expected = json!({
        "schema": 1,
        "file": "rows.jsonl",
        "file_bytes": ROWS.len(),
        "rows": 3,
        "masks": 3,
        "without_mask": 0,
        "empty": 1,
        "sizes": [{"size": [2, 3], "masks": 2}, {"size": [4, 5], "masks": 1}],
        "pixels": {"total": 32, "least": 6, "most": 20, "mean": 32.0 / 3.0},
        "area": {"total": 6, "least": 0, "most": 3, "mean": 2.0},
        "runs": {"total": 9, "least": 1, "most": 6, "mean": 3.0},
        // "33", "0110000" and "d0".
        "coco_bytes": {"total": 11, "least": 2, "most": 7, "mean": 11.0 / 3.0},
        "compression": {"of_a_bit_a_pixel": 32.0 / 88.0, "of_a_byte_a_pixel": 32.0 / 11.0},
        "largest": largest,
        "densest": densest,
    });
    assert_eq!(stats(&dir, "stats rows.jsonl --json"), expected);
}

#[test]
fn a_table_to_read() {
    let dir = TestDir::new();
    dir.file("rows.jsonl", ROWS);
    let expected = "\
rows.jsonl: 3 masks in 3 rows, 1 of them empty
  a mask      least  mean  most  in all
  pixels          6  10.7    20      32
  area            0   2.0     3       6
  runs            1   3.0     6       9
  COCO bytes      2   3.7     7      11
  sizes        2 x 3 (2), 4 x 5 (1)
  compression  a bit a pixel takes 0.4 times as much, a byte 2.9 times
  largest      row 0, a.npy, mask 0: 3 pixels
  densest      row 1, label 7, a.npy, mask 1: 6 runs, 1.0000 a pixel
";
    assert_eq!(dir.run("stats rows.jsonl").ok(), expected);
}

/// Masks give equal numbers in every format; a label map counts as its labels' masks.
#[test]
fn every_format_gives_the_same_numbers() {
    let dir = TestDir::new();
    let labels = data("coins_labels.npy");
    let mut found = Vec::new();
    for format in [
        "coco",
        "coco-counts",
        "coco-results",
        "coco-dataset",
        "values",
        "kaggle",
    ] {
        let line = format!("encode --quiet --labels --format {format} {labels} -o {format}");
        dir.run(&line).ok();
        let size = if format == "kaggle" {
            " --size 303,384"
        } else {
            ""
        };
        let stats = stats(&dir, &format!("stats --json {format}{size}"));
        let keys = [
            "masks",
            "empty",
            "sizes",
            "pixels",
            "area",
            "runs",
            "coco_bytes",
            "compression",
        ];
        found.push(keys.map(|key| stats[key].clone()));
        assert_eq!(
            stats["rows"],
            if format == "values" { 1 } else { 22 },
            "{format}"
        );
        let largest = &stats["largest"];
        assert_eq!(
            (&largest["area"], &largest["size"]),
            (&json!(3118), &json!([303, 384])),
            "{format}"
        );
    }
    assert_eq!(found[0][0], 22);
    assert!(
        found.iter().all(|numbers| *numbers == found[0]),
        "{found:#?}"
    );
}

#[test]
fn polygons_count_as_their_masks() {
    let dir = TestDir::new();
    let dataset = r#"{"images": [{"id": 5, "height": 3, "width": 4, "file_name": "x.jpg"}],
        "annotations": [{"id": 1, "image_id": 5, "category_id": 2,
                         "segmentation": [[1, 1, 4, 1, 4, 3, 1, 3]]}]}"#;
    dir.file("dataset.json", dataset);
    let stats = stats(&dir, "stats --json dataset.json");
    assert_eq!(
        (&stats["area"]["total"], &stats["runs"]["total"]),
        (&json!(6), &json!(6))
    );
    assert_eq!(stats["largest"]["image"], "the image 5 (x.jpg)");
    assert_eq!(stats["largest"]["label"], 2);
}

/// A mask of no pixels is not dense, and hides none that is.
#[test]
fn density_is_of_pixels() {
    let dir = TestDir::new();
    let none = r#"{"size":[0,3],"counts":""}"#;
    dir.file("rows.jsonl", format!("{none}\n{ROWS}"))
        .file("none.jsonl", none);
    assert_eq!(stats(&dir, "stats --json rows.jsonl")["densest"]["runs"], 6);
    assert_eq!(
        stats(&dir, "stats --json none.jsonl")["densest"],
        Value::Null
    );
}

#[test]
fn nothing_is_no_mask() {
    let dir = TestDir::new();
    dir.file("none.jsonl", "").file("none.json", "[]");
    for file in ["none.jsonl", "none.json"] {
        assert_eq!(
            dir.run(&format!("stats {file}")).ok(),
            format!("{file}: 0 masks in 0 rows, 0 of them empty\n")
        );
        let stats = stats(&dir, &format!("stats --json {file}"));
        assert_eq!(
            (&stats["compression"], &stats["area"]["mean"]),
            (&Value::Null, &Value::Null)
        );
    }
}

#[test]
fn bad_files_are_one_line() {
    let dir = TestDir::new();
    dir.run("stats nowhere.json")
        .fails("error: nowhere.json: no such file", "");
    dir.file(
        "cut.jsonl",
        format!("{ROWS}{{\"size\":[2,3],\"counts\":\"1P\"}}\n"),
    );
    dir.run("stats cut.jsonl")
        .fails("error: cut.jsonl:4", "the string ends within a number");
    dir.file("rows.csv", "ImageId,EncodedPixels\na,1 2\n");
    dir.run("stats rows.csv")
        .fails("error: rows.csv:1", "--size H,W is needed");
    // Names are shown, and do not command the terminal.
    dir.file(
        "names.jsonl",
        r#"{"source":"a\u001b[31m","index":0,"size":[2,3],"counts":"33"}"#,
    );
    assert!(!dir.run("stats names.jsonl").ok().contains('\u{1b}'));
}

/// Pixels give the numbers of the rows that they are encoded to.
#[test]
fn pixels_are_counted_as_their_masks() {
    let dir = TestDir::new();
    let keys = [
        "masks",
        "empty",
        "sizes",
        "area",
        "runs",
        "coco_bytes",
        "compression",
        "densest",
    ];
    let numbers = |line: &str| {
        let stats = stats(&dir, line);
        keys.map(|key| match &stats[key] {
            Value::Object(record) if key == "densest" => record["runs"].clone(),
            value => value.clone(),
        })
    };
    let labels = data("coins_labels.npy");
    dir.run(&format!("encode --quiet --labels {labels} -o rows.jsonl"))
        .ok();
    assert_eq!(
        numbers(&format!("stats --json {labels}")),
        numbers("stats --json rows.jsonl")
    );
    let logits = data("coins_logits.npy");
    dir.run(&format!(
        "encode --quiet --threshold 0 {logits} -o rows.jsonl"
    ))
    .ok();
    assert_eq!(
        numbers(&format!("stats --json {logits} --threshold 0")),
        numbers("stats --json rows.jsonl")
    );
    dir.run(&format!("stats {logits}"))
        .fails("error: ", "floats need --threshold T");
    assert_eq!(dir.run("stats rows.jsonl --threshold 0").status, 2);

    let mask = [0, 1, 1, 0, 0, 1];
    dir.file("a.npy", bytes("(2, 3)", &mask));
    dir.file("stack.npy", bytes("(2, 2, 3)", &[mask, [0; 6]].concat()));
    dir.file(
        "a.png",
        png(
            png::ColorType::Grayscale,
            png::BitDepth::Eight,
            [3, 2],
            &mask,
        ),
    );
    dir.file(
        "both.npz",
        npz(&[
            ("a", bytes("(2, 3)", &mask)),
            ("b", bytes("(2, 3)", &[0; 6])),
        ]),
    );
    for name in ["1.npy", "2.npy"] {
        let pixels = if name == "1.npy" { mask } else { [0; 6] };
        dir.file(&format!("folder/{name}"), bytes("(2, 3)", &pixels));
    }
    for one in ["a.npy", "a.png"] {
        let stats = stats(&dir, &format!("stats --json {one}"));
        assert_eq!(
            (&stats["masks"], &stats["largest"]["area"]),
            (&json!(1), &json!(3))
        );
        assert_eq!(stats["largest"]["image"], one);
        assert_eq!(stats["file_bytes"], dir.path(one).metadata().unwrap().len());
    }
    for (two, image) in [
        ("stack.npy", "stack.npy, mask 0"),
        ("both.npz", "both.npz:a"),
        ("folder", "folder/1.npy"),
    ] {
        let stats = stats(&dir, &format!("stats --json {two}"));
        assert_eq!(
            (&stats["masks"], &stats["empty"]),
            (&json!(2), &json!(1)),
            "{two}"
        );
        assert_eq!(stats["largest"]["image"], image);
        assert_eq!(stats["file"], two);
    }
}

#[test]
fn bad_pixels_are_one_line() {
    let dir = TestDir::new();
    dir.run("stats nowhere.npy")
        .fails("error: nowhere.npy: no such file", "");
    dir.file("cut.npy", bytes("(2, 3)", &[1; 5]));
    dir.run("stats cut.npy")
        .fails("error: cut.npy: truncated", "");
    dir.file("text.npy", npy("'<U3'", false, "(2,)", &[0; 24]));
    dir.run("stats text.npy")
        .fails("error: text.npy: strings", "");
    dir.file(
        "cut.png",
        &png(
            png::ColorType::Grayscale,
            png::BitDepth::Eight,
            [3, 2],
            &[1; 6],
        )[..40],
    );
    dir.run("stats cut.png").fails("error: cut.png: ", "");
    std::fs::create_dir(dir.path("none")).unwrap();
    dir.run("stats none")
        .fails("error: none: no masks in the folder", "");
}
