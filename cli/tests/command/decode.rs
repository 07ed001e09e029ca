//! `decode`: encoded masks back to pixels.

use ndarray::{Array2, Array3, arr3};
use ndarray_npy::{NpzReader, ReadNpyExt};

use crate::{TestDir, bytes, data};

fn array<T: ndarray_npy::ReadableElement>(dir: &TestDir, name: &str) -> Array3<T> {
    Array3::read_npy(std::fs::File::open(dir.path(name)).unwrap()).unwrap()
}

#[test]
fn every_format_brings_back_the_pixels() {
    let dir = TestDir::new();
    let coins = data("coins.npy");
    let pixels = Array3::<u8>::read_npy(std::fs::File::open(&coins).unwrap()).unwrap();
    for options in [
        "--format coco",
        "--format coco-counts",
        "--format values",
        "--format values --order column",
        "--format kaggle",
        "--format kaggle --order row --empty -1",
    ] {
        dir.run(&format!("encode {options} {coins} -o rows")).ok();
        let csv = if options.contains("kaggle") {
            "--size 152,192 "
        } else {
            ""
        };
        let row = if options.contains("--empty") {
            "--order row --empty -1 "
        } else {
            ""
        };
        dir.run(&format!("decode rows {csv}{row}-o back.npy")).ok();
        assert_eq!(array::<u8>(&dir, "back.npy"), pixels, "{options}");
    }
}

#[test]
fn labels_come_back_in_the_smallest_type() {
    let dir = TestDir::new();
    for (low, high) in [
        (0i64, 255i64),
        (-1, 127),
        (0, 256),
        (-129, 127),
        (0, 65536),
        (-1, 40_000),
        (0, 4_294_967_295),
    ] {
        let row =
            format!(r#"{{"size":[1,3],"order":"row","values":[{low},{high}],"counts":[1,2]}}"#);
        dir.file("rows", row).run("decode rows -o back.npy").ok();
        let header = std::fs::read(dir.path("back.npy")).unwrap();
        let has = |descr: &str| {
            header
                .windows(descr.len())
                .any(|bytes| bytes == descr.as_bytes())
        };
        let descr = match (low, high) {
            (0, 255) => "'|u1'",
            (-1, 127) => "'|i1'",
            (0, 256) => "'<u2'",
            (-129, 127) => "'<i2'",
            (0, 65536) | (0, 4_294_967_295) => "'<u4'",
            _ => "'<i4'",
        };
        assert!(has(descr), "{low}..={high}");
    }
    dir.file("map.npy", bytes("(2, 3)", &[0, 7, 7, 2, 2, 7]));
    dir.run("encode --labels --format values --order column map.npy -o rows")
        .ok();
    dir.run("decode rows -o back.npy").ok();
    assert_eq!(
        array::<u8>(&dir, "back.npy"),
        arr3(&[[[0u8, 7, 7], [2, 2, 7]]])
    );
}

#[test]
fn coco_results() {
    let dir = TestDir::new();
    let results = r#"[
  {"image_id": 1, "category_id": 2, "segmentation": {"size": [2, 3], "counts": "231"}, "score": 0.5},
  {"image_id": 1, "category_id": 2, "segmentation": {"size": [2, 3], "counts": [0, 6]}}
]"#;
    dir.file("results.json", results)
        .run("decode results.json -o masks.npy")
        .ok();
    assert_eq!(
        array::<u8>(&dir, "masks.npy"),
        arr3(&[[[0, 1, 1], [0, 1, 0]], [[1, 1, 1], [1, 1, 1]]])
    );
}

#[test]
fn sizes_that_differ_go_to_an_archive() {
    let dir = TestDir::new();
    let rows = "\n{\"size\":[2,3],\"counts\":\"231\"}\n\n{\"size\":[1,2],\"counts\":[0,2]}\n";
    dir.file("rows", rows)
        .run("decode rows -o masks.npy")
        .fails("error: rows: ", "write them to a .npz file");
    dir.run("decode rows -o masks.npz").ok();
    let mut archive = NpzReader::new(std::fs::File::open(dir.path("masks.npz")).unwrap()).unwrap();
    let first: Array2<u8> = archive.by_name("mask_0").unwrap();
    let second: Array2<u8> = archive.by_name("mask_1").unwrap();
    assert_eq!(
        (first, second),
        (
            ndarray::arr2(&[[0, 1, 1], [0, 1, 0]]),
            ndarray::arr2(&[[1, 1]])
        )
    );
    assert_eq!(dir.files(), ["masks.npz", "rows"]);
    // The output can be encoded again.
    assert_eq!(dir.run("encode masks.npz").ok().lines().count(), 2);
}

#[test]
fn masks_of_no_pixels() {
    let dir = TestDir::new();
    dir.file("flat.npy", bytes("(2, 0, 5)", &[]))
        .run("encode flat.npy -o rows")
        .ok();
    dir.run("decode rows -o back.npy").ok();
    assert_eq!(array::<u8>(&dir, "back.npy").dim(), (2, 0, 5));
}

/// Asserts that decoding a file with this text fails with one line, and that nothing is written.
#[track_caller]
fn refused(text: &str, options: &str, begins: &str, why: &str) {
    let dir = TestDir::new();
    let line = format!("decode rows {options} -o out.npy");
    dir.file("rows", text).run(&line).fails(begins, why);
    assert_eq!(dir.files(), ["rows"]);
}

#[test]
fn labels_beyond_32_bits_are_decoded() {
    let dir = TestDir::new();
    let row = r#"{"size":[1,3],"order":"row","values":[-1,99999999999],"counts":[1,2]}"#;
    dir.file("rows", row).run("decode rows -o masks.npy").ok();
    let expected = arr3(&[[[-1i64, 99_999_999_999, 99_999_999_999]]]);
    assert_eq!(array::<i64>(&dir, "masks.npy"), expected);
}

#[test]
fn a_bad_row_is_an_error_that_names_its_line() {
    let good = r#"{"size":[2,3],"counts":"231"}"#;
    refused(
        &format!("{good}\n\n{{\"size\":[2,3],\"counts\":\"23\"}}\n"),
        "",
        "error: rows:3: ",
        "6 pixels",
    );
    refused(
        &format!("{good}\n{{\"size\":[2,3],\"counts\":\"23\u{e9}\"}}"),
        "",
        "error: rows:2: ",
        "",
    );
    refused(
        &format!("{good}\nnonsense"),
        "",
        "error: rows:2: ",
        "column 2: `o` where true, false, null, NaN or Infinity should be",
    );
    refused(r#"{"counts":"231"}"#, "", "error: rows:1: ", "no \"size\"");
    refused(r#"{"size":[2,3]}"#, "", "error: rows:1: ", "no \"counts\"");
    refused(
        r#"{"size":[2,3],"counts":true}"#,
        "",
        "error: rows:1: ",
        "true where run lengths, a text or a list, should be",
    );
    refused(
        r#"{"size":[2,3],"counts":[-1]}"#,
        "",
        "error: rows:1: ",
        "-1",
    );
    refused(
        r#"{"size":[2,3],"counts":[6],"values":[0]}"#,
        "",
        "error: rows:1: ",
        "no \"order\"",
    );
    refused(
        r#"{"size":[2,3],"counts":[6],"values":[0,1],"order":"row"}"#,
        "",
        "error: rows:1: ",
        "1 counts for 2 values",
    );
    refused(
        r#"{"size":[2,3],"counts":[6],"values":[9223372036854775808],"order":"row"}"#,
        "",
        "error: rows:1: ",
        "9223372036854775808",
    );
    refused(
        r#"{"size":[4294967295,2],"counts":[0]}"#,
        "",
        "error: rows:1: ",
        "the limit is 4294967295",
    );
    refused(
        "[\n{\"size\":[1,1],\"counts\":[1]},\n{\"size\":[1,1],\"counts\":[2]}]",
        "",
        "error: rows:3: item 1: ",
        "1 pixels",
    );
    refused(
        "[\n{\"size\":[1,1],",
        "",
        "error: rows:2: ",
        "cut short: the JSON ends within an object",
    );
    refused(
        "[\n{\"size\":[1,1],\"counts\":[1]},\n",
        "",
        "error: rows:",
        "cut short: the JSON ends where a value should begin",
    );
    refused(
        "[\n{\"size\":[1,1]\n",
        "",
        "error: rows:3: cut short",
        "within an object",
    );
    refused("[\n", "", "error: rows:2: cut short", "within a list");
    refused(
        &"[".repeat(100_000),
        "",
        "error: rows:1: ",
        "more than 1000 lists",
    );
}

#[test]
fn coco_datasets() {
    let dir = TestDir::new();
    let dataset = r#"{
  "annotations": [
    {"id": 1, "image_id": 7, "segmentation": [[1, 0, 3, 0, 3, 1, 2, 1, 2, 2, 1, 2]]},
    {"id": 2, "image_id": 7, "segmentation": {"size": [2, 3], "counts": [0, 6]}}
  ],
  "images": [{"id": 7, "height": 2, "width": 3}]
}"#;
    dir.file("dataset.json", dataset)
        .run("decode dataset.json -o masks.npy")
        .ok();
    assert_eq!(
        array::<u8>(&dir, "masks.npy"),
        arr3(&[[[0, 1, 1], [0, 1, 0]], [[1, 1, 1], [1, 1, 1]]])
    );
    dir.file("none.json", r#"{"images": [], "annotations": []}"#)
        .run("decode none.json -o masks.npy")
        .ok();
    assert_eq!(array::<u8>(&dir, "masks.npy").dim(), (0, 0, 0));
    let polygon = "[\n{\"segmentation\": [[1, 2, 3, 4, 5, 6]]}]";
    refused(
        polygon,
        "",
        "error: rows:2: item 0.segmentation: ",
        "polygons need their image's height and width",
    );
}

#[test]
fn an_object_over_several_lines_is_a_row() {
    let dir = TestDir::new();
    dir.file("rows", "{\n  \"size\": [2, 3],\n  \"counts\": \"231\"\n}\n")
        .run("decode rows -o out.npy")
        .ok();
    assert_eq!(
        array::<u8>(&dir, "out.npy"),
        arr3(&[[[0, 1, 1], [0, 1, 0]]])
    );
}

#[test]
fn a_file_of_no_rows_is_a_stack_of_no_masks() {
    let dir = TestDir::new();
    for text in ["", "\n \n", "[]", "\u{feff}", "ImageId,EncodedPixels\n"] {
        dir.file("rows", text).run("decode rows -o out.npy").ok();
        assert_eq!(array::<u8>(&dir, "out.npy").dim(), (0, 0, 0), "{text:?}");
        dir.run("decode rows --size 3,4 -o out.npy").ok();
        assert_eq!(array::<u8>(&dir, "out.npy").dim(), (0, 3, 4), "{text:?}");
        dir.run("decode rows -o out.npz").ok();
        assert_eq!(
            NpzReader::new(std::fs::File::open(dir.path("out.npz")).unwrap())
                .unwrap()
                .len(),
            0
        );
    }
    dir.file("none.npy", bytes("(0, 3, 4)", &[]))
        .file("zeros.npy", bytes("(2, 3)", &[0; 6]));
    for encode in [
        "encode none.npy",
        "encode --labels zeros.npy",
        "encode --format kaggle none.npy",
    ] {
        dir.run(&format!("{encode} -o rows")).ok();
        dir.run("decode rows -o out.npy").ok();
        assert_eq!(array::<u8>(&dir, "out.npy").dim(), (0, 0, 0), "{encode}");
        assert_eq!(dir.run("encode out.npy").ok(), "");
    }
}

/// It is read twice, which a pipe itself cannot be.
#[test]
#[cfg(unix)]
fn a_pipe_is_decoded() {
    let dir = TestDir::new();
    for text in [
        r#"{"size":[2,3],"counts":"231"}"#,
        r#"[{"segmentation":{"size":[2,3],"counts":[2,3,1]}}]"#,
        "EncodedPixels\n3 3\n",
    ] {
        let output = dir
            .command()
            .args("decode /dev/stdin --size 2,3 -o out.npy".split(' '))
            .write_stdin(text)
            .output()
            .unwrap();
        assert!(output.status.success(), "{output:?}");
        assert_eq!(
            array::<u8>(&dir, "out.npy"),
            arr3(&[[[0, 1, 1], [0, 1, 0]]])
        );
    }
}

/// The type is that of all masks, of which the last may be the one that needs it.
#[test]
fn the_type_holds_the_last_masks_labels() {
    let dir = TestDir::new();
    let row = |value: i64| {
        format!(r#"{{"size":[1,2],"order":"row","values":[0,{value}],"counts":[1,1]}}"#)
    };
    let coco = r#"{"size":[1,2],"counts":[1,1]}"#;
    let rows = [coco.to_owned(), row(7), row(-3), row(70_000)];
    dir.file("rows", rows.join("\n"));
    dir.run("decode rows -o out.npy").ok();
    assert_eq!(
        array::<i32>(&dir, "out.npy"),
        arr3(&[[[0, 1]], [[0, 7]], [[0, -3]], [[0, 70_000]]])
    );
    dir.run("decode rows -o out.npz").ok();
    let mut archive = NpzReader::new(std::fs::File::open(dir.path("out.npz")).unwrap()).unwrap();
    assert_eq!(archive.len(), 4);
    let last: Array2<i32> = archive.by_name("mask_3").unwrap();
    assert_eq!(last, ndarray::arr2(&[[0, 70_000]]));
}

#[test]
fn a_byte_order_mark_is_skipped() {
    let dir = TestDir::new();
    let row = r#"{"size":[2,3],"counts":"231"}"#;
    for text in [
        row.to_owned(),
        format!("[{row}]"),
        "EncodedPixels\n3 3\n".to_owned(),
    ] {
        let text = format!("\u{feff}{text}");
        dir.file("rows", text)
            .run("decode rows --size 2,3 -o out.npy")
            .ok();
        assert_eq!(
            array::<u8>(&dir, "out.npy"),
            arr3(&[[[0, 1, 1], [0, 1, 0]]])
        );
    }
}

#[test]
fn csv_that_is_wrong() {
    let csv = |row: &str| format!("ImageId,EncodedPixels\na,1 1\nb,{row}\n");
    refused(
        &csv("3 5"),
        "--size 2,3",
        "error: rows:3: ",
        "beyond the 6 pixels",
    );
    refused(
        &csv("0 2"),
        "--size 2,3",
        "error: rows:3: ",
        "must be positive",
    );
    refused(&csv("3 2 4 1"), "--size 2,3", "error: rows:3: ", "pair 1");
    refused(&csv("3"), "--size 2,3", "error: rows:3: ", "no length");
    refused(
        &csv("-1"),
        "--size 2,3",
        "error: rows:3: ",
        "not a whole number",
    );
    refused(&csv("1 1,x,y"), "--size 2,3", "error: rows:3: ", "fields");
    refused(&csv("1 1"), "", "error: rows:1: ", "--size H,W is needed");
    refused(
        "hello\n",
        "--size 2,3",
        "error: rows:1: ",
        "neither JSON nor CSV",
    );
}

#[test]
fn output_that_cannot_be_written() {
    let dir = TestDir::new();
    dir.file("rows", r#"{"size":[1,1],"counts":[1]}"#);
    dir.run("decode rows -o nowhere/out.npy")
        .fails("error: nowhere/out.npy: ", "no folder");
    dir.run("decode nothing -o out.npy")
        .fails("error: nothing: ", "no such file");
    assert_eq!(dir.files(), ["rows"]);
}
