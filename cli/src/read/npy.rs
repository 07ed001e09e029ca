//! `.npy`: masks streamed from any reader, as many at a time as the memory allows.

use std::io::{self, Read};

use anyhow::{Result, anyhow, bail};
use bytemuck::Pod;
use maskrle::f16;
use maskrle::ndarray::{Array3, ShapeBuilder};

use super::interleaved;
use super::npy_header::{Header, Type};
use super::pixels::{Pixels, Question};
use super::{Input, Options, bytes};

/// The array that `reader` holds, whose file or archive entry is of `size` bytes, where that is
/// known.
pub fn input<'a>(
    mut reader: impl Read + 'a,
    size: Option<u64>,
    options: &Options,
) -> Result<Input<'a>> {
    let header = Header::read(&mut reader)?;
    options
        .question
        .check(header.element.is_float(), header.element.name())?;
    let layout = Layout::new(&header, options.masks_last)?;
    let claim = layout.claim(header.element)?;
    if let Some(pixels) = size
        .map(|size| size.saturating_sub(header.length))
        .filter(|&pixels| pixels < claim)
    {
        let (claim, pixels) = (bytes(claim.into()), bytes(pixels.into()));
        bail!("truncated: the header claims {claim} of pixels, the file has {pixels}");
    }
    let is_stack = header.shape.len() == 3;
    let mut chunks = Chunks {
        reader: Box::new(reader),
        element: header.element,
        is_big_endian: header.is_big_endian,
        question: options.question,
        masks_at_once: layout.masks_at_once(header.element, options.chunk_bytes),
        masks_left: layout.masks,
        layout,
        is_apart: true,
        claim,
    };
    if !layout.is_by_mask() && claim > options.chunk_bytes {
        // The masks are taken apart first, into a file that has one after the other.
        let layout = Layout {
            masks_last: layout.is_fortran,
            ..layout
        };
        chunks.masks_at_once = layout.masks_at_once(header.element, options.chunk_bytes);
        chunks = Chunks {
            layout,
            is_apart: false,
            ..chunks
        };
    }
    Ok(Input {
        is_stack,
        size: [layout.height, layout.width],
        chunks: Box::new(chunks.take_while_ok()),
    })
}

/// Where the pixels of masks lie.
#[derive(Debug, Clone, Copy)]
struct Layout {
    masks: usize,
    height: usize,
    width: usize,
    is_fortran: bool,
    masks_last: bool,
}

impl Layout {
    fn new(header: &Header, masks_last: bool) -> Result<Self> {
        let [masks, height, width] = match header.shape[..] {
            [w] => [1, 1, w],
            [h, w] => [1, h, w],
            [h, w, n] if masks_last => [n, h, w],
            [n, h, w] => [n, h, w],
            _ => {
                let dimensions = header.shape.len();
                bail!(
                    "an array of {dimensions} dimensions: masks have 1 ([w]), 2 ([h, w]) or 3 ([n, h, w])"
                )
            }
        };
        let side =
            |size: u64| usize::try_from(size).map_err(|_| anyhow!("a side of {size} is too large"));
        Ok(Layout {
            masks: side(masks)?,
            height: side(height)?,
            width: side(width)?,
            is_fortran: header.is_fortran,
            masks_last: masks_last && header.shape.len() == 3,
        })
    }

    /// Bytes of all pixels. Fails where no array could have this shape, even one of no pixels.
    fn claim(&self, element: Type) -> Result<u64> {
        let sides = [self.masks, self.height, self.width];
        let product =
            sides
                .iter()
                .filter(|&&side| side > 0)
                .try_fold(element.width(), |all, &side| {
                    all.checked_mul(side)
                        .filter(|&bytes| isize::try_from(bytes).is_ok())
                });
        let Some(product) = product else {
            bail!(
                "the header claims {} masks of {} x {}: no array is as large",
                self.masks,
                self.height,
                self.width
            );
        };
        Ok(if sides.contains(&0) {
            0
        } else {
            product as u64
        })
    }

    /// Whether the pixels of each mask lie together, so that masks can be read one after the other.
    fn is_by_mask(&self) -> bool {
        self.is_fortran == self.masks_last || self.masks == 1
    }

    fn masks_at_once(&self, element: Type, chunk_bytes: u64) -> usize {
        let area = self.height * self.width;
        if !self.is_by_mask() || area == 0 {
            return self.masks.max(1);
        }
        // Each mask costs something beside its pixels: masks of one pixel must not add up to more
        // than those.
        let mask_bytes = (area as u64)
            .saturating_mul(element.width() as u64)
            .saturating_add(64);
        usize::try_from(chunk_bytes / mask_bytes)
            .unwrap_or(usize::MAX)
            .clamp(1, self.masks.max(1))
    }

    /// `masks` masks as `[masks, height, width]`, whose pixels stay where they are.
    fn array<T>(&self, masks: usize, pixels: Vec<T>) -> Result<Array3<T>> {
        let Layout { height, width, .. } = *self;
        let shape = if self.masks_last {
            (height, width, masks)
        } else {
            (masks, height, width)
        };
        let array = Array3::from_shape_vec(shape.set_f(self.is_fortran), pixels)?;
        Ok(if self.masks_last {
            array.permuted_axes([2, 0, 1])
        } else {
            array
        })
    }
}

struct Chunks<'a> {
    reader: Box<dyn Read + 'a>,
    element: Type,
    is_big_endian: bool,
    question: Question,
    layout: Layout,
    /// Whether the reader gives one mask after the other, or the whole stack at once.
    is_apart: bool,
    masks_at_once: usize,
    masks_left: usize,
    /// Bytes of all pixels, for messages.
    claim: u64,
}

impl<'a> Chunks<'a> {
    /// Chunks up to the first that cannot be read, then one last look at the reader.
    fn take_while_ok(mut self) -> impl Iterator<Item = Result<Pixels>> + 'a {
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
    /// pixels is ignored, as numpy does.
    fn check_end(&mut self) -> Result<()> {
        io::copy(&mut (&mut self.reader).take(1), &mut io::sink())?;
        Ok(())
    }

    fn next_chunk(&mut self) -> Result<Pixels> {
        if !self.is_apart {
            self.take_apart()?;
        }
        let masks = self.masks_at_once.min(self.masks_left);
        self.masks_left -= masks;
        let layout = self.layout;
        Ok(match self.element {
            Type::Bool => Pixels::U8(layout.array(masks, self.bools(masks)?)?),
            Type::U8 => Pixels::U8(layout.array(masks, self.pixels::<u8>(masks)?)?),
            Type::I8 => Pixels::I8(layout.array(masks, self.pixels::<i8>(masks)?)?),
            Type::U16 => Pixels::U16(layout.array(masks, self.pixels::<u16>(masks)?)?),
            Type::I16 => Pixels::I16(layout.array(masks, self.pixels::<i16>(masks)?)?),
            Type::U32 => Pixels::U32(layout.array(masks, self.pixels::<u32>(masks)?)?),
            Type::I32 => Pixels::I32(layout.array(masks, self.pixels::<i32>(masks)?)?),
            Type::F16 => Pixels::F16(layout.array(masks, self.pixels::<f16>(masks)?)?),
            Type::F32 => Pixels::F32(layout.array(masks, self.pixels::<f32>(masks)?)?),
            Type::F64 => Pixels::U8(layout.array(masks, self.doubles(masks)?)?),
            Type::U64 => {
                let wide = self.pixels::<u64>(masks)?;
                match narrow::<u64, u32>(&wide) {
                    Ok(pixels) => Pixels::U32(layout.array(masks, pixels)?),
                    Err(value) => bail!("the value {value} does not fit in 32 bits"),
                }
            }
            Type::I64 => {
                let wide = self.pixels::<i64>(masks)?;
                match (narrow::<i64, i32>(&wide), narrow::<i64, u32>(&wide)) {
                    (Ok(pixels), _) => Pixels::I32(layout.array(masks, pixels)?),
                    (_, Ok(pixels)) => Pixels::U32(layout.array(masks, pixels)?),
                    (Err(signed), Err(unsigned)) => {
                        // With a negative value among them, those above i32 are too large; without,
                        // those above u32.
                        let value = if unsigned < 0 { signed } else { unsigned };
                        bail!("the value {value} does not fit in 32 bits")
                    }
                }
            }
        })
    }

    fn take_apart(&mut self) -> Result<()> {
        let Layout {
            masks,
            height,
            width,
            ..
        } = self.layout;
        let at_once = self.masks_at_once * height * width;
        let apart = interleaved::take_apart(
            &mut self.reader,
            masks,
            height * width,
            self.element.width(),
            at_once,
        );
        let file = apart.map_err(|error| self.cut(error))?;
        self.check_end()?;
        self.reader = Box::new(file);
        self.is_apart = true;
        Ok(())
    }

    /// Any byte but 0 is true. Only labels tell true from true.
    fn bools(&mut self, masks: usize) -> Result<Vec<u8>> {
        let mut pixels = self.pixels::<u8>(masks)?;
        if self.question == Question::Labels {
            pixels
                .iter_mut()
                .for_each(|pixel| *pixel = u8::from(*pixel != 0));
        }
        Ok(pixels)
    }

    /// The library has no f64; its question is answered here.
    fn doubles(&mut self, masks: usize) -> Result<Vec<u8>> {
        let Question::Above(threshold) = self.question else {
            bail!("float64 needs --threshold T")
        };
        Ok(self
            .pixels::<f64>(masks)?
            .into_iter()
            .map(|pixel| u8::from(pixel > threshold))
            .collect())
    }

    /// The next masks' pixels. Memory grows with what is read, not with what is claimed.
    fn pixels<T: Pod>(&mut self, masks: usize) -> Result<Vec<T>> {
        const STEP: usize = 16 << 20;
        let count = masks * self.layout.height * self.layout.width;
        let mut pixels: Vec<T> = Vec::new();
        while pixels.len() < count {
            let from = pixels.len();
            let more = (STEP / size_of::<T>()).min(count - from);
            pixels
                .try_reserve(more)
                .map_err(|_| anyhow!("no memory for {} of pixels", bytes(self.claim.into())))?;
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

    fn cut(&self, error: io::Error) -> anyhow::Error {
        match error.kind() {
            io::ErrorKind::UnexpectedEof => {
                anyhow!(
                    "truncated: the header claims {} of pixels, there are fewer",
                    bytes(self.claim.into())
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
