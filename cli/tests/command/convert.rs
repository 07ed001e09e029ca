//! `convert`: its output, in which no mask is lost.

use crate::{TestDir, bytes, data};

/// A dataset of polygons and counts, with unknown members and unusual white space and numbers.
const DATASET: &str = r#"{"info": {"version": 1.00, "big": 1e5, "text": "\u00e9"},
"annotations": [
 {"id": 3, "image_id": 7, "segmentation": [[1.0,1,4,1,4,3,1,3],[0,0,3,0,0,3]], "area": 1.50e1, "foo": [1,  2], "category_id": 1},
 {"image_id": 8, "id": 1, "segmentation": {"counts": [2,3,1], "mine": null, "size": [2, 3]}, "iscrowd": 1, "category_id": 4},
 {"image_id": 8, "id": 5, "keypoints": [1, 2, 3], "size": "small"}, {"image_id": 8, "id": 6, "segmentation": []}
],
"images": [{"id": 7, "height": 3, "width": 4, "file_name": "a/x.jpg"}, {"id": 8, "height": 2, "width": 3,
  "file_name": "y.jpg"}],
"more": [[], {}, null, 12345678901234567890123]}
"#;

#[test]
fn a_dataset_keeps_all_but_the_spelling_of_its_masks() {
    let dir = TestDir::new();
    dir.file("in.json", DATASET)
        .run("convert in.json out.json")
        .ok();
    let out = r#"{"info":{"version": 1.00, "big": 1e5, "text": "\u00e9"},
"annotations":[
{"id": 3, "image_id": 7, "segmentation": {"size":[3,4],"counts":"02110O00"}, "area": 1.50e1, "foo": [1,  2], "category_id": 1},
{"image_id": 8, "id": 1, "segmentation": {"counts": "231", "mine": null, "size": [2, 3]}, "iscrowd": 1, "category_id": 4},
{"image_id": 8, "id": 5, "keypoints": [1, 2, 3], "size": "small"},
{"image_id": 8, "id": 6, "segmentation": []}
],
"images":[
{"id": 7, "height": 3, "width": 4, "file_name": "a/x.jpg"},
{"id": 8, "height": 2, "width": 3,
  "file_name": "y.jpg"}
],
"more":[[], {}, null, 12345678901234567890123]}
"#;
    assert_eq!(dir.read("out.json"), out);
    dir.run("convert out.json again.json --to coco-dataset")
        .ok();
    assert_eq!(dir.read("again.json"), out);
    dir.run("convert out.json counts.json --to coco-counts")
        .ok();
    let counts = out
        .replace("\"02110O00\"", "[0,2,1,3,1,2,1,2]")
        .replace("\"231\"", "[2,3,1]");
    assert_eq!(dir.read("counts.json"), counts);
    dir.run("convert counts.json back.json").ok();
    assert_eq!(dir.read("back.json"), out);
    dir.run("convert in.json polygons.json --keep-polygons")
        .ok();
    let polygons = "[[1.0,1,4,1,4,3,1,3],[0,0,3,0,0,3]]";
    assert_eq!(
        dir.read("polygons.json"),
        out.replace(r#"{"size":[3,4],"counts":"02110O00"}"#, polygons)
    );
}

#[test]
fn results_and_rows_keep_what_is_beside_their_masks() {
    let dir = TestDir::new();
    let results = "[\n{\"score\": 0.50, \"segmentation\": {\"size\": [2, 3], \"counts\": [2,3,1]}, \"x\": {}},\n{\"counts\":\"33\",\"size\":[2,3]}]";
    dir.file("in.json", results)
        .run("convert in.json out.json")
        .ok();
    let out = "[\n{\"score\": 0.50, \"segmentation\": {\"size\": [2, 3], \"counts\": \"231\"}, \"x\": {}},\n{\"counts\":\"33\",\"size\":[2,3]}\n]\n";
    assert_eq!(dir.read("out.json"), out);
    let rows = "\n{\"a\": 1.0, \"size\": [2, 3], \"counts\": [2,3,1], \"b\": 0}\n\n{\"size\":[2,3],\"counts\":[3,3]}";
    dir.file("in.jsonl", rows)
        .run("convert in.jsonl out.jsonl")
        .ok();
    let out = "{\"a\": 1.0, \"size\": [2, 3], \"counts\": \"231\", \"b\": 0}\n{\"size\":[2,3],\"counts\":\"33\"}\n";
    assert_eq!(dir.read("out.jsonl"), out);
    dir.run("convert out.jsonl values.jsonl --to values").ok();
    let values =
        r#"{"a":1.0,"size":[2, 3],"order":"row","values":[0,1,0,1,0],"counts":[1,2,1,1,1],"b":0}"#;
    assert_eq!(dir.read("values.jsonl").lines().next(), Some(values));
    dir.run("convert values.jsonl back.jsonl").ok();
    assert_eq!(
        dir.read("back.jsonl").lines().next(),
        Some(r#"{"a":1.0,"size":[2, 3],"counts":"231","b":0}"#)
    );
    dir.file(
        "one.json",
        "{\n \"size\": [2, 3],\n \"counts\": [2,3,1]\n}\n",
    )
    .run("convert one.json out.json")
    .ok();
    assert_eq!(
        dir.read("out.json"),
        "{\n \"size\": [2, 3],\n \"counts\": \"231\"\n}\n"
    );
}

#[test]
fn a_label_map_becomes_a_row_for_each_label() {
    let dir = TestDir::new();
    let map = r#"{"a":0,"size":[1,4],"order":"row","values":[7,0,2],"counts":[1,1,2],"b":1}"#;
    let rows = [
        r#"{"a":0,"value":2,"size":[1,4],"counts":"22","b":1}"#,
        r#"{"a":0,"value":7,"size":[1,4],"counts":"013","b":1}"#,
    ];
    dir.file("in", map).run("convert in out").ok();
    assert_eq!(dir.read("out"), format!("{}\n{}\n", rows[0], rows[1]));
    dir.file("in", format!("[{map}]"))
        .run("convert in out")
        .ok();
    assert_eq!(
        dir.read("out"),
        format!("[\n{},\n{}\n]\n", rows[0], rows[1])
    );
    // A label map of 0 and 1 is a mask.
    let mask = r#"{"size":[1,4],"order":"row","values":[1,0],"counts":[1,3]}"#;
    dir.file("in", mask).run("convert in out").ok();
    assert_eq!(dir.read("out"), "{\"size\":[1,4],\"counts\":\"013\"}\n");
    dir.file("in", mask.replace("[1,0]", "[0,0]"))
        .run("convert in out")
        .ok();
    assert_eq!(dir.read("out"), "{\"size\":[1,4],\"counts\":\"4\"}\n");
}

#[test]
fn segment_anything() {
    let dir = TestDir::new();
    let file = r#"{"image": {"image_id": 5, "width": 3, "height": 2, "file_name": "sa_5.jpg"},
"annotations": [{"segmentation": {"size": [2, 3], "counts": [2,3,1]}, "id": 9, "crop_box": [0.0, 0]},
{"segmentation": [[1, 0, 3, 0, 3, 1, 2, 1, 2, 2, 1, 2]], "id": 10}]}"#;
    dir.file("sa.json", file)
        .run("convert sa.json out.json")
        .ok();
    let out = r#"{"image":{"image_id": 5, "width": 3, "height": 2, "file_name": "sa_5.jpg"},
"annotations":[
{"segmentation": {"size": [2, 3], "counts": "231"}, "id": 9, "crop_box": [0.0, 0]},
{"segmentation": {"size":[2,3],"counts":"231"}, "id": 10}
]}
"#;
    assert_eq!(dir.read("out.json"), out);
    dir.run("convert sa.json out.csv").ok();
    assert_eq!(
        dir.read("out.csv"),
        "ImageId,EncodedPixels\nsa_5,3 3\nsa_5,3 3\n"
    );
    dir.file(
        "last.json",
        file.replace("\"image\": {", "\"image\": {\"x\": 0, "),
    )
    .run("convert last.json out.json")
    .ok();
}

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

#[cfg(unix)]
#[test]
fn pipes_on_both_sides() {
    let dir = TestDir::new();
    let mut command = assert_cmd::Command::new(env!("CARGO_BIN_EXE_maskrle"));
    let output = command
        .args(["convert", "/dev/stdin", "/dev/stdout"])
        .write_stdin(DATASET)
        .output()
        .unwrap();
    assert!(output.status.success());
    dir.file("in.json", DATASET)
        .run("convert in.json out.json")
        .ok();
    assert_eq!(
        String::from_utf8(output.stdout).unwrap(),
        dir.read("out.json")
    );
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

#[test]
fn values_of_masks_in_a_segmentation() {
    let dir = TestDir::new();
    let row = r#"{"a":0,"segmentation":{"size":[2,3],"counts":"231"},"score":0.50,"size":"small"}"#;
    dir.file("in", row).run("convert in out --to values").ok();
    let values = r#"{"a":0,"size":[2,3],"order":"row","values":[0,1,0,1,0],"counts":[1,2,1,1,1],"score":0.50}"#;
    assert_eq!(dir.read("out"), format!("{values}\n"));
}

#[test]
fn a_label_map_that_had_a_value_has_one() {
    let dir = TestDir::new();
    let map = r#"{"value":5,"size":[1,4],"order":"row","values":[7,0,2],"counts":[1,1,2]}"#;
    dir.file("in", map).run("convert in out").ok();
    let rows = r#"{"value":2,"size":[1,4],"counts":"22"}
{"value":7,"size":[1,4],"counts":"013"}
"#;
    assert_eq!(dir.read("out"), rows);
}

#[test]
fn an_image_beside_images_is_anything() {
    let dir = TestDir::new();
    let rest = r#""images": [{"id": 7, "height": 2, "width": 3}],
"annotations": [{"id": 1, "image_id": 7, "segmentation": [[0, 0, 3, 0, 3, 2, 0, 2]]}]"#;
    for image in ["5", r#"{"id": 7}"#, r#""x""#] {
        for text in [
            format!("{{\"image\": {image}, {rest}}}"),
            format!("{{{rest}, \"image\": {image}}}"),
        ] {
            dir.file("in", text).run("convert in out").ok();
            assert!(dir.read("out").contains(r#"{"size":[2,3],"counts":"06"}"#));
        }
    }
}

#[test]
fn annotations_without_a_mask_are_left_out() {
    let dir = TestDir::new();
    dir.file("in", DATASET);
    dir.run("convert in out --to kaggle").ok();
    assert_eq!(dir.read("out").lines().count(), 3);
    dir.run("convert in out --to coco-results").ok();
    assert_eq!(dir.read("out").matches("image_id").count(), 2);
    dir.run("show in --image-id 8 -o out.png").ok();
    assert!(
        dir.run("stats in")
            .ok()
            .starts_with("in: 2 masks in 2 rows, 0 of them empty; 2 annotations without a mask\n")
    );
    // A result must have a mask.
    dir.file("in", r#"[{"image_id": 1, "bbox": [0, 0, 1, 1]}]"#);
    dir.run("stats in")
        .fails("error: in:1: item 0: ", "no mask");
}
