//! Pipes, which give their bytes once: named ones, and standard input.

use std::path::PathBuf;
use std::process::Command;
use std::thread;

use png::{BitDepth, ColorType};

use crate::{Outcome, TestDir, bytes, npy, npz, png};

fn stack() -> Vec<u8> {
    bytes("(2, 2, 3)", &[0, 1, 1, 0, 1, 0, 0, 0, 0, 0, 0, 1])
}

/// A named pipe, which a thread writes this into, once.
fn pipe(dir: &TestDir, name: &str, bytes: impl Into<Vec<u8>>) {
    pipes(dir, vec![(name, bytes.into())]);
}

/// Named pipes, which one thread writes one after the other.
fn pipes(dir: &TestDir, pipes: Vec<(&str, Vec<u8>)>) {
    let path = |(name, bytes): (&str, Vec<u8>)| {
        let path = dir.path(name);
        let made = Command::new("mkfifo").arg(&path).status().unwrap();
        assert!(made.success());
        (path, bytes)
    };
    let pipes: Vec<(PathBuf, Vec<u8>)> = pipes.into_iter().map(path).collect();
    thread::spawn(move || {
        for (path, bytes) in pipes {
            // Whoever closes it early has read enough.
            let _ = std::fs::write(path, bytes);
        }
    });
}

/// Runs the command, which ends: what is read twice never does.
fn run(dir: &TestDir, line: &str) -> Outcome {
    let mut command = dir.command();
    command.timeout(std::time::Duration::from_secs(60));
    Outcome::of(command.args(line.split_whitespace()).output().unwrap())
}

#[test]
fn stats_and_show_read_a_pipe_once() {
    let dir = TestDir::new();
    pipe(&dir, "a.npy", stack());
    assert!(run(&dir, "stats a.npy").ok().contains("2 masks in 2 rows"));
    let image = png(ColorType::Grayscale, BitDepth::Eight, [2, 1], &[0, 9]);
    pipe(&dir, "a.png", image.clone());
    assert!(run(&dir, "stats a.png").ok().contains("1 mask in 1 row"));
    pipe(&dir, "a.npz", npz(&[("m", stack())]));
    assert!(run(&dir, "stats a.npz").ok().contains("2 masks in 2 rows"));
    pipe(&dir, "b.npy", stack());
    run(&dir, "show b.npy --index 1 -o b.png").ok();
    assert!(dir.path("b.png").is_file());
}

#[test]
fn pictures_may_come_through_pipes() {
    let dir = TestDir::new();
    dir.file("mask.npy", bytes("(1, 2)", &[0, 1]));
    let image = png(ColorType::Rgb, BitDepth::Eight, [2, 1], &[9; 6]);
    dir.file("picture.png", &image);
    run(&dir, "show mask.npy --image picture.png -o expected.png").ok();
    pipe(&dir, "pipe", image.clone());
    run(&dir, "show mask.npy --image pipe -o found.png").ok();
    let read = |name| std::fs::read(dir.path(name)).unwrap();
    assert!(read("found.png") == read("expected.png"));
    let line = "show mask.npy --image - -o found.png";
    dir.run_with(line, image).ok();
    assert!(read("found.png") == read("expected.png"));
    // A JPEG is known by its first bytes, and read in full.
    pipe(&dir, "jpeg", &b"\xff\xd8\xff\xe0 and no more"[..]);
    let outcome = run(&dir, "show mask.npy --image jpeg -o found.png");
    outcome.fails("error: --image jpeg: ", "JPEG");
}

#[test]
fn floats_need_a_threshold_wherever_they_come_from() {
    let dir = TestDir::new();
    let floats = npy("'<f4'", false, "(1, 2)", &[0; 8]);
    dir.file("a.npy", &floats)
        .file("a.npz", npz(&[("m", floats.clone())]))
        .file("m/a.npz", npz(&[("m", floats.clone())]));
    pipe(&dir, "pipe.npy", floats);
    for file in ["a.npy", "a.npz", "m", "pipe.npy"] {
        run(&dir, &format!("stats {file}")).fails("error: ", "floats need --threshold T");
    }
    dir.run("show a.npz -o a.png")
        .fails("error: a.npz:m: ", "floats need --threshold T");
    dir.run("encode -q --labels a.npz")
        .fails("error: a.npz:m: ", "--labels is for integers");
    dir.run("stats a.npz --threshold 0").ok();
}

#[test]
fn archives_in_pipes_are_encoded_as_files_are() {
    let dir = TestDir::new();
    let names: Vec<_> = (0..700).map(|number| format!("m{number}")).collect();
    let arrays: Vec<_> = names
        .iter()
        .enumerate()
        .map(|(number, name)| (name.as_str(), bytes("(1, 16)", &bits(number))))
        .collect();
    let archive = npz(&arrays);
    dir.file("a.npz", &archive).file("b.npy", stack());
    let rows = dir.run("encode -q b.npy a.npz b.npy").ok();
    let outcome = dir.run_with("encode b.npy - b.npy", archive.clone());
    assert!(outcome.err.starts_with("704 masks, "), "{}", outcome.err);
    assert_eq!(outcome.ok(), rows.replace("a.npz:", "-:"));
    // One after the other, though the second is written only after the first.
    pipes(
        &dir,
        vec![
            ("first", archive.clone()),
            ("second", stack()),
            ("third", archive),
        ],
    );
    let piped = run(&dir, "encode -q first second third").ok();
    assert_eq!(piped.lines().count(), 1402);
    assert!(piped.lines().last().unwrap().contains("third:m699"));
}

fn bits(number: usize) -> Vec<u8> {
    (0..16).map(|bit| (number >> bit & 1) as u8).collect()
}

#[test]
fn what_is_copied_names_the_temporary_folder() {
    let dir = TestDir::new();
    let archive = npz(&[("m", stack())]);
    for (line, input) in [
        ("encode -q -", archive),
        ("stats -", b"[]".to_vec()),
        ("encode -q - --format coco-dataset", stack()),
    ] {
        let mut command = dir.command();
        command.args(line.split_whitespace()).write_stdin(input);
        let outcome = Outcome::of(command.env("TMPDIR", "/no/such/folder").output().unwrap());
        outcome.fails("error: ", "no temporary file in /no/such/folder");
    }
    // A pipe that does not begin as an archive is not copied, whatever it is called.
    pipe(&dir, "a.npz", vec![0; 1 << 16]);
    run(&dir, "encode -q a.npz").fails("error: a.npz: ", "does not begin as a zip archive");
    pipe(&dir, "b.npz", stack());
    run(&dir, "stats b.npz").fails("error: b.npz: ", "does not begin as a zip archive");
}

#[test]
fn standard_input_is_given_once() {
    let dir = TestDir::new();
    dir.file("a.npy", stack());
    for line in [
        "encode - -",
        "encode - a.npy -",
        "encode --format coco-dataset --image-ids - -",
        "encode --format coco-results --image-ids - a.npy -",
        "show - --image - -o out.png",
    ] {
        let outcome = dir.run_with(line, stack());
        assert_eq!(outcome.status, 2, "{line}: {}", outcome.err);
        assert!(outcome.err.contains("can be read but once"), "{line}");
        assert_eq!(outcome.out, "");
    }
    let line = "encode --format coco-results --stack images --image-ids - a.npy";
    dir.run_with(line, "7\n8\n").ok();
}
