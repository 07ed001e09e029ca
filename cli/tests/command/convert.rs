//! `convert` where a JSON file stays what it is: all but its masks is kept.

use crate::TestDir;

/// A dataset of polygons and counts, with unknown members and unusual white space and numbers.
pub const DATASET: &str = r#"{"info": {"version": 1.00, "big": 1e5, "text": "\u00e9"},
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
    // A dataset that is to stay one gets what it lacks, as far as its annotations have something.
    dir.run("convert out.json again.json --to coco-dataset --skip-bad")
        .ok();
    let again = out
        .replace(
            r#""category_id": 1}"#,
            r#""category_id": 1,"bbox":[0,0,4,3],"iscrowd":0}"#,
        )
        .replace(
            r#""category_id": 4}"#,
            r#""category_id": 4,"area":3,"bbox":[1,0,2,2]}"#,
        )
        .replace(
            r#""size": "small"}"#,
            r#""size": "small","category_id":1,"bbox":[1,2,0,0],"area":0,"num_keypoints":1,"iscrowd":0}"#,
        )
        .replace(
            ",\n{\"image_id\": 8, \"id\": 6, \"segmentation\": []}",
            "",
        )
        .replace(
            "123]}\n",
            "123],\n\"categories\":[\n{\"id\":1,\"name\":\"object\"},\n{\"id\":4,\"name\":\"4\"}\n]}\n",
        );
    assert_eq!(dir.read("again.json"), again);
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

#[cfg(unix)]
#[test]
fn pipes_on_both_sides() {
    let dir = TestDir::new();
    let output = dir
        .command()
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
