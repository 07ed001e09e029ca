//! Files of the dialects that the command alone reads, with bytes changed: each ends in masks or in
//! an error, and none in a panic.

use std::fs;
use std::io::Write;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use flate2::write::ZlibEncoder;
use flate2::{Compression, Crc};
use png::{BitDepth, ColorType};

use crate::{TestDir, png};

/// Random numbers: splitmix64.
struct Random(u64);

impl Random {
    fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((z ^ (z >> 31)) % end as u64) as usize
    }

    /// Bytes of which some are others, or are not there.
    fn changed(&mut self, bytes: &[u8]) -> Vec<u8> {
        let mut bytes = bytes.to_vec();
        for _ in 0..=self.below(3) {
            let at = self.below(bytes.len().max(1));
            match self.below(6) {
                _ if bytes.is_empty() => {}
                0 => bytes.truncate(at),
                1 => drop(bytes.remove(at)),
                2 => bytes.insert(at, b"09-.e[]{}\",\\"[self.below(12)]),
                3 => bytes[at] = b"0123456789"[self.below(10)],
                _ => bytes[at] = self.below(256) as u8,
            }
        }
        bytes
    }

    /// A PNG with changed bytes, whose checksums are right.
    fn changed_png(&mut self, file: &[u8]) -> Vec<u8> {
        let mut file = self.changed(file);
        let mut at = 8;
        while let Some(length) = file.get(at..at + 4) {
            let length = u32::from_be_bytes(length.try_into().unwrap()) as usize;
            let end = at + 8 + length;
            let Some(chunk) = file.get(at + 4..end).filter(|_| file.len() >= end + 4) else {
                break;
            };
            let mut crc = Crc::new();
            crc.update(chunk);
            file[end..end + 4].copy_from_slice(&crc.sum().to_be_bytes());
            at = end + 4;
        }
        file
    }
}

fn zlib(bytes: &[u8]) -> Vec<u8> {
    let mut packed = ZlibEncoder::new(Vec::new(), Compression::fast());
    packed.write_all(bytes).unwrap();
    packed.finish().unwrap()
}

/// Runs `convert` on some changed copies of the files that `make` writes to a folder.
fn convert(
    input: &str,
    dialect: &str,
    to: &[&str],
    make: impl Fn(&mut Random, &dyn Fn(&str, Vec<u8>)),
) {
    const ROUNDS: usize = 100;
    let dir = TestDir::new();
    let mut random = Random(7);
    let mut read = 0;
    for round in 0..ROUNDS {
        make(&mut random, &|name, bytes| {
            dir.file(name, bytes);
        });
        let to = to[round % to.len()];
        let run = dir.run(&format!(
            "convert {input} out.json --from {dialect} --to {to} --max-memory 4M -q"
        ));
        assert!(run.status <= 1, "round {round}: {}", run.err);
        read += usize::from(run.status == 0);
        let _ = fs::remove_dir_all(dir.path("out"));
        let _ = fs::remove_file(dir.path("out.json"));
    }
    // Some changes change no mask, and some make another.
    assert!((1..ROUNDS).contains(&read), "{dialect}: {read}");
}

#[test]
fn panoptic() {
    let json = r#"{"images":[{"id":7,"file_name":"a.jpg","height":2,"width":3}],"annotations":[
{"image_id":7,"file_name":"a.png","segments_info":[{"id":300,"category_id":2,"iscrowd":0},{"id":1,"category_id":1}]}],
"categories":[{"id":1,"name":"sky"}]}"#;
    let pixels = [300u32, 1, 1, 0, 300, 300].map(|id| id.to_le_bytes());
    let pixels: Vec<u8> = pixels.iter().flat_map(|id| id[..3].to_vec()).collect();
    let file = png(ColorType::Rgb, BitDepth::Eight, [3, 2], &pixels);
    convert(
        "in.json",
        "panoptic",
        &["coco", "panoptic"],
        |random, write| {
            let (json, file) = match random.below(2) {
                0 => (random.changed(json.as_bytes()), file.clone()),
                _ => (json.into(), random.changed_png(&file)),
            };
            write("in.json", json);
            write("in/a.png", file);
        },
    );
}

#[test]
fn pngs_of_labels() {
    let gray = png(
        ColorType::Grayscale,
        BitDepth::Sixteen,
        [2, 2],
        &[0, 7, 0x65, 0x91, 0, 26, 0, 0],
    );
    convert("a.png", "cityscapes", &["coco"], |random, write| {
        write("a.png", random.changed_png(&gray));
    });
    let indices = png(ColorType::Indexed, BitDepth::Eight, [2, 2], &[1, 2, 1, 255]);
    convert("voc", "voc", &["coco"], |random, write| {
        let (objects, classes) = match random.below(2) {
            0 => (random.changed_png(&indices), indices.clone()),
            _ => (indices.clone(), random.changed_png(&indices)),
        };
        write("voc/SegmentationObject/a.png", objects);
        write("voc/SegmentationClass/a.png", classes);
    });
}

#[test]
fn pngs_within_json() {
    let file = png(ColorType::Indexed, BitDepth::Eight, [2, 2], &[1, 0, 1, 1]);
    convert("a.json", "supervisely", &["coco"], |random, write| {
        let packed = match random.below(3) {
            0 => random.changed(&zlib(&file)),
            _ => zlib(&random.changed_png(&file)),
        };
        let json = format!(
            r#"{{"size":{{"height":4,"width":5}},"objects":[{{"classTitle":"a","bitmap":{{"data":"{}","origin":[1,2]}}}},
{{"classTitle":"b","geometryType":"polygon","points":{{"exterior":[[0,0],[3,0],[3,3]],"interior":[[[1,1],[2,1],[2,2]]]}}}}]}}"#,
            STANDARD.encode(packed)
        );
        let json = match random.below(2) {
            0 => random.changed(json.as_bytes()),
            _ => json.into(),
        };
        write("a.json", json);
    });
    convert("a.json", "labelme", &["coco"], |random, write| {
        let json = format!(
            r#"{{"imagePath":"a","imageHeight":4,"imageWidth":5,"shapes":[{{"label":"a","shape_type":"mask",
"points":[[1,1],[2,2]],"mask":"{}"}}]}}"#,
            STANDARD.encode(random.changed_png(&file))
        );
        let json = match random.below(2) {
            0 => random.changed(json.as_bytes()),
            _ => json.into(),
        };
        write("a.json", json);
    });
}

#[test]
fn videos() {
    let rle = r#"{"size":[2,3],"counts":"231"}"#;
    let results = format!(
        r#"[{{"video_id":3,"category_id":7,"score":0.5,"segmentations":[null,{rle},{rle}]}}]"#
    );
    let dataset = format!(
        r#"{{"videos":[{{"id":3,"height":2,"width":3,"file_names":["v/1.jpg","v/2.jpg"]}}],
"annotations":[{{"id":1,"video_id":3,"category_id":7,"segmentations":[null,{rle}]}}]}}"#
    );
    let masklets =
        format!(r#"{{"video_id":"v","masklet_id":[4,5],"masklet":[[{rle},{rle}],[{rle},{rle}]]}}"#);
    let to = ["coco", "youtube-vis", "sa-v"];
    for (dialect, json) in [
        ("youtube-vis", results),
        ("youtube-vis", dataset),
        ("sa-v", masklets),
    ] {
        convert("a.json", dialect, &to, |random, write| {
            write("a.json", random.changed(json.as_bytes()));
        });
    }
}

#[test]
fn folders_of_yolo() {
    let picture = png(ColorType::Grayscale, BitDepth::Eight, [4, 3], &[0; 12]);
    convert("labels", "yolo", &["coco"], |random, write| {
        let labels = b"0 0.25 0 1 0 1 1 0.5 1\n1 0 0 0.5 0 0.5 0.5\n";
        let (labels, picture) = match random.below(2) {
            0 => (random.changed(labels), picture.clone()),
            _ => (labels.to_vec(), random.changed_png(&picture)),
        };
        write("labels/a.txt", labels);
        write("labels/classes.txt", random.changed(b"cat\ndog\n"));
        write("images/a.png", picture);
    });
}
