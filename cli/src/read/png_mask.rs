//! `.png` as masks: gray levels and palette indices as they are stored, never as colours; colours
//! where they are gray, or by their channels.

use anyhow::{Result, anyhow, bail};
use maskrle::ndarray::Array3;
use maskrle::{ElementType, PixelArray};
use png::{BitDepth, ColorType, Reader, Transformations};

use super::file::OpenFile;
use super::input::{Input, Options, Uses};
use super::png::{CUT, Forward, explain, finish, reader, samples};
use super::png_channels::{Samples, append_ids};
use super::predicate::{Predicate, above};

/// Reads the image's header, and its pixels when they are asked for, as one mask.
pub fn input(file: OpenFile, options: &Options) -> Result<Input<'static>> {
    let reader = reader(file, Transformations::IDENTITY)?;
    let (color, depth) = reader.output_color_type();
    let samples = Samples::new(color, depth, options.channels, options.hints_at)?;
    let is_wide = depth == BitDepth::Sixteen;
    let (width, height) = reader.info().size();
    let element = match samples {
        Samples::Id { .. } => ElementType::U32,
        _ if is_wide => ElementType::U16,
        _ => ElementType::U8,
    };
    options.check_type(element)?;
    let bytes = u64::from(width) * u64::from(height) * element.bytes();
    // The rows of an interlaced image do not come one after the other.
    let whole = if reader.info().interlaced {
        reader.output_buffer_size().unwrap_or(usize::MAX) as u64
    } else {
        0
    };
    options.budget.check(bytes.saturating_add(whole))?;
    let predicate = options.predicate;
    // As numpy has an image of one bit: it is a mask already.
    let is_bool = color == ColorType::Grayscale && depth == BitDepth::One;
    let read = move || compared(pixels(reader, samples)?, predicate, is_bool);
    Ok(Input {
        is_stack: false,
        size: [height as usize, width as usize],
        masks: 1,
        bytes,
        hint: None,
        uses: Uses {
            layout: false,
            channels: Some(color != ColorType::Indexed),
        },
        chunks: Box::new(std::iter::once_with(read)),
    })
}

/// The image's pixels, which the library takes as they are where it compares them itself.
fn compared(pixels: PixelArray, predicate: Predicate, is_bool: bool) -> Result<PixelArray> {
    let Predicate::Above(threshold) = predicate else {
        return Ok(pixels);
    };
    let shape = pixels.shape();
    let foreground = match pixels {
        pixels if is_bool => return Ok(pixels),
        PixelArray::U8(pixels) => above(pixels.into_raw_vec_and_offset().0, threshold),
        PixelArray::U16(pixels) => above(pixels.into_raw_vec_and_offset().0, threshold),
        PixelArray::U32(pixels) => above(pixels.into_raw_vec_and_offset().0, threshold),
        pixels => bail!("{} in a PNG", pixels.element_type()),
    };
    Ok(PixelArray::U8(Array3::from_shape_vec(shape, foreground)?))
}

/// Reads the image row by row.
fn pixels(mut reader: Reader<Forward>, samples: Samples) -> Result<PixelArray> {
    let (width, height) = reader.info().size();
    let shape = (1, height as usize, width as usize);
    let (width, depth) = (shape.2, reader.output_color_type().1);
    Ok(match (samples, depth) {
        (Samples::Id { of }, _) => {
            let mut ids = room(shape)?;
            rows(&mut reader, |row, _| {
                append_ids(row, of, &mut ids);
                Ok(())
            })?;
            PixelArray::U32(Array3::from_shape_vec(shape, ids)?)
        }
        (_, BitDepth::Sixteen) => {
            let (mut pixels, mut wide) = (room(shape)?, Vec::new());
            rows(&mut reader, |row, y| {
                wide.clear();
                let pairs = row.chunks_exact(2);
                wide.extend(pairs.map(|pair| u16::from_be_bytes([pair[0], pair[1]])));
                samples.append(&wide, u16::MAX, y, &mut pixels)
            })?;
            PixelArray::U16(Array3::from_shape_vec(shape, pixels)?)
        }
        (_, depth) => {
            let mut pixels = room(shape)?;
            rows(&mut reader, |row, y| match depth {
                BitDepth::Eight => samples.append(row, u8::MAX, y, &mut pixels),
                // Only gray levels and palette indices are as small.
                _ => {
                    unpack(row, width, depth as usize, &mut pixels);
                    Ok(())
                }
            })?;
            PixelArray::U8(Array3::from_shape_vec(shape, pixels)?)
        }
    })
}

/// Memory for the pixels, where there is some.
fn room<T>((_, height, width): (usize, usize, usize)) -> Result<Vec<T>> {
    let mut pixels = Vec::new();
    pixels
        .try_reserve_exact(height * width)
        .map_err(|_| anyhow!("no memory for {width} x {height} pixels"))?;
    Ok(pixels)
}

/// Gives each row of samples to `each`, with its number.
fn rows(
    reader: &mut Reader<Forward>,
    mut each: impl FnMut(&[u8], usize) -> Result<()>,
) -> Result<()> {
    if reader.info().interlaced {
        let (samples, line) = samples(reader)?;
        let mut rows = samples.chunks_exact(line).enumerate();
        return rows.try_for_each(|(y, row)| each(row, y));
    }
    for y in 0..reader.info().height as usize {
        let row = reader.next_row().map_err(explain)?;
        let row = row.ok_or_else(|| anyhow!(CUT))?;
        each(row.data(), y)?;
    }
    finish(reader)
}

/// Unpacks a row of `width` pixels, `depth` bits each from the highest bit on, to a byte a pixel.
fn unpack(row: &[u8], width: usize, depth: usize, pixels: &mut Vec<u8>) {
    let from = pixels.len();
    pixels.resize(from + width, 0);
    for (pixels, packed) in pixels[from..].chunks_mut(8 / depth).zip(row) {
        for (place, pixel) in pixels.iter_mut().enumerate() {
            *pixel = packed >> (8 - depth * (place + 1)) & ((1 << depth) - 1);
        }
    }
}
