//! Columns of a target: the samples that their pixels are made of, and the weights of these.

use std::ops::Range;

use fearless_simd::prelude::*;
use fearless_simd::{Simd, f32x8, u8x32};

use super::weights::LANES;
use crate::pixel::{Axis, Formula, Resample, Samples, lerp};

/// Columns that are read at a time.
pub(super) const AT_ONCE: usize = 64;

/// Some columns of a target. The last one is repeated, so that [`AT_ONCE`] from any of them on can
/// be read.
pub(crate) struct Columns {
    pub(super) formula: Formula,
    axis: Axis,
    samples: Vec<[u32; 2]>,
    near: Vec<f32>,
    far: Vec<f32>,
    /// Where the samples of each [`LANES`] columns lie; none if some lie too far from each other.
    /// White noise of 256 x 256 to 480 x 640 takes two thirds of the time by it.
    places: Option<Vec<Places>>,
}

/// Where the samples of [`LANES`] columns lie among as many from the first one on: bytes in a
/// vector. The first one is none before that of the columns before.
struct Places {
    first: usize,
    before: [u8; 4 * LANES],
    after: [u8; 4 * LANES],
}

impl Columns {
    pub(super) fn new(resample: &Resample, columns: Range<usize>) -> Self {
        let padded = columns.len().next_multiple_of(AT_ONCE) + AT_ONCE;
        let (axis, last) = (resample.columns, columns.end - 1);
        let taps = (columns.start..).take(padded);
        let taps = taps.map(|column| axis.tap(column.min(last) as u32));
        let (samples, weights): (Vec<_>, Vec<_>) =
            taps.map(|tap| (tap.samples, tap.weights)).unzip();
        let places = samples.as_chunks().0.iter().map(Places::of).collect();
        Columns {
            formula: resample.formula,
            axis,
            near: weights.iter().map(|weights| weights[0]).collect(),
            far: weights.iter().map(|weights| weights[1]).collect(),
            samples,
            places,
        }
    }

    /// True if these, which are all columns of a target, are those of another one too.
    pub(super) fn are_all_of(&self, resample: &Resample) -> bool {
        (self.axis, self.formula) == (resample.columns, resample.formula)
    }

    /// True if values are made along rows first, so that those of a row serve many.
    #[inline(always)]
    pub(super) fn by_rows(&self) -> bool {
        self.formula == Formula::Interpolate
    }

    #[inline(always)]
    pub(super) fn weights<S: Simd>(&self, simd: S, at: usize) -> [f32x8<S>; 2] {
        [vector(simd, &self.near, at), vector(simd, &self.far, at)]
    }

    /// Bytes of memory that they take.
    pub(super) fn bytes(&self) -> usize {
        let places = self.places.as_ref().map_or(0, Vec::capacity);
        self.samples.capacity() * (size_of::<[u32; 2]>() + size_of::<[f32; 2]>())
            + places * size_of::<Places>()
    }
}

impl Places {
    /// None if they lie too far from each other, or a second one before the first.
    fn of(samples: &[[u32; 2]; LANES]) -> Option<Self> {
        let first = samples.iter().map(|pair| pair[0]).min()?;
        let mut places = Places {
            first: first as usize,
            before: [0; 4 * LANES],
            after: [0; 4 * LANES],
        };
        for (lane, pair) in samples.iter().enumerate() {
            let bytes = [&mut places.before, &mut places.after];
            for (sample, bytes) in pair.iter().zip(bytes) {
                let place = sample.checked_sub(first)? as usize;
                if place >= LANES {
                    return None;
                }
                for (byte, out) in bytes[4 * lane..][..4].iter_mut().enumerate() {
                    *out = (4 * place + byte) as u8;
                }
            }
        }
        Some(places)
    }
}

/// A row of samples as some columns of a target see it, [`LANES`] at a time.
#[derive(Default)]
pub(super) struct SampleRow {
    row: Option<u32>,
    /// The row's own samples.
    own: Vec<f32>,
    /// Value at each column; the sample before it, if values are not made along rows first.
    values: Vec<f32>,
    /// Sample after each column.
    after: Vec<f32>,
}

impl SampleRow {
    /// True if it is this row of the samples.
    #[inline(always)]
    pub(super) fn is(&self, row: u32) -> bool {
        self.row == Some(row)
    }

    /// Reads a row as `range` of the columns see it, from a multiple of [`LANES`] to another.
    #[inline(always)]
    pub(super) fn read<S: Simd>(
        &mut self,
        simd: S,
        samples: &Samples<'_>,
        row: u32,
        columns: &Columns,
        range: Range<usize>,
    ) {
        self.row = Some(row);
        if let Some(places) = &columns.places {
            let places = &places[range.start / LANES..range.end / LANES];
            return self.spread(simd, samples, row as usize, columns, range.start, places);
        }
        self.values.clear();
        self.after.clear();
        let out = [&mut self.values, &mut self.after];
        samples.gather(row as usize, &columns.samples[range.clone()], out);
        if columns.by_rows() {
            for at in (0..self.values.len()).step_by(LANES) {
                let weights = columns.weights(simd, range.start + at);
                lerp(self.pair(simd, at), weights).store_slice(&mut self.values[at..at + LANES]);
            }
        }
    }

    /// Reads a row as columns from `start` on see it, whose samples lie at `places`.
    #[inline(always)]
    fn spread<S: Simd>(
        &mut self,
        simd: S,
        samples: &Samples<'_>,
        row: usize,
        columns: &Columns,
        start: usize,
        places: &[Places],
    ) {
        let (Some(first), Some(last)) = (places.first(), places.last()) else {
            return;
        };
        self.own.clear();
        samples.append_columns(row, first.first..last.first + LANES, &mut self.own);
        let length = places.len() * LANES;
        self.values.resize(length, 0.0);
        // Not read where values are made along rows.
        self.after
            .resize(if columns.by_rows() { 0 } else { length }, 0.0);
        let weights = [&columns.near, &columns.far].map(|all| all[start..].as_chunks::<LANES>().0);
        let values = self.values.as_chunks_mut::<LANES>().0;
        let mut after = self.after.as_chunks_mut::<LANES>().0.iter_mut();
        for (index, (places, values)) in places.iter().zip(values).enumerate() {
            let own = vector(simd, &self.own, places.first - first.first);
            let [before_at, after_at] =
                [&places.before, &places.after].map(|bytes| u8x32::from_slice(simd, bytes));
            let pair = [own.swizzle_dyn(before_at), own.swizzle_dyn(after_at)];
            match after.next() {
                Some(after) => {
                    pair[0].store_slice(values);
                    pair[1].store_slice(after);
                }
                None => {
                    let weights = weights.map(|all| f32x8::from_slice(simd, &all[index]));
                    lerp(pair, weights).store_slice(values);
                }
            }
        }
    }

    /// Values at [`AT_ONCE`] columns, [`LANES`] together.
    #[inline(always)]
    pub(super) fn values(&self, first: usize) -> &[[f32; LANES]] {
        self.values[first..first + AT_ONCE].as_chunks().0
    }

    /// Samples before and after [`LANES`] columns.
    #[inline(always)]
    pub(super) fn pair<S: Simd>(&self, simd: S, at: usize) -> [f32x8<S>; 2] {
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
