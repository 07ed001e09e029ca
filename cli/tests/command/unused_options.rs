//! Options that mean nothing to the inputs, or that are given twice.

use png::{BitDepth, ColorType};

use crate::{TestDir, bytes, npy, npz, png};

fn mask() -> Vec<u8> {
    bytes("(1, 2)", &[0, 1])
}

/// The lines of standard error after the summary.
#[track_caller]
fn notes(dir: &TestDir, line: &str) -> String {
    let outcome = dir.run(line);
    let notes: Vec<_> = outcome.err.lines().skip(1).map(str::to_owned).collect();
    outcome.ok();
    notes.join("\n")
}

#[test]
fn a_layout_of_other_dimensions() {
    let dir = TestDir::new();
    dir.file("a.npy", mask())
        .file("b.npy", bytes("(1, 2, 1)", &[0, 1]))
        .file(
            "a.png",
            png(ColorType::Grayscale, BitDepth::Eight, [2, 1], &[0, 9]),
        );
    let unused = "--layout hwn had no effect: no input has three dimensions or four";
    for inputs in ["a.npy", "a.png", "a.npy a.png"] {
        let line = format!("encode --layout hwn {inputs}");
        assert_eq!(notes(&dir, &line), unused);
    }
    assert_eq!(notes(&dir, "encode --layout hwn a.npy b.npy"), "");
    assert_eq!(notes(&dir, "encode --layout nhw a.npy"), "");
    assert_eq!(dir.run("encode -q --layout hwn a.npy").err, "");
}

#[test]
fn channels_of_what_has_none() {
    let dir = TestDir::new();
    let palette = png(ColorType::Indexed, BitDepth::Eight, [2, 1], &[0, 3]);
    let colours = png(ColorType::Rgb, BitDepth::Eight, [2, 1], &[0, 1, 2, 3, 4, 5]);
    let gray = png(ColorType::Grayscale, BitDepth::Eight, [2, 1], &[0, 9]);
    dir.file("a.npy", mask())
        .file("palette.png", &palette)
        .file("also.png", &palette)
        .file("colours.png", colours)
        .file("gray.png", gray);
    assert_eq!(
        notes(&dir, "encode --channels r a.npy"),
        "--channels had no effect: no input is a PNG"
    );
    let had = "--channels had no effect on";
    assert_eq!(
        notes(&dir, "encode --channels r palette.png"),
        format!("{had} 1 PNG with a palette: the indices are read")
    );
    assert_eq!(
        notes(
            &dir,
            "encode --channels g palette.png also.png colours.png a.npy"
        ),
        format!("{had} 2 PNGs with a palette: the indices are read")
    );
    assert_eq!(notes(&dir, "encode --channels b gray.png"), "");
    assert_eq!(notes(&dir, "encode --channels b colours.png"), "");
}

#[test]
fn folders_in_no_folder() {
    let dir = TestDir::new();
    dir.file("a.npy", mask()).file("m/b.npy", mask());
    for line in [
        "encode --recursive a.npy",
        "encode --recursive a.npy m/b.npy",
        "stats --recursive a.npy",
        "show --recursive a.npy -o a.png",
    ] {
        let outcome = dir.run(line);
        assert_eq!(outcome.status, 2, "{line}: {}", outcome.err);
        assert!(outcome.err.contains("--recursive is about folders"));
    }
    assert_eq!(dir.run_with("encode --recursive -", mask()).status, 2);
    assert_eq!(notes(&dir, "encode --recursive a.npy m"), "");
    dir.run("encode -q --recursive none")
        .fails("error: none: ", "no such file or folder");
}

#[test]
fn arrays_that_are_asked_for_twice() {
    let dir = TestDir::new();
    dir.file("a.npz", npz(&[("a", mask()), ("b", mask())]));
    let rows = dir.run("encode -q --array a --array a --array a.npy a.npz");
    assert_eq!(rows.ok().lines().count(), 1);
    dir.run("encode -q --array x --array x a.npz")
        .fails("error: a.npz: ", "no array of --array x in it");
    dir.run("encode -q --array x --array x.npy a.npz")
        .fails("error: a.npz: ", "no array of --array x in it");
}

#[test]
fn ignored_labels_may_be_too_large_for_32_bits() {
    let dir = TestDir::new();
    let unsigned = |labels: &[u64]| {
        let pixels: Vec<u8> = labels
            .iter()
            .flat_map(|label| label.to_le_bytes())
            .collect();
        npy("'<u8'", false, &format!("(1, {})", labels.len()), &pixels)
    };
    let signed = |labels: &[i64]| {
        let pixels: Vec<u8> = labels
            .iter()
            .flat_map(|label| label.to_le_bytes())
            .collect();
        npy("'<i8'", false, &format!("(1, {})", labels.len()), &pixels)
    };
    let runs = |file: Vec<u8>, ignored: &str| {
        dir.file("a.npy", file);
        let line = format!("encode -q --labels -f values --ignore {ignored} a.npy");
        dir.run(&line)
    };
    let expected = runs(unsigned(&[7, 7, 0, 3]), "255").ok();
    for (file, ignored) in [
        (unsigned(&[7, 7, u64::MAX, 3]), u64::MAX.to_string()),
        (unsigned(&[7, 7, 1 << 40, 3]), (1u64 << 40).to_string()),
        (signed(&[7, 7, i64::MIN, 3]), i64::MIN.to_string()),
        (signed(&[7, 7, 1 << 40, 3]), (1i64 << 40).to_string()),
        (signed(&[7, 7, -1, 3]), "-1".to_string()),
    ] {
        assert_eq!(runs(file, &ignored).ok(), expected, "{ignored}");
    }
    runs(unsigned(&[7, 1 << 40]), "255").fails("error: a.npy: ", "does not fit in 32 bits");
}
