//! Boundaries of a scan across the rows of memory: the pixels are read by rows, and only their bits are turned.
//!
//! Bands of 64 rows are read as eight streams of rows eight apart, since that is how memory gives most. A word holds 64
//! pixels of a row; 64 words make a tile. Tiles without a boundary, which are most, are skipped; the others are
//! transposed and kept until the columns can be walked from top to bottom.

use fearless_simd::Simd;

use super::rule::Rule;
use super::sink::{Destination, Sink};
use super::transpose::{Tile, transpose};
use super::{Lanes, window};
use crate::plane::Plane;

/// Memory kept from mask to mask. The tiles of a mask of noise are an eighth of its bytes, of other masks far less.
#[derive(Default)]
pub(super) struct Tiles {
    /// A band's words.
    band: Vec<Tile>,
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
    sink: &mut Sink<'_, impl Destination>,
) {
    let (height, width) = (plane.height(), plane.width());
    let (bands, across) = (height.div_ceil(64), width.div_ceil(64));
    tiles.kept.clear();
    tiles.index.clear();
    tiles.index.resize(bands * across, 0);
    tiles.band.resize(across, [[0; 8]; 8]);
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

/// The words of a band of up to 64 rows. Rows that are eight apart are read together, each a stream of its own.
#[inline(always)]
fn read_band<S: Simd, B: Lanes, R: Rule<B>>(simd: S, rule: R, rows: &[&[B]], above: &[B], band: &mut [Tile]) {
    let whole = above.len() / 64;
    for phase in 0..8 {
        if R::ANSWERS && rows.len() == 64 {
            read_eight(simd, rule, std::array::from_fn(|step| rows[phase + 8 * step]), &mut band[..whole], phase);
        } else {
            for (step, row) in (phase..rows.len()).step_by(8).enumerate() {
                let above = if row == 0 { above } else { rows[row - 1] };
                let chunks = rows[row].as_chunks().0.iter().zip(above.as_chunks().0);
                for (words, (pixels, above)) in band.iter_mut().zip(chunks) {
                    words[phase][step] = rule.word(simd, pixels, above);
                }
            }
        }
    }
    if let Some(words) = band.get_mut(whole) {
        for row in 0..rows.len() {
            let above = if row == 0 { above } else { rows[row - 1] };
            words[row % 8][row / 8] = word_at(simd, rule, rows[row], above, whole * 64);
        }
    }
}

/// The answers of eight rows. The rows are variables of one length, not an array: only then does the compiler see that no
/// bound needs checking, which doubles the speed.
#[inline(always)]
fn read_eight<S: Simd, B: Lanes>(simd: S, rule: impl Rule<B>, rows: [&[B]; 8], band: &mut [Tile], phase: usize) {
    let [a, b, c, d, e, f, g, h] = rows;
    let whole = band.len();
    let (a, b, c, d) = (chunks(a, whole), chunks(b, whole), chunks(c, whole), chunks(d, whole));
    let (e, f, g, h) = (chunks(e, whole), chunks(f, whole), chunks(g, whole), chunks(h, whole));
    for tile in 0..whole {
        band[tile][phase] = [
            rule.word(simd, &a[tile], &a[tile]),
            rule.word(simd, &b[tile], &b[tile]),
            rule.word(simd, &c[tile], &c[tile]),
            rule.word(simd, &d[tile], &d[tile]),
            rule.word(simd, &e[tile], &e[tile]),
            rule.word(simd, &f[tile], &f[tile]),
            rule.word(simd, &g[tile], &g[tile]),
            rule.word(simd, &h[tile], &h[tile]),
        ];
    }
}

#[inline(always)]
fn chunks<B>(row: &[B], whole: usize) -> &[[B; 64]] {
    &row.as_chunks().0[..whole]
}

/// The word of the pixels from `x` on; bits beyond the row are 0.
#[inline(always)]
fn word_at<S: Simd, B: Lanes>(simd: S, rule: impl Rule<B>, row: &[B], above: &[B], x: usize) -> u64 {
    let count = row.len() - x;
    if count >= 64 {
        return rule.word(simd, &window(row, x), &window(above, x));
    }
    // The row's last 64 pixels, where it has so many: cheaper than to copy what is left.
    match (row.last_chunk(), above.last_chunk()) {
        (Some(row), Some(above)) => rule.word(simd, row, above) >> (64 - count),
        _ => rule.word(simd, &window(row, x), &window(above, x)) & ((1 << count) - 1),
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
        for (across, words) in self.band.iter().enumerate() {
            let mut bits = *words;
            if R::ANSWERS {
                let above = &mut self.above[across];
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
            if rows < 64 {
                for row in rows..64 {
                    bits[row % 8][row / 8] = 0;
                }
            }
            if bits.iter().flatten().fold(0, |any, bits| any | bits) != 0 {
                self.kept.push(transpose(bits));
                self.index[across * bands + band] = self.kept.len() as u32;
            }
        }
    }

    /// Tells the boundaries column by column.
    #[inline(always)]
    fn walk(&self, height: usize, width: usize, bands: usize, sink: &mut Sink<'_, impl Destination>) {
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
