//! Masks that are resampled: against torch's, by golden files and, pixel by pixel, by its formulas.

mod support;

use half::{bf16, f16};
use maskrle::{Backend, Encoder, Error, Float, Masks, Order, Runs};
use ndarray::{Array3, ArrayView3, Axis, s};
use serde_json::Value;
use support::ORDERS;
use support::formulas::interpolated;
use support::resampled::{
    Golden, assert_equal, check_golden, encoder, is_fused, levels, size_of_entry, waves,
};

/// The logits of an entry of the golden file at its size.
struct ToSize;

impl Golden for ToSize {
    fn resample<'a>(&self, masks: Masks<'a>, entry: &Value) -> Masks<'a> {
        masks.resized(size_of_entry(entry)).expect("it may be")
    }
}

#[test]
fn torch_gives_the_same_pixels() {
    let text = include_str!("data/golden_resized.json");
    assert!(check_golden(text, &ToSize) > 40);
}

/// Up, down, both, in small targets and one to one, on every level.
#[test]
fn pixels_are_those_of_the_formula_on_every_level() {
    let levels = levels();
    let logits = waves([3, 70, 90], 1);
    for level in levels {
        let builder = Encoder::builder().backend(Backend::Cpu).simd_level(level);
        let encoder = builder.build().expect("the CPU is there");
        for size in [
            [300, 400],
            [70, 400],
            [300, 90],
            [70, 90],
            [35, 400],
            [300, 33],
            [60, 80],
            [64, 64],
            [30, 20],
            [1, 1],
            [1, 300],
            [300, 1],
        ] {
            let expected = interpolated(logits.view(), size, is_fused(level));
            for threshold in [0.0, 0.5, -0.25] {
                let masks = Masks::threshold(&logits, threshold).expect("small");
                let masks = masks.resized(size).expect("it may be");
                let expected = expected.mapv(|pixel| pixel > threshold as f32);
                let case = format!("{size:?} above {threshold}, {level:?}");
                assert_equal(&encoder, &masks, &expected, &case);
            }
        }
    }
}

fn resized_to<T: Float>(logits: ArrayView3<'_, T>, size: [u32; 2]) -> Runs {
    let masks = Masks::threshold(logits, 0.1).expect("small");
    let masks = masks.resized(size).expect("it may be");
    encoder().runs(&masks, Order::ColumnMajor).expect("binary")
}

#[test]
fn strides_do_not_matter() {
    let logits = waves([2, 66, 130], 2);
    let by_column = logits.view().permuted_axes([0, 2, 1]);
    let by_column = by_column.as_standard_layout().into_owned();
    let by_column = by_column.view().permuted_axes([0, 2, 1]);
    let wide = waves([2, 66, 260], 3);
    let every_other = wide.slice(s![.., ..;-1, ..;2]);
    for (view, size) in [
        (by_column, [200, 300]),
        (every_other, [200, 300]),
        (every_other, [50, 60]),
    ] {
        let copy = view.as_standard_layout().into_owned();
        assert_eq!(resized_to(view, size), resized_to(copy.view(), size));
    }
    assert_eq!(by_column, logits.view());
}

/// The threshold too is taken as f32: 0.1 is less as f16, and more as bf16.
#[test]
fn floats_of_16_bits_are_taken_as_singles() {
    let logits = waves([2, 48, 40], 4);
    for size in [[150, 210], [30, 40]] {
        let halves = logits.mapv(f16::from_f32);
        let singles = halves.mapv(f32::from);
        let expected = resized_to(singles.view(), size);
        assert_eq!(resized_to(halves.view(), size), expected);
        assert_eq!(resized_to(halves.slice(s![.., .., ..;-1]), size), {
            resized_to(singles.slice(s![.., .., ..;-1]), size)
        });
        let halves = logits.mapv(bf16::from_f32);
        assert_eq!(resized_to(halves.view(), size), {
            resized_to(halves.mapv(f32::from).view(), size)
        });
    }
}

#[test]
fn sizes_and_types_go_together_in_one_batch() {
    let (first, second) = (waves([2, 32, 32], 5), waves([3, 20, 50], 6));
    let halves = second.mapv(f16::from_f32);
    let plain = interpolated(first.view(), [130, 140], false);
    let parts = || {
        [
            Masks::threshold(&first, 0.0).and_then(|masks| masks.resized([200, 300])),
            Masks::threshold(&second, 0.0).and_then(|masks| masks.resized([129, 77])),
            Masks::threshold(&halves, 0.0).and_then(|masks| masks.resized([20, 30])),
            Masks::threshold(&plain, 0.0),
        ]
        .map(|part| part.expect("it may be"))
    };
    let batch = Masks::batch(parts()).expect("of one kind");
    assert_eq!(batch.len(), 10);
    let sizes = [0, 2, 5, 8].map(|index| batch.size(index));
    assert_eq!(sizes, [[200, 300], [129, 77], [20, 30], [130, 140]]);
    assert_eq!(
        batch.pixels(),
        2 * 200 * 300 + 3 * 129 * 77 + 3 * 20 * 30 + 2 * 130 * 140
    );
    for threads in [1, 2] {
        let builder = Encoder::builder().backend(Backend::Cpu).threads(threads);
        let encoder = builder.build().expect("the CPU is there");
        let strings = parts().map(|part| encoder.coco(&part).expect("binary"));
        assert_eq!(encoder.coco(&batch).expect("binary"), strings.concat());
    }
}

#[test]
fn many_masks_go_to_all_threads() {
    let logits = waves([40, 64, 64], 7);
    let masks = Masks::threshold(&logits, 0.2).and_then(|masks| masks.resized([300, 420]));
    let masks = masks.expect("it may be");
    let builder = Encoder::builder().backend(Backend::Cpu).threads(3);
    let threads = builder.build().expect("the CPU is there");
    for order in ORDERS {
        assert_eq!(threads.runs(&masks, order), encoder().runs(&masks, order));
    }
    assert_eq!(threads.coco(&masks), encoder().coco(&masks));
    let mut streamed = Vec::new();
    let chunks = logits.axis_chunks_iter(Axis(0), 7).map(Ok::<_, Error>);
    let encode = |encoder: &Encoder, chunk: ArrayView3<'_, f32>| {
        encoder.coco(&Masks::threshold(chunk, 0.2)?.resized([300, 420])?)
    };
    let each = |strings| {
        streamed.extend::<Vec<_>>(strings);
        Ok(())
    };
    threads.stream(chunks, encode, each).expect("as before");
    assert_eq!(streamed, encoder().coco(&masks).expect("binary"));
}

/// Auto opens no device for them, however many pixels they have.
#[test]
fn the_cpu_encodes_resized_masks() {
    let encoder = Encoder::builder();
    #[cfg(feature = "gpu")]
    let encoder = encoder.share_from(1).allow_software(true);
    let encoder = encoder.build().expect("Auto needs no adapter");
    let logits = waves([6, 32, 32], 8);
    let masks = Masks::threshold(&logits, 0.0).and_then(|masks| masks.resized([100, 100]));
    encoder.coco(&masks.expect("it may be")).expect("binary");
    assert_eq!((encoder.tally().cpu, encoder.tally().gpu), (6, 0));
}

#[test]
fn at_least_takes_the_threshold_itself() {
    let logits = ndarray::arr3(&[[[-0.0f32, 0.0, -1e-45, f32::NAN, f32::NEG_INFINITY, 0.5]]]);
    for (threshold, expected) in [
        (0.0, [true, true, false, false, false, true]),
        (-0.0, [true, true, false, false, false, true]),
        (0.5, [false, false, false, false, false, true]),
        (f64::NEG_INFINITY, [true, true, true, false, true, true]),
        (f64::INFINITY, [false; 6]),
    ] {
        let expected = Array3::from_shape_vec([1, 1, 6], expected.to_vec()).expect("of it");
        let plain = Masks::at_least(&logits, threshold).expect("small");
        let case = format!("at least {threshold}");
        assert_equal(&encoder(), &plain, &expected, &case);
        // Each sample is a pixel of its own.
        let tall = expected.broadcast([1, 200, 6]).expect("one row").to_owned();
        let resized = plain.resized([200, 6]).expect("it may be");
        let tall = match threshold == f64::NEG_INFINITY {
            // By a weight of 0, minus infinity is no number.
            true => {
                interpolated(logits.view(), [200, 6], true).mapv(|pixel| pixel >= f32::NEG_INFINITY)
            }
            false => tall,
        };
        assert_equal(&encoder(), &resized, &tall, &case);
    }
}

#[test]
fn errors_say_what_is_wrong() {
    let logits = Array3::<f32>::zeros((2, 3, 4));
    let refused = |masks: Result<Masks<'_>, Error>| {
        masks
            .expect("small")
            .resized([0, 7])
            .expect_err("of no pixels")
            .to_string()
    };
    let error = refused(Masks::threshold(&logits, 0.0));
    assert!(
        error.contains("3 x 4") && error.contains("0 x 7 has no pixels"),
        "{error}"
    );
    let none = Array3::<f32>::zeros((2, 0, 4));
    let error = Masks::threshold(&none, 0.0).expect("small").resized([5, 7]);
    assert!(matches!(error, Err(Error::Input(_))), "{error:?}");
    let integers = Array3::<u8>::zeros((2, 3, 4));
    let error = refused(Masks::binary(&integers));
    assert!(error.contains("threshold"), "{error}");
    let error = Masks::labels(&integers).expect("small").resized([5, 7]);
    assert!(matches!(error, Err(Error::Input(_))), "{error:?}");
    let doubles = Array3::<f64>::zeros((2, 3, 4));
    let error = refused(Masks::threshold(&doubles, 0.0));
    assert!(error.contains("float64"), "{error}");
    let masks = Masks::threshold(&logits, 0.0).expect("small");
    let large = masks.resized([1 << 16, 1 << 16]);
    assert!(matches!(large, Err(Error::Limit(_))), "{large:?}");
    assert!(Masks::at_least(&logits, f64::NAN).is_err());
    // As f16 these thresholds are one, as f32 they are not.
    let halves = logits.mapv(f16::from_f32);
    let rounded = f64::from(f16::nearest(0.1));
    let parts = [0.1, rounded].map(|threshold| Masks::threshold(&halves, threshold));
    let batch = Masks::batch(parts.map(|part| part.expect("small"))).expect("of one kind");
    let error = batch.resized([5, 7]).expect_err("of two").to_string();
    assert!(error.contains("float16"), "{error}");
}

/// Sizes that are merely claimed take no memory: one sample, repeated.
#[test]
fn large_claims_take_little() {
    let sample = ndarray::arr0(1.0f32);
    for [height, width] in [
        [60_000, 60_000],
        [1, u32::MAX as usize],
        [u32::MAX as usize, 1],
    ] {
        let large = sample.broadcast([1, height, width]).expect("one sample");
        let masks = Masks::threshold(large, 0.0).and_then(|masks| masks.resized([100, 100]));
        let runs = encoder().runs(&masks.expect("it may be"), Order::RowMajor);
        assert_eq!(runs.expect("binary").starts(), [0]);
    }
    let none = Masks::threshold(sample.broadcast([0, 3, 3]).expect("none"), 0.0);
    let none = none
        .and_then(|masks| masks.resized([100, 100]))
        .expect("it may be");
    assert!(encoder().coco(&none).expect("binary").is_empty());
}
