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

use std::ops::Range;

use fearless_simd::prelude::*;
use fearless_simd::{Simd, f32x4, f32x8, i32x8, mask32x8, u8x32, u32x8};

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

/// Lines that are evaluated together, [`LANES`] of them.
struct Lines<'s, S: Simd> {
    simd: S,
    samples: &'s LineSamples<'s>,
    /// Samples that they follow, side by side across the lines.
    group: Range<usize>,
    /// All samples from the first of the group on.
    rest: &'s [f32],
    /// Number of the first.
    first: u32,
    /// Where the samples before and after each line lie among four from the group's first on.
    places: [u8x32<S>; 2],
    threshold: f32x8<S>,
    /// Their weights across.
    weights: [f32x8<S>; 2],
    /// Positions of their first pixels.
    positions: u32x8<S>,
}

/// Prefetches some parts of the next mask's samples, between a group's cells and its lines: all of
/// its parts at once would be waited for, a tenth of the time of masks of 256 x 256 to 480 x 640.
#[inline(always)]
fn prefetch_parts<'p>(parts: &mut impl Iterator<Item = &'p [f32]>, count: usize) {
    parts.take(count).for_each(prefetch::all);
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
    let mut next = 0;
    while next < across.samples() {
        let group = across.group(next);
        next = group.end;
        prefetch_parts(&mut parts, 1);
        let [begin, end] = across.after(group.clone());
        let cells = cells.of(group.clone());
        if cells.is_empty() {
            // All pixels are foreground, or background, as the samples are.
            let first = samples.samples[group.start * samples.strides[0]];
            starts.push_uniform([begin, end], first > samples.threshold);
            prefetch_parts(&mut parts, group.len() - 1);
            continue;
        }
        for pixel in (begin..end).step_by(LANES) {
            let lines = Lines::new(simd, &samples, group.clone(), pixel);
            lanes.clear();
            let mut ends = [mask32x8::splat(simd, false); 2];
            for (index, &step) in cells.iter().enumerate() {
                let [before, after] =
                    lines.scan_cell::<BY_COLUMN, ACROSS_FIRST, CHANGES_ONCE>(step as usize, lanes);
                ends = [if index == 0 { before } else { ends[0] }, after];
            }
            // Once a group: several samples have no more lines than a vector.
            prefetch_parts(&mut parts, group.len() - 1);
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
    fn new(simd: S, samples: &'s LineSamples<'s>, group: Range<usize>, first: u32) -> Self {
        let across = samples.weights[0];
        let weights = across.vectors(simd, first);
        let [before, after] = across.beside(simd, first);
        let places = [
            places_in_block(simd, before, group.start as u32),
            places_in_block(simd, after, group.start as u32),
        ];
        let numbers = [0, 1, 2, 3, 4, 5, 6, 7];
        let lines = u32x8::from_slice(simd, &numbers) + u32x8::splat(simd, first);
        let positions = lines * u32x8::splat(simd, samples.places.step)
            + u32x8::splat(simd, samples.places.first);
        Lines {
            simd,
            samples,
            rest: &samples.samples[group.start * samples.strides[0]..],
            group,
            first,
            places,
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

    /// Samples side by side, at sample `step` along the lines: at least the group's and the next
    /// one, and some others for what lies beyond the last.
    #[inline(always)]
    fn across<const BY_COLUMN: bool>(&self, step: usize) -> f32x4<S> {
        let [across, along] = self.samples.strides;
        let at = step * along;
        match self.rest.get(at..).and_then(<[f32]>::first_chunk::<4>) {
            // A vector from the first: one that is put together in memory would be waited for.
            Some(samples) if BY_COLUMN => f32x4::from_slice(self.simd, samples),
            _ => {
                let last = self.rest.len() - 1;
                let sample = |index: usize| self.rest[(at + index * across).min(last)];
                let (first, second) = (sample(0), sample(1));
                let (third, fourth) = match self.group.len() {
                    1 => (second, second),
                    _ => (sample(2), sample(3)),
                };
                f32x4::simd_from(self.simd, [first, second, third, fourth])
            }
        }
    }

    /// The samples beside each line, at sample `step` along them.
    #[inline(always)]
    fn beside<const BY_COLUMN: bool>(&self, step: usize) -> [f32x8<S>; 2] {
        let samples = f32x8::block_splat(self.across::<BY_COLUMN>(step));
        let [before, after] = self.places;
        [
            samples.swizzle_dyn_within_blocks(before),
            samples.swizzle_dyn_within_blocks(after),
        ]
    }

    /// The samples of which the pixels of the cell after `step` are made, and the values of the
    /// lines at these.
    #[inline(always)]
    fn around<const BY_COLUMN: bool>(&self, step: usize) -> Around<S> {
        let next = self.samples.weights[1].next(step);
        let samples = [
            self.beside::<BY_COLUMN>(step),
            self.beside::<BY_COLUMN>(next),
        ];
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
        step: usize,
        lanes: &mut LaneStarts,
    ) -> [mask32x8<S>; 2] {
        let (simd, along) = (self.simd, self.samples.weights[1]);
        let around = self.around::<BY_COLUMN>(step);
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
                (self.group.clone(), self.first),
                step,
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

/// Bytes that take `samples` from a block of four of which `first` is the first one.
#[inline(always)]
fn places_in_block<S: Simd>(simd: S, samples: u32x8<S>, first: u32) -> u8x32<S> {
    let index = samples - u32x8::splat(simd, first);
    let bytes = index * u32x8::splat(simd, 0x0404_0404) + u32x8::splat(simd, 0x0302_0100);
    bytes.bitcast()
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
    (group, first): (Range<usize>, u32),
    step: usize,
    lanes: &mut LaneStarts,
) {
    let lines = Lines::new(simd, samples, group, first);
    let around = lines.around::<BY_COLUMN>(step);
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
