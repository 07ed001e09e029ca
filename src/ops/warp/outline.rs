//! The outline of a mask: all edges between unlike pixels, and around it.

use std::ops::Range;

use super::super::lines::{Part, parts};
use crate::runs::MaskView;

/// A segment of the outline. Pixels have their centres at whole numbers, so edges lie halfway
/// between.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Edge {
    /// The coordinate that does not change along it: 0, the position on a line, where it crosses
    /// lines; 1, the line, where it lies between two.
    pub(super) axis: usize,
    pub(super) at: f64,
    /// Ends in the other coordinate.
    pub(super) ends: [f64; 2],
}

impl Edge {
    /// Before pixel `at` of an axis, along pixels of the other.
    fn before(axis: usize, at: u32, pixels: Range<u32>) -> Self {
        let before = |pixel| f64::from(pixel) - 0.5;
        Edge {
            axis,
            at: before(at),
            ends: [before(pixels.start), before(pixels.end)],
        }
    }
}

/// Value and range of each run of a line.
type Line = [(i64, Range<u32>)];

/// Gives all edges to `each`. All around the mask is 0. Time grows with the runs.
pub(super) fn outline(mask: &MaskView<'_>, mut each: impl FnMut(Edge)) {
    let [length, lines] = mask.lines();
    if mask.is_empty() {
        return;
    }
    let outside = [(0, 0..length)];
    let mut before = outside.to_vec();
    parts(mask, |part| {
        let whole;
        let (runs, lines) = match part {
            Part::Whole { value, lines } => {
                whole = [(value, 0..length)];
                (&whole[..], lines)
            }
            Part::Line { line, runs } => (runs, line..line + 1),
        };
        between(&before, runs, lines.start, &mut each);
        let mut last = 0;
        for &(value, ref within) in runs {
            if value != last {
                each(Edge::before(0, within.start, lines.clone()));
                last = value;
            }
        }
        if last != 0 {
            each(Edge::before(0, length, lines));
        }
        before.clear();
        before.extend_from_slice(runs);
    });
    between(&before, &outside, lines, &mut each);
}

/// Edges between a line and the one before it, which has pixels.
fn between(before: &Line, runs: &Line, line: u32, each: &mut impl FnMut(Edge)) {
    let [mut i, mut j, mut end] = [0; 3];
    // Start of an edge that goes on.
    let mut begun = None;
    while let (Some((above, of_above)), Some((below, of_below))) = (before.get(i), runs.get(j)) {
        if above != below {
            begun.get_or_insert(end);
        } else if let Some(start) = begun.take() {
            each(Edge::before(1, line, start as u32..end as u32));
        }
        end = of_above.end.min(of_below.end) as usize;
        i += usize::from(of_above.end as usize == end);
        j += usize::from(of_below.end as usize == end);
    }
    if let Some(start) = begun {
        each(Edge::before(1, line, start as u32..end as u32));
    }
}
