//! Masks as a small picture, for a notebook.

use anyhow::{Result, bail};
use maskrle::Runs;

use super::canvas::Canvas;
use super::colour::Colour;
use super::draw::{self, Style};
use super::row::Row;
use super::scale::Scale;
use crate::budget::Budget;

/// Pixels of the longer side, at least, but for masks of few pixels.
const SIDE: u32 = 256;
/// Pixels of the longer side, at most.
const MOST_SIDE: u32 = 512;
/// Masks that are drawn at most: more are a pile.
const MOST_MASKS: usize = 256;
/// Bytes of memory for the picture.
const MEMORY: u64 = 64 << 20;

/// PNG of masks of one size over each other, the first 256, each in a colour and a box of its own.
/// Its sides are of 512 pixels at most.
///
/// # Errors
/// For masks of several sizes, or without pixels.
pub fn notebook_png(runs: &Runs) -> Result<Vec<u8>> {
    let Some(&size) = runs.sizes().first() else {
        bail!("no masks");
    };
    if size.contains(&0) || runs.sizes().iter().any(|&other| other != size) {
        bail!("masks of several sizes, or without pixels");
    }
    let scale = Scale::fitting(size, SIDE, MOST_SIDE);
    let mut canvas = Canvas::new(size, scale, Colour::DARK, &Budget::new(MEMORY))?;
    let mut masks = Vec::new();
    for mask in runs.iter().take(MOST_MASKS) {
        masks.extend(Row::new(None, String::new(), mask.to_owned())?.masks);
    }
    let style = Style {
        has_boxes: true,
        has_ids: false,
        is_over_picture: false,
        first_colour: 0,
    };
    draw::masks(&mut canvas, &masks, style)?;
    canvas.to_png()
}
