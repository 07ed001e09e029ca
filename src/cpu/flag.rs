//! Pixels to boundary bits.

use fearless_simd::{Level, Simd, dispatch};

use super::rule::Rule;
use super::transpose::transpose;
use crate::boundary::BitLines;
use crate::element::Bits;
use crate::plane::{Plane, Scan};

/// Memory that a thread keeps from mask to mask.
#[derive(Default)]
pub(super) struct Scratch {
    /// The boundary bits of a mask.
    pub(super) words: Vec<u64>,
}

/// Writes the boundary bits of a plane into `scratch.words` and says how they lie.
pub(super) fn flag<P: Plane>(
    level: Level,
    plane: &P,
    scan: Scan,
    rule: impl Rule<P::Bits>,
    scratch: &mut Scratch,
) -> BitLines {
    let (height, width) = (plane.height(), plane.width());
    scratch.words.clear();
    let bit_lines = match scan {
        Scan::Along => BitLines { lines: 1, length: height * width },
        Scan::Across => BitLines { lines: width, length: height },
    };
    if height == 0 || width == 0 {
        return bit_lines;
    }
    scratch.words.resize(bit_lines.words::<u64>(), 0);
    match scan {
        Scan::Along => dispatch!(level, simd => flag_along(simd, plane, rule, &mut scratch.words)),
        Scan::Across => dispatch!(level, simd => flag_across(simd, plane, rule, &mut scratch.words)),
    }
    scratch.words[0] |= 1;
    bit_lines
}

/// Row after row; a row need not end at a word.
#[inline(always)]
fn flag_along<S: Simd, P: Plane>(simd: S, plane: &P, rule: impl Rule<P::Bits>, words: &mut [u64]) {
    let mut gathered = Vec::new();
    let mut last = P::Bits::default();
    let mut position = 0;
    for row in 0..plane.height() {
        let pixels = plane.rows(row..row + 1, &mut gathered)[0];
        or_bits(words, position, differ(simd, rule, &pixels[..1], &[last]), 1);
        position += 1;
        for start in (1..pixels.len()).step_by(64) {
            let end = pixels.len().min(start + 64);
            let bits = differ(simd, rule, &pixels[start..end], &pixels[start - 1..end - 1]);
            or_bits(words, position, bits, end - start);
            position += end - start;
        }
        last = pixels[pixels.len() - 1];
    }
}

/// Bands of 64 rows, in tiles of 64 columns that are transposed where they hold a boundary.
#[inline(always)]
fn flag_across<S: Simd, P: Plane>(simd: S, plane: &P, rule: impl Rule<P::Bits>, words: &mut [u64]) {
    let (height, width) = (plane.height(), plane.width());
    let words_per_column = height.div_ceil(64);
    let mut gathered = Vec::new();
    // The column before the first pixel of each: the last row, moved on by a column.
    let mut above_first = vec![P::Bits::default(); width];
    above_first[1..].copy_from_slice(&plane.rows(height - 1..height, &mut gathered)[0][..width - 1]);
    for band in 0..words_per_column {
        let first = band * 64;
        let rows = plane.rows(first.saturating_sub(1)..height.min(first + 64), &mut gathered);
        let (above, rows) = if first == 0 { (&above_first[..], &rows[..]) } else { (rows[0], &rows[1..]) };
        for x in (0..width).step_by(64) {
            let columns = x..width.min(x + 64);
            let mut tile = [0u64; 64];
            let mut above = above;
            for (bits, &row) in tile.iter_mut().zip(rows) {
                *bits = differ(simd, rule, &row[columns.clone()], &above[columns.clone()]);
                above = row;
            }
            if tile.iter().all(|&bits| bits == 0) {
                continue;
            }
            transpose(&mut tile);
            for (column, bits) in columns.zip(tile) {
                words[column * words_per_column + band] = bits;
            }
        }
    }
}

/// Which of up to 64 pixels differ from their predecessors.
#[inline(always)]
fn differ<S: Simd, B: Bits>(simd: S, rule: impl Rule<B>, pixels: &[B], previous: &[B]) -> u64 {
    match (pixels.try_into(), previous.try_into()) {
        (Ok(pixels), Ok(previous)) => rule.differ(simd, pixels, previous),
        _ => {
            let padded = |part: &[B]| {
                let mut all = [B::default(); 64];
                all[..part.len()].copy_from_slice(part);
                all
            };
            rule.differ(simd, &padded(pixels), &padded(previous))
        }
    }
}

/// Sets `length` bits from `position` on, which are all zero before.
#[inline(always)]
fn or_bits(words: &mut [u64], position: usize, bits: u64, length: usize) {
    let (word, shift) = (position / 64, position % 64);
    words[word] |= bits << shift;
    if shift + length > 64 {
        words[word + 1] |= bits >> (64 - shift);
    }
}
