//! Bilinear resampling: where each pixel of the target lies between samples of the source, and its
//! value. All ways of evaluating pixels use these formulas, which are those of torch's
//! `interpolate(mode="bilinear", align_corners=False)` and `grid_sample(align_corners=False)` on a
//! CPU, operation by operation.
//!
//! Products are added by `mul_add`, which rounds once where the SIMD level has an instruction for
//! it, as torch does there. Elsewhere it rounds twice, in the same order of operations.

use std::ops::Range;

use fearless_simd::prelude::*;
use fearless_simd::{Level, Simd, dispatch, f32x8};

use super::axis::Axis;

/// Sides of targets, added up, up to which torch evaluates pixels by a formula of its own.
const SMALL: u64 = 128;

/// How pixels are made of one mask's samples: all pixels of its target, or those of a window, and
/// all others are background.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Resample {
    /// Height and width of the target.
    pub(crate) target: [u32; 2],
    /// Row and column of the target at which the window begins.
    pub(crate) begin: [u32; 2],
    pub(crate) rows: Axis,
    pub(crate) columns: Axis,
    pub(crate) formula: Formula,
}

/// How the value of a pixel is computed of the four samples around it and their weights.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Formula {
    /// Along the rows first, and then between them.
    Interpolate,
    /// Four products, added up, in the order of torch's `interpolate` for small targets.
    Small,
    /// Four products, added up, in the order of torch's `grid_sample`.
    Grid,
}

impl Resample {
    /// All of a target made of all samples, neither of which has a side of 0.
    pub(crate) fn new(from: [u32; 2], target: [u32; 2]) -> Self {
        let formula = Formula::of_size(target);
        let [rows, columns] = [0, 1].map(|axis| {
            Axis::interpolated(
                from[axis],
                target[axis],
                0..target[axis],
                formula.is_small(),
            )
        });
        Resample {
            target,
            begin: [0; 2],
            rows,
            columns,
            formula,
        }
    }

    /// Some rows and columns of the target, all of which is made, as a target of their own.
    pub(super) fn cropped(&self, [rows, columns]: [Range<u32>; 2]) -> Self {
        Resample {
            target: [rows.end - rows.start, columns.end - columns.start],
            rows: self.rows.window(rows),
            columns: self.columns.window(columns),
            ..*self
        }
    }

    /// Height and width of the samples.
    pub(crate) fn from(&self) -> [u32; 2] {
        [self.rows.from, self.columns.from]
    }

    /// Height and width of the window.
    pub(crate) fn to(&self) -> [u32; 2] {
        [self.rows.to, self.columns.to]
    }

    /// True if no pixel is made.
    pub(crate) fn is_empty(&self) -> bool {
        self.to().contains(&0)
    }

    /// True if the window is the target.
    pub(crate) fn is_whole(&self) -> bool {
        self.to() == self.target
    }
}

impl Formula {
    /// The formula of torch's `interpolate` for targets of a height and width.
    pub(super) fn of_size([height, width]: [u32; 2]) -> Self {
        if u64::from(height) + u64::from(width) <= SMALL {
            Formula::Small
        } else {
            Formula::Interpolate
        }
    }

    pub(super) fn is_small(self) -> bool {
        self == Formula::Small
    }
}

/// Value between two samples: along a row first, and then between the values of two rows.
#[inline(always)]
pub(crate) fn lerp<S: Simd>(samples: [f32x8<S>; 2], weights: [f32x8<S>; 2]) -> f32x8<S> {
    samples[0].mul_add(weights[0], samples[1] * weights[1])
}

/// Value between two samples of a row and two of the next, given the weights of both rows and of
/// both columns.
#[inline(always)]
pub(crate) fn value<S: Simd>(
    formula: Formula,
    [above, below]: [[f32x8<S>; 2]; 2],
    rows: [f32x8<S>; 2],
    columns: [f32x8<S>; 2],
) -> f32x8<S> {
    if formula == Formula::Interpolate {
        return lerp([lerp(above, columns), lerp(below, columns)], rows);
    }
    let products = [rows[0] * columns[0], rows[0] * columns[1]];
    let first = if formula == Formula::Small {
        lerp(above, products)
    } else {
        above[1].mul_add(products[1], above[0] * products[0])
    };
    let next = below[0].mul_add(rows[1] * columns[0], first);
    below[1].mul_add(rows[1] * columns[1], next)
}

/// Value of one pixel, given the four samples around it and the weights of both rows and of both
/// columns, by the arithmetic of a SIMD level.
pub(super) fn value_of(
    level: Level,
    formula: Formula,
    around: [[f32; 2]; 2],
    weights: [[f32; 2]; 2],
) -> f32 {
    dispatch!(level, simd => one_value(simd, formula, around, weights))
}

#[inline(always)]
fn one_value<S: Simd>(
    simd: S,
    formula: Formula,
    around: [[f32; 2]; 2],
    [rows, columns]: [[f32; 2]; 2],
) -> f32 {
    let [above, below] = around.map(|pair| splat(simd, pair));
    let (rows, columns) = (splat(simd, rows), splat(simd, columns));
    value(formula, [above, below], rows, columns).as_slice()[0]
}

#[inline(always)]
fn splat<S: Simd>(simd: S, [first, second]: [f32; 2]) -> [f32x8<S>; 2] {
    [f32x8::splat(simd, first), f32x8::splat(simd, second)]
}
