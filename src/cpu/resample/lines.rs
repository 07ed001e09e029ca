//! Scan lines of a target, of which only the pixels of mixed cells are evaluated.
//!
//! A line is followed from sample to sample: at each it has a state, true where its value there, on
//! the line, is above the threshold. From one sample to the next the states are that of the first
//! sample, of all pixels in between, and of the second; where two of these differ there is a start.
//! In a cell that is not mixed all are one, so only mixed cells are visited. Two starts at one
//! position are none: so the states at samples, which are no pixels, leave no trace.
//!
//! All pixels in a mixed cell are evaluated. Nearly always a line changes
//! its state once in it, or not at all, and then pixels are counted, [`LANES`] lines at a time.
//!
//! # Proof that a state changes once
//!
//! Let the threshold be 0, and pixels be made of two values on the line, that at the sample before
//! and that at the sample after, by one product of each with its weight, and their sum. Let one
//! value be above 0, and the other not. From pixel to pixel the first weight does not increase, and
//! the second does not decrease: see `Axis::tap`. Going away from the value that is above 0:
//!
//! - If both are finite, its product does not increase, and neither does that of the other one,
//!   which is not above 0 and gets more weight. Nor do the products when they are rounded, nor the
//!   sum, rounded or not: once a pixel is background, so are all that follow.
//! - If it is infinite and the other one finite, pixels are infinite, and not numbers where its
//!   weight is 0, which it stays.
//! - If the other one is not a number, or minus infinity, so are all pixels, or not numbers.
//!
//! So where the states at the samples differ, no pixel's need be compared with the one before it.
//! Where they do not, no pixel's may differ from them either, which the count shows.

use fearless_simd::prelude::*;
use fearless_simd::{Simd, f32x8, i32x8, mask32x8, u32x8};

use super::cells::MixedCells;
use super::starts::{LaneStarts, LinePlaces, LineStarts};
use super::weights::{LANES, Span, Weights};
use crate::pixel::{Formula, lerp, value};
use crate::simd::prefetch;

/// A mask's samples, as seen along its scan lines.
#[derive(Clone, Copy)]
pub(super) struct LineSamples<'s> {
    pub(super) samples: &'s [f32],
    /// The next mask's samples, if they are in memory: they are brought near meanwhile.
    pub(super) next: &'s [f32],
    /// Steps in `samples` across the lines and along them.
    pub(super) strides: [usize; 2],
    /// Weights across the lines, one of each, and along them.
    pub(super) weights: [&'s Weights; 2],
    pub(super) formula: Formula,
    pub(super) threshold: f32,
    /// Where they lie in the target.
    pub(super) places: LinePlaces,
}

impl LineSamples<'_> {
    /// Samples beside the lines that follow those of `line`: before them, and after.
    #[inline(always)]
    fn sides(&self, line: usize) -> [&[f32]; 2] {
        let [across, _] = self.strides;
        [line, self.weights[0].second(line)].map(|line| &self.samples[line * across..])
    }

    /// Samples around the cell that follows sample `step` of a line between these.
    #[inline(always)]
    fn cell(&self, [near, far]: [&[f32]; 2], step: usize) -> Cell {
        let along = self.strides[1];
        let (before, after) = (step * along, self.weights[1].next(step) * along);
        Cell {
            before: [near[before], far[before]],
            after: [near[after], far[after]],
        }
    }
}

/// Samples around a cell that lines cross: on each side of them, before it and after.
#[derive(Clone, Copy)]
struct Cell {
    before: [f32; 2],
    after: [f32; 2],
}

/// Lines that are evaluated together, [`LANES`] of them.
struct Lines<'s, S: Simd> {
    simd: S,
    samples: &'s LineSamples<'s>,
    /// Number of the first.
    first: u32,
    threshold: f32x8<S>,
    /// Their weights across.
    weights: [f32x8<S>; 2],
    /// Positions of their first pixels.
    positions: u32x8<S>,
}

/// Finds the starts of all lines. `cells` are the mixed ones of each line of cells.
#[inline(always)]
pub(super) fn scan_lines<S: Simd, const BY_COLUMN: bool>(
    simd: S,
    samples: LineSamples<'_>,
    cells: &mut MixedCells,
    lanes: &mut LaneStarts,
    starts: &mut LineStarts,
) {
    let across_first = BY_COLUMN && samples.formula == Formula::Interpolate;
    if across_first && samples.threshold == 0.0 {
        scan::<S, BY_COLUMN, true, true>(simd, samples, cells, lanes, starts);
    } else if across_first {
        scan::<S, BY_COLUMN, true, false>(simd, samples, cells, lanes, starts);
    } else {
        scan::<S, BY_COLUMN, false, false>(simd, samples, cells, lanes, starts);
    }
}

/// See [`scan_lines`]. `ACROSS_FIRST` says that pixels are made of the values on the line at
/// samples, `CHANGES_ONCE` that the proof holds.
#[inline(always)]
fn scan<S: Simd, const BY_COLUMN: bool, const ACROSS_FIRST: bool, const CHANGES_ONCE: bool>(
    simd: S,
    samples: LineSamples<'_>,
    cells: &mut MixedCells,
    lanes: &mut LaneStarts,
    starts: &mut LineStarts,
) {
    let across = samples.weights[0];
    starts.begin(samples.places);
    let part = samples.next.len().div_ceil(across.samples()).max(1);
    let mut parts = samples.next.chunks(part);
    for line in 0..across.samples() {
        prefetch::all(parts.next().unwrap_or_default());
        let sides = samples.sides(line);
        let [begin, end] = across.after(line);
        let cells = cells.of(line);
        if cells.is_empty() {
            // All pixels are foreground, or background, as the samples are.
            starts.push_uniform([begin, end], sides[0][0] > samples.threshold);
            continue;
        }
        for pixel in (begin..end).step_by(LANES) {
            let lines = Lines::new(simd, &samples, pixel);
            lanes.clear();
            let mut ends = [mask32x8::splat(simd, false); 2];
            for (index, &step) in cells.iter().enumerate() {
                let [before, after] = lines.scan_cell::<BY_COLUMN, ACROSS_FIRST, CHANGES_ONCE>(
                    sides,
                    step as usize,
                    lanes,
                );
                ends = [if index == 0 { before } else { ends[0] }, after];
            }
            // A line begins as it is before its first mixed cell, and ends as after its last one.
            let ends = [ends[0].to_bitmask(), ends[1].to_bitmask()];
            let count = LANES.min((end - pixel) as usize);
            starts.push_lines(simd, pixel, count, ends, lanes);
        }
    }
    starts.end();
}

impl<'s, S: Simd> Lines<'s, S> {
    #[inline(always)]
    fn new(simd: S, samples: &'s LineSamples<'s>, first: u32) -> Self {
        let weights = samples.weights[0].vectors(simd, first);
        let numbers = [0, 1, 2, 3, 4, 5, 6, 7];
        let lines = u32x8::from_slice(simd, &numbers) + u32x8::splat(simd, first);
        let positions = lines * u32x8::splat(simd, samples.places.step)
            + u32x8::splat(simd, samples.places.first);
        Lines {
            simd,
            samples,
            first,
            threshold: f32x8::splat(simd, samples.threshold),
            weights,
            positions,
        }
    }

    #[inline(always)]
    fn splat(&self, values: &[f32; 2]) -> [f32x8<S>; 2] {
        [
            f32x8::splat(self.simd, values[0]),
            f32x8::splat(self.simd, values[1]),
        ]
    }

    /// The samples of which the pixels of a cell are made, and the values of the lines at these.
    #[inline(always)]
    fn around(&self, cell: &Cell) -> Around<S> {
        let samples = [self.splat(&cell.before), self.splat(&cell.after)];
        let values = [
            lerp(samples[0], self.weights),
            lerp(samples[1], self.weights),
        ];
        let states = [
            values[0].simd_gt(self.threshold),
            values[1].simd_gt(self.threshold),
        ];
        // With a pixel for each sample along the lines, the next sample is no part of it.
        let is_one_to_one = self.samples.weights[1].is_one_to_one();
        let next = if is_one_to_one { 0 } else { 1 };
        Around {
            samples: [samples[0], samples[next]],
            values: [values[0], values[next]],
            states,
        }
    }

    /// States of a pixel of each line.
    #[inline(always)]
    fn states<const BY_COLUMN: bool, const ACROSS_FIRST: bool>(
        &self,
        around: &Around<S>,
        weights: &[f32; 2],
    ) -> mask32x8<S> {
        let weights = self.splat(weights);
        let formula = self.samples.formula;
        let [before, after] = around.samples;
        let values = if ACROSS_FIRST {
            lerp(around.values, weights)
        } else if BY_COLUMN {
            value(formula, [before, after], weights, self.weights)
        } else {
            let rows = [[before[0], after[0]], [before[1], after[1]]];
            value(formula, rows, self.weights, weights)
        };
        values.simd_gt(self.threshold)
    }

    /// Adds the starts of a cell to `lanes`, and gives the states before it.
    #[inline(always)]
    fn scan_cell<const BY_COLUMN: bool, const ACROSS_FIRST: bool, const CHANGES_ONCE: bool>(
        &self,
        sides: [&[f32]; 2],
        step: usize,
        lanes: &mut LaneStarts,
    ) -> [mask32x8<S>; 2] {
        let (simd, along) = (self.simd, self.samples.weights[1]);
        let around = self.around(&self.samples.cell(sides, step));
        let [before, after] = around.states;
        let &Span { begin, end, then } = along.span(step);
        let first = self.states::<BY_COLUMN, ACROSS_FIRST>(&around, along.of(begin));
        let mut has_changed = first ^ before;
        let mut has_returned = mask32x8::splat(simd, false);
        // One less for each pixel that has changed.
        let mut changes = has_changed.to_vector();
        for weights in along.range(then..end) {
            let changed = self.states::<BY_COLUMN, ACROSS_FIRST>(&around, weights) ^ before;
            if !CHANGES_ONCE {
                has_returned |= has_changed & !changed;
            }
            has_changed = changed;
            changes += changed.to_vector();
        }
        if CHANGES_ONCE {
            has_changed = changes.simd_lt(i32x8::splat(simd, 0));
        }
        let differ = before ^ after;
        has_returned |= has_changed & !differ;
        if has_returned.any_true() {
            scan_pixels::<S, BY_COLUMN, ACROSS_FIRST>(
                simd,
                self.samples,
                self.first,
                (sides, step),
                lanes,
            );
        } else {
            // The first pixel may have been counted twice.
            let ends = i32x8::splat(simd, end as i32) + changes;
            let pixels = ends.max(i32x8::splat(simd, begin as i32));
            lanes.push(differ, pixels.bitcast::<u32x8<S>>() + self.positions);
        }
        around.states
    }
}

/// Samples before a cell and after, values of the lines there, and the states of these.
struct Around<S: Simd> {
    samples: [[f32x8<S>; 2]; 2],
    values: [f32x8<S>; 2],
    states: [mask32x8<S>; 2],
}

/// Adds the starts of a cell in which a line's state changes more than once, pixel by pixel.
#[cold]
#[inline(never)]
fn scan_pixels<S: Simd, const BY_COLUMN: bool, const ACROSS_FIRST: bool>(
    simd: S,
    samples: &LineSamples<'_>,
    first: u32,
    (sides, step): ([&[f32]; 2], usize),
    lanes: &mut LaneStarts,
) {
    let lines = Lines::new(simd, samples, first);
    let around = lines.around(&samples.cell(sides, step));
    let [mut last, after] = around.states;
    let &Span { begin, end, .. } = samples.weights[1].span(step);
    for pixel in begin..end {
        let states = lines.states::<BY_COLUMN, ACROSS_FIRST>(&around, samples.weights[1].of(pixel));
        let place = u32x8::splat(lines.simd, pixel) + lines.positions;
        lanes.push(states ^ last, place);
        last = states;
    }
    let place = u32x8::splat(lines.simd, end) + lines.positions;
    lanes.push(last ^ after, place);
}
