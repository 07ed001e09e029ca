//! Masks to encode: borrowed pixels, a shape, and one predicate about them.

use std::ops::Range;

use ndarray::{ArrayView, ArrayView2, ArrayView4, Ix4, IxDyn};

use super::element::{Float, Integer};
#[cfg(feature = "gpu")]
use super::element_type::ElementType;
use super::mask_array::MaskArray;
use super::order::BitOrder;
use super::size::checked_masks;
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
    stacks: Vec<Pixels<'a>>,
    /// For each stack, the number of masks in it and those before it.
    ends: Vec<usize>,
    predicate: Predicate,
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
        if threshold.is_nan() {
            return Err(Error::Input(
                "the threshold is not a number: no pixel is above it or below it".into(),
            ));
        }
        Self::new(
            T::pixels(four_dimensions(array.into_view()?)?),
            Predicate::Above(T::threshold(threshold)),
        )
    }

    /// Label maps of several classes or instances: a run ends where the value changes.
    ///
    /// The values of runs are i64: of u64 pixels, those that a run holds must be at most
    /// `i64::MAX`, or encoding fails with [`Error::Input`].
    ///
    /// # Errors
    /// Those of [`Masks::binary`].
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
            stacks: vec![pixels],
            ends: vec![masks],
            predicate,
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

    /// Height and width of mask `index`.
    ///
    /// # Panics
    /// If there is no such mask.
    pub fn size(&self, index: usize) -> [u32; 2] {
        let [_, _, height, width] = self.stacks[self.locate(index).0].shape();
        [height as u32, width as u32]
    }

    /// Number of pixels of all masks together, or `u64::MAX` if there are more: broadcast arrays
    /// may have them.
    pub fn pixels(&self) -> u64 {
        let of_stack = |stack: &Pixels<'_>| {
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
    #[cfg(any(feature = "gpu", feature = "rayon"))]
    pub(crate) fn cost(&self, index: usize) -> u64 {
        const ENTRY_PIXELS: u64 = 64;
        let [height, width] = self.size(index);
        (u64::from(height) * u64::from(width)).max(ENTRY_PIXELS)
    }

    pub(crate) fn predicate(&self) -> Predicate {
        self.predicate
    }

    fn is_thresholded(&self) -> bool {
        matches!(self.predicate, Predicate::Above(_))
    }

    /// The element type; none of packed bits, or where there is no mask.
    #[cfg(feature = "gpu")]
    pub(crate) fn element_type(&self) -> Option<ElementType> {
        self.stacks.first().and_then(Pixels::element_type)
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

    /// The masks that are of one array with mask `index`.
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

#[cfg(test)]
mod tests {
    use ndarray::{Array2, ArrayView3, arr0};

    use super::*;

    /// A stack of any shape, of one pixel in memory.
    fn repeated(pixel: &ndarray::Array0<u8>, shape: [usize; 3]) -> ArrayView3<'_, u8> {
        pixel.broadcast(shape).expect("a shape that may be")
    }

    #[test]
    #[cfg(target_pointer_width = "64")]
    fn masks_have_up_to_the_limit_of_pixels() {
        let pixel = arr0(1u8);
        let most = u32::MAX as usize;
        for shape in [
            [1, 1, most],
            [3, most, 1],
            [2, 65_535, 65_537],
            [1, 1, most - 1],
        ] {
            let masks = Masks::binary(repeated(&pixel, shape)).expect("at the limit");
            let [n, height, width] = shape;
            assert_eq!(masks.pixels(), (n * height * width) as u64);
            assert_eq!(masks.size(n - 1), [height as u32, width as u32]);
        }
        for shape in [[1, 1, most + 1], [1, 2, 1 << 31], [0, most + 1, 1]] {
            let masks = Masks::binary(repeated(&pixel, shape));
            assert!(
                matches!(masks, Err(Error::Limit(_))),
                "{shape:?}: {masks:?}"
            );
        }
    }

    #[test]
    #[cfg(target_pointer_width = "64")]
    fn pixels_of_broadcast_masks_do_not_wrap() {
        let pixel = arr0(1u8);
        let large = || Masks::binary(repeated(&pixel, [1 << 31, 1 << 16, 1 << 15]));
        let masks = large().expect("each is small");
        assert_eq!(masks.pixels(), 1 << 62);
        let batch = Masks::batch((0..4).map(|_| large().expect("each is small")));
        assert_eq!(batch.expect("of one kind").pixels(), u64::MAX);
        let many = || Masks::binary(repeated(&pixel, [isize::MAX as usize, 1, 1]));
        let many = (0..3).map(|_| many().expect("each is small"));
        assert!(matches!(Masks::batch(many), Err(Error::Limit(_))));
    }

    #[test]
    fn masks_of_no_pixels_cost_their_entry() {
        let (none, small, large) = (
            Array2::<u8>::zeros((0, 9)),
            Array2::zeros((8, 8)),
            Array2::zeros((5, 13)),
        );
        let parts = [&none, &small, &large].map(|array| Masks::binary(array).expect("small"));
        let masks = Masks::batch(parts).expect("of one kind");
        assert_eq!([0, 1, 2].map(|index| masks.cost(index)), [64, 64, 65]);
        assert_eq!(masks.pixels(), 64 + 65);
    }

    #[test]
    fn batches_are_of_one_type_and_predicate() {
        let (singles, doubles) = (Array2::<f32>::zeros((2, 3)), Array2::<f64>::zeros((2, 3)));
        let refused = |parts: [Result<Masks<'_>>; 2]| {
            let parts = parts.map(|part| part.expect("small"));
            Masks::batch(parts).expect_err("they differ").to_string()
        };
        let error = refused([
            Masks::threshold(&singles, 0.0),
            Masks::threshold(&doubles, 0.0),
        ]);
        assert!(
            error.contains("of float32 and thresholded masks of float64"),
            "{error}"
        );
        let error = refused([
            Masks::threshold(&singles, 0.0),
            Masks::threshold(&singles, 1.0),
        ]);
        assert!(error.contains("another threshold"), "{error}");
        // Rounded to the pixels' type they are one.
        let parts = [0.1, f64::from(0.1f32)].map(|threshold| Masks::threshold(&singles, threshold));
        assert!(Masks::batch(parts.map(|part| part.expect("small"))).is_ok());
    }
}
