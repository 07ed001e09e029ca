//! YOLO's labels in a folder, a file for each image.

use png::{BitDepth, ColorType};

use crate::{TestDir, png};

const DATASET: &str = r#"{"annotations": [
{"id": 1, "image_id": 7, "category_id": 2, "segmentation": {"size": [4, 5], "counts": [5, 2, 2, 2, 9]}},
{"id": 2, "image_id": 8, "category_id": 0, "segmentation": {"size": [2, 2], "counts": [0, 4]}},
{"id": 3, "image_id": 7, "category_id": 0, "segmentation": {"size": [4, 5], "counts": [0, 1, 19]}}
], "images": [
{"id": 7, "file_name": "a.png", "height": 4, "width": 5},
{"id": 8, "file_name": "b.png", "height": 2, "width": 2},
{"id": 9, "file_name": "c.png", "height": 2, "width": 2}
], "categories": [{"id": 0, "name": "cat"}, {"id": 2, "name": "big dog"}]}"#;

#[test]
fn a_folder_is_written_and_read() {
    let dir = TestDir::new();
    dir.file("in.json", DATASET);
    let run = dir.run("convert in.json labels/ --to yolo");
    assert_eq!((run.status, &*run.err), (0, "3 masks written anew\n"));
    assert_eq!(
        dir.read("labels/a.txt"),
        "2 0.2 0.25 0.6 0.25 0.6 0.75 0.2 0.75\n0 0 0 0.2 0 0.2 0.25 0 0.25\n"
    );
    assert_eq!(dir.read("labels/b.txt"), "0 0 0 1 0 1 1 0 1\n");
    assert_eq!(dir.read("labels/c.txt"), "");
    assert_eq!(dir.read("labels/classes.txt"), "cat\n1\nbig dog\n");
    // A folder that is not empty is not written into, and one that is empty is.
    dir.run("convert in.json labels --to yolo")
        .fails("error: ", "labels: the folder is not empty");
    std::fs::create_dir(dir.path("empty")).unwrap();
    dir.run("convert in.json empty --to yolo -q").ok();
    assert_eq!(dir.read("empty/a.txt"), dir.read("labels/a.txt"));
    assert_eq!(dir.files(), ["empty", "in.json", "labels"]);

    // Back by the sizes of the images.
    dir.run("convert labels back.json --from yolo").fails(
        "error: labels: labels/a.txt:1: ",
        "--size H,W is needed, or the images in a folder images beside labels",
    );
    let gray = |size, bytes: &[u8]| png(ColorType::Grayscale, BitDepth::Eight, size, bytes);
    dir.file("images/a.png", gray([5, 4], &[0; 20]))
        .file("images/b.png", gray([2, 2], &[0; 4]));
    dir.run("convert labels back.json --from yolo --to coco-dataset")
        .ok();
    let back = dir.read("back.json");
    for text in [
        r#""image_id":1,"category_id":2,"segmentation":{"size":[4,5],"counts":"52207"}"#,
        r#"{"id":1,"file_name":"a.png","height":4,"width":5}"#,
        r#"{"id":2,"file_name":"b.png","height":2,"width":2}"#,
        r#"{"id":0,"name":"cat"}"#,
        r#"{"id":2,"name":"big dog"}"#,
    ] {
        assert!(back.contains(text), "{text}: {back}");
    }
    // Or by --size, where all are of one.
    dir.run("convert labels one.jsonl --from yolo --size 4,5")
        .ok();
    let rows = dir.read("one.jsonl");
    assert!(
        rows.starts_with(r#"{"image_id":"a.png","category_id":2,"size":[4,5],"counts":"52207"}"#),
        "{rows}"
    );
}

#[test]
fn folders_that_are_none() {
    let dir = TestDir::new();
    dir.file("labels/a.txt", "0 0 0 1 0 x 1\n")
        .file("labels/classes.txt", "cat\n")
        .file("images/a.jpg", b"\xff\xd8\xff\xe0 no more")
        .file("none/a.md", "");
    dir.run("convert none out.json --from yolo")
        .fails("error: none: ", "no labels in the folder");
    dir.run("convert labels out.json --from yolo")
        .fails("error: labels: labels/a.txt: images/a.jpg: ", "JPEG");
    dir.run("convert labels out.json --from yolo --size 4,5")
        .fails("error: labels: labels/a.txt:1: ", "");
    dir.file("in.json", DATASET.replace("b.png", "a.jpg"));
    dir.run("convert in.json new/ --to yolo")
        .fails("error: the image \"a.jpg\": ", "there is another a.txt");
    dir.file("in.json", DATASET.replace("b.png", "classes.png"));
    dir.run("convert in.json new/ --to yolo").fails(
        "error: the image \"classes.png\": ",
        "there is another classes.txt",
    );
    assert_eq!(dir.files(), ["images", "in.json", "labels", "none"]);
}

#[test]
fn pixels_to_a_folder() {
    let dir = TestDir::new();
    let mask = png(ColorType::Grayscale, BitDepth::Eight, [2, 2], &[1, 1, 1, 1]);
    dir.file("in/a.png", &mask).file("in/b.png", &mask);
    dir.run("encode -q in --format yolo -o labels/").ok();
    assert_eq!(dir.read("labels/b.txt"), "0 0 0 1 0 1 1 0 1\n");
    assert_eq!(dir.read("labels/a.txt"), dir.read("labels/b.txt"));
}
