//! Files that are given twice, under links, or whose images are in folders.

use crate::{TestDir, bytes};

fn mask() -> Vec<u8> {
    bytes("(1, 2)", &[0, 1])
}

#[test]
fn a_dataset_lists_a_file_once() {
    let dir = TestDir::new();
    dir.file("m/a.npy", mask()).file("m/b.npy", mask());
    for (inputs, repeated) in [
        ("m/a.npy m/a.npy m/b.npy", "m/a.npy"),
        ("m m/b.npy", "m/b.npy"),
        ("m/a.npy ./m/b.npy m/b.npy", "m/b.npy"),
    ] {
        let outcome = dir.run(&format!("encode -q -f coco-dataset {inputs}"));
        assert_eq!(
            (outcome.status, outcome.err),
            (
                1,
                format!(
                    "error: {repeated}: it is given twice, and a dataset lists an image once\n"
                )
            )
        );
        let dataset: serde_json::Value = serde_json::from_str(&outcome.out).unwrap();
        assert_eq!(dataset["images"].as_array().unwrap().len(), 2, "{inputs}");
    }
    let rows = dir.run("encode -q m/a.npy m/a.npy").ok();
    assert_eq!(rows.lines().count(), 2);
}

/// Ids of the images that results are of.
fn image_ids(results: &str) -> Vec<i64> {
    let results: serde_json::Value = serde_json::from_str(results).unwrap();
    let ids = results.as_array().unwrap().iter();
    ids.map(|result| result["image_id"].as_i64().unwrap())
        .collect()
}

#[test]
fn images_are_found_by_the_folders_that_they_share() {
    let dir = TestDir::new();
    for name in ["masks/train/a.npy", "masks/val/a.npy", "masks/val/2/a.npy"] {
        dir.file(name, mask());
    }
    let images = |names: &[&str]| {
        let images: Vec<_> = names
            .iter()
            .enumerate()
            .map(|(id, name)| format!(r#"{{"id":{id},"file_name":"{name}"}}"#))
            .collect();
        let images = images.join(",");
        dir.file(
            "set.json",
            format!(r#"{{"images":[{images}],"annotations":[],"categories":[]}}"#),
        );
    };
    let encode = |inputs: &str| {
        dir.run(&format!(
            "encode -q -f coco-results --image-ids set.json {inputs}"
        ))
    };
    images(&["images/val/a.jpg", "images/train/a.jpg"]);
    let results = encode("masks/train masks/val").ok();
    assert_eq!(image_ids(&results), [1, 0]);
    images(&["train\\\\a.jpg", "x/val/2/a.jpg", "val/a.jpg"]);
    let results = encode("--recursive masks").ok();
    assert_eq!(image_ids(&results), [0, 1, 2]);
    images(&["x/a.jpg", "y/a.jpg"]);
    encode("masks/val/a.npy").fails("error: masks/val/a.npy: ", "two images called \"a\"");
    images(&["x/b.jpg"]);
    encode("masks/val/a.npy").fails("error: masks/val/a.npy: ", "no image called \"a\"");
}

#[cfg(unix)]
#[test]
fn a_link_gives_no_other_name_to_what_is_in_the_folder() {
    use std::os::unix::fs::symlink;
    let dir = TestDir::new();
    dir.file("m/sub/a.npy", mask()).file("other/b.npy", mask());
    // Links that come before what they lead to, and links to links.
    symlink("sub", dir.path("m/first")).unwrap();
    symlink("first", dir.path("m/also")).unwrap();
    symlink("../other", dir.path("m/out")).unwrap();
    symlink("../m/sub", dir.path("other/back")).unwrap();
    let outcome = dir.run("encode --recursive m");
    let notes: Vec<_> = outcome.err.lines().skip(1).map(str::to_owned).collect();
    assert_eq!(notes, ["3 links to folders read before in m were not read"]);
    let rows = outcome.ok();
    let sources: Vec<_> = rows
        .lines()
        .map(|row| row.split('"').nth(3).unwrap())
        .collect();
    assert_eq!(sources, ["m/out/b.npy", "m/sub/a.npy"]);
}
