//! Names of files and ids that are read only by verbs that need them, and paths that stay as given.

use serde_json::Value;

use crate::TestDir;

/// A dataset of one image with these names and ids, as JSON spells them.
fn dataset(file_name: &str, image: &str, annotation: &str) -> String {
    format!(
        r#"{{"images": [{{"id": {image}, "file_name": {file_name}, "height": 5, "width": 6}}],
"annotations": [{{"id": {annotation}, "image_id": {image}, "category_id": 1,
"segmentation": {{"size": [5, 6], "counts": [11, 2, 3, 2, 3, 1, 8]}}}}]}}"#
    )
}

#[test]
fn names_of_files_may_be_anything_where_they_are_not_written() {
    let dir = TestDir::new();
    for name in [r#""\ud800.jpg""#, "[\"a.jpg\"]", "{\"a\": 1}", "true"] {
        dir.file("in.json", dataset(name, "1", "1"));
        for line in [
            "stats in.json",
            "stats in.json --json",
            "decode in.json -o out.npy",
            "show in.json -o out.png",
            "convert in.json out --to coco-results",
            "convert in.json out --to values",
            "convert in.json out --to coco-dataset",
            "convert in.json out",
        ] {
            dir.run(line).ok();
        }
        assert!(dir.read("out").contains(name));
        dir.run("convert in.json out --to kaggle")
            .fails("error: in.json:1: images[0].file_name: ", "");
    }
}

#[test]
fn ids_may_have_half_of_a_surrogate_pair() {
    let dir = TestDir::new();
    for id in [r#""\ud800""#, r#""a\udfffb""#, r#""\u00e9\"\ud800\n\\""#] {
        dir.file("in.json", dataset("\"a.jpg\"", id, id));
        for line in [
            "stats in.json",
            "decode in.json -o out.npy",
            "show in.json -o out.png",
            "convert in.json out --to kaggle",
            "convert in.json out --to coco-dataset --renumber",
            "convert in.json out",
        ] {
            dir.run(line).ok();
        }
        assert!(dir.read("out").contains(&format!("\"image_id\": {id}")));
        dir.run("convert in.json out --to coco-results").ok();
        let written = id.replace("\\u00e9", "é");
        let out = dir.read("out");
        assert!(out.contains(&format!("\"image_id\":{written}")), "{out}");
    }
    // One id, however it is spelt; and two.
    let spelt = dataset("\"a.jpg\"", r#""\uD800x""#, "1")
        .replace(r#""image_id": "\uD800x""#, r#""image_id": "\ud800\u0078""#);
    dir.file("in.json", spelt).run("stats in.json").ok();
    let two = dataset("\"a.jpg\"", "1", r#""\ud800""#).replace("}}]}", &{
        let second = r#"}}, {"id": "\uD800", "image_id": 1, "segmentation": {"size": [5, 6], "counts": [30]}}]}"#;
        second.to_owned()
    });
    dir.file("in.json", two).run("stats in.json").fails(
        "error: in.json:3: annotations[1].id: ",
        "another annotation has the id \"\\ud800\"",
    );
}

#[test]
fn relative_paths_stay_as_given() {
    let dir = TestDir::new();
    let row = |source: &str| {
        format!("{{\"source\":{source:?},\"index\":0,\"size\":[2,2],\"counts\":[0,4]}}\n")
    };
    let names = |sources: &[&str], options: &str| -> Vec<String> {
        let rows: String = sources.iter().map(|source| row(source)).collect();
        dir.file("in.jsonl", rows)
            .run(&format!("convert in.jsonl out --to coco-dataset {options}"))
            .ok();
        let out: Value = serde_json::from_str(&dir.read("out")).unwrap();
        let images = out["images"].as_array().unwrap().iter();
        images
            .map(|image| image["file_name"].as_str().unwrap().to_owned())
            .collect()
    };
    assert_eq!(
        names(&["train/a.png", "val/a.png", "./b.png", "../c.png"], ""),
        ["train/a.png", "val/a.png", "b.png", "../c.png"]
    );
    assert_eq!(
        names(&["m/a.npz:masks", "n/é.npy"], "--stack images"),
        ["m/a.npz:masks:0", "n/é.npy:0"]
    );
    assert_eq!(names(&["m\\a.png"], ""), ["m/a.png"]);
    // Of absolute ones the last part, as far as that is of one.
    assert_eq!(
        names(&["/x/a.png", "/y/a.png", "C:\\x\\b.png", "/x/c.png"], ""),
        ["a.png", "/y/a.png", "b.png", "c.png"]
    );
}
