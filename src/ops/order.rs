//! Runs of one scan order as runs of the other.

use std::ops::Range;

use super::walk::{run_at, walk};
use crate::Result;
use crate::limits::Limits;
use crate::parallel;
use crate::pixel::Order;
use crate::runs::{Lines, MaskRuns, MaskValues, MaskView, Runs};

impl MaskView<'_> {
    /// This mask in another scan order: column-major runs of row-major ones, and back. No
    /// pixels are made.
    ///
    /// # Errors
    /// [`Error::Limit`](crate::Error::Limit) where that takes more runs than the default [`Limits`]
    /// allow: stripes that are a run each in one order are a run a pixel in the other.
    ///
    /// ```
    /// use maskrle::{MaskRuns, Order};
    ///
    /// let rows = MaskRuns::from_counts([2, 3], Order::RowMajor, [1, 2, 3])?;
    /// let columns = rows.to_order(Order::ColumnMajor)?;
    /// assert_eq!(columns.starts(), [0, 2, 3, 4, 5]);
    /// assert_eq!(columns.to_order(Order::RowMajor)?, rows);
    /// # Ok::<(), maskrle::Error>(())
    /// ```
    pub fn to_order(&self, order: Order) -> Result<MaskRuns> {
        self.to_order_within(order, &Limits::default())
    }

    /// [`MaskView::to_order`] within another limit on runs.
    pub fn to_order_within(&self, order: Order, limits: &Limits) -> Result<MaskRuns> {
        if order == self.order() {
            return Ok(self.to_owned());
        }
        let moved = Moved::new(*self);
        limits.check_runs(moved.runs)?;
        Ok(moved.across(order))
    }

    /// The mask with rows for columns, as of `numpy.transpose`. Costs nothing but a copy of the
    /// runs: those along the rows are runs down the columns of the result, and the reverse.
    ///
    /// ```
    /// use maskrle::{MaskRuns, Order};
    ///
    /// let mask = MaskRuns::from_counts([2, 3], Order::RowMajor, [1, 2, 3])?;
    /// let transposed = mask.transpose();
    /// assert_eq!(transposed.order(), Order::ColumnMajor);
    /// assert_eq!(transposed.to_mask()?, ndarray::arr2(&[[0, 0], [1, 0], [1, 0]]));
    /// # Ok::<(), maskrle::Error>(())
    /// ```
    pub fn transpose(&self) -> MaskRuns {
        self.to_owned().transposed()
    }
}

impl Runs {
    /// [`MaskView::to_order`] of each mask, on all cores.
    ///
    /// # Errors
    /// As of [`MaskView::to_order`], the limit being one on the runs of all masks.
    pub fn to_order(&self, order: Order) -> Result<Runs> {
        self.to_order_within(order, &Limits::default())
    }

    /// [`Runs::to_order`] within another limit on runs.
    pub fn to_order_within(&self, order: Order, limits: &Limits) -> Result<Runs> {
        if order == self.order() || self.is_empty() {
            return Ok(self.clone().with_order(order));
        }
        let moved = self.each(Moved::new);
        let runs = moved.iter().map(|moved| moved.runs).sum();
        limits.check_runs(runs)?;
        Runs::from_masks(&parallel::map(self.len(), runs, |index| {
            moved[index].across(order)
        }))
    }

    /// [`MaskView::transpose`] of each mask.
    pub fn transpose(&self) -> Runs {
        let mut transposed = self.clone().with_order(self.order().other());
        transposed.swap_sides();
        transposed
    }
}

/// A mask compared with itself moved by a scan line. In the other order, the pixel before is at the
/// same position on the line before; on the first line, it is on the last, one position back. A run
/// starts where they differ.
struct Moved<'a> {
    mask: MaskView<'a>,
    /// Pixels that differ, by scan lines. All but the very first pixel are compared.
    differences: Vec<Difference>,
    /// Number of runs in the other order.
    runs: u64,
}

/// Pixels of one run that follow one another and differ from those before them in the other order:
/// as many as a line has at most, as those of the next line are compared with these.
struct Difference {
    start: u32,
    end: u32,
    run: u32,
}

impl<'a> Moved<'a> {
    fn new(mask: MaskView<'a>) -> Self {
        let differences = match mask.kind() {
            _ if mask.is_empty() => Vec::new(),
            MaskValues::Binary { .. } => differences(&mask, |run| run % 2),
            MaskValues::Labels { labels, offset } => {
                differences(&mask, |run| labels.get(offset + run))
            }
        };
        let lengths = differences.iter().map(|part| part.end - part.start);
        Moved {
            runs: u64::from(!mask.is_empty()) + lengths.map(u64::from).sum::<u64>(),
            mask,
            differences,
        }
    }

    /// The mask in the other order.
    fn across(&self, order: Order) -> MaskRuns {
        let size = self.mask.size();
        match self.mask.kind() {
            MaskValues::Binary { first } => {
                let starts = self.sorted(|_| ()).into_iter().map(|(start, ())| start);
                MaskRuns::binary(size, order, starts.collect(), first)
            }
            MaskValues::Labels { labels, offset } => {
                let runs = self.sorted(|run| labels.get(offset + run));
                let (starts, values): (Vec<_>, Vec<_>) = runs.into_iter().unzip();
                MaskRuns::labelled(size, order, starts, labels.of_same_type(&values))
            }
        }
    }

    /// The runs of the other order, each with its value, given the value of each run of this
    /// order.
    fn sorted<V: Copy>(&self, value: impl Fn(usize) -> V) -> Vec<(u32, V)> {
        if self.mask.is_empty() {
            return Vec::new();
        }
        let [length, count] = self.mask.lines();
        if u64::from(length) <= 8 * self.runs {
            return self.sorted_by_counts(value);
        }
        let mut runs = Vec::with_capacity(self.runs as usize);
        runs.push((0, value(0)));
        self.pieces(|line, within, run| {
            runs.extend(within.map(|position| (position * count + line, value(run))));
        });
        runs.sort_unstable_by_key(|&(start, _)| start);
        runs
    }

    /// [`Moved::sorted`] by counting the runs of each line of the other order, of which there must
    /// not be many more than runs. Of 32,000 runs all takes half of the time that it takes if they
    /// are sorted.
    fn sorted_by_counts<V: Copy>(&self, value: impl Fn(usize) -> V) -> Vec<(u32, V)> {
        let [length, count] = self.mask.lines();
        // How many more runs a line has than the line before, and from that where its runs are.
        let mut places = vec![0u32; length as usize + 1];
        self.pieces(|_, within, _| {
            // Below 0 between a piece's end and the next one's start.
            let [start, end] = [within.start, within.end].map(|place| place as usize);
            places[start] = places[start].wrapping_add(1);
            places[end] = places[end].wrapping_sub(1);
        });
        let (mut of_line, mut place) = (0u32, 1);
        for line in &mut places {
            of_line = of_line.wrapping_add(*line);
            *line = place;
            place += of_line;
        }
        let mut runs = vec![(0, value(0)); self.runs as usize];
        self.pieces(|line, within, run| {
            let value = value(run);
            for position in within {
                let place = &mut places[position as usize];
                runs[*place as usize] = (position * count + line, value);
                *place += 1;
            }
        });
        runs
    }

    /// Calls `each` for the differences of each line, in order: with the line, the positions on it
    /// and the run.
    #[inline(always)]
    fn pieces(&self, mut each: impl FnMut(u32, Range<u32>, usize)) {
        let length = self.mask.lines()[0];
        let lines = Lines::new(length);
        for part in &self.differences {
            let [line, from] = lines.locate(part.start);
            let pixels = part.end - part.start;
            let here = pixels.min(length - from);
            each(line, from..from + here, part.run as usize);
            if here < pixels {
                each(line + 1, 0..pixels - here, part.run as usize);
            }
        }
    }
}

/// Where a mask, which is not empty, differs from itself moved by a scan line, given the value of
/// each run.
fn differences<V: PartialEq>(mask: &MaskView<'_>, value: impl Fn(usize) -> V) -> Vec<Difference> {
    let (starts, pixels, [length, _]) = (mask.starts(), mask.pixels(), mask.lines());
    let mut differences = Vec::with_capacity(starts.len());
    let mut compare = |start, end, run, other| {
        if value(run) != value(other) {
            let run = run as u32;
            differences.push(Difference { start, end, run });
        }
    };
    // The last line as if it were the first, one position on.
    let last_line = pixels - length;
    let before = run_at(starts, last_line);
    let last = starts[before..].iter();
    let last: Vec<u32> = last
        .map(|start| start.saturating_sub(last_line) + 1)
        .collect();
    walk(starts, &last, 1..length, |start, end, i, j| {
        compare(start, end, i, before + j);
    });
    let within = |start: &u32| start.checked_add(length).filter(|&start| start < pixels);
    let moved: Vec<u32> = starts.iter().map_while(within).collect();
    walk(starts, &moved, length..pixels, compare);
    differences
}
