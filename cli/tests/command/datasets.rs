//! `encode` to COCO's datasets and results. That pycocotools loads them is shown by
//! tests/data/check_datasets.py.

use crate::{TestDir, bytes, labels_that_end_too_large, npy};

/// Three masks of 2 x 3: `0 1 1 / 0 1 0`, none, and all.
fn stack() -> Vec<u8> {
    bytes(
        "(3, 2, 3)",
        &[0, 1, 1, 0, 1, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1],
    )
}

/// Label maps of 2 x 3: `0 7 7 / 2 2 7` and none.
fn maps() -> Vec<u8> {
    bytes("(2, 2, 3)", &[0, 7, 7, 2, 2, 7, 0, 0, 0, 0, 0, 0])
}

#[test]
fn a_stack_holds_the_instances_of_one_image() {
    let dir = TestDir::new();
    let outcome = dir
        .file("in/a.npy", stack())
        .run("encode --backend cpu --format coco-dataset in/a.npy");
    assert!(
        outcome.err.contains("3 masks, 18 pixels, 5 runs, "),
        "{}",
        outcome.err
    );
    assert!(
        outcome
            .err
            .ends_with(", cpu 3 masks, gpu 0 masks, 1 empty left out\n"),
        "{}",
        outcome.err
    );
    let dataset = r#"{"annotations":[
{"id":1,"image_id":1,"category_id":1,"segmentation":{"size":[2,3],"counts":"231"},"area":3,"bbox":[1,0,2,2],"iscrowd":0},
{"id":2,"image_id":1,"category_id":1,"segmentation":{"size":[2,3],"counts":"06"},"area":6,"bbox":[0,0,3,2],"iscrowd":0}
],
"images":[
{"id":1,"file_name":"a.npy","height":2,"width":3}
],
"categories":[
{"id":1,"name":"object"}
]}
"#;
    assert_eq!(outcome.ok(), dataset);
    let outcome = dir.run("encode --backend cpu --format coco-results --category 5:ship in/a.npy");
    assert!(
        outcome.err.ends_with(", 1 empty left out\n"),
        "{}",
        outcome.err
    );
    let results = r#"[
{"image_id":1,"category_id":5,"segmentation":{"size":[2,3],"counts":"231"},"score":1.0},
{"image_id":1,"category_id":5,"segmentation":{"size":[2,3],"counts":"06"},"score":1.0}
]
"#;
    assert_eq!(outcome.ok(), results);
}

#[test]
fn a_stack_of_images() {
    let dir = TestDir::new();
    dir.file("a.npy", stack())
        .file("b.npy", bytes("(1, 2)", &[0, 1]));
    let out = dir
        .run("encode --format coco-dataset --stack images a.npy b.npy")
        .ok();
    let dataset: serde_json::Value = serde_json::from_str(&out).unwrap();
    let images: Vec<_> = dataset["images"]
        .as_array()
        .unwrap()
        .iter()
        .map(|image| image.to_string())
        .collect();
    assert_eq!(
        images,
        [
            r#"{"file_name":"a.npy:0","height":2,"id":1,"width":3}"#,
            r#"{"file_name":"a.npy:1","height":2,"id":2,"width":3}"#,
            r#"{"file_name":"a.npy:2","height":2,"id":3,"width":3}"#,
            r#"{"file_name":"b.npy","height":1,"id":4,"width":2}"#,
        ]
    );
    let of: Vec<_> = dataset["annotations"]
        .as_array()
        .unwrap()
        .iter()
        .map(|item| item["image_id"].clone())
        .collect();
    assert_eq!(of, [1, 3, 4]);
}

#[test]
fn labels_are_instances_or_classes() {
    let dir = TestDir::new();
    dir.file("maps.npy", maps());
    let ids = |options: &str| {
        let out = dir
            .run(&format!(
                "encode --quiet --labels --format coco-dataset {options} maps.npy"
            ))
            .ok();
        let dataset: serde_json::Value = serde_json::from_str(&out).unwrap();
        let items = dataset["annotations"].as_array().unwrap().clone();
        let items: Vec<_> = items
            .iter()
            .map(|item| format!("{}:{}", item["image_id"], item["category_id"]))
            .collect();
        (
            items.join(" "),
            dataset["images"].as_array().unwrap().len(),
            dataset["categories"].to_string(),
        )
    };
    assert_eq!(
        ids(""),
        ("1:1 1:1".into(), 2, r#"[{"id":1,"name":"object"}]"#.into())
    );
    assert_eq!(
        ids("--category 4:coin --stack instances"),
        ("1:4 1:4".into(), 1, r#"[{"id":4,"name":"coin"}]"#.into())
    );
    let named = r#"[{"id":1,"name":"sea"},{"id":2,"name":"2"},{"id":7,"name":"ship"}]"#;
    assert_eq!(
        ids("--categories label --category 7:ship --category 1:sea"),
        ("1:2 1:7".into(), 2, named.into())
    );
    let out = dir
        .run("encode --quiet --labels --format coco-results --categories label maps.npy")
        .ok();
    assert!(
        out.contains(r#"{"image_id":1,"category_id":7,"segmentation":{"size":[2,3],"counts":"2111"},"score":1.0}"#)
    );
}

#[test]
fn an_image_without_masks_is_listed() {
    let dir = TestDir::new();
    dir.file("none.npy", bytes("(0, 2, 3)", &[]));
    let images = |options: &str| {
        let out = dir
            .run(&format!(
                "encode --quiet --format coco-dataset none.npy {options}"
            ))
            .ok();
        let dataset: serde_json::Value = serde_json::from_str(&out).unwrap();
        assert_eq!(dataset["annotations"].as_array().unwrap().len(), 0);
        dataset["images"].to_string()
    };
    assert_eq!(
        images(""),
        r#"[{"file_name":"none.npy","height":2,"id":1,"width":3}]"#
    );
    assert_eq!(images("--stack images"), "[]");
    assert_eq!(images("--labels"), "[]");
    assert_eq!(
        dir.run("encode --quiet --format coco-results none.npy")
            .ok(),
        "[\n]\n"
    );
}

#[test]
fn ids_from_a_file() {
    let dir = TestDir::new();
    dir.file("a.npy", stack())
        .file("b.npy", bytes("(1, 2)", &[0, 1]))
        .file("bad.npy", "nonsense");
    let run = |ids: &str, inputs: &str| {
        dir.file("ids", ids);
        dir.run(&format!(
            "encode --quiet --format coco-results --image-ids ids {inputs} -o out.json"
        ))
    };
    run("42\n-7\n", "a.npy b.npy").ok();
    let out = dir.read("out.json");
    let ids: Vec<_> = out
        .lines()
        .filter_map(|line| line.strip_prefix("{\"image_id\":")?.split(',').next())
        .collect();
    assert_eq!(ids, ["42", "42", "-7"]);
    // As Windows programs write it, and from a pipe.
    run("\u{feff}42\n-7\n", "a.npy b.npy").ok();
    assert_eq!(dir.read("out.json"), out);
    #[cfg(unix)]
    {
        let line = "encode --quiet --format coco-results --image-ids /dev/stdin a.npy b.npy";
        dir.command()
            .args(line.split(' '))
            .write_stdin("42\n-7\n")
            .assert()
            .success()
            .stdout(out);
    }
    std::fs::remove_file(dir.path("out.json")).unwrap();
    run("42\n7\n8\n", "a.npy b.npy").fails(
        "error: ids:3: ",
        "the id 8 is of no image: there are only 2",
    );
    run("42\n42\n", "a.npy b.npy").fails_first(
        "error: b.npy: no image id: ids:2: ",
        "the id 42 is there already",
    );
    run("42\n\n7", "a.npy b.npy")
        .fails_first("error: b.npy: no image id: ids:2: ", "\"\" is not an id");
    run("42\n", "a.npy b.npy")
        .fails_first("error: b.npy: no image id: ids has 1 ids", "more images");
    run(&"9".repeat(1 << 20), "a.npy")
        .fails_first("error: a.npy: no image id: ids:1: ", "is not an id");
    // The images of the ids after it cannot be known.
    run("1\n2\n3\n", "a.npy bad.npy b.npy").fails_first("error: bad.npy: ", "not a .npy file");
    let missing = dir.run("encode --quiet --format coco-results --image-ids nothing a.npy");
    missing.fails("error: nothing: ", "no such file");
    assert_eq!(dir.files(), ["a.npy", "b.npy", "bad.npy", "ids"]);
}

#[test]
fn ids_of_a_dataset() {
    let dir = TestDir::new();
    let images = r#"{"id": 42, "height": 2, "width": 3, "file_name": "train/a.jpg"}, {"id": "b", "file_name": "b.png"},
{"id": 1, "height": 9, "width": 9, "file_name": "c.jpg"}, {"id": 2, "file_name": "d.jpg"}, {"id": 3, "file_name": "x/d.jpg"},
{"id": 4, "file_name": "s_0.jpg"}, {"id": 5, "file_name": "s_1.jpg"}, {"id": 6, "file_name": "s_2.jpg"}"#;
    dir.file(
        "ids.json",
        format!("{{\"annotations\": [], \"images\": [{images}]}}"),
    );
    for name in ["a", "b", "c", "d", "e", "s", "more/a"] {
        dir.file(&format!("{name}.npy"), stack());
    }
    let run = |options: &str| {
        dir.run(&format!(
            "encode --quiet --format coco-dataset --image-ids ids.json {options}"
        ))
    };
    let images = |options: &str| {
        let dataset: serde_json::Value = serde_json::from_str(&run(options).ok()).unwrap();
        let images = dataset["images"].as_array().unwrap().clone();
        images
            .iter()
            .map(|image| format!("{}={}", image["id"], image["file_name"]))
            .collect::<Vec<_>>()
            .join(" ")
    };
    assert_eq!(images("b.npy a.npy"), r#""b"="b.png" 42="train/a.jpg""#);
    assert_eq!(
        images("--stack images s.npy"),
        r#"4="s_0.jpg" 5="s_1.jpg" 6="s_2.jpg""#
    );
    let fails = |input: &str, why: &str| {
        run(&format!("{input} -o out.json")).fails_first("error: ", &format!("no image id: {why}"));
    };
    fails("e.npy", "ids.json has no image called \"e\"");
    fails("c.npy", "2 x 3, and the image 1 in ids.json is of 9 x 9");
    fails("d.npy", "ids.json has two images called \"d\"");
    fails(
        "a.npy more/a.npy",
        "the image 42 in ids.json is that of another input already",
    );
    dir.file(
        "ids.json",
        "{\"images\": [{\"id\": 1}, {\"id\": 1}], \"annotations\": []}",
    );
    run("a.npy").fails(
        "error: ids.json:1: images[1]: ",
        "the id 1 is that of images[0] already",
    );
    dir.file("ids.json", "[1, 2]");
    run("a.npy").fails(
        "error: ids.json: ",
        "neither a dataset nor an id on each line",
    );
}

/// The id of an input that fails is free for the next one of that name.
#[test]
fn ids_of_an_input_that_fails() {
    let dir = TestDir::new();
    dir.file(
        "x/a.npy",
        npy("'<u8'", false, "(1, 1, 1)", &(1u64 << 40).to_le_bytes()),
    )
    .file("a.npy", stack());
    dir.file(
        "ids.json",
        r#"{"images": [{"id": 42, "file_name": "a.jpg"}], "annotations": []}"#,
    );
    for stack in ["instances", "images"] {
        let ids = if stack == "images" { "a_0" } else { "a" };
        dir.file(
            "ids.json",
            format!(r#"{{"images": [{{"id": 42, "file_name": "{ids}.jpg"}}], "annotations": []}}"#),
        );
        dir.file("a.npy", bytes("(1, 1, 1)", &[1]));
        let line = format!(
            "encode --quiet --labels --format coco-dataset --image-ids ids.json --stack {stack} x/a.npy a.npy"
        );
        let outcome = dir.run(&line);
        assert_eq!(
            (outcome.status, outcome.err.lines().count()),
            (1, 1),
            "{}",
            outcome.err
        );
        assert!(
            outcome.err.starts_with("error: x/a.npy: "),
            "{}",
            outcome.err
        );
        assert!(outcome.out.contains(r#""image_id":42"#), "{}", outcome.out);
    }
}

#[test]
fn an_input_that_fails_leaves_no_image_and_no_annotation() {
    let dir = TestDir::new();
    dir.file("late.npy", labels_that_end_too_large(300_000))
        .file("good.npy", stack())
        .file("more.npy", stack());
    let line = "encode --quiet --memory 8M --format coco-dataset --stack images good.npy late.npy more.npy";
    for output in ["", "-o out.json"] {
        let outcome = dir.run(&format!("{line} {output}"));
        assert_eq!(
            (outcome.status, outcome.err.lines().count()),
            (1, 1),
            "{}",
            outcome.err
        );
        // It is taken back from the output to a pipe too.
        let text = if output.is_empty() {
            outcome.out
        } else {
            dir.read("out.json")
        };
        let dataset: serde_json::Value = serde_json::from_str(&text).unwrap();
        let ids = |list: &str| -> Vec<_> {
            dataset[list]
                .as_array()
                .unwrap()
                .iter()
                .map(|item| item["id"].clone())
                .collect()
        };
        assert_eq!(ids("annotations"), [1, 2, 3, 4]);
        assert_eq!(ids("images"), [1, 2, 3, 4, 5, 6]);
    }
}

#[test]
fn too_many_categories_are_an_instance_map() {
    let dir = TestDir::new();
    let pixels: Vec<u8> = (1..=70_000u32).flat_map(u32::to_le_bytes).collect();
    dir.file("a.npy", npy("'<u4'", false, "(7, 10000)", &pixels));
    let line = "encode --quiet --labels --categories label --format coco-dataset a.npy -o out.json";
    dir.run(line).fails(
        "error: a.npy: ",
        "--categories one takes them for instances",
    );
    dir.run(&line.replace("label --format", "one --format"))
        .ok();
}

#[test]
fn options_that_do_not_go_together() {
    let dir = TestDir::new();
    dir.file("a.npy", stack());
    for line in [
        "encode --category 1:a a.npy",
        "encode --stack images a.npy",
        "encode --image-ids ids a.npy",
        "encode --format coco-dataset --categories one a.npy",
        "encode --format coco-dataset --category a a.npy",
        "encode --format coco-dataset --category 1: a.npy",
        "encode --format coco-dataset --category 1:a --category 2:b a.npy",
        "encode --format coco-dataset --order row a.npy",
    ] {
        let outcome = dir.run(line);
        assert_eq!(
            (outcome.status, outcome.out.as_str()),
            (2, ""),
            "{line}: {}",
            outcome.err
        );
    }
    let twice = "encode --labels --categories label --category 1:a --category 1:b --format coco-dataset a.npy";
    let outcome = dir.run(twice);
    let said = "--category: the category 1 is both \"a\" and \"b\"";
    assert!(
        outcome.status == 2 && outcome.err.contains(said),
        "{}",
        outcome.err
    );
}
