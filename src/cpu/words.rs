//! Rows of pixels to words of 64 bits: the only code that is compiled for each SIMD level, pixel width and question.

use fearless_simd::{Level, Simd, dispatch};

use super::rule::{Above, Lanes, NonZero, Rule, Value};
use super::transpose::Tile;
use crate::question::Question;

/// Whether words hold the pixels' answers, so that the boundaries are where neighbouring bits differ. If not, as for
/// labels, they hold the boundaries themselves.
pub(super) fn are_answers(question: Question) -> bool {
    question != Question::Labels
}

/// The words of a row after another, from its first pixel on; bits beyond the last pixel are 0.
pub(super) fn of_row<B: Lanes>(level: Level, question: Question, row: &[B], above: &[B], words: &mut Vec<u64>) {
    words.clear();
    words.resize(row.len().div_ceil(64), 0);
    match question {
        Question::Binary => dispatch!(level, simd => read_row(simd, NonZero, row, above, words)),
        Question::Above(threshold) => dispatch!(level, simd => read_row(simd, Above(threshold), row, above, words)),
        Question::Labels => dispatch!(level, simd => read_row(simd, Value, row, above, words)),
    }
}

/// The words of a band of up to 64 rows, and the row above it.
pub(super) fn of_band<B: Lanes>(level: Level, question: Question, rows: &[&[B]], above: &[B], band: &mut [Tile]) {
    match question {
        Question::Binary => dispatch!(level, simd => read_band(simd, NonZero, rows, above, band)),
        Question::Above(threshold) => dispatch!(level, simd => read_band(simd, Above(threshold), rows, above, band)),
        Question::Labels => dispatch!(level, simd => read_band(simd, Value, rows, above, band)),
    }
}

#[inline(always)]
fn read_row<S: Simd, B: Lanes>(simd: S, rule: impl Rule<B>, row: &[B], above: &[B], words: &mut [u64]) {
    let chunks = row.as_chunks().0.iter().zip(above.as_chunks().0);
    for (word, (pixels, above)) in words.iter_mut().zip(chunks) {
        *word = rule.word(simd, pixels, above);
    }
    if let Some(word) = words.get_mut(row.len() / 64) {
        *word = last_word(simd, rule, row, above);
    }
}

/// Rows that are eight apart are read together, each a stream of its own.
#[inline(always)]
fn read_band<S: Simd, B: Lanes, R: Rule<B>>(simd: S, rule: R, rows: &[&[B]], above: &[B], band: &mut [Tile]) {
    let whole = above.len() / 64;
    if R::ANSWERS && rows.len() == 64 {
        for phase in 0..8 {
            read_eight(simd, rule, std::array::from_fn(|step| rows[phase + 8 * step]), &mut band[..whole], phase);
        }
    } else {
        for (index, row) in rows.iter().enumerate() {
            let above = if index == 0 { above } else { rows[index - 1] };
            let chunks = row.as_chunks().0.iter().zip(above.as_chunks().0);
            for (words, (pixels, above)) in band.iter_mut().zip(chunks) {
                words[index % 8][index / 8] = rule.word(simd, pixels, above);
            }
        }
    }
    if let Some(words) = band.get_mut(whole) {
        for (index, row) in rows.iter().enumerate() {
            let above = if index == 0 { above } else { rows[index - 1] };
            words[index % 8][index / 8] = last_word(simd, rule, row, above);
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

/// The word of the last pixels of a row, which are fewer than 64.
#[inline(always)]
fn last_word<S: Simd, B: Lanes, R: Rule<B>>(simd: S, rule: R, row: &[B], above: &[B]) -> u64 {
    let count = row.len() % 64;
    // The row's last 64 pixels, where it has so many: cheaper than to copy what is left.
    if let (Some(row), Some(above)) = (row.last_chunk(), above.last_chunk()) {
        return rule.word(simd, row, above) >> (64 - count);
    }
    let (mut pixels, mut before) = ([B::default(); 64], [B::default(); 64]);
    pixels[..count].copy_from_slice(row);
    if !R::ANSWERS {
        before[..count].copy_from_slice(above);
    }
    rule.word(simd, &pixels, &before) & ((1 << count) - 1)
}
