//! JPEG: pictures to draw on.

use std::io::{Cursor, Read};

use anyhow::{Context, Result, anyhow};
use zune_jpeg::JpegDecoder;
use zune_jpeg::errors::DecodeErrors;
use zune_jpeg::zune_core::colorspace::ColorSpace;
use zune_jpeg::zune_core::options::DecoderOptions;

use super::file::OpenFile;
use super::png::Picture;
use crate::budget::Budget;

/// First bytes of every JPEG.
const MAGIC: [u8; 3] = [0xff, 0xd8, 0xff];

/// Longest side of a picture, which its header holds in 16 bits.
const MOST_SIDE: usize = u16::MAX as usize;

/// True if a file that begins with these bytes is a JPEG.
pub fn is_jpeg(head: &[u8]) -> bool {
    head.starts_with(&MAGIC)
}

/// Reads the file as colours. It is read into memory first: it may be a pipe, and its pixels take
/// much more.
pub fn picture(file: OpenFile, budget: &Budget) -> Result<Picture> {
    let mut bytes = Vec::new();
    let mut rest = file.reader;
    const STEP: u64 = 1 << 20;
    loop {
        budget.check(bytes.len() as u64 + STEP)?;
        let count = (&mut rest).take(STEP).read_to_end(&mut bytes);
        if count.context("it cannot be read")? == 0 {
            break;
        }
    }
    read(Cursor::new(bytes), budget)
}

/// Bytes at the beginning of a file in which its size is, behind what else is said of it.
const HEAD_BYTES: u64 = 16 << 20;

/// Height and width of the image.
pub fn size(file: OpenFile) -> Result<[u32; 2]> {
    let mut bytes = Vec::new();
    file.reader
        .take(HEAD_BYTES)
        .read_to_end(&mut bytes)
        .context("it cannot be read")?;
    let mut decoder = JpegDecoder::new(Cursor::new(bytes));
    decoder.decode_headers().map_err(explain)?;
    let (width, height) = decoder.dimensions().context("a JPEG without a size")?;
    Ok([height as u32, width as u32])
}

/// Bytes of memory that a pixel takes: its colours, and while a progressive JPEG is read three
/// coefficients of 16 bits.
const PIXEL_BYTES: u64 = 9;

fn read(file: Cursor<Vec<u8>>, budget: &Budget) -> Result<Picture> {
    let options = DecoderOptions::default()
        .set_max_width(MOST_SIDE)
        .set_max_height(MOST_SIDE)
        .jpeg_set_out_colorspace(ColorSpace::RGB);
    let mut decoder = JpegDecoder::new_with_options(file, options);
    decoder.decode_headers().map_err(explain)?;
    let (width, height) = decoder.dimensions().context("a JPEG without a size")?;
    budget.check(width as u64 * height as u64 * PIXEL_BYTES)?;
    let mut pixels: Vec<[u8; 3]> = Vec::new();
    pixels
        .try_reserve_exact(width * height)
        .with_context(|| format!("no memory for {width} x {height} pixels"))?;
    pixels.resize(width * height, [0; 3]);
    decoder
        .decode_into(pixels.as_flattened_mut())
        .map_err(explain)?;
    Ok(Picture {
        size: [height as u32, width as u32],
        pixels,
    })
}

/// A decoder's error in the command's words.
fn explain(error: DecodeErrors) -> anyhow::Error {
    match error {
        DecodeErrors::Unsupported(_) => {
            anyhow!("a JPEG of a kind that is not read: baseline and progressive ones are")
        }
        DecodeErrors::ExhaustedData | DecodeErrors::IoErrors(_) => {
            anyhow!("truncated: the JPEG ends before its last pixel")
        }
        _ => anyhow!("not a JPEG that can be read: it is damaged"),
    }
}
