//! Starts that count from the end of the run before, as SIIM-ACR has them: read and written.

use super::{TestDir, bytes};

#[test]
fn starts_that_count_from_the_run_before() {
    let dir = TestDir::new();
    dir.file(
        "in.csv",
        "ImageId, EncodedPixels\nx, 2 2 6 2\ny,0 3 0 2\nz, -1\n",
    );
    dir.run("convert in.csv out.csv --size 5,6 --relative --empty -1")
        .ok();
    let absolute = "ImageId,EncodedPixels\nx,3 2 11 2\ny,1 5\nz,-1\n";
    assert_eq!(dir.read("out.csv"), absolute);
    dir.run("decode in.csv --size 5,6 --relative --empty -1 -o relative.npy")
        .ok();
    dir.run("decode out.csv --size 5,6 --empty -1 -o absolute.npy")
        .ok();
    let read = |name: &str| std::fs::read(dir.path(name)).unwrap();
    assert_eq!(read("relative.npy"), read("absolute.npy"));
    let stats = dir
        .run("stats in.csv --size 5,6 --relative --empty -1")
        .ok();
    assert!(
        stats.contains("3 masks in 3 rows, 1 of them empty"),
        "{stats}"
    );
    dir.run("show in.csv --size 5,6 --relative --empty -1 --index 0 -o out.png")
        .ok();
    for (pairs, why) in [
        ("2 2 6", "pair 1: the start \"6\" has no length"),
        ("2 2 26 1", "beyond the 30 pixels"),
        ("-2 2", "pair 0: the start \"-2\""),
        ("4 4294967295 4294967295 1", ""),
    ] {
        dir.file("in.csv", format!("rle\n{pairs}\n"));
        dir.run("decode in.csv --size 5,6 --relative -o out.npy")
            .fails("error: in.csv:2: ", why);
    }
}

#[test]
fn they_are_written_and_come_back() {
    let dir = TestDir::new();
    dir.file(
        "in.csv",
        "ImageId,EncodedPixels\nx,3 2 11 2\ny,1 5\nz,-1\nw,30 1\nv,1 30\n",
    );
    let relative = "ImageId,EncodedPixels\nx,2 2 6 2\ny,0 5\nz,-1\nw,29 1\nv,0 30\n";
    for order in ["row", "column"] {
        let options = format!("--size 5,6 --empty -1 --order {order}");
        dir.run(&format!(
            "convert in.csv out.csv {options} --write-relative"
        ))
        .ok();
        assert_eq!(dir.read("out.csv"), relative);
        dir.run(&format!("convert out.csv back.csv {options} --relative"))
            .ok();
        assert_eq!(dir.read("back.csv"), dir.read("in.csv"));
        // Both: read and written so.
        dir.run(&format!(
            "convert out.csv again.csv {options} --relative --write-relative"
        ))
        .ok();
        assert_eq!(dir.read("again.csv"), relative);
    }
    dir.run("convert in.csv full.csv --size 5,6 --empty -1 --full --write-relative")
        .ok();
    dir.run("convert full.csv back.csv --relative --empty -1")
        .ok();
    assert_eq!(dir.read("back.csv"), dir.read("in.csv"));
}

#[test]
fn pixels_and_json_become_them() {
    let dir = TestDir::new();
    dir.file(
        "a.npy",
        bytes("(2, 2, 3)", &[1, 1, 0, 0, 1, 1, 0, 0, 0, 0, 0, 0]),
    );
    dir.run("encode a.npy -q --empty -1 --order row -o direct.csv")
        .ok();
    let absolute = "ImageId,EncodedPixels\na_0,1 2 5 2\na_1,-1\n";
    assert_eq!(dir.read("direct.csv"), absolute);
    dir.run("encode a.npy -q --empty -1 --write-relative -o direct.csv")
        .ok();
    let relative = "ImageId,EncodedPixels\na_0,0 1 1 2 1 1\na_1,-1\n";
    assert_eq!(dir.read("direct.csv"), relative);
    dir.run("encode a.npy -q -o rows.jsonl").ok();
    dir.run("convert rows.jsonl out.csv --empty -1 --write-relative")
        .ok();
    assert_eq!(dir.read("out.csv"), relative);
    dir.run("decode out.csv --size 2,3 --empty -1 --relative -o back.npy")
        .ok();
    let read = |name: &str| std::fs::read(dir.path(name)).unwrap();
    assert!(read("back.npy").ends_with(&[1, 1, 0, 0, 1, 1, 0, 0, 0, 0, 0, 0]));
    for (line, why) in [
        (
            "encode a.npy --write-relative",
            "--write-relative goes with --format kaggle",
        ),
        (
            "convert rows.jsonl out.json --write-relative",
            "--write-relative goes with --to kaggle",
        ),
        (
            "convert rows.jsonl out.csv --relative",
            "--relative is about CSV, and rows.jsonl is JSON; --write-relative writes such starts",
        ),
    ] {
        let outcome = dir.run(line);
        assert_eq!(outcome.status, 2, "{}", outcome.err);
        assert!(outcome.err.contains(why), "{}", outcome.err);
    }
}
