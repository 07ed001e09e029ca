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

impl LineSamples<'_> {
    /// The samples on each side of the lines that follow those of `line`, at a place along them.
    #[inline(always)]
    fn beside<S: Simd>(&self, simd: S, line: usize, step: usize) -> [f32x8<S>; 2] {
        let [across, along] = self.strides;
        let next = self.weights[0].second(line);
        [
            f32x8::splat(simd, self.samples[line * across + step * along]),
            f32x8::splat(simd, self.samples[next * across + step * along]),
        ]
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
}

/// Finds the starts of all lines. `cells` are the mixed ones of each line of cells.
#[inline(always)]
pub(super) fn scan_lines<S: Simd, const BY_COLUMN: bool>(
    simd: S,
    samples: LineSamples<'_>,
    cells: &MixedCells,
    list: &mut Vec<u32>,
    lanes: &mut LaneStarts,
    starts: &mut LineStarts,
) {
    let [across, along] = samples.weights;
    starts.begin(samples.places);
    for line in 0..across.samples() {
        cells.list(line, list);
        // All its pixels are foreground, or background, as those before are.
        let is_foreground = samples.samples[line * samples.strides[0]] > samples.threshold;
        if list.is_empty() && is_foreground == starts.state() {
            continue;
        }
        // A cell has a start before each pixel at most, and one after the last.
        lanes.begin(list.len() * (along.most() + 1));
        let pixels = across.after(line);
        for pixel in pixels.clone().step_by(LANES) {
            let count = LANES.min((pixels.end - pixel) as usize);
            let lines = Lines::new(simd, samples, pixel);
            lanes.clear();
            for &step in list.iter() {
                lines.scan_cell::<BY_COLUMN>([line, step as usize], lanes);
            }
            let states = lines.first_states(line);
            for lane in 0..count {
                let first = states >> lane & 1 == 1;
                starts.push_line(pixel + lane as u32, first, lanes.of(lane));
            }
        }
    }
    starts.end();
}

impl<'s, S: Simd> Lines<'s, S> {
    #[inline(always)]
    fn new(simd: S, samples: LineSamples<'s>, pixel: u32) -> Self {
        let [near, far] = samples.weights[0].of(pixel..pixel + LANES as u32);
        let numbers = [0, 1, 2, 3, 4, 5, 6, 7];
        let lines = u32x8::from_slice(simd, &numbers) + u32x8::splat(simd, pixel);
        Lines {
            simd,
            samples,
            threshold: f32x8::splat(simd, samples.threshold),
            weights: [f32x8::from_slice(simd, near), f32x8::from_slice(simd, far)],
            positions: lines * u32x8::splat(simd, samples.places.step)
                + u32x8::splat(simd, samples.places.first),
        }
    }

    /// A bit for each line, set if its state at the first sample is true.
    #[inline(always)]
    fn first_states(&self, line: usize) -> u64 {
        self.state(self.samples.beside(self.simd, line, 0))
            .to_bitmask()
    }

    /// States at a place along the lines, given the samples beside them.
    #[inline(always)]
    fn state(&self, beside: [f32x8<S>; 2]) -> mask32x8<S> {
        lerp(beside, self.weights).simd_gt(self.threshold)
    }

    /// The samples around a cell, before and after it along the lines, and the states there.
    #[inline(always)]
    fn cell(&self, [line, step]: [usize; 2]) -> ([[f32x8<S>; 2]; 2], [mask32x8<S>; 2]) {
        let along = self.samples.weights[1];
        let before = self.samples.beside(self.simd, line, step);
        let next = self.samples.beside(self.simd, line, along.next(step));
        let states = [self.state(before), self.state(next)];
        // Where there is a pixel for each sample, the next sample is no part of it.
        let after = if along.is_one_to_one() { before } else { next };
        ([before, after], states)
    }

    /// States of the pixels that have these weights along the lines.
    #[inline(always)]
    fn pixels<const BY_COLUMN: bool>(
        &self,
        around: [[f32x8<S>; 2]; 2],
        [near, far]: [f32; 2],
    ) -> mask32x8<S> {
        let weights = [f32x8::splat(self.simd, near), f32x8::splat(self.simd, far)];
        let [before, after] = around;
        let formula = self.samples.formula;
        let values = if BY_COLUMN {
            value(formula, around, weights, self.weights)
        } else {
            let rows = [[before[0], after[0]], [before[1], after[1]]];
            value(formula, rows, self.weights, weights)
        };
        values.simd_gt(self.threshold)
    }

    /// Adds the starts of a cell to `lanes`.
    #[inline(always)]
    fn scan_cell<const BY_COLUMN: bool>(&self, cell: [usize; 2], lanes: &mut LaneStarts) {
        let (around, [before, after]) = self.cell(cell);
        let along = self.samples.weights[1];
        let steps = along.after(cell[1]);
        let [near, far] = along.of(steps.clone());
        let never = mask32x8::splat(self.simd, false);
        let (mut has_changed, mut has_returned) = (never, never);
        // One less for each pixel that has changed.
        let mut place = self.positions + u32x8::splat(self.simd, steps.end);
        for (&near, &far) in near.iter().zip(far) {
            let changed = self.pixels::<BY_COLUMN>(around, [near, far]) ^ before;
            has_returned |= has_changed & !changed;
            has_changed = changed;
            place += changed.to_vector().bitcast::<u32x8<S>>();
        }
        let changed = before ^ after;
        has_returned |= has_changed & !changed;
        if has_returned.to_bitmask() != 0 {
            return self.scan_pixels::<BY_COLUMN>(cell, lanes);
        }
        let changed = changed.to_bitmask();
        if changed != 0 {
            let mut places = [0; LANES];
            place.store_slice(&mut places);
            lanes.push_each(changed, places);
        }
    }

    /// Adds the starts of a cell in which a line's state changes more than once, pixel by pixel.
    #[cold]
    #[inline(never)]
    fn scan_pixels<const BY_COLUMN: bool>(&self, cell: [usize; 2], lanes: &mut LaneStarts) {
        let (around, states) = self.cell(cell);
        let along = self.samples.weights[1];
        let steps = along.after(cell[1]);
        let [near, far] = along.of(steps.clone());
        let mut positions = [0; LANES];
        self.positions.store_slice(&mut positions);
        let mut last = states[0].to_bitmask();
        for ((step, &near), &far) in steps.clone().zip(near).zip(far) {
            let states = self.pixels::<BY_COLUMN>(around, [near, far]).to_bitmask();
            lanes.push_at(states ^ last, positions, step);
            last = states;
        }
        lanes.push_at(states[1].to_bitmask() ^ last, positions, steps.end);
    }
}
