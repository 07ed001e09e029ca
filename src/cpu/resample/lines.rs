//! Scan lines of a target, of which only the pixels of mixed cells are evaluated.
//!
//! A line is followed from sample to sample: at each it has a state, true where its value there, on
//! the line, is above the threshold. From one sample to the next the states are that of the first
//! sample, of all pixels in between, and of the second; where two of these differ there is a start.
//! In a cell that is not mixed all are one, so only mixed cells are visited. Two starts at one
//! position are none: so the states at samples, which are no pixels, leave no trace.
//!
//! Nothing is assumed of a mixed cell: all pixels in it are evaluated. Nearly always a line changes
//! its state once in it, or not at all, and then pixels are counted, [`LANES`] lines at a time.

use fearless_simd::prelude::*;
use fearless_simd::{Simd, f32x8, mask32x8, u32x8};

use super::cells::MixedCells;
use super::starts::{LaneStarts, LinePlaces, LineStarts};
use super::weights::{LANES, Weights};
use crate::pixel::{Formula, lerp, value};

/// A mask's samples, as seen along its scan lines.
#[derive(Clone, Copy)]
pub(super) struct LineSamples<'s> {
    pub(super) samples: &'s [f32],
    /// Steps in `samples` across the lines and along them.
    pub(super) strides: [usize; 2],
    /// Weights across the lines, one of each, and along them.
    pub(super) weights: [&'s Weights; 2],
    pub(super) formula: Formula,
    pub(super) threshold: f32,
    /// Where they lie in the target.
    pub(super) places: LinePlaces,
}

/// A mixed cell of a line: the samples on each side of the line, before and after the cell, and the
/// pixels that lie in it.
#[derive(Debug, Clone, Copy)]
pub(super) struct LineCell {
    before: [f32; 2],
    after: [f32; 2],
    pixels: [u32; 2],
}

impl LineSamples<'_> {
    /// Samples beside the lines that follow those of `line`: before them, and after.
    #[inline(always)]
    fn sides(&self, line: usize) -> [&[f32]; 2] {
        let [across, _] = self.strides;
        [line, self.weights[0].second(line)].map(|line| &self.samples[line * across..])
    }

    /// Lists the mixed cells of a line between these samples.
    #[inline(always)]
    fn list_cells(
        &self,
        [near, far]: [&[f32]; 2],
        words: impl Iterator<Item = u64>,
        list: &mut Vec<LineCell>,
    ) {
        let (stride, along) = (self.strides[1], self.weights[1]);
        list.clear();
        for (index, mut word) in words.enumerate() {
            while word != 0 {
                let step = index * 64 + word.trailing_zeros() as usize;
                let [before, after] = [step * stride, along.next(step) * stride];
                list.push(LineCell {
                    before: [near[before], far[before]],
                    after: [near[after], far[after]],
                    pixels: along.after(step),
                });
                word &= word - 1;
            }
        }
    }
}

/// Lines that are evaluated together, [`LANES`] of them.
struct Lines<'s, S: Simd> {
    simd: S,
    samples: LineSamples<'s>,
    threshold: f32x8<S>,
    /// Their weights across.
    weights: [f32x8<S>; 2],
    /// Positions of their first pixels.
    positions: u32x8<S>,
    /// Their last starts, or where they begin.
    last: u32x8<S>,
}

/// Finds the starts of all lines. `cells` are the mixed ones of each line of cells.
#[inline(always)]
pub(super) fn scan_lines<S: Simd, const BY_COLUMN: bool>(
    simd: S,
    samples: LineSamples<'_>,
    cells: &MixedCells,
    list: &mut Vec<LineCell>,
    lanes: &mut LaneStarts,
    starts: &mut LineStarts,
) {
    let [across, along] = samples.weights;
    starts.begin(samples.places);
    for line in 0..across.samples() {
        let sides = samples.sides(line);
        samples.list_cells(sides, cells.of(line), list);
        let first = sides.map(|side| side[0]);
        // All its pixels are foreground, or background, as those before are.
        let is_foreground = first[0] > samples.threshold;
        if list.is_empty() && is_foreground == starts.state() {
            continue;
        }
        // A cell has a start before each pixel at most, and one after the last.
        lanes.begin(list.len() * (along.most() + 1));
        let [begin, end] = across.after(line);
        for pixel in (begin..end).step_by(LANES) {
            let mut lines = Lines::new(simd, samples, pixel);
            lanes.clear();
            for cell in list.iter() {
                lines.scan_cell::<BY_COLUMN>(cell, lanes);
            }
            let count = LANES.min((end - pixel) as usize);
            starts.push_lines(pixel, count, lines.states(&first).to_bitmask(), lanes);
        }
    }
    starts.end();
}

impl<'s, S: Simd> Lines<'s, S> {
    #[inline(always)]
    fn new(simd: S, samples: LineSamples<'s>, pixel: u32) -> Self {
        let weights = samples.weights[0].vectors(simd, pixel);
        let numbers = [0, 1, 2, 3, 4, 5, 6, 7];
        let lines = u32x8::from_slice(simd, &numbers) + u32x8::splat(simd, pixel);
        let positions = lines * u32x8::splat(simd, samples.places.step)
            + u32x8::splat(simd, samples.places.first);
        Lines {
            simd,
            samples,
            threshold: f32x8::splat(simd, samples.threshold),
            weights,
            positions,
            last: positions,
        }
    }

    #[inline(always)]
    fn splat(&self, values: &[f32; 2]) -> [f32x8<S>; 2] {
        [
            f32x8::splat(self.simd, values[0]),
            f32x8::splat(self.simd, values[1]),
        ]
    }

    /// States at a place along the lines, given the samples beside them.
    #[inline(always)]
    fn states(&self, beside: &[f32; 2]) -> mask32x8<S> {
        lerp(self.splat(beside), self.weights).simd_gt(self.threshold)
    }

    /// States of the pixels that have these weights along the lines.
    #[inline(always)]
    fn pixels<const BY_COLUMN: bool>(
        &self,
        [before, after]: [[f32x8<S>; 2]; 2],
        weights: &[f32; 2],
    ) -> mask32x8<S> {
        let weights = self.splat(weights);
        let formula = self.samples.formula;
        let values = if BY_COLUMN {
            value(formula, [before, after], weights, self.weights)
        } else {
            let rows = [[before[0], after[0]], [before[1], after[1]]];
            value(formula, rows, self.weights, weights)
        };
        values.simd_gt(self.threshold)
    }

    /// The samples of which the pixels of a cell are made.
    #[inline(always)]
    fn around(&self, cell: &LineCell) -> [[f32x8<S>; 2]; 2] {
        let before = self.splat(&cell.before);
        // With a pixel for each sample along the lines, the next sample is no part of it.
        if self.samples.weights[1].is_one_to_one() {
            return [before; 2];
        }
        [before, self.splat(&cell.after)]
    }

    /// Adds the starts of a cell to `lanes`.
    #[inline(always)]
    fn scan_cell<const BY_COLUMN: bool>(&mut self, cell: &LineCell, lanes: &mut LaneStarts) {
        let around = self.around(cell);
        let [before, after] = [self.states(&cell.before), self.states(&cell.after)];
        let never = mask32x8::splat(self.simd, false);
        let (mut has_changed, mut has_returned) = (never, never);
        // One less for each pixel that has changed.
        let mut places = self.places(cell.pixels[1]);
        for weights in self.samples.weights[1].of(cell.pixels) {
            let changed = self.pixels::<BY_COLUMN>(around, weights) ^ before;
            has_returned |= has_changed & !changed;
            has_changed = changed;
            places += changed.to_vector().bitcast::<u32x8<S>>();
        }
        let changed = before ^ after;
        has_returned |= has_changed & !changed;
        if has_returned.any_true() {
            return self.scan_pixels::<BY_COLUMN>(cell, lanes);
        }
        self.push(changed, places, lanes);
    }

    /// Adds the starts of a cell in which a line's state changes more than once, pixel by pixel.
    #[cold]
    #[inline(never)]
    fn scan_pixels<const BY_COLUMN: bool>(&mut self, cell: &LineCell, lanes: &mut LaneStarts) {
        let around = self.around(cell);
        let mut last = self.states(&cell.before);
        let [begin, end] = cell.pixels;
        for (pixel, weights) in (begin..end).zip(self.samples.weights[1].of(cell.pixels)) {
            let states = self.pixels::<BY_COLUMN>(around, weights);
            self.push(states ^ last, self.places(pixel), lanes);
            last = states;
        }
        let after = self.states(&cell.after);
        self.push(last ^ after, self.places(end), lanes);
    }

    /// Positions of a pixel of each line.
    #[inline(always)]
    fn places(&self, pixel: u32) -> u32x8<S> {
        self.positions + u32x8::splat(self.simd, pixel)
    }

    /// Adds a start at one of `places` to each line that is `changed`.
    #[inline(always)]
    fn push(&mut self, changed: mask32x8<S>, places: u32x8<S>, lanes: &mut LaneStarts) {
        let is_repeated = (changed & places.simd_eq(self.last)).any_true();
        self.last = changed.select(places, self.last);
        lanes.push(is_repeated, changed, places);
    }
}
