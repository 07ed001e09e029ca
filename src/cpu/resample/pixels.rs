//! All pixels of a window, evaluated row by row: what is done where most cells are mixed, where one
//! pixel spans several cells, and in small targets, which torch evaluates by another formula.

use std::ops::Range;

use fearless_simd::prelude::*;
use fearless_simd::{Level, Simd, dispatch, f32x8, u32x8};

use super::weights::LANES;
use crate::cpu::read::{ForegroundSource, PixelRows, WordRows};
use crate::pixel::{Formula, Resample, Samples, lerp, value};
use crate::predicate::Threshold;
use crate::simd::Lanes;

/// A window's pixels, which are evaluated as they are read.
pub(crate) struct ResampledPixels<'s, 'v> {
    pub(crate) level: Level,
    pub(crate) samples: &'s Samples<'v>,
    pub(crate) resample: Resample,
    pub(crate) threshold: Threshold,
}

impl PixelRows for ResampledPixels<'_, '_> {
    fn height(&self) -> usize {
        self.resample.rows.to as usize
    }

    fn width(&self) -> usize {
        self.resample.columns.to as usize
    }

    fn row_bytes(&self) -> usize {
        self.width() * size_of::<f32>()
    }
}

impl ForegroundSource for ResampledPixels<'_, '_> {
    fn read_foreground_bits(
        &self,
        rows: Range<usize>,
        columns: Range<usize>,
        words: &mut WordRows<'_>,
    ) {
        let columns = Columns::new(&self.resample, columns);
        dispatch!(self.level, simd => self.read_rows(simd, rows, &columns, words));
    }
}

impl ResampledPixels<'_, '_> {
    /// True if the first pixel is foreground.
    pub(crate) fn begin_with_foreground(&self) -> bool {
        let first = self.samples.pixel(self.level, &self.resample, [0; 2]);
        self.threshold.is_below(u64::from(first.to_bits()) << 32)
    }

    #[inline(always)]
    fn read_rows<S: Simd>(
        &self,
        simd: S,
        rows: Range<usize>,
        columns: &Columns,
        words: &mut WordRows<'_>,
    ) {
        let mut beside = RowPair::default();
        for (index, row) in rows.enumerate() {
            beside.advance(simd, self.samples, &self.resample, row, columns);
            let words = &mut words.words[index * words.stride..];
            for (word, first) in words.iter_mut().zip((0..columns.count).step_by(64)) {
                let pixels = beside.read(simd, first, columns);
                let bits = u32::above::<S, false>(simd, &pixels, self.threshold);
                *word = bits & (u64::MAX >> (64 - 64.min(columns.count - first)));
            }
        }
    }
}

/// Puts all pixels of a window into memory, row by row.
pub(super) fn make_all(
    level: Level,
    samples: &Samples<'_>,
    resample: &Resample,
    out: &mut Vec<f32>,
) {
    let columns = Columns::new(resample, 0..resample.columns.to as usize);
    out.clear();
    out.reserve(resample.rows.to as usize * columns.count);
    dispatch!(level, simd => make_rows(simd, samples, resample, &columns, out));
}

#[inline(always)]
fn make_rows<S: Simd>(
    simd: S,
    samples: &Samples<'_>,
    resample: &Resample,
    columns: &Columns,
    out: &mut Vec<f32>,
) {
    let mut beside = RowPair::default();
    for row in 0..resample.rows.to as usize {
        beside.advance(simd, samples, resample, row, columns);
        for first in (0..columns.count).step_by(64) {
            let pixels = beside.read(simd, first, columns);
            let own = &pixels[..64.min(columns.count - first)];
            out.extend(own.iter().map(|&bits| f32::from_bits(bits)));
        }
    }
}

/// The rows of samples before and after a row of pixels, and their weights.
#[derive(Default)]
struct RowPair {
    rows: [SampleRow; 2],
    weights: [f32; 2],
}

impl RowPair {
    /// Goes to the next row of pixels.
    #[inline(always)]
    fn advance<S: Simd>(
        &mut self,
        simd: S,
        samples: &Samples<'_>,
        resample: &Resample,
        row: usize,
        columns: &Columns,
    ) {
        let tap = resample.rows.tap(row as u32);
        self.weights = tap.weights;
        // The row after the last pixel is often the one before this.
        if self.rows[1].row == Some(tap.samples[0]) {
            self.rows.swap(0, 1);
        }
        for (own, sample_row) in self.rows.iter_mut().zip(tap.samples) {
            if own.row != Some(sample_row) {
                own.read(simd, samples, sample_row, columns);
            }
        }
    }

    /// The bits of 64 pixels from a column on.
    #[inline(always)]
    fn read<S: Simd>(&self, simd: S, first: usize, columns: &Columns) -> [u32; 64] {
        let [before, after] = &self.rows;
        let rows = self.weights.map(|weight| f32x8::splat(simd, weight));
        let mut pixels = [0; 64];
        for (part, out) in pixels.as_chunks_mut::<LANES>().0.iter_mut().enumerate() {
            let at = first + part * LANES;
            let values = if columns.by_rows() {
                let beside = [
                    vector(simd, &before.values, at),
                    vector(simd, &after.values, at),
                ];
                lerp(beside, rows)
            } else {
                let around = [before.pair(simd, at), after.pair(simd, at)];
                value(columns.formula, around, rows, columns.weights(simd, at))
            };
            values.bitcast::<u32x8<S>>().store_slice(out);
        }
        pixels
    }
}

/// Some columns of a target; up to a multiple of 64 they are repeated.
struct Columns {
    count: usize,
    formula: Formula,
    samples: Vec<[u32; 2]>,
    near: Vec<f32>,
    far: Vec<f32>,
}

impl Columns {
    fn new(resample: &Resample, columns: Range<usize>) -> Self {
        let padded = columns.len().next_multiple_of(64);
        let mut new = Columns {
            count: columns.len(),
            formula: resample.formula,
            samples: Vec::with_capacity(padded),
            near: Vec::with_capacity(padded),
            far: Vec::with_capacity(padded),
        };
        for column in columns.start..columns.start + padded {
            let tap = resample.columns.tap(column.min(columns.end - 1) as u32);
            new.samples.push(tap.samples);
            new.near.push(tap.weights[0]);
            new.far.push(tap.weights[1]);
        }
        new
    }

    /// True if values are made along rows first, so that those of a row serve many.
    #[inline(always)]
    fn by_rows(&self) -> bool {
        self.formula == Formula::Interpolate
    }

    #[inline(always)]
    fn weights<S: Simd>(&self, simd: S, at: usize) -> [f32x8<S>; 2] {
        [vector(simd, &self.near, at), vector(simd, &self.far, at)]
    }
}

/// A row of samples as the columns of a target see it.
#[derive(Default)]
struct SampleRow {
    row: Option<u32>,
    /// Value at each column; the sample before it, if values are not made along rows first.
    values: Vec<f32>,
    /// Sample after each column.
    after: Vec<f32>,
}

impl SampleRow {
    #[inline(always)]
    fn read<S: Simd>(&mut self, simd: S, samples: &Samples<'_>, row: u32, columns: &Columns) {
        self.row = Some(row);
        self.values.clear();
        self.after.clear();
        let out = [&mut self.values, &mut self.after];
        samples.gather(row as usize, &columns.samples, out);
        if !columns.by_rows() {
            return;
        }
        for at in (0..self.values.len()).step_by(LANES) {
            let values = lerp(self.pair(simd, at), columns.weights(simd, at));
            values.store_slice(&mut self.values[at..at + LANES]);
        }
    }

    #[inline(always)]
    fn pair<S: Simd>(&self, simd: S, at: usize) -> [f32x8<S>; 2] {
        [
            vector(simd, &self.values, at),
            vector(simd, &self.after, at),
        ]
    }
}

#[inline(always)]
fn vector<S: Simd>(simd: S, values: &[f32], at: usize) -> f32x8<S> {
    f32x8::from_slice(simd, &values[at..at + LANES])
}
