//! Few threads, few open files and little memory.

use std::collections::HashSet;
use std::process::{Command, Stdio};

use png::{BitDepth, ColorType};

use crate::{Outcome, TestDir, bytes, npz, png};

/// Pixels that do not compress, of two values.
fn noise(count: usize, seed: usize) -> Vec<u8> {
    let mut state = seed as u32 | 1;
    let mut next = || {
        state ^= state << 13;
        state ^= state >> 17;
        state ^= state << 5;
        (state >> 16 & 1) as u8
    };
    (0..count).map(|_| next()).collect()
}

/// Runs the command under the limits that the shell sets.
fn limited(dir: &TestDir, limits: &str, line: &str) -> Outcome {
    let script = format!("{limits}; exec \"$0\" {line}");
    let mut command = Command::new("sh");
    command.args(["-c", &script, env!("CARGO_BIN_EXE_maskrle")]);
    command.current_dir(dir.folder.path());
    Outcome::of(command.output().unwrap())
}

#[test]
fn few_open_files() {
    let dir = TestDir::new();
    for number in 0..500 {
        let mask = bytes("(4, 4)", &noise(16, number));
        dir.file(&format!("npy/{number}.npy"), &mask)
            .file(&format!("npz/{number}.npz"), npz(&[("m", mask)]));
        let image = png(
            ColorType::Grayscale,
            BitDepth::Eight,
            [4, 4],
            &noise(16, number),
        );
        dir.file(&format!("png/{number}.png"), image);
    }
    for folder in ["npy", "npz", "png"] {
        let expected = dir.run(&format!("encode -q {folder}")).ok();
        assert_eq!(expected.lines().count(), 500);
        let line = format!("encode -q {folder}");
        assert_eq!(limited(&dir, "ulimit -n 100", &line).ok(), expected);
    }
}

/// Where no thread can be started, for want of room for its stack, all is done on one.
#[cfg(target_os = "linux")]
#[test]
fn threads_that_cannot_be_started() {
    let dir = TestDir::new();
    let masks = noise(3 * 300 * 300, 1);
    dir.file("a.npy", bytes("(3, 300, 300)", &masks)).file(
        "b.npz",
        npz(&[
            ("a", bytes("(2, 2)", &[1; 4])),
            ("b", bytes("(2, 2)", &[0; 4])),
        ]),
    );
    let limits = "ulimit -v 1200000; export RAYON_NUM_THREADS=2000";
    let expected = dir.run("encode -q a.npy b.npz -o rle.jsonl").ok();
    assert_eq!(expected, "");
    let rows = limited(&dir, limits, "encode -q a.npy b.npz").ok();
    assert!(rows == dir.read("rle.jsonl"));
    let rows = limited(&dir, "ulimit -v 1200000", "encode -q -j 1024 a.npy b.npz").ok();
    assert!(rows == dir.read("rle.jsonl"));
    for line in [
        "stats a.npy",
        "stats rle.jsonl",
        "show a.npy --index 1 -o a.png",
        "convert rle.jsonl -o b.csv",
        "decode rle.jsonl --index 0 -o b.npy",
    ] {
        if line.starts_with("decode") || line.starts_with("convert") {
            let free = dir.run(line);
            let outcome = limited(&dir, limits, line);
            assert_eq!((outcome.status, outcome.err), (free.status, free.err));
        } else {
            limited(&dir, limits, line).ok();
        }
    }
}

/// Inputs whose rows fill the memory are encoded on the same threads as the others.
#[cfg(target_os = "linux")]
#[test]
fn small_inputs_that_fill_the_memory() {
    let dir = TestDir::new();
    for number in 0..300 {
        dir.file(
            &format!("m/{number}.npy"),
            bytes("(60, 60)", &noise(3600, number)),
        );
    }
    let expected = dir.run("encode -q m").ok();
    let mut child = Command::new(env!("CARGO_BIN_EXE_maskrle"))
        .args(["encode", "-q", "-j", "4", "--memory", "1M", "m"])
        .args(["--backend", "cpu", "-o", "out.jsonl"])
        .current_dir(dir.folder.path())
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    let mut threads = HashSet::new();
    let tasks = format!("/proc/{}/task", child.id());
    while child.try_wait().unwrap().is_none() {
        let entries = std::fs::read_dir(&tasks).into_iter().flatten().flatten();
        threads.extend(entries.map(|entry| entry.file_name()));
    }
    assert!(child.wait().unwrap().success());
    assert!(dir.read("out.jsonl") == expected);
    // Those that were asked for, two that are tried, and those of the process.
    assert!(threads.len() <= 4 + 2 + 2, "{} threads", threads.len());
}
