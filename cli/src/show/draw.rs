//! Masks on a picture: filled, outlined, in their boxes, with their ids.

use anyhow::Result;

use super::canvas::Canvas;
use super::colour::Colour;
use super::coverage::Coverage;
use super::row::SelectedMask;
use super::tag::Tag;

/// Style of the drawing.
#[derive(Debug, Clone, Copy)]
pub struct Style {
    /// True if masks stand in their boxes.
    pub has_boxes: bool,
    /// True if ids are written beside them.
    pub has_ids: bool,
    /// True if there is a picture to be seen below the masks.
    pub is_over_picture: bool,
    /// Index of the first mask's colour.
    pub first_colour: usize,
}

impl Style {
    /// Share of a mask's colour in its pixels, 0 to 1.
    fn share(self) -> f32 {
        if self.is_over_picture { 0.4 } else { 0.6 }
    }

    /// The colour of a mask, by its index.
    fn colour(self, index: usize) -> Colour {
        Colour::distinct(self.first_colour + index)
    }
}

/// Draws masks, smaller ones over larger ones, and over all of them their boxes and ids.
pub fn masks(canvas: &mut Canvas, masks: &[SelectedMask], style: Style) -> Result<()> {
    let mask = |index: usize| masks[index].runs.view();
    let mut by_area: Vec<usize> = (0..masks.len()).collect();
    by_area.sort_by_cached_key(|&index| std::cmp::Reverse(mask(index).area()));
    for &index in &by_area {
        let coverage = Coverage::new(mask(index), canvas.scale)?;
        fill(canvas, &coverage, style.colour(index), style.share());
        outline(canvas, &coverage, style.colour(index));
    }
    if style.has_boxes {
        for index in 0..masks.len() {
            frame(canvas, mask(index).bbox(), style.colour(index));
        }
    }
    if style.has_ids {
        for &index in &by_area {
            let colour = style.colour(index);
            write_id(canvas, mask(index).bbox(), &masks[index].id, colour);
        }
    }
    Ok(())
}

/// Thickness of lines in pixels: the same part of any picture, and one at least.
fn thickness(canvas: &Canvas) -> i64 {
    let [width, height] = canvas.sides();
    (width.min(height) / 300).max(1)
}

/// Fills a mask's cells, those beside each other that are covered alike at once.
fn fill(canvas: &mut Canvas, coverage: &Coverage, colour: Colour, share: f32) {
    let up = i64::from(canvas.scale.up);
    for row in coverage.cells().rows.clone() {
        let y = row as i64 * up;
        for (cells, covered) in coverage.spans(row) {
            if covered > 0.0 {
                let x = cells.start as i64 * up..cells.end as i64 * up;
                canvas.fill(x, y..y + up, colour, share * covered);
            }
        }
    }
}

/// Draws the edges of a mask within its cells: not thicker than they are.
fn outline(canvas: &mut Canvas, coverage: &Coverage, colour: Colour) {
    let cells = coverage.cells().clone();
    let up = i64::from(canvas.scale.up);
    let thickness = thickness(canvas).min(up);
    let holds = |row: &[u32], column: usize| row.get(column).is_some_and(|&count| count > 0);
    for row in cells.rows {
        let here = coverage.row(row);
        let [above, below] = [row.wrapping_sub(1), row + 1].map(|row| coverage.row(row));
        let y = row as i64 * up;
        for index in 0..here.len() {
            let beside = [
                holds(above, index),
                holds(below, index),
                holds(here, index.wrapping_sub(1)),
                holds(here, index + 1),
            ];
            if !holds(here, index) || beside == [true; 4] {
                continue;
            }
            let x = (cells.columns.start + index) as i64 * up;
            let edges = [
                (x..x + up, y..y + thickness),
                (x..x + up, y + up - thickness..y + up),
                (x..x + thickness, y..y + up),
                (x + up - thickness..x + up, y..y + up),
            ];
            for ((columns, rows), is_inner) in edges.into_iter().zip(beside) {
                if !is_inner {
                    canvas.fill(columns, rows, colour, 1.0);
                }
            }
        }
    }
}

/// Corners on the canvas of a box `[x, y, width, height]` of pixels of the masks: the first, and
/// the one beyond the last.
fn corners(canvas: &Canvas, [x, y, w, h]: [u32; 4]) -> ([i64; 2], [i64; 2]) {
    let scale = canvas.scale;
    (
        [x, y].map(|at| scale.before(at)),
        [x + w, y + h].map(|at| scale.after(at)),
    )
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
