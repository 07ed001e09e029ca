//! Masks that are on the GPU already: the caller's buffer, and where in it the pixels lie.

use std::ops::Range;
use std::sync::{Arc, Mutex};

use wgpu::{Buffer, BufferUsages};

use super::device::lock;
use super::device_resampling::DeviceResampling;
use super::kept_groups::KeptGroups;
use super::layout::MaskLayout;
use super::resample_tables::{FirstPixel, SampleType, Source};
use crate::pixel::{
    ElementType, GivenThreshold, Order, Orientation, Resample, Scan, checked_masks, orientation,
};
use crate::predicate::Predicate;
use crate::{Error, Result};

/// Bytes that the shaders read at once: the least that can be bound.
const VECTOR: u64 = 16;

/// A stack of masks in a GPU buffer: nothing of it is copied, and no pixel leaves the GPU.
///
/// The buffer needs the usage `STORAGE` and is only read. Offset and strides are counted in
/// elements, as tensor libraries count them; by default the stack begins at the buffer's first
/// byte and is `[n, height, width]` in C order without gaps. A bool tensor of one byte or of four
/// bytes a pixel is [`GpuMasks::binary`] of [`ElementType::Bool`] or [`ElementType::U32`]. Types of
/// 64 bits, which shaders do not read, are refused.
///
/// ```no_run
/// use maskrle::{ElementType, Encoder, GpuMasks, Order, wgpu};
///
/// # fn encode(
/// #     device: wgpu::Device,
/// #     queue: wgpu::Queue,
/// #     logits: &wgpu::Buffer,
/// # ) -> maskrle::Result<()> {
/// let encoder = Encoder::with_device(device, queue)?;
/// // Logits [16, 256, 256] of which each mask was transposed: its strides are swapped.
/// let masks = GpuMasks::threshold(logits, ElementType::F32, [16, 256, 256], 0.0)?
///     .strides([256 * 256, 1, 256]);
/// let coco = encoder.gpu_coco(&masks)?;
/// let runs = encoder.gpu_runs(&masks, Order::RowMajor)?;
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone)]
pub struct GpuMasks {
    pub(super) buffer: Buffer,
    pub(super) element: ElementType,
    pub(super) shape: [usize; 3],
    pub(super) offset: u64,
    pub(super) strides: [usize; 3],
    pub(super) predicate: Predicate,
    /// The threshold before it was rounded to the element type.
    pub(super) given: Option<GivenThreshold>,
    pub(super) resampling: Option<DeviceResampling>,
    /// Over the buffer, which the masks hold anyway.
    pub(super) groups: Arc<Mutex<KeptGroups>>,
}

impl GpuMasks {
    /// True if runs end where the value changes.
    pub(crate) fn is_labels(&self) -> bool {
        self.predicate == Predicate::Labels
    }

    /// Masks whose foreground is every non-zero pixel.
    pub fn binary(buffer: &Buffer, element: ElementType, shape: [usize; 3]) -> Result<Self> {
        Self::of_integers(buffer, element, shape, Predicate::Binary)
    }

    /// Masks of several classes or instances: a run ends where the value changes. Bools are no
    /// labels here: shaders compare bytes, of which any but 0 is true.
    pub fn labels(buffer: &Buffer, element: ElementType, shape: [usize; 3]) -> Result<Self> {
        if element == ElementType::Bool {
            return Err(Error::Input(
                "bool pixels are no labels on a device: GpuMasks::binary takes them, or \
                 GpuMasks::labels of uint8"
                    .into(),
            ));
        }
        Self::of_integers(buffer, element, shape, Predicate::Labels)
    }

    /// Masks whose foreground is every pixel above `threshold`, which is rounded to the element
    /// type first. NaN is background.
    pub fn threshold(
        buffer: &Buffer,
        element: ElementType,
        shape: [usize; 3],
        threshold: f64,
    ) -> Result<Self> {
        Self::above(buffer, element, shape, GivenThreshold::above(threshold))
    }

    /// Masks whose foreground is every pixel of at least `threshold`, which is rounded to the
    /// element type first. NaN is background.
    pub fn at_least(
        buffer: &Buffer,
        element: ElementType,
        shape: [usize; 3],
        threshold: f64,
    ) -> Result<Self> {
        Self::above(buffer, element, shape, GivenThreshold::at_least(threshold))
    }

    fn above(
        buffer: &Buffer,
        element: ElementType,
        shape: [usize; 3],
        given: GivenThreshold,
    ) -> Result<Self> {
        if !element.is_float() {
            return Err(Error::Input(format!(
                "{element} has no threshold, which is for float16, bfloat16 and float32: \
                 GpuMasks::binary takes the pixels that are not 0"
            )));
        }
        let masks = Self::new(buffer, element, shape, given.predicate(element)?)?;
        Ok(GpuMasks {
            given: Some(given),
            ..masks
        })
    }

    fn of_integers(
        buffer: &Buffer,
        element: ElementType,
        shape: [usize; 3],
        predicate: Predicate,
    ) -> Result<Self> {
        if element.is_float() {
            return Err(Error::Input(format!(
                "{element} pixels need a threshold, which GpuMasks::threshold takes: {predicate} \
                 are of integers"
            )));
        }
        Self::new(buffer, element, shape, predicate)
    }

    fn new(
        buffer: &Buffer,
        element: ElementType,
        shape: [usize; 3],
        predicate: Predicate,
    ) -> Result<Self> {
        if !buffer.usage().contains(BufferUsages::STORAGE) {
            return Err(Error::Input(format!(
                "the buffer needs the usage STORAGE, it has {:?}",
                buffer.usage()
            )));
        }
        if !element.is_on_device() {
            return Err(Error::Input(format!(
                "{element} has no form on the device, whose shaders read up to 32 bits at once: \
                 narrow the pixels to 32 bits or fewer there, or encode them as Masks of host \
                 memory"
            )));
        }
        let [n, height, width] = shape;
        checked_masks([1, n, height, width])?;
        if u32::try_from(n).is_err() {
            return Err(Error::Limit(format!(
                "{n} masks of {height} x {width}: the limit on the device is {}",
                u32::MAX
            )));
        }
        let strides = [height * width, width, 1];
        Ok(GpuMasks {
            buffer: buffer.clone(),
            element,
            shape,
            offset: 0,
            strides,
            predicate,
            given: None,
            resampling: None,
            groups: Arc::default(),
        })
    }

    /// The stack begins at this element of the buffer.
    pub fn offset(mut self, elements: u64) -> Self {
        self.offset = elements;
        self
    }

    /// Elements from mask to mask, from row to row and from column to column; 0 repeats. Encoding
    /// fails if they reach beyond the buffer.
    pub fn strides(mut self, elements: [usize; 3]) -> Self {
        self.strides = elements;
        self
    }

    /// Number of masks.
    pub fn len(&self) -> usize {
        self.shape[0]
    }

    /// True if there is no mask.
    pub fn is_empty(&self) -> bool {
        self.shape[0] == 0
    }

    /// Height and width of each mask, of the target if they are resampled.
    pub fn size(&self) -> [u32; 2] {
        match &self.resampling {
            None => self.samples(),
            Some(resampling) => resampling.target(),
        }
    }

    /// Drops the kept bind groups, one of which an error of the device may have spoilt.
    pub(super) fn drop_groups(&self) {
        lock(&self.groups).clear();
    }

    /// Height and width of each mask in the buffer.
    pub(super) fn samples(&self) -> [u32; 2] {
        [self.shape[1] as u32, self.shape[2] as u32]
    }

    /// How a mask is resampled, and of which samples; none if it is not.
    pub(super) fn resample(&self, mask: usize) -> Option<(Resample, Source)> {
        let resampling = self.resampling.as_ref()?;
        let source = Source {
            own: self.samples(),
            before: resampling.samples_before(),
            sample_type: match self.element {
                ElementType::F16 => SampleType::F16,
                ElementType::Bf16 => SampleType::Bf16,
                _ => SampleType::F32,
            },
            first_pixel: FirstPixel::Asked,
        };
        Some((resampling.of_mask(mask, self.samples()), source))
    }

    /// The element after the last one that some masks reach.
    fn end(&self, masks: Range<usize>) -> Result<u64> {
        let [_, height, width] = self.shape;
        let far = || {
            Error::Limit(format!(
                "strides {:?} and offset {} reach beyond 2^64 bytes",
                self.strides, self.offset
            ))
        };
        let last = [
            masks.end.saturating_sub(1),
            height.saturating_sub(1),
            width.saturating_sub(1),
        ];
        let steps = last.into_iter().zip(self.strides);
        let end = steps.into_iter().try_fold(
            self.offset.checked_add(1).ok_or_else(far)?,
            |end, (index, stride)| {
                let step = (index as u64).checked_mul(stride as u64).ok_or_else(far)?;
                end.checked_add(step).ok_or_else(far)
            },
        )?;
        end.checked_mul(self.element.bytes()).ok_or_else(far)?;
        Ok(end)
    }

    /// Fails unless every pixel lies in whole words of the buffer, of which alone shaders can read.
    pub(super) fn check(&self) -> Result<()> {
        if self.shape.contains(&0) {
            return Ok(());
        }
        let end = self.end(0..self.shape[0])? * self.element.bytes();
        let size = self.buffer.size();
        if end > size {
            return Err(Error::Input(format!(
                "the masks end at byte {end}, the buffer has {size}"
            )));
        }
        if end > size & !3 {
            return Err(Error::Input(format!(
                "the masks end at byte {end}, in the last word of a buffer of {size} bytes, which \
                 is not whole: a shader cannot read it, the buffer needs {}",
                size.next_multiple_of(4)
            )));
        }
        Ok(())
    }

    /// Bytes of an element.
    pub(super) fn element_bytes(&self) -> u64 {
        self.element.bytes()
    }

    /// The element type, by numpy's name.
    pub(super) fn type_name(&self) -> &'static str {
        self.element.name()
    }

    /// Index in the buffer of a mask's first element.
    pub(super) fn first_element(&self, mask: usize) -> u64 {
        self.offset + mask as u64 * self.strides[0] as u64
    }

    /// The bytes that some masks reach: from where a binding can begin, which only the first of
    /// them decides, up to a whole word, and as many as a vector has.
    pub(super) fn bytes(&self, masks: Range<usize>, alignment: u64) -> Result<Range<u64>> {
        let first = self.first_element(masks.start) * self.element_bytes();
        let end = self.end(masks)? * self.element_bytes();
        let size = self.buffer.size();
        binding(first..end, size, alignment).ok_or_else(|| {
            Error::Input(format!(
                "a buffer of {size} bytes cannot be read: it must have {VECTOR} at least"
            ))
        })
    }

    /// Layout of every mask in the given scan order.
    pub(super) fn layout(&self, order: Order) -> MaskLayout {
        let [_, height, width] = self.shape;
        let [_, to_row, to_column] = self.strides;
        if self.resampling.is_some() {
            return MaskLayout::of_target(self.size(), order, [to_row, to_column]);
        }
        // In the direction of the scan, and across it.
        let ((lines, to_line), (length, to_pixel)) = match order {
            Order::RowMajor => ((height, to_row), (width, to_column)),
            Order::ColumnMajor => ((width, to_column), (height, to_row)),
        };
        let strides =
            [to_line, to_pixel].map(|stride| isize::try_from(stride).unwrap_or(isize::MAX));
        let ([height, width], [row_stride, column_stride], scan) =
            match orientation([lines, length], strides) {
                Orientation::OneRow => ([1, lines * length], [0, 1], Scan::Along),
                Orientation::RowOfLines => ([1, lines], [0, to_line], Scan::Along),
                Orientation::Lines => ([lines, length], [to_line, to_pixel], Scan::Along),
                Orientation::AcrossLines => ([length, lines], [to_pixel, to_line], Scan::Across),
            };
        MaskLayout {
            height,
            width,
            pixels: lines * length,
            scan,
            element_bits: 8 * self.element_bytes() as u32,
            row_stride,
            column_stride,
            highest_first: false,
            is_resampled: false,
        }
    }
}

/// The bytes to bind so that shaders can read some bytes of a buffer of `size`: they begin at a
/// multiple of `alignment`, and are whole vectors, or words where the buffer has no more, a vector
/// of them at least. None where the buffer has less than a vector. Bytes in a last word that is not
/// whole cannot be read.
fn binding(bytes: Range<u64>, size: u64, alignment: u64) -> Option<Range<u64>> {
    let size = size & !3;
    let last_begin = size.checked_sub(VECTOR)?;
    let begin = bytes.start.min(last_begin) / alignment * alignment;
    let end = bytes
        .end
        .next_multiple_of(VECTOR)
        .max(begin + VECTOR)
        .min(size);
    Some(begin..end)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Rules of WebGPU for the bindings of storage buffers, at all places in all small buffers.
    #[test]
    fn bindings_are_valid_and_hold_their_bytes_wherever_these_are() {
        for alignment in [16, 32, 64, 256] {
            for size in 0..=600u64 {
                for start in (0..size).step_by(if size > 100 { 7 } else { 1 }) {
                    for end in [start + 1, start + 2, start + 17, size - 1, size] {
                        // As `check` has them: in whole words.
                        if end <= start || end > size & !3 {
                            continue;
                        }
                        let bound = binding(start..end, size, alignment);
                        let case = format!("{start}..{end} of {size} by {alignment}: {bound:?}");
                        let Some(bound) = bound else {
                            assert!(size < 16, "{case}");
                            continue;
                        };
                        assert_eq!(bound.start % alignment, 0, "{case}");
                        assert_eq!((bound.end - bound.start) % 4, 0, "{case}");
                        assert!(bound.end - bound.start >= 16, "{case}");
                        assert!(bound.start <= start && end <= bound.end, "{case}");
                        assert!(bound.end <= size, "{case}");
                        // No more than is needed.
                        assert!(start - bound.start < alignment + 16, "{case}");
                        assert!(bound.end < end.max(bound.start + 16) + 16, "{case}");
                        let is_whole = (bound.end - bound.start) % 16 == 0;
                        assert!(is_whole || bound.end == size & !3, "{case}");
                    }
                }
            }
        }
    }
}
