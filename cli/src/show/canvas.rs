//! A picture in memory.

use std::ops::Range;

use anyhow::{Context, Result, bail};
use png::{BitDepth, ColorType, Encoder};

use super::colour::Colour;
use crate::read::Picture;

/// Most pixels that are drawn: a few bytes of runs may claim 2^32 of them.
const MOST_PIXELS: u64 = 1 << 28;

/// Background where there is no picture.
const DARK: Colour = Colour([30, 31, 34]);

/// A picture's pixels along the rows, `scale` x `scale` of them for each pixel of a mask.
#[derive(Debug)]
pub struct Canvas {
    pixels: Vec<[u8; 3]>,
    width: u32,
    height: u32,
    /// Number of its pixels along either side of a mask's pixel.
    pub scale: u32,
}

impl Canvas {
    /// A canvas for masks of a height and width, dark or like the background, which has that size.
    pub fn new(
        [height, width]: [u32; 2],
        scale: u32,
        background: Option<&Picture>,
    ) -> Result<Self> {
        let [height, width] = [height, width].map(|side| u64::from(side) * u64::from(scale));
        let count = height.saturating_mul(width);
        if count > MOST_PIXELS || height.max(width) > u64::from(i32::MAX as u32) {
            bail!("a picture of {height} x {width} pixels, the most is {MOST_PIXELS}");
        }
        let mut pixels = Vec::new();
        pixels
            .try_reserve_exact(count as usize)
            .with_context(|| format!("no memory for {height} x {width} pixels"))?;
        pixels.resize(count as usize, DARK.0);
        let mut canvas = Canvas {
            pixels,
            width: width as u32,
            height: height as u32,
            scale,
        };
        if let Some(picture) = background {
            for (row, pixels) in canvas.pixels.chunks_exact_mut(width as usize).enumerate() {
                let row = row / scale as usize * picture.size[1] as usize;
                let pixel = |x: usize| picture.pixels[row + x / scale as usize];
                pixels
                    .iter_mut()
                    .enumerate()
                    .for_each(|(x, to)| *to = pixel(x));
            }
        }
        Ok(canvas)
    }

    /// Width and height.
    pub fn sides(&self) -> [i64; 2] {
        [self.width.into(), self.height.into()]
    }

    /// Mixes `share` of a colour, 0 to 1, into the pixels of a rectangle; what is outside the
    /// canvas is cut off.
    pub fn fill(&mut self, x: Range<i64>, y: Range<i64>, colour: Colour, share: f32) {
        let within = |range: Range<i64>, side: u32| {
            let side = i64::from(side);
            range.start.clamp(0, side) as usize..range.end.clamp(0, side) as usize
        };
        let (columns, rows) = (within(x, self.width), within(y, self.height));
        for row in rows {
            let row = &mut self.pixels[row * self.width as usize..][..self.width as usize];
            for pixel in row.get_mut(columns.clone()).into_iter().flatten() {
                *pixel = Colour(*pixel).mixed(colour, share).0;
            }
        }
    }

    /// The picture as a file.
    pub fn to_png(&self) -> Result<Vec<u8>> {
        let mut file = Vec::new();
        let mut encoder = Encoder::new(&mut file, self.width, self.height);
        encoder.set_color(ColorType::Rgb);
        encoder.set_depth(BitDepth::Eight);
        let mut writer = encoder.write_header()?;
        writer.write_image_data(self.pixels.as_flattened())?;
        writer.finish()?;
        Ok(file)
    }
}
