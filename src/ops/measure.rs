//! Area, box and centre of the foreground: of all pixels that are not 0.

use super::walk::Spans;
use crate::pixel::Order;
use crate::runs::{Lines, MaskValues, MaskView, Runs, foreground_blocks};

impl MaskView<'_> {
    /// Number of pixels that are not 0.
    ///
    /// ```
    /// use maskrle::{MaskRuns, Order};
    ///
    /// let map = MaskRuns::from_values([1, 6], Order::RowMajor, &[0, 7, 2], &[1, 3, 2])?;
    /// assert_eq!(map.area(), 5);
    /// # Ok::<(), maskrle::Error>(())
    /// ```
    pub fn area(&self) -> u64 {
        let MaskValues::Binary { first } = self.kind() else {
            return self.foreground().map(|(_, count)| u64::from(count)).sum();
        };
        Spans::new(self.starts(), first, self.pixels())
            .pixels()
            .into()
    }

    /// The smallest box that holds all pixels that are not 0: `[x, y, width, height]`, x and y
    /// counted from 0; all four 0 if there is none.
    ///
    /// ```
    /// use maskrle::{MaskRuns, Order};
    ///
    /// let mask = MaskRuns::from_counts([3, 4], Order::ColumnMajor, [4, 1, 2, 2, 3])?;
    /// assert_eq!(mask.to_mask()?, ndarray::arr2(&[[0, 0, 0, 0], [0, 1, 1, 0], [0, 0, 1, 0]]));
    /// assert_eq!(mask.bbox(), [1, 1, 2, 2]);
    /// # Ok::<(), maskrle::Error>(())
    /// ```
    pub fn bbox(&self) -> [u32; 4] {
        let mut extent = Extent::new(self);
        match self.kind() {
            _ if self.is_empty() => {}
            MaskValues::Binary { first } => {
                extent.all(Spans::new(self.starts(), first, self.pixels()).iter())
            }
            MaskValues::Labels { .. } => extent.all(
                self.foreground()
                    .map(|(start, count)| [start, start + count]),
            ),
        }
        let [lines, within] = [extent.lines, extent.within]
            .map(|[first, last]| [first, (last + 1).saturating_sub(first)]);
        let ([x, w], [y, h]) = match self.order() {
            _ if lines[1] == 0 => return [0; 4],
            Order::ColumnMajor => (lines, within),
            Order::RowMajor => (within, lines),
        };
        [x, y, w, h]
    }

    /// The mean position of all pixels that are not 0, `[x, y]`, a pixel's own being whole numbers
    /// from 0; None if there is none.
    ///
    /// ```
    /// use maskrle::{MaskRuns, Order};
    ///
    /// let mask = MaskRuns::from_counts([3, 4], Order::ColumnMajor, [4, 1, 2, 2, 3])?;
    /// assert_eq!(mask.centroid(), Some([5.0 / 3.0, 4.0 / 3.0]));
    /// assert_eq!(MaskRuns::from_counts([3, 4], Order::ColumnMajor, [12])?.centroid(), None);
    /// # Ok::<(), maskrle::Error>(())
    /// ```
    pub fn centroid(&self) -> Option<[f64; 2]> {
        // Twice the sums of positions, as the sum of a range is half that of its ends times its
        // length.
        let (mut pixels, mut twice) = (0, [0u128; 2]);
        foreground_blocks(self, |block| {
            let [lines, within] = [block.lines, block.within];
            let area = u128::from(lines.end - lines.start) * u128::from(within.end - within.start);
            pixels += area;
            twice[0] += area * (u128::from(lines.start) + u128::from(lines.end) - 1);
            twice[1] += area * (u128::from(within.start) + u128::from(within.end) - 1);
        });
        let [line, within] = twice.map(|sum| sum as f64 / 2.0 / pixels as f64);
        match self.order() {
            _ if pixels == 0 => None,
            Order::ColumnMajor => Some([line, within]),
            Order::RowMajor => Some([within, line]),
        }
    }
}

impl Runs {
    /// [`MaskView::area`] of each mask.
    pub fn areas(&self) -> Vec<u64> {
        self.each(|mask| mask.area())
    }

    /// [`MaskView::bbox`] of each mask.
    pub fn bboxes(&self) -> Vec<[u32; 4]> {
        self.each(|mask| mask.bbox())
    }

    /// [`MaskView::centroid`] of each mask.
    pub fn centroids(&self) -> Vec<Option<[f64; 2]>> {
        self.each(|mask| mask.centroid())
    }
}

/// First and last scan line of the foreground, and first and last position on a line.
struct Extent {
    scan: Lines,
    length: u32,
    lines: [u32; 2],
    within: [u32; 2],
}

impl Extent {
    fn new(mask: &MaskView<'_>) -> Self {
        // A mask without pixels has no position on any line, and no division by 0.
        let length = mask.lines()[0].max(1);
        Extent {
            scan: Lines::new(length),
            length,
            lines: [1, 0],
            within: [u32::MAX, 0],
        }
    }

    /// Runs in scan order, each from a start to an end.
    #[inline(always)]
    fn all(&mut self, mut runs: impl Iterator<Item = [u32; 2]>) {
        let Some([start, mut end]) = runs.next() else {
            return;
        };
        self.lines[0] = self.scan.locate(start)[0];
        let mut next = Some([start, end]);
        while let Some([from, to]) = next {
            end = to;
            let ([line, first], [last_line, last]) =
                (self.scan.locate(from), self.scan.locate(to - 1));
            if line != last_line {
                self.within = [0, self.length - 1];
                break;
            }
            self.within = [self.within[0].min(first), self.within[1].max(last)];
            next = runs.next();
        }
        // Once a run has met a line's end, only where the last one ends is still open.
        end = runs.last().map_or(end, |[_, to]| to);
        self.lines[1] = self.scan.locate(end - 1)[0];
    }
}
