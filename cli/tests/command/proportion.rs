//! `decode`, `show` and `stats`: memory in proportion to the file and the budget, whatever a few
//! bytes stand for.

use std::process::Command;
use std::time::{Duration, Instant};

use super::{Outcome, TestDir};

/// Runs `maskrle` with at most `mib` of address space and, where files are limited, of a file.
fn run_within(dir: &TestDir, [mib, file_mib]: [u64; 2], line: &str) -> Outcome {
    // Of a shell, so that a file that becomes too large is an error to the command, not a signal.
    let limits = format!(
        "trap '' XFSZ; ulimit -v {}; ulimit -f {}; exec \"$@\"",
        mib << 10,
        file_mib << 11
    );
    let output = Command::new("sh")
        .args(["-c", &limits, "sh", env!("CARGO_BIN_EXE_maskrle")])
        .args(line.split_whitespace())
        .current_dir(dir.folder.path())
        .output()
        .unwrap();
    Outcome {
        status: output.status.code().expect("it exits, it is not killed"),
        out: String::from_utf8(output.stdout).unwrap(),
        err: String::from_utf8(output.stderr).unwrap(),
    }
}

/// Limits under which the whole command runs, and that what it is asked for would exceed.
const LIMITS: [u64; 2] = [512, 256];

/// A dataset of `masks` annotations of some 100 bytes, each of a million runs.
fn wide_polygons(masks: usize) -> String {
    let width = 500_000;
    let annotation = |id: usize| {
        format!(
            r#"{{"id":{id},"image_id":{},"segmentation":[[0,0,{width},0,{width},1,0,1]]}}"#,
            id % 2 + 1
        )
    };
    let annotations: Vec<_> = (0..masks).map(annotation).collect();
    format!(
        r#"{{"images":[{{"id":1,"height":2,"width":{width}}},{{"id":2,"height":2,"width":{width}}}],
            "annotations":[{}]}}"#,
        annotations.join(",")
    )
}

#[test]
fn one_mask_at_a_time_is_in_memory() {
    let dir = TestDir::new();
    // 4 MB of runs each.
    dir.file("wide.json", wide_polygons(44));
    let limits = [140, 256];
    run_within(&dir, limits, "decode wide.json -o wide.npy").ok();
    let header = dir.path("wide.npy").metadata().unwrap().len() - 44_000_000;
    assert!(header < 1000);
    std::fs::remove_file(dir.path("wide.npy")).unwrap();
    let stats = run_within(&dir, limits, "stats wide.json").ok();
    assert!(
        stats.starts_with("wide.json: 44 masks in 44 rows"),
        "{stats}"
    );
    let sheet = run_within(&dir, limits, "show wide.json -o sheet.png");
    assert!(sheet.err.contains("all 44 rows"), "{}", sheet.err);
    sheet.ok();
    run_within(&dir, limits, "show wide.json --index 0 -o first.png").ok();
}

/// One budget for all rows that are kept, raised by the option.
#[test]
fn masks_over_each_other_are_within_the_budget() {
    let dir = TestDir::new();
    dir.file("wide.json", wide_polygons(20));
    for (options, allowed) in [
        ("--max-memory 16M --pile", 16u64 << 20),
        ("--max-memory 32M --pile", 32 << 20),
        ("--scale 64", 2 << 30),
    ] {
        let line = format!("show wide.json --image-id 1 {options} -o none.png");
        run_within(&dir, LIMITS, &line).fails(
            "error: wide.json:",
            &format!("--max-memory allows {allowed} bytes"),
        );
    }
    dir.run("show wide.json --image-id 1 --max-memory 512M -o one.png")
        .ok();
    dir.run("stats wide.json --max-memory 1M").fails(
        "error: wide.json:2: annotations[0]: ",
        "--max-memory allows 1048576 bytes",
    );
    dir.run("decode wide.json --max-memory 1M -o none.npy")
        .fails(
            "error: wide.json:2: annotations[0]: ",
            "--max-memory allows 1048576 bytes",
        );
    assert_eq!(dir.files(), ["one.png", "wide.json"]);
}

/// Rows of pixels that are longer than any band, in types of one byte and of eight.
#[test]
fn long_rows_are_cut() {
    let dir = TestDir::new();
    for order in ["row", "column"] {
        for value in ["1", "99999999999"] {
            let row = format!(
                r#"{{"size":[1,4294967295],"order":"{order}","values":[0,{value}],
                    "counts":[5,4294967290]}}"#
            );
            dir.file("long.json", row);
            run_within(&dir, LIMITS, "decode long.json -o none.npy")
                .fails("error: none.npy: ", "File too large");
            run_within(&dir, LIMITS, "stats long.json").ok();
            assert_eq!(dir.files(), ["long.json"]);
        }
    }
}

/// Rows that fit no band beside ones that do, and masks of 70 million pixels, which take two.
#[test]
fn bands_are_the_rows_of_the_mask() {
    let dir = TestDir::new();
    for (order, size) in [("row", [2, 35_000_000]), ("column", [7, 10_000_000])] {
        let [height, width] = size;
        let before = height * width - 14_000_003;
        let row = format!(
            r#"{{"size":[{height},{width}],"order":"{order}","values":[0,9,0],
                "counts":[{before},14000000,3]}}"#
        );
        dir.file("rows", row);
        run_within(&dir, LIMITS, "decode rows -o out.npy").ok();
        let file = std::fs::read(dir.path("out.npy")).unwrap();
        let pixels = &file[file.len() - height * width..];
        let set = |position: usize| (before..before + 14_000_000).contains(&position);
        for (index, &pixel) in pixels.iter().enumerate() {
            let (y, x) = (index / width, index % width);
            let position = if order == "row" {
                index
            } else {
                x * height + y
            };
            assert_eq!(pixel == 9, set(position), "{order}, {y}, {x}");
        }
    }
}

/// Pictures take the time of their own pixels, not of the masks'.
#[test]
fn large_masks_are_drawn_at_the_pictures_size() {
    let dir = TestDir::new();
    let coco =
        |[h, w]: [u64; 2], counts: &[u64]| format!(r#"{{"size":[{h},{w}],"counts":{counts:?}}}"#);
    for ([height, width], counts, sides) in [
        ([16_384, 16_384], vec![0, 16_384 * 16_384], [4096, 4096]),
        ([100_000_000, 1], vec![0, 100_000_000], [1, 4096]),
        ([1, 100_000_000], vec![0, 100_000_000], [4096, 1]),
        ([65_535, 65_537], vec![0, 65_535 * 65_537], [3856, 3855]),
        ([5000, 4000], vec![9_999_000, 2000, 9_999_000], [2000, 2500]),
    ] {
        dir.file("large.jsonl", coco([height, width], &counts));
        let started = Instant::now();
        dir.run("show large.jsonl -o out.png").ok();
        assert!(
            started.elapsed() < Duration::from_secs(20),
            "{height} x {width}"
        );
        let file = std::fs::File::open(dir.path("out.png")).unwrap();
        let reader = png::Decoder::new(std::io::BufReader::new(file))
            .read_info()
            .unwrap();
        let info = reader.info();
        assert_eq!([info.width, info.height], sides, "{height} x {width}");
    }
    dir.file("large.jsonl", coco([16_384, 16_384], &[16_384 * 16_384]));
    dir.run("show large.jsonl --scale 4 -o none.png").fails(
        "error: large.jsonl: a picture of 65536 x 65536 pixels: ",
        "--max-memory allows",
    );
    dir.run("show large.jsonl --scale 64 --max-memory 1T -o none.png")
        .fails(
            "error: large.jsonl: a picture of 1048576 x 1048576 pixels: ",
            "--max-memory",
        );
    assert_eq!(dir.files(), ["large.jsonl", "out.png"]);
}

/// Many masks over each other take the time of a few pictures, not of one each.
#[test]
fn many_large_masks_are_drawn_in_time() {
    let dir = TestDir::new();
    let rows = |[h, w]: [u64; 2], rows: usize| {
        format!("{{\"size\":[{h},{w}],\"counts\":[5,{},5]}}\n", h * w - 10).repeat(rows)
    };
    for (size, masks, options, sides) in [
        ([60_000, 60_000], 400, "--pile", [811, 811]),
        ([640, 640], 50, "", [640, 640]),
    ] {
        dir.file("large.jsonl", rows(size, masks));
        let started = Instant::now();
        dir.run(&format!("show large.jsonl {options} -o out.png"))
            .ok();
        let elapsed = started.elapsed();
        // One each would take minutes.
        assert!(elapsed < Duration::from_secs(90), "{masks}: {elapsed:?}");
        let file = std::fs::File::open(dir.path("out.png")).unwrap();
        let reader = png::Decoder::new(std::io::BufReader::new(file))
            .read_info()
            .unwrap();
        let info = reader.info();
        assert_eq!([info.width, info.height], sides, "{masks}");
    }
}

/// A picture's header is believed only as far as there is memory for what it claims.
#[test]
fn a_jpeg_that_claims_much_is_refused() {
    let dir = TestDir::new();
    dir.file("mask.jsonl", r#"{"size":[5,8],"counts":[3,4,33]}"#);
    for [height, width] in [[65_535u16, 65_535], [65_535, 20_000], [20_000, 65_535]] {
        let mut jpeg = crate::drawn::jpeg([8, 8], &[128]);
        let frame = jpeg
            .windows(2)
            .position(|pair| pair == [0xff, 0xc0])
            .unwrap();
        jpeg[frame + 5..frame + 7].copy_from_slice(&height.to_be_bytes());
        jpeg[frame + 7..frame + 9].copy_from_slice(&width.to_be_bytes());
        dir.file("claim.jpg", jpeg);
        run_within(
            &dir,
            LIMITS,
            "show mask.jsonl --image claim.jpg -o none.png",
        )
        .fails(
            "error: --image claim.jpg: ",
            "--max-memory allows 2147483648 bytes",
        );
    }
    assert_eq!(dir.files(), ["claim.jpg", "mask.jsonl"]);
}
