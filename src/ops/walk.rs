//! Two masks side by side: the one walk under all that compares masks.

use std::ops::Range;

/// Goes through two masks of one size and scan order, given where their runs start, from position `range.start` to
/// `range.end`. Calls `each` for every stretch in which neither changes, in scan order, with where it starts and ends and
/// the index of the run that either mask has there. What comes of it is `each`'s business.
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
