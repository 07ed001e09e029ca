//! Masks on a picture: filled, outlined, in their boxes, with their ids.

use anyhow::Result;
use maskrle::{MaskView, Polygon};

use super::canvas::Canvas;
use super::colour::Colour;
use super::select::SelectedMask;
use super::tag::Tag;

/// Style of the drawing.
#[derive(Debug, Clone, Copy)]
pub struct Style {
    /// True if neither boxes nor ids are drawn.
    pub is_plain: bool,
    /// True if there is a picture to be seen below the masks.
    pub is_over_picture: bool,
}

impl Style {
    /// Share of a mask's colour in its pixels, 0 to 1.
    fn share(self) -> f32 {
        if self.is_over_picture { 0.4 } else { 0.6 }
    }
}

/// Draws masks, smaller ones over larger ones, and over all of them their boxes and ids.
pub fn masks(canvas: &mut Canvas, masks: &[SelectedMask], style: Style) -> Result<()> {
    let mask = |index: usize| masks[index].runs.view();
    let mut by_area: Vec<usize> = (0..masks.len()).collect();
    by_area.sort_by_key(|&index| std::cmp::Reverse(mask(index).area()));
    for &index in &by_area {
        let colour = Colour::distinct(index);
        fill(canvas, mask(index), colour, style.share());
        for polygon in mask(index).to_polygons()? {
            outline(canvas, &polygon, colour);
        }
    }
    if style.is_plain {
        return Ok(());
    }
    for index in 0..masks.len() {
        frame(canvas, mask(index).bbox(), Colour::distinct(index));
    }
    for &index in &by_area {
        write_id(
            canvas,
            mask(index).bbox(),
            &masks[index].id,
            Colour::distinct(index),
        );
    }
    Ok(())
}

/// Thickness of lines in pixels: the same part of any picture, and one at least.
fn thickness(canvas: &Canvas) -> i64 {
    let [width, height] = canvas.sides();
    (width.min(height) / 300).max(1)
}

/// Fills a mask's pixels.
fn fill(canvas: &mut Canvas, mask: MaskView<'_>, colour: Colour, share: f32) {
    let (height, scale) = (i64::from(mask.size()[0]), i64::from(canvas.scale));
    for (start, count) in mask.foreground() {
        let (mut from, end) = (i64::from(start), i64::from(start) + i64::from(count));
        while from < end {
            let x = from / height;
            let to = end.min((x + 1) * height);
            let (top, bottom) = (from - x * height, to - x * height);
            canvas.fill(
                x * scale..(x + 1) * scale,
                top * scale..bottom * scale,
                colour,
                share,
            );
            from = to;
        }
    }
}

/// Draws the edges of a polygon within the mask, which is on the right of each edge: not thicker
/// than its pixels.
fn outline(canvas: &mut Canvas, polygon: &Polygon, colour: Colour) {
    let scale = i64::from(canvas.scale);
    let thickness = thickness(canvas).min(scale);
    for ring in [&polygon.outer].into_iter().chain(&polygon.holes) {
        let points = ring
            .iter()
            .map(|point| point.map(|coordinate| i64::from(coordinate) * scale));
        for ([x, y], [to_x, to_y]) in points.clone().zip(points.clone().cycle().skip(1)) {
            let (columns, rows) = match ((to_x - x).signum(), (to_y - y).signum()) {
                (1, _) => (x..to_x, y..y + thickness),
                (-1, _) => (to_x..x, y - thickness..y),
                (_, 1) => (x - thickness..x, y..to_y),
                (_, _) => (x..x + thickness, to_y..y),
            };
            canvas.fill(columns, rows, colour, 1.0);
        }
    }
}

/// Corners on the canvas of a box `[x, y, width, height]` of pixels of the masks: the first, and
/// the one beyond the last.
fn corners(canvas: &Canvas, [x, y, w, h]: [u32; 4]) -> ([i64; 2], [i64; 2]) {
    let at =
        |from: u32, length: u32| (i64::from(from) + i64::from(length)) * i64::from(canvas.scale);
    ([at(x, 0), at(y, 0)], [at(x, w), at(y, h)])
}

/// Draws a box around its pixels, or on those at the picture's border.
fn frame(canvas: &mut Canvas, bbox: [u32; 4], colour: Colour) {
    if bbox[2] == 0 {
        return;
    }
    let ([left, top], [right, bottom]) = corners(canvas, bbox);
    let ([width, height], thick) = (canvas.sides(), thickness(canvas));
    let (left, top) = ((left - thick).max(0), (top - thick).max(0));
    let (right, bottom) = ((right + thick).min(width), (bottom + thick).min(height));
    canvas.fill(left..right, top..top + thick, colour, 1.0);
    canvas.fill(left..right, bottom - thick..bottom, colour, 1.0);
    canvas.fill(left..left + thick, top..bottom, colour, 1.0);
    canvas.fill(right - thick..right, top..bottom, colour, 1.0);
}

/// Writes an id above a box, or within it where there is no room above.
fn write_id(canvas: &mut Canvas, bbox: [u32; 4], id: &str, colour: Colour) {
    let ([left, top], _) = corners(canvas, bbox);
    let [width, height] = canvas.sides();
    let tag = Tag::new(id, (width.min(height) / 900).max(1));
    let [tag_width, tag_height] = tag.sides();
    let thick = thickness(canvas);
    let above = top - thick - tag_height;
    let y = if above >= 0 {
        above
    } else {
        top.min(height - tag_height).max(0)
    };
    let x = (left - thick).min(width - tag_width).max(0);
    tag.draw(canvas, [x, y], colour);
}
