//! Many small inputs, which all threads read and encode: rows and errors come in order.

use png::{BitDepth, ColorType};

use crate::{TestDir, bytes, npz, png};

/// A mask of 8 x 8 that tells its number.
fn pixels(number: usize) -> Vec<u8> {
    (0..64)
        .map(|bit| u8::from(number >> (bit % 16) & 1 == 1))
        .collect()
}

fn image(number: usize) -> Vec<u8> {
    png(
        ColorType::Grayscale,
        BitDepth::Eight,
        [8, 8],
        &pixels(number),
    )
}

/// A folder `m` of 1500 images in 15 folders, which are more than two groups.
fn images() -> TestDir {
    let dir = TestDir::new();
    for number in 0..1500 {
        dir.file(&format!("m/{}/{number}.png", number / 100), image(number));
    }
    dir
}

/// The number of the mask that a row is of, by its source.
fn number(row: &str) -> usize {
    let row: serde_json::Value = serde_json::from_str(row).unwrap();
    let source = row["source"].as_str().unwrap();
    let name = source.rsplit(['/', ':']).next().unwrap();
    name.trim_end_matches(".png").parse().unwrap()
}

#[test]
fn rows_come_in_order() {
    let dir = images();
    let rows = dir.run("encode --backend cpu --recursive m").ok();
    let numbers: Vec<_> = rows.lines().map(number).collect();
    assert_eq!(numbers, (0..1500).collect::<Vec<_>>());
    for options in [
        "--threads 1",
        "--threads 3",
        "--memory 1M",
        "--backend auto",
    ] {
        let same = dir.run(&format!("encode --recursive {options} m")).ok();
        assert!(same == rows, "{options}");
    }
    // One by one, each is encoded as it is read.
    for number in [0, 511, 512, 1499] {
        let row = dir
            .run(&format!("encode m/{}/{number}.png", number / 100))
            .ok();
        assert_eq!(rows.lines().nth(number), row.lines().next());
    }
    let err = dir.run("encode --backend cpu --recursive m").err;
    assert!(err.starts_with("1500 masks, 96000 pixels, "), "{err}");
    assert!(err.ends_with(", cpu 1500 masks, gpu 0 masks\n"), "{err}");
}

#[test]
fn errors_come_in_order_and_take_no_other_input_along() {
    let dir = images();
    let bad = [0, 3, 700, 701, 1499];
    for number in bad {
        dir.file(&format!("m/{}/{number}.png", number / 100), "no image");
    }
    let outcome = dir.run("encode --recursive m -o out.jsonl");
    let errors: Vec<_> = outcome.err.lines().take(bad.len()).collect();
    for (error, number) in errors.iter().zip(bad) {
        let begins = format!("error: m/{}/{number}.png: ", number / 100);
        assert!(error.starts_with(&begins), "{error}");
    }
    let summary = outcome.err.lines().nth(bad.len()).unwrap();
    assert!(summary.starts_with("1495 masks, "), "{summary}");
    assert!(summary.ends_with(", 5 errors"), "{summary}");
    let numbers: Vec<_> = dir.read("out.jsonl").lines().map(number).collect();
    let good: Vec<_> = (0..1500).filter(|number| !bad.contains(number)).collect();
    assert_eq!((outcome.status, numbers), (1, good));
}

#[test]
fn arrays_of_an_archive_are_encoded_as_files_are() {
    let dir = images();
    let names: Vec<_> = (0..1500).map(|number| number.to_string()).collect();
    let arrays: Vec<_> = names
        .iter()
        .enumerate()
        .map(|(number, name)| (name.as_str(), bytes("(8, 8)", &pixels(number))))
        .collect();
    dir.file("a.npz", npz(&arrays));
    let rows = dir.run("encode a.npz").ok();
    let numbers: Vec<_> = rows.lines().map(number).collect();
    assert_eq!(numbers, (0..1500).collect::<Vec<_>>());
    let counts = |rows: &str| {
        let counts = rows
            .lines()
            .map(|row| row[row.find("\"size\"").unwrap()..].to_owned());
        counts.collect::<Vec<_>>()
    };
    assert_eq!(counts(&rows), counts(&dir.run("encode --recursive m").ok()));
}

/// More of them than the system lets a process have open.
#[test]
fn many_archives() {
    let dir = TestDir::new();
    for number in 0..1100 {
        let array = bytes("(8, 8)", &pixels(number));
        dir.file(&format!("m/{number}.npz"), npz(&[("mask", array)]));
    }
    let rows = dir.run("encode m").ok();
    let source = |row: &str| row.split('"').nth(3).unwrap().to_owned();
    let sources: Vec<_> = rows.lines().map(source).collect();
    let expected: Vec<_> = (0..1100)
        .map(|number| format!("m/{number}.npz:mask"))
        .collect();
    assert_eq!(sources, expected);
}

#[test]
fn large_inputs_keep_their_places() {
    let dir = TestDir::new();
    let large = vec![1; 40 * 300 * 300];
    for number in 0..40 {
        let file = match number % 10 {
            5 => bytes("(40, 300, 300)", &large),
            _ => bytes("(8, 8)", &pixels(number)),
        };
        dir.file(&format!("m/{number}.npy"), file);
    }
    let rows = dir.run("encode --memory 8M m").ok();
    let numbers: Vec<_> = rows
        .lines()
        .map(|row| {
            row.split(['/', '.'])
                .nth(1)
                .unwrap()
                .parse::<usize>()
                .unwrap()
        })
        .collect();
    assert!(numbers.is_sorted());
    assert_eq!(numbers.len(), 36 + 4 * 40);
    assert_eq!(dir.run("encode --memory 8M --threads 1 m").ok(), rows);
    assert_eq!(dir.run("encode m").ok(), rows);
}

#[test]
fn documents_and_csv_take_back_what_fails() {
    let dir = images();
    dir.file("m/2/250.png", "no image");
    let dataset = dir.run("encode --quiet --recursive --format coco-dataset m");
    assert_eq!(dataset.status, 1);
    let dataset: serde_json::Value = serde_json::from_str(&dataset.out).unwrap();
    let images = dataset["images"].as_array().unwrap();
    assert_eq!(images.len(), 1499);
    assert_eq!(images[250]["file_name"], "2/251.png");
    assert_eq!(images[250]["id"], 251);
    // 0.png is empty.
    assert_eq!(dataset["annotations"].as_array().unwrap().len(), 1498);
    // Names that repeat are found within a group, and across groups.
    dir.file("m/3/1.png", image(5)).file("m/14/2.png", image(6));
    let outcome = dir.run("encode --quiet --recursive --format kaggle m");
    let errors: Vec<_> = outcome.err.lines().collect();
    assert_eq!(errors.len(), 3, "{}", outcome.err);
    assert!(
        errors[1].starts_with("error: m/3/1.png: its ImageId \"1\" is already that of m/0/1.png")
    );
    assert!(
        errors[2].starts_with("error: m/14/2.png: its ImageId \"2\" "),
        "{}",
        errors[2]
    );
    assert_eq!(outcome.out.lines().count(), 1 + 1499);
}

#[test]
fn ids_of_a_list_go_to_the_images_in_their_order() {
    let dir = images();
    let ids: String = (0..1500)
        .map(|number| format!("{}\n", 5000 - number))
        .collect();
    dir.file("ids.txt", ids);
    let line = "encode --quiet --recursive --format coco-results --image-ids ids.txt m";
    let results: serde_json::Value = serde_json::from_str(&dir.run(line).ok()).unwrap();
    let ids = results.as_array().unwrap().iter();
    let ids: Vec<_> = ids.map(|row| row["image_id"].as_u64().unwrap()).collect();
    assert_eq!(
        ids,
        (1..1500).map(|number| 5000 - number).collect::<Vec<_>>()
    );
    // A bad image's ids are not known, nor those after it.
    dir.file("m/3/333.png", "no image");
    let outcome = dir.run(line);
    assert_eq!((outcome.status, outcome.out.as_str()), (1, ""));
    assert!(
        outcome.err.contains("nothing is written"),
        "{}",
        outcome.err
    );
}

#[cfg(target_os = "linux")]
#[test]
fn threads_do_not_grow_with_the_number_of_inputs() {
    let dir = TestDir::new();
    let names: Vec<_> = (0..3000).map(|number| number.to_string()).collect();
    let arrays: Vec<_> = names
        .iter()
        .map(|name| (name.as_str(), bytes("(8, 8)", &pixels(9))))
        .collect();
    dir.file("a.npz", npz(&arrays));
    for (number, name) in names.iter().enumerate() {
        dir.file(&format!("m/{}/{name}.png", number % 50), image(number));
    }
    for inputs in ["a.npz", "--recursive m", "--recursive a.npz m"] {
        let threads = dir.threads(&format!("encode --quiet --threads 4 {inputs}"));
        assert!(threads <= 16, "{inputs}: {threads} threads");
    }
}
