//! Spans of a mask by the scan lines that they lie on: what two masks share of eight lines is then
//! a few instructions, and nothing waits for the step before it, as in [`super::walk`].

use std::ops::Range;

use fearless_simd::prelude::*;
use fearless_simd::{Level, Simd, dispatch, u32x8};

use super::walk::Spans;
use crate::runs::Lines;

/// Scan lines of a vector.
const LINES: usize = 8;
/// Spans of a line up to which a mask is put on its lines. All of one are compared with all of the
/// other, and with more of them, walking takes less.
const MOST_SPANS: usize = 8;
/// Lines for each span up to which a mask is put on its lines: vectors of lines without spans are
/// memory and time for nothing.
const LINES_PER_SPAN: usize = 4;
/// Spans from which on a mask is put on its lines.
const LEAST_SPANS: usize = 24;
/// Vectors of a mask for each of its spans, 64 bytes each: most are of few, and one layer of lines
/// of which most have no span would be memory for nothing.
const MOST_VECTORS_PER_SPAN: usize = 1;
/// Vectors that take the time of a span that is walked over: 9 instructions, not 22.
const VECTORS_PER_SPAN: usize = 2;

/// Spans of a mask that lie on one line each, by lines.
#[derive(Debug)]
pub(super) struct LineSpans {
    /// Layer k holds the k-th span of each line.
    layers: Vec<Layer>,
}

/// One span of each line, or none.
#[derive(Debug)]
struct Layer {
    /// The first vector's lines are those from `LINES * first` on.
    first: usize,
    /// Start and end of each line's span; both 0 where there is none.
    spans: Vec<[[u32; LINES]; 2]>,
}

impl Layer {
    #[inline(always)]
    fn put(&mut self, line: usize, [start, end]: [u32; 2]) {
        let [starts, ends] = &mut self.spans[line / LINES - self.first];
        starts[line % LINES] = start;
        ends[line % LINES] = end;
    }

    /// The vectors of lines that both layers hold.
    fn common<'a>(&'a self, other: &'a Layer) -> [&'a [[[u32; LINES]; 2]]; 2] {
        let first = self.first.max(other.first);
        let end = (self.first + self.spans.len()).min(other.first + other.spans.len());
        [self, other].map(|layer| match end > first {
            true => &layer.spans[first - layer.first..end - layer.first],
            false => &[],
        })
    }
}

impl LineSpans {
    /// Puts spans on their lines, which have `length` pixels each: `lines` are all that hold spans,
    /// from the first to the last. None if this would not save time.
    pub(super) fn new(spans: Spans<'_>, length: u32, lines: Range<u32>) -> Option<Self> {
        if spans.len() < LEAST_SPANS || lines.len() > LINES_PER_SPAN * spans.len() {
            return None;
        }
        let scan = Lines::new(length);
        let end_of_vectors = (lines.end as usize).div_ceil(LINES);
        let (mut layers, mut vectors) = (Vec::<Layer>::new(), 0);
        // The line before, and its number of spans less one.
        let (mut last_line, mut count) = (u32::MAX, 0);
        for [mut start, end] in spans.iter() {
            let [mut line, within] = scan.locate(start);
            let mut rest = length - within;
            loop {
                count = if line == last_line { count + 1 } else { 0 };
                last_line = line;
                if count == layers.len() {
                    if count == MOST_SPANS {
                        return None;
                    }
                    let first = line as usize / LINES;
                    vectors += end_of_vectors - first;
                    if vectors > MOST_VECTORS_PER_SPAN * spans.len() {
                        return None;
                    }
                    let spans = vec![[[0; LINES]; 2]; end_of_vectors - first];
                    layers.push(Layer { first, spans });
                }
                let on_line = rest.min(end - start);
                layers[count].put(line as usize, [start, start + on_line]);
                start += on_line;
                if start == end {
                    break;
                }
                // The span goes on on the next line.
                (line, rest) = (line + 1, length);
            }
        }
        for layer in &mut layers {
            let holds_spans = |[_, ends]: &[[u32; LINES]; 2]| ends.iter().any(|&end| end > 0);
            let last = layer.spans.iter().rposition(holds_spans);
            layer.spans.truncate(last.map_or(0, |last| last + 1));
            layer.spans.shrink_to_fit();
        }
        Some(LineSpans { layers })
    }

    /// Number of pixels that both masks' spans hold, which must fit a u32. None if walking over
    /// `spans` spans takes less.
    pub(super) fn shared(&self, other: &LineSpans, spans: usize) -> Option<u32> {
        let pairs = || {
            let layers = self.layers.iter();
            layers.flat_map(|layer| other.layers.iter().map(|other| layer.common(other)))
        };
        let vectors: usize = pairs().map(|[vectors, _]| vectors.len()).sum();
        if vectors > VECTORS_PER_SPAN * spans {
            return None;
        }
        Some(dispatch!(Level::new(), simd => {
            let mut pixels = u32x8::splat(simd, 0);
            for [a, b] in pairs() {
                pixels += shared(simd, a, b);
            }
            (*pixels).iter().sum()
        }))
    }
}

/// Number of pixels that the spans of either side share, by lines of a vector.
#[inline(always)]
fn shared<S: Simd>(simd: S, a: &[[[u32; LINES]; 2]], b: &[[[u32; LINES]; 2]]) -> u32x8<S> {
    let mut pixels = u32x8::splat(simd, 0);
    for ([start, end], [other_start, other_end]) in a.iter().zip(b) {
        let start = u32x8::from_slice(simd, start).max(u32x8::from_slice(simd, other_start));
        let end = u32x8::from_slice(simd, end).min(u32x8::from_slice(simd, other_end));
        pixels += end.max(start) - start;
    }
    pixels
}

#[cfg(test)]
mod tests {
    use super::super::walk;
    use super::*;

    const LENGTH: u32 = 37;

    /// Starts of random runs of 1 to `longest` pixels, of a mask of 100 lines.
    fn starts(seed: u32, longest: u32) -> Vec<u32> {
        let mut state = seed;
        let mut position = 0;
        std::iter::from_fn(|| {
            let start = position;
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            position += 1 + (state >> 8) % longest;
            (start < 100 * LENGTH).then_some(start)
        })
        .collect()
    }

    fn spans(starts: &[u32], first: bool) -> Spans<'_> {
        Spans::new(starts, first, 100 * LENGTH)
    }

    /// Runs within a line and over several, masks that begin and end with foreground and do not.
    #[test]
    fn masks_share_by_lines_what_they_share_by_walking() {
        let masks: Vec<Vec<u32>> = (0..40)
            .map(|seed| starts(seed, [12, 20, 37, 60, 80][seed as usize % 5]))
            .collect();
        let by_lines = |mask: &Vec<u32>, first| LineSpans::new(spans(mask, first), LENGTH, 0..100);
        let mut compared = 0;
        for (a, b) in masks.iter().flat_map(|a| masks.iter().map(move |b| (a, b))) {
            for firsts in [[false, false], [false, true], [true, true]] {
                let (Some(of_a), Some(of_b)) = (by_lines(a, firsts[0]), by_lines(b, firsts[1]))
                else {
                    continue;
                };
                let expected = walk::shared(spans(a, firsts[0]), spans(b, firsts[1]));
                assert_eq!(of_a.shared(&of_b, usize::MAX / 2), Some(expected));
                assert_eq!(
                    of_a.shared(&of_b, 0),
                    None,
                    "walking over nothing is sooner"
                );
                compared += 1;
            }
        }
        assert!(compared > 2000, "{compared}");
    }

    /// Few spans, many on one line, and lines without any.
    #[test]
    fn masks_that_are_walked_sooner_are_not_put_on_lines() {
        assert!(LineSpans::new(spans(&[0, 5, 9], false), LENGTH, 0..1).is_none());
        let of_one: Vec<u32> = (0..100 * LENGTH).collect();
        assert!(LineSpans::new(spans(&of_one, false), LENGTH, 0..100).is_none());
        let few: Vec<u32> = (0..25)
            .flat_map(|span| [4 * span * LENGTH, 4 * span * LENGTH + 5])
            .collect();
        assert!(LineSpans::new(spans(&few, true), LENGTH, 0..100).is_some());
        assert!(LineSpans::new(spans(&few, true), LENGTH, 0..101).is_none());
        // Eight spans on one line of 32: each layer would hold all lines.
        let crowded: Vec<u32> = (0..50)
            .flat_map(|line| (0..16).map(move |run| line * 32 * LENGTH + run))
            .collect();
        assert!(LineSpans::new(spans(&crowded, true), LENGTH, 0..1600).is_none());
    }
}
