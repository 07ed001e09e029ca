//! Words of the command: summaries, and messages that tell the way out.

use crate::{TestDir, bytes, data};

#[test]
fn label_maps_are_counted_as_such() {
    let dir = TestDir::new();
    dir.file(
        "a.npy",
        bytes("(2, 2, 3)", &[0, 7, 7, 0, 9, 0, 0, 0, 5, 0, 0, 5]),
    );
    for (options, begins, ends) in [
        (
            "--labels a.npy",
            "2 label maps of 3 masks, 12 pixels, ",
            ", cpu 2 label maps, gpu 0 label maps\n",
        ),
        (
            "--labels --format coco-dataset a.npy",
            "2 label maps of 3 masks, ",
            " label maps\n",
        ),
        (
            "--labels --format values a.npy",
            "2 label maps, 12 pixels, ",
            " label maps\n",
        ),
        ("--format values a.npy", "2 masks, ", " masks\n"),
    ] {
        let outcome = dir.run(&format!("encode {options}"));
        assert!(outcome.err.starts_with(begins), "{}", outcome.err);
        assert!(outcome.err.ends_with(ends), "{}", outcome.err);
    }
}

#[test]
fn files_of_nothing() {
    let dir = TestDir::new();
    for (name, said) in [
        ("a.csv", "the file is empty: CSV without rows has a header"),
        ("a.csv.gz", "the file is empty: CSV"),
        ("a.json", "the file is empty, which JSON never is"),
        ("A.JSON", "the file is empty, which JSON never is"),
    ] {
        for text in ["", "\n \n"] {
            dir.file(name, text);
            for line in [
                "convert --size 5,6 --to coco-dataset -q IN out.json",
                "stats IN",
                "decode IN -o out.npy",
                "show IN -o out.png",
            ] {
                let outcome = dir.run(&line.replace("IN", name));
                outcome.fails(&format!("error: {name}: "), said);
            }
        }
    }
    // Where no masks were found, encode writes such lines.
    dir.file("none.npy", bytes("(0, 2, 3)", &[]));
    for name in ["a.jsonl", "a.ndjson", "a.txt", "a"] {
        dir.run(&format!("encode none.npy -o {name}")).ok();
        assert_eq!(dir.read(name), "");
        dir.run(&format!("stats {name}")).ok();
        dir.run(&format!("decode {name} -o out.npy")).ok();
    }
    dir.run_with("stats -", "").ok();
}

#[test]
fn texts_of_empty_masks_are_named() {
    let dir = TestDir::new();
    for text in ["-1", "nan", "None", "NULL", "none", "NAN", "-NaN"] {
        dir.file("a.csv", format!("ImageId,EncodedPixels\na,1 2\nb,{text}\n"));
        let stats = |options: &str| dir.run(&format!("stats --size 2,3 a.csv {options}"));
        stats("").fails(
            "error: a.csv:3: ",
            &format!(
                "{text:?} is not a whole number from 1: --empty {text} takes it for an empty mask"
            ),
        );
        assert!(
            stats(&format!("--empty {text}"))
                .ok()
                .contains("1 of them empty")
        );
    }
}

/// A shell takes some of them for signs of its own.
#[test]
fn texts_of_empty_masks_in_quotes_and_in_any_case() {
    let dir = TestDir::new();
    for text in ["N/A", "n/a", "<NA>", "#N/A", "#N/A N/A", "-1.#IND"] {
        dir.file("a.csv", format!("ImageId,EncodedPixels\na,1 2\nb,{text}\n"));
        dir.run("stats --size 2,3 a.csv").fails(
            "error: a.csv:3: ",
            &format!("--empty \"{text}\" takes it for an empty mask"),
        );
        for empty in [text, &text.to_lowercase()] {
            let args = ["stats", "--size", "2,3", "a.csv", "--empty", empty];
            assert!(dir.run_args(&args).ok().contains("1 of them empty"));
        }
    }
}

#[test]
fn images_that_are_not_listed() {
    let dir = TestDir::new();
    let rle = r#""segmentation": {"size": [5, 6], "counts": ";2300O5"}"#;
    for (images, id, said) in [
        (
            "",
            "1",
            "no image has the id 1: the dataset has no list of \"images\"",
        ),
        (
            r#""images": [{"id": 1}, {"id": 3}],"#,
            r#""1""#,
            "no image has the id \"1\": one has the id 1, and text is no number",
        ),
        (
            r#""images": [{"id": "7"}],"#,
            "7",
            "no image has the id 7: one has the id \"7\", and text is no number",
        ),
        (r#""images": [{"id": 2}],"#, "1", "no image has the id 1\n"),
    ] {
        let text =
            format!("{{{images} \"annotations\": [{{\"id\": 1, \"image_id\": {id}, {rle}}}]}}");
        let outcome = dir.file("a.json", text).run("stats a.json");
        assert!(outcome.err.contains(said), "{}", outcome.err);
    }
}

#[test]
fn zeros_before_ids() {
    let dir = TestDir::new();
    let convert = |rows: &str| {
        dir.file("a.csv", format!("ImageId,EncodedPixels\n{rows}"));
        let outcome = dir.run("convert --size 5,6 a.csv out.json --to coco-dataset");
        let said = outcome.err.clone();
        outcome.ok();
        (said, dir.read("out.json"))
    };
    let (said, out) = convert("007,1 2\n010,3 1\n");
    assert_eq!(
        said,
        "2 masks written anew; ImageIds with zeros before them are names, images are counted \
         from 1\n"
    );
    assert!(out.contains(r#"{"id":1,"file_name":"007","#), "{out}");
    for rows in ["7,1 2\n10,3 1\n", "a,1 2\n010,3 1\n"] {
        assert_eq!(convert(rows).0, "2 masks written anew\n");
    }
}

#[test]
fn label_maps_of_pngs_are_images_without_an_index() {
    let dir = TestDir::new();
    let labels = data("coins_labels.png");
    for format in ["coco", "values"] {
        let line = format!("encode -q --labels --format {format} {labels} -o rows.jsonl");
        dir.run(&line).ok();
        dir.run("convert rows.jsonl out.json --to coco-dataset")
            .ok();
        let out = dir.read("out.json");
        assert!(
            out.contains(r#""file_name":"coins_labels.png","#),
            "{format}"
        );
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_standard_output_is_named() {
    let dir = TestDir::new();
    dir.run(&format!("encode -q {} -o rows.jsonl", data("coins.npy")))
        .ok();
    for verb in ["decode", "show"] {
        let full = std::fs::File::options()
            .write(true)
            .open("/dev/full")
            .unwrap();
        let output = std::process::Command::new(env!("CARGO_BIN_EXE_maskrle"))
            .args([verb, "rows.jsonl", "-o", "-"])
            .current_dir(dir.path("."))
            .stdout(full)
            .output()
            .unwrap();
        let err = String::from_utf8(output.stderr).unwrap();
        assert!(
            err.starts_with("error: standard output: No space left"),
            "{err}"
        );
    }
}

/// One value of JSON is a file of no masks, and no CSV whose header lacks a column.
#[test]
fn values_that_hold_no_masks() {
    let dir = TestDir::new();
    for (text, said) in [
        ("null", "JSON of null alone holds no masks"),
        ("true\n", "JSON of the flag true alone"),
        (" 1", "JSON of the number 1 alone"),
        ("-1.5e3", "JSON of the number -1.5e3 alone"),
        ("\"x\"\n\n", "JSON of the text \"x\" alone"),
    ] {
        dir.file("in.json", text);
        for line in ["stats in.json", "convert in.json out.json"] {
            dir.run(line).fails("error: in.json:1: ", said);
        }
    }
    for text in ["\"x\"\n\"1 2\"\n", "x\n", "\"x\",y\n"] {
        dir.file("in.json", text);
        dir.run("stats in.json")
            .fails("error: in.json:1: neither JSON nor CSV", "");
    }
    dir.file("in.csv", "\"EncodedPixels\"\n");
    dir.run("stats in.csv --size 5,6").ok();
}

/// A file of a dialect is one of no masks to all verbs but convert, which is told of it.
#[test]
fn files_of_dialects() {
    let dir = TestDir::new();
    for (text, dialect) in [
        (
            "<?xml version=\"1.0\"?>\n<annotations></annotations>\n",
            "cvat",
        ),
        ("{\"shapes\": [], \"imagePath\": \"a.jpg\"}", "labelme"),
        ("[{\"data\": {}, \"annotations\": []}]", "label-studio"),
        ("[{\"sample_data_token\": \"a\", \"mask\": {}}]", "nuimages"),
        ("{\"video_id\": 1, \"masklet\": []}", "sa-v"),
        (
            "{\"videos\": [], \"annotations\": [{\"id\": 1, \"segmentations\": []}]}",
            "youtube-vis",
        ),
        ("0 0.1 0.1 0.5 0.1 0.5 0.5\n", "yolo"),
        ("1 2001 2 5 6 ;1b0\n", "mots"),
        (
            "ImageID,ImageWidth,ImageHeight,PredictionString\n",
            "open-images",
        ),
    ] {
        dir.file("in", text);
        for line in ["stats in", "decode in -o out.npy", "convert in out"] {
            dir.run(line).fails(
                "error: in:",
                &format!(
                    "it looks like a file of {dialect}, which `maskrle convert --from {dialect}`"
                ),
            );
        }
    }
}

/// Large numbers are not written out.
#[test]
fn numbers_of_many_digits() {
    let dir = TestDir::new();
    dir.file(
        "in.json",
        r#"{"images":[{"id":1,"height":2,"width":3}],"annotations":[
            {"id":1,"image_id":1,"segmentation":[[0,0,1e300,0,3,2]]}]}"#,
    );
    dir.run("stats in.json").fails(
        "error: in.json:2: annotations[0].segmentation: ",
        ": 1e300 is not within 2^32 of 0",
    );
}

/// Annotations that have something else are counted, and not taken for masks.
#[test]
fn annotations_of_key_points_or_boxes_alone() {
    let dir = TestDir::new();
    let points = |id| {
        format!(
            "{{\"id\":{id},\"image_id\":1,\"category_id\":1,\"bbox\":[0,0,2,2],\
             \"keypoints\":[1,1,2],\"num_keypoints\":1}}"
        )
    };
    let of_box = |id| format!("{{\"id\":{id},\"image_id\":1,\"bbox\":[0,0,2,2],\"keypoints\":[]}}");
    let crowd = |id| format!("{{\"id\":{id},\"image_id\":1,\"iscrowd\":1}}");
    for (annotations, said) in [
        (vec![points(1)], "1 annotation, which has key points alone"),
        (
            vec![points(1), points(2)],
            "2 annotations, which have key points alone",
        ),
        (vec![of_box(1)], "1 annotation, which has a box alone"),
        (
            vec![of_box(1), of_box(2)],
            "2 annotations, which have boxes alone",
        ),
        (
            vec![points(1), of_box(2)],
            "2 annotations, which have key points or boxes alone",
        ),
        (vec![points(1), crowd(2)], "2 annotations: a mask is"),
    ] {
        dir.file(
            "in.json",
            format!(
                "{{\"images\":[{{\"id\":1,\"height\":2,\"width\":3}}],\"annotations\":[{}]}}",
                annotations.join(",")
            ),
        );
        for to in ["coco", "coco-dataset", "kaggle"] {
            // An annotation of nothing is none of a dataset.
            if to == "coco-dataset" && said.contains(':') {
                continue;
            }
            dir.run(&format!("convert in.json out --to {to}"))
                .fails("error: in.json: no mask in ", &format!("no mask in {said}"));
        }
        for line in ["decode in.json -o out.npy", "show in.json -o out.png"] {
            dir.run(line)
                .fails("error: in.json: no mask in ", &format!("no mask in {said}"));
        }
        let stats = dir.run("stats in.json").ok();
        let clause = said.split_once(", ").map(|(_, clause)| clause);
        let clause = clause.map_or_else(
            || "without a mask\n".into(),
            |clause| format!(", {clause}\n"),
        );
        assert!(stats.ends_with(&clause), "{stats}");
        assert_eq!(dir.files(), ["in.json"]);
    }
}

/// What those are told who take one verb, or one place on the command line, for another.
#[test]
fn arguments_of_another_verb() {
    let dir = TestDir::new();
    dir.file("a.npy", bytes("(1, 2)", &[0, 1]));
    let outcome = dir.run("encode -q a.npy out.json");
    assert_eq!(
        outcome.err,
        "error: out.json: no such file or folder: the file to write is named by -o\n"
    );
    for text in ["{\"size\":[1,2],\"counts\":[2]}", "[]"] {
        dir.file("rows.json", text);
        dir.run("encode -q rows.json -o out.json").fails(
            "error: rows.json: JSON, whose masks are encoded: ",
            "`maskrle convert`",
        );
    }
}
