//! `maskrle show`.

use std::collections::BTreeSet;

use png::{BitDepth, ColorType};

use super::drawn::{DARK, Picture, jpeg};
use super::{TestDir, bytes, data, npy, npz, png};

/// 1 where a mask is.
const SQUARES: [u8; 40] = [
    0, 0, 0, 0, 0, 0, 0, 0, //
    0, 1, 1, 1, 0, 0, 0, 0, //
    0, 1, 1, 1, 0, 0, 2, 2, //
    0, 1, 1, 1, 0, 0, 2, 2, //
    0, 0, 0, 0, 0, 0, 0, 0,
];

/// A folder with two squares, as pixels and as rows.
pub fn squares() -> TestDir {
    let dir = TestDir::new();
    dir.file("labels.npy", bytes("(5, 8)", &SQUARES));
    dir.run("encode --quiet --labels labels.npy -o rows.jsonl")
        .ok();
    dir
}

#[test]
fn each_pixel_of_a_mask_has_its_colour() {
    let dir = squares();
    dir.run("show rows.jsonl --plain --scale 1 -o out.png").ok();
    let picture = Picture::read(&dir, "out.png");
    assert_eq!(picture.sides, [8, 5]);
    assert_eq!(picture.drawn(), SQUARES.map(|label| label != 0));
    // Each colour as it is, on the outline; the square of 3 x 3 has a pixel within.
    assert_eq!(picture.colours().len(), 4);
    assert_ne!(picture.at(1, 1), picture.at(6, 2));
    assert_ne!(picture.at(1, 1), picture.at(2, 2));

    dir.run("show rows.jsonl --plain --scale 3 -o large.png")
        .ok();
    let large = Picture::read(&dir, "large.png");
    assert_eq!(large.sides, [24, 15]);
    for (index, label) in SQUARES.into_iter().enumerate() {
        assert_eq!(
            large.at(index % 8 * 3 + 1, index / 8 * 3 + 1) != DARK,
            label != 0
        );
    }
}

/// Lines are thicker on a large picture, and never go beyond a mask's pixels.
#[test]
fn noise_is_drawn_as_it_is() {
    let dir = TestDir::new();
    let noise: Vec<u8> = (0..640_000u64)
        .map(|index| (index.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 60) as u8 & 1)
        .collect();
    dir.file("noise.npy", bytes("(800, 800)", &noise));
    dir.run("show noise.npy --plain -o out.png").ok();
    assert!(
        Picture::read(&dir, "out.png")
            .drawn()
            .iter()
            .zip(&noise)
            .all(|(&drawn, &set)| drawn == (set == 1))
    );
}

#[test]
fn boxes_go_round_and_ids_are_written() {
    let dir = squares();
    dir.run("show rows.jsonl --scale 20 -o out.png").ok();
    let picture = Picture::read(&dir, "out.png");
    let colour = picture.at(20, 20);
    // Just outside the mask, on all four sides.
    for (x, y) in [(19, 50), (80, 50), (50, 80)] {
        assert_eq!(picture.at(x, y), colour, "at {x}, {y}");
    }
    assert_eq!(picture.at(17, 50), DARK);
    // Above it, its id: in ink on its colour.
    let tag: BTreeSet<_> = (4..19)
        .flat_map(|y| (19..31).map(move |x| (x, y)))
        .map(|(x, y)| picture.at(x, y))
        .collect();
    assert!(
        tag.contains(&colour) && (tag.contains(&[0, 0, 0]) || tag.contains(&[255, 255, 255])),
        "{tag:?}"
    );
}

/// However a label map comes, it is one picture.
#[test]
fn every_format_is_the_same_picture() {
    let dir = squares();
    dir.run("show rows.jsonl -o expected.png").ok();
    let expected = std::fs::read(dir.path("expected.png")).unwrap();
    assert_eq!(Picture::read(&dir, "expected.png").sides, [256, 160]);
    for format in ["coco-counts", "values", "coco-dataset", "kaggle"] {
        dir.run(&format!(
            "encode --quiet --labels --format {format} labels.npy -o {format}"
        ))
        .ok();
        let size = if format == "kaggle" {
            " --size 5,8"
        } else {
            ""
        };
        dir.run(&format!("show {format}{size} -o out.png")).ok();
        assert_eq!(
            std::fs::read(dir.path("out.png")).unwrap(),
            expected,
            "{format}"
        );
    }
    dir.file("labels.npz", npz(&[("a", bytes("(5, 8)", &SQUARES))]));
    dir.file(
        "labels.png",
        png(ColorType::Grayscale, BitDepth::Eight, [8, 5], &SQUARES),
    );
    for file in ["labels.npy", "labels.npz", "labels.png"] {
        dir.run(&format!("show {file} -o out.png")).ok();
        assert_eq!(
            std::fs::read(dir.path("out.png")).unwrap(),
            expected,
            "{file}"
        );
    }
}

#[test]
fn one_mask_or_an_images_masks() {
    let dir = TestDir::new();
    let dataset = r#"{
        "images": [{"id": 5, "height": 3, "width": 4}, {"id": 6, "height": 3, "width": 4},
                   {"id": 7, "height": 2, "width": 2}],
        "annotations": [
            {"id": 10, "image_id": 5, "segmentation": [[1, 1, 4, 1, 4, 3, 1, 3]]},
            {"id": 11, "image_id": 6, "segmentation": {"size": [3, 4], "counts": [3, 9]}},
            {"id": 12, "image_id": 5, "segmentation": {"size": [3, 4], "counts": [0, 1, 11]}}
        ]}"#;
    dir.file("dataset.json", dataset);
    let set = |line: &str| {
        dir.run(&format!(
            "show dataset.json --plain --scale 1 {line} -o out.png"
        ))
        .ok();
        Picture::read(&dir, "out.png")
            .drawn()
            .into_iter()
            .map(u8::from)
            .collect::<Vec<_>>()
    };
    assert_eq!(set("--index 0"), [0, 0, 0, 0, 0, 1, 1, 1, 0, 1, 1, 1]);
    assert_eq!(set("--index 2"), [1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
    assert_eq!(set("--image-id 5"), [1, 0, 0, 0, 0, 1, 1, 1, 0, 1, 1, 1]);
    assert_eq!(set("--image-id 6"), [0, 1, 1, 1, 0, 1, 1, 1, 0, 1, 1, 1]);
    assert_eq!(set("--image-id 7"), [0; 4]);

    let refused = |line: &str, contains: &str| {
        dir.run(&format!("show dataset.json {line} -o none.png"))
            .fails("error: dataset.json", contains);
        assert!(!dir.files().contains(&"none.png".to_owned()));
    };
    refused(
        "--pile",
        "a mask of 6, and those before it of 5: --index I or --image-id ID says which are drawn",
    );
    refused("--index 3", "no row 3: there are 3, counted from 0");
    refused("--image-id 8", "no mask is of \"8\"");
    assert_eq!(
        dir.run("show dataset.json --index 0 --image-id 5 -o none.png")
            .status,
        2
    );
    assert_eq!(dir.run("show dataset.json --index 0 -o none.jpg").status, 2);
}

#[test]
fn over_a_picture() {
    let dir = squares();
    let photo: Vec<u8> = (0..40).map(|index| index * 5).collect();
    dir.file(
        "gray.png",
        png(ColorType::Grayscale, BitDepth::Eight, [8, 5], &photo),
    );
    let colours: Vec<u8> = photo
        .iter()
        .flat_map(|&gray| [gray, gray, gray, 7])
        .collect();
    dir.file(
        "alpha.png",
        png(ColorType::Rgba, BitDepth::Eight, [8, 5], &colours),
    );
    for image in ["gray.png", "alpha.png"] {
        dir.run(&format!(
            "show rows.jsonl --plain --scale 1 --image {image} -o out.png"
        ))
        .ok();
        let picture = Picture::read(&dir, "out.png");
        for (index, label) in SQUARES.into_iter().enumerate() {
            assert_eq!(
                picture.pixels[index] == [photo[index]; 3],
                label == 0,
                "{image}, pixel {index}"
            );
        }
    }
    dir.file(
        "small.png",
        png(ColorType::Grayscale, BitDepth::Eight, [4, 2], &[0; 8]),
    );
    dir.run("show rows.jsonl --image small.png -o none.png")
        .fails(
            "error: rows.jsonl",
            "the masks are 5 x 8, and the picture of --image is 2 x 4",
        );
    dir.run("show rows.jsonl --image rows.jsonl -o none.png")
        .fails("error: --image rows.jsonl: neither a PNG nor a JPEG", "");
    dir.run("show rows.jsonl --image labels.npy -o none.png")
        .fails("error: --image labels.npy: neither a PNG nor a JPEG", "");
}

#[test]
fn floats_take_a_threshold() {
    let dir = TestDir::new();
    let logits = data("coins_logits.npy");
    dir.run(&format!("show {logits} -o none.png"))
        .fails("error: ", "floats need --threshold T");
    dir.run(&format!(
        "show {logits} --threshold 0 --plain --scale 1 -o out.png"
    ))
    .ok();
    assert_eq!(Picture::read(&dir, "out.png").colours().len(), 3);
    dir.file("bools.npy", npy("'|b1'", false, "(2, 1, 2)", &[1, 0, 0, 1]));
    dir.run("show bools.npy --index 1 --plain --scale 1 -o out.png")
        .ok();
    assert_eq!(Picture::read(&dir, "out.png").drawn(), [false, true]);
}

#[test]
fn what_cannot_be_drawn_is_one_line() {
    let dir = TestDir::new();
    dir.run("show nowhere.json -o none.png")
        .fails("error: nowhere.json: no such file", "");
    dir.run("show nowhere.npy -o none.png")
        .fails("error: nowhere.npy: no such file", "");
    // Seven bytes that claim 4 GiB of pixels.
    dir.file("huge.jsonl", r#"{"size":[65535,65537],"counts":"oooooo3"}"#);
    dir.run("show huge.jsonl --scale 1 -o none.png")
        .fails("error: huge.jsonl", "a picture of 65535 x 65537 pixels");
    dir.file("none.jsonl", r#"{"size":[0,9],"counts":[0]}"#);
    dir.run("show none.jsonl -o none.png")
        .fails("error: none.jsonl", "0 x 9 has no pixels to draw");
    dir.file("empty.jsonl", "");
    dir.run("show empty.jsonl -o none.png")
        .fails("error: empty.jsonl", "there is no mask to draw");
    dir.file(
        "sizes.jsonl",
        "{\"size\":[1,2],\"counts\":[2]}\n{\"size\":[2,2],\"counts\":[4]}\n",
    );
    dir.run("show sizes.jsonl --pile -o none.png").fails(
        "error: sizes.jsonl:2",
        "a mask of 2 x 2, and those before it of 1 x 2",
    );
    dir.file("cut.jsonl", r#"{"size":[2,3],"counts":"1P"}"#);
    dir.run("show cut.jsonl -o none.png")
        .fails("error: cut.jsonl:1", "the string ends within a number");
    assert!(!dir.files().contains(&"none.png".to_owned()));
}

/// Whatever the file is called.
#[test]
fn over_a_jpeg() {
    let dir = TestDir::new();
    let mut pixels = [0; 16 * 24];
    pixels[..24].fill(1);
    dir.file("mask.npy", bytes("(16, 24)", &pixels));
    let blocks = [0, 128, 255, 7, 200, 90];
    for name in ["photo.jpg", "photo.jpeg", "photo.png", "photo"] {
        dir.file(name, jpeg([24, 16], &blocks));
        dir.run(&format!(
            "show mask.npy --plain --scale 1 --image {name} -o out.png"
        ))
        .ok();
        let picture = Picture::read(&dir, "out.png");
        assert_eq!(picture.sides, [24, 16]);
        for (index, &set) in pixels.iter().enumerate() {
            let (x, y) = (index % 24, index / 24);
            let gray = [blocks[y / 8 * 3 + x / 8]; 3];
            assert_eq!(picture.at(x, y) == gray, set == 0, "{name} at {x}, {y}");
        }
    }
    let whole = jpeg([24, 16], &blocks);
    dir.file("small.jpg", jpeg([8, 8], &[9]));
    dir.run("show mask.npy --image small.jpg -o none.png")
        .fails(
            "error: mask.npy: the masks are 16 x 24, and the picture of --image is 8 x 8",
            "",
        );
    dir.file("cut.jpg", &whole[..30]);
    dir.run("show mask.npy --image cut.jpg -o none.png")
        .fails("error: --image cut.jpg: truncated: the JPEG ends", "");
    dir.file(
        "kind.jpg",
        [&whole[..2], &[0xff, 0xc3], &whole[4..]].concat(),
    );
    dir.run("show mask.npy --image kind.jpg -o none.png")
        .fails("error: --image kind.jpg: ", "");
    assert!(!dir.files().contains(&"none.png".to_owned()));
}
