//! Values of a mask at positions in any order.

use crate::runs::{MaskValues, MaskView};

/// Finds the run of a position: a table of equal ranges of positions, about one for each run, leads
/// near it.
pub(super) struct RunIndex<'a> {
    mask: MaskView<'a>,
    /// Positions of a range, as a power of two.
    shift: u32,
    /// The run in which each range begins; at the end, the last run.
    first: Vec<u32>,
}

impl<'a> RunIndex<'a> {
    pub(super) fn new(mask: MaskView<'a>) -> Self {
        let per_run = mask.pixels() / (mask.len() as u32).max(1);
        let shift = per_run.checked_ilog2().unwrap_or(0);
        let last = mask.len().saturating_sub(1) as u32;
        let mut run = 0;
        let ranges = (u64::from(mask.pixels()) >> shift) + 1;
        let begins = (0..ranges).map(|range| {
            let begin = range << shift;
            let ends = mask.starts().get(run as usize + 1..).unwrap_or(&[]);
            run += ends
                .iter()
                .take_while(|&&end| u64::from(end) <= begin)
                .count() as u32;
            run
        });
        let mut first = Vec::with_capacity(ranges as usize + 1);
        first.extend(begins);
        first.push(last);
        RunIndex { mask, shift, first }
    }

    /// The value at a position, which the mask has.
    #[inline(always)]
    pub(super) fn value(&self, position: u32) -> i64 {
        let range = (position >> self.shift) as usize;
        let [run, last] = [self.first[range], self.first[range + 1]].map(|run| run as usize);
        let later = &self.mask.starts()[run + 1..=last];
        let run = run + later.partition_point(|&start| start <= position);
        match self.mask.kind() {
            MaskValues::Binary { first } => i64::from(first ^ !run.is_multiple_of(2)),
            MaskValues::Labels { labels, offset } => labels.get(offset + run),
        }
    }
}
