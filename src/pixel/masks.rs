//! Masks to encode: borrowed pixels, a shape, and one predicate about them.

use std::ops::Range;

use ndarray::{ArrayView, Ix4, IxDyn};

use super::element::{Float, Integer};
#[cfg(feature = "gpu")]
use super::element_type::ElementType;
use super::given::GivenThreshold;
use super::mask_array::MaskArray;
use super::order::BitOrder;
use super::size::checked_masks;
use super::stack::Stack;
use super::typed::Pixels;
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
/// assert_eq!(Masks::labels((&pixels[..], [2, 3]))?.size(0), [2, 3]);
/// # Ok::<(), maskrle::Error>(())
/// ```
#[derive(Debug, Clone)]
#[must_use = "masks do nothing until an encoder takes them"]
pub struct Masks<'a> {
    pub(super) stacks: Vec<Stack<'a>>,
    /// For each stack, the number of masks in it and those before it.
    pub(super) ends: Vec<usize>,
    pub(super) predicate: Predicate,
    /// The threshold before it was rounded; none without one, or where those of a batch are one
    /// only as rounded to the type of its pixels, and not as f32.
    pub(super) given: Option<GivenThreshold>,
}

impl<'a> Masks<'a> {
    /// Masks whose foreground is every non-zero pixel.
    ///
    /// # Errors
    /// [`Error::Limit`] if a mask has more than `u32::MAX` pixels, or a stack without pixels more
    /// than 2^20 masks; [`Error::Input`] if the array has 0 or more than 4 dimensions, or its slice
    /// does not have its shape.
    ///
    /// ```
    /// use maskrle::{Encoder, Masks, Order};
    ///
    /// let pixels = ndarray::arr2(&[[0i64, 7, 9]]);
    /// let runs = Encoder::new().runs(&Masks::binary(&pixels)?, Order::RowMajor)?;
    /// assert_eq!(runs.starts(), [0, 1]);
    /// # Ok::<(), maskrle::Error>(())
    /// ```
    pub fn binary<T: Integer + 'a>(array: impl MaskArray<'a, T>) -> Result<Self> {
        Self::new(
            T::pixels(four_dimensions(array.into_view()?)?),
            Predicate::Binary,
        )
    }

    /// Masks whose foreground is every pixel above `threshold`, which is rounded to the element
    /// type first, as numpy does. NaN is background; -0 is not above 0.
    ///
    /// # Errors
    /// [`Error::Input`] if the threshold is NaN, and the errors of [`Masks::binary`].
    ///
    /// ```
    /// use maskrle::{Encoder, Masks, Order, bf16};
    ///
    /// let logits = ndarray::arr2(&[[-0.0f64, f64::NAN, 0.25]]);
    /// let runs = Encoder::new().runs(&Masks::threshold(&logits, 0.0)?, Order::RowMajor)?;
    /// assert_eq!(runs.starts(), [0, 2]);
    ///
    /// let logits = logits.mapv(bf16::from_f64);
    /// assert_eq!(Encoder::new().runs(&Masks::threshold(&logits, 0.0)?, Order::RowMajor)?, runs);
    /// # Ok::<(), maskrle::Error>(())
    /// ```
    pub fn threshold<T: Float + 'a>(array: impl MaskArray<'a, T>, threshold: f64) -> Result<Self> {
        Self::above(array, GivenThreshold::above(threshold))
    }

    /// Masks whose foreground is every pixel of at least `threshold`, which is rounded to the
    /// element type first. NaN is background; -0 is at least 0.
    ///
    /// # Errors
    /// The errors of [`Masks::threshold`].
    ///
    /// ```
    /// use maskrle::{Encoder, Masks, Order};
    ///
    /// let probabilities = ndarray::arr2(&[[0.25f32, 0.5, f32::NAN]]);
    /// let masks = Masks::at_least(&probabilities, 0.5)?;
    /// assert_eq!(Encoder::new().runs(&masks, Order::RowMajor)?.starts(), [0, 1, 2]);
    /// # Ok::<(), maskrle::Error>(())
    /// ```
    pub fn at_least<T: Float + 'a>(array: impl MaskArray<'a, T>, threshold: f64) -> Result<Self> {
        Self::above(array, GivenThreshold::at_least(threshold))
    }

    /// Masks of pixels above a threshold, or of at least that.
    fn above<T: Float + 'a>(array: impl MaskArray<'a, T>, given: GivenThreshold) -> Result<Self> {
        let predicate = given.predicate(T::TYPE)?;
        let masks = Self::new(T::pixels(four_dimensions(array.into_view()?)?), predicate)?;
        Ok(Masks {
            given: Some(given),
            ..masks
        })
    }

    /// Label maps of several classes or instances: a run ends where the value changes.
    ///
    /// The values of runs are i64: of u64 pixels, those that a run holds must be at most
    /// `i64::MAX`, or encoding fails with [`Error::Input`].
    ///
    /// # Errors
    /// The errors of [`Masks::binary`].
    ///
    /// ```
    /// use maskrle::{Encoder, Masks, Order};
    ///
    /// let classes = ndarray::arr2(&[[0i64, 7, 7], [7, 2, -1]]); // torch's argmax is i64
    /// let runs = Encoder::new().runs(&Masks::labels(&classes)?, Order::RowMajor)?;
    /// assert_eq!(runs.get(0).expect("one map").values().collect::<Vec<_>>(), [0, 7, 2, -1]);
    /// # Ok::<(), maskrle::Error>(())
    /// ```
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

    /// Masks of different sizes, in one batch. All must have one element type and predicate: each
    /// of `parts` made by one constructor, with one threshold.
    ///
    /// ```
    /// use maskrle::Masks;
    /// use ndarray::{Array2, Array3};
    ///
    /// let (one, two) = (Array2::<u8>::zeros((480, 640)), Array3::<u8>::zeros((2, 28, 28)));
    /// let masks = Masks::batch([Masks::binary(&one)?, Masks::binary(&two)?])?;
    /// assert_eq!((masks.len(), masks.size(0), masks.size(2)), (3, [480, 640], [28, 28]));
    /// assert!(Masks::batch([Masks::binary(&one)?, Masks::labels(&two)?]).is_err());
    /// # Ok::<(), maskrle::Error>(())
    /// ```
    pub fn batch(parts: impl IntoIterator<Item = Masks<'a>>) -> Result<Self> {
        let mut parts = parts.into_iter();
        let Some(mut batch) = parts.next() else {
            return Ok(Masks {
                stacks: Vec::new(),
                ends: Vec::new(),
                predicate: Predicate::Binary,
                given: None,
            });
        };
        for part in parts {
            let same_type = part.type_name() == batch.type_name();
            if part.predicate != batch.predicate || !same_type {
                let other_threshold =
                    if same_type && batch.is_thresholded() && part.is_thresholded() {
                        " of another threshold"
                    } else {
                        ""
                    };
                return Err(Error::Input(format!(
                    "a batch has one element type and one predicate: {} of {} and {} of \
                     {}{other_threshold} do not go together",
                    batch.predicate,
                    batch.type_name(),
                    part.predicate,
                    part.type_name(),
                )));
            }
            let single = |masks: &Masks<'_>| masks.given.map(GivenThreshold::single);
            if single(&part) != single(&batch) {
                batch.given = None;
            }
            let before = batch.len();
            if before.checked_add(part.len()).is_none() {
                return Err(Error::Limit(format!(
                    "a batch of {before} masks and {} more: the limit is {}",
                    part.len(),
                    usize::MAX
                )));
            }
            batch.ends.extend(part.ends.iter().map(|end| before + end));
            batch.stacks.extend(part.stacks);
        }
        Ok(batch)
    }

    fn new(pixels: Pixels<'a>, predicate: Predicate) -> Result<Self> {
        let masks = checked_masks(pixels.shape())?;
        Ok(Masks {
            stacks: vec![Stack::new(pixels)],
            ends: vec![masks],
            predicate,
            given: None,
        })
    }

    /// Number of masks.
    pub fn len(&self) -> usize {
        self.ends.last().copied().unwrap_or(0)
    }

    /// True if there is no mask at all.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Height and width of mask `index`, of the target if it is resampled.
    ///
    /// # Panics
    /// If there is no such mask.
    pub fn size(&self, index: usize) -> [u32; 2] {
        self.stacks[self.locate(index).0].size()
    }

    /// Number of pixels of all masks together, or `u64::MAX` if there are more: broadcast arrays
    /// may have them.
    pub fn pixels(&self) -> u64 {
        let of_stack = |stack: &Stack<'_>| {
            let sides = stack.shape().into_iter().map(|side| side as u64);
            // A side of 0 after the others have grown too large still makes it 0.
            sides.fold(1, u64::saturating_mul)
        };
        self.stacks
            .iter()
            .map(of_stack)
            .fold(0, u64::saturating_add)
    }

    /// Work that mask `index` is, in pixels: a mask of few still costs its entry.
    pub(crate) fn cost(&self, index: usize) -> u64 {
        const ENTRY_PIXELS: u64 = 64;
        let [height, width] = self.size(index);
        (u64::from(height) * u64::from(width)).max(ENTRY_PIXELS)
    }

    pub(crate) fn predicate(&self) -> Predicate {
        self.predicate
    }

    pub(super) fn is_thresholded(&self) -> bool {
        matches!(self.predicate, Predicate::Above(_))
    }

    /// The element type; none of packed bits, or where there is no mask.
    #[cfg(feature = "gpu")]
    pub(crate) fn element_type(&self) -> Option<ElementType> {
        self.stacks.first()?.pixels().element_type()
    }

    /// True if any of the masks are resampled.
    #[cfg(feature = "gpu")]
    pub(crate) fn are_resampled(&self) -> bool {
        self.stacks.iter().any(Stack::is_resampled)
    }

    /// True if any of the masks are resampled more than once.
    #[cfg(feature = "gpu")]
    pub(crate) fn are_resampled_again(&self) -> bool {
        self.stacks.iter().any(Stack::is_resampled_again)
    }

    pub(crate) fn type_name(&self) -> &'static str {
        self.stacks.first().map_or("no pixels", Stack::type_name)
    }

    /// The array that holds mask `index`, and the mask's place in it. If the mask is resampled, the
    /// array holds its samples.
    pub(crate) fn stack_of(&self, index: usize) -> (&Pixels<'a>, [usize; 2]) {
        let (stack, within) = self.locate(index);
        let k = self.stacks[stack].shape()[1];
        (self.stacks[stack].pixels(), [within / k, within % k])
    }

    /// The masks that are of one array with mask `index`.
    pub(crate) fn array_of(&self, index: usize) -> Range<usize> {
        let stack = self.locate(index).0;
        self.begin(stack)..self.ends[stack]
    }

    pub(crate) fn first_stack(&self) -> Option<&Pixels<'a>> {
        self.stacks.first().map(Stack::pixels)
    }

    pub(super) fn locate(&self, index: usize) -> (usize, usize) {
        assert!(index < self.len(), "mask {index} of {}", self.len());
        let stack = self.ends.partition_point(|&end| end <= index);
        (stack, index - self.begin(stack))
    }

    /// The first mask of a stack.
    pub(super) fn begin(&self, stack: usize) -> usize {
        if stack == 0 { 0 } else { self.ends[stack - 1] }
    }
}

fn four_dimensions<T>(mut view: ArrayView<'_, T, IxDyn>) -> Result<ArrayView<'_, T, Ix4>> {
    let dimensions = view.ndim();
    if !(1..=4).contains(&dimensions) {
        return Err(Error::Input(format!(
            "an array of {dimensions} dimensions: masks have 1 ([w]), 2 ([h, w]), 3 ([n, h, w]) \
             or 4 ([b, k, h, w])"
        )));
    }
    for _ in dimensions..4 {
        view = view.insert_axis(ndarray::Axis(0));
    }
    Ok(view
        .into_dimensionality()
        .expect("it has four dimensions now"))
}
