//! Masks at full size by looking at each of their pixels, which maskrle does not: its peer in Rust,
//! and the other path by which its results are checked.

use fearless_simd::{Level, dispatch};
use maskrle::ndarray::ArrayView2;

/// Places of pixels on one axis: the samples before and after each, and their weights.
struct Axis {
    samples: Vec<[usize; 2]>,
    weights: Vec<[f32; 2]>,
}

impl Axis {
    /// As torch's `interpolate` has them for targets of more than 128 pixels in height and width.
    fn new(from: usize, to: u32) -> Self {
        let scale = from as f32 / to as f32;
        let places = (0..to).map(|pixel| (scale * (pixel as f32 + 0.5) - 0.5).max(0.0));
        let (samples, weights) = places
            .map(|place| {
                let (before, after) = (place as usize, place - place.floor());
                ([before, (before + 1).min(from - 1)], [1.0 - after, after])
            })
            .unzip();
        Axis { samples, weights }
    }
}

/// Fills `pixels`, row by row: 1 where samples that are interpolated to this size are above 0.
pub fn every_pixel(samples: ArrayView2<'_, f32>, [height, width]: [u32; 2], pixels: &mut [u8]) {
    let rows = Axis::new(samples.nrows(), height);
    let columns = Axis::new(samples.ncols(), width);
    let width = width as usize;
    // Rows of samples at the target's width: most rows of pixels share both with the row before.
    let mut across = [
        (usize::MAX, vec![0.0; width]),
        (usize::MAX, vec![0.0; width]),
    ];
    let level = Level::new();
    for (row, pixels) in pixels.chunks_exact_mut(width).enumerate() {
        let wanted = rows.samples[row];
        if across[1].0 == wanted[0] {
            across.swap(0, 1);
        }
        for ((sample_row, across), wanted) in across.iter_mut().zip(wanted) {
            if *sample_row != wanted {
                let samples = samples.row(wanted);
                let samples = samples.as_slice().expect("rows that lie together");
                dispatch!(level, _simd => stretch(samples, &columns, across));
                *sample_row = wanted;
            }
        }
        let [above, below] = &across;
        dispatch!(level, _simd => compare(&above.1, &below.1, rows.weights[row], pixels));
    }
}

#[inline(always)]
fn stretch(samples: &[f32], columns: &Axis, across: &mut [f32]) {
    let places = columns.samples.iter().zip(&columns.weights);
    for (value, (&[left, right], weights)) in across.iter_mut().zip(places) {
        *value = samples[left].mul_add(weights[0], samples[right] * weights[1]);
    }
}

#[inline(always)]
fn compare(above: &[f32], below: &[f32], weights: [f32; 2], pixels: &mut [u8]) {
    for ((above, below), pixel) in above.iter().zip(below).zip(pixels) {
        *pixel = u8::from(above.mul_add(weights[0], below * weights[1]) > 0.0);
    }
}
