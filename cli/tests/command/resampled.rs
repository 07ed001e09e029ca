//! Masks of logits at the size of an image, pasted maps, and measures beside masks.

use std::time::{Duration, Instant};

use maskrle::{Encoder, InstanceOptions, Masks};
use ndarray::Array3;
use png::{BitDepth, ColorType};

use crate::{Outcome, TestDir, bytes, npy, npz, png};

/// A `.npy` file of float32.
pub fn floats(shape: &str, values: &[f32]) -> Vec<u8> {
    let values: Vec<u8> = values
        .iter()
        .flat_map(|value| value.to_le_bytes())
        .collect();
    npy("'<f4'", false, shape, &values)
}

/// Smooth logits, other ones for each mask.
pub fn logits(masks: usize, height: usize, width: usize) -> Array3<f32> {
    Array3::from_shape_fn((masks, height, width), |(n, y, x)| {
        ((x + n) as f32 * 0.7).sin() + (y as f32 * 0.9 + n as f32).cos()
    })
}

pub fn file(logits: &Array3<f32>) -> Vec<u8> {
    let (n, h, w) = logits.dim();
    floats(&format!("({n}, {h}, {w})"), logits.as_slice().unwrap())
}

/// The lines that `--format coco` has for masks that the library encodes.
pub fn lines(name: &str, masks: &Masks<'_>) -> String {
    let encoded = Encoder::new().coco(masks).unwrap();
    let line = |(index, rle)| {
        let rle = serde_json::to_string(rle).unwrap();
        format!("{{\"source\":\"{name}\",\"index\":{index},{}\n", &rle[1..])
    };
    encoded.iter().enumerate().map(line).collect()
}

#[track_caller]
fn is_usage(outcome: Outcome, contains: &str) {
    assert_eq!(
        (outcome.status, &outcome.out[..]),
        (2, ""),
        "{}",
        outcome.err
    );
    assert!(outcome.err.contains(contains), "{}", outcome.err);
}

#[test]
fn resized_as_the_library_does() {
    let dir = TestDir::new();
    let array = logits(20, 6, 7);
    dir.file("a.npy", file(&array))
        .file("b.npz", npz(&[("x", file(&array))]))
        .file("m/c.npy", file(&array));
    let at = |t, size| Masks::threshold(&array, t).unwrap().resized(size).unwrap();
    let resize = "encode -q --threshold 0.25 --resize 400,900";
    let of = |name| lines(name, &at(0.25, [400, 900]));
    assert_eq!(dir.run(&format!("{resize} a.npy")).ok(), of("a.npy"));
    assert_eq!(
        dir.run_with(&format!("{resize} -"), file(&array)).ok(),
        of("-")
    );
    let all = [of("a.npy"), of("b.npz:x"), of("m/c.npy")].concat();
    for threads in ["", "-j 1", "-j 3", "--memory 1M", "--memory 1M -j 2"] {
        let line = format!("{resize} {threads} a.npy b.npz m");
        assert_eq!(dir.run(&line).ok(), all, "{threads}");
    }
    // Down, and to the size that they have.
    let down = dir.run("encode -q -t -0.5 --resize 3,2 a.npy").ok();
    assert_eq!(down, lines("a.npy", &at(-0.5, [3, 2])));
    let same = dir.run("encode -q -t 0 --resize 6,7 a.npy").ok();
    assert_eq!(same, dir.run("encode -q -t 0 a.npy").ok());
}

#[test]
fn a_ramp_is_cut_where_it_crosses() {
    let dir = TestDir::new();
    // From -1 to 1: of 8 columns the right 4 are above 0.
    dir.file("a.npy", floats("(2, 2)", &[-1.0, 1.0, -1.0, 1.0]));
    let run = |options: &str| {
        dir.run(&format!("encode -q -t 0 --resize 4,8 {options} a.npy"))
            .ok()
    };
    let head = "{\"source\":\"a.npy\",\"index\":0,\"size\":[4,8],";
    assert_eq!(run(""), format!("{head}\"counts\":\"`0`0\"}}\n"));
    assert_eq!(
        run("-f coco-counts"),
        format!("{head}\"counts\":[16,16]}}\n")
    );
    assert!(run("-f values").contains("\"size\":[4,8]"));
    assert!(run("-f kaggle").ends_with("\na,17 16\n"));
    let results = run("-f coco-results");
    assert!(
        results.contains("{\"size\":[4,8],\"counts\":\"`0`0\"}"),
        "{results}"
    );
    let dataset = run("-f coco-dataset");
    assert!(
        dataset.contains("\"area\":16,\"bbox\":[4,0,4,4]"),
        "{dataset}"
    );
    assert!(dataset.contains("\"height\":4,\"width\":8"), "{dataset}");
}

#[test]
fn half_floats_and_other_layouts() {
    let dir = TestDir::new();
    let array = logits(3, 4, 5);
    let halves = array.mapv(maskrle::f16::from_f32);
    let raw: Vec<u8> = halves
        .iter()
        .flat_map(|value| value.to_le_bytes())
        .collect();
    dir.file("h.npy", npy("'<f2'", false, "(3, 1, 4, 5)", &raw));
    let masks = Masks::threshold(&halves, 0.0)
        .unwrap()
        .resized([7, 9000])
        .unwrap();
    let resize = "encode -q -t 0 --resize 7,9000";
    assert_eq!(
        dir.run(&format!("{resize} h.npy")).ok(),
        lines("h.npy", &masks)
    );
    // Masks that lie between each other in the file, read in chunks of few.
    let last: Vec<f32> = (0..20)
        .flat_map(|pixel| (0..3).map(move |mask| (mask, pixel)))
        .map(|(mask, pixel)| array[[mask, pixel / 5, pixel % 5]])
        .collect();
    dir.file("l.npy", floats("(4, 5, 3)", &last));
    let masks = Masks::threshold(&array, 0.0)
        .unwrap()
        .resized([7, 9000])
        .unwrap();
    for memory in ["1M", "512M"] {
        let line = format!("{resize} --layout hwn --memory {memory} l.npy");
        assert_eq!(dir.run(&line).ok(), lines("l.npy", &masks), "{memory}");
    }
}

#[test]
fn large_targets_take_little_memory() {
    let dir = TestDir::new();
    let array = logits(3, 64, 64);
    dir.file("a.npy", file(&array));
    let begun = Instant::now();
    let line = "encode -q -t 0 --resize 20000,20000 --memory 1M --max-memory 8M";
    let rows = dir.run(&format!("{line} a.npy")).ok();
    assert!(begun.elapsed() < Duration::from_secs(20));
    let masks = Masks::threshold(&array, 0.0).unwrap();
    assert_eq!(
        rows,
        lines("a.npy", &masks.resized([20_000, 20_000]).unwrap())
    );
    dir.run("encode -q -t 0 --resize 20000,20000 --max-memory 1M a.npy")
        .fails("error: a.npy: ", "--max-memory allows");
}

#[test]
fn measures_beside_masks() {
    let dir = TestDir::new();
    dir.file(
        "m.npy",
        bytes("(2, 2, 3)", &[0, 0, 1, 0, 1, 1, 0, 0, 0, 0, 0, 0]),
    )
    .file("l.npy", floats("(1, 5)", &[-2.0, -0.5, 0.5, 2.0, 3.0]));
    let rows = dir.run("encode -q --with area,bbox m.npy").ok();
    let head = "{\"source\":\"m.npy\",\"index\":";
    assert_eq!(
        rows,
        format!(
            "{head}0,\"size\":[2,3],\"counts\":\"33\",\"area\":3,\"bbox\":[1,0,2,2]}}\n\
             {head}1,\"size\":[2,3],\"counts\":\"6\",\"area\":0,\"bbox\":[0,0,0,0]}}\n"
        )
    );
    let tails = |options: &str| {
        let out = dir.run(&format!("encode -q {options}")).ok();
        let tail = |row: &str| row.split_once("\"counts\":").unwrap().1.to_owned();
        out.lines().map(tail).collect::<Vec<_>>()
    };
    assert_eq!(tails("--with bbox m.npy")[0], "\"33\",\"bbox\":[1,0,2,2]}");
    assert_eq!(tails("--labels --with area m.npy"), ["\"33\",\"area\":3}"]);
    assert_eq!(
        tails("-f coco-counts --with area m.npy")[0],
        "[3,3],\"area\":3}"
    );
    // 2 above 1, 4 above -1; 3 above 0.
    let score = "\"stability_score\":0.5}";
    assert_eq!(
        tails("-t 0 --with stability l.npy"),
        [format!("\"23\",{score}")]
    );
    assert_eq!(
        tails("-t 0 -f coco-counts --with stability,area l.npy"),
        [format!("[2,3],\"area\":3,{score}")]
    );
    assert_eq!(
        tails("-t 0 --with stability --stability-offset 0 l.npy"),
        ["\"23\",\"stability_score\":1.0}"]
    );
    // Nothing is above 9: the score is no number.
    assert_eq!(
        tails("-t 9 --with stability l.npy"),
        ["\"5\",\"stability_score\":null}"]
    );
    let dataset = dir
        .run("encode -q -t 0 -f coco-dataset --with area,stability l.npy")
        .ok();
    assert!(
        dataset.contains("\"area\":3,\"bbox\":[2,0,3,1],\"iscrowd\":0,\"stability_score\":0.5}")
    );
    let plain = dir
        .run("encode -q -t 0 -f coco-dataset --with bbox l.npy")
        .ok();
    assert_eq!(plain, dir.run("encode -q -t 0 -f coco-dataset l.npy").ok());
    // Lines with measures are read again.
    let rows = dir
        .run("encode -q -t 0 --with area,bbox,stability l.npy")
        .ok();
    dir.file("rows.jsonl", rows)
        .run("decode rows.jsonl -o back.npy")
        .ok();
    assert!(
        std::fs::read(dir.path("back.npy"))
            .unwrap()
            .ends_with(&[0, 0, 1, 1, 1])
    );
}

#[test]
fn stability_of_doubles_and_of_resized_masks() {
    let dir = TestDir::new();
    let array = logits(3, 6, 7);
    let raw: Vec<u8> = array
        .iter()
        .flat_map(|&value| f64::from(value).to_le_bytes())
        .collect();
    dir.file("d.npy", npy("'<f8'", false, "(3, 6, 7)", &raw))
        .file("a.npy", file(&array));
    let score = |masks: Masks<'_>, offset| {
        let options = InstanceOptions::new().stability_offset(offset);
        let found = Encoder::new().instances_with(&masks, options).unwrap();
        let row = |of: &maskrle::CocoInstance| {
            let [x, y, w, h] = of.bbox;
            let score = serde_json::to_string(&of.stability_score).unwrap();
            let (area, counts) = (
                of.area,
                serde_json::to_string(&of.segmentation.counts).unwrap(),
            );
            format!(
                "{counts},\"area\":{area},\"bbox\":[{x},{y},{w},{h}],\"stability_score\":{score}}}"
            )
        };
        found.iter().map(row).collect::<Vec<_>>()
    };
    let run = |options: &str| {
        let line = format!("encode -q -t 0.1 --with area,bbox,stability {options}");
        let out = dir.run(&line).ok();
        let tail = |row: &str| row.split_once("\"counts\":").unwrap().1.to_owned();
        out.lines().map(tail).collect::<Vec<_>>()
    };
    let doubles = array.mapv(f64::from);
    assert_eq!(
        run("d.npy"),
        score(Masks::threshold(&doubles, 0.1).unwrap(), 1.0)
    );
    let resized = Masks::threshold(&array, 0.1)
        .unwrap()
        .resized([7, 9001])
        .unwrap();
    let expected = score(resized, 0.5);
    for memory in ["1M", "512M"] {
        let line = format!("--resize 7,9001 --stability-offset 0.5 --memory {memory} a.npy");
        assert_eq!(run(&line), expected, "{memory}");
    }
}

#[test]
fn pixels_that_have_no_values_between() {
    let dir = TestDir::new();
    let gray = png(ColorType::Grayscale, BitDepth::Eight, [2, 1], &[0, 9]);
    dir.file("u1.npy", bytes("(1, 2)", &[0, 1]))
        .file("b1.npy", npy("'|b1'", false, "(1, 2)", &[0, 1]))
        .file("f8.npy", npy("'<f8'", false, "(1, 2)", &[0; 16]))
        .file("a.png", gray)
        .file("box.npy", floats("(1, 4)", &[0.0, 0.0, 1.0, 1.0]));
    for (name, element) in [
        ("u1.npy", "uint8"),
        ("b1.npy", "bool"),
        ("f8.npy", "float64"),
        ("a.png", "uint8"),
    ] {
        let begins = format!("error: {name}: {element} is not resampled");
        dir.run(&format!("encode -q -t 0 --resize 4,4 {name}"))
            .fails(&begins, "--resize takes logits of float16 and float32");
        dir.run(&format!("encode -q -t 0 --paste box.npy --size 4,4 {name}"))
            .fails(&begins, "--paste takes");
        if name != "f8.npy" {
            dir.run(&format!("encode -q -t 0 --with stability {name}"))
                .fails(&format!("error: {name}: {element} has no"), "takes floats");
        }
    }
    // The others are still encoded.
    dir.file("good.npy", floats("(1, 2)", &[-1.0, 1.0]));
    let outcome = dir.run("encode -q -t 0 --resize 1,4 u1.npy good.npy");
    assert_eq!((outcome.status, outcome.out.lines().count()), (1, 1));
    dir.file("empty.npy", floats("(1, 0, 2)", &[]))
        .run("encode -q -t 0 --resize 4,4 empty.npy")
        .fails("error: empty.npy: ", "no pixels");
}

#[test]
fn options_that_do_not_go_together() {
    let dir = TestDir::new();
    let logits = floats("(1, 2)", &[-1.0, 1.0]);
    dir.file("a.npy", &logits)
        .file("c.npy", &logits)
        .file("m/a.npy", &logits)
        .file("m/b.npy", &logits);
    for (options, contains) in [
        ("--resize 4,4 a.npy", "--threshold"),
        ("--labels --resize 4,4 a.npy", "--labels"),
        (
            "-t 0 --resize 4,4 --paste b.npy --size 4,4 a.npy",
            "--paste",
        ),
        ("-t 0 --resize 4 a.npy", "is not a height and a width"),
        ("-t 0 --resize 0,4 a.npy", "a side of 0"),
        (
            "-t 0 --resize 70000,70000 a.npy",
            "at most 4294967295 pixels",
        ),
        ("--paste b.npy --size 4,4 a.npy", "--threshold"),
        ("-t 0 --paste b.npy a.npy", "--size"),
        ("-t 0 --size 4,4 a.npy", "--paste"),
        ("-t 0 --resize 4,4 --size 4,4 a.npy", "--resize"),
        (
            "-t 0 --resize 4,4 --paste-like detectron2 a.npy",
            "--resize",
        ),
        ("-t 0 --paste-like torchvision a.npy", "--paste"),
        (
            "-t 0 --paste b.npy --size 4,4 --paste-like x a.npy",
            "torchvision",
        ),
        (
            "-t 0 --paste b.npy --size 4,4 a.npy c.npy",
            "--paste goes with one input",
        ),
        (
            "-t 0 --paste b.npy --size 4,4 m",
            "--paste goes with one input",
        ),
        ("-t 0 --paste - --size 4,4 -", "- is given twice"),
        ("-t 0 --with x a.npy", "stability"),
        ("-t 0 -f kaggle --with area a.npy", "--with goes with"),
        ("-t 0 -f values --with bbox a.npy", "--with goes with"),
        (
            "-t 0 -f coco-results --with stability a.npy",
            "--with goes with",
        ),
        ("-t 0 --with area -o a.csv a.npy", "--with goes with"),
        ("--with stability a.npy", "needs --threshold"),
        ("--labels --with stability a.npy", "needs --threshold"),
        ("-t 0 --stability-offset 1 a.npy", "--with"),
        (
            "-t 0 --with area --stability-offset 1 a.npy",
            "goes with --with stability",
        ),
        ("-t 0 --with stability --stability-offset -1 a.npy", ""),
        (
            "-t 0 --with stability --stability-offset nan a.npy",
            "from 0 on",
        ),
    ] {
        is_usage(dir.run(&format!("encode {options}")), contains);
    }
    // Boxes are an input too, which the output would replace.
    dir.file("b.json", floats("(1, 4)", &[0.0; 4]))
        .run("encode -q -t 0 --paste b.json --size 4,4 a.npy -o b.json")
        .fails("error: b.json: ", "is an input too");
}
