//! Runs of one scan order as runs of the other.

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
        moved.across(order)
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
        let parts = parallel::map(self.len(), runs, |index| moved[index].across(order));
        Runs::from_masks(&parts.into_iter().collect::<Result<Vec<_>>>()?)
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
    /// The mask's starts, moved by one line.
    moved: Vec<u32>,
    /// Starts within the last line, as if it were the first, moved by one position.
    last: Vec<u32>,
    /// Number of runs that end before the last line.
    before_last: usize,
    /// Number of runs in the other order.
    runs: u64,
}

impl<'a> Moved<'a> {
    fn new(mask: MaskView<'a>) -> Self {
        let mut moved = Moved {
            mask,
            moved: Vec::new(),
            last: Vec::new(),
            before_last: 0,
            runs: 0,
        };
        if mask.is_empty() {
            return moved;
        }
        let (starts, pixels, [length, _]) = (mask.starts(), mask.pixels(), mask.lines());
        let within = |start: &u32| start.checked_add(length).filter(|&start| start < pixels);
        moved.moved = starts.iter().map_while(within).collect();
        let last_line = pixels - length;
        moved.before_last = run_at(starts, last_line);
        moved.last = starts[moved.before_last..]
            .iter()
            .map(|start| start.saturating_sub(last_line) + 1)
            .collect();
        let mut runs = 1;
        let mut count = |start, end| runs += u64::from(end - start);
        match mask.kind() {
            MaskValues::Binary { .. } => {
                moved.differences(|run| run % 2, |start, end, _| count(start, end))
            }
            MaskValues::Labels { labels, offset } => moved.differences(
                |run| labels.get(offset + run),
                |start, end, _| count(start, end),
            ),
        }
        Moved { runs, ..moved }
    }

    /// The mask in the other order.
    fn across(&self, order: Order) -> Result<MaskRuns> {
        let size = self.mask.size();
        Ok(match self.mask.kind() {
            MaskValues::Binary { first } => {
                let runs = self.sorted(|run| first ^ (run % 2 == 1));
                let starts = runs.into_iter().map(|(start, _)| start).collect();
                MaskRuns::binary(size, order, starts, first)
            }
            MaskValues::Labels { labels, offset } => {
                let runs = self.sorted(|run| labels.get(offset + run));
                let (starts, values): (Vec<_>, Vec<_>) = runs.into_iter().unzip();
                MaskRuns::labelled(size, order, starts, labels.of_same_type(&values))
            }
        })
    }

    /// The runs of the other order, each with its value, given the value of each run of this
    /// order.
    fn sorted<V: Copy + PartialEq>(&self, value: impl Fn(usize) -> V) -> Vec<(u32, V)> {
        if self.mask.is_empty() {
            return Vec::new();
        }
        let mut runs = Vec::with_capacity(self.runs as usize);
        runs.push((0, value(0)));
        let [length, count] = self.mask.lines();
        let lines = Lines::new(length);
        self.differences(&value, |start, end, value| {
            runs.extend((start..end).map(|position| {
                let [line, on_line] = lines.locate(position);
                (on_line * count + line, value)
            }));
        });
        runs.sort_unstable_by_key(|&(start, _)| start);
        runs
    }

    /// Calls `each` for ranges of pixels, from a first to before an end, that differ from the pixel
    /// before them in the other order, with their value. All but the very first pixel are compared.
    fn differences<V: PartialEq>(
        &self,
        value: impl Fn(usize) -> V,
        mut each: impl FnMut(u32, u32, V),
    ) {
        let (starts, [length, _]) = (self.mask.starts(), self.mask.lines());
        walk(starts, &self.last, 1..length, |start, end, i, j| {
            if value(i) != value(self.before_last + j) {
                each(start, end, value(i));
            }
        });
        walk(
            starts,
            &self.moved,
            length..self.mask.pixels(),
            |start, end, i, j| {
                if value(i) != value(j) {
                    each(start, end, value(i));
                }
            },
        );
    }
}
