//! PNGs whose labels are categories: Cityscapes and Pascal VOC.

use std::collections::BTreeMap;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use png::{BitDepth, ColorType};
use serde::Deserialize;

use crate::{TestDir, data, png};

/// Masks of a file, as its image, category, crowd and counts.
fn masks(dir: &TestDir, line: &str) -> Vec<String> {
    dir.run(&format!("convert {line} out.json --to coco-dataset"))
        .ok();
    let out: serde_json::Value = serde_json::from_str(&dir.read("out.json")).unwrap();
    let find = |list: &str, id: &serde_json::Value, key: &str| {
        let items = out[list].as_array().unwrap();
        let found = items.iter().find(|item| item["id"] == *id).unwrap();
        found[key].as_str().unwrap().to_owned()
    };
    let row = |row: &serde_json::Value| {
        let image = find("images", &row["image_id"], "file_name");
        let name = find("categories", &row["category_id"], "name");
        let counts = row["segmentation"]["counts"].as_str().unwrap();
        format!(
            "{image} {}:{name} {} {counts}",
            row["category_id"], row["iscrowd"]
        )
    };
    out["annotations"]
        .as_array()
        .unwrap()
        .iter()
        .map(row)
        .collect()
}

fn gray(ids: &[u16]) -> Vec<u8> {
    let bytes: Vec<u8> = ids.iter().flat_map(|id| id.to_be_bytes()).collect();
    png(ColorType::Grayscale, BitDepth::Sixteen, [3, 2], &bytes)
}

#[test]
fn instances_of_cityscapes() {
    let dir = TestDir::new();
    let ids = gray(&[7, 26001, 26001, 26, 0, 60003]);
    dir.file("gt/aachen/aachen_000000_gtFine_instanceIds.png", &ids)
        .file("gt/aachen/aachen_000000_gtFine_color.png", b"no PNG")
        .file("gt/aachen/aachen_000000_gtFine_polygons.json", b"{}");
    let image = "aachen_000000_leftImg8bit.png";
    let expected = [
        format!("{image} 7:road 0 015"),
        format!("{image} 26:car 1 114"),
        format!("{image} 26:car 0 21100"),
        format!("{image} 60:60 0 51"),
    ];
    assert_eq!(masks(&dir, "gt --from cityscapes"), expected);
    let file = "gt/aachen/aachen_000000_gtFine_instanceIds.png";
    assert_eq!(masks(&dir, &format!("{file} --from cityscapes")), expected);
    // Files of other names are what they are.
    dir.file("other/a.png", &ids);
    let other = masks(&dir, "other --from cityscapes");
    assert_eq!(other[0], "a.png 7:road 0 015");
    // Instances keep their ids.
    dir.run("convert other/a.png out.txt --from cityscapes --to mots --skip-bad")
        .fails_first(
            "left out: other/a.png: ",
            "does not end in the number of a frame",
        );
    dir.file("other/000007.png", &ids);
    dir.run("convert other/000007.png out.txt --from cityscapes --to mots")
        .ok();
    assert!(dir.read("out.txt").contains("7 26001 26 2 3 21100\n"));
    dir.file("other/b.png", b"GIF89a..");
    dir.run("convert other x.json --from cityscapes")
        .fails("error: other: other/b.png: ", "it is no PNG");
    dir.run("convert none x.json --from cityscapes")
        .fails("error: none: ", "no such file or folder");
}

fn palette(indices: &[u8]) -> Vec<u8> {
    png(ColorType::Indexed, BitDepth::Eight, [3, 2], indices)
}

#[test]
fn classes_and_objects_of_voc() {
    let dir = TestDir::new();
    dir.file(
        "voc/SegmentationClass/a.png",
        palette(&[15, 15, 255, 2, 0, 2]),
    );
    let found = masks(&dir, "voc --from voc");
    assert_eq!(found.len(), 2, "{found:?}");
    assert!(found[0].starts_with("a.jpg 2:bicycle 0 "), "{found:?}");
    assert!(found[1].starts_with("a.jpg 15:person 0 "), "{found:?}");
    // With objects, each is of the class that most of its pixels have.
    dir.file(
        "voc/SegmentationObject/a.png",
        palette(&[1, 2, 255, 3, 0, 3]),
    );
    let found = masks(&dir, "voc --from voc");
    assert_eq!(found.len(), 3, "{found:?}");
    assert_eq!(found[0], "a.jpg 15:person 0 015");
    assert_eq!(found[1], "a.jpg 15:person 0 213");
    assert!(found[2].starts_with("a.jpg 2:bicycle 0 "), "{found:?}");
    let file = "voc/SegmentationObject/a.png";
    assert_eq!(masks(&dir, &format!("{file} --from voc")), found);
    for (classes, expected) in [
        (
            palette(&[15, 0, 255, 2, 0, 2]),
            "a.png: the object 2 has no pixel of a class",
        ),
        (
            png(ColorType::Indexed, BitDepth::Eight, [2, 2], &[0; 4]),
            "SegmentationClass/a.png: it is not of the size of the PNG of objects",
        ),
        (gray(&[0; 6]), "indices of 8 bits at most"),
    ] {
        dir.file("voc/SegmentationClass/a.png", classes);
        dir.run("convert voc x.json --from voc")
            .fails("error: voc: ", expected);
    }
    std::fs::remove_file(dir.path("voc/SegmentationClass/a.png")).unwrap();
    dir.run("convert voc x.json --from voc")
        .fails("error: voc: ", "no such file or folder");
}

/// A PNG and the masks of its labels: `tests/data/make_annotators.py`.
#[derive(Deserialize)]
struct Golden {
    dialect: String,
    size: [u32; 2],
    png: String,
    masks: BTreeMap<i64, String>,
}

#[test]
fn golden_files() {
    let dir = TestDir::new();
    let golden = std::fs::read_to_string(data("golden_label_pngs.json")).unwrap();
    let golden: Vec<Golden> = serde_json::from_str(&golden).unwrap();
    assert_eq!(golden.len(), 3);
    for entry in golden {
        let file = STANDARD.decode(entry.png).unwrap();
        let input = match &*entry.dialect {
            "panoptic" => {
                let segments = entry
                    .masks
                    .keys()
                    .map(|id| serde_json::json!({"id": id, "category_id": 1}));
                let [height, width] = entry.size;
                let json = serde_json::json!({
                    "images": [{"id": 1, "file_name": "a.jpg", "height": height, "width": width}],
                    "annotations": [{
                        "image_id": 1,
                        "file_name": "a.png",
                        "segments_info": segments.collect::<Vec<_>>(),
                    }],
                });
                dir.file("in/a.png", file).file("in.json", json.to_string());
                "in.json"
            }
            _ => {
                dir.file("a.png", file);
                "a.png"
            }
        };
        let from = entry.dialect;
        dir.run(&format!("convert {input} out.jsonl --from {from}"))
            .ok();
        let rows = dir.read("out.jsonl");
        let rows = rows.lines().map(|row| -> serde_json::Value {
            let row: serde_json::Value = serde_json::from_str(row).unwrap();
            assert_eq!(row["size"], serde_json::json!(entry.size));
            row["counts"].clone()
        });
        let expected: Vec<_> = entry.masks.into_values().collect();
        assert_eq!(rows.collect::<Vec<_>>(), expected, "{from}");
        if from == "panoptic" {
            // And as they are written, ids and all.
            dir.run("convert in.json back.json --from panoptic --to panoptic")
                .ok();
            dir.run("convert back.json back.jsonl --from panoptic").ok();
            assert_eq!(dir.read("back.jsonl"), dir.read("out.jsonl"));
        }
    }
}
