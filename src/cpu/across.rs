//! Boundaries of a scan across the rows of memory: the pixels are read by rows, and only their bits are turned.
//!
//! Bands of 64 rows are read as eight streams of rows eight apart, since that is how memory gives most. A word holds 64
//! pixels of a row; 64 words make a tile. Tiles without a boundary, which are most, are skipped; the others are
//! transposed and kept until the columns can be walked from top to bottom.

use fearless_simd::Simd;

use super::rule::Rule;
use super::sink::Sink;
use super::transpose::transpose;
use super::{Lanes, window};
use crate::plane::Plane;

/// Memory kept from mask to mask. The tiles of a mask of noise are an eighth of its bytes, of other masks far less.
#[derive(Default)]
pub(super) struct Tiles {
    /// A band's words: those of each tile's rows together.
    band: Vec<u64>,
    /// For each tile of a band, the answers of the row above it.
    above: Vec<u64>,
    /// Tiles that hold a boundary: a word for each column.
    kept: Vec<[u64; 64]>,
    /// For each column of tiles, from the top: 0, or one more than the index of the kept tile.
    index: Vec<u32>,
}

/// Tells `sink` every boundary but the one at the first pixel.
#[inline(always)]
pub(super) fn flag<S: Simd, P: Plane>(
    simd: S,
    plane: &P,
    rule: impl Rule<P::Bits>,
    tiles: &mut Tiles,
    sink: &mut impl Sink,
) {
    let (height, width) = (plane.height(), plane.width());
    let (bands, across) = (height.div_ceil(64), width.div_ceil(64));
    tiles.kept.clear();
    tiles.index.clear();
    tiles.index.resize(bands * across, 0);
    tiles.band.resize(across * 64, 0);
    let mut gathered = Vec::new();
    // The pixel before the first of a column is the last of the column before. That of the very first is itself.
    let mut above_first = vec![P::Bits::default(); width];
    above_first[1..].copy_from_slice(&plane.rows(height - 1..height, &mut gathered)[0][..width - 1]);
    above_first[0] = plane.rows(0..1, &mut gathered)[0][0];
    tiles.set_above(simd, rule, &above_first);
    for band in 0..bands {
        let first = band * 64;
        let rows = plane.rows(first.saturating_sub(1)..height.min(first + 64), &mut gathered);
        let (above, rows) = if first == 0 { (&above_first[..], &rows[..]) } else { (rows[0], &rows[1..]) };
        read_band(simd, rule, rows, above, &mut tiles.band);
        tiles.keep_band(rule, rows.len(), band, bands);
    }
    tiles.walk(height, width, bands, sink);
}

/// The words of a band of up to 64 rows, a tile's 64 together.
#[inline(always)]
fn read_band<S: Simd, B: Lanes>(simd: S, rule: impl Rule<B>, rows: &[&[B]], above: &[B], band: &mut [u64]) {
    for phase in 0..8 {
        for (tile, words) in band.chunks_exact_mut(64).enumerate() {
            let mut row = phase;
            while row < rows.len() {
                let before = if row == 0 { above } else { rows[row - 1] };
                words[row] = word_at(simd, rule, rows[row], before, tile * 64);
                row += 8;
            }
        }
    }
}

/// The word of the pixels from `x` on; bits beyond the row are 0.
#[inline(always)]
fn word_at<S: Simd, B: Lanes>(simd: S, rule: impl Rule<B>, row: &[B], before: &[B], x: usize) -> u64 {
    match (row[x..].first_chunk(), before[x..].first_chunk()) {
        (Some(row), Some(before)) => rule.word(simd, row, before),
        _ => rule.word(simd, &window(row, x), &window(before, x)) & ((1 << (row.len() - x)) - 1),
    }
}

impl Tiles {
    #[inline(always)]
    fn set_above<S: Simd, B: Lanes, R: Rule<B>>(&mut self, simd: S, rule: R, row: &[B]) {
        self.above.clear();
        if R::ANSWERS {
            for x in (0..row.len()).step_by(64) {
                self.above.push(word_at(simd, rule, row, row, x));
            }
        }
    }

    /// Keeps the tiles of a band of `rows` rows that hold a boundary.
    #[inline(always)]
    fn keep_band<B, R: Rule<B>>(&mut self, _rule: R, rows: usize, band: usize, bands: usize) {
        for (across, words) in self.band.chunks_exact(64).enumerate() {
            let words: &[u64; 64] = words.try_into().expect("chunks of 64");
            let mut bits = *words;
            if R::ANSWERS {
                bits[0] ^= self.above[across];
                for row in 1..64 {
                    bits[row] ^= words[row - 1];
                }
                self.above[across] = words[rows - 1];
            }
            bits[rows..].fill(0);
            if bits.iter().fold(0, |any, bits| any | bits) != 0 {
                transpose(&mut bits);
                self.kept.push(bits);
                self.index[across * bands + band] = self.kept.len() as u32;
            }
        }
    }

    /// Tells the boundaries column by column.
    #[inline(always)]
    fn walk(&self, height: usize, width: usize, bands: usize, sink: &mut impl Sink) {
        let mut column_tiles: Vec<(u32, &[u64; 64])> = Vec::with_capacity(bands);
        for (across, index) in self.index.chunks_exact(bands).enumerate() {
            column_tiles.clear();
            let kept = index.iter().enumerate().filter(|&(_, &index)| index != 0);
            column_tiles.extend(kept.map(|(band, &index)| (64 * band as u32, &self.kept[index as usize - 1])));
            if column_tiles.is_empty() {
                continue;
            }
            for column in 0..64.min(width - across * 64) {
                let top = ((across * 64 + column) * height) as u32;
                for (row, words) in &column_tiles {
                    sink.word(top + row, words[column]);
                }
            }
        }
    }
}
