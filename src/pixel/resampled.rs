//! Masks that are resampled.

use std::ops::Range;

use super::element_type::ElementType;
use super::masks::Masks;
use super::paste::{Paste, check_boxes};
use super::resample::Resample;
use super::samples::Samples;
use super::stack::Stack;
use crate::predicate::Predicate;
use crate::{Error, Result};

impl<'a> Masks<'a> {
    /// The masks resampled to a height and width, bilinearly: those that torch gives by
    /// `interpolate(logits, size, mode="bilinear", align_corners=False)`, thresholded. The pixels
    /// never exist: most need not even be evaluated.
    ///
    /// f16 and bf16 are taken as f32 first, and the threshold as f32. Pixels are bit for bit those
    /// of torch on a CPU, of a contiguous tensor, where this CPU has FMA (with AVX2, and on ARM);
    /// without, the order of operations is the same, but a sum is rounded twice, and single pixels
    /// next to the threshold may differ. So may torch's own of a tensor in `channels_last`, for
    /// which it has other code, and those of a GPU, which encodes these masks where the encoder's
    /// backend is [`Backend::Gpu`](crate::Backend::Gpu), unless they are resized twice: those
    /// within 4 ulp of the threshold, ulp of the largest number that is added up to the pixel.
    /// Denormals may be 0 there, and what becomes of infinities and NaN is the device's.
    /// [`Backend::Auto`] takes the CPU.
    ///
    /// [`Backend::Auto`]: crate::Backend::Auto
    ///
    /// # Errors
    /// [`Error::Input`] if the masks have no threshold, are pasted, are of f64, or have no pixels,
    /// or if a side of the target is 0; [`Error::Limit`] if the target has more than `u32::MAX`
    /// pixels, or masks that are resized already more than 2^26: see [`Masks::cropped`].
    ///
    /// ```
    /// use maskrle::{Encoder, Masks};
    ///
    /// let logits = ndarray::arr3(&[[[-1.0f32, 1.0], [-1.0, 1.0]]]); // [n, height, width]
    /// let masks = Masks::threshold(&logits, 0.0)?.resized([4, 8])?;
    /// assert_eq!(masks.size(0), [4, 8]);
    /// assert_eq!(Encoder::new().coco(&masks)?[0].counts, "`0`0"); // the right half
    /// # Ok::<(), maskrle::Error>(())
    /// ```
    pub fn resized(self, size: [u32; 2]) -> Result<Self> {
        self.resampled(|stack, _| stack.resized(size))
    }

    /// Some rows and columns of the masks, as a view of the array would give them; of resampled
    /// masks too, which may then be resized again: Segment Anything resizes to 1024 x 1024, crops,
    /// and resizes to the image. Only the last step's pixels never exist: those of the one before,
    /// at most 2^26 of a mask, are made one mask at a time by each thread.
    ///
    /// # Errors
    /// [`Error::Input`] if there are no such rows or columns, if the masks are packed bits or are
    /// pasted, or if they are resampled and no pixel would be left.
    ///
    /// ```
    /// use maskrle::Masks;
    ///
    /// let logits = ndarray::Array3::<f32>::zeros((2, 256, 256)); // of an image of 1080 x 1920
    /// let masks = Masks::threshold(&logits, 0.0)?.resized([1024, 1024])?;
    /// let masks = masks.cropped([0..576, 0..1024])?.resized([1080, 1920])?;
    /// assert_eq!(masks.size(0), [1080, 1920]);
    /// # Ok::<(), maskrle::Error>(())
    /// ```
    pub fn cropped(self, ranges: [Range<u32>; 2]) -> Result<Self> {
        let stacks = self.stacks.into_iter();
        let stacks = stacks.map(|stack| stack.cropped(ranges.clone()));
        Ok(Masks {
            stacks: stacks.collect::<Result<_>>()?,
            ..self
        })
    }

    /// The masks pasted into boxes of a target of this height and width, as Mask R-CNN's maps of
    /// probabilities are: bit for bit as detectron2's or torchvision's `paste_masks_in_image` on a
    /// CPU, thresholded. There is a box for each mask, `[x0, y0, x1, y1]` in pixels of the target.
    ///
    /// Pixels around a box are background, whatever the threshold, and cost nothing. Parts of a box
    /// outside the target are cut off; one that is outside wholly, or has no width or height, holds
    /// what the reference makes of it, and no pixel where that fails. About f16, bf16, the
    /// threshold and FMA all is as with [`Masks::resized`].
    ///
    /// # Errors
    /// [`Error::Input`] if there are more or fewer boxes than masks, if a coordinate is infinite or
    /// not a number, a box ends before it begins, or the masks are resampled already, and the
    /// errors of [`Masks::resized`].
    ///
    /// ```
    /// use maskrle::{Encoder, Masks, Paste};
    ///
    /// let probabilities = ndarray::Array3::<f32>::ones((1, 28, 28)); // [n, height, width]
    /// let boxes = [[2.0, 0.0, 4.0, 3.0]];
    /// let masks = Masks::at_least(&probabilities, 0.5)?.pasted(&boxes, [3, 6], Paste::GridSample)?;
    /// assert_eq!(Encoder::new().coco(&masks)?[0].counts, "666"); // columns 2 and 3
    /// # Ok::<(), maskrle::Error>(())
    /// ```
    pub fn pasted(self, boxes: &[[f32; 4]], size: [u32; 2], paste: Paste) -> Result<Self> {
        check_boxes(boxes.len(), self.len())?;
        self.resampled(|stack, masks| stack.pasted(&boxes[masks.clone()], masks.start, size, paste))
    }

    /// The masks with each array resampled, given the masks in it.
    fn resampled(
        self,
        resample: impl Fn(Stack<'a>, Range<usize>) -> Result<Stack<'a>>,
    ) -> Result<Self> {
        if !self.is_thresholded() {
            return Err(Error::Input(format!(
                "{} are not resampled: it takes a threshold, see Masks::threshold",
                self.predicate
            )));
        }
        let Some(given) = self.given else {
            return self.thresholds_differ();
        };
        let begins = std::iter::once(0).chain(self.ends.iter().copied());
        let masks = begins.zip(&self.ends).map(|(begin, &end)| begin..end);
        let stacks = self.stacks.into_iter().zip(masks);
        let stacks = stacks.map(|(stack, masks)| resample(stack, masks));
        Ok(Masks {
            stacks: stacks.collect::<Result<_>>()?,
            predicate: Predicate::Above(given.single()),
            ..self
        })
    }

    /// The masks above the threshold and an offset, and those above the threshold less the offset.
    pub(crate) fn beside_threshold(&self, offset: f64) -> Result<[Self; 2]> {
        if !(offset >= 0.0 && offset.is_finite()) {
            return Err(Error::Input(format!(
                "a stability offset of {offset}: it is a number from 0 on"
            )));
        }
        if !self.is_empty() && !self.is_thresholded() {
            return Err(Error::Input(format!(
                "{} have no stability score: it takes a threshold, see Masks::threshold",
                self.predicate
            )));
        }
        let at = |offset: f64| {
            let element = match self.stacks.first() {
                Some(stack) if !stack.is_resampled() => stack.pixels().element_type(),
                _ => Some(ElementType::F32),
            };
            let masks = self.clone();
            let (Some(given), Some(element)) = (self.given, element) else {
                // Only a batch of no masks, or of thresholds that differ, has none.
                return if self.is_empty() {
                    Ok(masks)
                } else {
                    self.thresholds_differ()
                };
            };
            Ok(Masks {
                predicate: given.with_offset(offset).predicate(element)?,
                ..masks
            })
        };
        Ok([at(offset)?, at(-offset)?])
    }

    fn thresholds_differ<T>(&self) -> Result<T> {
        Err(Error::Input(format!(
            "the thresholds of this batch are one as {} only, not as float32: take its parts one \
             by one",
            self.type_name()
        )))
    }

    /// The samples of mask `index`, if it is resampled.
    pub(crate) fn samples_of(&self, index: usize) -> Option<(Samples<'_>, Resample)> {
        let (stack, within) = self.locate(index);
        let (_, place) = self.stack_of(index);
        self.stacks[stack].samples(within, place)
    }
}
