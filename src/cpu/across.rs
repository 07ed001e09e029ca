//! Boundaries of a scan across the rows of memory: the pixels are read by rows, and only their bits are turned.
//!
//! Bands of 64 rows are read as eight streams of rows eight apart, since that is how memory gives most. A word holds 64
//! pixels of a row; 64 words make a tile. Tiles without a boundary, which are most, are skipped; the others are
//! transposed and kept until the columns can be walked from top to bottom. The bands of a large mask are read in parallel.

use std::ops::Range;

use fearless_simd::{Level, dispatch};

use super::sink::Sink;
use super::transpose::{Tile, transpose};
use super::words;
use crate::plane::Plane;
use crate::question::Question;

/// Memory kept from mask to mask.
#[derive(Default)]
pub(super) struct Scratch {
    /// A band's words.
    band: Vec<Tile>,
    stretches: Vec<Stretch>,
}

/// Some bands of a mask: at most an eighth of a byte a pixel where every tile of many bands holds a boundary, and far less for
/// other masks.
#[derive(Default)]
struct Stretch {
    /// Which bands.
    bands: Range<usize>,
    /// For each tile of a band, the answers of the row above it; empty where words are no answers.
    above: Vec<u64>,
    /// Tiles that hold a boundary: a word for each column.
    kept: Vec<[u64; 64]>,
    /// For each column of tiles, from the top: 0, or one more than the index of the kept tile.
    index: Vec<u32>,
}

/// Columns of a mask of one band that are walked before the next are read: a tile has 64 rows, whatever the mask has, so
/// that all the tiles of a wide mask of few rows would take more than its pixels.
const STRIP: usize = 1 << 12;
/// Pixels that make a stretch of bands worth a task of its own.
const STRETCH: usize = 1 << 22;

/// Tells `sink` every boundary but the one at the first pixel.
pub(super) fn flag<P: Plane>(level: Level, question: Question, plane: &P, scratch: &mut Scratch, sink: &mut Sink<'_>) {
    let (height, width) = (plane.height(), plane.width());
    let strip = if height <= 64 { STRIP } else { width };
    let (mut gathered, mut above_first) = (Vec::new(), Vec::new());
    for left in (0..width).step_by(strip) {
        let columns = left..width.min(left + strip);
        // The pixel before the first of a column is the last of the column before. That of the very first is itself.
        above_first.clear();
        if left == 0 {
            above_first.push(plane.rows(0..1, 0..1, &mut gathered)[0][0]);
        }
        let before = left.saturating_sub(1)..columns.end - 1;
        above_first.extend_from_slice(plane.rows(height - 1..height, before, &mut gathered)[0]);

        scratch.divide(height, columns.len());
        let read = |band: &mut Vec<Tile>, stretch: &mut Stretch| {
            stretch.read(level, question, plane, columns.clone(), &above_first, band);
        };
        match &mut scratch.stretches[..] {
            #[cfg(feature = "rayon")]
            several @ [_, _, ..] => {
                use rayon::prelude::*;
                several.par_iter_mut().for_each_init(Vec::new, read);
            }
            all => all.iter_mut().for_each(|stretch| read(&mut scratch.band, stretch)),
        }
        dispatch!(level, _simd => scratch.walk(height, columns, sink));
    }
}

impl Scratch {
    /// A stretch for every so many bands, the last one shorter.
    fn divide(&mut self, height: usize, width: usize) {
        let bands = height.div_ceil(64);
        let each = STRETCH.div_ceil(64 * width).min(bands);
        self.stretches.resize_with(bands.div_ceil(each), Stretch::default);
        for (number, stretch) in self.stretches.iter_mut().enumerate() {
            stretch.bands = number * each..bands.min((number + 1) * each);
        }
    }

    /// Tells the boundaries column by column.
    #[inline(always)]
    fn walk(&self, height: usize, columns: Range<usize>, sink: &mut Sink<'_>) {
        let mut column_tiles: Vec<(u32, &[u64; 64])> = Vec::with_capacity(height.div_ceil(64));
        for across in 0..columns.len().div_ceil(64) {
            column_tiles.clear();
            for stretch in &self.stretches {
                let bands = stretch.bands.len();
                for (band, &index) in stretch.bands.clone().zip(&stretch.index[across * bands..][..bands]) {
                    if index != 0 {
                        column_tiles.push((64 * band as u32, &stretch.kept[index as usize - 1]));
                    }
                }
            }
            if column_tiles.is_empty() {
                continue;
            }
            for column in 0..64.min(columns.len() - across * 64) {
                let top = ((columns.start + across * 64 + column) * height) as u32;
                for (row, words) in &column_tiles {
                    sink.word(top + row, words[column]);
                }
            }
        }
    }
}

impl Stretch {
    /// Reads its bands, and keeps their tiles that hold a boundary. `above_first` is what comes before the first pixel of each
    /// column.
    fn read<P: Plane>(
        &mut self,
        level: Level,
        question: Question,
        plane: &P,
        columns: Range<usize>,
        above_first: &[P::Bits],
        band_words: &mut Vec<Tile>,
    ) {
        self.kept.clear();
        self.index.clear();
        self.index.resize(self.bands.len() * columns.len().div_ceil(64), 0);
        band_words.resize(columns.len().div_ceil(64), [[0; 8]; 8]);
        self.above.clear();
        let mut gathered = Vec::new();
        for band in self.bands.clone() {
            let first = band * 64;
            let end = plane.height().min(first + 64);
            let rows = plane.rows(first.saturating_sub(1)..end, columns.clone(), &mut gathered);
            let (above, rows) = if first == 0 { (above_first, &rows[..]) } else { (rows[0], &rows[1..]) };
            if band == self.bands.start && words::are_answers(question) {
                words::of_row(level, question, above, above, &mut self.above);
            }
            words::of_band(level, question, rows, above, band_words);
            dispatch!(level, _simd => self.keep(rows.len(), band, band_words));
        }
    }

    /// Keeps the tiles of band `band`, which has `rows` rows, that hold a boundary.
    #[inline(always)]
    fn keep(&mut self, rows: usize, band: usize, band_words: &[Tile]) {
        for (across, words) in band_words.iter().enumerate() {
            let mut bits = *words;
            if let Some(above) = self.above.get_mut(across) {
                bits[0][0] ^= *above;
                for step in 1..8 {
                    bits[0][step] ^= words[7][step - 1];
                }
                for phase in 1..8 {
                    for step in 0..8 {
                        bits[phase][step] ^= words[phase - 1][step];
                    }
                }
                *above = words[(rows - 1) % 8][(rows - 1) / 8];
            }
            for row in rows..64 {
                bits[row % 8][row / 8] = 0;
            }
            if bits.as_flattened().iter().fold(0, |any, bits| any | bits) != 0 {
                self.kept.push(transpose(bits));
                self.index[across * self.bands.len() + band - self.bands.start] = self.kept.len() as u32;
            }
        }
    }
}
