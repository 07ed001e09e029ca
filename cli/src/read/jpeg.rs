//! JPEG: pictures to draw on.

use std::fs::File;
use std::io::{BufReader, Read, Seek};
use std::path::Path;

use anyhow::{Context, Result, anyhow};
use zune_jpeg::JpegDecoder;
use zune_jpeg::errors::DecodeErrors;
use zune_jpeg::zune_core::colorspace::ColorSpace;
use zune_jpeg::zune_core::options::DecoderOptions;

use super::png::Picture;
use crate::budget::Budget;

/// First bytes of every JPEG.
const MAGIC: [u8; 3] = [0xff, 0xd8, 0xff];

/// Longest side of a picture, which its header holds in 16 bits.
const MOST_SIDE: usize = u16::MAX as usize;

/// Reads the file as colours; none if its first bytes are not those of a JPEG.
pub fn picture(path: &Path, budget: &Budget) -> Result<Option<Picture>> {
    let mut file = File::open(path)?;
    // Of a pipe, the bytes that are looked at would be gone.
    if !file.metadata()?.is_file() {
        return Ok(None);
    }
    let mut head = [0; MAGIC.len()];
    if file.read_exact(&mut head).is_err() || head != MAGIC {
        return Ok(None);
    }
    file.rewind()?;
    read(BufReader::new(file), budget).map(Some)
}

/// Bytes of memory that a pixel takes: its colours, and while a progressive JPEG is read three
/// coefficients of 16 bits.
const PIXEL_BYTES: u64 = 9;

fn read(file: BufReader<File>, budget: &Budget) -> Result<Picture> {
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
