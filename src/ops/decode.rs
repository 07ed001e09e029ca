//! Runs back to pixels.

use ndarray::{Array2, ArrayViewMut2, Axis};

use crate::masks::Order;
use crate::runs::MaskRuns;
use crate::{Error, Result};

impl MaskRuns<'_> {
    /// Writes every pixel of `out`, an array `[height, width]` of any strides: `value` is called once for each run, in
    /// scan order, with the run's value (0 or 1 for a binary mask).
    ///
    /// # Errors
    /// [`Error::Input`] unless `out` has the mask's size; [`Error::Limit`] if there is not the memory for 64 scan lines,
    /// which are needed where `out` is not laid out along them.
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
        let runs = self.counts().zip(self.values()).map(|(count, run)| (count as usize, value(run)));
        // The array with its scan lines as rows.
        let mut lines = match self.order() {
            Order::RowMajor => out,
            Order::ColumnMajor => out.reversed_axes(),
        };
        match lines.as_slice_mut() {
            Some(pixels) => fill(pixels, runs),
            None => fill_by_blocks(lines, runs)?,
        }
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
        self.paint(mask.view_mut(), |value| u8::from(value != 0))?;
        Ok(mask)
    }
}

fn fill<T: Clone>(mut pixels: &mut [T], runs: impl Iterator<Item = (usize, T)>) {
    for (count, value) in runs {
        let (run, rest) = std::mem::take(&mut pixels).split_at_mut(count);
        run.fill(value);
        pixels = rest;
    }
}

/// How many scan lines are made before they are copied across.
const BLOCK: usize = 64;

/// Fills lines that do not follow one another in memory. Pixels far apart cost a cache line each: so a block of lines is
/// filled in a scratch and then copied across the lines, a stretch of neighbouring pixels at a time.
fn fill_by_blocks<T: Clone>(mut lines: ArrayViewMut2<'_, T>, runs: impl Iterator<Item = (usize, T)>) -> Result<()> {
    let length = lines.ncols();
    let block = length * BLOCK.min(lines.nrows());
    let mut scratch = Vec::new();
    if scratch.try_reserve_exact(block).is_err() {
        return Err(Error::Limit(format!("no memory for {BLOCK} scan lines of {length} pixels")));
    }
    let mut blocks = lines.axis_chunks_iter_mut(Axis(0), BLOCK);
    let mut flush = |scratch: &mut Vec<T>| {
        if let Some(block) = blocks.next() {
            copy_across(block, scratch);
        }
        scratch.clear();
    };
    for (mut count, value) in runs {
        while count > 0 {
            let part = count.min(block - scratch.len());
            scratch.resize(scratch.len() + part, value.clone());
            count -= part;
            if scratch.len() == block {
                flush(&mut scratch);
            }
        }
    }
    if !scratch.is_empty() {
        flush(&mut scratch);
    }
    Ok(())
}

/// Copies whole lines, stored one after the other in `from`.
fn copy_across<T: Clone>(mut lines: ArrayViewMut2<'_, T>, from: &[T]) {
    let length = lines.ncols();
    for (position, mut across) in lines.columns_mut().into_iter().enumerate() {
        for (pixel, value) in across.iter_mut().zip(from[position..].iter().step_by(length)) {
            *pixel = value.clone();
        }
    }
}
