//! Pixels made of runs: of one mask, and of a stack.

use ndarray::{
    Array, Array2, Array3, ArrayViewMut2, ArrayViewMut3, Axis, Dimension, ShapeBuilder, StrideShape,
};

use super::super::walk::Spans;
use super::across;
use crate::limits::Limits;
use crate::pixel::{Integer, Order};
use crate::runs::{MaskValues, MaskView, Runs};
use crate::{Error, Result};

impl MaskView<'_> {
    /// Writes every pixel of `out`, an array `[height, width]` of any strides: `value` is called
    /// once for each run of a label map, in scan order, with the run's value, and once each with 0
    /// and 1 for a binary mask.
    ///
    /// # Errors
    /// [`Error::Input`] unless `out` has the mask's size; [`Error::Limit`] if there is not the
    /// memory for 64 scan lines, which are needed where `out` is not laid out along them.
    ///
    /// ```
    /// use maskrle::{MaskRuns, Order};
    ///
    /// let mask = MaskRuns::from_counts([2, 3], Order::ColumnMajor, [1, 3, 2])?;
    /// let mut alpha = ndarray::Array2::<f32>::zeros((2, 3));
    /// mask.paint(alpha.view_mut(), |value| if value != 0 { 0.5 } else { 0.0 })?;
    /// assert_eq!(alpha, ndarray::arr2(&[[0.0, 0.5, 0.0], [0.5, 0.5, 0.0]]));
    /// # Ok::<(), maskrle::Error>(())
    /// ```
    pub fn paint<T: Copy>(
        &self,
        out: ArrayViewMut2<'_, T>,
        value: impl FnMut(i64) -> T,
    ) -> Result<()> {
        self.paint_on(out, false, value)
    }

    /// [`MaskView::paint`]; if `is_background`, all pixels are what `value` gives for 0, and need
    /// not be written where they stay so.
    fn paint_on<T: Copy>(
        &self,
        out: ArrayViewMut2<'_, T>,
        is_background: bool,
        mut value: impl FnMut(i64) -> T,
    ) -> Result<()> {
        let size = self.size().map(|side| side as usize);
        if out.shape() != size {
            let [h, w] = size;
            return Err(Error::Input(format!(
                "a mask of {h} x {w} does not fit an array of {:?}",
                out.shape()
            )));
        }
        // The array with its scan lines as rows.
        let mut lines = match self.order() {
            Order::RowMajor => out,
            Order::ColumnMajor => out.reversed_axes(),
        };
        if let MaskValues::Binary { first } = self.kind() {
            let values = [value(0), value(1)];
            let is_set = |run: usize| (run + usize::from(first)) % 2;
            // Words of bits would take more memory than the pixels.
            let few = lines.nrows() < across::LEAST_LINES;
            match lines.as_slice_mut() {
                Some(pixels) if is_background => {
                    along_background(pixels, self.starts(), first, values[1])
                }
                Some(pixels) => along(pixels, self.starts(), |run| values[is_set(run)]),
                None if few => across::any(lines, self.starts(), |run| values[is_set(run)])?,
                None => across::binary(lines, self.starts(), first, values, is_background)?,
            }
            return Ok(());
        }
        let mut values = self.values();
        let of_run = |_| value(values.next().expect("each run has a value"));
        match lines.as_slice_mut() {
            Some(pixels) => along(pixels, self.starts(), of_run),
            None => across::any(lines, self.starts(), of_run)?,
        }
        Ok(())
    }

    /// Writes the mask's values to every pixel of `out`, an array `[height, width]` of any strides:
    /// of a binary mask 0 and 1, of a label map its labels; for bool, true where they are not 0.
    ///
    /// # Errors
    /// As of [`MaskView::paint`]; and [`Error::Input`] if a label does not fit the type, in
    /// which case `out` is as it was.
    ///
    /// ```
    /// use maskrle::{MaskRuns, Order};
    ///
    /// let mask = MaskRuns::from_counts([2, 3], Order::ColumnMajor, [1, 3, 2])?;
    /// let mut pixels = ndarray::Array2::from_elem((2, 3), true);
    /// mask.decode_into(pixels.view_mut())?;
    /// assert_eq!(pixels, ndarray::arr2(&[[false, true, false], [true, true, false]]));
    /// # Ok::<(), maskrle::Error>(())
    /// ```
    pub fn decode_into<T: Integer>(&self, out: ArrayViewMut2<'_, T>) -> Result<()> {
        self.decode_on(out, false)
    }

    /// [`MaskView::decode_into`]; if `is_zero`, all pixels of `out` are 0.
    fn decode_on<T: Integer>(&self, out: ArrayViewMut2<'_, T>, is_zero: bool) -> Result<()> {
        if !self.is_binary()
            && let Some(label) = self.values().find(|&label| T::of_label(label).is_none())
        {
            return Err(Error::Input(format!(
                "the label {label} does not fit {}",
                T::TYPE
            )));
        }
        self.paint_on(out, is_zero, |label| {
            T::of_label(label).expect("labels that do not fit were refused, and 0 and 1 fit")
        })
    }

    /// The mask's values as pixels `[height, width]`, laid out in memory along the rows or down the
    /// columns: of a binary mask 0 and 1, of a label map its labels; as bool, true where they are
    /// not 0.
    ///
    /// # Errors
    /// [`Error::Limit`] beyond the default [`Limits`] on pixels: a few bytes of runs may claim a
    /// mask of 4 GiB; [`Error::Input`] if a label does not fit the type.
    ///
    /// ```
    /// use maskrle::{CocoRle, MaskRuns, Order};
    ///
    /// let mask = CocoRle::new([2, 3], "33").to_runs()?;
    /// let pixels = mask.decode::<bool>(Order::RowMajor)?;
    /// assert_eq!(pixels, ndarray::arr2(&[[false, false, true], [false, true, true]]));
    /// let by_column = mask.decode::<u8>(Order::ColumnMajor)?;
    /// assert_eq!(by_column.t().as_slice(), Some(&[0, 0, 0, 1, 1, 1][..]));
    ///
    /// let labels = MaskRuns::from_values([1, 3], Order::RowMajor, &[700, -1], &[2, 1])?;
    /// assert_eq!(labels.decode::<i16>(Order::RowMajor)?, ndarray::arr2(&[[700, 700, -1]]));
    /// let error = labels.decode::<u16>(Order::RowMajor).unwrap_err();
    /// assert_eq!(error.to_string(), "the label -1 does not fit uint16");
    /// # Ok::<(), maskrle::Error>(())
    /// ```
    pub fn decode<T: Integer>(&self, layout: Order) -> Result<Array2<T>> {
        self.decode_within(layout, &Limits::default())
    }

    /// [`MaskView::decode`] within another limit on pixels.
    pub fn decode_within<T: Integer>(&self, layout: Order, limits: &Limits) -> Result<Array2<T>> {
        let [h, w] = self.size().map(|side| side as usize);
        let pixels = zeros(u64::from(self.pixels()), limits)?;
        let by_column = layout == Order::ColumnMajor;
        let mut mask = array((h, w).set_f(by_column), pixels)?;
        self.decode_on(mask.view_mut(), true)?;
        Ok(mask)
    }

    /// The mask as pixels `[height, width]`, in C order: 1 where a run's value is not 0.
    ///
    /// # Errors
    /// [`Error::Limit`] beyond the default [`Limits`] on pixels: a few bytes of runs may claim a
    /// mask of 4 GiB.
    ///
    /// ```
    /// use maskrle::{CocoRle, Error};
    ///
    /// let mask = CocoRle::new([2, 3], "33").to_runs()?;
    /// assert_eq!(mask.to_mask()?, ndarray::arr2(&[[0, 0, 1], [0, 1, 1]]));
    /// # Ok::<(), Error>(())
    /// ```
    pub fn to_mask(&self) -> Result<Array2<u8>> {
        let [h, w] = self.size().map(|side| side as usize);
        let pixels = zeros(u64::from(self.pixels()), &Limits::default())?;
        let mut mask = array((h, w), pixels)?;
        self.paint_on(mask.view_mut(), true, |value| u8::from(value != 0))?;
        Ok(mask)
    }
}

impl Runs {
    /// [`MaskView::decode_into`] for each mask, on all cores: `out` is `[masks, height, width]`, of
    /// any strides.
    ///
    /// # Errors
    /// As of [`MaskView::decode_into`], with the mask at fault; and [`Error::Input`] unless
    /// `out` has as many masks.
    pub fn decode_into<T: Integer>(&self, out: ArrayViewMut3<'_, T>) -> Result<()> {
        self.decode_on(out, false)
    }

    /// [`Runs::decode_into`]; if `is_zero`, all pixels of `out` are 0.
    fn decode_on<T: Integer>(&self, out: ArrayViewMut3<'_, T>, is_zero: bool) -> Result<()> {
        if out.len_of(Axis(0)) != self.len() {
            return Err(Error::Input(format!(
                "{} masks do not fit an array of {:?}",
                self.len(),
                out.shape()
            )));
        }
        crate::parallel::try_for_each_mask(out, |index, out| {
            self.mask(index)
                .decode_on(out, is_zero)
                .map_err(|error| error.within("mask", index))
        })
    }

    /// [`MaskView::decode`] of each mask, on all cores: `[masks, height, width]`, each mask laid
    /// out along the rows or down the columns. In memory, the latter is what
    /// `pycocotools.mask.decode` gives.
    ///
    /// # Errors
    /// As of [`MaskView::decode`], with the mask at fault; and [`Error::Input`] unless all masks
    /// have one size.
    ///
    /// ```
    /// use maskrle::{CocoRle, Order, Runs};
    ///
    /// let runs = Runs::read(&["33", "06"].map(|counts| CocoRle::new([2, 3], counts)))?;
    /// let stack = runs.decode::<u8>(Order::RowMajor)?;
    /// assert_eq!(stack, ndarray::arr3(&[[[0, 0, 1], [0, 1, 1]], [[1, 1, 1], [1, 1, 1]]]));
    /// # Ok::<(), maskrle::Error>(())
    /// ```
    pub fn decode<T: Integer>(&self, layout: Order) -> Result<Array3<T>> {
        self.decode_within(layout, &Limits::default())
    }

    /// [`Runs::decode`] within another limit on pixels.
    pub fn decode_within<T: Integer>(&self, layout: Order, limits: &Limits) -> Result<Array3<T>> {
        let size = self.get(0).map_or([0, 0], |mask| mask.size());
        if let Some((index, other)) = self
            .iter()
            .enumerate()
            .find(|(_, mask)| mask.size() != size)
        {
            let ([h, w], [other_h, other_w]) = (size, other.size());
            return Err(Error::Input(format!(
                "mask {index} is {other_h} x {other_w}, those before it {h} x {w}: masks of one \
                 array have one size"
            )));
        }
        let [h, w] = size.map(|side| side as usize);
        // A stack of masks without pixels is one, too; a product beyond u64 is beyond any limit.
        let pixels = (self.len() as u64).saturating_mul(u64::from(size[0]) * u64::from(size[1]));
        let pixels = zeros(pixels, limits)?;
        let mut stack = match layout {
            Order::RowMajor => array((self.len(), h, w), pixels)?,
            Order::ColumnMajor => array((self.len(), w, h), pixels)?.permuted_axes([0, 2, 1]),
        };
        self.decode_on(stack.view_mut(), true)?;
        Ok(stack)
    }
}

/// Pixels of 0, within the limits. Large ones are the system's pages, which cost nothing
/// until they are touched.
fn zeros<T: Integer>(pixels: u64, limits: &Limits) -> Result<Vec<T>> {
    limits.check_pixels(pixels)?;
    bytemuck::allocation::try_zeroed_vec(pixels as usize)
        .map_err(|()| Error::Limit(format!("no memory for {pixels} pixels")))
}

/// Pixels as an array of as many. Where a side is 0, the others may be larger than an array can
/// have.
fn array<T, D: Dimension>(shape: impl Into<StrideShape<D>>, pixels: Vec<T>) -> Result<Array<T, D>> {
    Array::from_shape_vec(shape, pixels)
        .map_err(|_| Error::Limit("no array has sides as large as those of these masks".into()))
}

/// Fills pixels that lie in memory as they are scanned.
fn along<T: Copy>(pixels: &mut [T], starts: &[u32], mut of_run: impl FnMut(usize) -> T) {
    let mut rest = pixels;
    let mut start = 0;
    for (run, &end) in starts.iter().skip(1).enumerate() {
        let (pixels, after) = rest.split_at_mut((end - start) as usize);
        pixels.fill(of_run(run));
        (rest, start) = (after, end);
    }
    if let Some(last) = starts.len().checked_sub(1) {
        rest.fill(of_run(last));
    }
}

/// [`along`] where all pixels are background: only the foreground is written.
fn along_background<T: Copy>(pixels: &mut [T], starts: &[u32], first: bool, foreground: T) {
    let spans = Spans::new(starts, first, pixels.len() as u32);
    spans
        .iter()
        .for_each(|[start, end]| pixels[start as usize..end as usize].fill(foreground));
}
