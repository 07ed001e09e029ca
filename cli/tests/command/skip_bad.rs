//! `--skip-bad` and `--renumber`: what is bad is left out, counted and named.

use crate::TestDir;

const IMAGES: &str = r#""images": [{"id": 1, "file_name": "a.jpg", "height": 5, "width": 6}]"#;

/// A dataset with these annotations, each on a line from the second on.
fn dataset(annotations: &[&str]) -> String {
    let annotations = annotations.join(",\n");
    format!("{{\"annotations\": [\n{annotations}\n],\n{IMAGES}}}")
}

const GOOD: &str =
    r#"{"id": 1, "image_id": 1, "segmentation": {"size": [5, 6], "counts": [11,2,3,2,3,1,8]}}"#;

#[test]
fn polygons_of_too_few_points() {
    let dir = TestDir::new();
    let mixed = r#"{"id": 1, "image_id": 1, "segmentation": [[1.5, 1, 5, 1, 3, 4], [3, 3, 3, 4]]}"#;
    let bad = r#"{"id": 2, "image_id": 1, "segmentation": [[2, 2]]}"#;
    dir.file("in.json", dataset(&[mixed, bad]));
    dir.run("convert in.json out")
        .fails("error: in.json:2: ", "2 points");
    let outcome = dir.run("convert in.json out --skip-bad");
    assert_eq!(outcome.status, 0, "{}", outcome.err);
    let said = "\
left out: in.json:2: annotations[0].segmentation: polygon 1: 2 points, a polygon has 3 at least
left out: in.json:3: annotations[1].segmentation: polygon 0: 1 point, a polygon has 3 at least
1 mask written anew, 1 annotation left out as bad, 1 polygon left out as bad
";
    assert_eq!(outcome.err, said);
    let out = dir.read("out");
    assert_eq!(out.matches("\"counts\":").count(), 1, "{out}");
    // The mask is that of the good polygon alone.
    dir.file(
        "good.json",
        dataset(&[&mixed.replace(", [3, 3, 3, 4]", "")]),
    )
    .run("convert good.json expected")
    .ok();
    assert_eq!(out, dir.read("expected"));
    dir.run("convert in.json out --skip-bad --keep-polygons")
        .ok();
    assert!(dir.read("out").contains("[[1.5, 1, 5, 1, 3, 4]]}"));
    dir.run("convert in.json out --skip-bad --to coco-dataset")
        .ok();
    assert!(dir.read("out").contains("\"area\":"));
    for command in [
        "decode in.json -o out.npy",
        "stats in.json",
        "show in.json -o out.png",
    ] {
        let outcome = dir.run(&format!("{command} --skip-bad"));
        assert_eq!(outcome.status, 0, "{}", outcome.err);
        assert_eq!(outcome.err.lines().count(), 2, "{}", outcome.err);
        dir.run(command).fails("error: in.json:2: ", "2 points");
    }
}

#[test]
fn annotations_that_are_bad_for_any_reason() {
    let dir = TestDir::new();
    let with = |from: &str, to: &str| GOOD.replace(from, to);
    let annotations = [
        GOOD.to_owned(),
        with("\"id\": 1,", ""),
        GOOD.to_owned(),
        with("\"id\": 1", "\"id\": 2").replace("\"image_id\": 1", "\"image_id\": 7"),
        with("\"id\": 1", "\"id\": 3").replace("8]", "9]"),
        with("\"id\": 1", "\"id\": 4").replace("[5, 6]", "[6, 5]"),
        "5".to_owned(),
        with("\"id\": 1", "\"id\": 3"),
        with("\"id\": 1", "\"id\": 5").replace("[11", "[-11"),
    ];
    let annotations: Vec<_> = annotations.iter().map(String::as_str).collect();
    dir.file("in.json", dataset(&annotations));
    for (options, rest) in [
        ("", "2 masks written anew, 7 annotations left out as bad"),
        (
            "--to kaggle",
            "2 masks written anew, 7 annotations left out as bad",
        ),
        (
            "--to coco-dataset",
            "2 masks written anew, 7 annotations left out as bad",
        ),
        (
            "--to coco-results",
            "2 masks written anew, 7 annotations left out as bad",
        ),
        (
            "--renumber",
            "4 masks written anew, 5 annotations left out as bad",
        ),
    ] {
        let outcome = dir.run(&format!("convert in.json out --skip-bad {options}"));
        assert_eq!(outcome.status, 0, "{options}: {}", outcome.err);
        let lines: Vec<_> = outcome.err.lines().collect();
        assert_eq!(lines.last(), Some(&rest), "{options}");
        if options.is_empty() {
            assert_eq!(lines.len(), 7);
            assert!(lines[0].starts_with("left out: in.json:3: annotations[1]: no \"id\""));
            assert!(lines[1].starts_with("left out: in.json:4: annotations[2].id: "));
            assert!(lines[4].starts_with("left out: in.json:7: annotations[5]."));
            assert_eq!(lines[5], "left out: and 2 more");
        }
    }
}

#[test]
fn rows_that_are_bad() {
    let dir = TestDir::new();
    let row = r#"{"image_id":1,"size":[5,6],"counts":[30]}"#;
    let rows = format!("{row}\n{}\n[]\n{row}\n", row.replace("30", "31"));
    dir.file("rows", rows);
    let outcome = dir.run("convert rows out --skip-bad");
    assert_eq!(outcome.status, 0, "{}", outcome.err);
    assert_eq!(dir.read("out").lines().count(), 2);
    assert!(
        outcome.err.starts_with("left out: rows:2: "),
        "{}",
        outcome.err
    );
    assert!(
        outcome
            .err
            .ends_with("2 masks written anew, 2 rows left out as bad\n")
    );
    dir.file(
        "in.csv",
        "ImageId,rle,Height,Width\na,1 1,5,6\nb,0 1,5,6\nc,1 1,5\nd,1 1,-1,6\ne,3 2,5,6\n",
    );
    for command in [
        "convert in.csv out",
        "decode in.csv -o out.npy",
        "stats in.csv",
    ] {
        let outcome = dir.run(&format!("{command} --skip-bad"));
        assert_eq!(outcome.status, 0, "{}", outcome.err);
        let mut lines = outcome.err.lines();
        for line in 3..6 {
            let begins = format!("left out: in.csv:{line}: ");
            assert!(
                lines.next().unwrap().starts_with(&begins),
                "{}",
                outcome.err
            );
        }
    }
    // An image of two sizes is found by whoever writes the dataset.
    dir.file(
        "in.csv",
        "ImageId,rle,Height,Width\na,1 1,5,6\na,1 1,6,6\na,2 1,5,6\n",
    );
    let outcome = dir.run("convert in.csv out --to coco-dataset --skip-bad");
    assert_eq!(outcome.status, 0, "{}", outcome.err);
    assert!(
        outcome.err.starts_with("left out: in.csv:3: "),
        "{}",
        outcome.err
    );
    assert!(
        outcome
            .err
            .ends_with("2 masks written anew, 1 row left out as bad\n")
    );
    assert_eq!(dir.read("out").matches("\"area\":1").count(), 2);
}

#[test]
fn what_cannot_be_left_out() {
    let dir = TestDir::new();
    let whole = dataset(&[GOOD, GOOD]);
    dir.file("in.json", &whole[..whole.len() - 30]);
    dir.run("convert in.json out --skip-bad")
        .fails("error: in.json:", "cut short");
    assert_eq!(dir.files(), ["in.json"]);
    dir.file("in.json", dataset(&["{\"id\": 1}", "{\"id\": 2}"]));
    let outcome = dir.run("convert in.json out --skip-bad");
    assert_eq!(outcome.status, 1);
    let last = outcome.err.lines().last().unwrap();
    assert!(
        last.starts_with("error: in.json: no mask is left: 2 annotations"),
        "{last}"
    );
    assert_eq!(dir.files(), ["in.json"]);
    dir.file("in.csv", "ImageId,x\na,1\n");
    dir.run("stats in.csv --skip-bad")
        .fails("error: in.csv:1: ", "x");
}

#[test]
fn annotations_are_numbered_anew() {
    let dir = TestDir::new();
    let text = GOOD.replace("\"id\": 1", "\"id\": \"x\"");
    let box_alone = r#"{"image_id": 1, "bbox": [1, 2, 3, 4]}"#;
    dir.file("in.json", dataset(&[GOOD, GOOD, box_alone, &text]));
    for to in ["coco", "coco-counts", "coco-dataset"] {
        dir.run(&format!("convert in.json out --to {to}"))
            .fails("error: in.json:3: annotations[1].id: ", "the id 1");
        dir.run(&format!("convert in.json out --renumber --to {to}"))
            .ok();
        let out: serde_json::Value = serde_json::from_str(&dir.read("out")).unwrap();
        let annotations = out["annotations"].as_array().unwrap().iter();
        let ids: Vec<_> = annotations.map(|annotation| &annotation["id"]).collect();
        assert_eq!(ids, [1, 2, 3, 4], "{to}");
        assert_eq!(out["images"][0]["id"], 1);
    }
    for to in ["kaggle", "values", "coco-results"] {
        dir.run(&format!("convert in.json out --renumber --to {to}"))
            .ok();
    }
}
