//! CSV as competitions and spreadsheets write it: its columns, numbers and pairs.

use crate::{TestDir, npy};

/// Converts CSV of 5 x 6 to a dataset and returns it without its masks' strings.
#[track_caller]
fn dataset(text: &str, options: &str) -> serde_json::Value {
    let dir = TestDir::new();
    dir.file("in.csv", text)
        .run(&format!("convert in.csv out --to coco-dataset {options}"))
        .ok();
    serde_json::from_str(&dir.read("out")).unwrap()
}

/// The image's name, the category and the area of each annotation.
fn annotations(dataset: &serde_json::Value) -> Vec<(String, i64, i64)> {
    let number = |value: &serde_json::Value| value.as_i64().unwrap();
    let images = dataset["images"].as_array().unwrap();
    let name = |id: &serde_json::Value| {
        let image = images.iter().find(|image| image["id"] == *id).unwrap();
        image["file_name"].as_str().unwrap().to_owned()
    };
    let annotations = dataset["annotations"].as_array().unwrap().iter();
    annotations
        .map(|a| {
            (
                name(&a["image_id"]),
                number(&a["category_id"]),
                number(&a["area"]),
            )
        })
        .collect()
}

fn expected(rows: &[(&str, i64, i64)]) -> Vec<(String, i64, i64)> {
    let rows = rows.iter();
    rows.map(|&(image, category, area)| (image.to_owned(), category, area))
        .collect()
}

#[test]
fn classes_are_categories() {
    for header in [
        "ImageId,ClassId,EncodedPixels",
        "img,class,rle",
        " image_id , category_id , encoded_pixels ",
        "FILENAME,LABEL,RLE_MASK",
        "id,CategoryId,segmentation",
        "Image,ClassID,annotation",
        "ImageId,Value,EncodedPixels",
        "\"ImageId\",\"Class Id\",\"Encoded Pixels\"",
    ] {
        let text = format!("{header}\na.jpg,1,3 2\n a.jpg , 4.0, 8 3 \nb.jpg,4e0,\n");
        let dataset = dataset(&text, "--size 5,6");
        let rows = [("a.jpg", 1, 2), ("a.jpg", 4, 3)];
        assert_eq!(annotations(&dataset), expected(&rows), "{header}");
        assert_eq!(dataset["images"].as_array().unwrap().len(), 2, "{header}");
        let categories = dataset["categories"].as_array().unwrap();
        let ids: Vec<_> = categories.iter().map(|category| &category["id"]).collect();
        assert_eq!(ids, [1, 4], "{header}");
    }
}

#[test]
fn image_and_class_in_one_column() {
    for header in ["ImageId_ClassId", "imageid_classid", " Image_Class "] {
        let text = format!("{header},EncodedPixels\n0002_cc.jpg_1,3 2\n0002_cc.jpg_4,8 3\nb_1,\n");
        let rows = [("0002_cc.jpg", 1, 2), ("0002_cc.jpg", 4, 3)];
        assert_eq!(annotations(&dataset(&text, "--size 5,6")), expected(&rows));
    }
    let dir = TestDir::new();
    dir.file("in.csv", "ImageId_ClassId,EncodedPixels\nab,3 2\n");
    dir.run("convert in.csv out --to coco-dataset --size 5,6")
        .fails("error: in.csv:2: ImageId_ClassId: ", "no underscore");
    dir.file("in.csv", "ImageId_ClassId,EncodedPixels\na_b.jpg_1,3 2\n");
    dir.run("convert in.csv out.csv --size 5,6").ok();
    assert_eq!(dir.read("out.csv"), "ImageId,EncodedPixels\na_b.jpg,3 2\n");
}

#[test]
fn categories_are_read_where_they_are_needed() {
    let dir = TestDir::new();
    dir.file("in.csv", "id,class,segmentation\na,stomach,3 2\n");
    dir.run("decode in.csv --size 5,6 -o out.npy").ok();
    dir.run("stats in.csv --size 5,6").ok();
    dir.run("show in.csv --size 5,6 -o out.png").ok();
    dir.run("convert in.csv out.csv --size 5,6").ok();
    dir.run("convert in.csv out --size 5,6 --to coco-dataset")
        .fails(
            "error: in.csv:2: class: ",
            "\"stomach\" is not a whole number",
        );
}

#[test]
fn names_of_classes() {
    for header in ["Image_Label,EncodedPixels", "ImageId_ClassId,rle"] {
        let text = format!("{header}\n0011165.jpg_Fish,3 2\n0011165.jpg_Sea Weed,8 3\nb_7,1 1\n");
        let dir = TestDir::new();
        dir.file("in.csv", text);
        let line = "convert in.csv out --to coco-dataset --size 5,6 --category 3:Fish --category";
        let mut args: Vec<_> = line.split(' ').collect();
        dir.run_args(&[&args[..], &["1:Sea"]].concat())
            .fails("error: in.csv:3: ", "the category \"Sea Weed\"");
        args.push("1:Sea Weed");
        dir.run_args(&args).ok();
        let dataset = serde_json::from_str(&dir.read("out")).unwrap();
        let rows = [("0011165.jpg", 3, 2), ("0011165.jpg", 1, 3), ("b", 7, 1)];
        assert_eq!(annotations(&dataset), expected(&rows));
        assert!(dir.read("out").contains("{\"id\":1,\"name\":\"Sea Weed\"}"));
    }
}

#[test]
fn one_image_id_for_a_whole_stack() {
    let dir = TestDir::new();
    dir.file("ship.npy", crate::bytes("(2, 1, 3)", &[1, 0, 0, 0, 1, 1]))
        .file("sea.npy", crate::bytes("(1, 3)", &[0, 0, 0]));
    let rows = dir
        .run("encode --format kaggle --stack instances ship.npy sea.npy")
        .ok();
    assert_eq!(rows, "ImageId,EncodedPixels\nship,1 1\nship,2 2\nsea,\n");
    let rows = dir
        .run("encode --format kaggle --stack images ship.npy")
        .ok();
    assert_eq!(rows, "ImageId,EncodedPixels\nship_0,1 1\nship_1,2 2\n");
    assert_eq!(
        dir.run("encode --format values --stack images ship.npy")
            .status,
        2
    );
    // Two stacks of one name are two images.
    dir.file("a/ship.npy", crate::bytes("(1, 1, 3)", &[1, 0, 0]));
    let outcome = dir.run("encode --format kaggle --stack instances ship.npy a/ship.npy");
    assert_eq!(outcome.status, 1);
    assert!(
        outcome.err.contains("is already that of ship.npy"),
        "{}",
        outcome.err
    );
}

#[test]
fn columns_that_are_not_read_are_named() {
    let dir = TestDir::new();
    let text = "ImageId,Confidence,EncodedPixels,,Height, note \na,0.5,3 2,0,5,x\n";
    dir.file("in.csv", text);
    let said = "columns not read: Confidence, one without a name, Height, note";
    for command in [
        "convert in.csv out --size 5,6",
        "decode in.csv -o out.npy --size 5,6",
        "stats in.csv --size 5,6",
        "show in.csv -o out.png --size 5,6",
    ] {
        let outcome = dir.run(command);
        assert_eq!(outcome.status, 0, "{}", outcome.err);
        assert_eq!(outcome.err.lines().next(), Some(said), "{command}");
    }
    let quiet = dir.run("convert in.csv out --size 5,6 -q");
    assert_eq!((quiet.status, quiet.err.as_str()), (0, ""));
    for all_read in [
        "ImageId,EncodedPixels,Height,Width,CategoryId\na,3 2,5,6,1\n",
        "rle,height,width\n3 2,5,6\n",
        "ImageId_ClassId,EncodedPixels,Height,Width\na_1,3 2,5,6\n",
    ] {
        dir.file("in.csv", all_read);
        let outcome = dir.run("stats in.csv");
        assert_eq!(
            (outcome.status, outcome.err.as_str()),
            (0, ""),
            "{all_read}"
        );
    }
}

#[test]
fn a_header_without_masks_lists_its_columns() {
    let dir = TestDir::new();
    for (text, why) in [
        (
            "ImageId,Pixels\na,1 1\n",
            "holds the masks: ImageId, Pixels",
        ),
        ("hello\n", "neither JSON nor CSV"),
        ("a;b;c\n1;2;3\n", "holds the masks: a, b, c"),
        ("rle,segmentation\n1 1,1 1\n", "--column NAME says in which"),
        ("EncodedPixels,encodedpixels\n1 1,1 1\n", "in which"),
    ] {
        dir.file("in.csv", text);
        dir.run("stats in.csv --size 2,3")
            .fails("error: in.csv:1: ", why);
    }
    let many: Vec<_> = (0..1000).map(|column| format!("c{column}")).collect();
    dir.file("in.csv", many.join(",") + "\n");
    let outcome = dir.run("stats in.csv --size 2,3");
    assert!(outcome.err.contains("c19, 980 others"), "{}", outcome.err);
    assert!(outcome.err.len() < 400, "{}", outcome.err);
}

#[test]
fn the_column_of_the_masks_by_its_name() {
    let dir = TestDir::new();
    dir.file(
        "in.csv",
        "ImageId,Predicted Mask,EncodedPixels\na,3 2,1 1\n",
    );
    for name in ["Predicted Mask", "predicted_mask", " Predicted Mask "] {
        dir.run_args(&[
            "convert", "in.csv", "out.csv", "--size", "5,6", "--column", name,
        ])
        .ok();
        assert_eq!(
            dir.read("out.csv"),
            "ImageId,EncodedPixels\na,3 2\n",
            "{name}"
        );
    }
    dir.run("decode in.csv -o out.npy --size 5,6 --column nothing")
        .fails(
            "error: in.csv:1: ",
            "among ImageId, Predicted Mask, EncodedPixels",
        );
}

#[test]
fn semicolons_and_tabs() {
    for between in [";", "\t"] {
        let text = "ImageId,ClassId,EncodedPixels\na,1,3 2\nb,2,\"8 3\"\n".replace(',', between);
        let rows = [("a", 1, 2), ("b", 2, 3)];
        assert_eq!(annotations(&dataset(&text, "--size 5,6")), expected(&rows));
    }
}

#[test]
fn whole_numbers_however_they_are_spelt() {
    for row in [
        "a,3.0 2e0,5.0,6,1.0",
        "a, 3 2 , 5 ,6e0, 1 ",
        "a,3 2,5,0.6e1,+1",
    ] {
        let text = format!("ImageId,EncodedPixels,Height,Width,CategoryId\n{row}\n");
        let dataset = dataset(&text, "");
        assert_eq!(annotations(&dataset), expected(&[("a", 1, 2)]), "{row}");
        let image = &dataset["images"][0];
        assert_eq!((&image["height"], &image["width"]), (&5.into(), &6.into()));
    }
    let dir = TestDir::new();
    for (row, why) in [
        ("a,3.5 2,5,6,1", "\"3.5\" is not a whole number"),
        ("a,3 2,5.5,6,1", "Height: \"5.5\" is not a whole number"),
        ("a,3 2,5,-6,1", "Width: -6 is no number of pixels"),
        ("a,3 2,5,6,x", "CategoryId: the category \"x\""),
        ("a,3 2,5,6", "4 fields, and the header has 5"),
    ] {
        let text = format!("ImageId,EncodedPixels,Height,Width,CategoryId\n{row}\n");
        dir.file("in.csv", text);
        dir.run("convert in.csv out --to coco-dataset")
            .fails("error: in.csv:2: ", why);
    }
}

#[test]
fn sides_that_are_unknown() {
    let dir = TestDir::new();
    for side in ["-1", "", " ", "-1.0"] {
        let text = format!("ImageId,EncodedPixels,Height,Width\na,3 2,{side},6\nb,1 1,5,6\n");
        let rows = [("a", 1, 2), ("b", 1, 1)];
        assert_eq!(annotations(&dataset(&text, "--size 5,6")), expected(&rows));
        dir.file("in.csv", text);
        dir.run("stats in.csv")
            .fails("error: in.csv:2: ", "--size H,W is needed");
    }
}

#[test]
fn names_of_both_kinds_in_one_file() {
    let ids = |text: &str| -> Vec<serde_json::Value> {
        let dataset = dataset(text, "--size 5,6");
        let images = dataset["images"].as_array().unwrap().iter();
        images.map(|image| image["id"].clone()).collect()
    };
    // All are whole numbers: these are the ids.
    assert_eq!(ids("ImageId,rle\n4711,1 1\n3,1 1\n4711,2 1\n"), [4711, 3]);
    // Else all are counted: ids of two types are not evaluated by pycocotools.
    assert_eq!(ids("ImageId,rle\n4711,1 1\na1b2,1 1\n4711,2 1\n"), [1, 2]);
    assert_eq!(ids("ImageId,rle\na1b2,1 1\n4711,1 1\n2,2 1\n"), [1, 2, 3]);
    assert_eq!(ids("ImageId,rle\n042,1 1\n42,1 1\n"), [1, 2]);
    // They are whole however they are spelt, and so two spellings are one image.
    assert_eq!(ids("ImageId,rle\n12.0,1 1\n7.0,1 1\n12,2 1\n"), [12, 7]);
    assert_eq!(ids("ImageId,rle\n12.5,1 1\n7.0,1 1\n"), [1, 2]);
    assert_eq!(ids("ImageId,rle\n12e4,1 1\n7,1 1\n"), [1, 2]);
    let dir = TestDir::new();
    dir.file(
        "in.csv",
        "ImageId,ClassId,EncodedPixels\n12.0,1,1 2\n7.0,2,3 2\n",
    );
    dir.run("convert in.csv out --size 5,6 --to coco-results")
        .ok();
    let rows = dir.read("out");
    assert!(
        rows.contains("\"image_id\":12,") && rows.contains("\"image_id\":7,"),
        "{rows}"
    );
    dir.file("in.csv", "ImageId,rle\n4711,1 1\na1b2,1 1\n");
    dir.run("convert in.csv out --size 5,6").ok();
    let rows = dir.read("out");
    assert!(rows.contains("\"image_id\":4711") && rows.contains("\"image_id\":\"a1b2\""));
}

/// One name that is missing would number all images anew.
#[test]
fn rows_without_the_name_of_their_image() {
    let dir = TestDir::new();
    for (header, rows) in [
        ("ImageId,EncodedPixels", ["4711,1 1", ",3 1", "12,8 3"]),
        ("ImageId,EncodedPixels", ["a,1 1", "\"  \",", "b,8 3"]),
        (
            "Image_Class,EncodedPixels",
            ["a_1,1 1", "_2,3 1", "b_1,8 3"],
        ),
    ] {
        let [first, bad, last] = rows;
        dir.file("in.csv", format!("{header}\n{first}\n{bad}\n{last}\n"));
        for to in ["coco-results", "coco-dataset"] {
            let line = format!("convert in.csv out --size 5,6 --to {to}");
            dir.run(&line).fails(
                "error: in.csv:3: ",
                "no name of its image, and other rows have one",
            );
            dir.run(&format!("{line} --skip-bad")).ok();
        }
        let is_number = first.starts_with('4');
        assert_eq!(dir.read("out").contains("\"id\":4711"), is_number);
    }
}

#[test]
fn results_say_where_they_lose_names() {
    let dir = TestDir::new();
    let said = |text: &str, to: &str| {
        dir.file("in", text);
        let outcome = dir.run(&format!("convert in out --size 5,6 --to {to}"));
        assert_eq!(outcome.status, 0, "{}", outcome.err);
        outcome
            .err
            .contains("results hold no names: images are counted from 1")
    };
    for (text, loses) in [
        ("ImageId,rle\n4711,1 1\na1b2,1 1\n", true),
        ("ImageId,rle\n4711,1 1\n12.0,1 1\n", false),
        ("ImageId,rle\n", false),
        (
            r#"{"source": "a.png", "size": [5, 6], "counts": [1, 29]}"#,
            true,
        ),
        (
            r#"{"image_id": 7, "size": [5, 6], "counts": [1, 29]}"#,
            false,
        ),
    ] {
        assert_eq!(said(text, "coco-results"), loses, "{text}");
        assert!(!said(text, "coco-dataset"), "{text}");
    }
}

#[test]
fn rows_of_one_image_are_its_masks() {
    let text = "ImageId,EncodedPixels\nship.jpg,1 1\nship.jpg,3 2\nsea.jpg,\nship.jpg,8 3\n";
    let dataset = dataset(text, "--size 5,6");
    let rows = [("ship.jpg", 1, 1), ("ship.jpg", 1, 2), ("ship.jpg", 1, 3)];
    assert_eq!(annotations(&dataset), expected(&rows));
    let dir = TestDir::new();
    dir.file("in.csv", text);
    dir.run("decode in.csv --size 5,6 -o out.npy").ok();
    let stats = dir.run("stats in.csv --size 5,6").ok();
    assert!(stats.contains("4 masks in 4 rows"), "{stats}");
    dir.run("show in.csv --size 5,6 --image-id ship.jpg -o out.png")
        .ok();
}

/// Ids as DICOM has them: what is behind their last dot is no extension.
#[test]
fn ids_with_dots_come_back_whole() {
    let dir = TestDir::new();
    let rows =
        "ImageId,EncodedPixels\n1.2.276.0.1517875201.850819,1 2\n1.2.276.0.1517875202.291131,-1\n";
    dir.file("in.csv", rows);
    dir.run("convert in.csv set.json --to coco-dataset --size 4,4 --empty -1")
        .ok();
    dir.run("convert set.json out.csv --empty -1").ok();
    let ids = |name| {
        let ids = |line: &str| line.split(',').next().unwrap_or_default().to_owned();
        dir.read(name).lines().map(ids).collect::<Vec<_>>()
    };
    assert_eq!(ids("out.csv"), ids("in.csv"));
    dir.file(
        "images.json",
        r#"{"images":[{"id":5,"file_name":"1.2.840.113","height":1,"width":2}]}"#,
    );
    dir.file("1.2.840.113.npy", npy("'|u1'", false, "(1, 2)", &[0, 1]));
    let found = dir
        .run("encode 1.2.840.113.npy -f coco-results --image-ids images.json")
        .ok();
    assert!(found.contains("\"image_id\":5"), "{found}");
}
