//! `convert` of a dataset to a dataset and of a list to results: each gets what COCO's evaluation
//! needs.

use crate::TestDir;

const IMAGES: &str = r#""images": [{"id": 1, "file_name": "a.jpg", "height": 5, "width": 6}]"#;
const RLE: &str = r#""segmentation": {"size": [5, 6], "counts": ";2300O5"}"#;

/// Converts a dataset of these annotations, and of other members, and returns all that is written.
#[track_caller]
fn converted(annotations: &str, others: &str, options: &str) -> String {
    let dir = TestDir::new();
    let text = format!("{{{IMAGES}, \"annotations\": [{annotations}]{others}}}");
    dir.file("in.json", text)
        .run(&format!("convert in.json out --to coco-dataset {options}"))
        .ok();
    dir.read("out")
}

#[test]
fn annotations_get_what_they_lack() {
    let bare = format!("{{\"id\": 1, \"image_id\": 1, \"category_id\": 1, {RLE}}}");
    let thing = ", \"categories\": [{\"id\": 1, \"name\": \"thing\", \"x\": 1.0}]";
    let out = converted(&bare, thing, "--category 1:boat");
    let annotation = bare.replace("}}", "},\"area\":5,\"bbox\":[2,1,3,2],\"iscrowd\":0}");
    assert!(out.contains(&annotation), "{out}");
    assert!(
        out.contains("\"categories\":[\n{\"id\": 1, \"name\": \"boat\", \"x\": 1.0}\n]"),
        "{out}"
    );
    // The list comes behind the annotations, wherever it was.
    let dir = TestDir::new();
    dir.file(
        "first.json",
        format!("{{\"categories\": [{{\"id\": 2}}], {IMAGES}, \"annotations\": [{bare}]}}"),
    );
    dir.run("convert first.json out --to coco-dataset").ok();
    let out = dir.read("out");
    assert!(
        out.ends_with("\"categories\":[\n{\"id\": 2},\n{\"id\":1,\"name\":\"1\"}\n]}\n"),
        "{out}"
    );
}

#[test]
fn what_is_there_stays() {
    let full = format!(
        "{{\"area\": 7.5, \"iscrowd\": true, \"id\": 1, \"image_id\": 1, {RLE}, \
         \"bbox\": [0.5, 1, 2, 3], \"category_id\": 3, \"x\": null}}"
    );
    let list = ", \"categories\": [{\"id\": 3, \"name\": \"c\"}, {\"id\": 4.0}]";
    let out = converted(&full, list, "");
    assert!(out.contains(&full), "{out}");
    assert!(
        out.contains("\"categories\":[{\"id\": 3, \"name\": \"c\"}, {\"id\": 4.0}]"),
        "{out}"
    );
    let partial = full.replace("7.5", "null").replace("true", "null");
    let out = converted(&partial, list, "");
    let filled = full.replace("7.5", "5").replace("true", "0");
    assert!(out.contains(&filled), "{out}");
    // Key points and boxes alone are not made masks.
    let others = "{\"id\": 1, \"image_id\": 1, \"keypoints\": [1, 2, 2]}";
    let out = converted(
        &format!("{full}, {}", others.replace("\"id\": 1", "\"id\": 2")),
        list,
        "",
    );
    let completed = "\"keypoints\": [1, 2, 2],\"category_id\":1,\"bbox\":[1,2,0,0],\"area\":0,\"num_keypoints\":1,\"iscrowd\":0}\n";
    assert!(out.contains(completed), "{out}");
}

#[test]
fn polygons_may_stay() {
    let polygon =
        r#"{"id": 1, "image_id": 1, "category_id": 2, "segmentation": [[1, 1, 4, 1, 4, 3, 1, 3]]}"#;
    let out = converted(polygon, "", "--keep-polygons --category 1:a --category 2:b");
    let annotation = polygon.replace("]]}", "]],\"area\":6,\"bbox\":[1,1,3,2],\"iscrowd\":0}");
    assert!(out.contains(&annotation), "{out}");
    let categories = "\"categories\":[\n{\"id\":1,\"name\":\"a\"},\n{\"id\":2,\"name\":\"b\"}\n]";
    assert!(out.contains(categories), "{out}");
}

#[test]
fn categories_that_are_missing() {
    let annotation = |id: u32, category: &str| {
        format!("{{\"id\": {id}, \"image_id\": 1, \"category_id\": {category}, {RLE}}}")
    };
    let two = format!("{}, {}", annotation(1, "7"), annotation(2, "\"cat\""));
    let out = converted(&two, "", "--category 9:nine");
    let categories = "\"categories\":[\n{\"id\":9,\"name\":\"nine\"},\n{\"id\":7,\"name\":\"7\"},\n{\"id\":\"cat\",\"name\":\"cat\"}\n]";
    assert!(out.contains(categories), "{out}");
    // Annotations without one are of the first that is named, or of 1:object.
    let none = format!("{{\"id\": 1, \"image_id\": 1, {RLE}}}");
    let out = converted(&none, "", "--category 9:nine");
    assert!(out.contains("\"category_id\":9"), "{out}");
    let out = converted(&none, "", "");
    assert!(out.contains("\"category_id\":1"), "{out}");
    let dir = TestDir::new();
    dir.file(
        "in.json",
        format!("{{{IMAGES}, \"annotations\": [{none}], \"categories\": 5}}"),
    );
    dir.run("convert in.json out --to coco-dataset")
        .fails("error: in.json:1: categories: ", "");
}

#[test]
fn segment_anything_becomes_a_dataset() {
    let dir = TestDir::new();
    let file = r#"{"image": {"image_id": 5, "width": 3, "height": 2, "file_name": "sa_5.jpg"},
"annotations": [{"segmentation": {"size": [2, 3], "counts": [2,3,1]}, "id": 9, "crop_box": [0.0, 0]}]}"#;
    dir.file("sa.json", file)
        .run("convert sa.json out --to coco-dataset")
        .ok();
    let out = r#"{"annotations":[
{"id":1,"image_id":5,"category_id":1,"segmentation":{"size":[2,3],"counts":"231"},"area":3,"bbox":[1,0,2,2],"iscrowd":0}
],
"images":[
{"id":5,"file_name":"sa_5.jpg","height":2,"width":3}
],
"categories":[
{"id":1,"name":"object"}
]}
"#;
    assert_eq!(dir.read("out"), out);
}

#[test]
fn results_get_what_they_lack() {
    let dir = TestDir::new();
    let text = format!(
        r#"[{{"image_id": 1, {RLE}, "x": 1.50}}, {{"image_id": 2, "category_id": 3, "score": 0.5, {RLE}}},
{{"image_id": 3, "size": [5, 6], "counts": [11,2,3,2,3,1,8], "score": null}}]"#
    );
    dir.file("in.json", text)
        .run("convert in.json out --to coco-results --category 7:boat")
        .ok();
    let out = format!(
        r#"[
{{"image_id": 1, {RLE}, "x": 1.50,"category_id":7,"score":1.0}},
{{"image_id": 2, "category_id": 3, "score": 0.5, {RLE}}},
{{"image_id":3,"segmentation":{{"size":[5,6],"counts":";2300O5"}},"score":1.0,"category_id":7}}
]
"#
    );
    assert_eq!(dir.read("out"), out);
    dir.file("in.json", format!("[{{{RLE}}}]"));
    dir.run("convert in.json out.json --to coco-results")
        .fails("error: in.json:1: item 0: ", "no \"image_id\"");
    // The label of a map is a category.
    let map =
        r#"[{"image_id": 1, "size": [1,4], "order": "row", "values": [7,0,2], "counts": [1,1,2]}]"#;
    dir.file("in.json", map)
        .run("convert in.json out --to coco-results")
        .ok();
    let categories: Vec<_> = dir
        .read("out")
        .lines()
        .filter_map(|line| line.split_once("\"category_id\":"))
        .map(|(_, category)| category.to_owned())
        .collect();
    assert_eq!(categories, ["2,\"score\":1.0},", "7,\"score\":1.0}"]);
}

#[test]
fn values_in_another_order_are_written_anew() {
    let dir = TestDir::new();
    let rows = r#"{"size":[2,3],"order":"row","values":[0,1,0],"counts":[1,3,2]}"#;
    dir.file("in", rows)
        .run("convert in out --to values --order column")
        .ok();
    assert!(dir.read("out").contains("\"order\":\"column\""));
    for same in ["", "--order row"] {
        dir.run(&format!("convert in out --to values {same}")).ok();
        assert_eq!(dir.read("out"), format!("{rows}\n"), "{same}");
    }
}

/// Any text is true to Python: `"0"` would make a crowd of an object.
#[test]
fn flags_that_are_text_become_numbers() {
    let dataset = |flag: &str| {
        format!(
            r#"{{"images":[{{"id":1,"height":2,"width":2}}],"annotations":[{{"id":1,"image_id":1,
                "category_id":1,"segmentation":{{"size":[2,2],"counts":[1,3]}},"iscrowd":{flag}}}]}}"#
        )
    };
    let dir = TestDir::new();
    for (flag, written) in [
        ("\"0\"", "0"),
        ("\"1\"", "1"),
        ("0.0", "0.0"),
        ("true", "true"),
    ] {
        dir.file("in.json", dataset(flag))
            .run("convert in.json out.json --to coco-dataset")
            .ok();
        let out = dir.read("out.json");
        assert!(
            out.contains(&format!("\"iscrowd\":{written}")),
            "{flag}: {out}"
        );
    }
    dir.file("in.json", dataset("\"no\""))
        .run("convert in.json none.json --to coco-dataset")
        .fails(
            "error: in.json:",
            "iscrowd: the text \"no\" where 0 or 1 should be",
        );
}

#[test]
fn polygons_that_are_kept_need_a_size_to_be_completed() {
    let dir = TestDir::new();
    dir.file(
        "in.json",
        r#"{"images":[{"id":1}],"annotations":[
            {"id":1,"image_id":1,"segmentation":[[0,0,3,0,3,3]]}]}"#,
    );
    dir.run("convert in.json out.json --to coco-dataset --keep-polygons")
        .fails(
            "error: in.json:",
            "polygons need their image's height and width",
        );
    dir.run("convert in.json out.json --keep-polygons").ok();
}

#[test]
fn an_order_is_compared_as_text() {
    let dir = TestDir::new();
    let row = r#"{"size":[2,2],"order":"ro\u0077","values":[0,1],"counts":[1,3]}"#;
    dir.file("in.jsonl", row)
        .run("convert in.jsonl out.jsonl")
        .ok();
}
