//! What is encoded: borrowed pixels, a shape, and one predicate about them.

use std::ops::Range;

use ndarray::{ArrayBase, ArrayView, ArrayView2, ArrayView4, Data, Dimension, Ix4, IxDyn};

use super::element::{Float, Integer, Pixels};
use super::order::BitOrder;
use crate::predicate::Predicate;
use crate::{Error, Result};

/// Masks to encode: borrowed pixels, one shape `[n, height, width]` or several, and one predicate.
///
/// Every size is checked here, once. A mask has at most `u32::MAX` pixels; a stack is as large as
/// it is. Sizes of 0 are legal. Strides are free: Fortran-ordered, sliced, flipped and broadcast
/// arrays need no copy.
///
/// ```
/// use maskrle::Masks;
/// use ndarray::{Array2, Array3, s};
///
/// let stack = Array3::<u8>::zeros((16, 480, 640)); // [n, height, width]
/// assert_eq!(Masks::binary(&stack)?.len(), 16);
/// assert_eq!(Masks::binary(stack.slice(s![.., ..;2, ..;2]))?.size(0), [240, 320]);
///
/// let logits = Array2::<f32>::zeros((480, 640));
/// assert_eq!(Masks::threshold(&logits, 0.5)?.len(), 1);
///
/// let pixels = [0u16, 0, 7, 7, 7, 9]; // a slice and its shape
/// assert_eq!(Masks::labels((&pixels[..], [1, 2, 3]))?.size(0), [2, 3]);
/// # Ok::<(), maskrle::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct Masks<'a> {
    stacks: Vec<Pixels<'a>>,
    /// For each stack, how many masks it and those before it hold.
    ends: Vec<usize>,
    predicate: Predicate,
}

/// Arrays that masks can be borrowed from: ndarray views and references to arrays, of 1 (one row)
/// to 4 dimensions (`[b, k, height, width]` is b*k masks), and a slice with its shape
/// `[n, height, width]`.
pub trait MaskArray<'a, T> {
    #[doc(hidden)]
    fn into_view(self) -> Result<ArrayView<'a, T, IxDyn>>;
}

impl<'a, T, D: Dimension> MaskArray<'a, T> for ArrayView<'a, T, D> {
    fn into_view(self) -> Result<ArrayView<'a, T, IxDyn>> {
        Ok(self.into_dyn())
    }
}

impl<'a, T, S: Data<Elem = T>, D: Dimension> MaskArray<'a, T> for &'a ArrayBase<S, D> {
    fn into_view(self) -> Result<ArrayView<'a, T, IxDyn>> {
        Ok(self.view().into_dyn())
    }
}

impl<'a, T> MaskArray<'a, T> for (&'a [T], [usize; 3]) {
    fn into_view(self) -> Result<ArrayView<'a, T, IxDyn>> {
        let (pixels, shape) = self;
        ArrayView::from_shape(IxDyn(&shape), pixels).map_err(|_| {
            Error::Input(format!(
                "a slice of {} pixels does not have the shape {shape:?}",
                pixels.len()
            ))
        })
    }
}

/// A stack of no pixels costs its caller nothing to claim, and us memory a mask.
pub(crate) const MAX_MASKS_WITHOUT_PIXELS: usize = 1 << 20;

impl<'a> Masks<'a> {
    /// Masks whose foreground is every non-zero pixel.
    pub fn binary<T: Integer + 'a>(array: impl MaskArray<'a, T>) -> Result<Self> {
        Self::new(
            T::pixels(four_dimensions(array.into_view()?)?),
            Predicate::Binary,
        )
    }

    /// Masks whose foreground is every pixel above `threshold`, which is rounded to the element
    /// type first, as numpy does. NaN is background; -0 is not above 0.
    pub fn threshold<T: Float + 'a>(array: impl MaskArray<'a, T>, threshold: f64) -> Result<Self> {
        if threshold.is_nan() {
            return Err(Error::Input("the threshold is not a number".into()));
        }
        Self::new(
            T::pixels(four_dimensions(array.into_view()?)?),
            Predicate::Above(T::threshold(threshold)),
        )
    }

    /// Masks of several classes or instances: a run for each stretch of one value.
    pub fn labels<T: Integer + 'a>(array: impl MaskArray<'a, T>) -> Result<Self> {
        Self::new(
            T::pixels(four_dimensions(array.into_view()?)?),
            Predicate::Labels,
        )
    }

    /// Binary masks `width` pixels wide, packed eight pixels to a byte along each row, every row
    /// starting at a byte: `numpy.packbits(mask, axis=-1)`. The last dimension counts bytes.
    ///
    /// ```
    /// use maskrle::{BitOrder, Masks};
    ///
    /// // One row of 10 pixels, the first two and the ninth set.
    /// let rows = ndarray::arr2(&[[0b1100_0000u8, 0b1000_0000]]);
    /// let masks = Masks::packed(&rows, 10, BitOrder::Big)?;
    /// assert_eq!(masks.size(0), [1, 10]);
    /// # Ok::<(), maskrle::Error>(())
    /// ```
    pub fn packed(array: impl MaskArray<'a, u8>, width: usize, order: BitOrder) -> Result<Self> {
        let bytes = four_dimensions(array.into_view()?)?;
        if bytes.shape()[3] != width.div_ceil(8) {
            let (have, need) = (bytes.shape()[3], width.div_ceil(8));
            return Err(Error::Input(format!(
                "a packed row of {width} pixels is {need} bytes, this one is {have}"
            )));
        }
        Self::new(
            Pixels::Packed {
                bytes,
                width,
                order,
            },
            Predicate::Binary,
        )
    }

    /// Masks of different sizes, in one batch. All must have the same element type and predicate.
    pub fn batch(parts: impl IntoIterator<Item = Masks<'a>>) -> Result<Self> {
        let mut parts = parts.into_iter();
        let Some(mut batch) = parts.next() else {
            return Ok(Masks {
                stacks: Vec::new(),
                ends: Vec::new(),
                predicate: Predicate::Binary,
            });
        };
        for part in parts {
            let same_type = part.type_name() == batch.type_name();
            if part.predicate != batch.predicate || !same_type {
                return Err(Error::Input(format!(
                    "a batch has one element type and one predicate: {} of {} and {} of {} do not go together",
                    batch.predicate,
                    batch.type_name(),
                    part.predicate,
                    part.type_name(),
                )));
            }
            let before = batch.len();
            batch.ends.extend(part.ends.iter().map(|end| before + end));
            batch.stacks.extend(part.stacks);
        }
        Ok(batch)
    }

    fn new(pixels: Pixels<'a>, predicate: Predicate) -> Result<Self> {
        let [b, k, height, width] = pixels.shape();
        let size = format!("a mask of {height} x {width}");
        if u32::try_from(height).is_err() || u32::try_from(width).is_err() {
            return Err(Error::Limit(format!(
                "{size}: a side has at most {} pixels",
                u32::MAX
            )));
        }
        let area = height as u64 * width as u64;
        if area > u64::from(u32::MAX) {
            return Err(Error::Limit(format!(
                "{size} has {area} pixels, the limit is {}",
                u32::MAX
            )));
        }
        let Some(count) = b
            .checked_mul(k)
            .filter(|&n| area > 0 || n <= MAX_MASKS_WITHOUT_PIXELS)
        else {
            return Err(Error::Limit(format!(
                "{b} x {k} masks of {height} x {width}: a stack has at most {MAX_MASKS_WITHOUT_PIXELS} masks of no pixels"
            )));
        };
        Ok(Masks {
            stacks: vec![pixels],
            ends: vec![count],
            predicate,
        })
    }

    /// How many masks there are.
    pub fn len(&self) -> usize {
        self.ends.last().copied().unwrap_or(0)
    }

    /// Whether there is no mask at all.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Height and width of mask `index`.
    ///
    /// # Panics
    /// If there is no such mask.
    pub fn size(&self, index: usize) -> [u32; 2] {
        let [_, _, height, width] = self.stacks[self.locate(index).0].shape();
        [height as u32, width as u32]
    }

    /// Pixels of all masks together.
    pub fn pixels(&self) -> u64 {
        self.stacks
            .iter()
            .map(|stack| {
                stack
                    .shape()
                    .iter()
                    .map(|&side| side as u64)
                    .product::<u64>()
            })
            .sum()
    }

    pub(crate) fn predicate(&self) -> Predicate {
        self.predicate
    }

    pub(crate) fn type_name(&self) -> &'static str {
        self.stacks.first().map_or("no pixels", Pixels::type_name)
    }

    /// The array that holds mask `index`, and the mask's place in it.
    pub(crate) fn stack_of(&self, index: usize) -> (&Pixels<'a>, [usize; 2]) {
        let (stack, within) = self.locate(index);
        let k = self.stacks[stack].shape()[1];
        (&self.stacks[stack], [within / k, within % k])
    }

    /// Which masks are of the same array as mask `index`.
    pub(crate) fn array_of(&self, index: usize) -> Range<usize> {
        let stack = self.locate(index).0;
        self.begin(stack)..self.ends[stack]
    }

    pub(crate) fn first_stack(&self) -> Option<&Pixels<'a>> {
        self.stacks.first()
    }

    fn locate(&self, index: usize) -> (usize, usize) {
        assert!(index < self.len(), "mask {index} of {}", self.len());
        let stack = self.ends.partition_point(|&end| end <= index);
        (stack, index - self.begin(stack))
    }

    /// The first mask of a stack.
    fn begin(&self, stack: usize) -> usize {
        if stack == 0 { 0 } else { self.ends[stack - 1] }
    }
}

/// One mask of `[b, k, height, width]`.
pub(crate) fn mask_of<'v, T>(view: &'v ArrayView4<'_, T>, [b, k]: [usize; 2]) -> ArrayView2<'v, T> {
    view.index_axis(ndarray::Axis(0), b)
        .index_axis_move(ndarray::Axis(0), k)
}

fn four_dimensions<T>(mut view: ArrayView<'_, T, IxDyn>) -> Result<ArrayView<'_, T, Ix4>> {
    let dimensions = view.ndim();
    if !(1..=4).contains(&dimensions) {
        return Err(Error::Input(format!(
            "an array of {dimensions} dimensions: masks have 1 ([w]), 2 ([h, w]), 3 ([n, h, w]) or 4 ([b, k, h, w])"
        )));
    }
    for _ in dimensions..4 {
        view = view.insert_axis(ndarray::Axis(0));
    }
    Ok(view
        .into_dimensionality()
        .expect("it has four dimensions now"))
}
