//! Folders: what is read in them, in which order, and by which names.

use crate::{Outcome, TestDir, bytes, npz};

fn mask() -> Vec<u8> {
    bytes("(1, 2)", &[0, 1])
}

/// Sources of the rows, and the lines of standard error but for the first, the summary.
#[track_caller]
fn read(outcome: Outcome) -> (Vec<String>, Vec<String>) {
    let notes = outcome.err.lines().skip(1).map(str::to_owned).collect();
    let source = |row: &str| {
        let row: serde_json::Value = serde_json::from_str(row).unwrap();
        row["source"].as_str().unwrap().to_owned()
    };
    (outcome.ok().lines().map(source).collect(), notes)
}

#[test]
fn what_is_not_read_is_counted() {
    let dir = TestDir::new();
    dir.file("masks/a.npy", mask())
        .file("masks/sub/b.npy", mask());
    let (sources, notes) = read(dir.run("encode masks"));
    assert_eq!(sources, ["masks/a.npy"]);
    assert_eq!(
        notes,
        ["1 folder in masks was not read (--recursive reads folders)"]
    );
    dir.file("masks/notes.txt", "")
        .file("masks/x.jpg", "")
        .file("masks/y", "");
    dir.file("masks/more/c.npy", mask())
        .file("other/b.npy", mask());
    dir.file("other/b.txt", "");
    let (sources, notes) = read(dir.run("encode masks/ other"));
    assert_eq!(sources, ["masks/a.npy", "other/b.npy"]);
    assert_eq!(
        notes,
        [
            "2 folders and 3 files of other kinds in masks/ were not read \
             (--recursive reads folders)",
            "1 file of another kind in other was not read"
        ]
    );
    let (sources, notes) = read(dir.run("encode --recursive masks"));
    assert_eq!(
        sources,
        ["masks/a.npy", "masks/more/c.npy", "masks/sub/b.npy"]
    );
    assert_eq!(notes, ["3 files of other kinds in masks were not read"]);
    assert_eq!(dir.run("encode --quiet masks").err, "");
}

#[test]
fn a_folder_without_masks_says_what_is_there() {
    let dir = TestDir::new();
    dir.file("masks/sub/a.npy", mask());
    dir.run("encode --quiet masks").fails(
        "error: masks: no masks in the folder: ",
        "there is 1 folder, and --recursive reads folders",
    );
    dir.file("empty/sub/notes.txt", "");
    dir.run("encode --quiet --recursive empty").fails(
        "error: empty: no masks in the folder: ",
        "there is 1 file of another kind",
    );
    // The other inputs are encoded.
    let outcome = dir.run("encode --quiet empty masks/sub");
    assert_eq!((outcome.status, outcome.out.lines().count()), (1, 1));
}

#[test]
fn folders_come_in_natural_order() {
    let dir = TestDir::new();
    for name in [
        "m/10/a.npy",
        "m/2/img10.npy",
        "m/2/img9.npy",
        "m/1.npy",
        "m/é/ü.npy",
    ] {
        dir.file(name, mask());
    }
    let (sources, _) = read(dir.run("encode --recursive m"));
    assert_eq!(
        sources,
        [
            "m/1.npy",
            "m/2/img9.npy",
            "m/2/img10.npy",
            "m/10/a.npy",
            "m/é/ü.npy"
        ]
    );
}

#[cfg(unix)]
#[test]
fn links_that_lead_back_are_followed_once() {
    use std::os::unix::fs::symlink;
    let dir = TestDir::new();
    dir.file("m/a.npy", mask())
        .file("m/sub/b.npy", mask())
        .file("other/c.npy", mask());
    symlink("..", dir.path("m/sub/up")).unwrap();
    symlink(".", dir.path("m/here")).unwrap();
    symlink("../other", dir.path("m/other")).unwrap();
    let (sources, notes) = read(dir.run("encode --recursive m"));
    assert_eq!(sources, ["m/a.npy", "m/other/c.npy", "m/sub/b.npy"]);
    assert_eq!(notes, ["2 links to folders read before in m were not read"]);
}

#[cfg(unix)]
#[test]
fn links_to_nothing_are_errors() {
    use std::os::unix::fs::symlink;
    let dir = TestDir::new();
    dir.file("m/a.npy", mask()).file("m/sub/b.npy", mask());
    symlink("gone.npy", dir.path("m/dead.npy")).unwrap();
    let outcome = dir.run("encode --quiet m");
    assert_eq!(outcome.err, "error: m/dead.npy: a link to nothing\n");
    assert_eq!((outcome.status, outcome.out.lines().count()), (1, 1));
    // Deeper, of a folder, and to itself.
    symlink("/nowhere/at/all", dir.path("m/sub/folder")).unwrap();
    symlink("loop", dir.path("m/sub/loop")).unwrap();
    let outcome = dir.run("encode --recursive m");
    let errors: Vec<_> = outcome.err.lines().collect();
    assert_eq!(
        errors[..2],
        [
            "error: m/dead.npy: a link to nothing",
            "error: m/sub/folder: a link to nothing"
        ]
    );
    assert!(
        errors[2].starts_with("error: m/sub/loop: "),
        "{}",
        outcome.err
    );
    assert!(errors[3].ends_with(", 3 errors"), "{}", outcome.err);
    assert_eq!((outcome.status, outcome.out.lines().count()), (1, 2));
}

/// Names of the images in a dataset, and their ids.
fn images(dir: &TestDir, line: &str) -> Vec<(u64, String)> {
    let dataset: serde_json::Value = serde_json::from_str(&dir.run(line).ok()).unwrap();
    let image = |image: &serde_json::Value| {
        let name = image["file_name"].as_str().unwrap().to_owned();
        (image["id"].as_u64().unwrap(), name)
    };
    dataset["images"]
        .as_array()
        .unwrap()
        .iter()
        .map(image)
        .collect()
}

#[test]
fn no_two_images_of_a_dataset_have_one_name() {
    let dir = TestDir::new();
    for name in [
        "a/x.npy",
        "a/deep/é.npy",
        "a/deep/y.npy",
        "b/x.npy",
        "b/z.npy",
        "c/z.npy",
    ] {
        dir.file(name, mask());
    }
    let dataset = |inputs: &str| {
        let images = images(&dir, &format!("encode --format coco-dataset {inputs}"));
        let ids: Vec<_> = images.iter().map(|(id, _)| *id).collect();
        assert_eq!(ids, (1..=images.len() as u64).collect::<Vec<_>>());
        let names: Vec<_> = images.into_iter().map(|(_, name)| name).collect();
        names.join(" ")
    };
    // Below the folder that was given.
    assert_eq!(dataset("b"), "x.npy z.npy");
    assert_eq!(dataset("--recursive a"), "deep/y.npy deep/é.npy x.npy");
    assert_eq!(dataset("a c"), "x.npy z.npy");
    // With it where two would have one name.
    assert_eq!(dataset("a b"), "a/x.npy b/x.npy b/z.npy");
    assert_eq!(dataset("./b c/"), "b/x.npy b/z.npy c/z.npy");
    assert_eq!(dataset("b/z.npy c/z.npy"), "b/z.npy c/z.npy");
    assert_eq!(dataset("b/x.npy c/z.npy"), "x.npy z.npy");
}

#[test]
fn images_of_a_dataset_are_found_by_their_folders_too() {
    let dir = TestDir::new();
    dir.file("m/1/a.npy", mask())
        .file("m/2/a.npy", mask())
        .file("m/b.npy", mask());
    let images = r#"[{"id":7,"file_name":"2/a.jpg"},{"id":8,"file_name":"1/a.jpg"},{"id":9,"file_name":"x/b.jpg"}]"#;
    dir.file(
        "set.json",
        format!(r#"{{"images":{images},"annotations":[],"categories":[]}}"#),
    );
    let results = dir
        .run("encode --recursive --format coco-results --image-ids set.json m")
        .ok();
    let ids: Vec<_> = results.matches("\"image_id\":").collect();
    assert_eq!(ids.len(), 3);
    let order: Vec<_> = [8, 7, 9]
        .iter()
        .map(|id| results.find(&format!("\"image_id\":{id}")).unwrap())
        .collect();
    assert!(order.is_sorted(), "{results}");
}

#[test]
fn stats_and_show_go_on_after_a_bad_input() {
    let dir = TestDir::new();
    let mask = || bytes("(2, 3)", &[0, 1, 1, 0, 1, 0]);
    // The second array is damaged: what was read of the first counts.
    let mut archive = npz(&[("good", mask()), ("other", mask())]);
    // A byte of the second's checksum, which the list of entries has.
    let at = archive.windows(4).rposition(|bytes| bytes == b"PK\x01\x02");
    archive[at.unwrap() + 16] ^= 1;
    dir.file("m/a.npy", mask())
        .file("m/b.npy", "x")
        .file("m/c.npz", archive)
        .file("m/d.png", "y")
        .file("m/e.npy", mask());
    let outcome = dir.run("stats m");
    assert_eq!(outcome.status, 1, "{}", outcome.err);
    assert!(outcome.out.contains("3 masks in 3 rows"), "{}", outcome.out);
    let begins = [
        "error: m/b.npy: ",
        "error: m/c.npz:other: ",
        "error: m/d.png: ",
    ];
    let begin = |err: &str| {
        let lines: Vec<_> = err.lines().collect();
        assert_eq!(lines.len(), begins.len(), "{err}");
        lines
            .iter()
            .zip(begins)
            .for_each(|(line, begins)| assert!(line.starts_with(begins), "{err}"));
    };
    begin(&outcome.err);
    // Its mask has a number in the sheet by then, which those that follow would not have in others.
    let outcome = dir.run("show --sheet m -o sheet.png");
    assert_eq!((outcome.status, outcome.err.lines().count()), (1, 2));
    assert!(!dir.files().contains(&"sheet.png".to_owned()));
    std::fs::remove_file(dir.path("m/c.npz")).unwrap();
    let outcome = dir.run("show --sheet m -o sheet.png");
    let says = "m: a sheet of all 2 rows";
    assert!(outcome.err.contains(says), "{}", outcome.err);
    assert_eq!((outcome.status, outcome.err.lines().count()), (1, 3));
    assert!(dir.files().contains(&"sheet.png".to_owned()));
    // Of bad inputs alone there is nothing to tell.
    dir.file("bad/b.npy", "x").file("bad/d.png", "y");
    for line in ["stats --json bad", "show bad -o none.png"] {
        let outcome = dir.run(line);
        assert_eq!((outcome.status, outcome.err.lines().count()), (1, 2));
        assert_eq!(outcome.out, "");
    }
    assert!(!dir.files().contains(&"none.png".to_owned()));
}
