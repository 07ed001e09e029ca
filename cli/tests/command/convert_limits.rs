//! Files that are cut short, or that would take too much memory, which `convert` refuses.

use crate::TestDir;
use crate::convert_refused::{GOOD, dataset, refused};

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
    refused(
        format!("{whole} {{}}"),
        "",
        ":4: ",
        "`{` where the end of the file should be",
    );
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
    let long = "9".repeat(257 << 20);
    refused(
        format!("{{\"annotations\":[{long}]}}"),
        "",
        "",
        "more than 256 MiB",
    );
    refused(format!("{{\"a\":{long}}}"), "", ":1: ", "more than 256 MiB");
    refused(&long, "", ":1: ", "a row of more than 256 MiB");
    refused(
        format!("EncodedPixels,Height,Width\n1 1,1,1\n{long}"),
        "--to values",
        ":3: ",
        "a row of more than 256 MiB",
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
