//! Masks that are pasted into boxes.

use maskrle::{Masks, Paste};

use crate::resampled::{file, floats, lines, logits};
use crate::{TestDir, npy};

#[test]
fn pasted_as_the_library_does() {
    let dir = TestDir::new();
    let array = logits(4, 5, 5);
    let corners = [
        [1.5, 2.0, 20.25, 15.0],
        [-3.0, -2.5, 8.0, 9.0],
        [30.0, 10.0, 60.0, 31.0],
        [0.0, 0.0, 40.0, 30.0],
    ];
    dir.file("maps.npy", file(&array));
    let doubles: Vec<u8> = corners
        .iter()
        .flatten()
        .flat_map(|&corner: &f32| f64::from(corner).to_be_bytes())
        .collect();
    let turned: Vec<f32> = (0..16).map(|i| corners[i % 4][i / 4]).collect();
    let turned: Vec<u8> = turned
        .iter()
        .flat_map(|corner| corner.to_le_bytes())
        .collect();
    dir.file("f4.npy", floats("(4, 4)", &corners.concat()))
        .file("f8.npy", npy("'>f8'", false, "(4, 4)", &doubles))
        .file("fortran.npy", npy("'<f4'", true, "(4, 4)", &turned));
    let size = [3000, 4000];
    let above = Masks::threshold(&array, 0.5).unwrap();
    let at_least = Masks::at_least(&array, 0.5).unwrap();
    let torchvision = above.pasted(&corners, size, Paste::Torchvision).unwrap();
    let detectron2 = at_least.pasted(&corners, size, Paste::GridSample).unwrap();
    for (like, masks) in [
        ("", &detectron2),
        ("--paste-like detectron2", &detectron2),
        ("--paste-like torchvision", &torchvision),
    ] {
        for boxes in ["f4.npy", "f8.npy", "fortran.npy"] {
            for memory in ["--memory 1M", "-j 1 --memory 1M", ""] {
                let line =
                    format!("encode -q -t 0.5 --paste {boxes} --size 3000,4000 {like} {memory}");
                let rows = dir.run(&format!("{line} maps.npy")).ok();
                assert_eq!(rows, lines("maps.npy", masks), "{line}");
            }
        }
    }
    let boxes = floats("(4, 4)", &corners.concat());
    let line = "encode -q -t 0.5 --paste - --size 3000,4000 maps.npy";
    assert_eq!(
        dir.run_with(line, boxes).ok(),
        lines("maps.npy", &detectron2)
    );
}

#[test]
fn a_map_of_ones_fills_its_box() {
    let dir = TestDir::new();
    let integers: Vec<u8> = [2i64, 0, 4, 3]
        .iter()
        .flat_map(|i| i.to_le_bytes())
        .collect();
    dir.file("a.npy", floats("(1, 1, 28, 28)", &[1.0; 28 * 28]))
        .file("b.npy", npy("'<i8'", false, "(1, 4)", &integers));
    let line = "encode -q -f coco-counts --with area,bbox --paste b.npy --size 3,6 -t 0.5 a.npy";
    let row = dir.run(line).ok();
    let tail = "\"size\":[3,6],\"counts\":[6,6,6],\"area\":6,\"bbox\":[2,0,2,3]}\n";
    assert!(row.ends_with(tail), "{row}");
}

#[test]
fn boxes_that_do_not_go_with_the_maps() {
    let dir = TestDir::new();
    dir.file("a.npy", floats("(2, 2, 2)", &[1.0; 8]));
    let run = |boxes: Vec<u8>| {
        dir.file("b.npy", boxes);
        dir.run("encode -q -t 0.5 --paste b.npy --size 9,9 a.npy")
    };
    for count in [0, 1, 3] {
        let boxes = [0.0, 0.0, 1.0, 1.0].repeat(count);
        run(floats(&format!("({count}, 4)"), &boxes)).fails(
            "error: a.npy: 2 maps, and b.npy has ",
            &format!("has {count} boxes: each map"),
        );
    }
    for (shape, boxes) in [("(2,)", 2), ("(2, 5)", 10), ("(1, 2, 4)", 8)] {
        run(floats(shape, &vec![0.0; boxes])).fails("error: b.npy: ", "boxes are [n, 4]");
    }
    for (bad, what) in [
        ([0.0, 0.0, f32::NAN, 1.0], "NaN is no coordinate"),
        ([0.0, 0.0, 1.0, f32::INFINITY], "inf is no coordinate"),
        ([5.0, 0.0, 1.0, 1.0], "it ends at x = 1"),
    ] {
        let boxes = [[0.0, 0.0, 1.0, 1.0], bad].concat();
        run(floats("(2, 4)", &boxes)).fails("error: b.npy: box 1: ", what);
    }
    run(floats("(1000000000000, 4)", &[])).fails("error: b.npy: ", "--max-memory allows");
    run(floats("(2, 4)", &[0.0; 7])).fails("error: b.npy: truncated", "fewer");
    run(npy("'|b1'", false, "(2, 4)", &[0; 8])).fails("error: b.npy: bool", "floats or integers");
    run(b"no array".to_vec()).fails("error: b.npy: ", "not a .npy file");
    dir.run("encode -q -t 0.5 --paste none.npy --size 9,9 a.npy")
        .fails("error: none.npy: ", "no such file");
}
