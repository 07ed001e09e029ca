//! `show`: which masks are drawn, as a sheet or over each other; and masks that are drawn smaller.

use png::{BitDepth, ColorType};

use super::drawn::Picture;
use super::show::squares;
use super::{TestDir, bytes, npz, png};

/// Pixels along a side of a tile, and between tiles.
const TILE: usize = 160;
const GAP: usize = 8;

/// Masks that differ in size, in image or only in being many are drawn each in a tile of its own.
#[test]
fn many_masks_are_a_sheet() {
    let dir = TestDir::new();
    let row = |source: &str, index: usize, [h, w]: [usize; 2]| {
        format!(
            "{{\"source\":\"{source}\",\"index\":{index},\"size\":[{h},{w}],\"counts\":[0,{}]}}\n",
            h * w
        )
    };
    dir.file(
        "sizes.jsonl",
        row("a.npy", 0, [80, 40]) + &row("a.npy", 0, [320, 640]),
    );
    dir.file(
        "images.jsonl",
        row("a.npy", 0, [40, 40]) + &row("b.npy", 0, [40, 40]),
    );
    let many: String = (0..65).map(|_| row("a.npy", 0, [2, 2])).collect();
    dir.file("many.jsonl", &many);
    let most: String = (0..477).map(|index| row("a.npy", index, [2, 2])).collect();
    dir.file("most.jsonl", &most);
    for (file, columns, rows, said) in [
        ("sizes.jsonl", 2, 1, "all 2 rows"),
        ("images.jsonl", 2, 1, "all 2 rows"),
        ("many.jsonl", 9, 8, "all 65 rows"),
        (
            "most.jsonl",
            10,
            10,
            "the first 100 of 477 rows, 377 are left out",
        ),
    ] {
        let shown = dir.run(&format!("show {file} -o sheet.png"));
        assert!(
            shown
                .err
                .starts_with(&format!("{file}: a sheet of {said}; --index")),
            "{}",
            shown.err
        );
        shown.ok();
        let sheet = Picture::read(&dir, "sheet.png");
        let sides = [columns * (TILE + GAP) + GAP, rows * (TILE + 16 + GAP) + GAP];
        assert_eq!(sheet.sides, sides, "{file}");
    }
    dir.run("show sizes.jsonl --plain -o sheet.png");
    let sheet = Picture::read(&dir, "sheet.png");
    assert_eq!(sheet.sides, [2 * (TILE + GAP) + GAP, TILE + 2 * GAP]);
    // The first is twice as large as it is, in the middle of its tile; the second a quarter.
    let ground = sheet.at(0, 0);
    let left: Vec<bool> = (0..TILE)
        .map(|x| sheet.at(GAP + x, GAP + 80) != ground)
        .collect();
    assert_eq!(
        left,
        (0..TILE)
            .map(|x| (40..120).contains(&x))
            .collect::<Vec<_>>()
    );
    let right = 2 * GAP + TILE + 80;
    let down: Vec<bool> = (0..TILE)
        .map(|y| sheet.at(right, GAP + y) != ground)
        .collect();
    assert_eq!(
        down,
        (0..TILE)
            .map(|y| (40..120).contains(&y))
            .collect::<Vec<_>>()
    );
}

#[test]
fn a_sheet_or_a_pile_may_be_asked_for() {
    let dir = squares();
    dir.run("show rows.jsonl --sheet -o sheet.png").ok();
    assert_eq!(Picture::read(&dir, "sheet.png").sides, [344, 192]);
    dir.run("show rows.jsonl --index 1 --sheet -o sheet.png")
        .ok();
    assert_eq!(Picture::read(&dir, "sheet.png").sides, [176, 192]);
    // All labels of a map are in one tile.
    dir.run("show labels.npy --sheet -o sheet.png").ok();
    assert_eq!(Picture::read(&dir, "sheet.png").sides, [176, 192]);

    let stack: Vec<u8> = (0..70).flat_map(|index| [index % 2, 0, 1, 0]).collect();
    dir.file("stack.npy", bytes("(70, 2, 2)", &stack));
    dir.run("show stack.npy -o sheet.png").ok();
    assert_eq!(Picture::read(&dir, "sheet.png").sides, [1520, 1480]);
    for one in ["--pile", "--scale 3", "--image-id stack.npy --pile"] {
        let shown = dir.run(&format!("show stack.npy {one} --plain -o out.png"));
        assert_eq!(shown.err, "", "{one}");
        let drawn = Picture::read(&dir, "out.png").drawn();
        assert_eq!(
            drawn.iter().filter(|&&drawn| drawn).count() * 2,
            drawn.len(),
            "{one}"
        );
    }
    dir.file(
        "parts.npz",
        npz(&[
            ("a", bytes("(2, 2)", &[1; 4])),
            ("b", bytes("(3, 3)", &[1; 9])),
        ]),
    );
    dir.run("show parts.npz -o sheet.png").ok();
    assert_eq!(Picture::read(&dir, "sheet.png").sides, [344, 192]);
    dir.file("folder/1.npy", bytes("(2, 2)", &[1; 4]));
    dir.file(
        "folder/2.png",
        png(ColorType::Grayscale, BitDepth::Eight, [3, 1], &[0, 1, 2]),
    );
    dir.run("show folder -o sheet.png").ok();
    assert_eq!(Picture::read(&dir, "sheet.png").sides, [344, 192]);
    for wrong in [
        "--sheet --pile",
        "--sheet --scale 2",
        "--sheet --image labels.npy",
        "--threshold 1",
    ] {
        let status = dir
            .run(&format!("show rows.jsonl {wrong} -o none.png"))
            .status;
        assert_eq!(status, 2, "{wrong}");
    }
    dir.file("empty.jsonl", "");
    dir.run("show empty.jsonl --sheet -o none.png")
        .fails("error: empty.jsonl", "there is no mask to draw");
    assert!(!dir.files().contains(&"none.png".to_owned()));
}

/// Rows that are not drawn may be of any size, and of runs that do not add up.
#[test]
fn only_the_masks_that_are_drawn_are_made() {
    let dir = TestDir::new();
    let rows = [
        r#"{"source":"a","index":0,"size":[2,3],"counts":"33"}"#,
        r#"{"source":"b","index":0,"size":[2,3],"counts":"34"}"#,
        r#"{"source":"c","index":0,"size":[2,3],"values":[0,1],"counts":[1,4],"order":"row"}"#,
    ];
    dir.file("rows.jsonl", rows.join("\n"));
    for chosen in ["--index 0", "--image-id a"] {
        dir.run(&format!("show rows.jsonl {chosen} -o out.png"))
            .ok();
    }
    for (index, image) in [(1, "b"), (2, "c")] {
        for chosen in [format!("--index {index}"), format!("--image-id {image}")] {
            dir.run(&format!("show rows.jsonl {chosen} -o none.png"))
                .fails(&format!("error: rows.jsonl:{}: ", index + 1), "6 pixels");
        }
    }
    dir.file("rows.csv", "ImageId,EncodedPixels\na,1 2\nb,9 9\n");
    dir.run("show rows.csv --size 2,3 --image-id a -o out.png")
        .ok();
    dir.run("show rows.csv --size 2,3 --image-id b -o none.png")
        .fails("error: rows.csv:3: ", "beyond the 6 pixels");
}

/// A mask far smaller than a pixel of the picture is seen, and covers what it covers.
#[test]
fn masks_that_are_drawn_smaller_are_seen() {
    let dir = TestDir::new();
    for (start, count) in [
        (0u64, 1u64),
        (12_345_678, 1),
        (99_999_999, 1),
        (39_990_000, 30_000),
    ] {
        let rest = 100_000_000 - start - count;
        dir.file(
            "row.jsonl",
            format!(r#"{{"size":[10000,10000],"counts":[{start},{count},{rest}]}}"#),
        );
        dir.run("show row.jsonl --plain -o out.png").ok();
        let picture = Picture::read(&dir, "out.png");
        assert_eq!(picture.sides, [3334, 3334]);
        let cell = |pixel: u64| (pixel % 10_000 / 3 * 3334 + pixel / 10_000 / 3) as usize;
        let drawn = picture.drawn();
        assert!(drawn[cell(start)] && drawn[cell(start + count - 1)]);
        let cells = if count == 1 { 1 } else { 3334 };
        assert_eq!(
            drawn.iter().filter(|&&drawn| drawn).count(),
            cells,
            "{start}"
        );
    }
}
