//! Boundaries of a scan along the rows of memory: words of pixels in order, straight to the sink.

use fearless_simd::Level;

use super::sink::Sink;
use super::words;
use crate::plane::Plane;
use crate::question::Question;

/// Pixels of a row that are read at a time, a multiple of 64: the memory that rows which must be gathered take.
const PIECE: usize = 1 << 16;

/// Tells `sink` every boundary but the one at the first pixel.
pub(super) fn flag<P: Plane>(level: Level, question: Question, plane: &P, sink: &mut Sink<'_>) {
    let (mut gathered, mut words) = (Vec::new(), Vec::new());
    let mut position = 0;
    let (mut last_pixel, mut last_answer) = (None, None);
    for row in 0..plane.height() {
        for left in (0..plane.width()).step_by(PIECE) {
            let columns = left..plane.width().min(left + PIECE);
            let pixels = plane.rows(row..row + 1, columns, &mut gathered)[0];
            if words::are_answers(question) {
                words::of_row(level, question, pixels, pixels, &mut words);
                last_answer = Some(changes(&mut words, pixels.len(), last_answer));
                sink.words(position, &words);
            } else {
                if last_pixel.is_some_and(|last| last != pixels[0]) {
                    sink.words(position, &[1]);
                }
                words::of_row(level, question, &pixels[1..], &pixels[..pixels.len() - 1], &mut words);
                sink.words(position + 1, &words);
            }
            last_pixel = pixels.last().copied();
            position += pixels.len() as u32;
        }
    }
}

/// Turns the answers of `count` pixels to the places where they change, after an answer of 0 or 1; gives the last answer.
fn changes(words: &mut [u64], count: usize, before: Option<u64>) -> u64 {
    let mut before = before.unwrap_or(words[0] & 1);
    for word in words.iter_mut() {
        let answers = *word;
        *word ^= answers << 1 | before;
        before = answers >> 63;
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
