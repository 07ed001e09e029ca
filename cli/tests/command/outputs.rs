//! Where output goes: files that are replaced, streams that are full or closed, names that are
//! refused.

use crate::{Outcome, TestDir, bytes};

/// A mask of 2 x 3, a row of it, a dataset and CSV of it, and a picture.
fn files() -> TestDir {
    let dir = TestDir::new();
    dir.file("a.npy", bytes("(2, 3)", &[0, 1, 1, 0, 1, 0]))
        .file(
            "row.jsonl",
            "{\"source\":\"a.npy\",\"size\":[2,3],\"counts\":[2,3,1]}\n",
        );
    dir.run("encode -q a.npy --format coco-dataset -o set.json")
        .ok();
    dir.run("encode -q a.npy -o rows.csv").ok();
    dir.run("show row.jsonl --plain --scale 1 -o a.png").ok();
    dir
}

/// Asserts that a command line is refused as wrong usage, with a line that contains `contains`.
#[track_caller]
fn assert_usage(dir: &TestDir, line: &str, contains: &str) {
    let Outcome { status, out, err } = dir.run(line);
    assert_eq!((status, out.as_str()), (2, ""), "{line}: {err}");
    assert!(err.contains(contains), "{line}: {err}");
}

/// Asserts that a command line is refused for an output that is an input, and changes no file.
#[track_caller]
fn assert_refused(dir: &TestDir, line: &str) {
    let contents = || {
        let files = dir.files();
        files
            .into_iter()
            .filter_map(|name| Some((std::fs::read(dir.path(&name)).ok()?, name)))
            .collect::<Vec<_>>()
    };
    let before = contents();
    dir.run(line).fails("error: ", "is an input too");
    assert_eq!(contents(), before, "{line}");
}

#[test]
fn an_output_that_is_an_input_is_refused() {
    let dir = files();
    std::fs::copy(dir.path("a.npy"), dir.path("a")).unwrap();
    let folder = dir.folder.path().display().to_string();
    for line in [
        "encode a -o a",
        "encode a.npy a -o a",
        "encode a -o ./a",
        "encode --format coco-results --image-ids set.json a.npy -o set.json",
        "convert set.json set.json",
        "convert rows.csv rows.csv --size 2,3",
        "convert ./row.jsonl row.jsonl --to coco-counts",
        "show row.jsonl --image a.png -o a.png",
        "show a.png -o a.png",
    ] {
        assert_refused(&dir, line);
    }
    assert_refused(&dir, &format!("encode {folder}/a -o a"));
    assert_refused(&dir, &format!("convert set.json {folder}/set.json"));
    // A decoded file may be called as arrays are, too.
    std::fs::copy(dir.path("row.jsonl"), dir.path("row.npz")).unwrap();
    assert_refused(&dir, "decode row.npz -o row.npz");
}

#[cfg(unix)]
#[test]
fn an_output_that_leads_to_an_input_is_refused() {
    use std::os::unix::fs::symlink;
    let dir = files();
    dir.file("in/a.npy", bytes("(1, 2)", &[0, 1]));
    for (number, (input, line)) in [
        ("in/a.npy", "encode in -o"),
        ("a.npy", "encode a.npy in -o"),
        ("set.json", "convert set.json"),
        ("row.jsonl", "convert row.jsonl --to coco-counts"),
        (
            "set.json",
            "encode -f coco-dataset --image-ids set.json a.npy -o",
        ),
    ]
    .into_iter()
    .enumerate()
    {
        let (hard, soft) = (format!("hard{number}"), format!("soft{number}"));
        std::fs::hard_link(dir.path(input), dir.path(&hard)).unwrap();
        symlink(input, dir.path(&soft)).unwrap();
        assert_refused(&dir, &format!("{line} {hard}"));
        assert_refused(&dir, &format!("{line} {soft}"));
    }
    for (input, link, line) in [
        ("row.jsonl", "link.npy", "decode row.jsonl -o link.npy"),
        ("row.jsonl", "link.png", "show row.jsonl -o link.png"),
        (
            "a.png",
            "over.png",
            "show row.jsonl --image a.png -o over.png",
        ),
    ] {
        symlink(input, dir.path(link)).unwrap();
        assert_refused(&dir, line);
        std::fs::remove_file(dir.path(link)).unwrap();
        std::fs::hard_link(dir.path(input), dir.path(link)).unwrap();
        assert_refused(&dir, line);
    }
}

/// One command line for each verb that writes a file, which it is given the name of.
const WRITERS: [(&str, &str); 4] = [
    ("encode -q a.npy -o", "out.jsonl"),
    ("decode row.jsonl -o", "out.npy"),
    ("convert row.jsonl", "out.json"),
    ("show row.jsonl -o", "out.png"),
];

#[cfg(unix)]
#[test]
fn mode_and_owner_of_the_output_stay() {
    use std::fs::{Permissions, set_permissions};
    use std::os::unix::fs::{MetadataExt, PermissionsExt, chown};
    let dir = files();
    for (line, name) in WRITERS {
        for mode in [0o600, 0o640, 0o777, 0o200] {
            dir.file(name, "old");
            let path = dir.path(name);
            // Only root gives files away.
            let is_given = chown(&path, Some(1234), Some(4321)).is_ok();
            set_permissions(&path, Permissions::from_mode(mode)).unwrap();
            dir.run(&format!("{line} {name}")).ok();
            let new = std::fs::metadata(&path).unwrap();
            assert_ne!(new.len(), 3, "{line}");
            assert_eq!(new.mode() & 0o7777, mode, "{line}");
            if is_given {
                assert_eq!((new.uid(), new.gid()), (1234, 4321), "{line}");
            }
            std::fs::remove_file(path).unwrap();
        }
    }
}

#[test]
fn a_read_only_output_is_refused() {
    let dir = files();
    for (line, name) in WRITERS {
        let path = dir.file(name, "old").path(name);
        let mut permissions = std::fs::metadata(&path).unwrap().permissions();
        permissions.set_readonly(true);
        std::fs::set_permissions(&path, permissions).unwrap();
        let files = dir.files();
        dir.run(&format!("{line} {name}"))
            .fails(&format!("error: {name}: "), "read-only");
        assert_eq!((dir.read(name), dir.files()), ("old".into(), files));
    }
}

#[test]
fn a_dash_is_standard_output() {
    let dir = files();
    for (line, name) in WRITERS {
        dir.run(&format!("{line} {name}")).ok();
        let output = dir
            .command()
            .args(line.split(' ').chain(["-"]))
            .output()
            .unwrap();
        // convert says how many masks it wrote.
        let said = String::from_utf8(output.stderr).unwrap();
        let is_summary = said.is_empty() || said == "1 mask written anew\n";
        assert!(output.status.success() && is_summary, "{said}");
        assert_eq!(output.stdout, std::fs::read(dir.path(name)).unwrap());
    }
    let rows = dir.run("convert row.jsonl - -f kaggle").ok();
    assert!(rows.starts_with("ImageId,EncodedPixels\n"), "{rows}");
    assert!(!dir.files().contains(&"-".to_owned()));
}

#[test]
fn the_name_of_the_output_says_the_format() {
    let dir = files();
    assert!(dir.read("rows.csv").starts_with("ImageId,EncodedPixels\n"));
    for verb in ["encode a.npy -o", "convert row.jsonl"] {
        for (name, contains) in [
            (
                "out.parquet",
                "OUT ends in .parquet, which maskrle does not write",
            ),
            ("out.npy", "OUT ends in .npy"),
            ("out.png", "OUT ends in .png"),
            ("out.json.gz", "nothing is compressed"),
            ("out.csv.zst", "nothing is compressed"),
            ("out.csv -f coco", "coco is JSON"),
            ("out.csv --format coco-dataset", "coco-dataset is JSON"),
            ("out.jsonl -f kaggle", "kaggle is CSV"),
            ("out.json -f kaggle", "kaggle is CSV"),
        ] {
            assert_usage(&dir, &format!("{verb} {name}"), contains);
        }
        for name in ["out.json", "out.JSONL", "out.ndjson", "out.txt", "out"] {
            dir.run(&format!("{verb} {name}")).ok();
            assert!(dir.read(name).starts_with('{'), "{name}");
            std::fs::remove_file(dir.path(name)).unwrap();
        }
        dir.run(&format!("{verb} out.CSV")).ok();
        assert!(dir.read("out.CSV").starts_with("ImageId,"));
        std::fs::remove_file(dir.path("out.CSV")).unwrap();
    }
    assert_usage(&dir, "decode row.jsonl -o out.json", "neither a .npy");
    assert_usage(&dir, "show row.jsonl -o out.jpg", "not a .png");
    assert_eq!(
        dir.files(),
        ["a.npy", "a.png", "row.jsonl", "rows.csv", "set.json"]
    );
}

#[cfg(unix)]
mod on_unix {
    use super::*;
    use std::process::{Command, Stdio};

    /// Runs a script, in which `$0` is the command.
    fn shell(dir: &TestDir, script: &str) -> Outcome {
        let output = Command::new("sh")
            .args(["-c", script, env!("CARGO_BIN_EXE_maskrle")])
            .current_dir(dir.folder.path())
            .output()
            .unwrap();
        Outcome {
            status: output.status.code().expect("it exits, it is not killed"),
            out: String::from_utf8_lossy(&output.stdout).into_owned(),
            err: String::from_utf8(output.stderr).unwrap(),
        }
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn standard_error_may_be_full_or_closed() {
        let dir = files();
        for to in ["2>/dev/full", "2>&-"] {
            for (line, status) in [
                ("encode a.npy -o out.jsonl", 0),
                ("encode nothing.npy a.npy", 1),
                ("encode nothing.npy", 1),
                ("convert nothing.json out.json", 1),
                ("decode nothing.json -o out.npy", 1),
                ("stats nothing.json", 1),
                ("encode --order row a.npy", 2),
                ("frobnicate", 2),
            ] {
                let outcome = shell(&dir, &format!("exec \"$0\" {line} {to}"));
                assert_eq!(
                    (outcome.status, outcome.err),
                    (status, String::new()),
                    "{line}"
                );
            }
        }
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn standard_output_may_be_full() {
        let dir = files();
        for line in [
            "encode -q a.npy",
            "encode -q a.npy -f coco-dataset",
            "decode row.jsonl -o -",
            "convert row.jsonl -",
            "stats row.jsonl",
            "show row.jsonl -o -",
            "adapters",
            "completions bash",
            "man",
            "--help",
            "encode --help",
            "--version",
        ] {
            let outcome = shell(&dir, &format!("exec \"$0\" {line} >/dev/full"));
            outcome.fails("error: standard output: ", "No space left");
        }
    }

    #[test]
    fn nobody_may_read_standard_output() {
        let dir = files();
        dir.file("many.npy", bytes("(50000, 1, 2)", &[1; 100_000]));
        dir.run("encode -q many.npy -o many.jsonl").ok();
        for line in [
            "encode many.npy -f coco-dataset",
            "decode many.jsonl -o -",
            "convert many.jsonl -",
            "stats many.jsonl",
            "show many.jsonl --index 3 -o -",
            "completions zsh",
            "--help",
        ] {
            let mut child = Command::new(env!("CARGO_BIN_EXE_maskrle"))
                .args(line.split(' '))
                .current_dir(dir.folder.path())
                .stdout(Stdio::piped())
                .stderr(Stdio::piped())
                .spawn()
                .unwrap();
            drop(child.stdout.take());
            let output = child.wait_with_output().unwrap();
            let err = String::from_utf8(output.stderr).unwrap();
            assert_eq!(
                (output.status.code(), err.contains("error")),
                (Some(0), false),
                "{line}: {err}"
            );
        }
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn a_full_disk_is_one_line() {
        let dir = files();
        dir.file("many.npy", bytes("(50000, 1, 2)", &[1; 100_000]));
        dir.run("encode -q many.npy -o many.jsonl").ok();
        dir.file("set.jsonl", "old");
        let noise: Vec<u8> = (0..64 * 64).map(|i: u32| (i * i / 7 % 5) as u8).collect();
        dir.file("noise.npy", bytes("(64, 64)", &noise));
        let files = dir.files();
        for line in [
            "encode -q many.npy -o out.jsonl",
            "encode -q many.npy -f coco-dataset -o set.jsonl",
            "decode many.jsonl -o out.npy",
            "decode many.jsonl -o out.npz",
            "convert many.jsonl out.jsonl --to coco-counts",
            "show noise.npy --scale 8 -o out.png",
        ] {
            // A file may have one block: writing beyond it fails, as on a disk that is full.
            let outcome = shell(&dir, &format!("ulimit -f 1; exec \"$0\" {line}"));
            let name = line.split(' ').find(|word| word.contains("out."));
            let begins = format!("error: {}: ", name.unwrap_or("set.jsonl"));
            outcome.fails(&begins, "File too large");
            assert_eq!(
                (dir.files(), dir.read("set.jsonl")),
                (files.clone(), "old".into())
            );
        }
        for (line, name) in WRITERS {
            std::os::unix::fs::symlink("/dev/full", dir.path(name)).unwrap();
            dir.run(&format!("{line} {name}"))
                .fails(&format!("error: {name}: "), "No space left");
            assert!(dir.path(name).is_symlink());
            std::fs::remove_file(dir.path(name)).unwrap();
        }
        assert_eq!(dir.files(), files);
    }

    #[test]
    fn errors_about_temporary_files_name_their_folder() {
        let dir = files();
        let stack = crate::npy("'|u1'", true, "(400, 32, 32)", &[1; 400 << 10]);
        dir.file("fortran.npy", stack);
        for line in [
            "encode -q a.npy -f coco-dataset -o out.json",
            "encode -q a.npy -f coco-results",
            "encode -q fortran.npy --memory 1M -o out.jsonl",
            "convert row.jsonl -",
            "convert row.jsonl out.json --to coco-dataset",
        ] {
            let outcome = shell(&dir, &format!("TMPDIR=/nowhere exec \"$0\" {line}"));
            outcome.fails(
                "error: ",
                "no temporary file in /nowhere (TMPDIR says where): ",
            );
        }
    }
}

/// Standard output by its path is written behind what was written to it before.
#[cfg(unix)]
#[test]
fn standard_output_by_its_path_loses_nothing() {
    let dir = TestDir::new();
    dir.file("a.npy", crate::bytes("(1, 2)", &[0, 1]));
    let script = "(echo before; \"$0\" encode -q a.npy -o /dev/stdout) > all";
    let status = std::process::Command::new("sh")
        .args(["-c", script, env!("CARGO_BIN_EXE_maskrle")])
        .current_dir(dir.path(""))
        .status()
        .unwrap();
    assert!(status.success());
    let all = dir.read("all");
    assert!(all.starts_with("before\n{\"source\":"), "{all}");
}

/// Nobody makes files in /proc, root neither; the name that a file would have had is nobody's
/// business.
#[cfg(target_os = "linux")]
#[test]
fn a_folder_that_takes_no_files_is_named() {
    let dir = files();
    for (line, name) in WRITERS {
        let out = format!("/proc/self/{name}");
        let outcome = dir.run(&format!("{line} {out}"));
        assert!(!outcome.err.contains(".maskrle-"), "{}", outcome.err);
        outcome.fails(
            &format!("error: {out}: no file can be made in /proc/"),
            ": No such file or directory",
        );
    }
}

#[test]
fn a_file_that_can_never_be_made_is_refused_at_once() {
    let dir = TestDir::new();
    dir.file("a.npy", crate::bytes("(1, 2)", &[0, 1]));
    dir.run("encode a.npy -o new/")
        .fails("error: new/: ", "there is no such folder");
    let long = "o".repeat(300);
    dir.run(&format!("encode a.npy -o {long}"))
        .fails("error: ooo", "too long");
    assert_eq!(dir.files(), ["a.npy"]);
}
