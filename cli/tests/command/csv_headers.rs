//! CSV: what separates its fields, headers that are none, and numbers however they are spelt.

use crate::TestDir;

#[test]
fn names_of_columns_may_have_commas() {
    let dir = TestDir::new();
    for text in [
        "name, as given\tImageId\tEncodedPixels\nx, y\ta\t3 2\n",
        "ImageId\tEncodedPixels\tnote, or none\na\t3 2\t1, 2\n",
        "Image,File;ImageId;EncodedPixels\nb;a;3 2\n",
        "sep=;\nImageId;EncodedPixels\na;3 2\n",
        "sep=;\r\n\"Image, Id\";EncodedPixels\r\na;3 2\r\n",
        "\u{feff}sep=|\nImageId|EncodedPixels\na|3 2\n",
        "\"sep=\t\"\nImageId\tEncodedPixels\na\t3 2\n",
    ] {
        dir.file("in.csv", text)
            .run("convert in.csv out.csv --size 5,6")
            .ok();
        assert_eq!(
            dir.read("out.csv"),
            "ImageId,EncodedPixels\na,3 2\n",
            "{text}"
        );
    }
    // The line that tells what separates them is counted.
    dir.file("in.csv", "sep=;\nImageId;EncodedPixels\na;3 2\na;0 2\n");
    dir.run("stats in.csv --size 5,6")
        .fails("error: in.csv:4: ", "");
    dir.run("stats in.csv")
        .fails("error: in.csv:2: ", "--size H,W is needed");
    dir.file("in.csv", "sep=;\nImageId;x\na;3 2\n");
    dir.run("stats in.csv --size 5,6")
        .fails("error: in.csv:2: ", "ImageId, x");
}

#[test]
fn what_stands_before_json_is_named() {
    let dir = TestDir::new();
    let json = r#"{"images": [], "annotations": []}"#;
    for (before, said) in [
        ("\u{feff}\u{feff}", "a second byte order mark stands before"),
        ("junk", "\"junk\" stands before the JSON"),
        ("var data = ", "\"var data =\" stands before the JSON"),
        ("<pre>", "\"<pre>\" stands before the JSON"),
        (")]}',\n", "\")]}',\" stands before the JSON"),
    ] {
        for text in [
            json.to_owned(),
            json.replace("{\"", "{\n\""),
            format!("[{json}]"),
        ] {
            dir.file("in", format!("{before}{text}"));
            for line in ["stats in", "convert in out", "stats in --column rle"] {
                dir.run(line)
                    .fails("error: in:1: neither JSON nor CSV: ", said);
            }
        }
    }
    // A member is no column, though its name is one's.
    dir.file("in", "\u{feff}\u{feff}{\"annotation\":[\n1]}");
    dir.run("stats in")
        .fails("error: in:1: neither JSON", "a second byte order mark");
    // Other columns may have brackets in their names.
    dir.file("in", "Size [px],ImageId,rle\n4,a,3 2\n");
    dir.run("stats in --size 5,6").ok();
    dir.file("in", "Size [px],ImageId,x\n4,a,3 2\n");
    dir.run("stats in")
        .fails("error: in:1: ", "holds the masks: Size [px], ImageId, x");
}

#[test]
fn columns_of_one_name() {
    let dir = TestDir::new();
    for (header, name) in [
        ("EncodedPixels,EncodedPixels,x", "EncodedPixels"),
        ("rle, rle ,x", "rle"),
        ("ImageId,ImageId,rle", "ImageId"),
        ("ClassId,rle,ClassId", "ClassId"),
        ("Height,rle,Height", "Height"),
    ] {
        dir.file("in.csv", format!("{header}\n1,1 2,1\n"));
        let said = format!("two columns are called {name}: give one another name");
        dir.run("stats in.csv --size 5,6")
            .fails("error: in.csv:1: ", &said);
    }
    dir.file("in.csv", "mine,mine\n1 2,1 2\n");
    dir.run("stats in.csv --size 5,6 --column mine")
        .fails("error: in.csv:1: ", "two columns are called mine");
    // Columns that are not read may be called as they like.
    dir.file("in.csv", "x,x,EncodedPixels\n1,2,1 2\n");
    dir.run("stats in.csv --size 5,6").ok();
}

/// One definition of a whole number, for CSV and JSON.
#[test]
fn whole_numbers_in_csv() {
    let dir = TestDir::new();
    for (height, category) in [
        (".5e1", "9007199254740994.0"),
        ("+5.", "9007199254740994"),
        ("500e-2", "9.007199254740994e15"),
        ("05", "+9007199254740994"),
    ] {
        dir.file(
            "in.csv",
            format!("ImageId,rle,Height,Width,ClassId\na,.3e1 +2,{height},6,{category}\n"),
        );
        dir.run("convert in.csv out.json --to coco-dataset").ok();
        let out = dir.read("out.json");
        assert!(out.contains("\"category_id\":9007199254740994,"), "{out}");
        assert!(out.contains("\"height\":5,\"width\":6"), "{out}");
    }
}

#[test]
fn a_row_without_a_class_among_others() {
    let dir = TestDir::new();
    let convert = |text: &str, options: &str| {
        dir.file("a.csv", text);
        dir.run(&format!("convert --size 5,6 a.csv out.json --to {options}"))
    };
    let header = "ImageId,EncodedPixels,ClassId\n";
    for to in ["coco-dataset", "coco-results"] {
        for (rows, line) in [("a,1 2,\nb,3 1,4\n", 2), ("a,1 2,4\nb,3 1, \n", 3)] {
            let outcome = convert(&format!("{header}{rows}"), to);
            let begins = format!("error: a.csv:{line}: ");
            outcome.fails(&begins, "no category, and other rows have one");
            let outcome = convert(&format!("{header}{rows}"), &format!("{to} --skip-bad"));
            assert!(
                outcome.err.contains("1 row left out as bad"),
                "{}",
                outcome.err
            );
            outcome.ok();
            assert_eq!(dir.read("out.json").matches("\"category_id\":4").count(), 1);
        }
        let joined = convert("ImageId_ClassId,EncodedPixels\na_,1 2\na_4,3 1\n", to);
        joined.fails("error: a.csv:2: ", "no category");
        // An image without masks has no class, and nor has a file of none.
        convert(&format!("{header}a,1 2,4\nb,,\n"), to).ok();
        convert(&format!("{header}a,1 2,\nb,3 1,\n"), to).ok();
        assert_eq!(dir.read("out.json").matches("\"category_id\":1").count(), 2);
    }
    // To rows without classes they are no matter.
    dir.file("a.csv", format!("{header}a,1 2,\nb,3 1,4\n"));
    dir.run("convert --size 5,6 a.csv out.jsonl").ok();
    dir.run("stats --size 5,6 a.csv").ok();
}

/// Lines of white space are no rows; a field of nothing is an empty mask, and a row of two.
#[test]
fn lines_of_white_space_are_left_out() {
    let dir = TestDir::new();
    for (text, rows) in [
        ("ImageId,EncodedPixels\na,1 2\n   \n", 1),
        ("ImageId,EncodedPixels\n \t\na,1 2\n\n  ", 1),
        ("ImageId;EncodedPixels\na;1 2\n \r\nb;\r\n", 2),
        ("EncodedPixels\n  \n1 2\n\"\"\n  \n", 2),
    ] {
        let run = dir.file("in.csv", text).run("stats in.csv --size 5,6");
        let stats = run.ok();
        assert!(
            stats.contains(&format!(" in {rows} row")),
            "{text:?}: {stats}"
        );
    }
    dir.file("in.csv", "ImageId,EncodedPixels\na\n");
    dir.run("stats in.csv --size 5,6")
        .fails("error: in.csv:2: 1 field, and the header has 2", "");
}
