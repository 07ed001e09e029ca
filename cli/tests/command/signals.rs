//! Signals that end a verb while it writes: nothing is left behind, and the exit status is the
//! signal's.

use std::fmt::Write as _;
use std::hash::{BuildHasher, RandomState};
use std::io::Write;
use std::os::unix::process::ExitStatusExt;
use std::process::{Child, ChildStdin, Command, ExitStatus, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use crate::{TestDir, npy};

const SIGNALS: [(&str, i32); 3] = [("INT", 2), ("TERM", 15), ("HUP", 1)];

/// The command, which no signal ignores that the tests do: those of a job in the background ignore
/// SIGINT.
fn maskrle() -> Command {
    let path = env!("CARGO_BIN_EXE_maskrle");
    if cfg!(target_os = "linux") {
        let mut command = Command::new("env");
        command.args(["--default-signal=INT,TERM,HUP", path]);
        command
    } else {
        Command::new(path)
    }
}

/// Starts the command in `dir`, with a temporary folder of its own.
fn start(dir: &TestDir, temporary: &TestDir, line: &str) -> Child {
    spawn(maskrle().args(line.split(' ')), dir, temporary)
}

fn spawn(command: &mut Command, dir: &TestDir, temporary: &TestDir) -> Child {
    command
        .current_dir(dir.folder.path())
        .env("TMPDIR", temporary.folder.path())
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}

fn send(child: &Child, signal: &str) {
    let kill = format!("kill -s {signal} {}", child.id());
    assert!(
        Command::new("sh")
            .args(["-c", &kill])
            .status()
            .unwrap()
            .success()
    );
}

/// Waits until the command writes its output.
#[track_caller]
fn await_output(dir: &TestDir) {
    let started = Instant::now();
    while !dir.files().iter().any(|name| name.starts_with(".maskrle-")) {
        assert!(
            started.elapsed() < Duration::from_secs(60),
            "{:?}",
            dir.files()
        );
        sleep(Duration::from_millis(1));
    }
}

/// Runs a verb again and again, and ends it at ten random moments of its writing.
#[track_caller]
fn ends_without_trace(dir: &TestDir, line: &str, feed: fn(ChildStdin)) {
    let files = dir.files();
    for moment in 0..10 {
        let temporary = TestDir::new();
        let mut child = start(dir, &temporary, line);
        let stdin = child.stdin.take().unwrap();
        let fed = std::thread::spawn(move || feed(stdin));
        await_output(dir);
        let after = Duration::from_micros(RandomState::new().hash_one(moment) % 70_000);
        sleep(after);
        let (signal, number) = SIGNALS[moment % 3];
        send(&child, signal);
        let status: ExitStatus = child.wait().unwrap();
        fed.join().unwrap();
        let left = (status.signal(), dir.files(), temporary.files());
        let wanted = (Some(number), files.clone(), Vec::<String>::new());
        assert_eq!(left, wanted, "{line}, {signal} after {after:?}");
    }
}

/// Masks of noise without end, as far as a reader can tell: slow enough never to reach the last.
fn feed_noise(mut stdin: ChildStdin) {
    let mut noise = 1u32;
    let pixels: Vec<u8> = (0..64 * 64)
        .map(|_| {
            noise = noise.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (noise >> 31) as u8
        })
        .collect();
    let header = npy("'|u1'", false, "(100000, 64, 64)", &[]);
    let mut fed = stdin.write_all(&header);
    while fed.is_ok() {
        fed = stdin.write_all(&pixels);
        sleep(Duration::from_micros(200));
    }
}

fn feed_nothing(_: ChildStdin) {}

#[test]
fn encode_leaves_nothing() {
    let dir = TestDir::new();
    dir.file("old.jsonl", "old\n");
    ends_without_trace(&dir, "encode /dev/stdin -o new.jsonl", feed_noise);
    ends_without_trace(
        &dir,
        "encode /dev/stdin --format coco-dataset -o old.jsonl",
        feed_noise,
    );
    assert_eq!(dir.read("old.jsonl"), "old\n");
}

#[test]
fn convert_leaves_nothing() {
    let dir = TestDir::new();
    let mut rows = String::new();
    for row in 0..400_000 {
        let _ = writeln!(
            rows,
            r#"{{"source":"a","index":{row},"size":[5,6],"counts":";2300O5"}}"#
        );
    }
    dir.file("in.jsonl", rows);
    for line in [
        "convert in.jsonl out.jsonl --to coco-counts",
        "convert in.jsonl out.json --to coco-dataset",
    ] {
        ends_without_trace(&dir, line, feed_nothing);
    }
}

/// Folders too, with what is in them already.
#[test]
fn folders_are_left_by_none() {
    let dir = TestDir::new();
    let mut rows = String::new();
    for image in 0..10_000 {
        let _ = writeln!(
            rows,
            r#"{{"image_id":{image},"size":[5,6],"counts":";2300O5"}}"#
        );
    }
    dir.file("in.jsonl", rows);
    for line in [
        "convert in.jsonl out.json --to panoptic",
        "convert in.jsonl labels/ --to yolo",
    ] {
        ends_without_trace(&dir, line, feed_nothing);
    }
}

#[test]
fn decode_leaves_nothing() {
    let dir = TestDir::new();
    // Gigabytes of pixels.
    let row = "{\"size\":[4000,4000],\"counts\":[8000000,8000000]}\n";
    dir.file("in.jsonl", row.repeat(500));
    ends_without_trace(&dir, "decode in.jsonl -o out.npy", feed_nothing);
    ends_without_trace(&dir, "decode in.jsonl -o out.npz", feed_nothing);
}

#[test]
fn a_verb_that_writes_no_file_ends_by_the_signal() {
    let dir = TestDir::new();
    for (signal, number) in SIGNALS {
        let temporary = TestDir::new();
        let mut child = start(&dir, &temporary, "encode /dev/stdin");
        let stdin = child.stdin.take().unwrap();
        let fed = std::thread::spawn(move || feed_noise(stdin));
        sleep(Duration::from_millis(100));
        send(&child, signal);
        assert_eq!(child.wait().unwrap().signal(), Some(number));
        fed.join().unwrap();
        assert_eq!(temporary.files(), [""; 0]);
    }
}

/// As under nohup, and in the background of a script.
#[cfg(target_os = "linux")]
#[test]
fn signals_that_are_ignored_stay_so() {
    let dir = TestDir::new();
    for (signal, _) in SIGNALS {
        let temporary = TestDir::new();
        let script = format!("trap '' {signal}; exec \"$0\" encode -q /dev/stdin -o out.jsonl");
        let mut child = spawn(
            Command::new("sh").args(["-c", &script, env!("CARGO_BIN_EXE_maskrle")]),
            &dir,
            &temporary,
        );
        let mut stdin = child.stdin.take().unwrap();
        let array = npy("'|u1'", false, "(2, 1, 3)", &[0, 1, 1, 1, 1, 0]);
        stdin.write_all(&array[..array.len() - 3]).unwrap();
        await_output(&dir);
        send(&child, signal);
        sleep(Duration::from_millis(50));
        stdin.write_all(&array[array.len() - 3..]).unwrap();
        drop(stdin);
        assert_eq!(child.wait().unwrap().code(), Some(0), "{signal}");
        assert_eq!(dir.read("out.jsonl").lines().count(), 2);
        assert_eq!(dir.files(), ["out.jsonl"]);
        std::fs::remove_file(dir.path("out.jsonl")).unwrap();
    }
}
