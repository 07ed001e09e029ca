//! Weights of all pixels of one axis of a target.

use fearless_simd::prelude::*;
use fearless_simd::{Simd, f32x8};

use crate::pixel::Axis;

/// Lines that are evaluated at a time, a vector of f32.
pub(super) const LANES: usize = 8;

/// Weights of all pixels of one axis, and the pixels that follow each sample. Kept from mask to
/// mask: those of one stack have the same.
#[derive(Default)]
pub(super) struct Weights {
    axis: Option<Axis>,
    /// First pixel that follows each sample, and the number of all.
    begins: Vec<u32>,
    /// Weights of the samples before and after each pixel.
    pairs: Vec<[f32; 2]>,
    /// The first ones of all pairs, and the second ones, as vectors of lines take them; [`LANES`]
    /// more may be read.
    near: Vec<f32>,
    far: Vec<f32>,
    is_one_to_one: bool,
    /// Most pixels that follow one sample.
    most: usize,
}

impl Weights {
    /// Makes these the weights of `axis`.
    pub(super) fn set(&mut self, axis: Axis) {
        if self.axis.replace(axis) == Some(axis) {
            return;
        }
        self.is_one_to_one = axis.is_one_to_one();
        self.begins.clear();
        self.pairs.clear();
        self.near.clear();
        self.far.clear();
        for pixel in 0..axis.to {
            let tap = axis.tap(pixel);
            self.begins
                .resize(self.begins.len().max(tap.samples[0] as usize + 1), pixel);
            self.pairs.push(tap.weights);
            self.near.push(tap.weights[0]);
            self.far.push(tap.weights[1]);
        }
        self.begins.resize(axis.from as usize + 1, axis.to);
        self.near.resize(axis.to as usize + LANES, 0.0);
        self.far.resize(axis.to as usize + LANES, 0.0);
        let numbers = self.begins.windows(2).map(|pair| pair[1] - pair[0]);
        self.most = numbers.max().unwrap_or(0) as usize;
    }

    /// Number of samples.
    pub(super) fn samples(&self) -> usize {
        self.begins.len() - 1
    }

    /// The first pixel between a sample and the next, and the one after the last.
    #[inline(always)]
    pub(super) fn after(&self, sample: usize) -> [u32; 2] {
        [self.begins[sample], self.begins[sample + 1]]
    }

    /// Most pixels between two samples.
    pub(super) fn most(&self) -> usize {
        self.most
    }

    /// True if there is a pixel for each sample, so that no other is read.
    #[inline(always)]
    pub(super) fn is_one_to_one(&self) -> bool {
        self.is_one_to_one
    }

    /// The next sample; the last one is repeated.
    #[inline(always)]
    pub(super) fn next(&self, sample: usize) -> usize {
        (sample + 1).min(self.samples() - 1)
    }

    /// The other sample that pixels after `sample` are made of.
    #[inline(always)]
    pub(super) fn second(&self, sample: usize) -> usize {
        if self.is_one_to_one() {
            sample
        } else {
            self.next(sample)
        }
    }

    /// Weights of the samples before and after each pixel from the first to before the second.
    #[inline(always)]
    pub(super) fn of(&self, [begin, end]: [u32; 2]) -> &[[f32; 2]] {
        &self.pairs[begin as usize..end as usize]
    }

    /// Weights of the samples before [`LANES`] pixels, and of those after.
    #[inline(always)]
    pub(super) fn vectors<S: Simd>(&self, simd: S, pixel: u32) -> [f32x8<S>; 2] {
        let pixels = pixel as usize..pixel as usize + LANES;
        [&self.near[pixels.clone()], &self.far[pixels]]
            .map(|weights| f32x8::from_slice(simd, weights))
    }
}
