//! The scan of one mask.

use fearless_simd::{Level, Simd, dispatch};

use super::bounds::Bounds;
use super::cells::MixedCells;
use super::columns::Columns;
use super::lines::{LineSamples, scan_lines};
use super::starts::{LaneStarts, LinePlaces, LineStarts};
use super::weights::{LANES, Weights};
use crate::pixel::{Formula, Order, Resample, Samples};
use crate::predicate::Threshold;

/// Scratch kept from mask to mask.
#[derive(Default)]
pub(crate) struct ResampleScratch {
    rows: Weights,
    columns: Weights,
    cells: MixedCells,
    lanes: LaneStarts,
    starts: LineStarts,
    /// Samples that are no f32, or do not lie row by row.
    samples: Vec<f32>,
    /// Columns of the target that was last done pixel by pixel.
    all_columns: Option<Columns>,
}

/// A mask's samples, row by row, and those of the next mask if they are in memory: these are
/// brought near while the mask's lines are scanned.
#[derive(Clone, Copy)]
pub(super) struct Rows<'s> {
    pub(super) own: &'s [f32],
    pub(super) next: &'s [f32],
}

/// Sides up to which a target's weights are kept, some 45 bytes a pixel of a side. Beyond them rows
/// of pixels take ten times as long.
const MOST_SIDE: u32 = 1 << 20;
/// Samples up to which they are copied to lie row by row.
const MOST_SAMPLES: u64 = 1 << 24;
/// Pixels that are evaluated one by one while a line of a mixed cell is done, and while one pixel
/// of each of [`LANES`] lines is evaluated. So white noise, of which 7 cells of 8 are mixed, goes
/// the way that was the faster one, or as fast (AVX2: by cells 1.9 ms a mask of 256 x 256 to 480 x
/// 640 and 6.2 to 3000 x 4000, pixel by pixel 0.45 and 6.5), and masks of which one in five is
/// mixed go by cells (0.5 of 0.75 ms to 1080 x 1920).
const LINE_COST: u64 = 8;
const STEP_COST: u64 = 1;
/// Samples of the next mask that are prefetched at most: 1 MiB.
const MOST_PREFETCHED: usize = 1 << 18;
/// Bytes of scratch that are kept for the next call at most.
const MOST_KEPT: usize = 1 << 22;

impl ResampleScratch {
    /// The starts that have been found, as [`ResampleScratch::scan`] gives them.
    #[cfg(test)]
    pub(super) fn found(&self, pixels: u32) -> (&[u32], bool) {
        self.starts.finish(pixels)
    }

    /// The starts of a mask, without that of its first pixel, and true if this is foreground. None
    /// if it is sooner done pixel by pixel. `next` is the mask that is scanned after it.
    pub(crate) fn scan(
        &mut self,
        level: Level,
        samples: &Samples<'_>,
        next: Option<&Samples<'_>>,
        resample: &Resample,
        threshold: Threshold,
        order: Order,
    ) -> Option<(&[u32], bool)> {
        if !is_enlarged(resample) {
            return None;
        }
        let threshold = f32::from_bits(threshold.bits());
        let mut copied = std::mem::take(&mut self.samples);
        let own = match samples.as_rows() {
            Some(rows) => rows,
            None => {
                copied.clear();
                (0..resample.rows.from)
                    .for_each(|row| samples.append_row(row as usize, &mut copied));
                &copied
            }
        };
        let next = next.and_then(Samples::as_rows).unwrap_or_default();
        // No more than the caches may have room for.
        let next = &next[..next.len().min(MOST_PREFETCHED)];
        let rows = Rows { own, next };
        let most = most_mixed(resample, order);
        let is_done = self.scan_rows(level, rows, resample, threshold, order, most);
        self.samples = copied;
        let [height, width] = resample.target;
        is_done.then(|| self.starts.finish(height * width))
    }

    /// All columns of a target, if they are so few that they are kept from mask to mask.
    pub(crate) fn all_columns(&mut self, resample: &Resample) -> Option<&Columns> {
        if resample.columns.to > MOST_SIDE {
            return None;
        }
        let kept = self.all_columns.take();
        let all = match kept.filter(|all| all.are_all_of(resample)) {
            Some(all) => all,
            None => Columns::new(resample, 0..resample.columns.to as usize),
        };
        Some(self.all_columns.insert(all))
    }

    /// The starts of a mask, as [`ResampleScratch::scan`] gives them, made of those of its window
    /// that is scanned by itself: the first is at its first pixel, which is foreground if `first`
    /// is true.
    pub(crate) fn place(
        &mut self,
        starts: &[u32],
        first: bool,
        resample: &Resample,
        order: Order,
    ) -> (&[u32], bool) {
        let [[height, width], [rows, columns]] = [resample.target, resample.to()];
        self.starts.begin(places(resample, order));
        self.starts.push_window(starts, first, rows * columns);
        self.starts.finish(height * width)
    }

    /// Finds the starts of a mask whose samples lie row by row, and gives true, unless more cells
    /// than `most` are mixed, or no cell is surely one.
    pub(super) fn scan_rows(
        &mut self,
        level: Level,
        samples: Rows<'_>,
        resample: &Resample,
        threshold: f32,
        order: Order,
        most: u64,
    ) -> bool {
        let Some(bounds) = Bounds::new(threshold) else {
            return false;
        };
        let mixed =
            dispatch!(level, simd => self.find_cells(simd, bounds, samples.own, resample, order));
        if mixed > most {
            return false;
        }
        dispatch!(level, simd => self.scan_lines(simd, samples, resample, threshold, order));
        true
    }

    /// Gives back memory that only large masks need.
    pub(crate) fn shrink(&mut self) {
        let samples = self.samples.capacity() * size_of::<f32>();
        let lines = self.lanes.bytes() + self.starts.bytes();
        let columns = self.all_columns.as_ref().map_or(0, Columns::bytes);
        if samples + lines + columns + self.cells.bytes() > MOST_KEPT {
            *self = Self::default();
        }
    }

    /// Finds the mixed cells, and gives their number.
    #[inline(always)]
    fn find_cells<S: Simd>(
        &mut self,
        simd: S,
        bounds: Bounds,
        samples: &[f32],
        resample: &Resample,
        order: Order,
    ) -> u64 {
        let width = resample.columns.from as usize;
        let mixed = self.cells.find(simd, bounds, samples, width);
        if order == Order::ColumnMajor {
            self.cells.transpose(simd);
        }
        mixed
    }

    #[inline(always)]
    fn scan_lines<S: Simd>(
        &mut self,
        simd: S,
        samples: Rows<'_>,
        resample: &Resample,
        threshold: f32,
        order: Order,
    ) {
        self.rows.set(resample.rows);
        self.columns.set(resample.columns);
        let Self {
            rows,
            columns,
            cells,
            lanes,
            starts,
            samples: _,
            all_columns: _,
        } = self;
        let width = resample.columns.from as usize;
        let (strides, weights) = match order {
            Order::ColumnMajor => ([1, width], [&*columns, &*rows]),
            Order::RowMajor => ([width, 1], [&*rows, &*columns]),
        };
        let lines = LineSamples {
            samples: samples.own,
            next: samples.next,
            strides,
            weights,
            formula: resample.formula,
            threshold,
            places: places(resample, order),
        };
        match order {
            Order::ColumnMajor => scan_lines::<S, true>(simd, lines, cells, lanes, starts),
            Order::RowMajor => scan_lines::<S, false>(simd, lines, cells, lanes, starts),
        }
    }
}

/// Where the lines of a window lie in its target.
fn places(resample: &Resample, order: Order) -> LinePlaces {
    let ([top, left], [height, width]) = (resample.begin, resample.target);
    match order {
        Order::ColumnMajor => LinePlaces {
            first: left * height + top,
            step: height,
            length: resample.rows.to,
            lines: resample.columns.to,
        },
        Order::RowMajor => LinePlaces {
            first: top * width + left,
            step: width,
            length: resample.columns.to,
            lines: resample.rows.to,
        },
    }
}

/// True if cells hold pixels, and their weights are numbers, no more than can be kept.
fn is_enlarged(resample: &Resample) -> bool {
    let (from, to) = (resample.from(), resample.to());
    let samples = u64::from(from[0]) * u64::from(from[1]);
    let is_larger = from
        .iter()
        .zip(to)
        .all(|(&from, to)| from <= to && to <= MOST_SIDE);
    is_larger
        && samples <= MOST_SAMPLES
        && resample.formula != Formula::Small
        && resample.rows.is_finite()
        && resample.columns.is_finite()
}

/// Most mixed cells with which a mask is sooner done by its cells than pixel by pixel.
fn most_mixed(resample: &Resample, order: Order) -> u64 {
    let (from, to) = (resample.from(), resample.to());
    let [rows, columns] = [0, 1].map(|axis| u64::from(to[axis]).div_ceil(from[axis].into()));
    let [lines, steps] = match order {
        Order::RowMajor => [rows, columns],
        Order::ColumnMajor => [columns, rows],
    };
    let cost = lines * LINE_COST + lines.div_ceil(LANES as u64) * steps * STEP_COST;
    // One by one, pixels take twice as long where nothing is made along rows first.
    let cost = match resample.formula {
        Formula::Interpolate => cost,
        _ => cost / 2,
    };
    let [height, width] = to.map(u64::from);
    height * width / cost
}
