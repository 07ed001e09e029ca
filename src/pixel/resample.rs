//! Bilinear resampling: where each pixel of the target lies between samples of the source, and its
//! value. All ways of evaluating pixels use these formulas, which are those of torch's
//! `interpolate(mode="bilinear", align_corners=False)` on a CPU, operation by operation.
//!
//! Products are added by `mul_add`, which rounds once where the SIMD level has an instruction for
//! it, as torch does there. Elsewhere it rounds twice, in the same order of operations.

use fearless_simd::prelude::*;
use fearless_simd::{Level, Simd, dispatch, f32x8};

use super::samples::Samples;

/// Sides of targets, added up, up to which torch evaluates pixels by a formula of its own.
const SMALL: u64 = 128;

/// Sizes of the samples and of the pixels that are made of them, as height and width. None of the
/// sides is 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Resample {
    pub(crate) from: [u32; 2],
    pub(crate) to: [u32; 2],
}

impl Resample {
    /// True if the target is so small that its pixels are evaluated by [`blend`].
    pub(crate) fn is_small(&self) -> bool {
        let [height, width] = self.to.map(u64::from);
        height + width <= SMALL
    }

    /// Places of the target's rows among the samples' rows.
    pub(crate) fn rows(&self) -> Axis {
        self.axis(0)
    }

    /// Places of the target's columns among the samples' columns.
    pub(crate) fn columns(&self) -> Axis {
        self.axis(1)
    }

    fn axis(&self, axis: usize) -> Axis {
        Axis {
            from: self.from[axis],
            to: self.to[axis],
            is_fused: self.is_small(),
        }
    }
}

/// One axis of a [`Resample`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Axis {
    pub(crate) from: u32,
    pub(crate) to: u32,
    /// True if a place is rounded once, as torch does for small targets.
    is_fused: bool,
}

/// Place of a target's pixel on one axis: two samples, which may be the same, and their weights.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Tap {
    pub(crate) samples: [u32; 2],
    pub(crate) weights: [f32; 2],
}

impl Axis {
    /// Place of pixel `index`.
    ///
    /// It does not decrease from one index to the next: each operation is rounded from a value that
    /// does not.
    #[inline(always)]
    pub(crate) fn tap(&self, index: u32) -> Tap {
        // The sample beside it is not read: it might not be a number.
        if self.from == self.to {
            return Tap {
                samples: [index; 2],
                weights: [1.0, 0.0],
            };
        }
        let scale = self.from as f32 / self.to as f32;
        let centre = index as f32 + 0.5;
        let place = if self.is_fused {
            scale.mul_add(centre, -0.5)
        } else {
            scale * centre - 0.5
        };
        let place = place.max(0.0);
        let last = self.from - 1;
        let sample = (place as u32).min(last);
        let far = (place - sample as f32).clamp(0.0, 1.0);
        Tap {
            samples: [sample, (sample + 1).min(last)],
            weights: [1.0 - far, far],
        }
    }
}

/// Value between two samples: along a row first, and then between the values of two rows.
#[inline(always)]
pub(crate) fn lerp<S: Simd>(samples: [f32x8<S>; 2], weights: [f32x8<S>; 2]) -> f32x8<S> {
    samples[0].mul_add(weights[0], samples[1] * weights[1])
}

/// Value between two samples of a row and two of the next, in small targets.
#[inline(always)]
pub(crate) fn blend<S: Simd>(
    samples: [[f32x8<S>; 2]; 2],
    rows: [f32x8<S>; 2],
    columns: [f32x8<S>; 2],
) -> f32x8<S> {
    let first = lerp(samples[0], [rows[0] * columns[0], rows[0] * columns[1]]);
    let next = samples[1][0].mul_add(rows[1] * columns[0], first);
    samples[1][1].mul_add(rows[1] * columns[1], next)
}

/// Value of one pixel, by the arithmetic of a SIMD level.
pub(crate) fn value_at(
    level: Level,
    samples: &Samples<'_>,
    resample: Resample,
    [row, column]: [u32; 2],
) -> f32 {
    let taps = [resample.rows().tap(row), resample.columns().tap(column)];
    let [rows, columns] = taps.map(|tap| tap.samples);
    let around = rows.map(|row| columns.map(|column| samples.at([row, column])));
    dispatch!(level, simd => value(simd, around, taps.map(|tap| tap.weights), resample.is_small()))
}

#[inline(always)]
fn value<S: Simd>(
    simd: S,
    [above, below]: [[f32; 2]; 2],
    [rows, columns]: [[f32; 2]; 2],
    is_small: bool,
) -> f32 {
    let around = [splat(simd, above), splat(simd, below)];
    let (rows, columns) = (splat(simd, rows), splat(simd, columns));
    let value = if is_small {
        blend(around, rows, columns)
    } else {
        lerp([lerp(around[0], columns), lerp(around[1], columns)], rows)
    };
    value.as_slice()[0]
}

#[inline(always)]
fn splat<S: Simd>(simd: S, [first, second]: [f32; 2]) -> [f32x8<S>; 2] {
    [f32x8::splat(simd, first), f32x8::splat(simd, second)]
}
