//! Runs of one scan order as runs of the other.

use super::lines::Lines;
use super::walk::{run_at, walk};
use crate::Result;
use crate::limits::Limits;
use crate::masks::Order;
use crate::runs::{MaskRuns, MaskValues, Runs, Values};

impl MaskRuns<'_> {
    /// The same mask in another scan order: column-major runs of row-major ones, and back. No pixels are made.
    ///
    /// # Errors
    /// [`Error::Limit`](crate::Error::Limit) where that takes more runs than the default [`Limits`] allow: stripes that are
    /// a run each in one order are a run a pixel in the other.
    ///
    /// ```
    /// use maskrle::{Order, Runs};
    ///
    /// let rows = Runs::from_counts([2, 3], Order::RowMajor, [1, 2, 3])?;
    /// let columns = rows.to_order(Order::ColumnMajor)?;
    /// assert_eq!(columns.starts(), [0, 2, 3, 4, 5]);
    /// assert_eq!(columns.to_order(Order::RowMajor)?, rows);
    /// # Ok::<(), maskrle::Error>(())
    /// ```
    pub fn to_order(&self, order: Order) -> Result<Runs> {
        self.to_order_within(order, &Limits::default())
    }

    /// The same within another limit on runs.
    pub fn to_order_within(&self, order: Order, limits: &Limits) -> Result<Runs> {
        if order == self.order() {
            return Ok(Runs::from(*self));
        }
        let (starts, values) = match self.kind() {
            MaskValues::Binary { first } => {
                let runs = across(self, |run| first ^ (run % 2 == 1), limits)?;
                (runs.into_iter().map(|(start, _)| start).collect::<Vec<_>>(), Values::Binary(vec![first]))
            }
            MaskValues::Labels { labels, offset } => {
                let runs = across(self, |run| labels.get(offset + run), limits)?;
                let (starts, values): (Vec<_>, Vec<_>) = runs.into_iter().unzip();
                (starts, Values::Labels(labels.of_same_type(&values)?))
            }
        };
        Ok(Runs::single(self.size(), order, starts, values))
    }

    /// The mask with rows for columns, as `numpy.transpose` turns it. Costs nothing but a copy of the runs: what was scanned
    /// along the rows is scanned down the columns of the result, and the reverse.
    ///
    /// ```
    /// use maskrle::{Order, Runs};
    ///
    /// let runs = Runs::from_counts([2, 3], Order::RowMajor, [1, 2, 3])?;
    /// let turned = runs.transpose();
    /// assert_eq!(turned.order(), Order::ColumnMajor);
    /// let pixels = turned.get(0).expect("one mask").to_mask()?;
    /// assert_eq!(pixels, ndarray::arr2(&[[0, 0], [1, 0], [1, 0]]));
    /// # Ok::<(), maskrle::Error>(())
    /// ```
    pub fn transpose(&self) -> Runs {
        Runs::from(*self).transpose()
    }
}

impl Runs {
    /// [`MaskRuns::to_order`] of each mask, on all cores.
    ///
    /// # Errors
    /// As of [`MaskRuns::to_order`], with the mask at fault.
    pub fn to_order(&self, order: Order) -> Result<Runs> {
        if order == self.order() || self.is_empty() {
            return Ok(self.clone().with_order(order));
        }
        self.reshape(|mask| mask.to_order(order))
    }

    /// [`MaskRuns::transpose`] of each mask.
    pub fn transpose(&self) -> Runs {
        let order = match self.order() {
            Order::RowMajor => Order::ColumnMajor,
            Order::ColumnMajor => Order::RowMajor,
        };
        let mut turned = self.clone().with_order(order);
        turned.swap_sides();
        turned
    }
}

/// The runs of the other scan order, each with its value, which `value` knows of each run of this order.
fn across<V: Copy + PartialEq>(
    mask: &MaskRuns<'_>,
    value: impl Fn(usize) -> V,
    limits: &Limits,
) -> Result<Vec<(u32, V)>> {
    if mask.is_empty() {
        return Ok(Vec::new());
    }
    let moved = Moved::new(mask);
    let mut total = 1;
    moved.differences(&value, |start, end, _| total += u64::from(end - start));
    limits.check_runs(total)?;
    let mut runs = Vec::with_capacity(total as usize);
    runs.push((0, value(0)));
    let [length, count] = mask.lines();
    let lines = Lines::new(length);
    moved.differences(&value, |start, end, value| {
        runs.extend((start..end).map(|position| {
            let [line, place] = lines.place(position);
            (place * count + line, value)
        }));
    });
    runs.sort_unstable_by_key(|&(start, _)| start);
    Ok(runs)
}

/// A mask beside itself, moved by a scan line: in the other order, a run starts at every pixel that differs from its
/// neighbour on the line before. On the first line, the pixel before is that on the last line and one place back.
struct Moved<'a> {
    starts: &'a [u32],
    pixels: u32,
    length: u32,
    /// Starts, a line further on, from the second line on.
    moved: Vec<u32>,
    /// Starts of the last line, as if it began one place after the first.
    last: Vec<u32>,
    /// How many runs end before the last line.
    before_last: usize,
}

impl<'a> Moved<'a> {
    fn new(mask: &MaskRuns<'a>) -> Self {
        let (starts, pixels, [length, _]) = (mask.starts(), mask.pixels(), mask.lines());
        let within = |start: &u32| start.checked_add(length).filter(|&start| start < pixels);
        let moved = starts.iter().map_while(within).collect();
        let last_line = pixels - length;
        let before_last = run_at(starts, last_line);
        let last = starts[before_last..].iter().map(|start| start.saturating_sub(last_line) + 1).collect();
        Moved { starts, pixels, length, moved, last, before_last }
    }

    /// Calls `each` for stretches of pixels, from a first to before an end, that differ from the pixel before them in the
    /// other order, with their value. All but the very first pixel are looked at.
    fn differences<V: PartialEq>(&self, value: impl Fn(usize) -> V, mut each: impl FnMut(u32, u32, V)) {
        walk(self.starts, &self.last, 1..self.length, |start, end, i, j| {
            if value(i) != value(self.before_last + j) {
                each(start, end, value(i));
            }
        });
        walk(self.starts, &self.moved, self.length..self.pixels, |start, end, i, j| {
            if value(i) != value(j) {
                each(start, end, value(i));
            }
        });
    }
}
