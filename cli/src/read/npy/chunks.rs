//! `.npy`: masks streamed from any reader, as many at a time as the memory allows.

use std::io::{self, Read};

use anyhow::{Result, anyhow, bail};
use bytemuck::Pod;
use maskrle::{ElementType, PixelArray, f16};

use super::header::{Header, MAGIC};
use super::interleaved::deinterleave;
use super::layout::{Layout, hint};
use crate::read::ignored::clear;
use crate::read::input::{Input, Options, Uses};
use crate::read::predicate::{Predicate, above};
use crate::text::byte_count;

/// Reads the array whose pixels `reader` holds, behind its header. The file or archive entry is of
/// `size` bytes, where that is known.
pub fn input<'a>(
    header: Header,
    reader: impl Read + 'a,
    size: Option<u64>,
    options: &Options,
) -> Result<Input<'a>> {
    let (element, is_big_endian) = header.element()?;
    options.check_type(element)?;
    let layout = Layout::new(&header, options.masks_last)?;
    let claim = layout.claim(element)?;
    if let Some(pixels) = size
        .map(|size| size.saturating_sub(header.length))
        .filter(|&pixels| pixels < claim)
    {
        let (claim, pixels) = (byte_count(claim.into()), byte_count(pixels.into()));
        bail!("truncated: the header claims {claim} of pixels, the file has {pixels}");
    }
    layout.check_size()?;
    // A mask is never cut.
    let mask_bytes = (layout.height * layout.width) as u64 * bytes_in_memory(element, options);
    let sides = [layout.height, layout.width];
    let run_bytes = options
        .resampled
        .map_or(0, |resampled| resampled.most_run_bytes(sides));
    if layout.masks > 0 {
        options.budget.check(mask_bytes.saturating_add(run_bytes))?;
    }
    let most_masks = options
        .resampled
        .map_or(usize::MAX, |resampled| resampled.masks_at_once(sides));
    let is_stack = header.shape.len() > 2;
    let mut chunks = Chunks {
        reader: Box::new(reader),
        element,
        is_big_endian,
        predicate: options.predicate,
        are_scored: options.are_scored,
        ignored: options.ignored.clone(),
        masks_at_once: layout.masks_at_once(element, options.chunk_bytes),
        masks_left: layout.masks,
        layout,
        is_separated: true,
        claim,
    };
    if !layout.is_by_mask() && (claim > options.chunk_bytes || most_masks < layout.masks) {
        // The masks are separated first, into a file that has one after the other. A pixel of all
        // masks is in memory at a time, at least.
        let a_pixel = (layout.masks as u64).saturating_mul(element.bytes());
        options.budget.check(a_pixel.saturating_mul(2))?;
        let layout = Layout {
            masks_last: layout.is_fortran,
            ..layout
        };
        chunks.masks_at_once = layout.masks_at_once(element, options.chunk_bytes);
        chunks = Chunks {
            layout,
            is_separated: false,
            ..chunks
        };
    }
    chunks.masks_at_once = chunks.masks_at_once.min(most_masks);
    Ok(Input {
        is_stack,
        size: [layout.height, layout.width],
        masks: layout.masks as u64,
        bytes: claim,
        hint: hint(&header, options),
        uses: Uses {
            layout: is_stack,
            channels: None,
        },
        chunks: Box::new(chunks.take_while_ok()),
    })
}

/// Bytes that a pixel takes in memory while it is read.
fn bytes_in_memory(element: ElementType, options: &Options) -> u64 {
    let is_compared = matches!(options.predicate, Predicate::Above(_));
    let copied = match element {
        ElementType::U64 | ElementType::I64 | ElementType::F64 if is_compared => 1,
        ElementType::U64 | ElementType::I64 => 4,
        _ => 0,
    };
    element.bytes() + copied
}

/// The chunks that are still to be read.
struct Chunks<'a> {
    reader: Box<dyn Read + 'a>,
    element: ElementType,
    is_big_endian: bool,
    predicate: Predicate,
    /// True if doubles are compared later, with several thresholds.
    are_scored: bool,
    /// Labels that become background before they must fit in 32 bits.
    ignored: Vec<i128>,
    layout: Layout,
    /// True if the reader yields masks in this layout, false while they are to be separated first.
    is_separated: bool,
    masks_at_once: usize,
    masks_left: usize,
    /// Number of bytes of all pixels, for messages.
    claim: u64,
}

impl<'a> Chunks<'a> {
    /// Chunks up to the first that cannot be read, then the check of the reader's end.
    fn take_while_ok(mut self) -> impl Iterator<Item = Result<PixelArray>> + 'a {
        let mut is_over = false;
        std::iter::from_fn(move || {
            if is_over {
                return None;
            }
            if self.masks_left == 0 {
                is_over = true;
                return self.check_end().err().map(Err);
            }
            let chunk = self.next_chunk();
            is_over = chunk.is_err();
            Some(chunk)
        })
    }

    /// An archive compares its checksum only when it is read beyond the last byte. What follows the
    /// pixels is ignored, as numpy does, but for another array.
    fn check_end(&mut self) -> Result<()> {
        let mut behind = Vec::new();
        let most = MAGIC.len() as u64;
        (&mut self.reader).take(most).read_to_end(&mut behind)?;
        if behind == MAGIC {
            bail!("another array follows its pixels: a file holds one");
        }
        Ok(())
    }

    fn next_chunk(&mut self) -> Result<PixelArray> {
        if !self.is_separated {
            self.deinterleave()?;
        }
        let masks = self.masks_at_once.min(self.masks_left);
        self.masks_left -= masks;
        let layout = self.layout;
        if let Predicate::Above(threshold) = self.predicate
            && self.element != ElementType::Bool
            && !matches!(self.element, ElementType::F16 | ElementType::F32)
            && !self.are_scored
        {
            let foreground = self.above(masks, threshold)?;
            return Ok(PixelArray::U8(layout.array(masks, foreground)?));
        }
        Ok(match self.element {
            ElementType::Bool => PixelArray::U8(layout.array(masks, self.bools(masks)?)?),
            ElementType::U8 => PixelArray::U8(layout.array(masks, self.pixels::<u8>(masks)?)?),
            ElementType::I8 => PixelArray::I8(layout.array(masks, self.pixels::<i8>(masks)?)?),
            ElementType::U16 => PixelArray::U16(layout.array(masks, self.pixels::<u16>(masks)?)?),
            ElementType::I16 => PixelArray::I16(layout.array(masks, self.pixels::<i16>(masks)?)?),
            ElementType::U32 => PixelArray::U32(layout.array(masks, self.pixels::<u32>(masks)?)?),
            ElementType::I32 => PixelArray::I32(layout.array(masks, self.pixels::<i32>(masks)?)?),
            ElementType::F16 => PixelArray::F16(layout.array(masks, self.pixels::<f16>(masks)?)?),
            ElementType::F32 => PixelArray::F32(layout.array(masks, self.pixels::<f32>(masks)?)?),
            ElementType::F64 => PixelArray::F64(layout.array(masks, self.pixels::<f64>(masks)?)?),
            ElementType::U64 => {
                let mut wide = self.pixels::<u64>(masks)?;
                clear(wide.iter_mut(), &self.ignored);
                match narrow::<u64, u32>(&wide) {
                    Ok(pixels) => PixelArray::U32(layout.array(masks, pixels)?),
                    Err(value) => bail!("the value {value} does not fit in 32 bits"),
                }
            }
            ElementType::I64 => {
                let mut wide = self.pixels::<i64>(masks)?;
                clear(wide.iter_mut(), &self.ignored);
                match (narrow::<i64, i32>(&wide), narrow::<i64, u32>(&wide)) {
                    (Ok(pixels), _) => PixelArray::I32(layout.array(masks, pixels)?),
                    (_, Ok(pixels)) => PixelArray::U32(layout.array(masks, pixels)?),
                    (Err(signed), Err(unsigned)) => {
                        // With a negative value among them, those above i32 are too large; without,
                        // those above u32.
                        let value = if unsigned < 0 { signed } else { unsigned };
                        bail!("the value {value} does not fit in 32 bits")
                    }
                }
            }
            element => bail!("{element} is not in the headers that are read"),
        })
    }

    /// Replaces the reader by a file of one mask after the other.
    fn deinterleave(&mut self) -> Result<()> {
        let Layout {
            masks,
            height,
            width,
            ..
        } = self.layout;
        let at_once = self.masks_at_once * height * width;
        let separated = deinterleave(
            &mut self.reader,
            masks,
            height * width,
            self.element.bytes() as usize,
            at_once,
        );
        let file = separated.map_err(|error| self.cut(error))?;
        self.check_end()?;
        self.reader = Box::new(file);
        self.is_separated = true;
        Ok(())
    }

    /// The next masks' bools. Any byte but 0 is true: for labels, which would distinguish them,
    /// each becomes 1.
    fn bools(&mut self, masks: usize) -> Result<Vec<u8>> {
        let mut pixels = self.pixels::<u8>(masks)?;
        if self.predicate == Predicate::Labels {
            pixels
                .iter_mut()
                .for_each(|pixel| *pixel = u8::from(*pixel != 0));
        }
        Ok(pixels)
    }

    /// The next masks' foreground, 1 for each pixel above the threshold, which is applied here to
    /// what the library compares with no threshold, and to doubles, so that shaders, which read no
    /// f64, can encode the masks.
    fn above(&mut self, masks: usize, threshold: f64) -> Result<Vec<u8>> {
        Ok(match self.element {
            ElementType::U8 => above(self.pixels::<u8>(masks)?, threshold),
            ElementType::I8 => above(self.pixels::<i8>(masks)?, threshold),
            ElementType::U16 => above(self.pixels::<u16>(masks)?, threshold),
            ElementType::I16 => above(self.pixels::<i16>(masks)?, threshold),
            ElementType::U32 => above(self.pixels::<u32>(masks)?, threshold),
            ElementType::I32 => above(self.pixels::<i32>(masks)?, threshold),
            ElementType::U64 => above(self.pixels::<u64>(masks)?, threshold),
            ElementType::I64 => above(self.pixels::<i64>(masks)?, threshold),
            ElementType::F64 => self
                .pixels::<f64>(masks)?
                .into_iter()
                .map(|pixel| u8::from(pixel > threshold))
                .collect(),
            element => bail!("{element} is not in the headers that are read"),
        })
    }

    /// The next masks' pixels. Memory grows with what is read, not with what is claimed.
    fn pixels<T: Pod>(&mut self, masks: usize) -> Result<Vec<T>> {
        const STEP: usize = 16 << 20;
        let count = masks * self.layout.height * self.layout.width;
        let mut pixels: Vec<T> = Vec::new();
        while pixels.len() < count {
            let from = pixels.len();
            let more = (STEP / size_of::<T>()).min(count - from);
            pixels.try_reserve(more).map_err(|_| {
                anyhow!("no memory for {} of pixels", byte_count(self.claim.into()))
            })?;
            pixels.resize(from + more, T::zeroed());
            self.reader
                .read_exact(bytemuck::cast_slice_mut(&mut pixels[from..]))
                .map_err(|error| self.cut(error))?;
        }
        if self.is_big_endian != cfg!(target_endian = "big") {
            swap_bytes(&mut pixels);
        }
        Ok(pixels)
    }

    /// The reason why pixels cannot be read.
    fn cut(&self, error: io::Error) -> anyhow::Error {
        match error.kind() {
            io::ErrorKind::UnexpectedEof => {
                anyhow!(
                    "truncated: the header claims {} of pixels, there are fewer",
                    byte_count(self.claim.into())
                )
            }
            _ => anyhow!(error).context("it cannot be read"),
        }
    }
}

fn swap_bytes<T: Pod>(pixels: &mut [T]) {
    match size_of::<T>() {
        2 => bytemuck::cast_slice_mut::<T, u16>(pixels)
            .iter_mut()
            .for_each(|pixel| *pixel = pixel.swap_bytes()),
        4 => bytemuck::cast_slice_mut::<T, u32>(pixels)
            .iter_mut()
            .for_each(|pixel| *pixel = pixel.swap_bytes()),
        8 => bytemuck::cast_slice_mut::<T, u64>(pixels)
            .iter_mut()
            .for_each(|pixel| *pixel = pixel.swap_bytes()),
        _ => {}
    }
}

/// All values in a narrower type, or the first that does not fit.
fn narrow<W: Copy, N: TryFrom<W>>(wide: &[W]) -> std::result::Result<Vec<N>, W> {
    wide.iter()
        .map(|&value| N::try_from(value).map_err(|_| value))
        .collect()
}
