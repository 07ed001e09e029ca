//! All pixels of a window, evaluated row by row: what is done where most cells are mixed, where one
//! pixel spans several cells, and in small targets, which torch evaluates by another formula.

use std::ops::Range;

use fearless_simd::prelude::*;
use fearless_simd::{Level, Simd, dispatch, f32x8, u32x8};

use super::columns::{AT_ONCE, Columns, SampleRow};
use super::weights::LANES;
use crate::cpu::read::{ForegroundSource, PixelRows, WordRows};
use crate::pixel::{Resample, Samples, lerp, value};
use crate::predicate::Threshold;
use crate::simd::{Hidden, Lanes};

/// A window's pixels, which are evaluated as they are read.
pub(crate) struct ResampledPixels<'s, 'v> {
    pub(crate) level: Level,
    pub(crate) samples: &'s Samples<'v>,
    pub(crate) resample: Resample,
    pub(crate) threshold: Threshold,
    /// All columns, if they are kept.
    pub(crate) columns: Option<&'s Columns>,
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
        let own;
        let (all, first) = match self.columns {
            Some(all) if columns.start.is_multiple_of(LANES) => (all, columns.start),
            _ => {
                own = Columns::new(&self.resample, columns.clone());
                (&own, 0)
            }
        };
        let range = first..first + columns.len();
        dispatch!(self.level, simd => self.read_rows(simd, rows, all, range, words));
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
        range: Range<usize>,
        words: &mut WordRows<'_>,
    ) {
        let (count, hidden) = (range.len(), Hidden::new());
        let mut beside = RowPair::new(columns, range);
        for (index, row) in rows.enumerate() {
            beside.advance(simd, self.samples, &self.resample, row);
            let words = &mut words.words[index * words.stride..];
            for (word, first) in words.iter_mut().zip((0..count).step_by(AT_ONCE)) {
                let pixels = beside.read(simd, first);
                let bits = u32::above::<S, false>(simd, hidden, &pixels, self.threshold);
                *word = bits & (u64::MAX >> (AT_ONCE - AT_ONCE.min(count - first)));
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
    /// Columns at a time: of a wide target all places and weights take more memory than its pixels.
    const MOST_COLUMNS: usize = 1 << 7;
    let [height, width] = resample.to().map(|side| side as usize);
    out.clear();
    out.resize(height * width, 0.0);
    for start in (0..width).step_by(MOST_COLUMNS) {
        let range = start..width.min(start + MOST_COLUMNS);
        let columns = Columns::new(resample, range.clone());
        dispatch!(level, simd => make_columns(simd, samples, resample, &columns, range, out));
    }
}

#[inline(always)]
fn make_columns<S: Simd>(
    simd: S,
    samples: &Samples<'_>,
    resample: &Resample,
    columns: &Columns,
    range: Range<usize>,
    out: &mut [f32],
) {
    let mut beside = RowPair::new(columns, 0..range.len());
    let rows = out.chunks_exact_mut(resample.columns.to as usize);
    for (row, out) in rows.enumerate() {
        beside.advance(simd, samples, resample, row);
        for (first, out) in (0..)
            .step_by(AT_ONCE)
            .zip(out[range.clone()].chunks_mut(AT_ONCE))
        {
            let pixels = beside.read(simd, first).map(f32::from_bits);
            out.copy_from_slice(&pixels[..out.len()]);
        }
    }
}

/// The rows of samples before and after a row of pixels, and their weights.
struct RowPair<'c> {
    columns: &'c Columns,
    /// Columns that are read, up to a multiple of [`AT_ONCE`].
    range: Range<usize>,
    rows: [SampleRow; 2],
    weights: [f32; 2],
}

impl<'c> RowPair<'c> {
    fn new(columns: &'c Columns, Range { start, end }: Range<usize>) -> Self {
        RowPair {
            columns,
            range: start..start + (end - start).next_multiple_of(AT_ONCE),
            rows: Default::default(),
            weights: [0.0; 2],
        }
    }

    /// Goes to the next row of pixels.
    #[inline(always)]
    fn advance<S: Simd>(
        &mut self,
        simd: S,
        samples: &Samples<'_>,
        resample: &Resample,
        row: usize,
    ) {
        let tap = resample.rows.tap(row as u32);
        self.weights = tap.weights;
        // The row after the last pixel is often the one before this.
        if self.rows[1].is(tap.samples[0]) {
            self.rows.swap(0, 1);
        }
        for (own, sample_row) in self.rows.iter_mut().zip(tap.samples) {
            if !own.is(sample_row) {
                own.read(simd, samples, sample_row, self.columns, self.range.clone());
            }
        }
    }

    /// The bits of [`AT_ONCE`] pixels from one on.
    #[inline(always)]
    fn read<S: Simd>(&self, simd: S, first: usize) -> [u32; AT_ONCE] {
        let [before, after] = &self.rows;
        let rows = self.weights.map(|weight| f32x8::splat(simd, weight));
        let mut pixels = [0; AT_ONCE];
        let out = pixels.as_chunks_mut::<LANES>().0.iter_mut();
        if self.columns.by_rows() {
            let beside = before.values(first).iter().zip(after.values(first));
            for (out, (before, after)) in out.zip(beside) {
                let beside = [before, after].map(|values| f32x8::from_slice(simd, values));
                lerp(beside, rows).bitcast::<u32x8<S>>().store_slice(out);
            }
        } else {
            for (out, at) in out.zip((first..).step_by(LANES)) {
                let around = [before.pair(simd, at), after.pair(simd, at)];
                let weights = self.columns.weights(simd, self.range.start + at);
                let values = value(self.columns.formula, around, rows, weights);
                values.bitcast::<u32x8<S>>().store_slice(out);
            }
        }
        pixels
    }
}
