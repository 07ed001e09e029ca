//! Files that `convert` refuses, with one line of error that says where, and no output.

use crate::TestDir;

/// Asserts that converting a file with this text fails with one line, and that nothing is written.
#[track_caller]
fn refused(text: impl AsRef<[u8]>, options: &str, begins: &str, why: &str) {
    let dir = TestDir::new();
    dir.file("in", text)
        .run(&format!("convert in out {options}"))
        .fails(&format!("error: in{begins}"), why);
    assert_eq!(dir.files(), ["in"]);
}

/// A dataset with these annotations, each on a line from the second on, and images 7 and 8 of 2 x
/// 3.
fn dataset(annotations: &str) -> String {
    let images = r#"{"id": 7, "height": 2, "width": 3}, {"id": 8, "file_name": "x.jpg"}"#;
    format!("{{\"annotations\": [\n{annotations}\n],\n\"images\": [{images}]}}")
}

const GOOD: &str = r#"{"id": 1, "image_id": 7, "segmentation": {"size": [2, 3], "counts": [6]}}"#;

#[test]
fn datasets_that_contradict_themselves() {
    let with = |annotation: &str| dataset(&format!("{GOOD},\n{annotation}"));
    let rle = r#""segmentation": {"size": [2, 3], "counts": [6]}"#;
    refused(
        with(&format!("{{\"id\": 1, \"image_id\": 7, {rle}}}")),
        "",
        ":3: annotations[1].id: ",
        "the id 1",
    );
    refused(
        with(&format!("{{\"image_id\": 7, {rle}}}")),
        "",
        ":3: annotations[1]: ",
        "no \"id\"",
    );
    refused(
        with(&format!("{{\"id\": 2, {rle}}}")),
        "",
        ":3: annotations[1]: ",
        "no \"image_id\"",
    );
    refused(
        with(&format!("{{\"id\": 2, \"image_id\": 9, {rle}}}")),
        "",
        ":3: annotations[1].image_id: ",
        "no image has the id 9",
    );
    refused(
        with(&format!("{{\"id\": 2, \"image_id\": 7.5, {rle}}}")),
        "",
        ":3: annotations[1].image_id: ",
        "a whole number or text",
    );
    refused(
        with(r#"{"id": 2, "image_id": 7, "segmentation": {"size": [3, 2], "counts": [6]}}"#),
        "",
        ":3: annotations[1].segmentation.size: ",
        "3 x 2, and its image is of 2 x 3",
    );
    refused(
        with(r#"{"id": 2, "image_id": 8, "segmentation": [[0, 0, 3, 0, 0, 3]]}"#),
        "",
        ":3: annotations[1].segmentation: ",
        "height and width",
    );
    refused(
        r#"{"annotations": [], "annotations": []}"#,
        "",
        ":1: ",
        "the key \"annotations\" is there twice",
    );
    refused(
        r#"{"images": [{"id": 1}, {"id": 1}]}"#,
        "",
        ":1: images[1]: ",
        "that of images[0] already",
    );
    refused(
        "{\"images\": [\n{\"height\": 1}]}",
        "",
        ":2: images[0]: ",
        "no \"id\"",
    );
    refused(
        r#"{"images": [{"id": 1, "height": -1}]}"#,
        "",
        ":1: images[0]: ",
        "-1",
    );
    refused(
        r#"{"images": {}, "annotations": []}"#,
        "",
        ":1: ",
        "a list of images",
    );
    refused(
        r#"{"images": [], "annotations": 5}"#,
        "",
        ":1: ",
        "a list of annotations",
    );
    refused(
        r#"{"images": [], "annotations": [5]}"#,
        "",
        ":1: annotations[0]: ",
        "invalid type: integer",
    );
    refused(
        r#"{"image": 5, "annotations": []}"#,
        "",
        ":1: image: ",
        "invalid type: integer",
    );
}

#[test]
fn masks_that_are_none() {
    let with = |segmentation: &str| {
        dataset(&format!(
            "{{\"id\": 1, \"image_id\": 7, \"segmentation\": {segmentation}}}"
        ))
    };
    let at = ":2: annotations[0].segmentation";
    refused(
        with(r#"{"size": [2, 3], "counts": [5]}"#),
        "",
        &format!("{at}: counts: "),
        "6 pixels",
    );
    refused(
        with(r#"{"size": [2, 3], "counts": "1P"}"#),
        "",
        &format!("{at}: "),
        "character 2",
    );
    refused(
        with(r#"{"size": [2, 3], "counts": [-6]}"#),
        "",
        &format!("{at}.counts: "),
        "-6",
    );
    refused(
        with(r#"{"size": [2, 3], "counts": [99999999999999999999999999]}"#),
        "",
        &format!("{at}.counts: "),
        "",
    );
    refused(
        with(r#"{"size": [2, 3], "counts": {}}"#),
        "",
        &format!("{at}.counts: "),
        "run lengths",
    );
    refused(
        with(r#"{"size": [2], "counts": [6]}"#),
        "",
        &format!("{at}.size: "),
        "length 1",
    );
    refused(
        with(r#"{"size": "2x3", "counts": [6]}"#),
        "",
        &format!("{at}.size: "),
        "invalid type",
    );
    refused(
        with(r#"{"size": [2, 3]}"#),
        "",
        &format!("{at}: "),
        "no \"counts\"",
    );
    refused(
        with(r#"{"counts": [6]}"#),
        "",
        &format!("{at}: "),
        "no \"size\"",
    );
    refused(with(r#"{}"#), "", &format!("{at}: "), "no \"size\"");
    refused(with(r#""a mask""#), "", &format!("{at}: "), "invalid type");
    refused(
        with(r#"[[0, 0, 3, 0]]"#),
        "",
        &format!("{at}: polygons: polygon 0"),
        "a polygon has 6 at least",
    );
    refused(
        with(r#"[[0, 0, 3, 0, 0, 3, 1]]"#),
        "",
        &format!("{at}: polygon 0"),
        "",
    );
    refused(
        with(r#"[[0, 0, 3, 0, 0, 1e400]]"#),
        "",
        &format!("{at}: polygons: "),
        "number out of range",
    );
    refused(
        with(r#"[[0, 0, 3, 0, 0, 1e300]]"#),
        "",
        &format!("{at}: polygon 0"),
        "",
    );
    refused(
        with(r#"[[0, 0, 3, 0, 0, null]]"#),
        "",
        &format!("{at}: polygons: "),
        "invalid type: null",
    );
    refused(
        with(r#"[0, 0, 3, 0, 0, 3]"#),
        "",
        &format!("{at}: polygons: "),
        "expected a sequence",
    );
    refused(
        with(r#"[[0, 0, 3, 0, 0, NaN]]"#),
        "",
        ":2: ",
        "expected value",
    );
    refused(
        r#"{"images": [{"id": 1, "height": 4294967295, "width": 4294967295}], "annotations": [{"id": 1, "image_id": 1, "segmentation": [[0, 0, 3, 0, 0, 3]]}]}"#,
        "",
        ":1: annotations[0].segmentation: ",
        "the limit is 4294967295",
    );
}

#[test]
fn polygons_across_an_image_of_millions() {
    let with = |width: u32| {
        let polygon = format!("[[0, 0, {width}, 0, {width}, 2, 0, 2]]");
        let image = format!(r#"{{"id": 1, "height": 1, "width": {width}}}"#);
        format!(
            r#"{{"images": [{image}], "annotations": [{{"id": 1, "image_id": 1, "segmentation": {polygon}}}]}}"#
        )
    };
    TestDir::new()
        .file("in", with(1 << 20))
        .run("convert in out")
        .ok();
    refused(
        with(1 << 30),
        "",
        ":1: annotations[0].segmentation: ",
        "the limit is",
    );
}

#[test]
fn lists_rows_and_csv() {
    refused(
        "[{\"size\": [2, 3],\n \"counts\": [6]},\n{\"size\": [2, 3],\n \"counts\": [7]}]",
        "",
        ":3: item 1: ",
        "6 pixels",
    );
    refused("[5]", "", ":1: item 0: ", "invalid type: integer");
    refused(
        "[{\"segmentation\": [[0, 0, 3, 0, 0, 3]]}]",
        "",
        ":1: item 0.segmentation: ",
        "height and width",
    );
    refused(
        "[{\"size\": [2, 3], \"counts\": [6]}]",
        "--to kaggle",
        ":1: item 0: ",
        "no \"image_id\" and no \"source\"",
    );
    refused(
        "[{\"size\": [2, 3], \"counts\": [6]}]",
        "--to coco-dataset",
        ":1: item 0: ",
        "no \"image_id\"",
    );
    refused(
        "{\"size\":[2,3],\"counts\":[6]}\n{\"size\":[2,3],\"counts\":[7]}\n",
        "",
        ":2: ",
        "6 pixels",
    );
    refused(
        "{\"size\":[2,3],\"counts\":[6]}\nnonsense\n",
        "",
        ":2: ",
        "column 2: expected ident",
    );
    refused(
        "{\"size\":[2,3],\"counts\":[6]} {\"size\":[2,3],\"counts\":[6]}\n",
        "",
        ":1: ",
        "trailing characters",
    );
    let two = "{\"image_id\":1,\"size\":[2,3],\"counts\":[0,6]}\n{\"image_id\":1,\"size\":[3,2],\"counts\":[0,6]}\n";
    refused(
        two,
        "--to coco-dataset",
        ":2: ",
        "it is of 3 x 2, and another mask of its image",
    );
    let csv = |row: &str| format!("ImageId,EncodedPixels\na,1 1\n{row}\n");
    refused(csv("b,0 1"), "--size 2,3", ":3: ", "must be positive");
    refused(csv("b,1 1"), "", ":1: ", "--size H,W is needed");
    refused(
        csv("1,1 1"),
        "--size 2,3 --to coco-results",
        ":3: ",
        "where some are whole numbers, all are",
    );
    refused(
        "EncodedPixels,Height,Width\n1 1,2,x\n",
        "",
        ":2: Width: ",
        "not a whole number",
    );
    refused(
        "EncodedPixels,Height,Width\n1 1,2,-3\n",
        "",
        ":2: Width: ",
        "no number of pixels",
    );
    refused("hello\n", "", ":1: ", "neither JSON nor CSV");
}

#[test]
fn images_of_one_name_are_no_csv() {
    let images = r#"{"id": 1, "height": 2, "width": 3, "file_name": "a/x.jpg"}, {"id": 2, "height": 2, "width": 3, "file_name": "b/x.png"}"#;
    let masks = r#"{"id": 1, "image_id": 1, "segmentation": {"size": [2, 3], "counts": [6]}},
{"id": 2, "image_id": 2, "segmentation": {"size": [2, 3], "counts": [6]}}"#;
    let text = format!("{{\"images\": [{images}], \"annotations\": [{masks}]}}");
    refused(
        text,
        "--to kaggle",
        ":2: annotations[1]: ",
        "the ImageId \"x\" would be that of the image 1 (a/x.jpg) and of the image 2",
    );
}

#[test]
fn files_cut_anywhere() {
    let dir = TestDir::new();
    let whole = dataset(GOOD);
    let results = format!("[{GOOD},\n{GOOD}]");
    for text in [&whole, &results] {
        for length in 1..text.len() {
            let outcome = dir.file("in", &text[..length]).run("convert in out");
            assert_eq!(
                (outcome.status, outcome.err.lines().count()),
                (1, 1),
                "{length}: {}",
                outcome.err
            );
            assert!(outcome.err.starts_with("error: in:"), "{}", outcome.err);
            assert_eq!(dir.files(), ["in"]);
        }
    }
    refused(format!("{whole} {{}}"), "", ":4: ", "trailing characters");
    refused(
        &b"{\"images\": [], \"annotations\": [{\"id\": \"\xff\"}]}"[..],
        "",
        ":1: ",
        "",
    );
}

#[test]
fn nesting_and_size() {
    for deep in [
        "[",
        "{\"a\":",
        "{\"annotations\":[{\"a\":",
        "{\"annotations\":[",
    ] {
        refused(deep.repeat(100_000), "", ":1: ", "");
    }
    let nested = |deep: usize| {
        format!(
            "{{\"annotations\":[],\"a\":{}{}}}",
            "[".repeat(deep),
            "]".repeat(deep)
        )
    };
    TestDir::new()
        .file("in", nested(1000))
        .run("convert in out")
        .ok();
    refused(
        nested(100_000),
        "",
        ":1: ",
        "more than 1000 lists and objects within each other",
    );
    // Brackets in strings open nothing.
    let text = format!("{{\"a\":\"\\\"{}\",\"annotations\":[]}}", "[".repeat(2000));
    TestDir::new().file("in", text).run("convert in out").ok();
    // Values too large to keep in memory.
    let long = "9".repeat(65 << 20);
    refused(
        format!("{{\"annotations\":[{long}]}}"),
        "",
        "",
        "more than 64 MiB",
    );
    refused(format!("{{\"a\":{long}}}"), "", ":1: ", "more than 64 MiB");
    refused(&long, "", ":1: ", "a row of more than 64 MiB");
    refused(
        format!("EncodedPixels,Height,Width\n1 1,1,1\n{long}"),
        "--to values",
        ":3: ",
        "a row of more than 64 MiB",
    );
}

/// Label maps whose runs along a row become one run in each column.
#[test]
fn label_maps_of_more_runs_than_memory_has_room_for() {
    let stripes = |rows: u32| {
        let values: Vec<_> = (0..rows).map(|row| (row % 2).to_string()).collect();
        let counts = vec!["4096"; rows as usize].join(",");
        format!(
            r#"{{"size":[{rows},4096],"order":"row","values":[{}],"counts":[{counts}]}}"#,
            values.join(",")
        )
    };
    refused(stripes(4096), "", ":1: ", "the limit is 8388608");
    let dir = TestDir::new();
    for command in ["stats in", "convert in out --to coco-counts"] {
        let outcome = dir.file("in", stripes(4096)).run(command);
        assert!(!outcome.err.contains("Limits::"), "{}", outcome.err);
        outcome.fails("error: in", "the limit is 8388608");
    }
    // Runs are drawn whichever way they go.
    dir.run("show in -o out.png").ok();
    dir.file("in", stripes(256)).run("stats in").ok();
}

#[test]
fn hints_are_about_options_that_there_are() {
    let values: Vec<_> = (1..=70_000).map(|value: u32| value.to_string()).collect();
    let counts = vec!["1"; values.len()].join(",");
    let row = format!(
        r#"{{"source":"a","size":[7,10000],"order":"row","values":[{}],"counts":[{counts}]}}"#,
        values.join(",")
    );
    let dir = TestDir::new();
    let outcome = dir.file("in", row).run("convert in out --to coco-dataset");
    assert!(!outcome.err.contains("--categories"), "{}", outcome.err);
    outcome.fails("error: in:1: ", "more than 65536 labels are no categories");
}

#[test]
fn two_annotations_of_one_id() {
    let dir = TestDir::new();
    dir.file("in", dataset(&format!("{GOOD},\n{GOOD}")));
    for command in [
        "convert in out",
        "convert in out --to kaggle",
        "convert in out --to values",
        "convert in out --to coco-results",
        "stats in",
        "decode in -o out.npz",
        "show in -o out.png",
    ] {
        dir.run(command)
            .fails("error: in:3: annotations[1].id: ", "the id 1");
    }
    assert_eq!(dir.files(), ["in"]);
}

#[test]
fn what_is_not_there_and_what_cannot_be_written() {
    let dir = TestDir::new();
    dir.run("convert nothing out")
        .fails("error: nothing: ", "no such file");
    dir.file("in", "[]")
        .run("convert in nowhere/out")
        .fails("error: nowhere/out: ", "no folder");
    dir.run("convert . out").fails("error: .: ", "");
    for usage in [
        "convert in",
        "convert in out --to png",
        "convert in out --to kaggle --keep-polygons",
        "convert in out --full",
        "convert in out --category 1:a",
    ] {
        assert_eq!(dir.run(usage).status, 2, "{usage}");
    }
    assert_eq!(dir.files(), ["in"]);
}
