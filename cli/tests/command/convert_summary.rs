//! The summary of `convert`: counts that add up, and an error where nothing was done.

use crate::TestDir;

const IMAGES: &str = r#""images": [{"id": 1, "file_name": "a.jpg", "height": 2, "width": 3}]"#;

/// The summary of a conversion.
#[track_caller]
fn said(text: &str, options: &str) -> String {
    let dir = TestDir::new();
    let outcome = dir
        .file("in", text)
        .run(&format!("convert in out {options}"));
    assert_eq!(outcome.status, 0, "{}", outcome.err);
    assert!(outcome.out.is_empty());
    outcome.err
}

#[test]
fn counts_add_up() {
    let annotations = r#"{"id": 1, "image_id": 1, "segmentation": {"size": [2, 3], "counts": [2,3,1]}},
{"id": 2, "image_id": 1, "segmentation": {"size": [2, 3], "counts": "231"}},
{"id": 3, "image_id": 1, "segmentation": [[0, 0, 3, 0, 3, 2, 0, 2]]},
{"id": 4, "image_id": 1, "segmentation": {"size": [2, 3], "counts": [6]}},
{"id": 5, "image_id": 1, "bbox": [0, 0, 1, 1]}, {"id": 6, "image_id": 1, "segmentation": [], "bbox": [0, 0, 1, 1]}"#;
    let dataset = format!("{{{IMAGES}, \"annotations\": [{annotations}]}}");
    for (options, line) in [
        (
            "",
            "3 masks written anew, 1 mask kept as it is, \
             2 annotations without a mask left as they are\n",
        ),
        (
            "--keep-polygons",
            "2 masks written anew, 2 masks kept as they are, \
             2 annotations without a mask left as they are\n",
        ),
        (
            "--to coco-counts",
            "2 masks written anew, 2 masks kept as they are, \
             2 annotations without a mask left as they are\n",
        ),
        (
            "--to coco-dataset",
            "3 masks written anew, 1 mask kept as it is, \
             2 annotations without a mask completed\n",
        ),
        (
            "--to values",
            "4 masks written anew, 2 annotations without a mask left out\n",
        ),
        (
            "--to coco-results",
            "3 masks written anew, 1 empty mask left out, \
             2 annotations without a mask left out\n",
        ),
        (
            "--to kaggle",
            "4 masks written anew, 2 annotations without a mask left out\n",
        ),
        ("--quiet", ""),
        ("-q --to kaggle", ""),
    ] {
        assert_eq!(said(&dataset, options), line, "{options}");
    }
    let map = r#"{"source":"a","size":[1,4],"order":"row","values":[7,0,2],"counts":[1,1,2]}"#;
    let rows = format!("{map}\n{{\"source\":\"b\",\"size\":[1,4],\"counts\":[4]}}\n");
    let split = "(2 of them from 1 label map)";
    assert_eq!(
        said(&rows, "--to coco"),
        format!("3 masks written anew {split}\n")
    );
    assert_eq!(
        said(&rows, "--to coco-dataset"),
        format!("2 masks written anew {split}, 1 empty mask left out\n")
    );
    assert_eq!(
        said("EncodedPixels\n1 1\n", "--size 2,3"),
        "1 mask written anew\n"
    );
}

#[test]
fn nothing_that_was_done_is_an_error() {
    let dir = TestDir::new();
    let mask = r#"{"size": [2, 3], "counts": [6]}"#;
    for (text, options, why) in [
        (
            format!("{{\"masks\": [{mask}], \"scores\": [0.9]}}"),
            "--to coco-counts",
            "no mask in 1 row",
        ),
        (
            format!("[{{\"rle\": {mask}}}, {{\"rle\": {mask}}}]"),
            "",
            "no mask in 2 items",
        ),
        (
            format!(
                "{{{IMAGES}, \"annotations\": [{{\"id\": 1, \"image_id\": 1, \
                 \"segmentations\": [{mask}]}}]}}"
            ),
            "--to coco-counts",
            "no mask in 1 annotation",
        ),
        (
            format!("{{{IMAGES}, \"annotations\": [{{\"id\": 1, \"image_id\": 1}}]}}"),
            "--to kaggle",
            "no mask in 1 annotation",
        ),
        (format!("{{{IMAGES}}}"), "", "without \"annotations\""),
    ] {
        dir.file("in", text)
            .run(&format!("convert in out {options}"))
            .fails("error: in: ", why);
        assert_eq!(dir.files(), ["in"]);
    }
    // Masks that were in the format are masks, and a file of nothing is one of no masks.
    let kept = format!("[{}]", mask.replace("[6]", "\"6\""));
    assert_eq!(
        said(&kept, "--to coco"),
        "0 masks written anew, 1 mask kept as it is\n"
    );
    for none in ["", "[]", "{\"images\": [], \"annotations\": []}", "rle\n"] {
        assert_eq!(said(none, ""), "0 masks written anew\n", "{none:?}");
    }
}

#[test]
fn no_option_is_ignored() {
    let dir = TestDir::new();
    let rows = r#"{"source":"a","image_id":1,"size":[2,3],"counts":[6]}"#;
    let mask = r#"{"id": 1, "image_id": 1, "segmentation": {"size": [2, 3], "counts": [6]}}"#;
    dir.file("rows", rows)
        .file("list", format!("[{rows}]"))
        .file(
            "dataset",
            format!("{{{IMAGES}, \"annotations\": [{mask}]}}"),
        )
        .file("csv", "ImageId,EncodedPixels\na,1 1\n")
        .file("a.npy", crate::bytes("(2, 2)", &[0, 1, 1, 0]));
    let json = ["rows", "list", "dataset"];
    let mut lines = Vec::new();
    for name in json {
        for option in ["--order row", "--empty -1", "--column x", "--relative"] {
            lines.push(format!("convert {name} out {option}"));
            lines.push(format!("decode {name} -o out.npy {option}"));
            lines.push(format!("stats {name} {option}"));
            lines.push(format!("show {name} -o out.png {option}"));
        }
        for option in ["--column x", "--relative"] {
            lines.push(format!("convert {name} out --to kaggle {option}"));
            lines.push(format!("convert {name} out --to values {option}"));
        }
        lines.push(format!("show {name} -o out.png --threshold 0.5"));
        lines.push(format!("convert {name} out --stack images"));
        lines.push(format!(
            "convert {name} out --to coco-results --category 1:a --category 2:b"
        ));
    }
    for line in [
        "convert csv out --size 2,3 --keep-polygons",
        "convert csv out --size 2,3 --renumber",
        "convert rows out --renumber",
        "convert list out --renumber --to kaggle",
        "convert list out --to coco-results --stack images",
        "convert dataset out --to coco-dataset --stack images",
        "convert csv out --size 2,3 --to coco-dataset --stack images",
        "convert rows out --to coco-dataset --keep-polygons",
        "convert dataset out --to kaggle --keep-polygons",
        "show a.npy -o out.png --size 2,2",
        "show a.npy -o out.png --skip-bad",
        "show a.npy -o out.png --order row",
    ] {
        lines.push(line.to_owned());
    }
    let files = dir.files();
    for line in lines {
        let outcome = dir.run(&line);
        assert_eq!(outcome.status, 2, "{line}: {}", outcome.err);
        assert!(
            outcome.err.starts_with("error: "),
            "{line}: {}",
            outcome.err
        );
        assert_eq!(dir.files(), files, "{line}");
    }
}

/// JSON says the size of its masks: one that is given has to be that.
#[test]
fn a_size_of_json_is_compared() {
    let dir = TestDir::new();
    let rle = r#"{"size": [2, 3], "counts": [6]}"#;
    let annotation = format!("{{\"id\": 1, \"image_id\": 1, \"segmentation\": {rle}}}");
    dir.file("rows", rle).file("list", format!("[{rle}]")).file(
        "dataset",
        format!("{{{IMAGES}, \"annotations\": [{annotation}]}}"),
    );
    for name in ["rows", "list", "dataset"] {
        for command in [
            "convert NAME out",
            "convert NAME out --to values",
            "stats NAME",
        ] {
            let command = command.replace("NAME", name);
            dir.run(&format!("{command} --size 2,3")).ok();
            dir.run(&format!("{command} --size 3,2")).fails(
                &format!("error: {name}:1: "),
                "the mask is of 2 x 3, and --size is 3,2",
            );
        }
    }
}
