//! JSON that Python writes and the standard has not, and messages about what is no JSON.

use crate::TestDir;

const MASK: &str = r#""segmentation": {"size": [2, 3], "counts": [6]}"#;

fn dataset(member: &str, own: &str) -> String {
    format!(
        r#"{{{member}"images": [{{"id": 1, "height": 2, "width": 3{own}}}], "annotations": [{{"id": 1, "image_id": 1, {MASK}{own}}}]}}"#
    )
}

#[test]
fn lone_surrogates_and_nan_go_through() {
    for own in [
        r#"{"text": "\ud800"}"#,
        r#"{"\udc00 key": ["\uDBFF\u0041", 1]}"#,
        "[NaN, Infinity, -Infinity]",
        r#"{"a": {"b": NaN, "a": "NaN"}, "b": "\\ud800"}"#,
    ] {
        let text = dataset(
            &format!(r#""info": {own}, "\ud83d": 1, "#),
            &format!(r#", "own": {own}"#),
        );
        let dir = TestDir::new();
        dir.file("in", &text);
        dir.run("stats in").ok();
        dir.run("decode in -o out.npy").ok();
        dir.run("show in -o out.png").ok();
        dir.run("convert in out --to coco-results").ok();
        dir.run("convert in out").ok();
        let out = dir.read("out");
        assert_eq!(out.matches(own).count(), 3, "{out}");
        assert!(out.contains(r#""\ud83d":1"#), "{out}");
        // Rows, also where their members are written anew.
        let row = format!(
            r#"{{"own": {own}, "\ud800": NaN, "size": [2, 3], "counts": [6], "score": NaN}}"#
        );
        dir.file("in", format!("{row}\n{row}\n"));
        for to in ["coco", "coco-counts", "values"] {
            dir.run(&format!("convert in out --to {to}")).ok();
            let out = dir.read("out");
            assert_eq!(out.matches(own).count(), 2, "{out}");
            assert!(out.matches("NaN,").count() >= 2, "{out}");
        }
        let values =
            format!(r#"{{"own":{own},"size":[1,2],"order":"row","values":[0,1],"counts":[1,1]}}"#);
        dir.file("in", values).run("convert in out").ok();
        assert!(
            dir.read("out")
                .starts_with(&format!(r#"{{"own":{own},"size":[1,2],"counts":"#))
        );
    }
}

#[test]
fn names_with_half_of_a_pair_are_refused_where_they_are_written() {
    let text = dataset("", r#", "file_name": "\ud800.jpg""#);
    let dir = TestDir::new();
    dir.file("in", text);
    dir.run("decode in -o out.npy").ok();
    dir.run("convert in out").ok();
    std::fs::remove_file(dir.path("out")).unwrap();
    dir.run("convert in out --to kaggle").fails(
        "error: in:1: images[0].file_name: ",
        "half of a surrogate pair",
    );
}

/// Messages say what was found and what should be there, in words of their reader.
#[test]
fn messages_without_words_of_the_implementation() {
    let cases: [(&str, &str); 17] = [
        (
            r#"{"images": [], "annotations": [{'id': 1}]}"#,
            "in:1: column 33: `'` where a key in double quotes or `}` should be",
        ),
        (
            r#"{"images": [], "annotations": [{"id": 1,}]}"#,
            "in:1: column 41: `}` where a key in double quotes should be",
        ),
        (
            r#"{"images": [], "annotations": [{"id": 1 "a": 2}]}"#,
            "in:1: column 41: `\"` where `,` or `}` should be",
        ),
        (
            r#"{"images": [], "annotations": [{"id": True}]}"#,
            "in:1: column 39: `T` where a value should be",
        ),
        (
            r#"{"images": [], "annotations": [{"id": 01}]}"#,
            "in:1: column 40: `1` where `,` or `}` should be",
        ),
        (
            r#"{"images": [], "annotations": [{"id": 1.}]}"#,
            "in:1: column 41: `}` where a digit should be",
        ),
        (
            "{\"images\": [], \"annotations\": [\n{\"id\": nul}]}",
            "in:2: column 11: `}` where true, false, null",
        ),
        (
            "{\"images\": [], \"annotations\": [\n{\"a\": \"b\n\"}]}",
            "in:2: column 9: a text that does not end on its line",
        ),
        ("[{\"a\": \"\\x\"}]", "in:1: column 10: `x` where one of"),
        (
            "[{\"a\": \"\\u12\"}]",
            "in:1: column 13: `\"` where one of four hexadecimal digits",
        ),
        ("[{\"a\" 1}]", "in:1: column 7: `1` where `:` should be"),
        ("[1, ]", "in:1: item 0: 1 where an object should be"),
        ("[{}, ]", "in:1: column 6: `]` where a value should be"),
        (
            r#"{"images": {"id": 1}, "annotations": []}"#,
            "in:1: column 12: `{` where a list of images should be",
        ),
        (
            "{\"size\": [1, 1], \"counts\": [1]\n{\"size\": [1, 1], \"counts\": [1]}\n",
            "in:2: in the row that begins on line 1: column 1: `{` where `,` or `}` should be",
        ),
        (
            "{\"size\": [1, 1], \"counts\": [1]}]\n",
            "in:1: column 32: `]` where the end of the line should be",
        ),
        (
            r#"{"images": [], "images": [], "annotations": []}"#,
            "in:1: the key \"images\" is there twice",
        ),
    ];
    for (text, message) in cases {
        let dir = TestDir::new();
        let outcome = dir.file("in", text).run("convert in out");
        outcome.fails(&format!("error: {message}"), "");
    }
    let text = b"{\"images\": [], \"annotations\": [\n{\"id\": \"\xff\"}]}";
    TestDir::new()
        .file("in", text)
        .run("stats in")
        .fails("error: in:2: ", "not UTF-8");
}

#[test]
fn rows_may_take_more_than_a_line() {
    let dir = TestDir::new();
    dir.file(
        "in",
        "{\"size\": [1, 1],\n \"counts\": [1]}\n\n{\n\"size\": [1, 1], \"counts\": [0, 1]}\n",
    );
    let out = dir.run("stats in --json").ok();
    assert!(out.contains("\"rows\": 2"), "{out}");
    dir.file(
        "in",
        "{\"size\": [1, 1],\n \"counts\": [1]}\n\n{\n\"size\": [1, 1], \"counts\": [2]}\n",
    );
    dir.run("stats in").fails("error: in:4: ", "1 pixels");
}

#[test]
fn files_of_other_kinds_are_named() {
    let utf16 = |text: &str, is_little: bool| -> Vec<u8> {
        text.encode_utf16()
            .flat_map(|unit| {
                if is_little {
                    unit.to_le_bytes()
                } else {
                    unit.to_be_bytes()
                }
            })
            .collect()
    };
    let with_mark = |mark: &[u8], text: Vec<u8>| [mark, &text].concat();
    let json = r#"{"images": [], "annotations": []}"#;
    let cases: [(Vec<u8>, &str); 12] = [
        (
            with_mark(b"\xff\xfe", utf16(json, true)),
            "UTF-16 text: save it as UTF-8",
        ),
        (
            with_mark(b"\xfe\xff", utf16(json, false)),
            "UTF-16 text: save it as UTF-8",
        ),
        (utf16(json, true), "UTF-16 text"),
        (utf16("ImageId,EncodedPixels", false), "UTF-16 text"),
        (
            b"\x89PNG\r\n\x1a\n".to_vec(),
            "a PNG: `maskrle encode` reads pixels",
        ),
        (
            crate::bytes("(1, 1)", &[1]),
            "a .npy array: `maskrle encode`",
        ),
        (
            crate::npz(&[("a", crate::bytes("(1, 1)", &[1]))]),
            "a zip archive",
        ),
        (b"BZh91AY&SY".to_vec(), "packed by bzip2"),
        (b"\xfd7zXZ\0\0".to_vec(), "packed by xz"),
        (b"%PDF-1.7".to_vec(), "a PDF"),
        (b"\x80\x04\x95".to_vec(), "a pickle"),
        (vec![0; 100], "binary data"),
    ];
    for (content, what) in cases {
        let dir = TestDir::new();
        dir.file("in", content);
        for command in [
            "stats in",
            "decode in -o out.npy",
            "convert in out",
            "show in -o out.png",
        ] {
            dir.run(command).fails("error: in: ", what);
        }
        assert_eq!(dir.files(), ["in"]);
    }
    let dir = TestDir::new();
    std::fs::create_dir(dir.path("in")).unwrap();
    dir.run("decode in -o out.npy")
        .fails("error: in: ", "is a folder");
}
