//! The planner: which masks go to the GPU together, and where their pixels and bits lie there. One
//! for masks of the host and for those that are on the device.

use std::ops::Range;

use fearless_simd::Level;

use super::budget::{Limits, Needs};
use super::layout::{MaskLayout, StripeTable};
use super::masks::GpuMasks;
use super::passes::Stripe;
use super::resample_tables::{FirstPixel, Source};
use super::windows::{UploadedMask, UploadedRows, Window, cut, uploaded_mask};
use crate::pixel::{Masks, Order, Resample};
use crate::runs::{BitLines, begins_with_foreground};
use crate::{Error, Result};

/// Way of the next masks.
#[derive(Debug)]
pub(super) enum Planned {
    Gpu(Chunk),
    /// Masks that cannot be cut into windows that fit.
    Cpu(Range<usize>),
}

impl Planned {
    pub(super) fn masks(&self) -> Range<usize> {
        match self {
            Planned::Gpu(chunk) => chunk.masks.clone(),
            Planned::Cpu(range) => range.clone(),
        }
    }
}

/// Results of masks on the device.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Wanted {
    Runs,
    /// COCO's strings, with the masks' areas and boxes.
    Strings,
}

/// Whole masks that are scanned and read back together.
#[derive(Debug)]
pub(super) struct Chunk {
    pub(super) masks: Range<usize>,
    /// Places of the masks that have pixels.
    pub(super) placed: Vec<PlacedMask>,
    /// Words of boundary bits.
    pub(super) words: u32,
    /// Pixels that are flagged at a time: all of the chunk, or some rows of its one mask.
    pub(super) windows: Vec<Window>,
    pub(super) element_bits: u32,
    /// True if it takes the memory of all chunks in flight, and so goes when there are none.
    pub(super) is_alone: bool,
}

impl Chunk {
    /// A stripe for each placed mask as a whole.
    pub(super) fn table(&self) -> Vec<Stripe> {
        self.placed.iter().map(|placed| placed.stripe).collect()
    }
}

/// A mask's place in a chunk.
#[derive(Debug, Clone)]
pub(super) struct PlacedMask {
    pub(super) mask: usize,
    pub(super) stripe: Stripe,
    pub(super) lines: BitLines,
}

/// A chunk to which masks are added.
#[derive(Default)]
struct ChunkBuilder {
    needs: Needs,
    placed: Vec<PlacedMask>,
    window: Window,
    element_bits: u32,
    pixels: usize,
}

impl ChunkBuilder {
    /// Needs of the chunk with one mask more.
    fn needs_with(
        &self,
        layout: &MaskLayout,
        resample: Option<&Resample>,
        values: u64,
        pixel_bytes: u64,
    ) -> Needs {
        Needs {
            resampled_bytes: self.window.resampled.bytes_with(resample),
            words: self.needs.words + layout.words(),
            masks: self.needs.masks + 1,
            values: self.needs.values + values,
            pixel_bytes,
            has_strings: self.needs.has_strings,
            is_uploaded: self.needs.is_uploaded,
        }
    }

    /// Adds a mask whose first pixel is at `at`, in the units of its strides.
    fn place(&mut self, mask: usize, layout: &MaskLayout, at: u64, needs: Needs) {
        let stripe = layout.stripe(at, self.needs.words as u32);
        StripeTable::add(&mut self.window.tables, layout, stripe);
        self.placed.push(PlacedMask {
            mask,
            stripe,
            lines: layout.bit_lines(),
        });
        self.element_bits = layout.element_bits;
        self.pixels += layout.pixels;
        self.needs = needs;
    }

    fn finish(self, masks: Range<usize>) -> Chunk {
        Chunk {
            masks,
            placed: self.placed,
            words: self.needs.words as u32,
            windows: vec![self.window],
            element_bits: self.element_bits,
            is_alone: false,
        }
    }
}

/// Least pixels of a chunk of several masks: a submission's own cost is small beside them.
const MIN_CHUNK_PIXELS: usize = 1 << 22;

/// Most pixels of a chunk of several masks from `range`: a sixth of all, so that the upload of one
/// chunk overlaps with the work on those before it, but no fewer than keep a submission's own cost
/// small.
pub(super) fn max_chunk_pixels(masks: &Masks<'_>, range: Range<usize>) -> usize {
    let pixels = |index| {
        masks
            .size(index)
            .into_iter()
            .map(|side| side as usize)
            .product::<usize>()
    };
    (range.map(pixels).sum::<usize>() / 6).max(MIN_CHUNK_PIXELS)
}

/// The next chunk of the masks in `range`: as many from its start on as fit and have `max_pixels`,
/// or one that does not. First pixels of resampled masks are made by the arithmetic of a SIMD
/// level.
pub(super) fn next_of_host(
    masks: &Masks<'_>,
    order: Order,
    level: Level,
    limits: Limits,
    range: Range<usize>,
    max_pixels: usize,
) -> Planned {
    let first = range.start;
    let mut chunk = ChunkBuilder::default();
    chunk.needs.is_uploaded = true;
    let mut next = first;
    while next < range.end {
        let mask = uploaded_mask(masks, next, order);
        let layout = mask.layout;
        if layout.pixels > 0 {
            let at = chunk.needs.pixel_bytes;
            let needs = chunk.needs_with(&layout, mask.resample.as_ref(), 0, at + mask.bytes);
            let is_first = chunk.placed.is_empty();
            if !limits.hold(&needs) || !is_first && chunk.pixels + layout.pixels > max_pixels {
                break;
            }
            if let Some(resample) = &mask.resample {
                let first = begins_with_foreground(masks, next, level);
                let source = Source::uploaded(resample, FirstPixel::Known(first));
                chunk.window.resampled.add(resample, source);
            }
            chunk.place(next, &layout, at / layout.unit_bytes(), needs);
            chunk.window.bytes = needs.pixel_bytes;
            chunk.window.uploads.push(UploadedRows {
                mask: next,
                rows: 0..mask.rows,
                width: mask.width,
                at,
            });
        }
        next += 1;
    }
    if next == first {
        return in_windows(masks, first, order, limits);
    }
    Planned::Gpu(chunk.finish(first..next))
}

/// A mask too large for one upload: through windows if its bits fit, beside other chunks or alone,
/// else not at all. One that is resampled is not cut.
fn in_windows(masks: &Masks<'_>, index: usize, order: Order, limits: Limits) -> Planned {
    let UploadedMask {
        layout, resample, ..
    } = uploaded_mask(masks, index, order);
    let mut chunk = ChunkBuilder::default();
    chunk.needs.is_uploaded = true;
    let needs = chunk.needs_with(&layout, None, 0, 0);
    if resample.is_some() || !limits.bindings_hold(&needs) {
        return Planned::Cpu(index..index + 1);
    }
    let beside_others = cut(&layout, index, limits.upload_bytes(&needs));
    let is_alone = beside_others.is_none();
    let alone = || cut(&layout, index, limits.upload_bytes_alone(&needs));
    let Some(windows) = beside_others.or_else(alone) else {
        return Planned::Cpu(index..index + 1);
    };
    chunk.place(index, &layout, 0, needs);
    Planned::Gpu(Chunk {
        windows,
        is_alone,
        ..chunk.finish(index..index + 1)
    })
}

/// Masks on the device as chunks, each with the bytes of the buffer that it reads. Bindings begin
/// at multiples of `alignment` bytes. A mask that is beyond the limit of memory is a chunk of its
/// own.
pub(super) fn of_device(
    masks: &GpuMasks,
    order: Order,
    wanted: Wanted,
    limits: Limits,
    alignment: u64,
) -> Result<Vec<(Chunk, Range<u64>)>> {
    masks.check()?;
    let layout = masks.layout(order);
    let mut chunks = Vec::new();
    let mut first = 0;
    while first < masks.len() && layout.pixels > 0 {
        let mut chunk = ChunkBuilder::default();
        chunk.needs.has_strings = wanted == Wanted::Strings;
        let begin = masks.bytes(first..first + 1, alignment)?.start;
        let mut next = first;
        while next < masks.len() {
            let bytes = masks.bytes(first..next + 1, alignment)?;
            let values = if masks.is_labels() { layout.words() } else { 1 };
            let resample = masks.resample(next);
            let how = resample.as_ref().map(|(resample, _)| resample);
            let needs = chunk.needs_with(&layout, how, values, bytes.end - bytes.start);
            if next == first && !limits.bindings_hold(&needs) {
                return Err(too_large(masks, &needs, limits));
            }
            if next > first && !limits.hold(&needs) {
                break;
            }
            if let Some((resample, source)) = &resample {
                chunk.window.resampled.add(resample, *source);
            }
            chunk.place(
                next,
                &layout,
                masks.first_element(next) - begin / masks.element_bytes(),
                needs,
            );
            next += 1;
        }
        let bytes = masks.bytes(first..next, alignment)?;
        let is_alone = !limits.hold(&chunk.needs);
        let chunk = Chunk {
            is_alone,
            ..chunk.finish(first..next)
        };
        chunks.push((chunk, bytes));
        first = next;
    }
    Ok(chunks)
}

fn too_large(masks: &GpuMasks, needs: &Needs, limits: Limits) -> Error {
    let [height, width] = masks.size();
    let what = if needs.pixel_bytes > limits.binding {
        format!("spans {} bytes of its buffer", needs.pixel_bytes)
    } else if needs.resampled_bytes > limits.binding {
        format!("needs {} bytes of places of pixels", needs.resampled_bytes)
    } else {
        format!(
            "needs {} words of bits and values",
            needs.words + needs.values
        )
    };
    Error::Limit(format!(
        "a mask of {height} x {width} {} {what}, the device binds {} bytes at once",
        masks.type_name(),
        limits.binding
    ))
}
