//! `encode`: formats, options, the output file, the summary.

use crate::{TestDir, bytes, data, labels_that_end_too_large, npy};

/// Two masks of 2 x 3: `0 1 1 / 0 1 0` and none.
fn stack() -> Vec<u8> {
    bytes("(2, 2, 3)", &[0, 1, 1, 0, 1, 0, 0, 0, 0, 0, 0, 0])
}

/// A label map of 2 x 3: `0 7 7 / 2 2 7`.
fn labels() -> Vec<u8> {
    bytes("(2, 3)", &[0, 7, 7, 2, 2, 7])
}

#[test]
fn coco() {
    let dir = TestDir::new();
    let out = dir.file("stack.npy", stack()).run("encode stack.npy").ok();
    let first = r#"{"source":"stack.npy","index":0,"size":[2,3],"counts":"231"}"#;
    let second = r#"{"source":"stack.npy","index":1,"size":[2,3],"counts":"6"}"#;
    assert_eq!(out, format!("{first}\n{second}\n"));
}

#[test]
fn coco_counts() {
    let dir = TestDir::new();
    let out = dir
        .file("stack.npy", stack())
        .run("encode --format coco-counts stack.npy")
        .ok();
    let first = r#"{"source":"stack.npy","index":0,"size":[2,3],"counts":[2,3,1]}"#;
    let second = r#"{"source":"stack.npy","index":1,"size":[2,3],"counts":[6]}"#;
    assert_eq!(out, format!("{first}\n{second}\n"));
}

#[test]
fn values_by_row_and_by_column() {
    let dir = TestDir::new();
    dir.file("map.npy", labels());
    let out = dir.run("encode --labels --format values map.npy").ok();
    let row = r#"{"source":"map.npy","index":0,"size":[2,3],"order":"row","values":[0,7,2,7],"counts":[1,2,2,1]}"#;
    assert_eq!(out, format!("{row}\n"));
    let out = dir
        .run("encode --labels --format values --order column map.npy")
        .ok();
    let row = r#"{"source":"map.npy","index":0,"size":[2,3],"order":"column","values":[0,2,7,2,7],"counts":[1,1,1,1,2]}"#;
    assert_eq!(out, format!("{row}\n"));
    let out = dir.run("encode --format values map.npy").ok();
    assert!(out.contains(r#""values":[0,1],"counts":[1,5]"#), "{out}");
}

#[test]
fn kaggle() {
    let dir = TestDir::new();
    dir.file("stack.npy", stack())
        .file("one.npy", bytes("(2, 3)", &[1, 1, 0, 0, 0, 1]));
    let out = dir.run("encode --format kaggle stack.npy one.npy").ok();
    assert_eq!(
        out,
        "ImageId,EncodedPixels\nstack_0,3 3\nstack_1,\none,1 1 3 1 6 1\n"
    );
    let out = dir
        .run("encode --format kaggle --order row --empty -1 stack.npy one.npy")
        .ok();
    assert_eq!(
        out,
        "ImageId,EncodedPixels\nstack_0,2 2 5 1\nstack_1,-1\none,1 2 6 1\n"
    );
}

#[test]
fn a_row_for_each_label() {
    let dir = TestDir::new();
    dir.file("map.npy", labels());
    let out = dir.run("encode --labels map.npy").ok();
    let two = r#"{"source":"map.npy","index":0,"value":2,"size":[2,3],"counts":"11101"}"#;
    assert_eq!(out.lines().next(), Some(two));
    let out = dir.run("encode --labels --format coco-counts map.npy").ok();
    let two = r#"{"source":"map.npy","index":0,"value":2,"size":[2,3],"counts":[1,1,1,1,2]}"#;
    let seven = r#"{"source":"map.npy","index":0,"value":7,"size":[2,3],"counts":[2,1,1,2]}"#;
    assert_eq!(out, format!("{two}\n{seven}\n"));
    let out = dir.run("encode --labels --format kaggle map.npy").ok();
    assert_eq!(
        out,
        "ImageId,EncodedPixels,Value\nmap,2 1 4 1,2\nmap,3 1 5 2,7\n"
    );
}

#[test]
fn threshold() {
    let dir = TestDir::new();
    let pixels: Vec<u8> = [0.5f32, -1.0, 0.0, 0.75]
        .into_iter()
        .flat_map(f32::to_le_bytes)
        .collect();
    dir.file("logits.npy", npy("'<f4'", false, "(1, 4)", &pixels));
    let out = dir
        .run("encode --threshold 0 --format coco-counts logits.npy")
        .ok();
    assert!(out.contains(r#""counts":[0,1,2,1]"#), "{out}");
    let out = dir
        .run("encode --threshold -2.5e-1 --format coco-counts logits.npy")
        .ok();
    assert!(out.contains(r#""counts":[0,1,1,2]"#), "{out}");
    let out = dir
        .run("encode --threshold -inf --format coco-counts logits.npy")
        .ok();
    assert!(out.contains(r#""counts":[0,4]"#), "{out}");
}

#[test]
fn usage_errors_exit_with_2() {
    let dir = TestDir::new();
    dir.file("a.npy", stack());
    for line in [
        "encode",
        "encode --order row a.npy",
        "encode --order row --format coco-counts a.npy",
        "encode --labels --threshold 1 a.npy",
        "encode --ignore 255 a.npy",
        "encode --labels --ignore x a.npy",
        "encode --channels panoptic a.npy",
        "encode --channels red a.npy",
        "encode --threshold nan a.npy",
        "encode --empty x a.npy",
        "encode --memory 12parsecs a.npy",
        "encode --threads 1025 a.npy",
        "encode --threads 1000000 a.npy",
        "encode --threads -1 a.npy",
        "encode --format png a.npy",
        "decode a.jsonl",
        "decode a.jsonl -o a.txt",
        "decode a.jsonl --size 3 -o a.npy",
        "frobnicate",
    ] {
        let outcome = dir.run(line);
        assert_eq!(
            (outcome.status, outcome.out.as_str()),
            (2, ""),
            "{line}: {}",
            outcome.err
        );
        assert!(
            outcome.err.starts_with("error: ") || outcome.err.contains("Usage:"),
            "{line}: {}",
            outcome.err
        );
    }
    assert_eq!(dir.files(), ["a.npy"]);
}

#[test]
fn help_shows_every_verb_and_flag() {
    let dir = TestDir::new();
    let help = dir.run("--help").ok();
    assert!(
        ["encode", "decode", "stats", "show", "adapters"]
            .iter()
            .all(|verb| help.contains(verb)),
        "{help}"
    );
    let help = dir.run("encode --help").ok();
    for flag in [
        "--format",
        "--order",
        "--labels",
        "--threshold",
        "--layout",
        "--backend",
        "--adapter",
        "--allow-software",
        "--threads",
        "--memory",
        "--quiet",
        "--recursive",
        "--array",
        "--ignore",
        "--channels",
        "--max-memory",
        "-o, --output",
        "--empty",
    ] {
        assert!(help.contains(flag), "{flag}");
    }
}

#[test]
fn the_output_file_appears_whole_or_not_at_all() {
    let dir = TestDir::new();
    dir.file("good.npy", stack()).file("bad.npy", "nonsense");
    assert_eq!(dir.run("encode --quiet good.npy -o out.jsonl").ok(), "");
    let rows = dir.read("out.jsonl");
    assert_eq!(rows.lines().count(), 2);
    // A run that fails replaces nothing and leaves no file behind.
    dir.run("encode --quiet bad.npy -o out.jsonl")
        .fails("error: bad.npy: ", "not a .npy file");
    assert_eq!(dir.read("out.jsonl"), rows);
    dir.run("encode --quiet bad.npy -o new.jsonl")
        .fails("error: bad.npy: ", "not a .npy file");
    dir.run("encode --quiet good.npy -o nowhere/out.jsonl")
        .fails("error: nowhere/out.jsonl: ", "no folder nowhere");
    dir.run("encode --quiet good.npy -o .")
        .fails("error: .: ", "is a folder");
    assert_eq!(dir.files(), ["bad.npy", "good.npy", "out.jsonl"]);
}

#[cfg(unix)]
#[test]
fn the_output_file_is_an_ordinary_one() {
    use std::os::unix::fs::{FileTypeExt, PermissionsExt, symlink};
    let dir = TestDir::new();
    dir.file("good.npy", stack()).file("real.jsonl", "old");
    symlink("real.jsonl", dir.path("link.jsonl")).unwrap();
    dir.run("encode good.npy -o link.jsonl").ok();
    assert!(dir.path("link.jsonl").is_symlink());
    assert_eq!(dir.read("real.jsonl").lines().count(), 2);
    symlink("nothing.jsonl", dir.path("dead.jsonl")).unwrap();
    dir.run("encode --quiet good.npy -o dead.jsonl")
        .fails("error: dead.jsonl: ", "a link to nothing");
    assert!(dir.path("dead.jsonl").is_symlink());
    let mode = |name: &str| {
        std::fs::metadata(dir.path(name))
            .unwrap()
            .permissions()
            .mode()
    };
    assert_eq!(mode("real.jsonl"), mode("good.npy"));
    dir.run("encode good.npy -o /dev/null").ok();
    assert!(
        std::fs::metadata("/dev/null")
            .unwrap()
            .file_type()
            .is_char_device()
    );
}

#[test]
fn a_file_that_fails_part_way_leaves_no_row() {
    let dir = TestDir::new();
    dir.file("late.npy", labels_that_end_too_large(300_000))
        .file("good.npy", stack());
    let outcome = dir.run("encode --memory 8M good.npy late.npy good.npy -o out.jsonl");
    assert_eq!(outcome.status, 1);
    assert!(
        outcome.err.starts_with(
            "error: late.npy: the value 1099511627776 does not fit in 32 bits\n4 masks"
        ),
        "{}",
        outcome.err
    );
    let rows = dir.read("out.jsonl");
    assert_eq!((rows.lines().count(), rows.contains("late")), (4, false));
}

#[test]
fn the_summary_says_what_was_done() {
    let dir = TestDir::new();
    dir.file("stack.npy", stack());
    let err = dir.run("encode --backend cpu stack.npy").err;
    assert!(err.starts_with("2 masks, 12 pixels, 4 runs, "), "{err}");
    assert!(err.ends_with("B/s, cpu 2 masks, gpu 0 masks\n"), "{err}");
    let counts = dir
        .run("encode --backend cpu --format coco-counts stack.npy")
        .err;
    assert!(
        counts.starts_with("2 masks, 12 pixels, 4 runs, "),
        "{counts}"
    );
    assert_eq!(dir.run("encode --backend cpu --quiet stack.npy").err, "");
    dir.file("one.npy", bytes("(1, 1)", &[1]))
        .file("bad.npy", "nonsense");
    let err = dir.run("encode --backend cpu one.npy").err;
    assert!(err.starts_with("1 mask, 1 pixel, 1 run, "), "{err}");
    assert!(err.ends_with(", cpu 1 mask, gpu 0 masks\n"), "{err}");
    // Masks of inputs that failed are in no number.
    dir.file("late.npy", labels_that_end_too_large(300_000));
    let err = dir
        .run("encode --backend cpu --memory 8M one.npy late.npy bad.npy gone.npy")
        .err;
    let summary = err.lines().nth(3).unwrap();
    assert!(summary.starts_with("1 mask, 1 pixel, 1 run, "), "{err}");
    assert!(
        summary.ends_with(", cpu 1 mask, gpu 0 masks, 3 errors"),
        "{err}"
    );
}

#[test]
fn a_gpu_that_was_asked_for_and_is_missing_is_an_error() {
    let dir = TestDir::new();
    let outcome = dir
        .file("stack.npy", stack())
        .run("encode --backend gpu --adapter no-such-adapter stack.npy");
    outcome.fails("error: ", "adapter");
}

#[test]
fn a_closed_pipe_ends_quietly() {
    use std::io::Read;
    use std::process::{Command, Stdio};
    let dir = TestDir::new();
    dir.file("many.npy", bytes("(50000, 1, 2)", &[1; 100_000]));
    let run = |inputs: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_maskrle"));
        command
            .arg("encode")
            .args(inputs)
            .current_dir(dir.folder.path());
        let mut child = command
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        // Read a little, then close the pipe under the writer.
        child
            .stdout
            .take()
            .unwrap()
            .read_exact(&mut [0; 16])
            .unwrap();
        let output = child.wait_with_output().unwrap();
        (
            output.status.code(),
            String::from_utf8(output.stderr).unwrap(),
        )
    };
    assert_eq!(run(&["many.npy"]), (Some(0), String::new()));
    // A bad input still makes the exit status 1.
    let missing = "error: nofile.npy: no such file or folder\n".to_owned();
    assert_eq!(run(&["nofile.npy", "many.npy"]), (Some(1), missing));
}

#[cfg(target_os = "linux")]
#[test]
fn a_device_that_is_full_is_called_by_its_name() {
    let dir = TestDir::new();
    dir.file("stack.npy", stack())
        .run("encode --quiet stack.npy -o /dev/full")
        .fails("error: /dev/full: ", "space");
}

#[test]
fn image_ids_do_not_repeat() {
    let dir = TestDir::new();
    let mask = || bytes("(1, 2)", &[0, 1]);
    let two = || bytes("(2, 1, 2)", &[0, 1, 1, 1]);
    dir.file("a/x.npy", mask())
        .file("b/x.npy", mask())
        .file("y.npy", mask());
    dir.file("s.npy", two())
        .file("s_1.npy", mask())
        .file("s_2.npy", mask())
        .file("s_01.npy", mask());
    let kaggle = |inputs: &str| {
        let outcome = dir.run(&format!(
            "encode --quiet --format kaggle {inputs} -o out.csv"
        ));
        let rows = dir.read("out.csv");
        let ids: Vec<_> = rows
            .lines()
            .skip(1)
            .filter_map(|row| row.split(',').next())
            .collect();
        (outcome.status, outcome.err, ids.join(" "))
    };
    let taken = |name: &str, id: &str, by: &str| {
        format!(
            "error: {name}: its ImageId {id:?} is already that of {by}: \
             give one another name, or encode them to files of their own\n"
        )
    };
    assert_eq!(
        kaggle("a b y.npy"),
        (1, taken("b/x.npy", "x", "a/x.npy"), "x y".into())
    );
    assert_eq!(
        kaggle("s.npy s_1.npy"),
        (1, taken("s_1.npy", "s_1", "s.npy"), "s_0 s_1".into())
    );
    // The ImageId of its first mask is free, but no row of the failed input stays.
    assert_eq!(
        kaggle("s_1.npy s.npy"),
        (1, taken("s.npy", "s_1", "s_1.npy"), "s_1".into())
    );
    assert_eq!(
        kaggle("s.npy s_2.npy s_01.npy"),
        (0, String::new(), "s_0 s_1 s_2 s_01".into())
    );
    // The rows of one mask's labels share its id; other formats name the file.
    dir.file("labels.npy", bytes("(1, 2)", &[1, 2]));
    assert_eq!(
        kaggle("--labels labels.npy"),
        (0, String::new(), "labels labels".into())
    );
    dir.run("encode a b").ok();
}

#[test]
fn chunks_and_threads_change_nothing() {
    let dir = TestDir::new();
    let coins = data("coins.npy");
    let whole = dir.run(&format!("encode {coins}")).ok();
    assert_eq!(whole.lines().count(), 22);
    assert_eq!(
        dir.run(&format!(
            "encode --memory 1M --threads 1 --backend cpu {coins}"
        ))
        .ok(),
        whole
    );
}

#[test]
fn a_named_adapter_that_is_missing_is_an_error() {
    let dir = TestDir::new();
    let coins = data("coins.npy");
    dir.run(&format!("encode --adapter nonesuch {coins}"))
        .fails("error: no encoder: ", "no adapter");
    dir.run(&format!("encode --adapter nonesuch --backend cpu {coins}"))
        .ok();
}

#[test]
fn adapters_lists_them() {
    let dir = TestDir::new();
    let table = dir.run("adapters").ok();
    assert!(table.contains("the CPU"), "{table}");
    let list: serde_json::Value = serde_json::from_str(&dir.run("adapters --json").ok()).unwrap();
    assert!(list.is_array());
}
