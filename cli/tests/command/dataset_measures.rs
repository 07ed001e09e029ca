//! `convert --to coco-dataset`: areas, boxes and ids of annotations, which COCOeval reads, with a mask
//! and without.

use serde_json::{Value, json};

use super::dataset_completion::{RLE, annotation, converted, dataset, mask};
use crate::TestDir;

#[test]
fn annotations_without_a_mask_are_completed() {
    for (members, area, category) in [
        (r#""category_id": 2, "bbox": [1, 2, 3, 4]"#, json!(12), 2),
        (
            r#""category_id": 2, "bbox": [0.5, 0, 1.5, 3], "segmentation": []"#,
            json!(4.5),
            2,
        ),
        (
            r#""bbox": [1, 2, 3, 4], "area": 7.5, "iscrowd": null"#,
            json!(7.5),
            1,
        ),
        (
            r#""bbox": ["1", "2", "3", "4"], "area": null"#,
            json!(12),
            1,
        ),
        (r#""keypoints": [1, 2, 2], "category_id": 2"#, json!(0), 2),
        (
            r#""keypoints": [1, 2, 2], "bbox": [], "iscrowd": "0""#,
            json!(0),
            1,
        ),
    ] {
        let text = dataset(&[mask(), annotation(1, members)]);
        let out = converted(&text, "--to coco-dataset");
        let completed = &out["annotations"][1];
        assert_eq!(completed["area"], area, "{members}");
        assert_eq!(completed["iscrowd"], 0, "{members}");
        assert_eq!(completed["category_id"], category, "{members}");
    }
    // To coco all stays as it is.
    let text = dataset(&[mask(), annotation(1, r#""bbox": [1, 2, 3, 4]"#)]);
    let text = text.replace(
        "\"counts\": \";2300O5\"",
        "\"counts\": [11, 2, 3, 2, 3, 1, 8]",
    );
    assert_eq!(converted(&text, "")["annotations"][1].get("area"), None);
}

/// COCOeval reads the area and the box of every annotation.
#[test]
fn annotations_with_neither_a_mask_nor_a_box_are_bad() {
    let dir = TestDir::new();
    for (members, why) in [
        "\"category_id\": 2",
        r#""segmentation": []"#,
        r#""segmentation": null, "bbox": null, "area": 4"#,
        r#""bbox": [], "iscrowd": "0""#,
        r#""keypoints": []"#,
        r#""keypoints": [], "num_keypoints": 0"#,
    ]
    .map(|members| (members, "neither a mask nor a box"))
    .into_iter()
    .chain([
        (
            r#""bbox": [1, 2, -3, 4]"#,
            "bbox: a box of -3 x 4: no side is below 0",
        ),
        (
            r#""bbox": [1, 2, 3]"#,
            "bbox: 3 numbers where [x, y, width, height] should be",
        ),
        (r#""bbox": [1, 2, 3, 4, 5]"#, "bbox: 5 numbers"),
        (
            r#""bbox": [1, 2, "wide", 4]"#,
            "bbox: the text \"wide\" where a number should be",
        ),
        (
            r#""bbox": [1, 2, NaN, 4]"#,
            "bbox: NaN where a number should be",
        ),
        (r#""bbox": [1, 2, 1e308, 1e308]"#, "bbox: too large a box"),
        (
            r#""bbox": {}"#,
            "bbox: an object where [x, y, width, height]",
        ),
        (
            r#""bbox": [1, 2, 3], "keypoints": [1, 2, 0]"#,
            "bbox: 3 numbers",
        ),
        (
            r#""keypoints": [0, 0, 0, 1, 2, 0]"#,
            "keypoints: none is visible, and no box is there",
        ),
        (
            r#""keypoints": [0, 0]"#,
            "keypoints: 2 numbers where numbers x, y and v of each point",
        ),
        (
            r#""keypoints": ["1", 2, 2]"#,
            "keypoints: the text \"1\" where a number",
        ),
    ]) {
        dir.file("in.json", dataset(&[mask(), annotation(1, members)]));
        let begins = format!("error: in.json:1: annotations[1]: {why}");
        dir.run("convert in.json out.json --to coco-dataset")
            .fails(&begins, "");
        let outcome = dir.run("convert in.json out.json --to coco-dataset --skip-bad");
        assert_eq!(outcome.status, 0, "{}", outcome.err);
        assert!(
            outcome
                .err
                .starts_with(&format!("left out: in.json:1: annotations[1]: {why}")),
            "{}",
            outcome.err
        );
        assert!(outcome.err.ends_with("1 annotation left out as bad\n"));
        let out: Value = serde_json::from_str(&dir.read("out.json")).unwrap();
        assert_eq!(out["annotations"].as_array().unwrap().len(), 1);
        // Items that stay as they are may have anything.
        dir.run("convert in.json as_it_is.json").ok();
    }
}

#[test]
fn sides_of_a_box_that_are_text_are_numbers() {
    let text = dataset(&[mask(), annotation(1, r#""bbox": ["1", 2, "3.5", "4"]"#)]);
    let out = converted(&text, "--to coco-dataset");
    assert_eq!(out["annotations"][1]["bbox"], json!([1, 2, 3.5, 4]));
    assert_eq!(out["annotations"][1]["area"], json!(14));
}

/// COCOeval takes a text for no number, and an area below 0 for one.
#[test]
fn measures_that_are_there_beside_a_mask() {
    let of_mask = json!([2, 1, 3, 2]);
    for (members, area, bbox) in [
        (
            r#""bbox": ["6", "6", "10", "10.5"], "area": "77""#,
            json!(77),
            json!([6, 6, 10, 10.5]),
        ),
        (
            r#""area": -4, "bbox": [1, 2, -3, 4]"#,
            json!(5),
            of_mask.clone(),
        ),
        (
            r#""area": "-4", "bbox": [1, 2, 3, "-4"]"#,
            json!(5),
            of_mask.clone(),
        ),
        (r#""bbox": [1, 2, 1e308, 1e308]"#, json!(5), of_mask),
    ] {
        let text = dataset(&[annotation(1, &format!("{members}, {RLE}"))]);
        let out = converted(&text, "--to coco-dataset");
        let completed = &out["annotations"][0];
        assert_eq!(completed["area"], area, "{members}");
        assert_eq!(completed["bbox"], bbox, "{members}");
    }
    let text = dataset(&[mask(), annotation(1, r#""bbox": [1, 2, 3, 4], "area": -1"#)]);
    let out = converted(&text, "--to coco-dataset");
    assert_eq!(out["annotations"][1]["area"], 12);
}

#[test]
fn key_points_alone_have_the_box_of_those_that_are_visible() {
    for (members, area, bbox, visible) in [
        (
            r#""keypoints": [3, 2, 2, 9, 9, 0, 1.5, 4, 1]"#,
            json!(3),
            json!([1.5, 2, 1.5, 2]),
            2,
        ),
        (
            r#""keypoints": [3, 2, 2], "bbox": [1, 2, -3, 4], "num_keypoints": 17"#,
            json!(0),
            json!([3, 2, 0, 0]),
            17,
        ),
        (
            r#""keypoints": [3, 2, 2], "bbox": [1, 2, 3, 4], "num_keypoints": null"#,
            json!(12),
            json!([1, 2, 3, 4]),
            1,
        ),
    ] {
        let text = dataset(&[mask(), annotation(1, members)]);
        let out = converted(&text, "--to coco-dataset");
        let completed = &out["annotations"][1];
        assert_eq!(completed["area"], area, "{members}");
        assert_eq!(completed["bbox"], bbox, "{members}");
        assert_eq!(completed["num_keypoints"], visible, "{members}");
    }
}

#[test]
fn ids_that_cocoeval_does_not_take() {
    let dir = TestDir::new();
    for (annotation, why) in [
        (
            mask().replace("\"category_id\": 1", "\"category_id\": \"1\""),
            "annotations[0].category_id: no category has the id \"1\": text is no number",
        ),
        (
            mask().replace("100", "0"),
            "annotations[0].id: COCOeval takes the id 0 for none: --renumber",
        ),
        (
            mask().replace("100", "0.0"),
            "annotations[0].id: COCOeval takes the id 0 for none",
        ),
        (
            mask().replace("100", "\"a\""),
            "annotations[0].id: COCOeval takes no text for an id",
        ),
    ] {
        dir.file("in.json", dataset(&[annotation]));
        dir.run("convert in.json out --to coco-dataset")
            .fails(&format!("error: in.json:1: {why}"), "");
        dir.run("convert in.json as_it_is").ok();
        if why.contains(".id") {
            dir.run("convert in.json out --to coco-dataset --renumber")
                .ok();
        }
    }
}
