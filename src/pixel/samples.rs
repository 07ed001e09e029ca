//! Samples of one mask that is resampled, as f32 whatever their type.

use std::ops::Range;

use fearless_simd::Level;
use half::slice::HalfFloatSliceExt;
use half::{bf16, f16};
use ndarray::{ArrayView1, ArrayView2, s};

use super::resample::{Resample, value_of};
use super::typed::{Pixels, mask_of};

/// Samples of one mask, and samples of 0 around them.
pub(crate) struct Samples<'v> {
    own: Own<'v>,
    /// Number of rows and columns of 0 before its own and after.
    margins: [u32; 2],
}

/// A mask's own samples, of a type whose values are all values of f32.
enum Own<'v> {
    F16(ArrayView2<'v, f16>),
    Bf16(ArrayView2<'v, bf16>),
    F32(ArrayView2<'v, f32>),
    /// Pixels of a step before the last, which are made where they are read.
    Made(Box<(Samples<'v>, Resample)>),
}

impl<'v> Samples<'v> {
    /// The samples of one mask of an array of floats that are no f64.
    pub(super) fn new(pixels: &'v Pixels<'_>, place: [usize; 2]) -> Self {
        Self::of(match pixels {
            Pixels::F16(view) => Own::F16(mask_of(view, place)),
            Pixels::Bf16(view) => Own::Bf16(mask_of(view, place)),
            Pixels::F32(view) => Own::F32(mask_of(view, place)),
            _ => unreachable!("no others are resampled"),
        })
    }

    /// Samples that are f32.
    pub(crate) fn of_f32(view: ArrayView2<'v, f32>) -> Self {
        Self::of(Own::F32(view))
    }

    fn of(own: Own<'v>) -> Self {
        Samples {
            own,
            margins: [0; 2],
        }
    }

    /// The samples with these rows and columns of 0 before them and after.
    pub(super) fn with_margins(self, margins: [u32; 2]) -> Self {
        Samples { margins, ..self }
    }

    /// The pixels that are made of other samples, which are the window's.
    pub(super) fn made(samples: Self, resample: Resample) -> Self {
        Self::of(Own::Made(Box::new((samples, resample))))
    }

    /// The samples that these are made of, and how; none if they are read from memory.
    pub(crate) fn step(&self) -> Option<(&Samples<'v>, &Resample)> {
        match &self.own {
            Own::Made(made) => Some((&made.0, &made.1)),
            _ => None,
        }
    }

    /// All samples row by row, if they are f32 and lie so.
    pub(crate) fn as_rows(&self) -> Option<&[f32]> {
        match &self.own {
            Own::F32(view) if self.margins == [0; 2] => view.to_slice(),
            _ => None,
        }
    }

    /// One sample. If it is itself resampled, it is made by the arithmetic of a SIMD level.
    pub(crate) fn at(&self, level: Level, [row, column]: [u32; 2]) -> f32 {
        let before = self.margins[0];
        let place = [row, column].map(|index| index.wrapping_sub(before) as usize);
        match &self.own {
            Own::F16(view) => view.get(place).map_or(0.0, |sample| sample.to_f32()),
            Own::Bf16(view) => view.get(place).map_or(0.0, |sample| sample.to_f32()),
            Own::F32(view) => view.get(place).copied().unwrap_or(0.0),
            Own::Made(made) => made.0.pixel(level, &made.1, [row, column]),
        }
    }

    /// Value of one pixel of a window that is made of these samples, by the arithmetic of a SIMD
    /// level.
    pub(crate) fn pixel(&self, level: Level, resample: &Resample, place: [u32; 2]) -> f32 {
        let taps = [resample.rows.tap(place[0]), resample.columns.tap(place[1])];
        let [rows, columns] = taps.map(|tap| tap.samples);
        let around = rows.map(|row| columns.map(|column| self.at(level, [row, column])));
        value_of(level, resample.formula, around, taps.map(|tap| tap.weights))
    }

    /// Appends the samples of a row at pairs of places, the first and the second of each apart. No
    /// others are read: a row may be one sample that is repeated without end.
    pub(crate) fn gather(&self, row: usize, places: &[[u32; 2]], out: [&mut Vec<f32>; 2]) {
        let before = self.margins[0];
        let row = row.wrapping_sub(before as usize);
        match &self.own {
            Own::F16(view) => gather(row_of(view, row), f16::to_f32, before, places, out),
            Own::Bf16(view) => gather(row_of(view, row), bf16::to_f32, before, places, out),
            Own::F32(view) => gather(row_of(view, row), |sample| sample, before, places, out),
            Own::Made(_) => unreachable!("they are put into memory first"),
        }
    }

    /// Appends a row to `out`.
    pub(crate) fn append_row(&self, row: usize, out: &mut Vec<f32>) {
        let [before, after] = self.margins.map(|margin| margin as usize);
        self.append_columns(row, 0..before + self.own_columns() + after, out);
    }

    /// Appends some columns of a row to `out`, and 0 for those beyond the last.
    pub(crate) fn append_columns(&self, row: usize, columns: Range<usize>, out: &mut Vec<f32>) {
        let before = self.margins[0] as usize;
        let row = row.wrapping_sub(before);
        let own = [columns.start, columns.end]
            .map(|column| column.saturating_sub(before).min(self.own_columns()));
        let end = out.len() + columns.len();
        out.resize(
            out.len() + before.min(columns.end).saturating_sub(columns.start),
            0.0,
        );
        let own = own[0]..own[1];
        match &self.own {
            Own::F16(view) => append_halves(part_of(view, row, own), f16::to_f32, out),
            Own::Bf16(view) => append_halves(part_of(view, row, own), bf16::to_f32, out),
            Own::F32(view) => {
                let part = part_of(view, row, own);
                part.into_iter().for_each(|part| match part.to_slice() {
                    Some(part) => out.extend_from_slice(part),
                    None => out.extend(part),
                });
            }
            Own::Made(_) => unreachable!("they are put into memory first"),
        }
        // A row of 0, and what is beyond the last column.
        out.resize(end, 0.0);
    }

    fn own_columns(&self) -> usize {
        match &self.own {
            Own::F16(view) => view.ncols(),
            Own::Bf16(view) => view.ncols(),
            Own::F32(view) => view.ncols(),
            Own::Made(_) => unreachable!("they are put into memory first"),
        }
    }
}

/// A mask's own row, none beyond these.
fn row_of<'r, T>(view: &'r ArrayView2<'_, T>, row: usize) -> Option<ArrayView1<'r, T>> {
    (row < view.nrows()).then(|| view.row(row))
}

/// Some columns of a mask's own row, none beyond these.
fn part_of<'r, T>(
    view: &'r ArrayView2<'_, T>,
    row: usize,
    columns: Range<usize>,
) -> Option<ArrayView1<'r, T>> {
    row_of(view, row).map(|row| row.slice_move(s![columns]))
}

/// Appends the samples of a row, which has `before` of 0 before its own, at pairs of places, the
/// first and the second of each apart.
fn gather<T: Copy>(
    row: Option<ArrayView1<'_, T>>,
    convert: impl Fn(T) -> f32,
    before: u32,
    places: &[[u32; 2]],
    out: [&mut Vec<f32>; 2],
) {
    let Some(row) = row else {
        return append_pairs(places, out, |_| 0.0);
    };
    let index = |place: u32| place.wrapping_sub(before) as usize;
    let convert = |&sample: &T| convert(sample);
    match row.to_slice() {
        Some(row) => append_pairs(places, out, |at| row.get(index(at)).map_or(0.0, convert)),
        None => append_pairs(places, out, |at| row.get(index(at)).map_or(0.0, convert)),
    }
}

/// Appends the samples at pairs of places. Not one by one: that takes twice as long.
fn append_pairs(places: &[[u32; 2]], [first, second]: [&mut Vec<f32>; 2], at: impl Fn(u32) -> f32) {
    first.extend(places.iter().map(|pair| at(pair[0])));
    second.extend(places.iter().map(|pair| at(pair[1])));
}

/// Appends floats of 16 bits to `out`, where they lie one after the other by the CPU's instruction.
fn append_halves<T: Copy>(
    part: Option<ArrayView1<'_, T>>,
    convert: fn(T) -> f32,
    out: &mut Vec<f32>,
) where
    [T]: HalfFloatSliceExt,
{
    let Some(part) = part else { return };
    match part.to_slice() {
        Some(part) => {
            let first = out.len();
            out.resize(first + part.len(), 0.0);
            part.convert_to_f32_slice(&mut out[first..]);
        }
        None => out.extend(part.iter().map(|&sample| convert(sample))),
    }
}
