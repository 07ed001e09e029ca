//! Area and box of a mask, from the starts that its string is made of, while these are at hand.

use crate::runs::Lines;

/// Measures one mask after the other, each given by the ends of its runs in column-major order,
/// background first, as COCO's string takes them.
pub(crate) struct Measure {
    /// Of no mask a box is wanted.
    area_alone: bool,
    scan: Lines,
    height: u32,
    area: u32,
    /// Start of a foreground run whose end has not come yet.
    open: Option<u32>,
    /// Start of the first foreground run and end of the last one.
    first: Option<u32>,
    last: u32,
    /// First row of the foreground, and the row after the last.
    rows: [u32; 2],
    /// Position of the first pixel of the column in which the last run started.
    column: u32,
}

impl Measure {
    pub(crate) fn new(area_alone: bool) -> Self {
        Measure {
            area_alone,
            scan: Lines::new(1),
            height: 1,
            area: 0,
            open: None,
            first: None,
            last: 0,
            rows: [u32::MAX, 0],
            column: 0,
        }
    }

    /// Begins a mask of this height and width.
    pub(crate) fn begin(&mut self, [height, _]: [u32; 2]) {
        // A mask without pixels has no runs to locate.
        let height = height.max(1);
        let scan = if height == self.height {
            self.scan
        } else {
            Lines::new(height)
        };
        *self = Measure {
            scan,
            height,
            ..Self::new(self.area_alone)
        };
    }

    /// Takes the next ends.
    pub(crate) fn take(&mut self, mut ends: &[u32]) {
        if let (Some(start), Some((&end, others))) = (self.open, ends.split_first()) {
            self.runs(&[[start, end]]);
            (self.open, ends) = (None, others);
        }
        let (runs, rest) = ends.as_chunks();
        self.runs(runs);
        if let [start] = rest {
            self.open = Some(*start);
        }
    }

    /// Measures foreground runs, each from a start to an end.
    fn runs(&mut self, runs: &[[u32; 2]]) {
        let (Some(&[first, _]), Some(&[_, last])) = (runs.first(), runs.last()) else {
            return;
        };
        let areas = runs.iter().map(|[start, end]| end.wrapping_sub(*start));
        self.area += areas.sum::<u32>();
        self.last = last;
        if self.first.is_none() {
            self.first = Some(first);
        }
        if !self.area_alone {
            self.extend_rows(runs);
        }
    }

    /// Extends the rows to those of foreground runs, until these are all rows.
    #[inline(always)]
    fn extend_rows(&mut self, runs: &[[u32; 2]]) {
        let [mut top, mut bottom] = self.rows;
        let mut column = self.column;
        for &[start, end] in runs {
            if (top, bottom) == (0, self.height) {
                break;
            }
            let mut within = start - column;
            // Most often a run lies in the column after that of the one before.
            if within >= self.height {
                (column, within) = (column + self.height, within - self.height);
                if within >= self.height {
                    within = self.scan.locate(start)[1];
                    column = start - within;
                }
            }
            let after = within + (end - start);
            if after > self.height {
                (top, bottom) = (0, self.height);
            } else {
                (top, bottom) = (top.min(within), bottom.max(after));
            }
        }
        (self.rows, self.column) = ([top, bottom], column);
    }

    pub(crate) fn area(&self) -> u32 {
        self.area
    }

    /// The mask's box, `[x, y, width, height]`.
    pub(crate) fn bbox(&self) -> [u32; 4] {
        // COCO's strings end with a run of background, of which no foreground begins.
        let Some(first) = self.first.filter(|_| self.area > 0) else {
            return [0; 4];
        };
        let [left, right] = [first, self.last - 1].map(|position| self.scan.locate(position)[0]);
        let [top, bottom] = self.rows;
        [left, top, right - left + 1, bottom - top]
    }
}
