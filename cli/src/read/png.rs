//! `.png`: opening one, and pictures to draw on.

use std::io::{self, BufRead, BufReader, Read, Seek, SeekFrom};

use anyhow::{Result, anyhow, bail};
use png::{
    ColorType, DecodeOptions, Decoder, DecodingError, Info, InterlaceInfo, Reader, Transformations,
    expand_interlaced_row,
};

use super::file::OpenFile;
use super::size::check_size;
use crate::budget::Budget;
use crate::text::byte_count;

/// The error of a file whose pixels are not all there.
pub const CUT: &str = "truncated: the PNG ends before its last pixel";

/// Bytes of pixels to a byte of file, at most: Deflate makes at most 258 bytes of two bits.
const MAX_RATIO: u64 = 1032;

/// An image's colours.
pub struct Picture {
    /// Height and width.
    pub size: [u32; 2],
    /// Red, green and blue of each pixel, along the rows.
    pub pixels: Vec<[u8; 3]>,
}

/// Bytes of memory that a pixel takes at most: its samples, and its colours.
const PIXEL_BYTES: u64 = 7;

/// Reads the image as colours; transparency is ignored.
pub fn picture(file: OpenFile, budget: &Budget) -> Result<Picture> {
    let mut reader = reader(file, Transformations::normalize_to_color8())?;
    let (width, height) = reader.info().size();
    budget.check(u64::from(width) * u64::from(height) * PIXEL_BYTES)?;
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

/// Height and width of the image.
pub fn size(file: OpenFile) -> Result<[u32; 2]> {
    let reader = reader(file, Transformations::IDENTITY)?;
    let (width, height) = reader.info().size();
    Ok([height, width])
}

/// Reader of a PNG from its first byte to its last. The decoder asks for one that seeks, and never
/// does.
pub struct Forward(BufReader<Box<dyn Read + Send>>);

impl Read for Forward {
    fn read(&mut self, bytes: &mut [u8]) -> io::Result<usize> {
        self.0.read(bytes)
    }
}

impl BufRead for Forward {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        self.0.fill_buf()
    }

    fn consume(&mut self, count: usize) {
        self.0.consume(count);
    }
}

impl Seek for Forward {
    fn seek(&mut self, _: SeekFrom) -> io::Result<u64> {
        Err(io::ErrorKind::Unsupported.into())
    }
}

/// A file's decoder, its header checked against what the file can hold, and what a mask may be.
pub fn reader(file: OpenFile, transformations: Transformations) -> Result<Reader<Forward>> {
    let mut options = DecodeOptions::default();
    options.set_ignore_adler32(false);
    options.set_ignore_text_chunk(true);
    options.set_ignore_iccp_chunk(true);
    let file_reader = Forward(BufReader::new(file.reader));
    let mut decoder = Decoder::new_with_options(file_reader, options);
    decoder.set_transformations(transformations);
    // Checked before the decoder allocates for a row, which it would refuse for another reason.
    let header = decoder.read_header_info().map_err(explain)?;
    let (width, height) = header.size();
    let claim = u128::from(width) * u128::from(height) * header.bits_per_pixel() as u128 / 8;
    let is_held = |size: &u64| claim / u128::from(MAX_RATIO) <= u128::from(*size);
    if let Some(size) = file.size.filter(|size| !is_held(size)) {
        let size = byte_count(size.into());
        bail!("the header claims {width} x {height} pixels, more than a file of {size} can hold");
    }
    check_size([height, width].map(u64::from))?;
    decoder.read_info().map_err(explain)
}

/// The image's samples, and the number of bytes in a row of them.
pub fn samples(reader: &mut Reader<Forward>) -> Result<(Vec<u8>, usize)> {
    let (width, height) = reader.info().size();
    let too_large = || anyhow!("no memory for {width} x {height} pixels");
    let claim = reader.output_buffer_size().ok_or_else(too_large)?;
    let line = reader.output_line_size(width).ok_or_else(too_large)?;
    let (color, depth) = reader.output_color_type();
    let bits = (color.samples() * depth as usize) as u8;
    let mut packed = Vec::new();
    packed.try_reserve_exact(claim).map_err(|_| too_large())?;
    packed.resize(claim, 0);
    for y in 0..number_of_rows(reader.info()) {
        let row = reader.next_interlaced_row().map_err(explain)?;
        let row = row.ok_or_else(|| anyhow!(CUT))?;
        match row.interlace() {
            InterlaceInfo::Adam7(pass) => {
                expand_interlaced_row(&mut packed, line, row.data(), pass, bits);
            }
            InterlaceInfo::Null(_) => packed[y * line..][..line].copy_from_slice(row.data()),
        }
    }
    finish(reader)?;
    Ok((packed, line))
}

/// Number of rows that the decoder gives: those of all passes of an interlaced image.
fn number_of_rows(info: &Info<'_>) -> usize {
    if !info.interlaced {
        return info.height as usize;
    }
    // The first column and row of each pass, and from how many rows it has one.
    let passes = [
        (0, 0, 8),
        (4, 0, 8),
        (0, 4, 8),
        (2, 0, 4),
        (0, 2, 4),
        (1, 0, 2),
        (0, 1, 2),
    ];
    let rows = |(x, y, step): (u32, u32, u32)| match info.width > x {
        true => info.height.saturating_sub(y).div_ceil(step) as usize,
        false => 0,
    };
    passes.map(rows).iter().sum()
}

/// A decoder's error in the command's words.
pub fn explain(error: DecodingError) -> anyhow::Error {
    match error {
        error if is_end(&error) => anyhow!(CUT),
        DecodingError::IoError(error) => anyhow!(error).context("it cannot be read"),
        DecodingError::LimitsExceeded => {
            anyhow!("the PNG takes more memory than an image of masks would")
        }
        DecodingError::Parameter(_) => anyhow!("not a PNG that can be read"),
        DecodingError::Format(error) => {
            // The library keeps to itself which it is.
            let text = error.to_string();
            let says = |words: &str| text.contains(words);
            let why = match () {
                _ if says("signature") => "it does not begin as one",
                _ if says("CRC") || says("WrongChecksum") => "damaged: a checksum is wrong",
                _ if says("enough data") || says("is missing") => "it has too few pixels",
                _ if says("palette") => "its palette is missing or too short",
                _ if says("color") || says("depth") => "its header has unknown colours",
                _ if says("dimensions") => "its header has a side of 0 pixels",
                _ => "it is damaged",
            };
            anyhow!("not a PNG that can be read: {why}")
        }
    }
}

/// True if the file ends too early.
fn is_end(error: &DecodingError) -> bool {
    matches!(error, DecodingError::IoError(error) if error.kind() == io::ErrorKind::UnexpectedEof)
}

/// Reads on behind the last pixel, to the checksum of all. A file that ends there has them all, and
/// other readers take it.
pub fn finish(reader: &mut Reader<Forward>) -> Result<()> {
    match reader.next_row() {
        Err(error) if !is_end(&error) => Err(explain(error)),
        _ => Ok(()),
    }
}
