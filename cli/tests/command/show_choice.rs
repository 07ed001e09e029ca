//! `show`: many masks of the image that is asked for, and pictures to draw over that are none.

use super::TestDir;
use super::drawn::Picture;

/// Rows of one image, and one of another.
fn rows(count: usize) -> String {
    let row = |image: u32| format!("{{\"image_id\":{image},\"size\":[4,4],\"counts\":[0,16]}}\n");
    row(1).repeat(count) + &row(2)
}

#[test]
fn many_masks_of_an_image_are_a_sheet() {
    let dir = TestDir::new();
    for (count, sides, said) in [
        (64, [128, 128], ""),
        (65, [9 * 168 + 8, 8 * 184 + 8], "all 65 rows"),
        (
            101,
            [10 * 168 + 8, 10 * 184 + 8],
            "the first 100 of 101 rows, 1 is left out",
        ),
    ] {
        dir.file("in.jsonl", rows(count));
        let outcome = dir.run("show in.jsonl --image-id 1 -o out.png");
        let hint = "; --index I draws one, --pile all over each other\n";
        let said = match said {
            "" => String::new(),
            said => format!("in.jsonl: a sheet of {said}{hint}"),
        };
        assert_eq!(outcome.err, said);
        outcome.ok();
        assert_eq!(Picture::read(&dir, "out.png").sides, sides, "{count}");
        // All over each other where that is asked for.
        for options in ["--pile", "--scale 16"] {
            dir.run(&format!("show in.jsonl --image-id 1 {options} -o out.png"))
                .ok();
            let [width, height] = Picture::read(&dir, "out.png").sides;
            assert_eq!(width, height, "{options}");
        }
    }
    let outcome = dir.run("show in.jsonl --image-id 2 --sheet -o out.png");
    assert!(
        outcome.err.contains("a sheet of the only row;"),
        "{}",
        outcome.err
    );
    outcome.ok();
}

#[test]
fn pictures_that_are_none() {
    let dir = TestDir::new();
    dir.file("in.jsonl", rows(1))
        .file("text.png", "no picture")
        .file("empty.jpg", "")
        .file("folder/x", "");
    for (picture, said) in [
        ("missing.png", "no such file"),
        ("folder", "is a folder"),
        ("text.png", "neither a PNG nor a JPEG"),
        ("empty.jpg", "neither a PNG nor a JPEG"),
        ("in.jsonl", "neither a PNG nor a JPEG"),
    ] {
        dir.run(&format!(
            "show in.jsonl --image-id 1 --image {picture} -o out.png"
        ))
        .fails(&format!("error: --image {picture}: {said}"), "");
    }
    assert!(!dir.files().contains(&"out.png".to_owned()));
}
