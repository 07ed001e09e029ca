//! Stacks whose masks lie pixel by pixel beside each other in memory, such as `[height, width, n]`
//! arrays: gathering the pixels of one mask would read them all. The pixels of all masks are read
//! once, and their bits are separated.
//!
//! Invariant: each word is of one mask; the words of a line of pixels of all masks lie together, so
//! that one read writes to few cache lines.

use std::ops::Range;

use fearless_simd::{Level, Simd, dispatch};

use crate::cpu::read::{ForegroundSource, LINE, PixelRows, WordRows, bits_from, bits_of_pair};
#[cfg(feature = "rayon")]
use crate::parallel::{PIXELS_PER_TASK, queue};
use crate::pixel::Scan;
use crate::simd::{rows_by_eight, transpose};

/// Least pixels of a mask that is read this way: its bits are padded to lines of 512, and so take
/// at most two bits a pixel.
pub(crate) const LEAST_PIXELS: u64 = 64 * LINE as u64;

/// The foreground bits of all pixels of a stack; each mask's last line is padded.
pub(crate) struct InterleavedBits {
    /// The first [`LINE`] of words (512 pixels) of each mask, then the second of each, and so on.
    words: Vec<u64>,
    masks: usize,
    /// Rows and columns of memory that each mask has.
    size: [usize; 2],
    pub(crate) scan: Scan,
}

impl InterleavedBits {
    /// Reads the masks, whose pixels are the one row of `source`.
    pub(crate) fn read(
        level: Level,
        source: &dyn ForegroundSource,
        size: [usize; 2],
        scan: Scan,
        parallel: bool,
    ) -> Self {
        let pixels = size[0] * size[1];
        let masks = source.width() / pixels;
        let block = LINE * masks;
        let mut words = vec![0; pixels.div_ceil(64 * LINE) * block];
        let read = |first: usize, words: &mut [u64]| {
            let mut flat = Vec::new();
            for (index, block) in words.chunks_exact_mut(block).enumerate() {
                let first = (first + index) * LINE * 64;
                for (word, first) in (first..pixels.min(first + LINE * 64))
                    .step_by(64)
                    .enumerate()
                {
                    let columns = first * masks..pixels.min(first + 64) * masks;
                    // One word more, so that two can be read from any bit on.
                    flat.resize(masks + 1, 0);
                    let out = &mut WordRows::new(&mut flat, 1);
                    source.read_foreground_bits(0..1, columns.clone(), out);
                    let count = columns.len() / masks;
                    let words = &mut block[word..];
                    dispatch!(level, simd => separate_masks(simd, &flat, count, masks, words));
                }
            }
        };
        match parallel {
            #[cfg(feature = "rayon")]
            true => {
                let blocks = (PIXELS_PER_TASK as usize).div_ceil(64 * block);
                let tasks = words.chunks_mut(blocks * block).enumerate().collect();
                queue::each_of(tasks, |(task, words)| read(task * blocks, words));
            }
            _ => read(0, &mut words),
        }
        InterleavedBits {
            words,
            masks,
            size,
            scan,
        }
    }

    /// A mask's bits.
    pub(crate) fn mask(&self, index: usize) -> impl ForegroundSource + '_ {
        let size = if self.scan == Scan::Along {
            [1, self.size[0] * self.size[1]]
        } else {
            self.size
        };
        MaskBits {
            bits: self,
            index,
            size,
        }
    }
}

/// Separates `count` pixels of all masks, bits one after the other in `flat`, into a word for each
/// mask, which goes to every [`LINE`]th of `words`.
#[inline(always)]
fn separate_masks<S: Simd>(simd: S, flat: &[u64], count: usize, masks: usize, words: &mut [u64]) {
    for first in (0..masks).step_by(64) {
        let width = 64.min(masks - first);
        let mut rows = [0; 64];
        for (pixel, row) in rows[..count].iter_mut().enumerate() {
            *row = bits_from(flat, pixel * masks + first, width);
        }
        let mut columns = [0; 64];
        transpose(rows_by_eight(simd, &rows), &mut columns);
        for (word, column) in words[first * LINE..]
            .iter_mut()
            .step_by(LINE)
            .zip(&columns[..width])
        {
            *word = *column;
        }
    }
}

struct MaskBits<'b> {
    bits: &'b InterleavedBits,
    index: usize,
    size: [usize; 2],
}

impl MaskBits<'_> {
    /// Word `index` of the mask; 0 beyond its last.
    fn word(&self, index: usize) -> u64 {
        let InterleavedBits { words, masks, .. } = self.bits;
        words
            .get((index / LINE * masks + self.index) * LINE + index % LINE)
            .copied()
            .unwrap_or(0)
    }
}

impl PixelRows for MaskBits<'_> {
    fn height(&self) -> usize {
        self.size[0]
    }

    fn width(&self) -> usize {
        self.size[1]
    }

    fn row_bytes(&self) -> usize {
        self.size[1].div_ceil(8)
    }
}

impl ForegroundSource for MaskBits<'_> {
    fn read_foreground_bits(
        &self,
        rows: Range<usize>,
        columns: Range<usize>,
        words: &mut WordRows<'_>,
    ) {
        for (index, row) in rows.enumerate() {
            let words = &mut words.words[index * words.stride..];
            for (word, first) in columns.clone().step_by(64).enumerate() {
                let at = row * self.size[1] + first;
                let pair = [self.word(at / 64), self.word(at / 64 + 1)];
                words[word] = bits_of_pair(pair, at % 64, 64.min(columns.end - first));
            }
        }
    }
}
