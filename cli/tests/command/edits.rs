//! `convert` with changes to the masks: each is the library's, and they come in the order given.

use maskrle::{CocoRle, Connectivity, Footprint, MaskRuns, MorphOp, Order};
use serde_json::Value;

use crate::{TestDir, bytes, data};

/// Pixels of a mask of 40 x 50 with holes, islands and scratches.
fn noise() -> Vec<u8> {
    let mut state = 7u32;
    let pixels = (0..2000).map(|pixel| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        let is_within = (8..30).contains(&(pixel / 50)) && pixel % 50 > 10;
        u8::from((state >> 24 < 20) != is_within)
    });
    pixels.collect()
}

/// A folder with `in.jsonl`, real masks and noise, and the masks of it.
fn masks() -> (TestDir, Vec<MaskRuns>) {
    let dir = TestDir::new();
    dir.file("noise.npy", bytes("(40, 50)", &noise()));
    let (coins, horse) = (data("coins.npy"), data("horse.npy"));
    dir.run_args(&[
        "encode",
        "-q",
        "-o",
        "in.jsonl",
        "noise.npy",
        &coins,
        &horse,
    ])
    .ok();
    let masks = read(&dir, "in.jsonl");
    assert_eq!(masks.len(), 24);
    let masks = masks.iter().map(|mask| mask.to_runs().unwrap()).collect();
    (dir, masks)
}

/// The masks of JSON lines.
fn read(dir: &TestDir, name: &str) -> Vec<CocoRle> {
    let text = dir.read(name);
    let rows = text.lines().map(|line| {
        let row: Value = serde_json::from_str(line).unwrap();
        let side = |index: usize| row["size"][index].as_u64().unwrap() as u32;
        CocoRle {
            size: [side(0), side(1)],
            counts: row["counts"].as_str().unwrap().into(),
        }
    });
    rows.collect()
}

/// The masks that `convert` makes with these options.
fn changed(dir: &TestDir, options: &str) -> Vec<CocoRle> {
    dir.run(&format!("convert -q in.jsonl out.jsonl {options}"))
        .ok();
    read(dir, "out.jsonl")
}

#[test]
fn each_change_is_the_librarys() {
    use Connectivity::{Eight, Four};
    use MorphOp::{Close, Dilate, Erode, Open};
    let (dir, masks) = masks();
    type Operation = fn(&MaskRuns) -> maskrle::Result<MaskRuns>;
    let operations: [(&str, Operation); 29] = [
        ("--fill-holes", |mask| mask.fill_holes(Four)),
        ("--fill-holes --connectivity 8", |mask| {
            mask.fill_holes(Eight)
        }),
        ("--fill-small-holes 3", |mask| {
            mask.fill_small_holes(3, Four)
        }),
        ("--fill-small-holes 3 --connectivity 8", |mask| {
            mask.fill_small_holes(3, Eight)
        }),
        ("--remove-small-components 2", |mask| {
            mask.remove_small_components(2, Eight)
        }),
        ("--connectivity 4 --remove-small-components 2", |mask| {
            mask.remove_small_components(2, Four)
        }),
        ("--largest-component", |mask| mask.largest_component(Eight)),
        ("--largest-component --connectivity 4", |mask| {
            mask.largest_component(Four)
        }),
        ("--dilate 2", |mask| mask.morph(Dilate, Footprint::Disk(2))),
        ("--dilate 3x5", |mask| {
            mask.morph(Dilate, Footprint::Box([3, 5]))
        }),
        ("--erode 1", |mask| mask.morph(Erode, Footprint::Disk(1))),
        ("--erode=1x3", |mask| {
            mask.morph(Erode, Footprint::Box([1, 3]))
        }),
        ("--open 1", |mask| mask.morph(Open, Footprint::Disk(1))),
        ("--close 3x3", |mask| {
            mask.morph(Close, Footprint::Box([3, 3]))
        }),
        ("--boundary 0.02", |mask| mask.boundary(0.02)),
        ("--complement", |mask| mask.complement()),
        ("--flip-left-right", |mask| Ok(mask.flip_left_right())),
        ("--flip-up-down", |mask| Ok(mask.flip_up_down())),
        ("--transpose", |mask| Ok(mask.transpose())),
        ("--rot90 1", |mask| Ok(mask.rot90(1))),
        ("--rot90 2", |mask| Ok(mask.rot90(2))),
        ("--rot90 -1", |mask| Ok(mask.rot90(3))),
        ("--resize-nearest 64,48", |mask| {
            mask.resize_nearest([64, 48])
        }),
        ("--crop 5,7,30,20", |mask| mask.crop([5, 7, 30, 20])),
        ("--pad 1,2,3,4", |mask| mask.pad([1, 2, 3, 4])),
        ("--tile 2,3", |mask| mask.tile([2, 3])),
        ("--warp .8,-.6,9,.6,.8,-4", |mask| {
            mask.warp_affine([[0.8, -0.6, 9.0], [0.6, 0.8, -4.0]], mask.size())
        }),
        ("--warp -1,0,40,0,1,0,1e-3,0,1@60,45", |mask| {
            let matrix = [[-1.0, 0.0, 40.0], [0.0, 1.0, 0.0], [1e-3, 0.0, 1.0]];
            mask.warp_perspective(matrix, [60, 45])
        }),
        ("--rot90 1 --dilate 1x3 --flip-left-right", |mask| {
            let dilated = mask.rot90(1).morph(Dilate, Footprint::Box([1, 3]))?;
            Ok(dilated.flip_left_right())
        }),
    ];
    for (options, operation) in operations {
        let expected = masks.iter().map(|mask| {
            let mask = operation(mask).unwrap();
            CocoRle::try_from(&mask.to_order(Order::ColumnMajor).unwrap()).unwrap()
        });
        let expected: Vec<_> = expected.collect();
        let made = changed(&dir, options);
        assert_eq!(made, expected, "{options}");
        assert_ne!(made, read(&dir, "in.jsonl"), "{options}");
    }
}

#[test]
fn changes_come_in_the_order_given() {
    let (dir, _) = masks();
    let pairs = [
        ("--dilate 2 --erode 2", "--close 2"),
        ("--erode 2 --dilate 2", "--open 2"),
        ("--dilate 3x3 --dilate 3x3", "--dilate 5x5"),
        ("--rot90 1 --rot90 1 --rot90 -3", "--rot90 -1"),
        ("--transpose --flip-up-down", "--rot90 1"),
        ("--flip-up-down --transpose", "--rot90 -1"),
        ("--complement --dilate 1 --complement", "--erode 1"),
        (
            "--pad 2,0,0,0 --crop 0,1,40,30",
            "--crop 0,0,40,29 --pad 1,0,0,0",
        ),
    ];
    for (several, same) in pairs {
        assert_eq!(changed(&dir, several), changed(&dir, same), "{several}");
    }
    for (one, other) in [
        ("--dilate 2 --erode 2", "--erode 2 --dilate 2"),
        ("--complement --fill-holes", "--fill-holes --complement"),
        ("--rot90 1 --pad 1,0,0,0", "--pad 1,0,0,0 --rot90 1"),
        (
            "--dilate 2 --largest-component",
            "--largest-component --dilate 2",
        ),
    ] {
        assert_ne!(changed(&dir, one), changed(&dir, other), "{one}");
    }
    // The file's name may stand between them.
    dir.run("convert --dilate 2 in.jsonl --erode 2 mixed.jsonl -q")
        .ok();
    assert_eq!(read(&dir, "mixed.jsonl"), changed(&dir, "--close 2"));
}

/// A changed file in another format is that format of the changed file.
#[test]
fn every_format_is_of_the_changed_masks() {
    let (dir, _) = masks();
    dir.run("convert -q in.jsonl in.json --to coco-dataset --category 1:thing")
        .ok();
    // An image without masks.
    let text = dir.read("in.json").replace(
        "\"images\":[",
        "\"images\":[{\"id\":90,\"file_name\":\"none.png\",\"height\":60,\"width\":50},",
    );
    dir.file("in.json", text);
    let changes = "--remove-small-components 4 --resize-nearest 150,190 --rot90 1 --dilate 1";
    dir.run(&format!("convert -q in.json changed.json {changes}"))
        .ok();
    for (to, name) in [
        ("coco-counts", "json"),
        ("coco-results", "json"),
        ("kaggle", "csv"),
        ("kaggle --full", "csv"),
        ("values", "jsonl"),
        ("nuimages", "json"),
        ("open-images", "csv"),
        ("cvat", "xml"),
        ("label-studio", "json"),
    ] {
        dir.run(&format!("convert -q in.json a.{name} --to {to} {changes}"))
            .ok();
        dir.run(&format!("convert -q changed.json b.{name} --to {to}"))
            .ok();
        let made = dir.read(&format!("a.{name}"));
        assert!(made == dir.read(&format!("b.{name}")), "{to}");
        assert!(made.len() > 1000, "{to}");
    }
    // From a dialect.
    for (from, name) in [("cvat", "xml"), ("label-studio", "json")] {
        let read = format!("--from {from} --to coco-dataset");
        dir.run(&format!("convert -q in.json in.{from}.{name} --to {from}"))
            .ok();
        let input = format!("in.{from}.{name}");
        dir.run(&format!("convert -q {input} a.json {read} {changes}"))
            .ok();
        dir.run(&format!("convert -q {input} plain.json {read}"))
            .ok();
        dir.run(&format!(
            "convert -q plain.json b.json --to coco-dataset {changes}"
        ))
        .ok();
        assert!(dir.read("a.json") != dir.read("plain.json"), "{from}");
        let [a, b] = ["a.json", "b.json"].map(|name| {
            let mut document: Value = serde_json::from_str(&dir.read(name)).unwrap();
            // A file that becomes a dataset has no annotations of empty masks.
            let annotations = document["annotations"].as_array_mut().unwrap();
            annotations.retain(|annotation| annotation["area"] != 0);
            for annotation in annotations {
                annotation.as_object_mut().unwrap().remove("id");
            }
            document
        });
        assert!(a == b, "{from}");
    }
}

#[test]
fn csv_is_changed_at_the_size_of_its_masks() {
    let dir = TestDir::new();
    let rows = "ImageId,EncodedPixels\na,2 2\nb,\n";
    dir.file("in.csv", rows);
    let line = "convert -q in.csv out.csv --size 3,4";
    dir.run(&format!("{line} --flip-up-down --flip-left-right"))
        .ok();
    assert_eq!(dir.read("out.csv"), "ImageId,EncodedPixels\na,10 2\nb,\n");
    dir.run(&format!("{line} --full --rot90 1")).ok();
    assert_eq!(
        dir.read("out.csv"),
        "ImageId,EncodedPixels,Height,Width,CategoryId\na,8 1 12 1,4,3,\nb,,4,3,\n"
    );
    // Masks that are changed to nothing are empty rows, and no annotations.
    dir.run(&format!("{line} --erode 1")).ok();
    assert_eq!(
        dir.read("out.csv"),
        "ImageId,EncodedPixels\na,1 3\nb,\n".replace("1 3", "")
    );
}
