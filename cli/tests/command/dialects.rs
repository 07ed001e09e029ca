//! Files of datasets and annotators, read by `--from` and written by `--to`.

use crate::{TestDir, data};

/// Two images, two categories with names, a crowd; masks of an image do not stand together.
const DATASET: &str = r#"{"annotations": [
{"id": 1, "image_id": 7, "category_id": 2, "segmentation": {"size": [2, 3], "counts": "231"}},
{"id": 2, "image_id": 8, "category_id": 1, "segmentation": {"size": [3, 2], "counts": "123"}},
{"id": 3, "image_id": 7, "category_id": 1, "iscrowd": 1, "segmentation": {"size": [2, 3], "counts": "015"}},
{"id": 4, "image_id": 8, "category_id": 1, "segmentation": {"size": [3, 2], "counts": "6"}}
], "images": [
{"id": 7, "file_name": "a 1.png", "height": 2, "width": 3},
{"id": 8, "file_name": "b\"<2>.png", "height": 3, "width": 2},
{"id": 9, "file_name": "none.png", "height": 1, "width": 1}
], "categories": [{"id": 1, "name": "cat"}, {"id": 2, "name": "dog_&_cat"}]}"#;

/// Masks, images and categories of a dataset, whatever its ids are.
pub fn masks(dataset: &str) -> Vec<(String, String, String)> {
    let dataset: serde_json::Value = serde_json::from_str(dataset).unwrap();
    let find = |list: &str, id: &serde_json::Value, key: &str| {
        let items = dataset[list].as_array().unwrap();
        let found = items.iter().find(|item| item["id"] == *id).unwrap();
        found[key].as_str().unwrap().to_owned()
    };
    let annotations = dataset["annotations"].as_array().unwrap();
    let mut masks: Vec<_> = annotations
        .iter()
        .map(|annotation| {
            let image = find("images", &annotation["image_id"], "file_name");
            let category = find("categories", &annotation["category_id"], "name");
            (image, category, annotation["segmentation"].to_string())
        })
        .collect();
    masks.sort();
    masks
}

/// Dialect, extension of its files.
const DIALECTS: [(&str, &str); 4] = [
    ("nuimages", "json"),
    ("open-images", "csv"),
    ("cvat", "xml"),
    ("label-studio", "json"),
];

#[test]
fn a_dataset_goes_there_and_comes_back() {
    let dir = TestDir::new();
    // Images without masks do not come back.
    let dataset = DATASET.replace(
        ",\n{\"id\": 9, \"file_name\": \"none.png\", \"height\": 1, \"width\": 1}",
        "",
    );
    dir.file("in.json", &dataset);
    let empty = ",\n{\"id\": 4, \"image_id\": 8, \"category_id\": 1, \"segmentation\": {\"size\": [3, 2], \"counts\": \"6\"}}";
    let expected = masks(&dataset.replace(empty, ""));
    assert_eq!(expected.len(), 3);
    for (dialect, extension) in DIALECTS {
        let file = format!("out.{extension}");
        let run = dir.run(&format!("convert in.json {file} --to {dialect}"));
        assert_eq!(run.status, 0, "{dialect}: {}", run.err);
        assert_eq!(
            run.err, "3 masks written anew, 1 empty mask left out\n",
            "{dialect}"
        );
        dir.run(&format!(
            "convert {file} back.json --from {dialect} --to coco-dataset"
        ))
        .ok();
        assert_eq!(masks(&dir.read("back.json")), expected, "{dialect}");
        // And once more, from a pipe to a pipe: the same file.
        let text = dir.read(&file);
        let line = format!("convert - - --from {dialect} --to {dialect} -q");
        assert_eq!(dir.run_with(&line, text.clone()).out, text, "{dialect}");
    }
}

#[test]
fn what_is_written() {
    let dir = TestDir::new();
    dir.file("in.json", DATASET);
    dir.run("convert in.json out.json --to nuimages").ok();
    let first = r#"[
{"token":"1","sample_data_token":"a 1.png","category_token":"dog_&_cat","attribute_tokens":[],"bbox":[1,0,3,2],"mask":{"size":[2,3],"counts":"MjMx"}},"#;
    assert!(
        dir.read("out.json").starts_with(first),
        "{}",
        dir.read("out.json")
    );
    dir.run("convert in.json out.csv --to open-images").ok();
    let rows = dir.read("out.csv");
    let rows: Vec<_> = rows.lines().collect();
    assert_eq!(rows[0], "ImageID,ImageWidth,ImageHeight,PredictionString");
    assert!(
        rows[1].starts_with("a 1.png,3,2,dog_&_cat 1.0 eN"),
        "{}",
        rows[1]
    );
    assert!(
        rows[2].starts_with("\"b\"\"<2>.png\",2,3,cat 1.0 eN"),
        "{}",
        rows[2]
    );
    assert_eq!(rows[3], "none.png,1,1,");
    dir.run("convert in.json out.xml --to cvat").ok();
    let xml = r#"<?xml version="1.0" encoding="utf-8"?>
<annotations>
  <version>1.1</version>
  <image id="0" name="a 1.png" width="3" height="2">
    <mask label="dog_&amp;_cat" source="manual" occluded="0" rle="0, 3, 1" left="1" top="0" width="2" height="2" z_order="0">
    </mask>
    <mask label="cat" source="manual" occluded="0" rle="0, 1" left="0" top="0" width="1" height="1" z_order="0">
    </mask>
  </image>
"#;
    assert!(
        dir.read("out.xml").starts_with(xml),
        "{}",
        dir.read("out.xml")
    );
    dir.run("convert in.json out.json --to label-studio").ok();
    let tasks = r#"[
{"data":{"image":"a 1.png"},"annotations":[{"result":[
{"type":"brushlabels","value":{"format":"rle","rle":[0,0,0,24,57,27,"#;
    assert!(
        dir.read("out.json").starts_with(tasks),
        "{}",
        dir.read("out.json")
    );
    assert!(dir.read("out.json").ends_with(
        "{\"data\":{\"image\":\"none.png\"},\"annotations\":[{\"result\":[\n\n]}]}\n]\n"
    ));
}

#[test]
fn mots() {
    let dir = TestDir::new();
    dir.file("in.json", DATASET.replace("b\\\"<2>", "seq/000012"))
        .run("convert in.json out.txt --to mots")
        .ok();
    assert_eq!(
        dir.read("out.txt"),
        "1 2000 2 2 3 231\n12 1000 1 3 2 123\n1 10000 10 2 3 015\n"
    );
    dir.run("convert out.txt back.json --from mots --to coco-dataset")
        .ok();
    let back = dir.read("back.json");
    assert!(
        back.contains(r#""id":3,"image_id":1,"category_id":10"#),
        "{back}"
    );
    assert!(
        back.contains(r#""counts":"015"},"area":1,"bbox":[0,0,1,1],"iscrowd":1}"#),
        "{back}"
    );
    // Objects keep their ids from MOTS to MOTS, and are counted from elsewhere.
    dir.file("in.txt", "0 2005 2 2 3 231\n0 2001 2 2 3 015\n");
    dir.run("convert in.txt out.txt --from mots --to mots").ok();
    assert_eq!(dir.read("out.txt"), dir.read("in.txt"));
    dir.run("convert in.txt out.jsonl --from mots").ok();
    dir.run("convert out.jsonl out.txt --to mots").ok();
    assert_eq!(dir.read("out.txt"), "0 2000 2 2 3 231\n0 2001 2 2 3 015\n");
    dir.file("bad.txt", "0 2005 2 2 3 231\n\n0 x 2 2 3 015\n");
    let run = dir.run("convert bad.txt out.json --from mots");
    assert_eq!(
        run.err,
        "error: bad.txt:3: field 1: the id \"x\" is not a whole number of 32 bits\n"
    );
    let run = dir.run("convert bad.txt out.json --from mots --skip-bad");
    assert!(
        run.err
            .ends_with("1 mask written anew, 1 line left out as bad\n"),
        "{}",
        run.err
    );
    let named = dir.run("convert in.json out.txt --to mots --skip-bad");
    assert_eq!(named.status, 0);
    dir.file("named.csv", "ImageId,EncodedPixels\nx,1 1\n");
    let run = dir.run("convert named.csv out.txt --size 2,3 --to mots");
    assert_eq!(
        run.err,
        "error: named.csv:2: the image \"x\" does not end in the number of a frame\n"
    );
}

#[test]
fn yolo() {
    let dir = TestDir::new();
    let one = r#"[{"image_id": 1, "category_id": 4, "segmentation": {"size": [4, 5], "counts": [5, 2, 2, 2, 9]}},
{"image_id": 1, "category_id": 0, "segmentation": {"size": [4, 5], "counts": [0, 1, 18, 1]}}]"#;
    dir.file("in.json", one)
        .run("convert in.json 1.txt --to yolo")
        .ok();
    assert_eq!(
        dir.read("1.txt"),
        "4 0.2 0.25 0.6 0.25 0.6 0.75 0.2 0.75\n\
         0 0 0 0.2 0 0.2 0.25 0 0.25 0 0 0.8 0.75 1 0.75 1 1 0.8 1 0.8 0.75\n"
    );
    dir.run("convert 1.txt back.json --from yolo --size 4,5 --to coco-results")
        .ok();
    assert_eq!(
        dir.read("back.json"),
        r#"[
{"image_id":1,"category_id":4,"segmentation":{"size":[4,5],"counts":"52207"},"score":1.0},
{"image_id":1,"category_id":0,"segmentation":{"size":[4,5],"counts":"01b00"},"score":1.0}
]
"#
    );
    let size = dir.run("convert 1.txt back.json --from yolo");
    assert!(size.err.contains("--size H,W is needed"), "{}", size.err);
    let stairs = r#"[{"image_id": 1, "category_id": 0, "segmentation": {"size": [4, 4], "counts": [0, 4, 1, 3, 2, 2, 3, 1]}}]"#;
    dir.file("stairs.json", stairs);
    dir.run("convert stairs.json 1.txt --to yolo --tolerance 0.75")
        .ok();
    assert_eq!(dir.read("1.txt"), "0 0 0 1 1 0 1\n");
    for line in [
        "--to coco --tolerance 1",
        "--to yolo --tolerance -1",
        "--to yolo --tolerance nan",
    ] {
        assert_eq!(
            dir.run(&format!("convert in.json 1.txt {line}")).status,
            2,
            "{line}"
        );
    }
    dir.file("box.txt", "0 0.5 0.5 0.5 0.5\n1 0 0 1 0 1 1 0.25\n");
    let run = dir.run("convert box.txt out.jsonl --from yolo --size 4,5");
    assert_eq!(
        run.err,
        "1 mask written anew, 1 line without a mask left out\n"
    );
    assert!(
        dir.read("out.jsonl")
            .starts_with(r#"{"image_id":"box","category_id":1,"score":0.25,"#)
    );
    dir.file(
        "two.json",
        one.replacen("\"image_id\": 1", "\"image_id\": 2", 1),
    );
    let run = dir.run("convert two.json 1.txt --to yolo");
    assert!(
        run.err.contains("YOLO has a file for each image"),
        "{}",
        run.err
    );
}

/// Encode writes them too: pixels to each, and back to the masks of its own rows.
#[test]
fn pixels_to_dialects() {
    let dir = TestDir::new();
    let coins = data("coins.npy");
    dir.run(&format!("encode -q {coins} -o rows.jsonl")).ok();
    dir.run("convert rows.jsonl expected.json --to coco-dataset")
        .ok();
    let expected = masks(&dir.read("expected.json"));
    assert_eq!(expected.len(), 22);
    for (dialect, extension) in DIALECTS {
        let file = format!("out.{extension}");
        dir.run(&format!("encode -q {coins} --format {dialect} -o {file}"))
            .ok();
        dir.run(&format!(
            "convert {file} back.json --from {dialect} --to coco-dataset"
        ))
        .ok();
        let back = masks(&dir.read("back.json"));
        let segmentations = |masks: &[(String, String, String)]| {
            let mut found: Vec<_> = masks.iter().map(|mask| mask.2.clone()).collect();
            found.sort();
            found
        };
        assert_eq!(segmentations(&back), segmentations(&expected), "{dialect}");
        assert!(
            back.iter()
                .all(|mask| mask.0 == "coins.npy" && mask.1 == "object"),
            "{dialect}"
        );
    }
    dir.run(&format!(
        "encode -q {coins} --format mots --stack images -o out.txt"
    ))
    .ok();
    assert!(
        dir.read("out.txt")
            .lines()
            .nth(21)
            .unwrap()
            .starts_with("21 1000 1 152 192 ")
    );
}

/// A PNG is no stack: its label map's rows are of an image that is called as the file is, as it is
/// where the masks come from the pixels.
#[test]
fn a_png_keeps_its_name() {
    let dir = TestDir::new();
    let labels = data("coins_labels.png");
    std::fs::copy(labels, dir.path("frame_7.png")).unwrap();
    dir.run("encode -q --labels frame_7.png -o rows.jsonl").ok();
    for (dialect, extension) in [("cvat", "xml"), ("label-studio", "json"), ("mots", "txt")] {
        let [direct, rows] = ["direct", "rows"].map(|name| format!("{name}.{extension}"));
        dir.run(&format!(
            "encode -q --labels --categories label frame_7.png --format {dialect} -o {direct}"
        ))
        .ok();
        dir.run(&format!("convert -q rows.jsonl {rows} --to {dialect}"))
            .ok();
        assert!(!dir.read(&rows).contains("frame_7.png:"), "{dialect}");
        assert!(dir.read(&rows) == dir.read(&direct), "{dialect}");
    }
    dir.run("convert rows.jsonl set.json --to coco-dataset")
        .ok();
    assert!(
        dir.read("set.json")
            .contains("\"file_name\":\"frame_7.png\"")
    );
}

#[test]
fn options_that_do_not_go_together() {
    let dir = TestDir::new();
    dir.file("in.json", DATASET);
    for (line, expected) in [
        (
            "in.json out.json --to cvat",
            "OUT ends in .json, and cvat is XML: .xml",
        ),
        (
            "in.json out.xml",
            "OUT ends in .xml, and coco is JSON: .jsonl or .json",
        ),
        (
            "in.json out.json --to open-images",
            "OUT ends in .json, and open-images is CSV: .csv",
        ),
    ] {
        let run = dir.run(&format!("convert {line}"));
        assert_eq!(run.status, 2, "{line}: {}", run.err);
        assert!(run.err.contains(expected), "{}", run.err);
    }
    let run = dir.run("convert in.json out.json --from label-studio");
    assert_ne!(run.status, 0);
    assert!(run.err.contains("in.json:1: "), "{}", run.err);
    let two = DATASET.replace("b\\\"<2>.png", "a 1.png");
    dir.file("two.json", two);
    let run = dir.run("convert two.json out.xml --to cvat");
    assert!(
        run.err.contains("the image \"a 1.png\" would be that of the image 7 (a 1.png) and of the image 8 (a 1.png)"),
        "{}",
        run.err
    );
}
