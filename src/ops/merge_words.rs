//! Masks merged by words of foreground bits, where these are fewer than steps from run to run.

use std::ops::Range;

use fearless_simd::{Level, Simd, dispatch};

use super::walk::Spans;
use crate::parallel;
use crate::simd::{BEYOND, write_positions};

/// Words that are made at a time, for all masks: 16 KiB, which stay in the nearest cache.
const WORDS: usize = 1 << 11;

/// Steps from run to run that take the time of a word: of a union, whose spans are set one by one
/// and whose words are looked through for boundaries, and of xor, where a boundary is one bit.
const STEPS_OF_UNION: u64 = 8;
const STEPS_OF_XOR: u64 = 2;
/// Steps that take the time of searching a mask for its runs in a part of [`WORDS`] words, and of
/// seeing that it has none there.
const STEPS_OF_SEARCH: u64 = 64;
const STEPS_OF_LOOK: u64 = 1;

/// A mask's spans or run starts, and the range of positions outside of which there are none.
struct Placed<M> {
    mask: M,
    first: u32,
    end: u32,
}

impl<M> Placed<M> {
    /// True if it may have boundaries in the range, or covers the pixel before it.
    fn reaches(&self, range: &Range<u32>) -> bool {
        self.first < range.end && self.end >= range.start
    }
}

/// True if masks of so many runs in all are merged sooner by words, each of which takes the time of
/// so many steps, than two by two.
fn is_sooner<M>(masks: &[Placed<M>], pixels: u32, runs: u64, steps_of_word: u64) -> bool {
    let words = u64::from(pixels.div_ceil(64));
    let part = |position: u32| u64::from(position) / (64 * WORDS as u64);
    let searches = masks
        .iter()
        .map(|placed| part(placed.end) - part(placed.first) + 1);
    let by_words = (words * steps_of_word)
        .saturating_add(searches.sum::<u64>().saturating_mul(STEPS_OF_SEARCH))
        .saturating_add((part(pixels) + 1).saturating_mul(masks.len() as u64 * STEPS_OF_LOOK));
    // Two by two, each run is met once for every time that the masks are halved.
    by_words < runs.saturating_mul(u64::from(masks.len().next_power_of_two().ilog2()))
}

/// The run starts of the union of spans of some masks that have so many runs in all, and true if the
/// first pixel is in it. None if merging two by two takes less.
pub(super) fn union(masks: &[Spans<'_>], pixels: u32, runs: u64) -> Option<(Vec<u32>, bool)> {
    let masks = placed_spans(masks);
    is_sooner(&masks, pixels, runs, STEPS_OF_UNION).then(|| united(&masks, pixels, runs))
}

fn placed_spans<'s>(masks: &[Spans<'s>]) -> Vec<Placed<Spans<'s>>> {
    let placed = |spans: &Spans<'s>| {
        let [first, end] = spans.ends()?;
        let mask = *spans;
        Some(Placed { mask, first, end })
    };
    masks.iter().filter_map(placed).collect()
}

fn united(masks: &[Placed<Spans<'_>>], pixels: u32, runs: u64) -> (Vec<u32>, bool) {
    let first = masks.iter().any(|placed| placed.first == 0);
    let starts = starts(pixels, runs, |words, range| {
        // By how many more masks each word is covered as a whole than the one before it.
        let mut more = [0i32; WORDS + 1];
        let mut is_set_before = false;
        for placed in masks.iter().filter(|placed| placed.reaches(&range)) {
            let spans = placed.mask;
            is_set_before |= range.start > 0 && spans.contains(range.start - 1);
            for [start, end] in spans.within(range.clone()).iter() {
                let start = start.max(range.start) - range.start;
                let last = end.min(range.end) - range.start - 1;
                let (from, to) = (start as usize / 64, last as usize / 64);
                let (low, high) = (u64::MAX << (start % 64), u64::MAX >> (63 - last % 64));
                if from == to {
                    words[from] |= low & high;
                    continue;
                }
                words[from] |= low;
                words[to] |= high;
                more[from + 1] += 1;
                more[to] -= 1;
            }
        }
        // A boundary is where a bit differs from the one before it.
        let mut before = u64::from(is_set_before);
        let mut covering = 0;
        for (word, more) in words.iter_mut().zip(more) {
            covering += more;
            let bits = if covering > 0 { u64::MAX } else { *word };
            *word = bits ^ (bits << 1 | before);
            before = bits >> 63;
        }
    });
    (starts, first)
}

/// The run starts of the pixels that are set in an odd number of masks, given their run starts, of
/// which there are so many in all. None if merging two by two takes less.
pub(super) fn xor(masks: &[&[u32]], pixels: u32, runs: u64) -> Option<Vec<u32>> {
    let masks = placed_starts(masks);
    is_sooner(&masks, pixels, runs, STEPS_OF_XOR).then(|| xored(&masks, pixels, runs))
}

/// The starts of each mask but the first, at the first pixel, which does not matter.
fn placed_starts<'s>(masks: &[&'s [u32]]) -> Vec<Placed<&'s [u32]>> {
    let placed = |starts: &&'s [u32]| {
        let mask = starts.get(1..)?;
        let (&first, &end) = (mask.first()?, mask.last()?);
        Some(Placed { mask, first, end })
    };
    masks.iter().filter_map(placed).collect()
}

fn xored(masks: &[Placed<&[u32]>], pixels: u32, runs: u64) -> Vec<u32> {
    starts(pixels, runs, |words, range| {
        for placed in masks.iter().filter(|placed| placed.reaches(&range)) {
            let starts = placed.mask;
            let first = starts.partition_point(|&start| start < range.start);
            let starts = &starts[first..];
            for start in &starts[..starts.partition_point(|&start| start < range.end)] {
                let start = start - range.start;
                words[start as usize / 64] ^= 1 << (start % 64);
            }
        }
    })
}

/// The run starts of a mask of boundary bits: `fill` makes the words of a range of pixels, which are
/// all 0 before. The first pixel's bit does not matter.
fn starts(pixels: u32, runs: u64, fill: impl Fn(&mut [u64], Range<u32>) + Sync + Send) -> Vec<u32> {
    let words = pixels.div_ceil(64) as usize;
    let parts = parallel::map_ranges(words.div_ceil(WORDS), runs, |parts| {
        let (mut starts, mut count) = (Vec::new(), 0);
        let mut bits = vec![0; WORDS.min(words)];
        for part in parts {
            let first = part * WORDS;
            let bits = &mut bits[..WORDS.min(words - first)];
            bits.fill(0);
            let begin = (first * 64) as u32;
            let end = pixels.min(begin.saturating_add(bits.len() as u32 * 64));
            fill(bits, begin..end);
            if part == 0 {
                bits[0] |= 1;
            }
            let found: u32 = bits.iter().map(|bits| bits.count_ones()).sum();
            starts.resize(count + found as usize + BEYOND, 0);
            count +=
                dispatch!(Level::new(), simd => positions(simd, begin, bits, &mut starts[count..]));
        }
        starts.truncate(count);
        starts
    });
    let mut starts = parallel::concat(parts);
    // Where the last word has bits after the last pixel.
    starts.pop_if(|start| *start >= pixels);
    starts
}

/// Writes the positions of the bits that are set. Gives their number.
#[inline(always)]
fn positions<S: Simd>(simd: S, begin: u32, words: &[u64], out: &mut [u32]) -> usize {
    let mut count = 0;
    for (index, &word) in words.iter().enumerate() {
        if word != 0 {
            let position = begin + index as u32 * 64;
            count += write_positions(simd, position, word, &mut out[count..]);
        }
    }
    count
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Masks of no pixels, of less than a word, of whole words, and of more than are made at a time;
    /// spans that begin and end at words' and parts' edges, and cover whole words.
    #[test]
    fn words_merge_as_pixels_do() {
        let of_part = 64 * WORDS as u32;
        let mut state = 7u32;
        let mut random = |below: u32| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (state >> 8) % below
        };
        for (pixels, longest) in [
            (1, 1),
            (63, 9),
            (64, 200),
            (640, 3),
            (of_part, 900),
            (of_part + 1, 64),
            (3 * of_part - 5, 70_000),
        ] {
            for round in 0..6 {
                let masks: Vec<(Vec<u32>, bool)> = (0..round % 4)
                    .map(|_| {
                        let mut starts = vec![0];
                        let edges = [64, 128, of_part].map(|edge| edge.min(longest));
                        while let Some(next) = starts
                            .last()
                            .map(|last| {
                                last + [1 + random(longest), edges[random(3) as usize]]
                                    [random(2) as usize]
                            })
                            .filter(|next| *next < pixels)
                        {
                            starts.push(next);
                        }
                        (starts, random(2) == 1)
                    })
                    .collect();
                let spans: Vec<_> = masks
                    .iter()
                    .map(|(starts, first)| Spans::new(starts, *first, pixels))
                    .collect();
                let mut depth = vec![0; pixels as usize];
                for [start, end] in spans.iter().flat_map(|spans| spans.iter()) {
                    depth[start as usize..end as usize]
                        .iter_mut()
                        .for_each(|depth| *depth += 1);
                }
                let expected = |is_set: fn(u32) -> bool| -> Vec<u32> {
                    let differs = |&at: &u32| {
                        let at = at as usize;
                        at == 0 || is_set(depth[at]) != is_set(depth[at - 1])
                    };
                    (0..pixels).filter(differs).collect()
                };
                for runs in [0, u64::from(u32::MAX)] {
                    let (starts, first) = united(&placed_spans(&spans), pixels, runs);
                    assert_eq!(starts, expected(|depth| depth > 0), "{pixels}, {round}");
                    assert_eq!(first, depth[0] > 0);
                    let starts: Vec<_> = masks.iter().map(|(starts, _)| &starts[..]).collect();
                    assert_eq!(
                        xored(&placed_starts(&starts), pixels, runs),
                        expected(|depth| depth % 2 == 1)
                    );
                }
            }
        }
        assert_eq!(united(&[], 0, 0), (vec![], false));
    }

    /// Many objects of few runs on a large image, each of which every part would have to look at.
    #[test]
    fn few_runs_on_many_pixels_are_merged_two_by_two() {
        let pixels = 11_586 * 11_586;
        let objects: Vec<_> = (0..1_000_000u32).map(|at| [0, 1 + 130 * at]).collect();
        let starts: Vec<_> = objects.iter().map(|starts| &starts[..]).collect();
        assert!(xor(&starts, pixels, 2_000_000).is_none());
        let spans: Vec<_> = starts
            .iter()
            .map(|starts| Spans::new(starts, false, pixels))
            .collect();
        assert!(union(&spans, pixels, 2_000_000).is_none());
        // Of as many runs on few pixels they are not.
        let small: Vec<_> = (0..1000u32)
            .map(|at| [0, 1 + at % 700, 20 + at % 700, 800])
            .collect();
        let starts: Vec<_> = small.iter().map(|starts| &starts[..]).collect();
        assert!(xor(&starts, 1024, 400_000).is_some());
    }
}
