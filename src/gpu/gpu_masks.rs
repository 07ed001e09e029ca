//! Masks that are on the GPU already: somebody else's buffer, and where in it the pixels lie.

use wgpu::{Buffer, BufferUsages};

use super::encode::Binding;
use super::plan::{Chunk, Limits, Placed, Window};
use super::shape::{Shape, Table};
use crate::pixel::{ElementType, Order, Orientation, Scan, checked_masks, orientation};
use crate::predicate::Predicate;
use crate::{Error, Result};

/// Bytes that the shaders read at once: the least that can be bound.
const VECTOR: u64 = 16;

/// A stack of masks in a GPU buffer: nothing of it is copied, and no pixel leaves the GPU.
///
/// The buffer needs the usage `STORAGE` and is only read. Offset and strides are counted in
/// elements, as tensor libraries count them; unless told, the stack begins at the buffer's first
/// byte and is `[n, height, width]` in C order without gaps. A bool tensor of one byte or of four
/// bytes a pixel is [`GpuMasks::binary`] of [`ElementType::Bool`] or [`ElementType::U32`]. Types of
/// 64 bits, which shaders do not read, are refused.
///
/// ```no_run
/// use maskrle::{ElementType, Encoder, GpuMasks, Order, wgpu};
///
/// # fn encode(device: wgpu::Device, queue: wgpu::Queue, logits: &wgpu::Buffer) -> maskrle::Result<()> {
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
    offset: u64,
    strides: [usize; 3],
    pub(super) predicate: Predicate,
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

    /// Masks of several classes or instances: a run for each stretch of one value.
    pub fn labels(buffer: &Buffer, element: ElementType, shape: [usize; 3]) -> Result<Self> {
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
        if threshold.is_nan() {
            return Err(Error::Input("the threshold is not a number".into()));
        }
        let Some(threshold) = element.threshold(threshold) else {
            return Err(Error::Input(format!(
                "{element} has no threshold, which is for float16, bfloat16 and float32: \
                 GpuMasks::binary takes the pixels that are not 0"
            )));
        };
        Self::new(buffer, element, shape, Predicate::Above(threshold))
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
        })
    }

    /// The stack begins at this element of the buffer.
    pub fn offset(mut self, elements: u64) -> Self {
        self.offset = elements;
        self
    }

    /// Elements from mask to mask, from row to row and from column to column; 0 repeats. Whether
    /// all of them lie in the buffer is checked when they are encoded.
    pub fn strides(mut self, elements: [usize; 3]) -> Self {
        self.strides = elements;
        self
    }

    /// How many masks there are.
    pub fn len(&self) -> usize {
        self.shape[0]
    }

    /// Whether there is no mask.
    pub fn is_empty(&self) -> bool {
        self.shape[0] == 0
    }

    /// Height and width of each mask.
    pub fn size(&self) -> [u32; 2] {
        [self.shape[1] as u32, self.shape[2] as u32]
    }

    /// The element after the last one that some masks reach.
    fn end(&self, masks: std::ops::Range<usize>) -> Result<u64> {
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
    fn check(&self) -> Result<()> {
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
                "the masks end at byte {end}, in the last word of a buffer of {size} bytes, which is not whole: a shader cannot \
                 read it, the buffer needs {}",
                size.next_multiple_of(4)
            )));
        }
        Ok(())
    }

    /// The masks as chunks, each with the part of the buffer that it reads.
    pub(super) fn chunks(
        &self,
        order: Order,
        limits: Limits,
        alignment: u64,
    ) -> Result<Vec<(Chunk, Binding)>> {
        self.check()?;
        let mut chunks = Vec::new();
        let mut next = 0;
        let shape = self.plane(order);
        while next < self.shape[0] && shape.pixels > 0 {
            let fits = |masks: usize| {
                let words = shape.words() * masks as u64;
                let memory = 3 * 4 * words + masks as u64 * 200;
                let (from, end) = self.bytes(next..next + masks, alignment)?;
                Ok::<_, Error>(
                    limits.bindings_hold(words, masks as u64)
                        && memory <= limits.memory
                        && end - from <= limits.binding,
                )
            };
            // All that is left, or half of it and so on until it fits: the last halves may leave a
            // little unused.
            let mut masks = self.shape[0] - next;
            while masks > 1 && !fits(masks)? {
                masks = masks.div_ceil(2);
            }
            let (from, end) = self.bytes(next..next + masks, alignment)?;
            let words = shape.words() * masks as u64;
            if end - from > limits.binding || !limits.bindings_hold(words, masks as u64) {
                let [height, width] = self.size();
                return Err(Error::Limit(format!(
                    "a mask of {height} x {width} {} spans {} bytes of its buffer, the device binds {} at once",
                    self.element.name(),
                    end - from,
                    limits.binding
                )));
            }
            chunks.push((
                self.chunk(next..next + masks, &shape, from),
                self.binding(from, end),
            ));
            next += masks;
        }
        Ok(chunks)
    }

    fn binding(&self, from: u64, end: u64) -> Binding {
        Binding {
            buffer: self.buffer.clone(),
            offset: from,
            bytes: end - from,
        }
    }

    /// The bytes that some masks reach: from where a binding can begin, up to a whole word, and as
    /// many as a vector has.
    fn bytes(&self, masks: std::ops::Range<usize>, alignment: u64) -> Result<(u64, u64)> {
        let from =
            (self.offset + masks.start as u64 * self.strides[0] as u64) * self.element.bytes();
        let end = (self.end(masks)? * self.element.bytes()).next_multiple_of(4);
        let mut from = from / alignment * alignment;
        let end = end.max(from + VECTOR).min(self.buffer.size());
        if end - from < VECTOR {
            from = from.saturating_sub(alignment);
        }
        if end - from < VECTOR {
            let size = self.buffer.size();
            return Err(Error::Input(format!(
                "a buffer of {size} bytes cannot be read: it must have {VECTOR} at least"
            )));
        }
        Ok((from, end))
    }

    /// Every mask as rows of memory, as [`crate::plane`] has them: the direction in which pixels
    /// are side by side is that of the rows, and a mask that lies in scan order without gaps is one
    /// row.
    fn plane(&self, order: Order) -> Shape {
        let [_, height, width] = self.shape;
        let [_, row_stride, column_stride] = self.strides;
        // In the direction of the scan, and across it.
        let ((lines, line_stride), (length, step)) = match order {
            Order::RowMajor => ((height, row_stride), (width, column_stride)),
            Order::ColumnMajor => ((width, column_stride), (height, row_stride)),
        };
        let element_bits = 8 * self.element.bytes() as u32;
        let shape = |height, width, scan, row_stride, column_stride| Shape {
            height,
            width,
            pixels: lines * length,
            scan,
            element_bits,
            row_stride,
            column_stride,
            highest_first: false,
        };
        let strides =
            [line_stride, step].map(|stride| isize::try_from(stride).unwrap_or(isize::MAX));
        match orientation([lines, length], strides) {
            Orientation::OneRow => shape(1, lines * length, Scan::Along, 0, 1),
            Orientation::RowOfLines => shape(1, lines, Scan::Along, 0, line_stride),
            Orientation::Lines => shape(lines, length, Scan::Along, line_stride, step),
            Orientation::AcrossLines => shape(length, lines, Scan::Across, step, line_stride),
        }
    }

    fn chunk(&self, masks: std::ops::Range<usize>, shape: &Shape, from: u64) -> Chunk {
        let words = shape.words() as u32;
        let mut window = Window::default();
        let mut placed = Vec::with_capacity(masks.len());
        for (index, mask) in masks.clone().enumerate() {
            let at =
                self.offset + mask as u64 * self.strides[0] as u64 - from / self.element.bytes();
            let stripe = shape.stripe(at as usize, index as u32 * words);
            Table::add(&mut window.tables, shape, stripe);
            placed.push(Placed {
                mask,
                stripe,
                lines: shape.bit_lines(),
            });
        }
        Chunk {
            words: words * placed.len() as u32,
            masks,
            placed,
            windows: vec![window],
            element_bits: shape.element_bits,
        }
    }
}
