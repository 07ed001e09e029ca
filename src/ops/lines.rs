//! A mask by its scan lines.

use std::ops::Range;

use crate::runs::{MaskView, blocks};

/// Scan lines that follow one another.
pub(super) enum Part<'p> {
    /// Lines of one value.
    Whole { value: i64, lines: Range<u32> },
    /// A line, and its runs: the value and range of each.
    Line {
        line: u32,
        runs: &'p [(i64, Range<u32>)],
    },
}

/// Gives all lines of a mask to `each`, in scan order.
pub(super) fn parts(mask: &MaskView<'_>, mut each: impl FnMut(Part<'_>)) {
    let length = mask.lines()[0];
    let mut runs = Vec::new();
    blocks(mask, |block| {
        let value = block.value;
        if block.within == (0..length) {
            let lines = block.lines;
            return each(Part::Whole { value, lines });
        }
        let ends = block.within.end == length;
        runs.push((value, block.within));
        if ends {
            let line = block.lines.start;
            each(Part::Line { line, runs: &runs });
            runs.clear();
        }
    });
}
