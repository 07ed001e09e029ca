//! JSON as people's programs spell it: numbers, flags, ids, repeated keys, keys of their own.

use crate::TestDir;

/// A dataset of one image of 5 x 6 and these annotations.
fn dataset(annotations: &str) -> String {
    format!(
        r#"{{"images": [{{"id": 1, "file_name": "a.jpg", "height": 5, "width": 6}}], "annotations": [{annotations}]}}"#
    )
}

/// An annotation of the image, with these members besides.
fn annotation(id: u32, members: &str) -> String {
    format!(r#"{{"id": {id}, "image_id": 1, "category_id": 1, {members}}}"#)
}

const MASK: &str = r#""segmentation": {"size": [5, 6], "counts": ";2300O5"}"#;
/// JSON line of that mask.
const LINE: &str = r#""size":[5,6],"counts":";2300O5""#;

/// Text that `convert` with these options writes.
#[track_caller]
fn converted(text: impl AsRef<[u8]>, options: &str) -> String {
    let dir = TestDir::new();
    dir.file("in", text)
        .run(&format!("convert in out {options}"))
        .ok();
    dir.read("out")
}

#[track_caller]
fn refused(text: impl AsRef<[u8]>, command: &str, begins: &str, why: &str) {
    let dir = TestDir::new();
    dir.file("in", text)
        .run(command)
        .fails(&format!("error: in{begins}"), why);
    assert_eq!(dir.files(), ["in"]);
}

#[test]
fn whole_numbers_however_they_are_spelt() {
    for (size, counts) in [
        ("[5.0, 6.0]", "[11.0, 2.0, 3.0, 2.0, 3.0, 1.0, 8.0]"),
        ("[5e0, 60e-1]", "[1.1e1, 2, 3e0, 2.00, 3, 1E+0, 0.8e1]"),
        ("[0.5e1, 6]", "[11, 2, 3, 2, 3, 1, 800e-2]"),
    ] {
        let mask = format!(r#"{{"size": {size}, "counts": {counts}}}"#);
        let image = r#"{"id": 1.0, "height": 5.0, "width": 6e0}"#;
        let text = format!(
            r#"{{"images": [{image}], "annotations": [{{"id": 1, "image_id": 10e-1, "category_id": 2.0, "segmentation": {mask}}}]}}"#
        );
        // pycocotools takes neither sides nor counts that are spelt as floats.
        let respelt = converted(&text, "");
        assert!(
            respelt.contains(r#"{"size": [5,6], "counts": ";2300O5"}"#),
            "{respelt}"
        );
        let respelt = converted(&text, "--to coco-counts");
        assert!(
            respelt.contains(r#"{"size": [5,6], "counts": [11,2,3,2,3,1,8]}"#),
            "{respelt}"
        );
        let string = text.replace(&format!("\"counts\": {counts}"), "\"counts\": \";2300O5\"");
        assert!(converted(&string, "").contains(r#"{"size": [5,6], "counts": ";2300O5"}"#));
        let line = format!(r#"{{"counts":{counts},"a":1,"size":{size}}}"#);
        assert_eq!(
            converted(&line, ""),
            "{\"counts\":\";2300O5\",\"a\":1,\"size\":[5,6]}\n"
        );
        let results = converted(&text, "--to coco-results");
        assert!(
            results.contains(r#""image_id":1,"category_id":2"#),
            "{results}"
        );
        let row =
            format!(r#"{{"source":"a","index":7.0,"value":3e0,"size":{size},"counts":{counts}}}"#);
        let rows = converted(&row, "--to kaggle");
        assert!(rows.contains("a_7,12 2 "), "{rows}");
    }
    let values = r#"{"size":[1.0,2],"order":"row","values":[-1.0,2e0],"counts":[1,1.0]}"#;
    let dir = TestDir::new();
    dir.file("in", values).run("decode in -o out.npy").ok();
}

#[test]
fn numbers_that_are_not_whole() {
    let with = |members: &str| dataset(&annotation(1, members));
    for (size, counts, key, why) in [
        (
            "[5.5, 6]",
            "[30]",
            "size",
            "5.5 where a whole number from 0",
        ),
        ("[\"5\", 6]", "[30]", "size", "the text \"5\" where a whole"),
        (
            "[5, 6]",
            "[29.5, 0.5]",
            "counts",
            "item 0: 29.5 where a run length",
        ),
        (
            "[5, 6]",
            "[30, -0.5]",
            "counts",
            "item 1: -0.5 where a run length",
        ),
        (
            "[5, 6]",
            "[\"30\"]",
            "counts",
            "item 0: the text \"30\" where",
        ),
        (
            "[5, 6]",
            "[4294967296]",
            "counts",
            "4294967296 where a run length",
        ),
        ("[5, NaN]", "[30]", "size", "NaN where a whole number"),
        ("[5, 1e10]", "[30]", "size", "1e10 where a whole number"),
    ] {
        let mask = format!(r#""segmentation": {{"size": {size}, "counts": {counts}}}"#);
        let at = format!(":1: annotations[0].segmentation.{key}: ");
        refused(with(&mask), "convert in out", &at, why);
    }
    for (image, why) in [
        (
            r#"{"id": 1.5}"#,
            "1.5 where a whole number or text should be",
        ),
        (
            r#"{"id": [1]}"#,
            "a list where a whole number or text should be",
        ),
    ] {
        let text = format!(r#"{{"images": [{image}], "annotations": []}}"#);
        refused(text, "stats in", ":1: images[0].id: ", why);
    }
}

#[test]
fn ids_are_compared_as_values_and_go_through_at_any_size() {
    let long = "12345678901234567890123";
    let of = |image: &str, id: &str, image_id: &str| {
        format!(
            r#"{{"images": [{{"id": {image}, "height": 5, "width": 6}}], "annotations": [{{"id": {id}, "image_id": {image_id}, {MASK}}}]}}"#
        )
    };
    for (image, image_id, written) in [
        ("4711", "4711.0", "4711"),
        ("4711.0", "4711", "4711"),
        (long, long, long),
        ("\"a1b2\"", "\"a1b2\"", "\"a1b2\""),
        (
            "-9223372036854775809",
            "-9223372036854775809.0",
            "-9223372036854775809",
        ),
    ] {
        let text = of(image, long, image_id);
        // Members that are copied keep their spelling.
        let copy = converted(&text, "");
        assert!(
            copy.contains(&format!(r#""id": {long}, "image_id": {image_id},"#)),
            "{copy}"
        );
        let results = converted(&text, "--to coco-results");
        assert!(
            results.contains(&format!(r#""image_id":{written},"#)),
            "{results}"
        );
        let dir = TestDir::new();
        let id = image_id.trim_matches('"').trim_end_matches(".0");
        dir.file("in", &text)
            .run(&format!("show in --image-id={id} -o out.png"))
            .ok();
    }
    let rows = format!(
        "{{\"image_id\":\"a1b2\",{LINE}}}\n{{\"image_id\":4711,{LINE}}}\n{{\"image_id\":\"4711\",{LINE}}}\n"
    );
    let set = converted(rows, "--to coco-dataset");
    for id in ["\"a1b2\"", "4711", "\"4711\""] {
        assert!(
            set.contains(&format!("{{\"id\":{id},\"file_name\"")),
            "{set}"
        );
    }
    // One annotation's id, spelt twice.
    for (a, b) in [("7", "7.0"), ("7e0", "0.7e1"), (long, &format!("{long}.0"))] {
        let text = dataset(&format!(
            r#"{{"id": {a}, "image_id": 1, {MASK}}}, {{"id": {b}, "image_id": 1, {MASK}}}"#
        ));
        refused(
            text,
            "stats in",
            ":1: annotations[1].id: ",
            "another annotation has the id",
        );
    }
}

#[test]
fn sides_that_are_not_known() {
    for side in ["-1", "null", "-1.0", "NaN"] {
        let text = format!(
            r#"{{"images": [{{"id": 1, "height": {side}, "width": {side}}}], "annotations": [{{"id": 1, "image_id": 1, {MASK}}}]}}"#
        );
        assert!(converted(text, "").contains(&format!("\"height\": {side}")));
    }
    for side in ["-2", "\"5\"", "5.5", "[5]", "4294967296"] {
        let text = format!(
            r#"{{"images": [{{"id": 1, "height": {side}, "width": 6}}], "annotations": []}}"#
        );
        refused(
            text,
            "stats in",
            ":1: images[0].height: ",
            "where a number of pixels",
        );
    }
}

#[test]
fn crowds_are_compared_as_values() {
    let crowd = |value: &str| {
        let text = format!(r#"[{{"image_id": 1, "category_id": 1, {MASK}, "iscrowd": {value}}}]"#);
        let set = converted(text, "--to coco-dataset");
        assert!(set.contains("\"iscrowd\":"));
        set.contains("\"iscrowd\":1")
    };
    for no in ["0", "0.0", "-0", "0e0", "false", "null", "\"0\""] {
        assert!(!crowd(no), "{no}");
    }
    for yes in ["1", "1.0", "1e0", "true", "\"1\""] {
        assert!(crowd(yes), "{yes}");
    }
    let text = format!(r#"[{{"image_id": 1, {MASK}, "iscrowd": "no"}}]"#);
    refused(
        text,
        "convert in out --to coco-dataset",
        ":1: item 0.iscrowd: ",
        "the text \"no\" where 0 or 1 should be",
    );
}

#[test]
fn members_that_a_verb_does_not_need_may_be_anything() {
    let own = r#""value": "round", "index": [1], "source": {"by": 2}, "order": 5, "score": "high", "iscrowd": "no", "bbox": NaN"#;
    let text = dataset(&annotation(1, &format!("{MASK}, {own}")));
    let dir = TestDir::new();
    dir.file("in", &text);
    dir.run("decode in -o out.npy").ok();
    let stats = dir.run("stats in --json").ok();
    assert!(stats.contains("\"label\": 1"), "{stats}");
    dir.run("show in -o out.png").ok();
    dir.run("show in --image-id 1 -o out.png").ok();
    dir.run("convert in out.csv").ok();
    dir.run("convert in out.json --to coco-counts").ok();
    assert!(
        dir.read("out.json")
            .contains(r#""value": "round", "index": [1]"#)
    );
    // Rows: the category is a text, the label a list.
    let rows = [
        format!(r#"{{"image_id": 1, "category_id": "boat", "value": [1], {LINE}}}"#),
        format!(r#"{{"source": 5, "index": "x", "value": {{}}, {LINE}}}"#),
        format!(r#"{{"id": [], "score": NaN, "category_id": 1.5, {LINE}}}"#),
    ];
    for row in &rows {
        dir.file("in", row);
        dir.run("decode in -o out.npy").ok();
        dir.run("stats in").ok();
        dir.run("show in -o out.png").ok();
        dir.run("convert in out --to coco-counts").ok();
    }
    dir.file("in", &rows[0]).run("convert in out.csv").ok();
    // Members that are written must be of their types.
    refused(
        &rows[0],
        "convert in out --to coco-results",
        ":1: category_id: ",
        "the text \"boat\" where a whole number",
    );
    let nan = format!(r#"{{"image_id": 1, "score": NaN, {LINE}}}"#);
    refused(
        nan,
        "convert in out --to coco-results",
        ":1: score: ",
        "NaN where a number should be",
    );
}

#[test]
fn lists_of_rles_are_their_union() {
    // Parts of the mask, which overlap.
    for parts in [
        r#"[{"size": [5, 6], "counts": [11, 2, 17]}, {"size": [5, 6], "counts": [12, 1, 3, 2, 3, 1, 8]}]"#,
        r#"[{"size": [5, 6], "counts": ";2300O5"}]"#,
        r#"[{"counts": [16, 2, 12], "size": [5.0, 6]}, {"size": [5, 6], "counts": [11, 2, 17]}, {"size": [5, 6], "counts": [21, 1, 8]}]"#,
    ] {
        let members = format!(r#""segmentation": {parts}"#);
        let out = converted(dataset(&annotation(1, &members)), "");
        assert!(
            out.contains(r#""segmentation": {"size":[5,6],"counts":";2300O5"}"#),
            "{out}"
        );
        let out = converted(format!("[{{{members}}}]"), "--to coco-counts");
        assert!(
            out.contains(r#"{"size":[5,6],"counts":[11,2,3,2,3,1,8]}"#),
            "{out}"
        );
    }
    for (parts, why) in [
        (
            r#"[{"size": [5, 6], "counts": [30]}, [1, 2, 3, 4, 5, 6]]"#,
            "item 1: a list where",
        ),
        (
            r#"[{"size": [5, 6], "counts": [30]}, {"size": [6, 5], "counts": [30]}]"#,
            "item 1: size: 6 x 5",
        ),
        (r#"[{"size": [5, 6], "counts": [29]}]"#, "item 0: "),
        (r#"[{"size": [5, 6]}]"#, "item 0: no \"counts\""),
    ] {
        let text = dataset(&annotation(1, &format!(r#""segmentation": {parts}"#)));
        refused(text, "stats in", ":1: annotations[0].segmentation: ", why);
    }
}

#[test]
fn a_repeated_key_takes_the_last() {
    let members = [
        format!(r#""segmentation": 5, {MASK}"#),
        r#""segmentation": [], "segmentati\u006fn": {"size": [1], "size": [5, 6], "counts": {}, "counts": ";2300O5"}"#.to_owned(),
        format!(r#""image_id": 9, "image_id": 1, {MASK}"#),
    ];
    for members in members {
        let text = format!(
            r#"{{"images": [{{"id": 5, "id": 1, "height": 1, "height": 5, "width": 6}}], "annotations": [{{"id": 1, "image_id": 1, {members}}}]}}"#
        );
        let out = converted(text, "--to coco-results");
        assert!(
            out.contains(
                r#""image_id":1,"category_id":1,"segmentation":{"size":[5,6],"counts":";2300O5"}"#
            ),
            "{out}"
        );
    }
}

#[test]
fn names_of_files_may_be_numbers() {
    for (name, id) in [("139", "139"), ("\"139.jpg\"", "139"), ("1e3", "1e3")] {
        let text = format!(
            r#"{{"images": [{{"id": 1, "file_name": {name}, "height": 5, "width": 6}}], "annotations": [{{"id": 1, "image_id": 1, {MASK}}}]}}"#
        );
        assert_eq!(
            converted(&text, "--to kaggle"),
            format!("ImageId,EncodedPixels\n{id},12 2 17 2 22 1\n")
        );
    }
}
