//! Boundaries of a scan along the rows of memory: words of pixels in order, straight to the sink.
//! The stretches of a large mask are read in parallel.

use std::ops::Range;

use fearless_simd::Level;

use crate::cpu::emit::sink::Sink;
#[cfg(feature = "rayon")]
use crate::cpu::emit::sink::{Found, Waiting};
use crate::cpu::read::grid::{Grid, moved};
use crate::cpu::read::source::Source;

/// Pixels of a row that are read at a time, a multiple of 64.
const PIECE: usize = 1 << 15;
/// Pixels that make a stretch of pieces worth a task of its own.
#[cfg(feature = "rayon")]
const STRETCH: usize = 1 << 21;
/// Stretches that are read before any is handed on: their starts are at most some MiB each.
#[cfg(feature = "rayon")]
const WAVE: usize = 16;

/// Tells `sink` every boundary but the one at the first pixel. A large mask is read on all threads
/// where `parallel`.
pub(crate) fn flag(level: Level, source: &dyn Source, parallel: bool, sink: &mut Sink<'_>) {
    let pieces = Pieces {
        source,
        a_row: source.width().div_ceil(PIECE),
    };
    let all = 0..source.height() * pieces.a_row;
    #[cfg(feature = "rayon")]
    if parallel && source.height() * source.width() > STRETCH {
        return flag_in_parallel(level, &pieces, all, sink);
    }
    #[cfg(not(feature = "rayon"))]
    let _ = (level, parallel);
    pieces.flag(all, sink);
}

#[cfg(feature = "rayon")]
fn flag_in_parallel(level: Level, pieces: &Pieces<'_>, all: Range<usize>, sink: &mut Sink<'_>) {
    let stretch = STRETCH.div_ceil(pieces.source.width().min(PIECE));
    let stretches: Vec<_> = all
        .clone()
        .step_by(stretch)
        .map(|first| first..all.end.min(first + stretch))
        .collect();
    for wave in stretches.chunks(WAVE) {
        let starts =
            crate::parallel::queue::each(wave.len(), Waiting::default, |waiting, stretch| {
                let mut found = Found::default();
                let mut sink = Sink::new(level, waiting, &mut found);
                pieces.flag(wave[stretch].clone(), &mut sink);
                sink.flush();
                found.starts.starts
            });
        starts.iter().for_each(|starts| sink.starts(starts));
    }
}

/// A mask as pieces of its rows.
struct Pieces<'s> {
    source: &'s dyn Source,
    a_row: usize,
}

impl Pieces<'_> {
    /// The row and the columns of a piece.
    fn place(&self, piece: usize) -> (usize, Range<usize>) {
        let left = piece % self.a_row * PIECE;
        (
            piece / self.a_row,
            left..self.source.width().min(left + PIECE),
        )
    }

    /// Tells the boundaries in these pieces.
    fn flag(&self, pieces: Range<usize>, sink: &mut Sink<'_>) {
        let mut words = Vec::new();
        let mut last = None;
        if self.source.are_answers() && pieces.start > 0 {
            let (row, columns) = self.place(pieces.start - 1);
            // The last word of the piece is enough.
            self.read(row, (columns.end - 1) / 64 * 64..columns.end, &mut words);
            last = Some(words[0] >> ((columns.end - 1) % 64) & 1);
        }
        for piece in pieces {
            let (row, columns) = self.place(piece);
            let position = row * self.source.width() + columns.start;
            self.read(row, columns.clone(), &mut words);
            if self.source.are_answers() {
                last = Some(changes(&mut words, columns.len(), last));
            }
            sink.words(position as u32, &words);
        }
    }

    fn read(&self, row: usize, columns: Range<usize>, words: &mut Vec<u64>) {
        words.resize(columns.len().div_ceil(64), 0);
        self.source
            .read(row..row + 1, columns, &mut Grid::new(words, 1));
    }
}

/// Turns the answers of `count` pixels to the places where they change, after an answer of 0 or 1;
/// gives the last answer.
fn changes(words: &mut [u64], count: usize, before: Option<u64>) -> u64 {
    let mut before = before.unwrap_or(words[0] & 1);
    for word in words.iter_mut() {
        *word ^= moved(*word, &mut before);
    }
    let rest = count % 64;
    match words.last_mut() {
        Some(word) if rest > 0 => {
            // An answer of 1 before the end changes to the padding's 0, which is no boundary.
            let last = *word >> rest & 1;
            *word &= (1 << rest) - 1;
            last
        }
        _ => before,
    }
}
