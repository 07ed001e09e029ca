//! PNGs within JSON: Supervisely's bitmaps and LabelMe's masks.

use std::io::Write;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use flate2::Compression;
use flate2::write::ZlibEncoder;
use png::{BitDepth, ColorType};

use crate::{TestDir, data, png};

fn base64(bytes: &[u8]) -> String {
    STANDARD.encode(bytes)
}

fn zlib(bytes: &[u8]) -> Vec<u8> {
    let mut packed = ZlibEncoder::new(Vec::new(), Compression::default());
    packed.write_all(bytes).unwrap();
    packed.finish().unwrap()
}

/// A ring of 3 x 3 pixels, as the documentation of `sly.Bitmap.base64_2_data` has it.
const RING: &str = "eJzrDPBz5+WS4mJgYOD19HAJAtLMIMwIInOeqf8BUmwBPiGuQPr///9Lb86/C2QxlgT5BTM4PLuRBuTwebo4hlTMSa44sKHhISMDuxpTYrr03F6gDIOnq5/LOqeEJgDM5ht6";

fn supervisely(objects: &str) -> String {
    format!(
        r#"{{"description": "", "tags": [], "size": {{"height": 5, "width": 6}}, "objects": [{objects}]}}"#
    )
}

fn bitmap(data: &str, origin: &str) -> String {
    supervisely(&format!(
        r#"{{"id": 9, "classTitle": "cell", "geometryType": "bitmap", "bitmap": {{"data": "{data}", "origin": {origin}}}}}"#
    ))
}

/// Counts of the masks of a file, as numbers.
fn counts(dir: &TestDir, file: &str, dialect: &str) -> Vec<String> {
    let line = format!("convert {file} out.jsonl --from {dialect} --to coco-counts");
    dir.run(&line).ok();
    let out = dir.read("out.jsonl");
    let counts = |row: &str| {
        let row: serde_json::Value = serde_json::from_str(row).unwrap();
        row["counts"].to_string()
    };
    out.lines().map(counts).collect()
}

#[test]
fn bitmaps_of_supervisely() {
    let dir = TestDir::new();
    dir.file("a.jpg.json", bitmap(RING, "[2, 1]"));
    let ring = "[11,3,2,1,1,1,2,3,6]";
    assert_eq!(counts(&dir, "a.jpg.json", "supervisely"), [ring]);
    assert_eq!(
        dir.read("out.jsonl"),
        "{\"image_id\":\"a.jpg\",\"category_id\":1,\"size\":[5,6],\"counts\":[11,3,2,1,1,1,2,3,6]}\n"
    );
    // Gray levels, palettes and opacity.
    let ring = [1, 1, 1, 1, 0, 1, 1, 1, 1];
    let rgba: Vec<u8> = ring.iter().flat_map(|&on| [7, 7, 7, 255 * on]).collect();
    for (color, pixels) in [
        (ColorType::Grayscale, ring.to_vec()),
        (ColorType::Indexed, ring.to_vec()),
        (ColorType::Rgba, rgba),
    ] {
        let file = png(color, BitDepth::Eight, [3, 3], &pixels);
        dir.file("b.json", bitmap(&base64(&zlib(&file)), "[2, 1]"));
        let found = counts(&dir, "b.json", "supervisely");
        assert_eq!(found, ["[11,3,2,1,1,1,2,3,6]"], "{color:?}");
        // It need not be packed.
        dir.file("b.json", bitmap(&base64(&file), "[2, 1]"));
        assert_eq!(counts(&dir, "b.json", "supervisely"), found);
    }
}

/// Masks as the tools' own functions pack them: `tests/data/make_annotators.py`.
#[test]
fn golden_files() {
    let dir = TestDir::new();
    let golden = std::fs::read_to_string(data("golden_annotators.json")).unwrap();
    let golden: Vec<serde_json::Value> = serde_json::from_str(&golden).unwrap();
    assert_eq!(golden.len(), 18);
    for entry in golden {
        for dialect in ["supervisely", "labelme"] {
            dir.file("a.json", entry[dialect].to_string());
            dir.run(&format!("convert a.json out.jsonl --from {dialect}"))
                .ok();
            let row: serde_json::Value = serde_json::from_str(&dir.read("out.jsonl")).unwrap();
            assert_eq!(row["size"], entry["size"], "{dialect}");
            assert_eq!(row["counts"], entry["counts"], "{dialect}");
        }
    }
}

#[test]
fn polygons_of_supervisely() {
    let dir = TestDir::new();
    let square = "[[0, 0], [5, 0], [5, 5], [0, 5]]";
    let hole = "[[1, 1], [3, 1], [3, 3], [1, 3]]";
    let points = format!(r#""points": {{"exterior": {square}, "interior": [{hole}]}}"#);
    dir.file(
        "a.json",
        supervisely(&format!(
            r#"{{"classTitle": "cell", "geometryType": "polygon", {points}}},
               {{"classTitle": "cell", "bitmap": null, {points}}},
               {{"classTitle": "box", "geometryType": "rectangle", {points}}}"#
        )),
    );
    let ring = "[0,6,2,3,2,12,5]";
    assert_eq!(counts(&dir, "a.json", "supervisely"), [ring, ring]);
    let run = dir.run("convert a.json out.json --from supervisely --to coco-dataset");
    assert_eq!(
        run.err,
        "2 masks written anew, 1 object without a mask left out\n"
    );
    assert!(
        dir.read("out.json")
            .contains(r#"{"id":1,"file_name":"a","height":5,"width":6}"#)
    );
}

#[test]
fn bitmaps_that_are_none() {
    let dir = TestDir::new();
    let huge = {
        let mut file = png(ColorType::Grayscale, BitDepth::One, [1, 1], &[0x80]);
        file[16..24].copy_from_slice(&[0, 0, 0xff, 0xff, 0, 0, 0xff, 0xff]);
        file
    };
    let cases = [
        (bitmap("*", "[0, 0]"), "bitmap: data: it is no base64: "),
        (
            bitmap("QUJD", "[0, 0]"),
            "bitmap: data: the PNG: it cannot be read: ",
        ),
        (
            bitmap(&base64(&zlib(b"no PNG at all")), "[0, 0]"),
            "bitmap: data: the PNG: it is no PNG",
        ),
        (
            bitmap(&base64(&zlib(&huge)), "[0, 0]"),
            "bitmap: data: the PNG: ",
        ),
        (
            bitmap(RING, "[4, 1]"),
            "bitmap: its upper left corner is at 4, 1: ",
        ),
        (
            bitmap(RING, "[4294967295, 1]"),
            "bitmap: its upper left corner is at 4294967295, 1: ",
        ),
        (
            bitmap(RING, "[1]"),
            "bitmap: origin: a list where an x and a y should be",
        ),
        (
            bitmap(RING, "[-1, 0]"),
            "bitmap: origin: -1 where a whole number of pixels from 0 on should be",
        ),
    ];
    for (file, expected) in cases {
        dir.file("in.json", file);
        dir.run("convert in.json out.json --from supervisely")
            .fails("error: in.json:1: objects[0]: ", expected);
    }
    dir.file("in.json", r#"{"size": {"height": 5}, "objects": []}"#);
    dir.run("convert in.json out.json --from supervisely")
        .fails("error: in.json:1: size: ", "no \"width\"");
}

/// Packed bytes may be a thousand times as large: it is read as it is needed.
#[test]
fn bitmaps_are_bounded() {
    let dir = TestDir::new();
    let side = 4096;
    let rows = vec![0; side * side];
    let file = png(
        ColorType::Grayscale,
        BitDepth::Eight,
        [side as u32; 2],
        &rows,
    );
    dir.file("in.json", bitmap(&base64(&zlib(&file)), "[0, 0]"));
    dir.run("convert in.json out.json --from supervisely --max-memory 10M")
        .fails("error: in.json:1: objects[0]: ", "--max-memory allows");
}

#[test]
fn masks_of_labelme() {
    let dir = TestDir::new();
    let file = png(
        ColorType::Grayscale,
        BitDepth::One,
        [3, 2],
        &[0b1010_0000, 0b1110_0000],
    );
    let shape = |points: &str, file: &[u8]| {
        format!(
            r#"{{"imagePath": "a.jpg", "imageHeight": 4, "imageWidth": 5, "shapes": [
 {{"label": "cat", "shape_type": "mask", "points": {points}, "mask": "{}"}}]}}"#,
            base64(file)
        )
    };
    dir.file("in.json", shape("[[2, 1.0], [4, 2]]", &file));
    assert_eq!(counts(&dir, "in.json", "labelme"), ["[9,2,3,1,2,2,1]"]);
    for (points, file, expected) in [
        (
            "[[2, 1]]",
            &file[..],
            "points: a mask has two, the corners of its box",
        ),
        (
            "[[2, 1], [3, 2]]",
            &file,
            "mask: it is of 2 x 3, and the box of 2 x 2",
        ),
        (
            "[[3, 1], [5, 2]]",
            &file,
            "mask: its upper left corner is at 3, 1: ",
        ),
        (
            "[[-1, 1], [1, 2]]",
            &file,
            "mask: its upper left corner is at -1, 1, out of the image",
        ),
        ("[[2, 1], [4, 2]]", b"GIF89a", "mask: the PNG: it is no PNG"),
        ("[[2, 1], [4, 2]]", &file[..40], "mask: the PNG: "),
    ] {
        dir.file("in.json", shape(points, file));
        dir.run("convert in.json out.json --from labelme")
            .fails("error: in.json:1: shapes[0]: ", expected);
    }
}
