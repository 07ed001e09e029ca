//! A picture in memory.

use std::ops::Range;

use anyhow::{Context, Result, bail};
use png::{BitDepth, ColorType, Encoder};

use super::colour::{Colour, Mix};
use super::scale::Scale;
use crate::budget::Budget;
use crate::read::Picture;

/// Bytes of memory to a pixel: its colours, and the file of them, first as one part, then whole.
const PIXEL_BYTES: u64 = 9;
/// Bytes of memory to a cell, while a mask is drawn that covers it.
const CELL_BYTES: u64 = 4;

/// A picture's pixels along the rows.
#[derive(Debug)]
pub struct Canvas {
    pixels: Vec<[u8; 3]>,
    width: u32,
    height: u32,
    /// Scale of the masks that are drawn on it.
    pub scale: Scale,
}

impl Canvas {
    /// A canvas of one colour for masks of a height and width.
    pub fn new(size: [u32; 2], scale: Scale, colour: Colour, budget: &Budget) -> Result<Self> {
        let cells = size.map(|side| u64::from(scale.cells(side)));
        let [height, width] = cells.map(|side| side * u64::from(scale.up));
        let count = height.saturating_mul(width);
        // Sides of a PNG.
        if height.max(width) > i32::MAX as u64 {
            bail!("a picture of {height} x {width} pixels: no PNG is as large");
        }
        let needed = count
            .saturating_mul(PIXEL_BYTES)
            .saturating_add((cells[0] * cells[1]).saturating_mul(CELL_BYTES));
        let pixels = budget.check(needed).and_then(|()| {
            let mut pixels = Vec::new();
            pixels.try_reserve_exact(count as usize)?;
            pixels.resize(count as usize, colour.0);
            Ok(pixels)
        });
        Ok(Canvas {
            pixels: pixels.with_context(|| format!("a picture of {height} x {width} pixels"))?,
            width: width as u32,
            height: height as u32,
            scale,
        })
    }

    /// Makes every cell the first pixel that a picture, which has the size of the masks, has there.
    pub fn show_picture(&mut self, picture: &Picture) {
        let Scale { up, down } = self.scale;
        let at = |position: usize| position / up as usize * down as usize;
        let width = self.width as usize;
        for (row, pixels) in self.pixels.chunks_exact_mut(width.max(1)).enumerate() {
            let from = at(row) * picture.size[1] as usize;
            for (column, pixel) in pixels.iter_mut().enumerate() {
                *pixel = picture.pixels[from + at(column)];
            }
        }
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
        let mix = Mix::new(colour, share);
        for row in rows {
            let row = &mut self.pixels[row * self.width as usize..][..self.width as usize];
            if let Some(pixels) = row.get_mut(columns.clone()) {
                mix.add_to(pixels);
            }
        }
    }

    /// Draws another canvas, which lies within this one, with its upper left corner at `[x, y]`.
    pub fn put(&mut self, other: &Canvas, [x, y]: [usize; 2]) {
        let rows = other.pixels.chunks_exact(other.width.max(1) as usize);
        for (row, pixels) in rows.enumerate() {
            let from = (y + row) * self.width as usize + x;
            self.pixels[from..from + pixels.len()].copy_from_slice(pixels);
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
