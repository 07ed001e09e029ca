//! Boundaries of a scan along the rows of memory: words of pixels in order, straight to the
//! emitter.
//!
//! Rows are read in pieces that stay in the L1 cache. The chunks of a large mask are read in
//! parallel, some at a time, so that few starts wait to be emitted in order.
//!
//! Rows of fewer pixels than a word are read many at a time and joined to one: read one by one, a
//! row of one pixel takes some 100 ns.
//!
//! Invariant: pieces begin at a multiple of 64 columns, and each knows the last pixel of the piece
//! before it.

use std::ops::Range;

use fearless_simd::Level;

use crate::cpu::emit::Emitter;
#[cfg(feature = "rayon")]
use crate::cpu::emit::{CollectedStarts, PendingStarts};
use crate::cpu::read::{ForegroundSource, Source, WordRows};
#[cfg(feature = "rayon")]
use crate::parallel::PIXELS_PER_CHUNK;

/// Pixels of a row that are read at a time, a multiple of 64.
pub(crate) const PIECE: usize = 1 << 15;
/// Rows of fewer than 64 pixels that are read at a time.
const NARROW_ROWS: usize = 512;
/// Chunks that are read before any is emitted: their starts are at most some MiB each.
#[cfg(feature = "rayon")]
pub(crate) const CHUNKS_PER_WAVE: usize = 16;

/// Emits every boundary but the one at the first pixel. A large mask is read on all threads where
/// `parallel`.
pub(crate) fn scan_along(
    level: Level,
    source: Source<'_>,
    parallel: bool,
    emitter: &mut Emitter<'_>,
) {
    let pieces = Pieces {
        source,
        a_row: source.width().div_ceil(PIECE),
    };
    let all = 0..source.height() * pieces.a_row;
    #[cfg(feature = "rayon")]
    if parallel && source.height() * source.width() > PIXELS_PER_CHUNK {
        return scan_chunks(level, &pieces, all, emitter);
    }
    #[cfg(not(feature = "rayon"))]
    let _ = (level, parallel);
    pieces.scan(all, emitter);
}

#[cfg(feature = "rayon")]
fn scan_chunks(level: Level, pieces: &Pieces<'_>, all: Range<usize>, emitter: &mut Emitter<'_>) {
    let pieces_a_chunk = PIXELS_PER_CHUNK.div_ceil(pieces.source.width().min(PIECE));
    let chunks: Vec<_> = all
        .clone()
        .step_by(pieces_a_chunk)
        .map(|first| first..all.end.min(first + pieces_a_chunk))
        .collect();
    for wave in chunks.chunks(CHUNKS_PER_WAVE) {
        let starts =
            crate::parallel::queue::each(wave.len(), PendingStarts::default, |pending, chunk| {
                let mut collected = CollectedStarts::default();
                let mut emitter = Emitter::new(level, pending, &mut collected);
                pieces.scan(wave[chunk].clone(), &mut emitter);
                emitter.flush();
                collected.starts.starts
            });
        starts.iter().for_each(|starts| emitter.emit_starts(starts));
    }
}

/// A mask as pieces of its rows.
struct Pieces<'s> {
    source: Source<'s>,
    a_row: usize,
}

impl Pieces<'_> {
    /// The row and the columns of a piece.
    fn locate(&self, piece: usize) -> (usize, Range<usize>) {
        let left = piece % self.a_row * PIECE;
        (
            piece / self.a_row,
            left..self.source.width().min(left + PIECE),
        )
    }

    /// Emits the boundaries in these pieces.
    fn scan(&self, pieces: Range<usize>, emitter: &mut Emitter<'_>) {
        if let Source::Foreground(source) = self.source
            && source.width() < 64
        {
            // A piece is a row.
            return scan_narrow(source, pieces, emitter);
        }
        let mut words = WordsAlong::default();
        let mut last = match self.source {
            Source::Foreground(source) if pieces.start > 0 => {
                let (row, columns) = self.locate(pieces.start - 1);
                Some(last_pixel(source, row, columns.end))
            }
            _ => None,
        };
        for piece in pieces {
            let (row, columns) = self.locate(piece);
            let position = row * self.source.width() + columns.start;
            let pixels = words.begin(columns.len());
            let compared = match self.source {
                Source::Foreground(source) => {
                    // With its own stride a piece of whole words is read from four places in turn.
                    let out = &mut WordRows::new(pixels, columns.len().div_ceil(64));
                    source.read_foreground_bits(row..row + 1, columns.clone(), out);
                    last = Some(words.extend(columns.len(), last));
                    u64::MAX
                }
                Source::Labels(source) => {
                    source.read_boundaries_along(row, columns.clone(), pixels);
                    words.fill(columns.len(), 0);
                    0
                }
            };
            emitter.emit_words(position as u32, &words.0, compared);
        }
    }
}

/// Words of consecutive pixels: one before them, which boundary bits do not need, and theirs in
/// eights.
#[derive(Default)]
struct WordsAlong(Vec<u64>);

impl WordsAlong {
    /// The words of `count` pixels, to be written, and others up to the last of eight.
    fn begin(&mut self, count: usize) -> &mut [u64] {
        let words = count.div_ceil(64);
        self.0.resize(1 + words.next_multiple_of(8), 0);
        &mut self.0[1..]
    }

    /// Puts the pixel `before` in front of the foreground bits of `count` pixels; without one, the
    /// first is no boundary. Beyond the last pixel, all are as it is. Gives its bit.
    fn extend(&mut self, count: usize, before: Option<u64>) -> u64 {
        self.0[0] = before.unwrap_or(self.0[1] & 1) << 63;
        let last = self.0[count.div_ceil(64)] >> ((count - 1) % 64) & 1;
        self.fill(count, last.wrapping_neg());
        last
    }

    /// Sets the bits beyond the last pixel, which are 0 in its word, to `bits`, all or none.
    fn fill(&mut self, count: usize, bits: u64) {
        let (words, rest) = (count.div_ceil(64), count % 64);
        if rest > 0 {
            self.0[words] |= bits << rest;
        }
        self.0[1 + words..].fill(bits);
    }
}

/// Emits the boundaries in rows of fewer than 64 pixels.
fn scan_narrow(source: &dyn ForegroundSource, rows: Range<usize>, emitter: &mut Emitter<'_>) {
    let width = source.width();
    let (mut words, mut joined) = (Vec::new(), WordsAlong::default());
    let mut last = (rows.start > 0).then(|| last_pixel(source, rows.start - 1, width));
    for first in rows.clone().step_by(NARROW_ROWS) {
        let count = NARROW_ROWS.min(rows.end - first);
        words.resize(count, 0);
        let out = &mut WordRows::new(&mut words, 1);
        source.read_foreground_bits(first..first + count, 0..width, out);
        join(&words, width, joined.begin(count * width));
        last = Some(joined.extend(count * width, last));
        emitter.emit_words((first * width) as u32, &joined.0, u64::MAX);
    }
}

/// Joins rows of `width` bits, fewer than 64, each of which is a word of its own.
fn join(rows: &[u64], width: usize, joined: &mut [u64]) {
    let mut joined = joined.iter_mut();
    let (mut word, mut filled) = (0, 0);
    for row in rows {
        word |= row << filled;
        filled += width;
        if filled >= 64 {
            *joined.next().expect("a word for each 64 pixels") = word;
            filled -= 64;
            // The row's bits that were beyond the word.
            word = row >> (width - filled);
        }
    }
    if let Some(last) = joined.next() {
        *last = word;
    }
}

/// Foreground bit of the pixel before column `end` of a row, of which its word alone is read.
fn last_pixel(source: &dyn ForegroundSource, row: usize, end: usize) -> u64 {
    let mut word = [0];
    let columns = (end - 1) / 64 * 64..end;
    source.read_foreground_bits(row..row + 1, columns, &mut WordRows::new(&mut word, 1));
    word[0] >> ((end - 1) % 64) & 1
}
