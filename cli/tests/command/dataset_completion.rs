//! `convert --to coco-dataset` and `coco-results`: members that are computed, read from text, or
//! taken from the masks.

use serde_json::{Value, json};

use crate::TestDir;

pub(crate) const RLE: &str = r#""segmentation": {"size": [5, 6], "counts": ";2300O5"}"#;

/// Converts JSON and returns what is written.
#[track_caller]
pub(crate) fn converted(text: &str, options: &str) -> Value {
    let dir = TestDir::new();
    dir.file("in.json", text)
        .run(&format!("convert in.json out {options}"))
        .ok();
    serde_json::from_str(&dir.read("out")).unwrap()
}

/// A dataset of one image of 5 x 6.
pub(crate) fn dataset(annotations: &[String]) -> String {
    format!(
        r#"{{"images": [{{"id": 1, "file_name": "a.jpg", "height": 5, "width": 6}}], "annotations": [{}]}}"#,
        annotations.join(", ")
    )
}

/// An annotation of the image 1, with these members.
pub(crate) fn annotation(id: u32, members: &str) -> String {
    format!(r#"{{"id": {id}, "image_id": 1, {members}}}"#)
}

/// Its mask, which every dataset to convert has.
pub(crate) fn mask() -> String {
    annotation(100, &format!("\"category_id\": 1, {RLE}"))
}

#[test]
fn images_have_the_size_of_their_masks() {
    let bare = r#"{"id": 2, "image_id": 2, "segmentation": {"size": [3, 4], "counts": [12]}}"#;
    let polygon =
        r#"{"id": 3, "image_id": 2, "segmentation": [[0, 0, 3, 0, 3, 3]], "category_id": 1}"#;
    for (image, annotations, sides) in [
        (r#"{"id": 2}"#, vec![bare], json!([3, 4])),
        (
            r#"{"id": 2, "height": -1, "width": 4}"#,
            vec![bare],
            json!([3, 4]),
        ),
        (r#"{"id": 2.0, "height": null}"#, vec![bare], json!([3, 4])),
        // Polygons are drawn in the size that another mask says.
        (r#"{"id": 2}"#, vec![polygon, bare], json!([3, 4])),
        (r#"{"id": 2, "height": 3}"#, vec![], json!([3, null])),
    ] {
        let annotations = [
            vec![mask()],
            annotations.into_iter().map(str::to_owned).collect(),
        ];
        let text = dataset(&annotations.concat());
        for text in [
            text.replace("\"width\": 6}]", &format!("\"width\": 6}}, {image}]")),
            // The list of images comes last.
            format!(
                r#"{{"annotations": [{}], "images": [{{"id": 1, "height": 5, "width": 6}}, {image}]}}"#,
                annotations.concat().join(", ")
            ),
        ] {
            let out = converted(&text, "--to coco-dataset");
            let image = &out["images"][1];
            assert_eq!(json!([image["height"], image["width"]]), sides, "{text}");
            assert_eq!(out["images"][0]["height"], 5);
        }
    }
}

/// One side of an image is no size, and yet its masks have it.
#[test]
fn a_side_that_is_known_alone() {
    let dir = TestDir::new();
    for (sides, is_good, said) in [
        ("\"height\": 5", true, ""),
        ("\"width\": 6.0, \"height\": null", true, ""),
        ("\"width\": 6, \"height\": NaN", true, ""),
        ("\"width\": -1, \"height\": -1.0", true, ""),
        (
            "\"height\": 9",
            false,
            "5 x 6, and its image has the height 9",
        ),
        (
            "\"height\": -1, \"width\": 7",
            false,
            "5 x 6, and its image has the width 7",
        ),
    ] {
        let polygon = r#""segmentation": [[0, 0, 3, 0, 3, 3]]"#;
        let polygon = mask().replace(RLE, polygon).replace("100", "2");
        let text = dataset(&[mask()]).replace("\"height\": 5, \"width\": 6", sides);
        let polygons = dataset(&[polygon]).replace("\"height\": 5, \"width\": 6", sides);
        dir.file("in.json", &text).file("polygons.json", polygons);
        for line in [
            "stats in.json",
            "decode in.json -o out.npy",
            "show in.json -o out.png",
            "convert in.json out.json --to coco-dataset",
            "convert in.json out.csv --full",
        ] {
            let outcome = dir.run(line);
            match is_good {
                true => drop(outcome.ok()),
                false => outcome.fails("error: in.json:1: annotations[0]", said),
            }
        }
        for line in ["stats", "decode -o out.npy", "show -o out.png"] {
            let outcome = dir.run(&format!("{line} polygons.json"));
            outcome.fails("error: polygons.json:1: annotations[0]", "height and width");
        }
    }
}

#[test]
fn masks_of_an_image_have_one_size() {
    let dir = TestDir::new();
    let other = mask()
        .replace("100", "2")
        .replace(RLE, r#""segmentation": {"size": [2, 2], "counts": [4]}"#);
    let text = dataset(&[mask(), other]).replace(", \"height\": 5, \"width\": 6", "");
    dir.file("in.json", text);
    dir.run("convert in.json out --to coco-dataset").fails(
        "error: in.json:1: annotations[1].segmentation.size: ",
        "2 x 2, and its image is of 5 x 6",
    );
}

#[test]
fn numbers_that_are_text_are_numbers() {
    for (area, expected) in [
        ("\"5\"", json!(5)),
        ("\" 7.5 \"", json!(7.5)),
        ("\"7e0\"", json!(7)),
        ("\"large\"", json!(5)),
        ("\"\"", json!(5)),
        ("\"nan\"", json!(5)),
        ("[5]", json!(5)),
        ("NaN", json!(5)),
        ("8.0", json!(8.0)),
    ] {
        let text = dataset(&[annotation(1, &format!("\"area\": {area}, {RLE}"))]);
        let out = converted(&text, "--to coco-dataset");
        assert_eq!(out["annotations"][0]["area"], expected, "{area}");
    }
    let text = dataset(&[annotation(1, &format!("\"bbox\": [1, \"2\", 3], {RLE}"))]);
    let out = converted(&text, "--to coco-dataset");
    assert_eq!(out["annotations"][0]["bbox"], json!([2, 1, 3, 2]));
    for (score, expected) in [
        ("\"0.5\"", json!(0.5)),
        ("\"1\"", json!(1)),
        ("null", json!(1.0)),
    ] {
        let text = format!("[{{\"image_id\": 1, \"area\": \"5\", \"score\": {score}, {RLE}}}]");
        let out = converted(&text, "--to coco-results");
        assert_eq!(out[0]["score"], expected, "{score}");
        assert_eq!(out[0]["area"], 5);
        // So they are where all is written anew.
        let row = format!("{{\"image_id\": 1, \"score\": {score}, {RLE}}}");
        let out = converted(&row, "--to coco-results");
        assert_eq!(out[0]["score"].as_f64(), expected.as_f64(), "{score}");
    }
    let dir = TestDir::new();
    dir.file(
        "in.json",
        format!("[{{\"image_id\": 1, \"score\": \"high\", {RLE}}}]"),
    )
    .run("convert in.json out --to coco-results")
    .fails(
        "error: in.json:1: item 0: score: ",
        "the text \"high\" where a number should be",
    );
}

/// Names of a dataset's categories.
fn names(dataset: &Value) -> Vec<String> {
    let categories = dataset["categories"].as_array().unwrap().iter();
    categories
        .map(|category| format!("{}:{}", category["id"], category["name"].as_str().unwrap()))
        .collect()
}

#[test]
fn categories_of_what_is_left_out_are_not_listed() {
    let bad = [
        // Of no image, of too few counts, without an id, and of an id that is there already.
        r#"{"id": 2, "image_id": 9, "category_id": 7, "segmentation": {"size": [5, 6], "counts": [30]}}"#,
        r#"{"id": 3, "image_id": 1, "category_id": 7, "segmentation": {"size": [5, 6], "counts": [3]}}"#,
        r#"{"image_id": 1, "category_id": 7, "segmentation": {"size": [5, 6], "counts": [30]}}"#,
        r#"{"id": 100, "image_id": 1, "category_id": 7, "segmentation": {"size": [5, 6], "counts": [30]}}"#,
        r#"{"id": 4, "image_id": 1, "iscrowd": "no", "segmentation": {"size": [5, 6], "counts": [30]}}"#,
    ];
    let list = mask().replace("\"category_id\": 1", "\"category_id\": 5");
    for bad in bad {
        let text = dataset(&[list.clone(), bad.to_owned()]);
        let out = converted(&text, "--to coco-dataset --skip-bad");
        assert_eq!(names(&out), ["5:5"], "{bad}");
    }
    // Neither the number nor the id of one that is left out counts.
    let bad = bad[4].replace("\"id\": 4", "\"id\": 100");
    for options in ["", "--renumber"] {
        let text = dataset(&[bad.clone(), mask(), annotation(4, RLE)]);
        let out = converted(&text, &format!("--to coco-dataset --skip-bad {options}"));
        let annotations = out["annotations"].as_array().unwrap().iter();
        let ids: Vec<_> = annotations.map(|annotation| &annotation["id"]).collect();
        let expected = if options.is_empty() { [100, 4] } else { [1, 2] };
        assert_eq!(ids, expected, "{options}");
    }
    // Masks that are written anew, the bad one of another size than its image.
    let row = |id: u32, size: [u32; 2], category: &str| {
        let [h, w] = size;
        format!(
            "{{\"image_id\":{id},{category}\"size\":[{h},{w}],\"counts\":[0,{}]}}\n",
            h * w
        )
    };
    let good = row(1, [2, 2], "\"category_id\":5,");
    for bad in [row(1, [3, 2], "\"category_id\":7,"), row(1, [3, 2], "")] {
        let out = converted(&(good.clone() + &bad), "--to coco-dataset --skip-bad");
        assert_eq!(names(&out), ["5:5"], "{bad}");
    }
}

#[test]
fn the_usual_category_has_one_name() {
    let unlabelled = annotation(1, RLE);
    let out = converted(
        &dataset(std::slice::from_ref(&unlabelled)),
        "--to coco-dataset",
    );
    assert_eq!(names(&out), ["1:object"]);
    // One that is there by number alone, before it or after.
    for annotations in [[unlabelled.clone(), mask()], [mask(), unlabelled.clone()]] {
        let out = converted(&dataset(&annotations), "--to coco-dataset");
        assert_eq!(names(&out), ["1:object"]);
        let rows = annotations.map(|row| row.replace("\"id\"", "\"own\""));
        let out = converted(&rows.join("\n"), "--to coco-dataset --category 1:object");
        assert_eq!(names(&out), ["1:object"]);
    }
    let row = unlabelled.replace("\"id\"", "\"own\"");
    let out = converted(&format!("{row}\n{row}"), "--to coco-dataset");
    assert_eq!(names(&out), ["1:object"]);
    // A name that is given or listed wins.
    let out = converted(
        &dataset(&[unlabelled.clone(), mask()]),
        "--to coco-dataset --category 1:ship",
    );
    assert_eq!(names(&out), ["1:ship"]);
    let listed = dataset(&[unlabelled]).replace(
        "\"annotations\"",
        "\"categories\": [{\"id\": 1, \"name\": \"coin\"}], \"annotations\"",
    );
    assert_eq!(names(&converted(&listed, "--to coco-dataset")), ["1:coin"]);
}

/// As in CSV: the usual category would be one of those that others have.
#[test]
fn items_without_a_category_beside_others() {
    let dir = TestDir::new();
    let empty = r#"{"image_id": 1, "segmentation": {"size": [5, 6], "counts": [30]}}"#;
    let bare = format!("{{\"image_id\": 1, {RLE}}}");
    let null = bare.replace("{\"image_id\"", "{\"category_id\": null, \"image_id\"");
    for key in ["\"category_id\": 7", "\"value\": 7"] {
        let labelled = bare.replace("\"image_id\"", &format!("{key}, \"image_id\""));
        for (first, last) in [(&labelled, &bare), (&bare, &labelled), (&labelled, &null)] {
            let line = if *first == bare { 2 } else { 3 };
            for (text, to) in [
                (format!("[{empty},\n{first},\n{last}]"), "coco-results"),
                (format!("[{empty},\n{first},\n{last}]"), "coco-dataset"),
                (format!("{empty}\n{first}\n{last}"), "coco-results"),
                (format!("{empty}\n{first}\n{last}"), "coco-dataset"),
            ] {
                dir.file("in", text);
                let convert = format!("convert in out --to {to}");
                dir.run(&convert).fails(
                    &format!("error: in:{line}: "),
                    "no category, and others have one: --category ID:NAME says that of those",
                );
                dir.run(&format!("{convert} --category 9:sea")).ok();
                assert!(dir.read("out").contains("\"category_id\":9"));
                dir.run(&format!("{convert} --skip-bad")).ok();
            }
        }
    }
}

#[test]
fn options_that_would_be_ignored_are_refused() {
    let dir = TestDir::new();
    let image = r#"{"image": {"image_id": 5, "width": 6, "height": 5}, "annotations": [{"id": 1, "segmentation": [[0, 0, 3, 0, 3, 3]]}]}"#;
    dir.file("sa.json", image)
        .file("in.json", dataset(&[mask()]))
        .file("in.csv", "ImageId,rle\na,1 2\n");
    for (line, said) in [
        (
            "sa.json out --to coco-dataset --keep-polygons",
            "--keep-polygons goes with a dataset that lists its images",
        ),
        (
            "in.json out --to coco-dataset --category 3:a --category 3:b",
            "--category: the category 3 is both \"a\" and \"b\"",
        ),
        (
            "in.csv out --size 5,6 --to coco-dataset --category 3:a --category 4:b --category 3:c",
            "--category: the category 3 is both \"a\" and \"c\"",
        ),
    ] {
        let outcome = dir.run(&format!("convert {line}"));
        assert_eq!(outcome.status, 2, "{}", outcome.err);
        assert!(outcome.err.contains(said), "{}", outcome.err);
        assert!(!dir.files().contains(&"out".to_owned()));
    }
    dir.run("convert in.json out --to coco-dataset --category 3:a --category 3:a")
        .ok();
    // To coco they are kept.
    dir.run("convert sa.json out --keep-polygons").ok();
}
