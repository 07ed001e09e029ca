//! Boundaries of masks of few pixels that follow one another in memory: the fixed cost of a mask would be most of its cost.
//!
//! The pixels of many masks are read as one row. Where the scan goes across the rows of memory, two masks make a tile: their
//! rows are cut out of the words and turned, and the columns are joined to the words of a scan.

use fearless_simd::{Level, Simd, dispatch};

use super::sink::Sink;
use super::source::Source;
use super::transpose::{transpose_pair, vectors};
use super::words::{Grid, cut, moved};
use crate::plane::Scan;
use crate::question::Question;

/// The most rows and columns of such a mask.
const SIDE: usize = 32;
/// Words that hold the most pixels of such a mask.
const WORDS: usize = SIDE * SIDE / 64;
/// Masks that are read at a time. Their pixels are a multiple of 64.
const GROUP: usize = 64;

/// The answers of a mask's pixels in scan order, the first the lowest bit; bits beyond the last are 0.
type Answers = [u64; WORDS];

/// Whether masks are few pixels, and words of them hold answers.
pub(super) fn are_tiny([height, width]: [u32; 2], question: Question) -> bool {
    let sides = 1..=SIDE as u32;
    sides.contains(&height) && sides.contains(&width) && question != Question::Labels
}

/// Tells `sink` the masks of `size` whose pixels are the one row of `source`, `memory` rows and columns each.
pub(super) fn flag(
    level: Level,
    source: &dyn Source,
    size: [u32; 2],
    memory: [usize; 2],
    scan: Scan,
    words: &mut Vec<u64>,
    sink: &mut Sink<'_>,
) {
    let pixels = memory[0] * memory[1];
    for left in (0..source.width()).step_by(GROUP * pixels) {
        let columns = left..source.width().min(left + GROUP * pixels);
        let count = columns.len() / pixels;
        // One more, so that a row's pixels always lie in two.
        words.resize(columns.len().div_ceil(64) + 1, 0);
        source.read(0..1, columns, &mut Grid { words, row: 1 });
        dispatch!(level, simd => {
            for first in (0..count).step_by(2) {
                let at = [first * pixels, (first + 1) * pixels];
                let [left, right] = match scan {
                    Scan::Along => [along(words, at[0], pixels), along(words, at[1], pixels)],
                    Scan::Across => across(simd, words, at, memory),
                };
                tell(simd, &left, size, sink);
                if first + 1 < count {
                    tell(simd, &right, size, sink);
                }
            }
        });
    }
}

#[inline(always)]
fn along(words: &[u64], at: usize, pixels: usize) -> Answers {
    let mut answers = [0; WORDS];
    for (index, word) in answers[..pixels.div_ceil(64)].iter_mut().enumerate() {
        *word = cut(words, at + 64 * index, 64.min(pixels - 64 * index));
    }
    answers
}

/// Two masks whose pixels begin at bits `at`.
#[inline(always)]
fn across<S: Simd>(simd: S, words: &[u64], at: [usize; 2], [height, width]: [usize; 2]) -> [Answers; 2] {
    let mut rows = [0; SIDE];
    // Two rows are at most 64 bits.
    for (pair, both) in rows.chunks_exact_mut(2).take(height.div_ceil(2)).enumerate() {
        let count = width * 2.min(height - 2 * pair);
        let left = cut(words, at[0] + 2 * pair * width, count);
        let right = cut(words, at[1] + 2 * pair * width, count);
        let first = u64::MAX >> (64 - width);
        both[0] = left & first | (right & first) << SIDE;
        both[1] = left >> width | right >> width << SIDE;
    }
    let columns = transpose_pair(vectors(simd, &rows));
    [join(&columns, 0, [height, width]), join(&columns, SIDE, [height, width])]
}

/// Puts the columns one after the other, which are `height` bits of words, the lowest bit `shift`.
#[inline(always)]
fn join(columns: &[u64; SIDE], shift: usize, [height, width]: [usize; 2]) -> Answers {
    let mut answers = [0; WORDS];
    let (mut at, mut filled, mut word) = (0, 0, 0);
    // Two columns are at most 64 bits. After the last one there is nothing.
    for pair in columns.chunks_exact(2).take(width.div_ceil(2)) {
        let both = u64::from((pair[0] >> shift) as u32) | u64::from((pair[1] >> shift) as u32) << height;
        word |= both << filled;
        filled += 2 * height;
        if filled >= 64 {
            answers[at] = word;
            at += 1;
            filled -= 64;
            // What is left of both: nothing of 64 bits is a shift by 64.
            word = both >> 1 >> (2 * height - 1 - filled);
        }
    }
    if filled > 0 {
        answers[at] = word;
    }
    answers
}

/// Tells a mask.
#[inline(always)]
fn tell<S: Simd>(simd: S, answers: &Answers, size: [u32; 2], sink: &mut Sink<'_>) {
    let pixels = (size[0] * size[1]) as usize;
    let last = (pixels - 1) / 64;
    let mut before = answers[0] & 1;
    sink.begin(size, before == 1);
    let mut boundaries = [0; WORDS];
    for (boundaries, &word) in boundaries.iter_mut().zip(answers) {
        *boundaries = word ^ moved(word, &mut before);
    }
    // A foreground that goes on to the last pixel ends in no boundary.
    boundaries[last] &= u64::MAX >> (63 - (pixels - 1) % 64);
    sink.take_words(simd, 0, &boundaries[..last + 1]);
    sink.end();
}
