//! Both ways of each mask, by cells and pixel by pixel, against all its pixels one by one.

use fearless_simd::prelude::*;
use fearless_simd::{Level, Simd, dispatch};
use ndarray::ArrayView2;

use super::bounds::{Bounds, Largest};
use super::scan::Rows;
use super::{ResampleScratch, ResampledPixels};
use crate::cpu::read::{ForegroundSource, WordRows};
use crate::pixel::{Float, Formula, Order, Resample, Samples};
use crate::predicate::Threshold;
use crate::simd::levels;

/// Marsaglia's xorshift.
struct Random(u64);

impl Random {
    fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 20) as usize % bound
    }

    fn unit(&mut self) -> f32 {
        self.below(1 << 24) as f32 / (1 << 24) as f32
    }

    fn one_of<T: Copy>(&mut self, all: &[T]) -> T {
        all[self.below(all.len())]
    }
}

const SAMPLES: [u32; 12] = [1, 2, 3, 5, 8, 13, 28, 63, 64, 65, 100, 130];
const PIXELS: [u32; 12] = [1, 2, 7, 30, 60, 64, 65, 100, 129, 130, 200, 255];
const THRESHOLDS: [f64; 11] = [
    0.0, 0.0, 0.0, 1.0, -1.0, 0.5, 0.1, 1e-40, -1e-45, 3e38, 1e-20,
];
/// Values that are put among the samples.
const VALUES: [&[f32]; 7] = [
    &[],
    &[f32::NAN],
    &[f32::INFINITY, f32::NEG_INFINITY],
    &[0.0, -0.0],
    &[1e-40, -1e-42, 1e-45],
    &[3e38, -3e38, 1e38],
    &[0.5, 1.0, -1.0, 0.1],
];

/// Waves, with other values here and there; noise; or values next to a threshold.
fn samples(random: &mut Random, [height, width]: [u32; 2]) -> Vec<f32> {
    let waves = [
        random.unit() * 0.5,
        random.unit() * 0.5,
        random.unit() * 6.0,
    ];
    let kind = random.below(10);
    let value = |random: &mut Random, row: u32, column: u32| match kind {
        0 => random.unit() * 2.0 - 1.0,
        1 => ((row as f32 * waves[0]).sin() * 4.0).round() / 4.0,
        2 => 0.5 * (1.0 + (random.below(7) as f32 - 3.0) * 6e-8),
        _ => {
            let (row, column) = (row as f32 * waves[0], column as f32 * waves[1]);
            (row + waves[2]).sin() + column.cos() * 0.7 + random.unit() * 0.05
        }
    };
    let others = random.one_of(&VALUES);
    let share = 1 + random.below(60);
    let mut all = Vec::new();
    for row in 0..height {
        for column in 0..width {
            let is_other = !others.is_empty() && random.below(share) == 0;
            all.push(match is_other {
                true => random.one_of(others),
                false => value(random, row, column),
            });
        }
    }
    all
}

/// Positions at which pixels in scan order differ from the one before, and the first pixel.
fn starts_of(pixels: &[bool], [height, width]: [u32; 2], order: Order) -> (Vec<u32>, bool) {
    let (height, width) = (height as usize, width as usize);
    let pixel = |position: usize| match order {
        Order::RowMajor => pixels[position],
        Order::ColumnMajor => pixels[position % height * width + position / height],
    };
    let starts = (1..pixels.len()).filter(|&position| pixel(position) != pixel(position - 1));
    (starts.map(|position| position as u32).collect(), pixels[0])
}

fn above<T: Float>(value: f64) -> Threshold {
    T::threshold(value)
}

#[test]
fn both_ways_give_each_pixel_of_a_resized_mask() {
    let mut random = Random(0x9e37_79b9_7f4a_7c15);
    let mut scratch = ResampleScratch::default();
    for case in 0..400 {
        let from = [random.one_of(&SAMPLES), random.one_of(&SAMPLES)];
        let mut to = [random.one_of(&PIXELS), random.one_of(&PIXELS)];
        match random.below(6) {
            0 => to[0] = from[0],
            1 => to[1] = from[1],
            2 => to = from.map(|side| 3 * side),
            _ => {}
        }
        let resample = Resample::new(from, to);
        let value = random.one_of(&THRESHOLDS);
        let samples = samples(&mut random, from);
        let level = random.one_of(&levels::native());
        let sides = from.map(|side| side as usize);
        let view = Samples::of_f32(ArrayView2::from_shape(sides, &samples).expect("of this size"));
        let mut pixels = Vec::new();
        for row in 0..to[0] {
            for column in 0..to[1] {
                let pixel = view.pixel(level, &resample, [row, column]);
                pixels.push(pixel > value as f32);
            }
        }
        let rows = Rows {
            own: &samples,
            next: &samples[case % (samples.len() + 1)..],
        };
        let case = format!("case {case}: {resample:?}, above {value}, {level:?}");
        for order in [Order::RowMajor, Order::ColumnMajor] {
            let count = pixels.len() as u32;
            if resample.formula != Formula::Small {
                let value = value as f32;
                let is_scanned = scratch.scan_rows(level, rows, &resample, value, order, u64::MAX);
                assert!(is_scanned, "{case}, {order:?}");
                let expected = starts_of(&pixels, to, order);
                let (starts, first) = scratch.found(count);
                assert!(
                    *starts == *expected.0 && first == expected.1,
                    "{case}, {order:?}"
                );
            }
        }
        for columns in [None, scratch.all_columns(&resample)] {
            let source = ResampledPixels {
                level,
                samples: &view,
                resample,
                threshold: above::<f32>(value),
                columns,
            };
            check_words(&source, &pixels, &case);
        }
    }
}

/// Compares words of all rows, read from a multiple of 64 columns on.
fn check_words(source: &ResampledPixels<'_, '_>, pixels: &[bool], case: &str) {
    let [height, width] = source.resample.to().map(|side| side as usize);
    for left in (0..width).step_by(64 * 3) {
        let columns = left..width.min(left + 64 * 3);
        let a_row = columns.len().div_ceil(64);
        let mut words = vec![0; height * a_row];
        let out = &mut WordRows::new(&mut words, a_row);
        source.read_foreground_bits(0..height, columns.clone(), out);
        for (row, words) in words.chunks(a_row).enumerate() {
            for (index, word) in words.iter().enumerate() {
                let first = columns.start + 64 * index;
                let expected = (first..columns.end.min(first + 64)).fold(0, |bits, column| {
                    bits | u64::from(pixels[row * width + column]) << (column - first)
                });
                assert_eq!(*word, expected, "{case}: row {row}, word {index}");
            }
        }
    }
}

/// One that is all background needs no pixel; one of noise is not done by cells.
#[test]
fn a_resized_mask_goes_by_cells_where_few_are_mixed() {
    let resample = Resample::new([64, 64], [300, 500]);
    let mut random = Random(5);
    let mut scratch = ResampleScratch::default();
    let noise: Vec<f32> = (0..64 * 64).map(|_| random.unit() - 0.5).collect();
    let blank = vec![-1.0; 64 * 64];
    for (samples, is_done) in [(&blank, true), (&noise, false)] {
        let view =
            Samples::of_f32(ArrayView2::from_shape([64, 64], samples).expect("of this size"));
        for order in [Order::RowMajor, Order::ColumnMajor] {
            let found = scratch.scan(
                Level::new(),
                &view,
                None,
                &resample,
                above::<f32>(0.0),
                order,
            );
            assert_eq!(found.is_some(), is_done);
            if let Some(found) = found {
                assert_eq!(found, (&[][..], false));
            }
        }
    }
}

/// Samples that are clear by their differences from a threshold are surely of their class, and one
/// that is not clear is found among 63 that are; those of the largest thresholds never are.
#[test]
fn clear_samples_are_surely_foreground_or_background() {
    let mut random = Random(7);
    for (value, level) in THRESHOLDS.iter().flat_map(|&value| {
        levels::native()
            .into_iter()
            .map(move |level| (value, level))
    }) {
        let threshold = value as f32;
        let bounds = Bounds::new(threshold).expect("finite");
        let (mut clear, mut others) = (0, 0);
        for _ in 0..2000 {
            let far = 10f32.powi(random.below(80) as i32 - 42);
            let near = threshold.abs().max(1e-30) * 2f32.powi(random.below(24) as i32 - 24);
            let special = random.one_of(&[f32::NAN, f32::INFINITY, f32::MAX, 0.0, threshold]);
            let sample = [far, -far, threshold + near, threshold - near, special];
            let mut samples = [threshold + threshold.abs() + 1.0; 64];
            samples[random.below(64)] = random.one_of(&sample);
            let (found, classes) = dispatch!(level, simd => classes(simd, bounds, &samples));
            match found {
                Some(foreground) => {
                    assert_eq!(classes, [foreground, !foreground], "{value}, {samples:?}");
                    clear += 1;
                }
                None => others += 1,
            }
        }
        let is_large = threshold > 1e37;
        assert!(others > 0 && (clear > 0) != is_large, "{value}: {clear}");
    }
}

/// Samples that are foreground, if all are clear, and those that surely are, and are not.
#[inline(always)]
fn classes<S: Simd>(simd: S, bounds: Bounds, samples: &[f32; 64]) -> (Option<u64>, [u64; 2]) {
    let mut largest = Largest::splat(simd, 0);
    let foreground = bounds.compare(simd, samples, &mut largest);
    let are_clear = bounds.are_clear(simd, largest);
    (
        are_clear.then_some(foreground),
        bounds.classify(simd, samples),
    )
}
