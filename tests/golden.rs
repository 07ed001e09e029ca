//! What others wrote down for the same masks: pycocotools, and the nine encoders in
//! `tests/data/snippets.py`.
//!
//! Every mask is encoded by the CPU and by whatever `Backend::Auto` finds, software adapters
//! included.

use maskrle::{
    Backend, CocoCounts, CocoRle, Encoder, Error, KaggleRle, MaskRuns, Masks, Order, Position,
    Runs, ValueCounts,
};
use ndarray::{Array2, ShapeBuilder, s};
use serde_json::Value;

fn golden(text: &str, entries: usize) -> Vec<Value> {
    let golden: Vec<Value> = serde_json::from_str(text).unwrap();
    assert_eq!(golden.len(), entries);
    golden
}

fn numbers<T: TryFrom<i64, Error: std::fmt::Debug>>(value: &Value) -> Vec<T> {
    value
        .as_array()
        .unwrap()
        .iter()
        .map(|number| T::try_from(number.as_i64().unwrap()).unwrap())
        .collect()
}

fn size(entry: &Value) -> [u32; 2] {
    numbers(&entry["size"]).try_into().unwrap()
}

fn encoders() -> [Encoder; 2] {
    let cpu = Encoder::builder().backend(Backend::Cpu);
    let auto = Encoder::builder()
        .backend(Backend::Auto)
        .allow_software(true);
    [cpu, auto].map(|builder| builder.build().unwrap())
}

/// Zeros with rectangles `[top, left, height, width, value]` painted in order.
fn painted(entry: &Value) -> Array2<u8> {
    let mut mask = Array2::zeros(size(entry).map(|side| side as usize));
    for rect in entry["rects"].as_array().unwrap() {
        let rect: Vec<usize> = numbers(rect);
        let [top, left, height, width, value] = rect.try_into().unwrap();
        mask.slice_mut(s![top..top + height, left..left + width])
            .fill(value as u8);
    }
    mask
}

/// Calls `check` with the runs of every painted mask, by each encoder.
fn each_snippet(order: Order, labels: bool, check: impl Fn(&Runs, &Value)) {
    let entries = golden(include_str!("data/golden_snippets.json"), 27);
    for encoder in encoders() {
        for entry in &entries {
            let pixels = painted(entry);
            let masks = if labels {
                Masks::labels(&pixels)
            } else {
                Masks::binary(&pixels)
            }
            .unwrap();
            check(&encoder.runs(&masks, order).unwrap(), entry);
        }
    }
}

fn check_kaggle(runs: &Runs, entry: &Value) {
    let kaggle = KaggleRle::try_from(runs.get(0).unwrap()).unwrap();
    assert_eq!(
        kaggle.pairs,
        entry["kaggle_rows"].as_str().unwrap(),
        "{}",
        entry["name"]
    );
    assert_eq!(kaggle.to_runs().unwrap(), runs.mask(0), "{}", entry["name"]);
}

fn check_counts(runs: &Runs, entry: &Value, key: &str) {
    let coco = CocoCounts::try_from(runs.get(0).unwrap()).unwrap();
    assert_eq!(
        coco,
        CocoCounts {
            size: size(entry),
            counts: numbers(&entry[key])
        },
        "{}",
        entry["name"]
    );
    assert_eq!(coco.to_runs().unwrap(), runs.mask(0), "{}", entry["name"]);
}

fn check_values(runs: &Runs, entry: &Value, key: &str, order: Order) {
    let expected = &entry[key];
    let encoded = ValueCounts::from(runs.get(0).unwrap());
    let (values, counts) = (numbers(&expected["values"]), numbers(&expected["counts"]));
    assert_eq!(
        encoded,
        ValueCounts {
            size: size(expected),
            order,
            values,
            counts
        },
        "{}",
        entry["name"]
    );
    assert_eq!(
        encoded.to_runs().unwrap(),
        runs.mask(0),
        "{}",
        entry["name"]
    );
}

#[test]
fn snippet_rle_encode() {
    each_snippet(Order::RowMajor, false, |runs, entry| {
        let encoded = ValueCounts::from(runs.get(0).unwrap());
        assert_eq!(
            encoded.values,
            numbers::<i64>(&entry["rle"]["values"]),
            "{}",
            entry["name"]
        );
        assert_eq!(
            encoded.counts,
            numbers::<u32>(&entry["rle"]["lengths"]),
            "{}",
            entry["name"]
        );
    });
}

#[test]
fn snippet_pycocotools_encode() {
    each_snippet(Order::ColumnMajor, false, |runs, entry| {
        let coco = CocoRle::try_from(runs.get(0).unwrap()).unwrap();
        let counts = entry["coco"].as_str().unwrap().to_owned();
        assert_eq!(
            coco,
            CocoRle {
                size: size(entry),
                counts
            },
            "{}",
            entry["name"]
        );
        assert_eq!(coco.to_runs().unwrap(), runs.mask(0), "{}", entry["name"]);
    });
}

#[test]
fn snippet_kaggle_by_rows() {
    each_snippet(Order::RowMajor, false, check_kaggle);
}

#[test]
fn snippet_uncompressed_coco_by_groupby() {
    each_snippet(Order::ColumnMajor, false, |runs, entry| {
        check_counts(runs, entry, "coco_counts_groupby")
    });
}

#[test]
fn snippet_uncompressed_coco_by_loop() {
    each_snippet(Order::ColumnMajor, false, |runs, entry| {
        check_counts(runs, entry, "coco_counts_loop")
    });
}

#[test]
fn snippet_row_major_values_appended() {
    each_snippet(Order::RowMajor, true, |runs, entry| {
        check_values(runs, entry, "values_rows_1", Order::RowMajor)
    });
}

#[test]
fn snippet_row_major_values_from_comprehensions() {
    each_snippet(Order::RowMajor, true, |runs, entry| {
        check_values(runs, entry, "values_rows_2", Order::RowMajor)
    });
}

#[test]
fn snippet_row_major_values_from_pairs() {
    each_snippet(Order::RowMajor, true, |runs, entry| {
        check_values(runs, entry, "values_rows_3", Order::RowMajor)
    });
}

#[test]
fn snippet_column_major_values_by_numpy() {
    each_snippet(Order::ColumnMajor, true, |runs, entry| {
        check_values(runs, entry, "values_columns", Order::ColumnMajor);
    });
}

fn splitmix64(state: &mut u64) -> u64 {
    *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let z = (*state ^ (*state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

#[test]
fn the_generator_is_the_one_that_drew_the_golden_masks() {
    let mut state = 1_234_567;
    let draws = [(); 3].map(|()| splitmix64(&mut state));
    assert_eq!(
        draws,
        [
            6_457_827_717_110_365_317,
            3_203_168_211_198_807_973,
            9_817_491_932_198_370_423
        ]
    );
}

/// The mask that an entry of golden_random.json describes: see `tests/data/README.md`.
fn drawn(entry: &Value) -> Array2<u8> {
    let number = |key: &str| entry[key].as_u64().unwrap();
    let [h, w] = size(entry).map(|side| side as usize);
    let mut state = number("seed");
    let mut pixels = Vec::with_capacity(h * w);
    while pixels.len() < h * w {
        let set = (splitmix64(&mut state) >> 56) < number("per_256");
        let end = (pixels.len() + number("run") as usize).min(h * w);
        pixels.resize(end, u8::from(set));
    }
    Array2::from_shape_vec((h, w).set_f(entry["scan"] == "column"), pixels).unwrap()
}

#[test]
fn drawn_masks_are_pycocotools_very_bytes() {
    let entries = golden(include_str!("data/golden_random.json"), 344);
    let masks: Vec<_> = entries.iter().map(drawn).collect();
    for encoder in encoders() {
        let batch = Masks::batch(masks.iter().map(|mask| Masks::binary(mask).unwrap())).unwrap();
        let encoded = encoder.coco(&batch).unwrap();
        assert_eq!(encoded.len(), entries.len());
        for ((entry, mask), coco) in entries.iter().zip(&masks).zip(encoded) {
            let counts = entry["coco"].as_str().unwrap().to_owned();
            assert_eq!(
                coco,
                CocoRle {
                    size: size(entry),
                    counts
                },
                "seed {}",
                entry["seed"]
            );
            let decoded = coco.to_runs().unwrap();
            assert_eq!(
                decoded.area(),
                entry["area"].as_u64().unwrap(),
                "seed {}",
                entry["seed"]
            );
            assert_eq!(decoded.to_mask().unwrap(), mask, "seed {}", entry["seed"]);
        }
    }
}

/// As masks of one column; the entries that are no mask, or not as an encoder would write it, are
/// only read.
#[test]
fn strings_of_extreme_counts() {
    let mut written = 0;
    for entry in golden(include_str!("data/golden_strings.json"), 64) {
        let counts: Vec<u32> = numbers(&entry["counts"]);
        let string = entry["string"].as_str().unwrap().to_owned();
        let Ok(pixels) = u32::try_from(counts.iter().map(|&count| u64::from(count)).sum::<u64>())
        else {
            let error = CocoRle {
                size: [u32::MAX, 1],
                counts: string,
            }
            .to_runs()
            .unwrap_err();
            assert!(
                matches!(
                    &error,
                    Error::Format {
                        at: Position::Count(_),
                        ..
                    }
                ),
                "{error}"
            );
            continue;
        };
        let coco = CocoRle {
            size: [pixels, 1],
            counts: string,
        };
        let runs = coco.to_runs().unwrap();
        assert_eq!(
            runs,
            MaskRuns::from_counts([pixels, 1], Order::ColumnMajor, counts.iter().copied()).unwrap()
        );
        if counts.iter().skip(1).all(|&count| count > 0) {
            assert_eq!(CocoRle::try_from(&runs).unwrap(), coco);
            written += 1;
        }
    }
    assert_eq!(written, 54);
}
