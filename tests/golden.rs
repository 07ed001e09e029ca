//! Encoded masks as others write them: pycocotools, and the nine encoders in
//! `tests/data/snippets.py`.
//!
//! Every mask is encoded by the CPU, and in stacks that `Backend::Auto` shares between the CPU and
//! whatever adapter it finds, software ones included.

mod support;

use maskrle::{
    Backend, CocoCounts, CocoRle, Encoder, Error, KaggleRle, Labels, MaskRuns, Masks, Order,
    Position, Runs, ValueCounts, Values,
};
use ndarray::{Array2, ShapeBuilder, s};
use serde_json::Value;
use support::Random;

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

/// Calls `check` with an encoder on the CPU, and with one that shares stacks until both backends
/// have encoded masks: which of them takes what is a race, and a call may end before the GPU has
/// begun.
fn each_encoder(check: impl Fn(&Encoder)) {
    check(&Encoder::builder().backend(Backend::Cpu).build().unwrap());
    let shared = Encoder::builder().backend(Backend::Auto);
    #[cfg(feature = "gpu")]
    let shared = shared.allow_software(true).share_from(1).share_always(true);
    let shared = shared.build().unwrap();
    // Opens the device.
    if shared.backend().backend == Backend::Cpu {
        let is_required = std::env::var("MASKRLE_REQUIRE_GPU").is_ok_and(|value| value == "1");
        assert!(!is_required, "{}", shared.backend().reason);
        return check(&shared);
    }
    for _ in 0..200 {
        check(&shared);
        let tally = shared.tally();
        if tally.cpu > 0 && tally.gpu > 0 {
            return;
        }
    }
    panic!("the backends do not share: {:?}", shared.tally());
}

/// Copies of every mask in a stack: enough for both backends to take some.
const COPIES: usize = 40;

/// The runs of one mask of u8, as a stack of its own.
fn alone(runs: &Runs, index: usize) -> Runs {
    let mask = runs.get(index).unwrap();
    let values = match runs.values() {
        Values::Binary(first) => Values::Binary(vec![first[index]]),
        _ => Values::Labels(Labels::U8(mask.values().map(|value| value as u8).collect())),
    };
    let (starts, sizes) = (mask.starts().to_vec(), vec![mask.size()]);
    Runs::from_parts(
        runs.order(),
        sizes,
        vec![0, starts.len() as u64],
        starts,
        values,
    )
    .unwrap()
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
    let pixels: Vec<_> = entries.iter().map(painted).collect();
    let masks = || {
        pixels.iter().map(|mask| match labels {
            true => Masks::labels(mask).unwrap(),
            false => Masks::binary(mask).unwrap(),
        })
    };
    let batch = Masks::batch((0..COPIES).flat_map(|_| masks())).unwrap();
    each_encoder(|encoder| {
        let runs = encoder.runs(&batch, order).unwrap();
        assert_eq!(runs.len(), COPIES * entries.len());
        for index in 0..runs.len() {
            check(&alone(&runs, index), &entries[index % entries.len()]);
        }
    });
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
fn row_major_values_and_lengths_are_those_of_rle_encode() {
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
fn strings_are_those_of_pycocotools() {
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
fn row_major_pairs_are_those_of_the_kaggle_snippet() {
    each_snippet(Order::RowMajor, false, check_kaggle);
}

#[test]
fn counts_are_those_of_the_snippet_with_groupby() {
    each_snippet(Order::ColumnMajor, false, |runs, entry| {
        check_counts(runs, entry, "coco_counts_groupby")
    });
}

#[test]
fn counts_are_those_of_the_snippet_with_a_loop() {
    each_snippet(Order::ColumnMajor, false, |runs, entry| {
        check_counts(runs, entry, "coco_counts_loop")
    });
}

#[test]
fn row_major_values_are_those_of_the_snippet_that_appends() {
    each_snippet(Order::RowMajor, true, |runs, entry| {
        check_values(runs, entry, "values_rows_1", Order::RowMajor)
    });
}

#[test]
fn row_major_values_are_those_of_the_snippet_with_comprehensions() {
    each_snippet(Order::RowMajor, true, |runs, entry| {
        check_values(runs, entry, "values_rows_2", Order::RowMajor)
    });
}

#[test]
fn row_major_values_are_those_of_the_snippet_with_pairs() {
    each_snippet(Order::RowMajor, true, |runs, entry| {
        check_values(runs, entry, "values_rows_3", Order::RowMajor)
    });
}

#[test]
fn column_major_values_are_those_of_the_numpy_snippet() {
    each_snippet(Order::ColumnMajor, true, |runs, entry| {
        check_values(runs, entry, "values_columns", Order::ColumnMajor);
    });
}

#[test]
fn the_generator_is_the_one_that_drew_the_golden_masks() {
    let mut random = Random(1_234_567);
    let draws = [(); 3].map(|()| random.next());
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
    let mut random = Random(number("seed"));
    let mut pixels = Vec::with_capacity(h * w);
    while pixels.len() < h * w {
        let set = (random.next() >> 56) < number("per_256");
        let end = (pixels.len() + number("run") as usize).min(h * w);
        pixels.resize(end, u8::from(set));
    }
    Array2::from_shape_vec((h, w).set_f(entry["scan"] == "column"), pixels).unwrap()
}

#[test]
fn drawn_masks_are_pycocotools_very_bytes() {
    let entries = golden(include_str!("data/golden_random.json"), 344);
    let masks: Vec<_> = entries.iter().map(drawn).collect();
    let batch = Masks::batch(masks.iter().map(|mask| Masks::binary(mask).unwrap())).unwrap();
    each_encoder(|encoder| {
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
    });
}

/// As masks of one column; the entries that are no mask, or not as an encoder would write it, are
/// only read.
#[test]
fn strings_of_extreme_counts_are_read_and_written() {
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
