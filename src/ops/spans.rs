//! Spans of foreground as the runs of a binary mask.

use crate::runs::{MaskRuns, MaskView};

/// Appends the run starts of a binary mask, from spans of its foreground: each from a start to an
/// end above it, in the order of their starts. Those that touch or overlap become one. True if the
/// first pixel is set.
pub(super) fn push_spans(
    starts: &mut Vec<u32>,
    spans: impl Iterator<Item = [u32; 2]>,
    pixels: u32,
) -> bool {
    let before = starts.len();
    let mut first = false;
    // Where the last span ends, which is the last of the starts.
    let mut last = None;
    for [start, end] in spans {
        match last {
            Some(last_end) if start <= last_end => {
                starts.pop();
                starts.push(end.max(last_end));
            }
            Some(_) => starts.extend([start, end]),
            None => {
                first = start == 0;
                starts.extend((!first).then_some(0));
                starts.extend([start, end]);
            }
        }
        last = starts.last().copied();
    }
    if last.is_none() {
        starts.extend((pixels > 0).then_some(0));
    } else if last == Some(pixels) {
        starts.pop();
    }
    debug_assert!(pixels == 0 || starts.get(before) == Some(&0));
    first
}

/// A binary mask of these spans, of the size and order of `model`.
pub(super) fn mask_of(spans: impl Iterator<Item = [u32; 2]>, model: &MaskView<'_>) -> MaskRuns {
    let most = spans.size_hint().1.unwrap_or(0);
    let mut starts = Vec::with_capacity(2 * most + 1);
    let first = push_spans(&mut starts, spans, model.pixels());
    MaskRuns::binary(model.size(), model.order(), starts, first)
}
