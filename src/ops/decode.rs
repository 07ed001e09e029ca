//! Runs back to pixels.

use std::ops::Range;

use ndarray::{Array2, ArrayViewMut2, s};

use crate::masks::Order;
use crate::runs::MaskRuns;
use crate::{Error, Result};

impl MaskRuns<'_> {
    /// Writes every pixel of `out`, an array `[height, width]` of any strides: `value` is called once for each run, in
    /// scan order, with the run's value (0 or 1 for a binary mask).
    ///
    /// # Errors
    /// [`Error::Input`] unless `out` has the mask's size.
    ///
    /// ```
    /// use maskrle::{Order, Runs};
    ///
    /// let runs = Runs::from_counts([2, 3], Order::ColumnMajor, [1, 3, 2])?;
    /// let mut alpha = ndarray::Array2::<f32>::zeros((2, 3));
    /// runs.get(0).expect("one mask").paint(alpha.view_mut(), |value| if value != 0 { 0.5 } else { 0.0 })?;
    /// assert_eq!(alpha, ndarray::arr2(&[[0.0, 0.5, 0.0], [0.5, 0.5, 0.0]]));
    /// # Ok::<(), maskrle::Error>(())
    /// ```
    pub fn paint<T: Clone>(&self, out: ArrayViewMut2<'_, T>, mut value: impl FnMut(i64) -> T) -> Result<()> {
        let size = self.size().map(|side| side as usize);
        if out.shape() != size {
            let [h, w] = size;
            return Err(Error::Input(format!("a mask of {h} x {w} does not fit an array of {:?}", out.shape())));
        }
        let runs = self.starts().iter().zip(self.counts()).zip(self.values());
        fill(scan_lines(out, self.order()), runs.map(|((&start, count), run)| (pixels(start, count), value(run))));
        Ok(())
    }

    /// The mask as pixels `[height, width]`, in C order: 1 where a run's value is not 0.
    ///
    /// # Errors
    /// [`Error::Limit`] if there is not the memory: a few bytes of runs may claim a mask of 4 GiB.
    ///
    /// ```
    /// use maskrle::{CocoRle, Error};
    ///
    /// let mask = CocoRle { size: [2, 3], counts: "33".into() }.to_runs()?;
    /// assert_eq!(mask.get(0).expect("one mask").to_mask()?, ndarray::arr2(&[[0, 0, 1], [0, 1, 1]]));
    /// # Ok::<(), Error>(())
    /// ```
    pub fn to_mask(&self) -> Result<Array2<u8>> {
        let [h, w] = self.size().map(|side| side as usize);
        let mut zeros = Vec::new();
        if zeros.try_reserve_exact(h * w).is_err() {
            return Err(Error::Limit(format!("no memory for a mask of {h} x {w} pixels")));
        }
        zeros.resize(h * w, 0);
        let mut mask = Array2::from_shape_vec((h, w), zeros).expect("it has h * w pixels");
        let foreground = self.foreground().map(|(start, count)| (pixels(start, count), 1));
        fill(scan_lines(mask.view_mut(), self.order()), foreground);
        Ok(mask)
    }
}

fn pixels(start: u32, count: u32) -> Range<usize> {
    start as usize..start as usize + count as usize
}

/// The array with its scan lines as rows.
fn scan_lines<T>(array: ArrayViewMut2<'_, T>, order: Order) -> ArrayViewMut2<'_, T> {
    match order {
        Order::RowMajor => array,
        Order::ColumnMajor => array.reversed_axes(),
    }
}

/// Fills ranges of scan positions of `lines`.
fn fill<T: Clone>(mut lines: ArrayViewMut2<'_, T>, runs: impl Iterator<Item = (Range<usize>, T)>) {
    if let Some(pixels) = lines.as_slice_mut() {
        runs.for_each(|(run, value)| pixels[run].fill(value));
        return;
    }
    let length = lines.ncols();
    for (run, value) in runs {
        // A run is part of a line, then whole lines, which ndarray fills along memory, then part of a line.
        let (first, from) = (run.start / length, run.start % length);
        let (last, to) = (run.end / length, run.end % length);
        if first == last {
            lines.slice_mut(s![first, from..to]).fill(value);
            continue;
        }
        let whole = first + usize::from(from > 0);
        if from > 0 {
            lines.slice_mut(s![first, from..]).fill(value.clone());
        }
        if to > 0 {
            lines.slice_mut(s![last, ..to]).fill(value.clone());
        }
        lines.slice_mut(s![whole..last, ..]).fill(value);
    }
}
