//! `convert` from one format to another: no mask is lost on the way.

use crate::convert::DATASET;
use crate::{TestDir, bytes, data};

#[test]
fn kaggle_and_back() {
    let dir = TestDir::new();
    let dataset = DATASET
        .replace(
            r#" {"image_id": 8, "id": 5, "keypoints": [1, 2, 3], "size": "small"}, {"image_id": 8, "id": 6, "segmentation": []}"#,
            "",
        )
        .replace("4},\n\n]", "4}\n]")
        .replace("\"y.jpg\"}]", "\"y.jpg\"}, {\"id\": 9, \"height\": 2, \"width\": 3, \"file_name\": \"none.jpg\"}]");
    dir.file("in.json", dataset)
        .run("convert in.json out.csv --to kaggle --empty -1")
        .ok();
    assert_eq!(
        dir.read("out.csv"),
        "ImageId,EncodedPixels\nx,1 2 4 3 8 2 11 2\ny,3 3\nnone,-1\n"
    );
    dir.run("convert in.json full.csv --to kaggle --full --order row")
        .ok();
    let full = "ImageId,EncodedPixels,Height,Width,CategoryId\nx,1 2 5 4 10 3,3,4,1\ny,2 2 5 1,2,3,4\nnone,,2,3,\n";
    assert_eq!(dir.read("full.csv"), full);
    dir.run("convert full.csv back.json --order row --to coco-dataset --category 4:ship")
        .ok();
    let back = r#"{"annotations":[
{"id":1,"image_id":1,"category_id":1,"segmentation":{"size":[3,4],"counts":"02110O00"},"area":9,"bbox":[0,0,4,3],"iscrowd":0},
{"id":2,"image_id":2,"category_id":4,"segmentation":{"size":[2,3],"counts":"231"},"area":3,"bbox":[1,0,2,2],"iscrowd":0}
],
"images":[
{"id":1,"file_name":"x","height":3,"width":4},
{"id":2,"file_name":"y","height":2,"width":3},
{"id":3,"file_name":"none","height":2,"width":3}
],
"categories":[
{"id":1,"name":"1"},
{"id":4,"name":"ship"}
]}
"#;
    assert_eq!(dir.read("back.json"), back);
    dir.file("ids.csv", "ImageId,EncodedPixels\n42,3 3\n7,\n42,1 1\n")
        .run("convert ids.csv out.json --size 2,3 --to coco-results")
        .ok();
    let results = r#"[
{"image_id":42,"category_id":1,"segmentation":{"size":[2,3],"counts":"231"},"score":1.0},
{"image_id":42,"category_id":1,"segmentation":{"size":[2,3],"counts":"015"},"score":1.0}
]
"#;
    assert_eq!(dir.read("out.json"), results);
    dir.run("convert ids.csv out.jsonl --size 2,3 --to coco-counts")
        .ok();
    assert_eq!(
        dir.read("out.jsonl").lines().nth(1),
        Some(r#"{"image_id":7,"size":[2,3],"counts":[6]}"#)
    );
}

#[test]
fn a_crowd_stays_one_and_a_score_its_own() {
    let dir = TestDir::new();
    let results = r#"[{"image_id": 1, "category_id": 2, "score": 0.25, "iscrowd": 1, "segmentation": {"size": [2, 3], "counts": [2,3,1]}}]"#;
    dir.file("in.json", results)
        .run("convert in.json out.json --to coco-dataset")
        .ok();
    assert!(
        dir.read("out.json")
            .contains(r#""area":3,"bbox":[1,0,2,2],"iscrowd":1}"#)
    );
    assert!(
        dir.read("out.json")
            .contains(r#"{"id":1,"file_name":"1","height":2,"width":3}"#)
    );
    dir.run("convert in.json out.jsonl --to values").ok();
    let row = r#"{"image_id":1,"category_id":2,"score":0.25,"size":[2,3],"order":"row","values":[0,1,0,1,0],"counts":[1,2,1,1,1]}"#;
    assert_eq!(dir.read("out.jsonl"), format!("{row}\n"));
}

#[test]
fn what_encode_writes_is_what_it_converts_to() {
    let dir = TestDir::new();
    let (coins, labels) = (data("coins.npy"), data("coins_labels.png"));
    let encode =
        |options: &str, name: &str| dir.run(&format!("encode --quiet {options} -o {name}")).ok();
    encode(&coins, "rows");
    encode(&format!("--labels {labels}"), "labels");
    encode(&format!("--labels --format values {labels}"), "map");
    for (input, format, options, by) in [
        ("rows", "coco-counts", &coins, ""),
        ("rows", "values", &coins, ""),
        ("rows", "kaggle", &coins, ""),
        ("rows", "coco-results", &coins, ""),
        ("rows", "coco-dataset", &coins, ""),
        ("rows", "coco-dataset --stack images", &coins, ""),
        ("labels", "coco-counts", &labels, "--labels"),
        (
            "labels",
            "coco-results --categories label",
            &labels,
            "--labels",
        ),
        ("map", "coco", &labels, "--labels"),
        ("map", "coco-counts", &labels, "--labels"),
    ] {
        encode(&format!("{by} --format {format} {options}"), "expected");
        let to = format.replace(" --categories label", "");
        dir.run(&format!("convert {input} out --to {to}")).ok();
        assert_eq!(dir.read("out"), dir.read("expected"), "{input} to {format}");
    }
}

/// JSON lines, lists and datasets, with strings, numbers and values, and CSV: each as encode or
/// convert writes it.
const FORMS: [(&str, &str); 9] = [
    ("lines", "--to coco"),
    ("lines", "--to coco-counts"),
    ("lines", "--to values"),
    ("lines", "--to values --order column"),
    ("lines", "--to kaggle --full"),
    ("lines", "--to coco-results"),
    ("lines", "--to coco-dataset"),
    ("--to coco-results", "--to coco-counts"),
    ("--to coco-dataset", "--to coco-counts"),
];

#[test]
fn there_and_back_no_mask_is_lost() {
    let dir = TestDir::new();
    // None of these masks is empty: those are no annotations.
    let pixels: Vec<u8> = (0..30u32)
        .map(|i| (i.wrapping_mul(2_654_435_761) >> 31) as u8)
        .collect();
    dir.file("masks.npy", bytes("(3, 2, 5)", &pixels))
        .run("encode --quiet masks.npy -o lines")
        .ok();
    let masks = |name: &str| {
        dir.run(&format!("decode {name} -o masks_of.npy")).ok();
        std::fs::read(dir.path("masks_of.npy")).unwrap()
    };
    let expected = masks("lines");
    for (from, to) in FORMS {
        match from {
            "lines" => dir.run(&format!("convert lines from {to}")).ok(),
            _ => {
                dir.run(&format!("convert lines first {from}")).ok();
                dir.run(&format!("convert first from {to}")).ok()
            }
        };
        for to in [
            "coco",
            "coco-counts",
            "values",
            "kaggle --full",
            "coco-results",
            "coco-dataset",
        ] {
            dir.run(&format!("convert from to --to {to}")).ok();
            if !to.starts_with("kaggle") {
                assert_eq!(masks("to"), expected, "{from}, then to {to}");
            }
            dir.run("convert to back --to coco").ok();
            assert_eq!(masks("back"), expected, "{from}, to {to} and back");
        }
    }
}

#[test]
fn a_file_of_no_masks() {
    let dir = TestDir::new();
    for none in [
        "",
        "\n",
        "[]",
        "ImageId,EncodedPixels\n",
        r#"{"images": [], "annotations": []}"#,
    ] {
        dir.file("in", none);
        for (to, text) in [
            ("coco-results", "[\n]\n"),
            (
                "coco-dataset",
                "{\"annotations\":[\n],\n\"images\":[\n],\n\"categories\":[\n]}\n",
            ),
            ("kaggle", "ImageId,EncodedPixels\n"),
        ] {
            dir.run(&format!("convert in out --to {to}")).ok();
            let is_kept = none.starts_with('{') && to == "coco-dataset";
            let kept = "{\"images\":[\n],\n\"annotations\":[\n]}\n";
            assert_eq!(
                dir.read("out"),
                if is_kept { kept } else { text },
                "{none:?} to {to}"
            );
        }
    }
}

#[test]
fn the_order_of_pairs_is_not_that_of_values() {
    let dir = TestDir::new();
    dir.file("in.csv", "ImageId,EncodedPixels\n1,2 3\n");
    // 0 1 1 / 1 0 0, and 0 1 0 / 1 1 0.
    let row = r#""order":"row","values":[0,1,0],"counts":[1,3,2]}"#;
    let column = r#""order":"row","values":[0,1,0,1,0],"counts":[1,1,1,2,1]}"#;
    for (order, values) in [("row", row), ("column", column)] {
        dir.run(&format!(
            "convert in.csv out --to values --size 2,3 --order {order}"
        ))
        .ok();
        assert_eq!(
            dir.read("out"),
            format!("{{\"image_id\":1,\"size\":[2,3],{values}\n")
        );
    }
}
