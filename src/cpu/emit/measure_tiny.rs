//! Area and box of a mask of at most 32 x 32 pixels, from all ends of its runs.
//!
//! Eight runs at a time: one by one, as `measure.rs` takes them, area and box of masks of 28 x 28
//! cost 30 % of the time of their strings; together they cost 12 %.

use fearless_simd::prelude::*;
use fearless_simd::{Simd, u32x8};

/// Runs that are measured at a time.
const LANES: usize = 8;

/// Divides positions of less than 1024 by a height of at most 32.
///
/// The inverse is too large by 2^-16 at most, so the quotient by 2^-6: less than it lacks of the
/// next whole number, which is 2^-5 at least.
#[derive(Clone, Copy)]
struct Inverse(u32);

impl Inverse {
    fn of(height: u32) -> Self {
        Inverse((1 << 16) / height + 1)
    }

    fn column(self, position: u32) -> u32 {
        (position * self.0) >> 16
    }

    #[inline(always)]
    fn columns<S: Simd>(self, simd: S, positions: u32x8<S>) -> u32x8<S> {
        (positions * u32x8::splat(simd, self.0)) >> 16
    }
}

/// The area, and the box if it is not empty, `[x, y, width, height]`, of a mask of this height.
/// `ends` are those of its runs in column-major order, background first.
#[inline(always)]
pub(super) fn measure_tiny<S: Simd>(simd: S, height: u32, ends: &[u32]) -> (u32, [u32; 4]) {
    let (runs, _) = ends.as_chunks();
    let (Some(&[first, _]), Some(&[_, last])) = (runs.first(), runs.last()) else {
        return (0, [0; 4]);
    };
    let inverse = Inverse::of(height);
    let mut extent = Extent::new(simd, height, inverse);
    let (eights, rest) = runs.as_chunks();
    for eight in eights {
        extent.add(simd, eight);
    }
    if !rest.is_empty() {
        // A run without pixels where another one starts changes nothing.
        let mut eight = [[first; 2]; LANES];
        eight[..rest.len()].copy_from_slice(rest);
        extent.add(simd, &eight);
    }
    let area = extent.area.reduce_sum();
    if area == 0 {
        return (0, [0; 4]);
    }
    let (mut top, mut bottom) = (extent.top.reduce_min(), extent.bottom.reduce_max());
    // A run that goes on in the next column has the last row of one and the first of the other.
    if bottom > height {
        (top, bottom) = (0, height);
    }
    let [left, right] = [first, last - 1].map(|position| inverse.column(position));
    (area, [left, top, right - left + 1, bottom - top])
}

/// Area and rows of some runs, in lanes.
struct Extent<S: Simd> {
    height: u32x8<S>,
    inverse: Inverse,
    area: u32x8<S>,
    /// First row.
    top: u32x8<S>,
    /// The row after the last; more than all if a run goes on in the next column.
    bottom: u32x8<S>,
}

impl<S: Simd> Extent<S> {
    #[inline(always)]
    fn new(simd: S, height: u32, inverse: Inverse) -> Self {
        let none = u32x8::splat(simd, 0);
        Extent {
            height: u32x8::splat(simd, height),
            inverse,
            area: none,
            top: u32x8::splat(simd, height),
            bottom: none,
        }
    }

    #[inline(always)]
    fn add(&mut self, simd: S, runs: &[[u32; 2]; LANES]) {
        let [low, high] = [&runs[..LANES / 2], &runs[LANES / 2..]]
            .map(|half| u32x8::from_slice(simd, half.as_flattened()));
        let (starts, ends) = (low.unzip_low(high), low.unzip_high(high));
        let pixels = ends - starts;
        let rows = starts - self.inverse.columns(simd, starts) * self.height;
        self.area += pixels;
        self.top = self.top.min(rows);
        self.bottom = self.bottom.max(rows + pixels);
    }
}

#[cfg(test)]
mod tests {
    use fearless_simd::dispatch;

    use super::*;
    use crate::cpu::emit::measure::Measure;

    #[test]
    fn columns_are_those_of_a_division() {
        for height in 1..=32 {
            for position in 0..1024 {
                assert_eq!(Inverse::of(height).column(position), position / height);
            }
        }
    }

    #[test]
    fn tiny_masks_are_measured_as_others_are() {
        let mut random = 1u32;
        let mut next = |below: u32| {
            random = random.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (random >> 8) % below
        };
        for case in 0..20_000 {
            let [height, width] = [1 + next(32), 1 + next(32)];
            let most = 1 + next(1 + case % (height * width));
            let mut ends = vec![next(2) * next(most)];
            while let Some(&end) = ends.last().filter(|&&end| end < height * width) {
                ends.push((end + 1 + next(most)).min(height * width));
            }
            let mut measure = Measure::new(false);
            measure.begin([height, width]);
            measure.take(&ends);
            for level in crate::simd::levels::all() {
                let found = dispatch!(level, simd => measure_tiny(simd, height, &ends));
                let expected = (measure.area(), measure.bbox());
                assert_eq!(found, expected, "{level:?}, {height} x {width}: {ends:?}");
            }
        }
    }
}
