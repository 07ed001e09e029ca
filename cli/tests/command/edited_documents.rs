//! `convert` with changes to the masks of COCO's documents: areas, boxes and sizes follow, and what
//! cannot is left out.

use serde_json::{Value, json};

use crate::TestDir;

/// A dataset of two images, the second without masks, with a polygon, an RLE and a box alone.
const DATASET: &str = r#"{"info": {"version": 1.00},
"images": [{"id": 1, "file_name": "a.png", "height": 5, "width": 6}, {"id": 2, "width": 8, "height": 7, "mine": 1.0}],
"annotations": [
{"id": 1, "image_id": 1, "category_id": 1, "segmentation": [[1, 1, 4, 1, 4, 3, 1, 3]], "area": 6.5, "bbox": [1.0, 1, 3, 2], "iscrowd": 0, "mine": 1e2},
{"id": 2, "image_id": 1, "category_id": 1, "segmentation": {"size": [5.0, 6], "counts": [0, 1, 29]}, "area": null, "keypoints": [1, 2, 2], "num_keypoints": 1, "bbox": [9, 9, 9, 9]},
{"id": 3, "image_id": 1, "category_id": 1, "bbox": [0, 0, 2, 2], "keypoints": [1, 1, 2]}
]}"#;

fn converted(text: &str, options: &str) -> (Value, String) {
    let dir = TestDir::new();
    dir.file("in.json", text);
    let outcome = dir.run(&format!("convert in.json out.json {options}"));
    assert_eq!(outcome.status, 0, "{}", outcome.err);
    let document = serde_json::from_str(&dir.read("out.json")).unwrap();
    (document, outcome.err)
}

#[test]
fn areas_and_boxes_are_those_of_the_changed_masks() {
    let (out, said) = converted(DATASET, "--dilate 3x3 --to coco-counts");
    assert_eq!(
        said,
        "2 masks written anew, 1 annotation without a mask left as it is\n"
    );
    let counts = json!({"size": [5, 6], "counts": [0, 4, 1, 4, 1, 4, 1, 4, 1, 4, 6]});
    let first = json!({
        "id": 1, "image_id": 1, "category_id": 1, "segmentation": counts, "area": 20,
        "bbox": [0, 0, 5, 4], "iscrowd": 0, "mine": 1e2
    });
    assert_eq!(out["annotations"][0], first);
    let second = &out["annotations"][1];
    let counts = json!({"size": [5, 6], "counts": [0, 2, 3, 2, 23]});
    assert_eq!(second["segmentation"], counts);
    // It had no area, and its key points are where they were.
    assert_eq!(second["area"], Value::Null);
    assert_eq!(second["bbox"], json!([0, 0, 2, 2]));
    assert_eq!(second["keypoints"], json!([1, 2, 2]));
    assert_eq!(out["annotations"][2]["bbox"], json!([0, 0, 2, 2]));
    assert_eq!(out["images"][0]["height"], 5);
    // An annotation that is completed gets the area of the changed mask.
    let (out, _) = converted(DATASET, "--dilate 3x3 --to coco-dataset");
    assert_eq!(out["annotations"][1]["area"], 4);
    assert_eq!(out["annotations"][0]["area"], 20);
}

#[test]
fn a_mask_that_becomes_empty_is_an_empty_one() {
    let (out, _) = converted(DATASET, "--erode 5x5");
    let first = &out["annotations"][0];
    assert_eq!(first["area"], 0);
    assert_eq!(first["bbox"], json!([0, 0, 0, 0]));
    assert_eq!(
        first["segmentation"],
        json!({"size": [5, 6], "counts": "n0"})
    );
    // Where all is written anew, an empty mask is no annotation.
    let dir = TestDir::new();
    dir.file("in.csv", "ImageId,EncodedPixels\na,1 1\na,1 30\n");
    let line = "convert in.csv out.json --to coco-dataset --size 5,6 --erode 1";
    let outcome = dir.run(line);
    assert_eq!(outcome.err, "1 mask written anew, 1 empty mask left out\n");
}

#[test]
fn images_have_the_size_that_their_masks_get() {
    for (options, sizes) in [
        ("--rot90 1", [[6, 5], [8, 7]]),
        ("--rot90 2", [[5, 6], [7, 8]]),
        ("--transpose", [[6, 5], [8, 7]]),
        ("--resize-nearest 10,3", [[10, 3], [10, 3]]),
        ("--crop 1,1,4,3", [[3, 4], [3, 4]]),
        ("--pad 1,2,3,4", [[8, 13], [10, 15]]),
        ("--tile 2,1 --pad 0,1,0,0", [[11, 6], [15, 8]]),
        ("--warp 2,0,0,0,2,0", [[5, 6], [7, 8]]),
        ("--warp 2,0,0,0,2,0@10,12", [[10, 12], [10, 12]]),
        ("--dilate 1", [[5, 6], [7, 8]]),
    ] {
        for to in ["coco", "coco-counts", "coco-dataset"] {
            let (out, _) = converted(DATASET, &format!("--to {to} {options}"));
            for (index, [height, width]) in sizes.into_iter().enumerate() {
                let image = &out["images"][index];
                assert_eq!(image["height"], height, "{options}");
                assert_eq!(image["width"], width, "{options}");
            }
            assert_eq!(out["images"][1]["mine"], 1.0);
            let mask = &out["annotations"][0]["segmentation"];
            assert_eq!(mask["size"], json!(sizes[0]), "{options}");
        }
    }
}

#[test]
fn images_that_do_not_say_their_size() {
    let one = |image: &str, annotation: &str| {
        format!(r#"{{"annotations": [{annotation}], "images": [{{"id": 1{image}}}]}}"#)
    };
    let mask = r#"{"id": 1, "image_id": 1, "segmentation": {"size": [5, 6], "counts": [30]}}"#;
    // One that says nothing stays so, but in a dataset that is completed.
    let (out, _) = converted(&one("", mask), "--rot90 1");
    assert_eq!(out["images"], json!([{"id": 1}]));
    assert_eq!(out["annotations"][0]["segmentation"]["size"], json!([6, 5]));
    let (out, _) = converted(&one("", mask), "--rot90 1 --to coco-dataset");
    assert_eq!(out["images"], json!([{"id": 1, "height": 6, "width": 5}]));
    // A side that is known alone.
    let (out, _) = converted(&one(", \"height\": 5", mask), "--rot90 1");
    assert_eq!(out["images"], json!([{"id": 1, "height": 6, "width": 5}]));
    let dir = TestDir::new();
    let text =
        format!(r#"{{"annotations": [{mask}], "images": [{{"id": 1}}, {{"id": 2, "width": 3}}]}}"#);
    dir.file("in.json", text);
    dir.run("convert in.json out.json --rot90 1").fails(
        "error: in.json:1: images[1]: ",
        "one side alone is known, and pixels are moved by both",
    );
    dir.run("convert in.json out.json --dilate 1").ok();
}

#[test]
fn what_cannot_follow_is_left_out() {
    let (out, said) = converted(DATASET, "--flip-left-right");
    assert_eq!(
        said,
        "2 masks written anew, 1 annotation without a mask left out, \
         1 annotation without the key points or prompts that do not follow\n"
    );
    let annotations = out["annotations"].as_array().unwrap();
    assert_eq!(annotations.len(), 2);
    let second = annotations[1].as_object().unwrap();
    assert!(!second.contains_key("keypoints"), "{second:?}");
    assert!(!second.contains_key("num_keypoints"), "{second:?}");
    assert_eq!(second["bbox"], json!([5, 0, 1, 1]));
    let (out, _) = converted(DATASET, "--flip-left-right --to coco-dataset --renumber");
    assert_eq!(out["annotations"].as_array().unwrap().len(), 2);
}

#[test]
fn files_of_segment_anything() {
    let mask = r#"{"segmentation": {"size": [4, 6], "counts": [4, 8, 12]}, "area": 8, "bbox": [1, 0, 2, 4], "predicted_iou": 0.9, "point_coords": [[1.5, 2]], "stability_score": 0.95, "crop_box": [0, 0, 6, 4]}"#;
    let (out, _) = converted(&format!("[{mask}]"), "--crop 2,1,3,3");
    assert_eq!(
        out[0],
        json!({
            "segmentation": {"size": [3, 3], "counts": "036"}, "area": 3, "bbox": [0, 0, 1, 3],
            "predicted_iou": 0.9, "stability_score": 0.95
        })
    );
    let (out, _) = converted(&format!("[{mask}]"), "--complement");
    assert_eq!(out[0]["area"], 16);
    assert_eq!(out[0]["bbox"], json!([0, 0, 6, 4]));
    assert_eq!(out[0]["crop_box"], json!([0, 0, 6, 4]));
    // Their files of one image.
    let text = format!(
        r#"{{"image": {{"image_id": 5, "width": 6, "height": 4, "file_name": "a.jpg"}}, "annotations": [{}]}}"#,
        mask.replacen('{', "{\"id\": 1, ", 1)
    );
    for to in ["coco", "coco-dataset"] {
        let (out, _) = converted(&text, &format!("--rot90 1 --to {to}"));
        let image = match to {
            "coco" => &out["image"],
            _ => &out["images"][0],
        };
        assert_eq!(json!([image["height"], image["width"]]), json!([6, 4]));
        assert_eq!(out["annotations"][0]["segmentation"]["size"], json!([6, 4]));
    }
    // Another dataset's "image" is a member like any other.
    let listed = DATASET.replacen('{', "{\"image\": \"a.png\", ", 1);
    let (out, _) = converted(&listed, "--rot90 1");
    assert_eq!(out["image"], "a.png");
    // Without changes of the size all of it stays.
    let (out, _) = converted(&text, "--fill-holes");
    assert_eq!(out["image"]["height"], 4);
}

#[test]
fn label_maps_are_changed_label_by_label() {
    let dir = TestDir::new();
    // 1 1 1 2 / 1 0 1 2 / 1 1 1 2
    let map = r#"{"a":0,"size":[3,4],"order":"row","values":[1,2,1,0,1,2,1,2],"counts":[3,1,1,1,1,1,3,1]}"#;
    dir.file("in.jsonl", map);
    dir.run("convert in.jsonl out.jsonl --fill-holes --flip-left-right --to coco-counts")
        .ok();
    assert_eq!(
        dir.read("out.jsonl"),
        "{\"a\":0,\"value\":1,\"size\":[3, 4],\"counts\":[3,9]}\n\
         {\"a\":0,\"value\":2,\"size\":[3, 4],\"counts\":[0,3,9]}\n"
            .replace("[3, 4]", "[3,4]")
    );
    // To values it stays a map, whose pixels can be moved.
    dir.run("convert in.jsonl out.jsonl --rot90 1 --to values")
        .ok();
    assert_eq!(
        dir.read("out.jsonl"),
        "{\"a\":0,\"size\":[4,3],\"order\":\"row\",\"values\":[2,1,0,1],\"counts\":[3,4,1,4]}\n"
    );
    dir.run("convert in.jsonl none.jsonl --fill-holes --to values")
        .fails(
            "error: in.jsonl:1: --fill-holes: this is a label map",
            "labels become masks in any format but values",
        );
    // A map of 0 and 1 is a mask, in whatever order.
    let map = map.replace('2', "0").replace("row", "column");
    dir.file("in.jsonl", map.replace("[3,4]", "[4,3]"));
    dir.run("convert in.jsonl out.jsonl --fill-holes --to values")
        .ok();
    assert_eq!(
        dir.read("out.jsonl"),
        "{\"a\":0,\"size\":[4,3],\"order\":\"column\",\"values\":[1,0,1,0,1,0],\
         \"counts\":[3,1,3,1,3,1]}\n"
    );
}

#[test]
fn polygons_that_are_changed_become_rle() {
    let dir = TestDir::new();
    dir.file("in.json", DATASET);
    let outcome = dir.run("convert in.json out.json --keep-polygons --fill-holes");
    assert_eq!(outcome.status, 2);
    assert!(outcome.err.contains("becomes RLE"), "{}", outcome.err);
}

#[test]
fn masks_that_a_change_does_not_fit() {
    let dir = TestDir::new();
    dir.file("in.json", DATASET);
    let line = "convert in.json out.json --flip-up-down --crop 0,0,6,6";
    dir.run(line).fails(
        "error: in.json:2: images[0]: --crop: ",
        "a box 6 wide and 6 high at 0, 0 goes beyond a mask of 5 x 6",
    );
    let good = r#"{"size": [7, 7], "counts": [0, 49]}"#;
    dir.file(
        "in.jsonl",
        format!("{good}\n{{\"size\": [5, 6], \"counts\": [30]}}\n"),
    );
    dir.run("convert in.jsonl out.jsonl --crop 0,0,6,6").fails(
        "error: in.jsonl:2: --crop: a box 6 wide and 6 high",
        "beyond a mask of 5 x 6",
    );
    let outcome = dir.run("convert in.jsonl out.jsonl --crop 0,0,6,6 --skip-bad");
    assert!(
        outcome
            .err
            .ends_with("1 mask written anew, 1 row left out as bad\n")
    );
    dir.file("rows.csv", "ImageId,EncodedPixels\na,1 2\n");
    dir.run("convert rows.csv out.csv --size 2,2 --pad 0,0,0,4294967295")
        .fails("error: rows.csv:2: --pad: ", "4294967295 pixels");
    // A few bytes that would become runs without number.
    dir.run("convert rows.csv out.csv --size 2,2 --tile 1,900000000")
        .fails("error: rows.csv:2: --tile: ", "");
    dir.run("convert rows.csv out.csv --size 2,2 --warp 1,1,0,1,1,0")
        .fails("error: rows.csv:2: --warp: the matrix", "has no inverse");
    assert_eq!(
        dir.files(),
        ["in.json", "in.jsonl", "out.jsonl", "rows.csv"]
    );
}

#[test]
fn values_that_are_none() {
    let dir = TestDir::new();
    dir.file("in.json", DATASET);
    for (options, why) in [
        ("--dilate x", "not the radius of a disk"),
        ("--dilate -1", "not the radius of a disk"),
        ("--erode 3x", "not the radius of a disk"),
        ("--open 2x3", "where both sides are odd"),
        ("--close 1.5", "not the radius of a disk"),
        ("--dilate", "a value is required"),
        ("--fill-small-holes -3", "not a whole number of pixels"),
        (
            "--remove-small-components many",
            "not a whole number of pixels",
        ),
        ("--boundary -0.1", "not a share of the mask's diagonal"),
        ("--boundary inf", "not a share of the mask's diagonal"),
        ("--rot90 half", "not a whole number of quarter turns"),
        ("--crop 1,2,3", "not a box"),
        ("--crop 1,2,3,4,5", "not a box"),
        ("--crop -1,2,3,4", "not a box"),
        ("--pad 1", "not four numbers of pixels"),
        ("--tile 2", "not times down and across"),
        ("--warp 1,0,0,0,1", "not 6 numbers of an affine matrix"),
        ("--warp 1,0,0,0,one,0", "not 6 numbers of an affine matrix"),
        ("--warp 1,0,0,0,1,0@5", "is not a height and a width"),
        ("--resize-nearest 5", "is not a height and a width"),
        ("--fill-holes=2", "unexpected value"),
        ("--fill-holes --connectivity 6", "possible values: 4, 8"),
        (
            "--dilate 2 --connectivity 8",
            "--connectivity goes with --fill-holes",
        ),
        ("--connectivity 8", "--connectivity goes with --fill-holes"),
    ] {
        let outcome = dir.run(&format!("convert in.json out.json {options}"));
        assert_eq!(outcome.status, 2, "{options}: {}", outcome.err);
        assert!(outcome.err.contains(why), "{options}: {}", outcome.err);
    }
    assert_eq!(dir.files(), ["in.json"]);
}
