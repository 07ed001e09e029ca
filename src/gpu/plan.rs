//! Which masks go to the GPU together, and where their pixels and bits lie there.

use std::ops::Range;

use super::bits::BitLines;
use super::passes::Stripe;
use crate::masks::{Masks, Order};
use crate::plane::{Plane, PlaneVisitor, Scan, visit_plane};

/// What a chunk may take.
#[derive(Debug, Clone, Copy)]
pub(super) struct Limits {
    /// Bytes of one binding.
    pub(super) binding: u64,
    /// Bytes of pixels, scratch and staging together.
    pub(super) memory: u64,
}

/// Words of bits a chunk may have, so that positions and counts fit 32 bits.
const MAX_WORDS: u64 = (1 << 27) - 1;
/// Pixels of a mask that lies in one piece are uploaded in rows of this many.
const PIECE: usize = 1 << 8;

/// What is done with the next masks.
#[derive(Debug)]
pub(super) enum Task {
    Gpu(Chunk),
    /// Masks that cannot be cut into pieces that fit.
    Cpu(Range<usize>),
}

/// Whole masks that are scanned and read back together.
#[derive(Debug)]
pub(super) struct Chunk {
    pub(super) masks: Range<usize>,
    /// Those of the masks that have pixels.
    pub(super) placed: Vec<Placed>,
    /// Words of boundary bits.
    pub(super) words: u32,
    /// What is uploaded and flagged at a time: all pixels of the chunk, or some rows of its one mask.
    pub(super) windows: Vec<Window>,
    pub(super) element_bytes: usize,
}

impl Chunk {
    /// A stripe for each placed mask as a whole.
    pub(super) fn table(&self) -> Vec<Stripe> {
        self.placed.iter().map(|placed| placed.stripe(0)).collect()
    }
}

/// A mask's place in a chunk.
#[derive(Debug, Clone)]
pub(super) struct Placed {
    pub(super) mask: usize,
    shape: Shape,
    pub(super) first_word: u32,
}

/// Pixels that are in the pixel buffer together.
#[derive(Debug, Default)]
pub(super) struct Window {
    pub(super) parts: Vec<Part>,
    pub(super) stripes: Vec<Stripe>,
    /// Words of bits that they make.
    pub(super) words: u32,
    /// Bytes of pixels.
    pub(super) bytes: u64,
}

/// Rows of a mask's plane, and the byte at which they are put. Of a mask in one piece, rows of `width` pixels.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Part {
    pub(super) mask: usize,
    pub(super) rows: Range<usize>,
    pub(super) width: usize,
    pub(super) at: u64,
}

/// A plane's shape, as the passes see it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Shape {
    height: usize,
    width: usize,
    pixels: usize,
    scan: Scan,
    element_bytes: usize,
}

impl Shape {
    /// Below a word's 32 pixels a line, the columns of a mask share words: padding each would cost more than the pixels.
    fn bit_lines(&self) -> BitLines {
        match self.scan {
            Scan::Across if self.height >= 32 => BitLines { lines: self.width, length: self.height },
            _ => BitLines { lines: 1, length: self.pixels },
        }
    }

    fn words(&self) -> u64 {
        self.bit_lines().words() as u64
    }

    /// Bytes in the pixel buffer, where every mask starts at a word.
    fn bytes(&self) -> u64 {
        (self.pixels as u64 * self.element_bytes as u64).next_multiple_of(4)
    }
}

struct ShapeOf;

impl PlaneVisitor for ShapeOf {
    type Output = Shape;

    fn visit<P: Plane>(self, plane: &P, scan: Scan) -> Shape {
        let (height, width) = (plane.height(), plane.width());
        let pixels = height * width;
        let (height, width) = if height == 1 && width > PIECE && scan == Scan::Along {
            (width.div_ceil(PIECE), PIECE)
        } else {
            (height, width)
        };
        Shape { height, width, pixels, scan, element_bytes: size_of::<P::Bits>() }
    }
}

impl Placed {
    pub(super) fn bit_lines(&self) -> BitLines {
        self.shape.bit_lines()
    }

    pub(super) fn words(&self) -> u32 {
        self.shape.words() as u32
    }

    /// The mask as one stripe whose first pixel is element `at`.
    fn stripe(&self, at: u32) -> Stripe {
        let Shape { height, width, scan, .. } = self.shape;
        let bit_lines = self.shape.bit_lines();
        let words_per_line = bit_lines.words_per_line() as u32;
        Stripe {
            first: self.first_word,
            line_words: words_per_line,
            first_line_word: 0,
            first_word: self.first_word,
            words_per_line,
            line_length: bit_lines.length as u32,
            height: height as u32,
            width: width as u32,
            across: u32::from(scan == Scan::Across),
            row_stride: width as u32,
            column_stride: 1,
            first_row: 0,
            first_row_at: at,
            last_row_at: at.wrapping_add((height as u32 - 1).wrapping_mul(width as u32)),
            unused: [0; 2],
        }
    }

    /// The mask's pixels in windows of at most `bytes`, or None where a window cannot hold 32 rows and the one before.
    fn windows(&self, bytes: u64) -> Option<Vec<Window>> {
        let Shape { height, width, pixels, scan, element_bytes } = self.shape;
        let bit_lines = self.shape.bit_lines();
        // Rows by 32: every word's pixels are in one window, whether a line is a column or the whole mask.
        let row_bytes = (width * element_bytes) as u64;
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
            let part = |rows, at| Part { mask: self.mask, rows, width, at };
            let stripe = Stripe {
                first: 0,
                line_words: line_words.end - line_words.start,
                first_line_word: line_words.start,
                first_row: first_row as u32,
                first_row_at: width as u32,
                last_row_at: 0,
                ..self.stripe(0)
            };
            Window {
                bytes: ((rows.len() + 1) as u64 * row_bytes).next_multiple_of(4),
                words: bit_lines.lines as u32 * stripe.line_words,
                parts: lead.map(|lead| part(lead, 0)).into_iter().chain([part(rows, row_bytes)]).collect(),
                stripes: vec![stripe],
            }
        });
        Some(windows.collect())
    }
}

impl Limits {
    /// Bytes of pixels that fit beside the bits of so many masks: pixels are there twice, in staging and on the device;
    /// bits, starts and readback take a word each a word of bits; a mask has a stripe in both tables, and a word in the
    /// summary and its readback.
    fn pixel_bytes(&self, words: u64, masks: u64) -> u64 {
        let tables = masks * (2 * size_of::<Stripe>() as u64 + 8);
        (self.memory.saturating_sub(3 * 4 * words + tables) / 2).min(self.binding) & !3
    }

    /// Bits and tables that each are one binding, with room left in a buffer for a readback of both.
    fn bindings_hold(&self, words: u64, masks: u64) -> bool {
        let tables = masks * size_of::<Stripe>() as u64;
        words <= MAX_WORDS && 4 * words + tables <= self.binding
    }
}

/// Splits masks into chunks, in order.
pub(super) fn plan<'m>(masks: &'m Masks<'_>, order: Order, limits: Limits) -> impl Iterator<Item = Task> + 'm {
    let mut next = 0;
    std::iter::from_fn(move || {
        if next == masks.len() {
            return None;
        }
        let first = next;
        let mut placed: Vec<Placed> = Vec::new();
        let mut window = Window::default();
        while next < masks.len() {
            let shape = visit_plane(masks, next, order, ShapeOf);
            if shape.pixels > 0 {
                let words = u64::from(window.words) + shape.words();
                let bytes = window.bytes + shape.bytes();
                let masks = placed.len() as u64 + 1;
                if !limits.bindings_hold(words, masks) || bytes > limits.pixel_bytes(words, masks) {
                    break;
                }
                let mask = Placed { mask: next, shape, first_word: window.words };
                window.stripes.push(mask.stripe((window.bytes / shape.element_bytes as u64) as u32));
                window.parts.push(Part { mask: next, rows: 0..shape.height, width: shape.width, at: window.bytes });
                window.words = words as u32;
                window.bytes = bytes;
                placed.push(mask);
            }
            next += 1;
        }
        if next == first {
            next += 1;
            return Some(alone(masks, first, order, limits));
        }
        let element_bytes = placed.first().map_or(1, |placed| placed.shape.element_bytes);
        let words = window.words;
        Some(Task::Gpu(Chunk { masks: first..next, placed, words, windows: vec![window], element_bytes }))
    })
}

/// A mask too large for one upload: through windows if its bits fit, else not at all.
fn alone(masks: &Masks<'_>, index: usize, order: Order, limits: Limits) -> Task {
    let shape = visit_plane(masks, index, order, ShapeOf);
    let placed = Placed { mask: index, shape, first_word: 0 };
    let words = shape.words();
    let fits = limits.bindings_hold(words, 1);
    let windows = if fits { placed.windows(limits.pixel_bytes(words, 1)) } else { None };
    match windows {
        Some(windows) => Task::Gpu(Chunk {
            masks: index..index + 1,
            placed: vec![placed],
            words: words as u32,
            windows,
            element_bytes: shape.element_bytes,
        }),
        None => Task::Cpu(index..index + 1),
    }
}

#[cfg(test)]
mod tests {
    use ndarray::{Array3, s};

    use super::*;

    /// What a chunk takes: pixels in staging and on the device; bits, starts, readback; tables, summary and its readback.
    fn bytes(chunk: &Chunk) -> u64 {
        let pixels = chunk.windows.iter().map(|window| window.bytes).max().unwrap_or(0);
        let stripes = chunk.windows.iter().map(|window| window.stripes.len()).max().unwrap_or(0);
        let tables = (stripes + chunk.placed.len()) * size_of::<Stripe>();
        2 * pixels + 12 * u64::from(chunk.words) + tables as u64 + 8 * chunk.placed.len() as u64
    }

    #[test]
    fn chunks_keep_to_the_memory_and_hold_every_mask_once() {
        let wide = Array3::<u16>::zeros((3, 200, 300));
        for shape in [(5000, 1, 1), (40, 1, 700), (40, 700, 1), (7, 200, 300), (100, 28, 28), (2, 0, 9), (1, 2, 60_000)]
        {
            let stack = Array3::<u8>::zeros(shape);
            let all = [Masks::binary(&stack), Masks::binary(wide.slice(s![.., .., ..;2]))];
            for masks in all.map(|masks| masks.expect("small")) {
                for order in [Order::RowMajor, Order::ColumnMajor] {
                    let limits = Limits { binding: 1 << 20, memory: 50_000 };
                    let mut next = 0;
                    for task in plan(&masks, order, limits) {
                        let range = match &task {
                            Task::Gpu(chunk) => chunk.masks.clone(),
                            Task::Cpu(range) => range.clone(),
                        };
                        assert_eq!(range.start, next);
                        next = range.end;
                        if let Task::Gpu(chunk) = task {
                            assert!(bytes(&chunk) <= limits.memory, "{shape:?}: {} bytes", bytes(&chunk));
                        }
                    }
                    assert_eq!(next, masks.len());
                }
            }
        }
    }
}
