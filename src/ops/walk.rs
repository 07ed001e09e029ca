//! Walks over the runs of two masks side by side, on which all comparisons of masks are built.

use std::ops::Range;

/// Goes through the scan positions in `range` of two masks of one size and scan order, given their
/// run starts. Calls `each` for every range in which neither mask has a boundary, in scan order,
/// with its start and end and the index of each mask's run there.
#[inline(always)]
pub(crate) fn walk(
    a: &[u32],
    b: &[u32],
    range: Range<u32>,
    mut each: impl FnMut(u32, u32, usize, usize),
) {
    if range.is_empty() {
        return;
    }
    // The runs at the start of the range; starts beyond its end are cut off.
    let (mut i, mut j) = (run_at(a, range.start), run_at(b, range.start));
    let a = &a[..a.partition_point(|&start| start < range.end)];
    let b = &b[..b.partition_point(|&start| start < range.end)];
    let mut position = range.start;
    while let (Some(&next_of_a), Some(&next_of_b)) = (a.get(i + 1), b.get(j + 1)) {
        let next = next_of_a.min(next_of_b);
        each(position, next, i, j);
        position = next;
        // Without branches: the mask that changes first is hard to predict.
        i += usize::from(next_of_a == next);
        j += usize::from(next_of_b == next);
    }
    while let Some(&next) = a.get(i + 1) {
        each(position, next, i, j);
        position = next;
        i += 1;
    }
    while let Some(&next) = b.get(j + 1) {
        each(position, next, i, j);
        position = next;
        j += 1;
    }
    each(position, range.end, i, j);
}

/// Index of the run that holds a position.
pub(crate) fn run_at(starts: &[u32], position: u32) -> usize {
    starts.partition_point(|&start| start <= position) - 1
}

/// Spans of the foreground of a binary mask, or of its background: ranges of scan positions, each
/// from a start to an end.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Spans<'a> {
    whole: &'a [[u32; 2]],
    /// The span that reaches the last pixel: no run starts at its end.
    last: Option<[u32; 2]>,
}

impl<'a> Spans<'a> {
    /// Every second run: from the first on, if `from_first`, else from the second on.
    pub(crate) fn new(starts: &'a [u32], from_first: bool, pixels: u32) -> Self {
        let skipped = usize::from(!from_first).min(starts.len());
        let (whole, last) = starts[skipped..].as_chunks();
        Spans {
            whole,
            last: last.first().map(|&start| [start, pixels]),
        }
    }

    /// Spans that reach into a range.
    pub(crate) fn within(self, range: Range<u32>) -> Self {
        let first = self.whole.partition_point(|[_, end]| *end <= range.start);
        let whole = &self.whole[first..];
        let whole = &whole[..whole.partition_point(|[start, _]| *start < range.end)];
        Spans {
            whole,
            last: self.last.filter(|[start, _]| *start < range.end),
        }
    }

    /// True if a span holds the position.
    pub(crate) fn contains(self, position: u32) -> bool {
        let index = self.whole.partition_point(|[_, end]| *end <= position);
        let span = self.whole.get(index).copied().or(self.last);
        span.is_some_and(|[start, _]| start <= position)
    }

    /// Start of the first span, and end of the last; None where there is none.
    pub(crate) fn ends(self) -> Option<[u32; 2]> {
        let [start, _] = self.whole.first().copied().or(self.last)?;
        let [_, end] = self.last.or(self.whole.last().copied())?;
        Some([start, end])
    }

    /// Number of spans.
    pub(crate) fn len(self) -> usize {
        self.whole.len() + usize::from(self.last.is_some())
    }

    pub(crate) fn iter(self) -> impl Iterator<Item = [u32; 2]> + use<'a> {
        self.whole.iter().copied().chain(self.last)
    }

    /// Number of pixels in them, which must fit a u32.
    pub(crate) fn pixels(self) -> u32 {
        let whole: u32 = self.whole.iter().map(|[start, end]| end - start).sum();
        whole + self.last.map_or(0, |[start, end]| end - start)
    }
}

/// Least steps from both ends at once that are worth a loop of their own.
const LEAST_STEPS: usize = 16;

/// Segment of the scan in which [`overlaps`] finds a span.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Segment {
    /// Pixels from the first on: spans come in scan order.
    Front,
    /// Pixels after all of the front: spans come against scan order.
    Back,
    /// Pixels after both: spans come in scan order.
    Last,
}

/// Calls `each` with the start and end of the pixels that a span of `a` shares with one of `b`;
/// where they share none, the end is not above the start. Shared spans never touch: between them,
/// one of the two masks has a gap.
///
/// It serves every set operation, since the complement of a mask is its other spans, and takes half
/// the steps of [`walk`]. Each step waits for the one before it, so it goes from both ends at once:
/// a span takes 2.4 ns, from one end 3.5.
#[inline(always)]
pub(crate) fn overlaps(a: Spans<'_>, b: Spans<'_>, mut each: impl FnMut(Segment, [u32; 2])) {
    let [mut i, mut j] = [0; 2];
    let [mut end_of_a, mut end_of_b] = [a.whole.len(), b.whole.len()];
    loop {
        // This many steps from either end leave each mask a span for every one of them.
        let steps = (end_of_a - i).min(end_of_b - j) / 2;
        if steps < LEAST_STEPS {
            break;
        }
        for _ in 0..steps {
            each(Segment::Front, step(a.whole, b.whole, &mut i, &mut j));
            each(
                Segment::Back,
                step_back(a.whole, b.whole, &mut end_of_a, &mut end_of_b),
            );
        }
    }
    while i < end_of_a && j < end_of_b {
        each(Segment::Front, step(a.whole, b.whole, &mut i, &mut j));
    }
    // A span that goes on to the last pixel begins where all others of its mask have ended.
    for (spans, last) in [(a, b.last), (b, a.last)] {
        let Some([start, end]) = last else { continue };
        spans
            .within(start..end)
            .whole
            .iter()
            .for_each(|&[from, to]| each(Segment::Last, [from.max(start), to]));
    }
    if let (Some([start_a, end]), Some([start_b, _])) = (a.last, b.last) {
        each(Segment::Last, [start_a.max(start_b), end]);
    }
}

/// Range that two spans share. Steps past the one that ends first, which shares nothing with later
/// spans of the other mask, or past both.
#[inline(always)]
fn step(a: &[[u32; 2]], b: &[[u32; 2]], i: &mut usize, j: &mut usize) -> [u32; 2] {
    let ([start_a, end_a], [start_b, end_b]) = (a[*i], b[*j]);
    let end = end_a.min(end_b);
    // Without branches: the span that ends first is hard to predict.
    *i += usize::from(end_a == end);
    *j += usize::from(end_b == end);
    [start_a.max(start_b), end]
}

/// [`step`] from the other end: of the spans before `i` and `j`, steps past the one that starts
/// last.
#[inline(always)]
fn step_back(a: &[[u32; 2]], b: &[[u32; 2]], i: &mut usize, j: &mut usize) -> [u32; 2] {
    let ([start_a, end_a], [start_b, end_b]) = (a[*i - 1], b[*j - 1]);
    let start = start_a.max(start_b);
    *i -= usize::from(start_a == start);
    *j -= usize::from(start_b == start);
    [start, end_a.min(end_b)]
}

/// Number of pixels that the spans of `a` share with those of `b`, which must fit a u32.
pub(crate) fn shared(a: Spans<'_>, b: Spans<'_>) -> u32 {
    let mut pixels = 0;
    overlaps(a, b, |_, [start, end]| pixels += end.saturating_sub(start));
    pixels
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every mask of eight pixels with every other.
    #[test]
    fn overlaps_are_those_of_the_pixels() {
        let pixels = |bits: u32| Vec::from_iter((0..8).map(|place| bits >> place & 1 == 1));
        for (a, b) in (0..256).flat_map(|a| (0..256).map(move |b| (a, b))) {
            check_overlaps(&pixels(a), &pixels(b));
        }
    }

    /// Enough spans that they are walked from both ends.
    #[test]
    fn overlaps_of_many_spans_are_those_of_the_pixels() {
        let mut state = 1u32;
        let mut noise = |length: usize, density: u32| -> Vec<bool> {
            let mut pixel = || {
                state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                state >> 24 < density
            };
            (0..length).map(|_| pixel()).collect()
        };
        for length in [300, 701, 2000] {
            for [of_a, of_b] in [
                [128, 128],
                [20, 128],
                [128, 20],
                [250, 250],
                [5, 250],
                [60, 60],
            ] {
                check_overlaps(&noise(length, of_a), &noise(length, of_b));
            }
        }
    }

    /// Each step from either end takes a span of both masks, as they are the same; where the number
    /// of spans is odd, the one in the middle is met once.
    #[test]
    fn the_span_in_the_middle_is_met_once() {
        for spans in 2 * LEAST_STEPS - 4..4 * LEAST_STEPS + 4 {
            let mask = Vec::from_iter((0..3 * spans).map(|place| place % 3 < 2));
            check_overlaps(&mask, &mask);
        }
    }

    fn check_overlaps(a: &[bool], b: &[bool]) {
        let starts = |mask: &[bool]| -> Vec<u32> {
            (0..mask.len())
                .filter(|&place| place == 0 || mask[place] != mask[place - 1])
                .map(|at| at as u32)
                .collect()
        };
        let both = Vec::from_iter(a.iter().zip(b).map(|(a, b)| a & b));
        let (of_a, of_b, of_both) = (starts(a), starts(b), starts(&both));
        let [spans_a, spans_b, expected] = [(&of_a, a), (&of_b, b), (&of_both, &both)]
            .map(|(starts, mask)| Spans::new(starts, mask[0], mask.len() as u32));
        let (mut front, mut back, mut last) = (Vec::new(), Vec::new(), Vec::new());
        overlaps(spans_a, spans_b, |segment, span| {
            if span[0] < span[1] {
                match segment {
                    Segment::Front => front.push(span),
                    Segment::Back => back.insert(0, span),
                    Segment::Last => last.push(span),
                }
            }
        });
        assert_eq!(
            [front, back, last].concat(),
            Vec::from_iter(expected.iter()),
            "{a:?} and {b:?}"
        );
        assert_eq!(
            shared(spans_a, spans_b) as usize,
            both.iter().filter(|&&pixel| pixel).count()
        );
    }
}
