//! `.png`: gray levels and palette indices as they are stored, never as colours; and pictures to
//! draw on, as colours.

use std::io::{self, Cursor, Read};

use anyhow::{Result, anyhow, bail};
use maskrle::PixelArray;
use maskrle::ndarray::Array3;
use png::{BitDepth, ColorType, Decoder, DecodingError, Reader, Transformations};

use super::file::OpenFile;
use super::input::{Input, Options};
use crate::text::byte_count;

/// Bytes of pixels to a byte of file, at most: Deflate makes at most 258 bytes of two bits.
const MAX_RATIO: u64 = 1032;

/// Reads the image as one mask.
pub fn input<'a>(file: OpenFile, options: &Options) -> Result<Input<'a>> {
    let mut reader = reader(file, Transformations::IDENTITY)?;
    let (width, height) = reader.info().size();
    let (color, depth) = reader.output_color_type();
    if !matches!(color, ColorType::Grayscale | ColorType::Indexed) {
        bail!(
            "a PNG of {} is not a mask: gray and palette images are read",
            describe(color)
        );
    }
    options.predicate.check(
        false,
        if depth == BitDepth::Sixteen {
            "uint16"
        } else {
            "uint8"
        },
    )?;
    let (packed, line) = samples(&mut reader)?;
    let shape = (1, height as usize, width as usize);
    let pixels = match depth {
        BitDepth::Sixteen => {
            let pixels = packed
                .chunks_exact(2)
                .map(|pair| u16::from_be_bytes([pair[0], pair[1]]))
                .collect();
            PixelArray::U16(Array3::from_shape_vec(shape, pixels)?)
        }
        BitDepth::Eight => PixelArray::U8(Array3::from_shape_vec(shape, packed)?),
        _ => PixelArray::U8(Array3::from_shape_vec(
            shape,
            unpack(&packed, line, width as usize, depth as usize),
        )?),
    };
    Ok(Input {
        is_stack: false,
        size: [shape.1, shape.2],
        chunks: Box::new(std::iter::once(Ok(pixels))),
    })
}

/// An image's colours.
pub struct Picture {
    /// Height and width.
    pub size: [u32; 2],
    /// Red, green and blue of each pixel, along the rows.
    pub pixels: Vec<[u8; 3]>,
}

/// Reads the image as colours; transparency is ignored.
pub fn picture(file: OpenFile) -> Result<Picture> {
    let mut reader = reader(file, Transformations::normalize_to_color8())?;
    let (width, height) = reader.info().size();
    let (color, _) = reader.output_color_type();
    let (samples, _) = samples(&mut reader)?;
    let gray = |sample: &u8| [*sample; 3];
    let pixels = match color {
        ColorType::Grayscale => samples.iter().map(gray).collect(),
        ColorType::GrayscaleAlpha => samples
            .chunks_exact(2)
            .map(|pixel| gray(&pixel[0]))
            .collect(),
        ColorType::Rgba => samples
            .chunks_exact(4)
            .map(|pixel| [pixel[0], pixel[1], pixel[2]])
            .collect(),
        ColorType::Rgb => samples
            .chunks_exact(3)
            .map(|pixel| [pixel[0], pixel[1], pixel[2]])
            .collect(),
        ColorType::Indexed => bail!("a palette whose colours are not known"),
    };
    Ok(Picture {
        size: [height, width],
        pixels,
    })
}

/// A file's decoder, its header checked against what the file can hold.
fn reader(mut file: OpenFile, transformations: Transformations) -> Result<Reader<Cursor<Vec<u8>>>> {
    let mut bytes = Vec::new();
    file.reader.read_to_end(&mut bytes)?;
    let size = bytes.len() as u64;
    let mut decoder = Decoder::new(Cursor::new(bytes));
    decoder.set_transformations(transformations);
    decoder.set_ignore_text_chunk(true);
    decoder.set_ignore_iccp_chunk(true);
    // Checked before the decoder allocates for a row, which it would refuse for another reason.
    let header = decoder.read_header_info().map_err(explain)?;
    let (width, height) = header.size();
    let claim = u128::from(width) * u128::from(height) * header.bits_per_pixel() as u128 / 8;
    if claim / u128::from(MAX_RATIO) > u128::from(size) {
        let size = byte_count(size.into());
        bail!("the header claims {width} x {height} pixels, more than a file of {size} can hold");
    }
    decoder.read_info().map_err(explain)
}

/// The image's samples, and the number of bytes in a row of them.
fn samples(reader: &mut Reader<Cursor<Vec<u8>>>) -> Result<(Vec<u8>, usize)> {
    let (width, height) = reader.info().size();
    let too_large = || anyhow!("no memory for {width} x {height} pixels");
    let claim = reader.output_buffer_size().ok_or_else(too_large)?;
    let mut packed = Vec::new();
    packed.try_reserve_exact(claim).map_err(|_| too_large())?;
    packed.resize(claim, 0);
    let line = reader.next_frame(&mut packed).map_err(explain)?.line_size;
    Ok((packed, line))
}

/// Unpacks rows of `line` bytes, `depth` bits a pixel from the highest bit on, to a byte a pixel.
fn unpack(packed: &[u8], line: usize, width: usize, depth: usize) -> Vec<u8> {
    let pixel = |row: &[u8], x: usize| {
        let from_top = x * depth % 8;
        row[x * depth / 8] >> (8 - depth - from_top) & ((1 << depth) - 1)
    };
    packed
        .chunks_exact(line)
        .flat_map(|row| (0..width).map(move |x| pixel(row, x)))
        .collect()
}

/// A colour type's name in messages.
fn describe(color: ColorType) -> &'static str {
    match color {
        ColorType::Grayscale => "gray levels",
        ColorType::Rgb => "colours",
        ColorType::Indexed => "palette indices",
        ColorType::GrayscaleAlpha => "gray levels with transparency",
        ColorType::Rgba => "colours with transparency",
    }
}

/// A decoder's error in the command's words.
fn explain(error: DecodingError) -> anyhow::Error {
    match error {
        DecodingError::IoError(error) if error.kind() == io::ErrorKind::UnexpectedEof => {
            anyhow!("truncated: the PNG ends before its last pixel")
        }
        DecodingError::LimitsExceeded => {
            anyhow!("the PNG takes more memory than an image of masks would")
        }
        error => anyhow!("not a PNG that can be read: {error}"),
    }
}
