//! Arrays of two dimensions beside stacks in an archive: boxes and key points, no masks.

use crate::{Outcome, TestDir, bytes, npy, npz};

/// Two masks of 2 x 3.
fn stack() -> Vec<u8> {
    bytes("(2, 2, 3)", &[0, 1, 1, 0, 1, 0, 0, 0, 0, 0, 0, 1])
}

/// Sources of the rows, each once, and the last line of standard error.
#[track_caller]
fn sources_and_note(outcome: Outcome) -> (String, String) {
    let note = outcome.err.lines().last().unwrap_or_default().to_owned();
    let rows = outcome.ok();
    let mut sources: Vec<_> = rows
        .lines()
        .map(|row| row.split('"').nth(3).unwrap())
        .collect();
    sources.dedup();
    (sources.join(" "), note)
}

#[test]
fn boxes_are_no_masks() {
    let dir = TestDir::new();
    let boxes = || npy("'<f4'", false, "(2, 4)", &[0; 32]);
    let whole_boxes = || npy("'<i8'", false, "(2, 4)", &[1; 64]);
    let ids = || npy("'<i8'", false, "(2,)", &[0; 16]);
    let points = || bytes("(17, 2)", &[1; 34]);
    let batch = || bytes("(1, 2, 2, 3)", &[1; 12]);
    for (arrays, sources, left_out) in [
        (
            vec![("masks", stack()), ("boxes", boxes())],
            "a.npz:masks",
            "1 array of two dimensions left out: boxes",
        ),
        (
            vec![
                ("bbox", whole_boxes()),
                ("ids", ids()),
                ("points", points()),
                ("masks", stack()),
            ],
            "a.npz:masks",
            "3 arrays of one or two dimensions left out: bbox, ids, points",
        ),
        (
            vec![
                ("masks", batch()),
                ("boxes", boxes()),
                ("version", npy("'<i8'", false, "()", &[0; 8])),
            ],
            "a.npz:masks",
            "2 arrays of at most two dimensions left out: boxes, version",
        ),
    ] {
        dir.file("a.npz", npz(&arrays));
        let (found, note) = sources_and_note(dir.run("encode a.npz"));
        assert_eq!((found.as_str(), note.as_str()), (sources, left_out));
    }
    // By its name one is taken.
    let rows = dir.run("encode -q --threshold 0 --array boxes a.npz").ok();
    assert!(rows.contains(r#""source":"a.npz:boxes","#), "{rows}");
}

/// A `.npy` file of zeros.
fn floats(shape: &[usize]) -> Vec<u8> {
    let sides: Vec<_> = shape.iter().map(usize::to_string).collect();
    let bytes = vec![0; 4 * shape.iter().product::<usize>()];
    npy("'<f4'", false, &format!("({},)", sides.join(", ")), &bytes)
}

/// A `.npy` file of bools that are false.
fn bools(shape: &[usize]) -> Vec<u8> {
    let sides: Vec<_> = shape.iter().map(usize::to_string).collect();
    let pixels = vec![0; shape.iter().product()];
    npy("'|b1'", false, &format!("({},)", sides.join(", ")), &pixels)
}

/// Boxes and key points of as many dimensions as the masks, or more, are none.
#[test]
fn things_of_many_dimensions_are_no_masks() {
    let dir = TestDir::new();
    let masks = |shape: &[usize]| ("masks", floats(shape));
    for arrays in [
        // By their names.
        vec![masks(&[2, 5, 6, 7]), ("boxes", floats(&[2, 5, 4]))],
        vec![masks(&[5, 6, 7]), ("keypoints", floats(&[5, 17, 3]))],
        vec![masks(&[6, 7]), ("pred_bbox", floats(&[9, 4]))],
        vec![
            masks(&[6, 7]),
            ("boxes", floats(&[2, 9, 4])),
            ("scores", floats(&[2, 9])),
            ("ids", floats(&[9])),
        ],
        vec![masks(&[5, 6, 7]), ("point_coords", floats(&[5, 1, 2]))],
        vec![masks(&[40, 50]), ("contour", floats(&[123, 1, 2]))],
        vec![masks(&[40, 50]), ("dets", floats(&[7, 6]))],
        vec![
            masks(&[40, 50]),
            ("depth", floats(&[40, 50])),
            ("points", floats(&[40, 50, 3])),
        ],
        // Whatever their shapes, if they are not as large as what is called masks.
        vec![masks(&[40, 50]), ("tracks", floats(&[50, 3, 2]))],
        vec![masks(&[40, 50]), ("crop", floats(&[20, 30, 3]))],
        vec![masks(&[40, 50]), ("onehot", floats(&[7, 80]))],
        vec![masks(&[2, 5, 40, 50]), ("dets", floats(&[2, 5, 4]))],
        vec![masks(&[5, 40, 50]), ("pose", floats(&[5, 17, 3]))],
        vec![masks(&[40, 50]), ("dets", floats(&[9, 4]))],
        // Pictures of the masks' size.
        vec![masks(&[3, 40, 50]), ("image", floats(&[40, 50]))],
        vec![masks(&[2, 40, 50]), ("images", floats(&[2, 3, 40, 50]))],
        vec![masks(&[3, 40, 50]), ("frames", floats(&[3, 40, 50, 3]))],
        vec![masks(&[3, 40, 50]), ("bands", floats(&[3, 40, 50, 4]))],
        vec![masks(&[5, 6]), ("rgb", floats(&[5, 6, 3]))],
        // If they are the masks of nothing else, they are masks.
        vec![
            masks(&[7, 2, 9, 3]),
            ("boxes", floats(&[2, 9, 4])),
            ("scores", floats(&[2, 9])),
        ],
        vec![
            masks(&[1, 5, 40, 50]),
            ("image", floats(&[40, 50, 3])),
            ("logits", floats(&[1, 5, 80])),
        ],
    ] {
        let names: Vec<_> = arrays.iter().map(|(name, _)| *name).collect();
        dir.file("a.npz", npz(&arrays));
        let (sources, note) = sources_and_note(dir.run("encode --threshold 0.5 a.npz"));
        assert_eq!(sources, "a.npz:masks", "{names:?}");
        let mut others = names[1..].to_vec();
        others.sort_unstable();
        let expected = format!("left out: {}", others.join(", "));
        assert!(note.ends_with(&expected), "{note}");
        // In whatever order.
        let reversed: Vec<_> = arrays.into_iter().rev().collect();
        dir.file("a.npz", npz(&reversed));
        let (sources, _) = sources_and_note(dir.run("encode --threshold 0.5 a.npz"));
        assert_eq!(sources, "a.npz:masks", "{names:?}");
        let array = names[1];
        dir.run(&format!("encode --threshold 0.5 --array {array} a.npz"))
            .ok();
    }
}

#[test]
fn masks_that_look_like_things_are_masks() {
    let dir = TestDir::new();
    for arrays in [
        vec![("boxes", floats(&[40, 50])), ("cars", floats(&[40, 50]))],
        vec![("a", floats(&[5, 6, 3])), ("b", floats(&[5, 9, 3]))],
        vec![("a", floats(&[5, 40, 50])), ("b", floats(&[6, 17, 3]))],
        vec![("a", floats(&[9, 4])), ("b", floats(&[20, 30]))],
        vec![("a", floats(&[40, 50])), ("b", floats(&[33, 3]))],
        vec![("mask_0", floats(&[40, 50])), ("mask_1", floats(&[33, 3]))],
        vec![("masks", bools(&[40, 50, 3])), ("union", bools(&[40, 50]))],
        vec![("a", bools(&[5, 64, 64])), ("b", bools(&[5, 64, 3]))],
        vec![("a", bools(&[5, 64, 64])), ("b", bools(&[6, 3]))],
        vec![("image", floats(&[40, 50]))],
    ] {
        dir.file("a.npz", npz(&arrays));
        let rows = dir.run("encode --threshold 0.5 a.npz");
        let (sources, _) = sources_and_note(rows);
        let names: Vec<_> = arrays
            .iter()
            .map(|(name, _)| format!("a.npz:{name}"))
            .collect();
        assert_eq!(sources, names.join(" "));
    }
    // Channels of [h, w, n] are masks.
    let arrays = [("a", floats(&[40, 50, 3])), ("b", floats(&[40, 50]))];
    dir.file("a.npz", npz(&arrays));
    let outcome = dir.run("encode --threshold 0.5 --layout hwn a.npz");
    assert_eq!(sources_and_note(outcome).0, "a.npz:a a.npz:b");
}

#[test]
fn an_archive_of_boxes_alone_has_no_masks() {
    let dir = TestDir::new();
    for arrays in [
        vec![("boxes", floats(&[9, 4])), ("scores", floats(&[9]))],
        vec![("scores", floats(&[2, 9])), ("boxes", floats(&[2, 9, 4]))],
    ] {
        dir.file("a.npz", npz(&arrays));
        let says = "boxes, and no array of the archive is masks: ";
        dir.run("encode --threshold 0.5 -q a.npz").fails(
            "error: a.npz:boxes: ",
            &format!("{says}--array boxes takes it as one"),
        );
        dir.run("stats --threshold 0.5 a.npz").fails_first(
            "error: a.npz:boxes: ",
            &format!("{says}encode --array boxes takes it as one"),
        );
    }
}

/// Among stacks, a mask that is as large as theirs is one.
#[test]
fn masks_of_the_same_size_as_those_of_a_stack_are_masks() {
    let dir = TestDir::new();
    let semantic = || bytes("(2, 3)", &[1; 6]);
    dir.file(
        "a.npz",
        npz(&[("semantic", semantic()), ("masks", stack())]),
    );
    let (sources, _) = sources_and_note(dir.run("encode a.npz"));
    assert_eq!(sources, "a.npz:semantic a.npz:masks");
    let image = bytes("(40, 50, 3)", &[1; 40 * 50 * 3]);
    let mask = bytes("(40, 50)", &[1; 40 * 50]);
    dir.file("a.npz", npz(&[("image", image), ("mask", mask)]));
    let (sources, note) = sources_and_note(dir.run("encode a.npz"));
    assert_eq!(sources, "a.npz:mask");
    assert_eq!(note, "1 array without masks left out: image");
    let hwn = bytes("(2, 3, 5)", &[1; 30]);
    dir.file("a.npz", npz(&[("semantic", semantic()), ("masks", hwn)]));
    let (sources, _) = sources_and_note(dir.run("encode --layout hwn a.npz"));
    assert_eq!(sources, "a.npz:semantic a.npz:masks");
    let (sources, _) = sources_and_note(dir.run("encode a.npz"));
    assert_eq!(sources, "a.npz:masks");
}

#[test]
fn archives_of_masks_alone_have_all_of_them() {
    let dir = TestDir::new();
    let mask = |side: usize| bytes(&format!("({side}, 4)"), &vec![1; side * 4]);
    dir.file(
        "a.npz",
        npz(&[("a", mask(2)), ("b", mask(3)), ("c", mask(1))]),
    );
    let (sources, _) = sources_and_note(dir.run("encode a.npz"));
    assert_eq!(sources, "a.npz:a a.npz:b a.npz:c");
    // Strings of three dimensions are no stack.
    let names = npy("'<U1'", false, "(1, 1, 1)", &[0; 4]);
    dir.file("b.npz", npz(&[("a", mask(2)), ("names", names)]));
    let outcome = dir.run("encode -q b.npz");
    assert_eq!((outcome.status, outcome.out.lines().count()), (1, 1));
}

#[test]
fn stats_and_show_say_what_they_leave_out() {
    let dir = TestDir::new();
    let boxes = npy("'<i4'", false, "(2, 4)", &[0; 32]);
    let ids = npy("'<i4'", false, "(2,)", &[0; 8]);
    dir.file(
        "m/a.npz",
        npz(&[("masks", stack()), ("boxes", boxes), ("ids", ids)]),
    );
    dir.file("m/notes.txt", "").file("m/sub/b.npy", stack());
    let notes = "1 folder and 1 file of another kind in m were not read (--recursive reads folders)
2 arrays of one or two dimensions left out: boxes, ids\n";
    let outcome = dir.run("stats m");
    assert_eq!(outcome.err, notes);
    assert!(outcome.ok().contains("2 masks in 2 rows"));
    let outcome = dir.run("show m --sheet -o sheet.png");
    assert!(outcome.err.contains(notes), "{}", outcome.err);
    let outcome = dir.run("stats --recursive m");
    assert!(
        outcome.err.starts_with("1 file of another kind in m was"),
        "{}",
        outcome.err
    );
    assert!(outcome.ok().contains("4 masks in 4 rows"));
    // Alone, they say it of an archive too.
    let outcome = dir.run("stats m/a.npz");
    assert!(
        outcome.err.starts_with("2 arrays of one or two"),
        "{}",
        outcome.err
    );
}
