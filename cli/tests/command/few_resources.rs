//! Few threads, few open files and little memory.

use std::process::Command;

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

/// Runs the command where it may start this many threads, as a user who has no others. None if the
/// system has no means to.
#[cfg(target_os = "linux")]
fn with_threads(dir: &TestDir, threads: u32, line: &str) -> Option<Outcome> {
    let run = |line: &str| {
        let mut command = Command::new("prlimit");
        command.arg(format!("--nproc={}", threads + 1));
        command.args(["setpriv", "--reuid", "65534", "--clear-groups"]);
        command.arg(env!("CARGO_BIN_EXE_maskrle"));
        command.args(line.split_whitespace());
        // More than the limits allow, whatever the machine has.
        command.env("RAYON_NUM_THREADS", "9");
        command.current_dir(dir.folder.path()).output().ok()
    };
    run("--version").filter(|output| output.status.success())?;
    run(line).map(Outcome::of)
}

/// Work that no thread can be started for is done on the one that there is.
#[cfg(target_os = "linux")]
#[test]
fn threads_that_cannot_be_started() {
    use std::os::unix::fs::PermissionsExt;
    let dir = TestDir::new();
    let everybody = std::fs::Permissions::from_mode(0o777);
    std::fs::set_permissions(dir.folder.path(), everybody).unwrap();
    let arrays = ["a", "b", "c"].map(|name| (name, bytes("(20, 20)", &noise(400, 3))));
    dir.file("a.npy", bytes("(3, 300, 300)", &noise(270_000, 1)))
        .file("large.npy", bytes("(5, 500, 600)", &noise(1_500_000, 2)))
        .file("b.npz", npz(&arrays));
    dir.run("encode -q a.npy b.npz -o rle.jsonl").ok();
    for line in [
        "encode -q a.npy",
        "encode -q a.npy b.npz",
        "encode -q -j 3 a.npy b.npz",
        "encode -q -j 1 b.npz a.npy",
        "encode -q large.npy",
        "encode -q large.npy a.npy --format values",
        "stats a.npy",
        "stats large.npy",
        "stats rle.jsonl",
        "stats b.npz",
        "convert rle.jsonl --format values",
    ] {
        let expected = dir.command().args(line.split_whitespace()).output();
        let expected = expected.unwrap();
        for threads in [0, 1, 2, 4] {
            let Some(outcome) = with_threads(&dir, threads, line) else {
                return;
            };
            assert_eq!(outcome.status, expected.status.code().unwrap(), "{line}");
            match line {
                line if line.contains("-j 3") => {
                    let refused = "the system refuses to start threads: all is done on one";
                    assert_eq!(outcome.err, format!("--threads 3: {refused}\n"));
                }
                "stats large.npy" => assert!(outcome.err.contains("no threads can be started")),
                _ => assert_eq!(outcome.err.as_bytes(), expected.stderr, "{line}, {threads}"),
            }
            assert!(outcome.out.as_bytes() == expected.stdout, "{line}");
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
    let threads = dir.threads("encode -q -j 4 --memory 1M m --backend cpu -o out.jsonl");
    assert!(dir.read("out.jsonl") == expected);
    // Threads that were asked for, two that are tried, and those of the process.
    assert!(threads <= 4 + 2 + 3, "{threads} threads");
}
