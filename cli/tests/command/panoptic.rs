//! COCO panoptic: JSON and a folder of PNGs, read and written.

use png::{BitDepth, ColorType};

use crate::{TestDir, data, png};

/// Ids 1, 300 and 70000 in two rows of three pixels; one pixel is of no segment.
const IDS: [u32; 6] = [1, 300, 300, 1, 0, 70000];

fn colours(ids: &[u32]) -> Vec<u8> {
    ids.iter()
        .flat_map(|id| id.to_le_bytes()[..3].to_vec())
        .collect()
}

fn ids(dir: &TestDir, name: &str) -> ([u32; 2], Vec<u32>) {
    let file = std::fs::File::open(dir.path(name)).unwrap();
    let mut reader = png::Decoder::new(std::io::BufReader::new(file))
        .read_info()
        .unwrap();
    let mut pixels = vec![0; reader.output_buffer_size().unwrap()];
    let info = reader.next_frame(&mut pixels).unwrap();
    assert_eq!(
        (info.color_type, info.bit_depth),
        (ColorType::Rgb, BitDepth::Eight)
    );
    let id = |pixel: &[u8]| u32::from_le_bytes([pixel[0], pixel[1], pixel[2], 0]);
    let ids = pixels.chunks_exact(3).map(id).collect();
    ([info.width, info.height], ids)
}

const PANOPTIC: &str = r#"{"images": [{"id": 7, "file_name": "a.jpg", "height": 2, "width": 3}],
"annotations": [{"image_id": 7, "file_name": "a.png", "segments_info": [
 {"id": 300, "category_id": 2, "area": 2, "bbox": [1, 0, 2, 1], "iscrowd": 0},
 {"id": 1, "category_id": 1, "iscrowd": 1},
 {"id": 70000, "category_id": 2, "iscrowd": 0}]}],
"categories": [{"id": 1, "name": "sky", "isthing": 0}, {"id": 2, "name": "cat", "isthing": 1}]}"#;

fn panoptic() -> TestDir {
    let dir = TestDir::new();
    dir.file("in.json", PANOPTIC).file(
        "in/a.png",
        png(ColorType::Rgb, BitDepth::Eight, [3, 2], &colours(&IDS)),
    );
    dir
}

#[test]
fn segments_are_read() {
    let dir = panoptic();
    let run = dir.run("convert in.json out.json --from panoptic --to coco-dataset");
    assert_eq!((run.status, &*run.err), (0, "3 masks written anew\n"));
    let out = dir.read("out.json");
    for row in [
        r#""image_id":7,"category_id":2,"segmentation":{"size":[2,3],"counts":"21100"},"area":2,"bbox":[1,0,2,1],"iscrowd":0}"#,
        r#""image_id":7,"category_id":1,"segmentation":{"size":[2,3],"counts":"024"},"area":2,"bbox":[0,0,1,2],"iscrowd":1}"#,
        r#""image_id":7,"category_id":2,"segmentation":{"size":[2,3],"counts":"51"},"area":1,"bbox":[2,1,1,1],"iscrowd":0}"#,
        r#"{"id":7,"file_name":"a.jpg","height":2,"width":3}"#,
        r#"{"id":1,"name":"sky"}"#,
    ] {
        assert!(out.contains(row), "{row}: {out}");
    }
    // The folder may be elsewhere, and the file a pipe.
    std::fs::rename(dir.path("in"), dir.path("pngs")).unwrap();
    let line = "convert - other.json --from panoptic --to coco-dataset --pngs pngs";
    dir.run_with(line, PANOPTIC).ok();
    assert_eq!(dir.read("other.json"), out);
    let run = dir.run_with(&line.replace(" --pngs pngs", ""), PANOPTIC);
    assert_eq!(run.status, 2, "{}", run.err);
}

#[test]
fn segments_that_are_not_those_of_the_png() {
    let dir = panoptic();
    for (from, to, expected) in [
        (
            "\"id\": 70000",
            "\"id\": 70001",
            "annotations[0]: segments_info[2]: no pixel of a.png has the id 70001",
        ),
        (
            ",\n {\"id\": 70000, \"category_id\": 2, \"iscrowd\": 0}",
            "",
            "annotations[0]: segments_info: the id 70000 is not there, and pixels of a.png have it",
        ),
        (
            "\"id\": 70000",
            "\"id\": 300",
            "segments_info[2]: the id 300 is that of a segment before it",
        ),
        (
            "\"id\": 70000",
            "\"id\": 0",
            "segments_info[2]: the id 0 is that of pixels without a segment",
        ),
        (
            "\"width\": 3",
            "\"width\": 4",
            "a.png: it is of 2 x 3, and the image 7 is of 2 x 4",
        ),
        ("\"a.png\"", "\"b.png\"", "b.png: no such file or folder"),
        (
            "\"a.png\"",
            "\"../in/a.png\"",
            "file_name: \"../in/a.png\" is no file in the folder of the PNGs",
        ),
        (
            "\"image_id\": 7",
            "\"image_id\": 8",
            "image_id: no image has the id 8",
        ),
    ] {
        dir.file("in.json", PANOPTIC.replacen(from, to, 1));
        dir.run("convert in.json out.json --from panoptic")
            .fails("error: in.json:2: annotations[0]: ", expected);
    }
    dir.file("in.json", PANOPTIC.replacen("70000", "70001", 1));
    let run = dir.run("convert in.json out.json --from panoptic --skip-bad");
    assert!(
        run.err
            .ends_with("2 masks written anew, 2 segments left out as bad\n"),
        "{}",
        run.err
    );
    dir.file("in.json", PANOPTIC);
    for (file, expected) in [
        (
            png(ColorType::Grayscale, BitDepth::Eight, [3, 2], &[0; 6]),
            "a.png: a PNG of gray levels has no panoptic ids",
        ),
        (b"GIF89a..".to_vec(), "a.png: it is no PNG"),
    ] {
        dir.file("in/a.png", file);
        dir.run("convert in.json out.json --from panoptic")
            .fails("error: in.json:2: annotations[0]: ", expected);
    }
}

/// A header may claim more pixels than there is memory for.
#[test]
fn memory_is_bounded() {
    let dir = panoptic();
    let side = 4096;
    let rows = vec![0; side * side * 3];
    let large = png(
        ColorType::Rgb,
        BitDepth::Eight,
        [side as u32, side as u32],
        &rows,
    );
    dir.file("in/a.png", large);
    dir.run("convert in.json out.json --from panoptic --max-memory 10M")
        .fails("error: in.json:2: annotations[0]: ", "--max-memory allows");
    let huge =
        r#"{"image_id": 1, "category_id": 1, "size": [65535, 65535], "counts": [4294836223, 2]}"#;
    dir.file("huge.jsonl", huge);
    dir.run("convert huge.jsonl out.json --to panoptic")
        .fails("error: the image \"1\": ", "--max-memory allows");
    assert_eq!(dir.files(), ["huge.jsonl", "in", "in.json"]);
}

#[test]
fn it_comes_back() {
    let dir = panoptic();
    let run = dir.run("convert in.json out.json --from panoptic --to panoptic");
    assert_eq!((run.status, &*run.err), (0, "3 masks written anew\n"));
    assert_eq!(
        dir.read("out.json"),
        r#"{"images":[
{"id":7,"file_name":"a.jpg","height":2,"width":3}
],
"annotations":[
{"image_id":7,"file_name":"a.png","segments_info":[{"id":300,"category_id":2,"area":2,"bbox":[1,0,2,1],"iscrowd":0},{"id":1,"category_id":1,"area":2,"bbox":[0,0,1,2],"iscrowd":1},{"id":70000,"category_id":2,"area":1,"bbox":[2,1,1,1],"iscrowd":0}]}
],
"categories":[
{"id":1,"name":"sky","isthing":1},
{"id":2,"name":"cat","isthing":1}
]}
"#
    );
    assert_eq!(ids(&dir, "out/a.png"), ([3, 2], IDS.to_vec()));
    // A folder that is not empty is not written into.
    dir.run("convert in.json out.json --from panoptic --to panoptic")
        .fails("error: ", "out: the folder is not empty");
    assert_eq!(dir.files(), ["in", "in.json", "out", "out.json"]);
}

#[test]
fn datasets_become_panoptic() {
    let dir = TestDir::new();
    let dataset = r#"{"annotations": [
{"id": 5, "image_id": 7, "category_id": 2, "segmentation": {"size": [2, 3], "counts": "231"}},
{"id": 99999999, "image_id": 7, "category_id": 2, "segmentation": {"size": [2, 3], "counts": "024"}}
], "images": [
{"id": 7, "file_name": "train/a.1.jpg", "height": 2, "width": 3},
{"id": 9, "file_name": "none.png", "height": 1, "width": 1}
], "categories": [{"id": 2, "name": "dog"}]}"#;
    dir.file("in.json", dataset);
    std::fs::create_dir(dir.path("pngs")).unwrap();
    dir.run("convert in.json out.json --to panoptic --pngs pngs")
        .ok();
    assert_eq!(
        ids(&dir, "pngs/train_a.1.png"),
        ([3, 2], vec![1, 5, 5, 1, 5, 0])
    );
    assert_eq!(ids(&dir, "pngs/none.png"), ([1, 1], vec![0]));
    let out = dir.read("out.json");
    assert!(
        out.contains(r#"{"image_id":9,"file_name":"none.png","segments_info":[]}"#),
        "{out}"
    );
    assert!(
        out.contains(r#"{"id":2,"name":"dog","isthing":1}"#),
        "{out}"
    );

    // Masks that overlap are named, and nothing is left.
    dir.file("in.json", dataset.replace("024", "033"));
    dir.run("convert in.json two.json --to panoptic").fails(
        "error: the image \"train/a.1.jpg\": ",
        "the mask of id 5 (dog) and the mask of id 99999999 (dog) overlap at pixel 1, 0",
    );
    let twice = dataset.replace("none.png", "train_a.1.bmp");
    dir.file("in.json", twice);
    dir.run("convert in.json two.json --to panoptic")
        .fails("error: ", "train_a.1.png");
    assert_eq!(dir.files(), ["in.json", "out.json", "pngs"]);
    for line in [
        "convert in.json - --to panoptic",
        "convert in.json out.json --pngs x",
        "encode x.npy --format panoptic",
        "encode x.npy --pngs x",
    ] {
        assert_eq!(dir.run(line).status, 2, "{line}");
    }
}

#[test]
fn pixels_become_panoptic() {
    let dir = TestDir::new();
    let labels = data("coins_labels.png");
    dir.run(&format!(
        "encode -q --labels {labels} --format panoptic -o out.json"
    ))
    .ok();
    dir.run("convert out.json back.jsonl --from panoptic").ok();
    dir.run(&format!("encode -q --labels {labels} -o rows.jsonl"))
        .ok();
    let counts = |name: &str| -> Vec<String> {
        let text = dir.read(name);
        let rows = text.lines().map(|row| {
            let row: serde_json::Value = serde_json::from_str(row).unwrap();
            row["counts"].to_string()
        });
        rows.collect()
    };
    assert_eq!(counts("back.jsonl"), counts("rows.jsonl"));
    assert_eq!(counts("back.jsonl").len(), 22);
}
