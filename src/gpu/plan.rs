//! Which masks go to the GPU together, and where their pixels and bits lie there.

use std::ops::Range;

use super::bits::BitLines;
use super::passes::Stripe;
use super::shape::{Shape, Table};
use crate::pixel::{BitOrder, Masks, Order};
use crate::pixel::{Packed, Plane, PlaneVisitor, Scan, visit_plane};

/// What a chunk may take.
#[derive(Debug, Clone, Copy)]
pub(super) struct Limits {
    /// Bytes of one binding.
    pub(super) binding: u64,
    /// Bytes of pixels, scratch and staging together.
    pub(super) memory: u64,
}

/// Words of bits a chunk may have, so that positions and counts fit 32 bits.
pub(super) const MAX_WORDS: u64 = (1 << 27) - 1;
/// Pixels of a mask that lies in one piece are uploaded in rows of this many.
const PIECE: usize = 1 << 8;
/// Bytes at which masks begin, so that their vectors are aligned.
const ALIGNMENT: u64 = 16;

/// What is done with the next masks.
#[derive(Debug)]
pub(super) enum Task {
    Gpu(Chunk),
    /// Masks that cannot be cut into pieces that fit.
    Cpu(Range<usize>),
}

impl Task {
    pub(super) fn masks(&self) -> Range<usize> {
        match self {
            Task::Gpu(chunk) => chunk.masks.clone(),
            Task::Cpu(range) => range.clone(),
        }
    }
}

/// Whole masks that are scanned and read back together.
#[derive(Debug)]
pub(super) struct Chunk {
    pub(super) masks: Range<usize>,
    /// Those of the masks that have pixels.
    pub(super) placed: Vec<Placed>,
    /// Words of boundary bits.
    pub(super) words: u32,
    /// What is flagged at a time: all pixels of the chunk, or some rows of its one mask.
    pub(super) windows: Vec<Window>,
    pub(super) element_bits: u32,
}

impl Chunk {
    /// A stripe for each placed mask as a whole.
    pub(super) fn table(&self) -> Vec<Stripe> {
        self.placed.iter().map(|placed| placed.stripe).collect()
    }
}

/// A mask's place in a chunk.
#[derive(Debug, Clone)]
pub(super) struct Placed {
    pub(super) mask: usize,
    pub(super) stripe: Stripe,
    pub(super) lines: BitLines,
}

/// Pixels that are in the pixel buffer together.
#[derive(Debug, Default)]
pub(super) struct Window {
    pub(super) parts: Vec<Part>,
    pub(super) tables: Vec<Table>,
    /// Bytes of pixels.
    pub(super) bytes: u64,
}

/// Rows of a mask's plane, and the byte at which they are put. Of a mask in one piece, rows of
/// `width` pixels.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Part {
    pub(super) mask: usize,
    pub(super) rows: Range<usize>,
    pub(super) width: usize,
    pub(super) at: u64,
}

/// Gives a mask's rows as they are uploaded.
struct ShapeOf;

impl PlaneVisitor for ShapeOf {
    type Output = Shape;

    fn visit<P: Plane>(self, plane: &P, scan: Scan) -> Shape {
        shape(
            plane.height(),
            plane.width(),
            scan,
            8 * size_of::<P::Bits>() as u32,
            false,
        )
    }

    fn visit_packed(self, packed: &Packed<'_>, scan: Scan) -> Shape {
        shape(
            packed.rows.nrows(),
            packed.width,
            scan,
            1,
            packed.order == BitOrder::Big,
        )
    }
}

fn shape(height: usize, width: usize, scan: Scan, element_bits: u32, highest_first: bool) -> Shape {
    let pixels = height * width;
    let (height, width) = if height == 1 && width > PIECE && scan == Scan::Along {
        (width.div_ceil(PIECE), PIECE)
    } else {
        (height, width)
    };
    let row_stride = if element_bits == 1 {
        width.div_ceil(8)
    } else {
        width
    };
    Shape {
        height,
        width,
        pixels,
        scan,
        element_bits,
        row_stride,
        column_stride: 1,
        highest_first,
    }
}

/// Bytes of a mask in the pixel buffer.
fn bytes_of(shape: &Shape) -> u64 {
    let rows = shape.height as u64 * shape.row_bytes(shape.width) as u64;
    rows.next_multiple_of(ALIGNMENT)
}

/// The mask's pixels in windows of at most `bytes`, or None where a window cannot hold 32 rows and
/// the one before.
fn windows(shape: &Shape, mask: usize, bytes: u64) -> Option<Vec<Window>> {
    let Shape {
        height,
        width,
        pixels,
        scan,
        ..
    } = *shape;
    let bit_lines = shape.bit_lines();
    // Rows by 32: every word's pixels are in one window, whether a line is a column or the whole
    // mask.
    let row_bytes = shape.row_bytes(width) as u64;
    let rows_per_window = (bytes / row_bytes).checked_sub(1)? as usize / 32 * 32;
    let rows_are_whole_words = bit_lines.lines > 1 || scan == Scan::Along;
    if rows_per_window == 0 || !rows_are_whole_words {
        return None;
    }
    let windows = (0..height).step_by(rows_per_window).map(|first_row| {
        let rows = first_row..height.min(first_row + rows_per_window);
        // The row before the first in the scan: of columns, the first one's is the last row.
        let lead = match (first_row, scan) {
            (0, Scan::Across) => Some(height - 1..height),
            (0, Scan::Along) => None,
            _ => Some(first_row - 1..first_row),
        };
        let in_line = match scan {
            Scan::Across => rows.clone(),
            Scan::Along => rows.start * width..pixels.min(rows.end * width),
        };
        let line_words = in_line.start as u32 / 32..(in_line.end as u32).div_ceil(32);
        let part = |rows, at| Part {
            mask,
            rows,
            width,
            at,
        };
        let stripe = Stripe {
            line_words: line_words.end - line_words.start,
            first_line_word: line_words.start,
            first_row: first_row as u32,
            first_row_at: shape.row_stride as u32,
            last_row_at: 0,
            ..shape.stripe(0, 0)
        };
        let mut tables = Vec::new();
        Table::add(&mut tables, shape, stripe);
        Window {
            bytes: ((rows.len() + 1) as u64 * row_bytes).next_multiple_of(ALIGNMENT),
            parts: lead
                .map(|lead| part(lead, 0))
                .into_iter()
                .chain([part(rows, row_bytes)])
                .collect(),
            tables,
        }
    });
    Some(windows.collect())
}

impl Limits {
    /// Bytes of pixels that fit beside the bits of so many masks: pixels are there twice, in
    /// staging and on the device; bits, starts and readback take a word each a word of bits; a mask
    /// has a stripe in both tables, and a word in the summary and its readback.
    fn pixel_bytes(&self, words: u64, masks: u64) -> u64 {
        let tables = masks * (2 * size_of::<Stripe>() as u64 + 8);
        (self.memory.saturating_sub(3 * 4 * words + tables) / 2).min(self.binding)
            & !(ALIGNMENT - 1)
    }

    /// Bits and tables that each are one binding, with room left in a buffer for a readback of
    /// both.
    pub(super) fn bindings_hold(&self, words: u64, masks: u64) -> bool {
        let tables = masks * size_of::<Stripe>() as u64;
        words <= MAX_WORDS && 4 * words + tables <= self.binding
    }
}

/// Pixels of a chunk of masks from `range`: a sixth of them, so that the upload of one overlaps
/// with the work on those before it, but no fewer than keep a submission's own cost small.
pub(super) fn most_pixels(masks: &Masks<'_>, range: Range<usize>) -> usize {
    const LEAST: usize = 1 << 22;
    let pixels = |index| {
        masks
            .size(index)
            .into_iter()
            .map(|side| side as usize)
            .product::<usize>()
    };
    (range.map(pixels).sum::<usize>() / 6).max(LEAST)
}

/// The next chunk of the masks in `range`: as many from its start on as fit and have `most` pixels,
/// or one that does not.
pub(super) fn next_task(
    masks: &Masks<'_>,
    order: Order,
    limits: Limits,
    range: Range<usize>,
    most: usize,
) -> Task {
    let first = range.start;
    let mut placed: Vec<Placed> = Vec::new();
    let mut window = Window::default();
    let (mut all_words, mut all_pixels, mut element_bits) = (0, 0, 8);
    let mut next = first;
    while next < range.end {
        let shape = visit_plane(masks, next, order, ShapeOf);
        if shape.pixels > 0 {
            let words = all_words + shape.words();
            let bytes = window.bytes + bytes_of(&shape);
            let count = placed.len() as u64 + 1;
            if !limits.bindings_hold(words, count) || bytes > limits.pixel_bytes(words, count) {
                break;
            }
            if count > 1 && all_pixels + shape.pixels > most {
                break;
            }
            all_pixels += shape.pixels;
            let stripe = shape.stripe(window.bytes as usize / shape.unit_bytes(), all_words as u32);
            Table::add(&mut window.tables, &shape, stripe);
            window.parts.push(Part {
                mask: next,
                rows: 0..shape.height,
                width: shape.width,
                at: window.bytes,
            });
            placed.push(Placed {
                mask: next,
                stripe,
                lines: shape.bit_lines(),
            });
            (all_words, window.bytes, element_bits) = (words, bytes, shape.element_bits);
        }
        next += 1;
    }
    if next == first {
        return alone(masks, first, order, limits);
    }
    Task::Gpu(Chunk {
        masks: first..next,
        placed,
        words: all_words as u32,
        windows: vec![window],
        element_bits,
    })
}

/// A mask too large for one upload: through windows if its bits fit, else not at all.
fn alone(masks: &Masks<'_>, index: usize, order: Order, limits: Limits) -> Task {
    let shape = visit_plane(masks, index, order, ShapeOf);
    let words = shape.words();
    let fits = limits.bindings_hold(words, 1);
    let windows = if fits {
        windows(&shape, index, limits.pixel_bytes(words, 1))
    } else {
        None
    };
    match windows {
        Some(windows) => Task::Gpu(Chunk {
            masks: index..index + 1,
            placed: vec![Placed {
                mask: index,
                stripe: shape.stripe(0, 0),
                lines: shape.bit_lines(),
            }],
            words: words as u32,
            windows,
            element_bits: shape.element_bits,
        }),
        None => Task::Cpu(index..index + 1),
    }
}

#[cfg(test)]
mod tests {
    use ndarray::{Array3, s};

    use super::*;

    /// What a chunk takes: pixels in staging and on the device; bits, starts, readback; tables,
    /// summary and its readback.
    fn bytes(chunk: &Chunk) -> u64 {
        let pixels = chunk
            .windows
            .iter()
            .map(|window| window.bytes)
            .max()
            .unwrap_or(0);
        let in_window = |window: &Window| {
            window
                .tables
                .iter()
                .map(|table| table.stripes.len())
                .sum::<usize>()
        };
        let stripes = chunk.windows.iter().map(in_window).max().unwrap_or(0);
        let tables = (stripes + chunk.placed.len()) * size_of::<Stripe>();
        2 * pixels + 12 * u64::from(chunk.words) + tables as u64 + 8 * chunk.placed.len() as u64
    }

    #[test]
    fn chunks_keep_to_the_memory_and_hold_every_mask_once() {
        let wide = Array3::<u16>::zeros((3, 200, 300));
        for shape in [
            (5000, 1, 1),
            (40, 1, 700),
            (40, 700, 1),
            (7, 200, 300),
            (100, 28, 28),
            (2, 0, 9),
            (1, 2, 60_000),
        ] {
            let stack = Array3::<u8>::zeros(shape);
            let all = [
                Masks::binary(&stack),
                Masks::binary(wide.slice(s![.., .., ..;2])),
            ];
            for masks in all.map(|masks| masks.expect("small")) {
                for order in [Order::RowMajor, Order::ColumnMajor] {
                    let limits = Limits {
                        binding: 1 << 20,
                        memory: 50_000,
                    };
                    let mut next = 0;
                    while next < masks.len() {
                        let task = next_task(&masks, order, limits, next..masks.len(), 10_000);
                        let range = task.masks();
                        assert_eq!(range.start, next);
                        assert!(range.end > next);
                        next = range.end;
                        if let Task::Gpu(chunk) = task {
                            assert!(
                                bytes(&chunk) <= limits.memory,
                                "{shape:?}: {} bytes",
                                bytes(&chunk)
                            );
                        }
                    }
                    assert_eq!(next, masks.len());
                }
            }
        }
    }
}
