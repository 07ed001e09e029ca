//! Results of pycocotools 2.0.11 on the same masks: `tests/data/make_ops_golden.py`. Nothing
//! differs; cases where pycocotools is wrong are left to `refused.rs`, which says what is right.

use maskrle::{CocoRle, MaskRuns, Order, Runs, SetOp, box_iou};
use ndarray::Array2;
use serde_json::Value;

fn golden() -> Value {
    serde_json::from_str(include_str!("../data/golden_ops.json")).unwrap()
}

fn list<T: serde::de::DeserializeOwned>(value: &Value) -> Vec<T> {
    serde_json::from_value(value.clone()).unwrap()
}

fn matrix(value: &Value) -> Array2<f64> {
    let rows: Vec<Vec<f64>> = list(value);
    Array2::from_shape_vec((rows.len(), rows[0].len()), rows.concat()).unwrap()
}

/// The name of an entry, and its masks, read from their strings.
fn stacks() -> Vec<(String, Value, Runs)> {
    let stacks: Vec<Value> = list(&golden()["stacks"]);
    assert_eq!(stacks.len(), 31);
    let read = |entry: Value| {
        let size: [u32; 2] = serde_json::from_value(entry["size"].clone()).unwrap();
        let strings: Vec<String> = list(&entry["masks"]);
        let rles: Vec<_> = strings
            .into_iter()
            .map(|counts| CocoRle { size, counts })
            .collect();
        (entry["name"].to_string(), entry, Runs::read(&rles).unwrap())
    };
    stacks.into_iter().map(read).collect()
}

fn string(mask: &MaskRuns) -> String {
    mask.to_coco().unwrap().counts
}

#[test]
fn areas_are_those_of_pycocotools() {
    for (name, entry, runs) in stacks() {
        assert_eq!(runs.areas(), list::<u64>(&entry["area"]), "{name}");
    }
}

#[test]
fn boxes_are_those_of_pycocotools() {
    for (name, entry, runs) in stacks() {
        assert_eq!(runs.bboxes(), list::<[u32; 4]>(&entry["bbox"]), "{name}");
    }
}

#[test]
fn unions_and_intersections_are_those_of_pycocotools() {
    for (name, entry, runs) in stacks() {
        assert_eq!(
            string(&runs.merge(SetOp::Union).unwrap()),
            entry["union"],
            "{name}"
        );
        assert_eq!(
            string(&runs.merge(SetOp::Intersection).unwrap()),
            entry["intersection"],
            "{name}"
        );
    }
}

#[test]
fn iou_of_masks_is_that_of_pycocotools() {
    for (name, entry, runs) in stacks() {
        let half = |from: usize| {
            Runs::concat((from..from + 2).map(|index| runs.mask(index).into())).unwrap()
        };
        let (found, truth) = (half(0), half(2));
        assert_eq!(
            found.iou(&truth, &[]).unwrap(),
            matrix(&entry["iou"]),
            "{name}"
        );
        assert_eq!(
            found.iou(&truth, &[false, true]).unwrap(),
            matrix(&entry["iou_crowd"]),
            "{name}"
        );
    }
}

/// pycocotools' decode is pinned by encode and decode of the same pixels; here it only counts them.
#[test]
fn decoded_pixels_are_those_of_pycocotools() {
    for (name, entry, runs) in stacks() {
        for layout in [Order::RowMajor, Order::ColumnMajor] {
            let stack = runs.decode::<u8>(layout).unwrap();
            let pixels: Vec<u64> = stack
                .outer_iter()
                .map(|mask| mask.iter().copied().map(u64::from).sum())
                .collect();
            assert_eq!(pixels, list::<u64>(&entry["pixels"]), "{name}");
            let encoder = maskrle::Encoder::builder()
                .backend(maskrle::Backend::Cpu)
                .build()
                .unwrap();
            let strings = encoder
                .coco(&maskrle::Masks::binary(&stack).unwrap())
                .unwrap();
            let strings: Vec<_> = strings.into_iter().map(|rle| rle.counts).collect();
            assert_eq!(strings, list::<String>(&entry["masks"]), "{name}");
        }
    }
}

#[test]
fn masks_of_boxes_are_those_of_pycocotools() {
    let boxes: Vec<Value> = list(&golden()["boxes"]);
    assert_eq!(boxes.len(), 120);
    for entry in boxes {
        let size: [u32; 2] = serde_json::from_value(entry["size"].clone()).unwrap();
        let bbox: [f64; 4] = serde_json::from_value(entry["box"].clone()).unwrap();
        let runs = MaskRuns::from_bbox(size, Order::ColumnMajor, bbox).unwrap();
        // Its boxes may hold runs of no pixels, ours never do.
        let expected = CocoRle {
            size,
            counts: entry["mask"].as_str().unwrap().into(),
        }
        .to_runs()
        .unwrap();
        assert_eq!(runs, expected, "{bbox:?} in {size:?}");
    }
}

#[test]
fn iou_of_boxes_is_that_of_pycocotools() {
    let golden = golden();
    let entry = &golden["box_iou"];
    let (found, truth): (Vec<[f64; 4]>, Vec<[f64; 4]>) =
        (list(&entry["found"]), list(&entry["truth"]));
    let crowd: Vec<bool> = list::<u8>(&entry["crowd"])
        .into_iter()
        .map(|crowd| crowd == 1)
        .collect();
    for (crowd, key) in [(&[][..], "iou"), (&crowd, "iou_crowd")] {
        let difference = box_iou(&found, &truth, crowd).unwrap() - matrix(&entry[key]);
        assert!(
            difference.iter().all(|difference| difference.abs() < 1e-12),
            "{key}"
        );
    }
}
