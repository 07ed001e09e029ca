//! Encoded files that are packed, piped, or hostile.

use std::io::Write;
use std::time::{Duration, Instant};

use crate::TestDir;

const DATASET: &str = "{\"annotations\": [{\"id\": 1, \"image_id\": 7, \"segmentation\": [[0, 0, 3, 0, 0, 3]]}], \"images\": [{\"id\": 7, \"height\": 2, \"width\": 3}]}";
const ROWS: &str = "{\"size\":[2,3],\"counts\":\"231\"}\n{\"size\":[2,3],\"counts\":\"06\"}\n";
const CSV: &str = "ImageId,EncodedPixels,Height,Width\na,1 2,2,3\n";
const LIST: &str = "[{\"image_id\": 1, \"segmentation\": {\"size\": [2, 3], \"counts\": \"231\"}}]";

pub fn gzip(text: &[u8]) -> Vec<u8> {
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    packed.write_all(text).unwrap();
    packed.finish().unwrap()
}

pub fn zstd(text: &[u8]) -> Vec<u8> {
    ruzstd::encoding::compress_to_vec(text, ruzstd::encoding::CompressionLevel::Fastest)
}

/// Commands that read an encoded file, which FILE stands for.
const COMMANDS: [&str; 5] = [
    "stats FILE --json",
    "decode FILE -o out.npy",
    "convert FILE out.csv --full",
    "convert FILE out.json --to coco-results",
    "show FILE -o out.png",
];

/// Everything that a command makes of a file.
fn made(dir: &TestDir, command: &str, file: &str, input: Option<&[u8]>) -> (i32, String, Vec<u8>) {
    let line = command.replace("FILE", file);
    let mut run = dir.command();
    run.args(line.split_whitespace());
    if let Some(input) = input {
        run.write_stdin(input);
    }
    let output = run.output().unwrap();
    let mut made = Vec::new();
    for name in dir.files().iter().filter(|name| name.starts_with("out")) {
        made.extend(std::fs::read(dir.path(name)).unwrap());
        std::fs::remove_file(dir.path(name)).unwrap();
    }
    let text = [output.stdout, output.stderr].concat();
    let text = String::from_utf8(text)
        .unwrap()
        .lines()
        .filter(|line| !line.contains("\"file\"") && !line.contains("\"file_bytes\""))
        .map(|line| match input {
            Some(_) => line.replace("standard input", "FILE"),
            None => line.replace(&format!(" {file}:"), " FILE:"),
        })
        .collect::<Vec<_>>()
        .join("\n");
    (output.status.code().unwrap(), text, made)
}

#[test]
fn packed_and_piped_files_are_read_as_plain_ones() {
    for text in [DATASET, ROWS, CSV, LIST].map(str::as_bytes) {
        let dir = TestDir::new();
        let (first, second) = text.split_at(text.len() / 2);
        dir.file("plain", text)
            .file("marked", [b"\xef\xbb\xbf", text].concat())
            .file("a.gz", gzip(text))
            .file("parts.json", [gzip(first), gzip(second)].concat())
            .file("a.zst", zstd(text))
            .file(
                "frames.csv",
                [
                    zstd(first),
                    b"\x50\x2a\x4d\x18\x03\0\0\0abc".to_vec(),
                    zstd(second),
                ]
                .concat(),
            );
        for command in COMMANDS {
            let expected = made(&dir, command, "plain", None);
            for file in ["marked", "a.gz", "parts.json", "a.zst", "frames.csv"] {
                assert_eq!(
                    made(&dir, command, file, None),
                    expected,
                    "{command} {file}"
                );
            }
            for input in [text.to_vec(), gzip(text), zstd(text)] {
                assert_eq!(
                    made(&dir, command, "-", Some(&input)),
                    expected,
                    "{command}"
                );
            }
        }
    }
}

#[test]
fn standard_input_may_be_a_file() {
    let dir = TestDir::new();
    dir.file("in.json", DATASET);
    let output = dir
        .command()
        .args(["convert", "-", "out"])
        .pipe_stdin(dir.path("in.json"))
        .unwrap()
        .output()
        .unwrap();
    assert!(output.status.success());
    assert!(dir.read("out").contains("\"counts\":"));
    assert_eq!(
        dir.run_with("stats -", "[5]").err,
        "error: standard input:1: item 0: 5 where an object should be\n"
    );
}

#[test]
fn packed_files_that_are_damaged() {
    let text = DATASET.repeat(20);
    for (packed, name) in [
        (gzip(text.as_bytes()), "gzip"),
        (zstd(text.as_bytes()), "zstd"),
    ] {
        let dir = TestDir::new();
        for length in [6, packed.len() / 2, packed.len() - 1] {
            let outcome = dir.file("in", &packed[..length]).run("stats in");
            assert_eq!(
                (outcome.status, outcome.err.lines().count()),
                (1, 1),
                "{}",
                outcome.err
            );
            assert!(
                outcome.err.contains(name) || outcome.err.contains("end of the file"),
                "{}",
                outcome.err
            );
        }
        let mut bytes = packed.clone();
        let middle = bytes.len() / 2;
        bytes[middle] ^= 0xff;
        bytes[middle + 1] ^= 0xff;
        let outcome = dir.file("in", bytes).run("stats in");
        assert_eq!(
            (outcome.status, outcome.err.lines().count()),
            (1, 1),
            "{}",
            outcome.err
        );
    }
    let dir = TestDir::new();
    dir.file("in", gzip(&gzip(b"{}")))
        .run("stats in")
        .fails("error: in: ", "packed twice");
    dir.file("in", gzip(&[0xff, 0xfe, b'{', 0]))
        .run("stats in")
        .fails("error: in: ", "UTF-16");
}

/// A gigabyte of nothing in a megabyte: it is read, and takes no memory.
#[test]
fn a_packed_file_of_a_thousand_times_its_size() {
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    let blank = vec![b' '; 1 << 20];
    packed
        .write_all(b"{\"size\":[2,3],\"counts\":\"231\"")
        .unwrap();
    for _ in 0..300 {
        packed.write_all(&blank).unwrap();
    }
    packed.write_all(b"}").unwrap();
    let dir = TestDir::new();
    dir.file("in", packed.finish().unwrap())
        .run("stats in")
        .fails("error: in:1: ", "more than 256 MiB");
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    packed.write_all(ROWS.as_bytes()).unwrap();
    for _ in 0..200 {
        packed.write_all(&blank).unwrap();
    }
    dir.file("in", packed.finish().unwrap())
        .run("stats in")
        .ok();
}

#[cfg(unix)]
#[test]
fn devices_and_pipes_without_end() {
    let dir = TestDir::new();
    let started = Instant::now();
    for command in [
        "stats /dev/zero",
        "decode /dev/zero -o out.npy",
        "convert /dev/zero out",
    ] {
        dir.run(command).fails("error: /dev/zero: ", "binary data");
    }
    dir.run("stats /dev/urandom")
        .fails("error: /dev/urandom: ", "");
    dir.run("stats /dev/null").ok();
    assert!(started.elapsed() < Duration::from_secs(20));
    assert_eq!(dir.files(), [""; 0]);
}

#[cfg(unix)]
#[test]
fn errors_of_the_temporary_folder_name_it() {
    let dir = TestDir::new();
    let output = dir
        .command()
        .env("TMPDIR", "/nowhere/at/all")
        .args(["stats", "-"])
        .write_stdin(ROWS)
        .output()
        .unwrap();
    let err = String::from_utf8(output.stderr).unwrap();
    assert!(
        err.contains("no temporary file in /nowhere/at/all (TMPDIR says where)"),
        "{err}"
    );
    assert_eq!(err.lines().count(), 1, "{err}");
}

/// Rings of three points within a pixel: as a list each, they took thirty times their text.
#[test]
fn a_million_tiny_rings() {
    let ring = "[1,1,1,1,1,1],";
    let rings = ring.repeat(1 << 20);
    let text = format!(
        "{{\"images\": [{{\"id\": 1, \"height\": 5, \"width\": 6}}], \"annotations\": [{{\"id\": 1, \"image_id\": 1, \"segmentation\": [{rings}[1.5, 1, 5, 1, 3, 4]]}}]}}"
    );
    let dir = TestDir::new();
    dir.file("in", text).run("convert in out").ok();
    assert!(dir.read("out").contains(";2300O5"));
    let bad = format!("{}[1,1]", ring.repeat(300_000));
    let text = format!(
        "{{\"images\": [{{\"id\": 1, \"height\": 5, \"width\": 6}}], \"annotations\": [{{\"id\": 1, \"image_id\": 1, \"segmentation\": [{bad}]}}]}}"
    );
    dir.file("in", text).run("stats in").fails(
        "error: in:1: annotations[0].segmentation: polygon 300000: ",
        "1 point, a polygon has 3 at least",
    );
}
