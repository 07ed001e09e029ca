//! Masks that are resampled: the golden files that torch made, and what their tests share.

use fearless_simd::Level;
use half::{bf16, f16};
use maskrle::{Backend, Encoder, Float, Masks, Order, Runs};
use ndarray::{Array3, ArrayView3};
use serde_json::Value;

use super::{ORDERS, Random};

/// The CPU on one thread.
pub fn encoder() -> Encoder {
    let encoder = Encoder::builder().backend(Backend::Cpu).threads(1);
    encoder.build().expect("the CPU is there")
}

/// True if the CPU multiplies and adds by one instruction, as torch's does that the golden files
/// are of.
pub fn is_fused(level: Level) -> bool {
    #[cfg(target_arch = "x86_64")]
    return level.as_avx2().is_some();
    #[cfg(target_arch = "aarch64")]
    return level.as_neon().is_some();
    #[allow(unreachable_code, reason = "of other architectures nothing is known")]
    {
        let _ = level;
        false
    }
}

/// Lengths of a mask's runs by columns, background first.
fn counts(runs: &Runs, mask: usize) -> Vec<u32> {
    let mask = runs.mask(mask);
    let [height, width] = mask.size();
    let mut starts = mask.starts().to_vec();
    if mask.values().next() == Some(0) {
        starts.remove(0);
    }
    let mut before = 0;
    starts.push(height * width);
    let counts = starts
        .iter()
        .map(|&start| start - std::mem::replace(&mut before, start));
    counts.collect()
}

fn thresholded<T: Float>(logits: ArrayView3<'_, T>, threshold: f64, at_least: bool) -> Masks<'_> {
    let masks = match at_least {
        true => Masks::at_least(logits, threshold),
        false => Masks::threshold(logits, threshold),
    };
    masks.expect("small")
}

/// How the logits of a golden file's entries are resampled.
pub trait Golden {
    fn resample<'a>(&self, masks: Masks<'a>, entry: &Value) -> Masks<'a>;
}

/// Height and width of an entry's target.
pub fn size_of_entry(entry: &Value) -> [u32; 2] {
    serde_json::from_value(entry["size"].clone()).expect("two sides")
}

/// Compares all entries of a golden file with what is encoded, and gives their number.
pub fn check_golden(text: &str, golden: &impl Golden) -> usize {
    let entries: Vec<Value> = serde_json::from_str(text).expect("JSON");
    if !is_fused(Level::new()) {
        return entries.len();
    }
    for entry in &entries {
        let hex = entry["logits"]
            .as_str()
            .expect("hexadecimal digits")
            .as_bytes();
        let digit = |digit: u8| (digit as char).to_digit(16).expect("a digit") as u8;
        let bytes = hex
            .chunks(2)
            .map(|pair| digit(pair[0]) << 4 | digit(pair[1]));
        let bytes: Vec<u8> = bytes.collect();
        let halves = bytes.as_chunks().0.iter();
        let halves = halves.map(|&half| u16::from_le_bytes(half));
        match entry["type"].as_str() {
            Some("float16") => check_entry(golden, entry, halves.map(f16::from_bits).collect()),
            Some("bfloat16") => check_entry(golden, entry, halves.map(bf16::from_bits).collect()),
            _ => {
                let singles = bytes.as_chunks().0.iter();
                let singles = singles.map(|&single| f32::from_le_bytes(single));
                check_entry(golden, entry, singles.collect());
            }
        }
    }
    entries.len()
}

/// One entry, as logits of one type.
fn check_entry<T: Float>(golden: &impl Golden, entry: &Value, logits: Vec<T>) {
    let shape: [usize; 3] = serde_json::from_value(entry["shape"].clone()).expect("three sides");
    let logits = Array3::from_shape_vec(shape, logits).expect("of it");
    let threshold = entry["threshold"].as_f64().expect("a number");
    let at_least = entry["at_least"].as_bool().expect("true or false");
    let masks = golden.resample(thresholded(logits.view(), threshold, at_least), entry);
    let expected: Vec<Vec<u32>> =
        serde_json::from_value(entry["counts"].clone()).expect("lists of counts");
    let case = format!(
        "{} {:?} to {:?}, {threshold}",
        entry["type"],
        shape,
        size_of_entry(entry)
    );
    let by_column = encoder().runs(&masks, Order::ColumnMajor).expect("binary");
    let by_row = encoder().runs(&masks, Order::RowMajor).expect("binary");
    let turned = by_row.to_order(Order::ColumnMajor).expect("small");
    let coco = encoder().coco(&masks).expect("binary");
    for (mask, expected) in expected.iter().enumerate() {
        assert_eq!(counts(&by_column, mask), *expected, "{case}, mask {mask}");
        assert_eq!(
            counts(&turned, mask),
            *expected,
            "{case}, mask {mask}, by rows"
        );
    }
    assert_eq!(coco, by_column.to_coco().expect("binary"), "{case}");
}

/// Waves and a little noise, of which few cells are mixed where they are many.
pub fn waves(shape: [usize; 3], seed: u64) -> Array3<f32> {
    let mut random = Random(seed);
    Array3::from_shape_fn(shape, |(mask, row, column)| {
        let noise = random.below(1000) as f32 / 20_000.0;
        let (row, column) = (row as f32 * 0.11, column as f32 * 0.07);
        (row + mask as f32).sin() + (column + 0.5).cos() + noise - 0.3
    })
}

/// A number from 0 to 1.
pub fn unit(random: &mut Random) -> f32 {
    random.below(1 << 20) as f32 / (1 << 20) as f32
}

/// Boxes of all sizes in and around a target, some of them without a width or height.
pub fn boxes(random: &mut Random, count: usize, [height, width]: [u32; 2]) -> Vec<[f32; 4]> {
    let mut pair = |side: u32| {
        let length = match random.below(8) {
            0 => 0.0,
            1 => 1.0 + unit(random),
            2 => 5.0 * side as f32,
            _ => unit(random) * side as f32,
        };
        let begin = unit(random) * (side as f32 * 1.4) - side as f32 * 0.2 - length * 0.3;
        // On whole and half pixels too.
        match random.below(4) {
            0 => [begin.round(), begin.round() + length.round()],
            1 => [begin.round() + 0.5, begin.round() + 0.5 + length.round()],
            _ => [begin, begin + length],
        }
    };
    let corners = |_| {
        let ([y0, y1], [x0, x1]) = (pair(height), pair(width));
        [x0, y0, x1, y1]
    };
    (0..count).map(corners).collect()
}

/// Maps of waves or of noise, with special values among them.
pub fn maps(random: &mut Random, shape: [usize; 3], kind: usize) -> Array3<f32> {
    const SPECIAL: [f32; 6] = [
        f32::NAN,
        f32::INFINITY,
        f32::NEG_INFINITY,
        1e-40,
        3e38,
        -0.0,
    ];
    let mut maps = waves(shape, random.below(1000)).mapv(|value| value + 0.3);
    for value in &mut maps {
        match kind {
            0 => *value = unit(random),
            1 if random.below(30) == 0 => *value = SPECIAL[random.below(6) as usize],
            _ => {}
        }
    }
    maps
}

pub fn assert_equal(encoder: &Encoder, masks: &Masks<'_>, pixels: &Array3<bool>, case: &str) {
    for order in ORDERS {
        let expected = encoder.runs(&Masks::binary(pixels).expect("small"), order);
        assert_eq!(encoder.runs(masks, order), expected, "{case}, {order:?}");
    }
    let expected = encoder.coco(&Masks::binary(pixels).expect("small"));
    assert_eq!(encoder.coco(masks), expected, "{case}");
}

/// SIMD levels of this machine: the least, the best and, on x86, one between them.
pub fn levels() -> Vec<Level> {
    let best = Level::new();
    #[allow(
        unused_mut,
        reason = "only x86 has levels between the least and the best"
    )]
    let mut levels = vec![Level::fallback(), best];
    #[cfg(target_arch = "x86_64")]
    levels.extend(best.as_sse4_2().map(Level::Sse4_2));
    levels
}
