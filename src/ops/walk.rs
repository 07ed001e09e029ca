//! Two masks side by side: the walks under all that compares masks. What comes of what they find is their callers' business.

use std::ops::Range;

/// Goes through two masks of one size and scan order, given where their runs start, from position `range.start` to
/// `range.end`. Calls `each` for every stretch in which neither changes, in scan order, with where it starts and ends and
/// the index of the run that either mask has there.
#[inline(always)]
pub(crate) fn walk(a: &[u32], b: &[u32], range: Range<u32>, mut each: impl FnMut(u32, u32, usize, usize)) {
    if range.is_empty() {
        return;
    }
    // The runs at the start of the range, and after them the starts within it.
    let (mut i, mut j) = (run_at(a, range.start), run_at(b, range.start));
    let a = &a[..a.partition_point(|&start| start < range.end)];
    let b = &b[..b.partition_point(|&start| start < range.end)];
    let mut position = range.start;
    while let (Some(&next_of_a), Some(&next_of_b)) = (a.get(i + 1), b.get(j + 1)) {
        let next = next_of_a.min(next_of_b);
        each(position, next, i, j);
        position = next;
        // Without branches: which mask changes first is anyone's guess.
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

/// The run that holds a position.
pub(crate) fn run_at(starts: &[u32], position: u32) -> usize {
    starts.partition_point(|&start| start <= position) - 1
}

/// The foreground of a binary mask, or its background: stretches of the scan, each from a start to an end.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Spans<'a> {
    whole: &'a [[u32; 2]],
    /// The one that goes on to the last pixel.
    last: Option<[u32; 2]>,
}

impl<'a> Spans<'a> {
    /// Every second run: from the first on, if `from_first`, else from the second on.
    pub(crate) fn new(starts: &'a [u32], from_first: bool, pixels: u32) -> Self {
        let skipped = usize::from(!from_first).min(starts.len());
        let (whole, last) = starts[skipped..].as_chunks();
        Spans { whole, last: last.first().map(|&start| [start, pixels]) }
    }

    /// Those that reach into a range.
    pub(crate) fn within(self, range: Range<u32>) -> Self {
        let first = self.whole.partition_point(|[_, end]| *end <= range.start);
        let whole = &self.whole[first..];
        let whole = &whole[..whole.partition_point(|[start, _]| *start < range.end)];
        Spans { whole, last: self.last.filter(|[start, _]| *start < range.end) }
    }

    /// How many there are.
    pub(crate) fn len(self) -> usize {
        self.whole.len() + usize::from(self.last.is_some())
    }

    pub(crate) fn iter(self) -> impl Iterator<Item = [u32; 2]> + use<'a> {
        self.whole.iter().copied().chain(self.last)
    }

    /// How many pixels they hold, which must fit a u32.
    pub(crate) fn pixels(self) -> u32 {
        let whole: u32 = self.whole.iter().map(|[start, end]| end - start).sum();
        whole + self.last.map_or(0, |[start, end]| end - start)
    }
}

/// Calls `each` with the start and end of what a span of `a` shares with one of `b`, in scan order, and where they share
/// nothing with an end that is not above the start. What is shared never touches: one of the two has a gap in between.
///
/// It serves every set operation, since the complement of a mask is its other spans, and takes half the steps of
/// [`walk`]: 1.8 ns a run to 3.7.
#[inline(always)]
pub(crate) fn overlaps(a: Spans<'_>, b: Spans<'_>, mut each: impl FnMut(u32, u32)) {
    let (mut i, mut j) = (0, 0);
    while let (Some(&[start_a, end_a]), Some(&[start_b, end_b])) = (a.whole.get(i), b.whole.get(j)) {
        let end = end_a.min(end_b);
        each(start_a.max(start_b), end);
        // Without branches: which span ends first is anyone's guess.
        i += usize::from(end_a == end);
        j += usize::from(end_b == end);
    }
    // Of one mask, only the last span is left.
    let mut rest_of_a = a.whole[i..].iter().copied().chain(a.last);
    let mut rest_of_b = b.whole[j..].iter().copied().chain(b.last);
    let (mut next_of_a, mut next_of_b) = (rest_of_a.next(), rest_of_b.next());
    while let (Some([start_a, end_a]), Some([start_b, end_b])) = (next_of_a, next_of_b) {
        each(start_a.max(start_b), end_a.min(end_b));
        if end_a <= end_b {
            next_of_a = rest_of_a.next();
        }
        if end_b <= end_a {
            next_of_b = rest_of_b.next();
        }
    }
}

/// How many pixels the spans of `a` share with those of `b`, which must fit a u32.
pub(crate) fn shared(a: Spans<'_>, b: Spans<'_>) -> u32 {
    let mut pixels = 0;
    overlaps(a, b, |start, end| pixels += end.saturating_sub(start));
    pixels
}
