//! Boundaries of a scan along the rows of memory: words of pixels in order, straight to the sink.

use super::sink::Sink;
use super::source::Source;
use super::words::{Grid, moved};

/// Pixels of a row that are read at a time, a multiple of 64.
const PIECE: usize = 1 << 15;

/// Tells `sink` every boundary but the one at the first pixel.
pub(super) fn flag(source: &dyn Source, sink: &mut Sink<'_>) {
    let mut words = Vec::new();
    let mut position = 0;
    let mut last = None;
    for row in 0..source.height() {
        for left in (0..source.width()).step_by(PIECE) {
            let columns = left..source.width().min(left + PIECE);
            words.resize(columns.len().div_ceil(64), 0);
            source.read(row..row + 1, columns.clone(), &mut Grid { words: &mut words, row: 1, word: 1 });
            if source.are_answers() {
                last = Some(changes(&mut words, columns.len(), last));
            }
            sink.words(position, &words);
            position += columns.len() as u32;
        }
    }
}

/// Turns the answers of `count` pixels to the places where they change, after an answer of 0 or 1; gives the last answer.
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
