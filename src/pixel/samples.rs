//! Samples of one mask that is resampled, as f32 whatever their type.

use fearless_simd::Level;
use half::slice::HalfFloatSliceExt;
use half::{bf16, f16};
use ndarray::{ArrayView1, ArrayView2};

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
        let row = row.wrapping_sub(before);
        out.resize(out.len() + before, 0.0);
        match &self.own {
            Own::F16(view) => append_halves(row_of(view, row), f16::to_f32, out),
            Own::Bf16(view) => append_halves(row_of(view, row), bf16::to_f32, out),
            Own::F32(view) => match row_of(view, row) {
                Ok(row) => match row.to_slice() {
                    Some(row) => out.extend_from_slice(row),
                    None => out.extend(row),
                },
                Err(width) => out.resize(out.len() + width, 0.0),
            },
            Own::Made(_) => unreachable!("they are put into memory first"),
        }
        out.resize(out.len() + after, 0.0);
    }
}

/// A row of samples, or their number in one of 0.
fn row_of<'r, T>(view: &'r ArrayView2<'_, T>, row: usize) -> Result<ArrayView1<'r, T>, usize> {
    if row < view.nrows() {
        Ok(view.row(row))
    } else {
        Err(view.ncols())
    }
}

/// Appends the samples of a row, which has `before` of 0 before its own, at pairs of places, the
/// first and the second of each apart.
fn gather<T: Copy>(
    row: Result<ArrayView1<'_, T>, usize>,
    convert: fn(T) -> f32,
    before: u32,
    places: &[[u32; 2]],
    [first, second]: [&mut Vec<f32>; 2],
) {
    let Ok(row) = row else {
        first.resize(first.len() + places.len(), 0.0);
        second.resize(second.len() + places.len(), 0.0);
        return;
    };
    let at = |place: u32| {
        let own = row.get(place.wrapping_sub(before) as usize);
        own.map_or(0.0, |&sample| convert(sample))
    };
    for &[before, after] in places {
        first.push(at(before));
        second.push(at(after));
    }
}

/// Appends floats of 16 bits to `out`, where they lie one after the other by the CPU's instruction.
fn append_halves<T: Copy>(
    row: Result<ArrayView1<'_, T>, usize>,
    convert: fn(T) -> f32,
    out: &mut Vec<f32>,
) where
    [T]: HalfFloatSliceExt,
{
    let first = out.len();
    let row = match row {
        Ok(row) => row,
        Err(width) => return out.resize(first + width, 0.0),
    };
    match row.to_slice() {
        Some(row) => {
            out.resize(first + row.len(), 0.0);
            row.convert_to_f32_slice(&mut out[first..]);
        }
        None => out.extend(row.iter().map(|&sample| convert(sample))),
    }
}
