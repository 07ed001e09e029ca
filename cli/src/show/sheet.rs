//! A sheet of masks, each in a tile of its own.

use anyhow::Result;

use super::canvas::Canvas;
use super::colour::Colour;
use super::draw::{self, Style};
use super::row::Row;
use super::scale::Scale;
use super::tag::Tag;
use crate::budget::Budget;

/// Most rows that are drawn.
const MOST_TILES: usize = 100;
/// Pixels along a side of a tile, and between tiles.
const TILE: usize = 160;
const GAP: usize = 8;
/// Pixels of the line above a tile, in which its id stands.
const LINE: usize = 16;

/// Rows, each drawn as it comes: their runs are not kept.
#[derive(Debug)]
pub struct Sheet {
    tiles: Vec<Tile>,
    /// Number of rows that are not drawn.
    pub left_out: u64,
    /// True if neither boxes nor ids are drawn.
    is_plain: bool,
}

#[derive(Debug)]
struct Tile {
    id: String,
    canvas: Canvas,
}

impl Sheet {
    /// A sheet without a row.
    pub fn new(is_plain: bool) -> Self {
        Sheet {
            tiles: Vec::new(),
            left_out: 0,
            is_plain,
        }
    }

    /// Number of rows that are drawn.
    pub fn len(&self) -> usize {
        self.tiles.len()
    }

    pub fn is_full(&self) -> bool {
        self.len() == MOST_TILES
    }

    /// Draws a row in the next tile.
    pub fn add(&mut self, row: &Row, budget: &Budget) -> Result<()> {
        let scale = Scale::fitting(row.size, TILE as u32, TILE as u32);
        let mut canvas = Canvas::new(row.size, scale, Colour::DARK, budget)?;
        let style = Style {
            has_boxes: !self.is_plain,
            has_ids: false,
            is_over_picture: false,
            first_colour: self.len(),
        };
        draw::masks(&mut canvas, &row.masks, style)?;
        self.tiles.push(Tile {
            id: row.id.clone(),
            canvas,
        });
        Ok(())
    }

    /// The tiles as one picture, about as wide as it is high.
    pub fn to_canvas(&self, budget: &Budget) -> Result<Canvas> {
        let line = if self.is_plain { 0 } else { LINE };
        let columns = (1..).find(|side| side * side >= self.len()).unwrap_or(1);
        let rows = self.len().div_ceil(columns);
        let sides = [
            rows * (line + TILE + GAP) + GAP,
            columns * (TILE + GAP) + GAP,
        ];
        let size = sides.map(|side| side as u32);
        let mut sheet = Canvas::new(size, Scale::enlarged(1), Colour::GROUND, budget)?;
        for (index, tile) in self.tiles.iter().enumerate() {
            let left = GAP + index % columns * (TILE + GAP);
            let top = GAP + index / columns * (line + TILE + GAP);
            let [x, y] = tile.canvas.sides().map(|side| (TILE - side as usize) / 2);
            sheet.put(&tile.canvas, [left + x, top + line + y]);
            if !self.is_plain {
                let tag = Tag::within(&tile.id, TILE as i64);
                tag.draw(
                    &mut sheet,
                    [left as i64, top as i64],
                    Colour::distinct(index),
                );
            }
        }
        Ok(sheet)
    }
}
