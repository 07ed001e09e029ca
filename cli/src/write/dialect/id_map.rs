//! The segments of an image, one for each pixel at most, as a PNG of ids.

use std::io::Write;

use anyhow::{Result, anyhow, bail};
use maskrle::MaskView;
use png::{BitDepth, ColorType, Encoder};

use crate::budget::Budget;
use crate::encoded::rectangles;

/// Segments of an image's pixels.
pub struct IdMap {
    size: [u32; 2],
    /// Index of each pixel's segment, counted from 1, along the rows; 0 where there is none.
    pixels: Vec<u32>,
    /// Number of segments.
    count: u32,
}

impl IdMap {
    /// An image without segments.
    pub fn new(size: [u32; 2], budget: &Budget) -> Result<Self> {
        let [height, width] = size.map(u64::from);
        let bytes = height.saturating_mul(width).saturating_mul(4);
        budget.check(bytes)?;
        let mut pixels = Vec::new();
        pixels
            .try_reserve_exact((height * width) as usize)
            .map_err(|_| anyhow!("no memory for {height} x {width} pixels"))?;
        pixels.resize((height * width) as usize, 0);
        Ok(IdMap {
            size,
            pixels,
            count: 0,
        })
    }

    /// Adds the next segment. Where it has a pixel of another, the error is what `overlap` makes of
    /// the indices of both, and the pixel's x and y.
    pub fn add(
        &mut self,
        mask: MaskView<'_>,
        overlap: impl Fn(usize, usize, [usize; 2]) -> String,
    ) -> Result<()> {
        let width = self.size[1] as usize;
        self.count += 1;
        let runs = mask.starts().iter().zip(mask.counts()).zip(mask.values());
        for ((&start, count), value) in runs {
            if value == 0 {
                continue;
            }
            let start = start as usize;
            for part in rectangles(mask, start..start + count as usize) {
                for y in part.rows {
                    let row = &mut self.pixels[y * width..][..width];
                    for (x, pixel) in row[part.columns.clone()].iter_mut().enumerate() {
                        if *pixel != 0 {
                            let [one, other] = [*pixel, self.count].map(|index| index as usize - 1);
                            bail!(overlap(one, other, [part.columns.start + x, y]));
                        }
                        *pixel = self.count;
                    }
                }
            }
        }
        Ok(())
    }

    /// Writes the image, of whose segments these are the ids.
    pub fn write(&self, ids: &[u32], out: impl Write) -> Result<()> {
        let [height, width] = self.size;
        if height == 0 || width == 0 {
            bail!("{height} x {width} pixels are no PNG");
        }
        let mut encoder = Encoder::new(out, width, height);
        encoder.set_color(ColorType::Rgb);
        encoder.set_depth(BitDepth::Eight);
        let mut writer = encoder.write_header()?;
        let mut rows = writer.stream_writer()?;
        let mut colours = Vec::with_capacity(width as usize * 3);
        for row in self.pixels.chunks_exact(width as usize) {
            colours.clear();
            for &index in row {
                let id = match index {
                    0 => 0,
                    index => ids[index as usize - 1],
                };
                let [red, green, blue, _] = id.to_le_bytes();
                colours.extend([red, green, blue]);
            }
            rows.write_all(&colours)?;
        }
        rows.finish()?;
        writer.finish()?;
        Ok(())
    }
}
