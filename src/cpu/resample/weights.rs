//! Weights of all pixels of one axis of a target.

use std::ops::Range;

use fearless_simd::prelude::*;
use fearless_simd::{Simd, f32x8, u32x8};

use crate::pixel::Axis;

/// Lines that are evaluated at a time, a vector of f32.
pub(super) const LANES: usize = 8;
/// Samples whose lines are evaluated together at most, if all these fit into a vector. With the
/// next one they are a block of four, from which each line's are taken.
pub(super) const TOGETHER: usize = 3;

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
    /// The sample before each pixel; [`LANES`] more may be read.
    before: Vec<u32>,
    spans: Vec<Span>,
    is_one_to_one: bool,
}

/// The pixels between a sample and the next.
#[derive(Debug, Clone, Copy)]
pub(super) struct Span {
    pub(super) begin: u32,
    pub(super) end: u32,
    /// After the first one, where to go on: the second, or the first again, so that nearly all
    /// samples have as many to go.
    pub(super) then: u32,
}

impl Weights {
    /// Makes these the weights of `axis`. Inlined where a level's instructions are: without them
    /// each product and sum is a call.
    #[inline(always)]
    pub(super) fn set(&mut self, axis: Axis) {
        if self.axis.replace(axis) == Some(axis) {
            return;
        }
        self.is_one_to_one = axis.is_one_to_one();
        let (from, to) = (axis.from as usize, axis.to as usize);
        // Of the pixel after the last, which samples have that no pixel follows.
        self.pairs.resize(to + 1, [1.0, 0.0]);
        self.pairs[to] = [1.0, 0.0];
        for weights in [&mut self.near, &mut self.far] {
            weights.resize(to + LANES, 0.0);
            weights[to..].fill(0.0);
        }
        self.before.resize(to + LANES, 0);
        self.before[to..].fill(0);
        self.begins.resize(from + 1, 0);
        let mut samples = 0;
        let weights = self.pairs.iter_mut().zip(&mut self.near).zip(&mut self.far);
        let pixels = (0..axis.to).zip(weights).zip(&mut self.before);
        for ((pixel, ((pair, near), far)), before) in pixels {
            let tap = axis.tap(pixel);
            (*pair, *near, *far) = (tap.weights, tap.weights[0], tap.weights[1]);
            *before = tap.samples[0];
            while samples <= tap.samples[0] as usize {
                self.begins[samples] = pixel;
                samples += 1;
            }
        }
        self.begins[samples..].fill(axis.to);
        let least = axis.to / axis.from;
        self.spans.clear();
        self.spans.extend(self.begins.windows(2).map(|pair| {
            let (begin, end) = (pair[0], pair[1]);
            let pixels = end - begin;
            let then = end - pixels.min(least).max(pixels.saturating_sub(1));
            Span { begin, end, then }
        }));
    }

    /// Number of samples.
    pub(super) fn samples(&self) -> usize {
        self.begins.len() - 1
    }

    /// The samples from `first` on whose pixels are done together: one, or some whose pixels are no
    /// more than [`LANES`].
    #[inline(always)]
    pub(super) fn group(&self, first: usize) -> Range<usize> {
        let begin = self.begins[first];
        let mut end = first + 1;
        while end < self.samples().min(first + TOGETHER)
            && (self.begins[end + 1] - begin) as usize <= LANES
        {
            end += 1;
        }
        first..end
    }

    /// The first pixel that follows some samples, and the one after the last.
    #[inline(always)]
    pub(super) fn after(&self, samples: Range<usize>) -> [u32; 2] {
        [self.begins[samples.start], self.begins[samples.end]]
    }

    /// The pixels between a sample and the next.
    #[inline(always)]
    pub(super) fn span(&self, sample: usize) -> &Span {
        &self.spans[sample]
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

    /// The samples before [`LANES`] pixels, and those after.
    #[inline(always)]
    pub(super) fn beside<S: Simd>(&self, simd: S, pixel: u32) -> [u32x8<S>; 2] {
        let before = &self.before[pixel as usize..][..LANES];
        let before = u32x8::from_slice(simd, before);
        let next = u32::from(!self.is_one_to_one());
        let last = u32x8::splat(simd, self.samples() as u32 - 1);
        [before, (before + u32x8::splat(simd, next)).min(last)]
    }

    /// Weights of the samples before and after a pixel, or the one after the last.
    #[inline(always)]
    pub(super) fn of(&self, pixel: u32) -> &[f32; 2] {
        &self.pairs[pixel as usize]
    }

    /// Weights of the samples before and after some pixels.
    #[inline(always)]
    pub(super) fn range(&self, pixels: Range<u32>) -> &[[f32; 2]] {
        &self.pairs[pixels.start as usize..pixels.end as usize]
    }

    /// Weights of the samples before [`LANES`] pixels, and of those after.
    #[inline(always)]
    pub(super) fn vectors<S: Simd>(&self, simd: S, pixel: u32) -> [f32x8<S>; 2] {
        let pixels = pixel as usize..pixel as usize + LANES;
        [
            f32x8::from_slice(simd, &self.near[pixels.clone()]),
            f32x8::from_slice(simd, &self.far[pixels]),
        ]
    }
}
