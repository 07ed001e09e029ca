//! One mask's runs, joined as they come.

use super::mask::MaskRuns;
use super::view::{MaskValues, MaskView};
use crate::pixel::{Labels, Order, checked_pixels};

/// Takes one mask's runs as value and length, in scan order, and joins neighbours of one value.
#[derive(Debug)]
pub(crate) struct Builder<'a> {
    starts: Vec<u32>,
    values: Values<'a>,
    /// Values of the first run and of the last.
    first: i64,
    last: Option<i64>,
    position: u32,
}

/// Values of the runs so far: those of a binary mask alternate and are not kept.
#[derive(Debug)]
enum Values<'a> {
    Binary,
    Labels { values: Vec<i64>, like: &'a Labels },
}

#[cfg(feature = "dialects")]
impl Builder<'static> {
    /// A binary mask: values are 0 and 1.
    pub(crate) fn binary() -> Self {
        Self::new(Values::Binary, 0)
    }
}

impl<'a> Builder<'a> {
    /// Binary, or of labels of the same type, as `model` is; with room for as many runs.
    pub(crate) fn like(model: &MaskView<'a>) -> Self {
        let values = match model.kind() {
            MaskValues::Binary { .. } => Values::Binary,
            MaskValues::Labels { labels, .. } => Values::Labels {
                values: Vec::with_capacity(model.len()),
                like: labels,
            },
        };
        Self::new(values, model.len())
    }

    fn new(values: Values<'a>, runs: usize) -> Self {
        Builder {
            starts: Vec::with_capacity(runs),
            values,
            first: 0,
            last: None,
            position: 0,
        }
    }

    /// The next `count` pixels hold `value`. All counts together must not exceed `u32::MAX`.
    #[inline(always)]
    pub(crate) fn push(&mut self, value: i64, count: u32) {
        if count > 0 && self.last != Some(value) {
            if self.last.is_none() {
                self.first = value;
            }
            self.last = Some(value);
            self.starts.push(self.position);
            if let Values::Labels { values, .. } = &mut self.values {
                values.push(value);
            }
        }
        self.position += count;
    }

    /// The next pixels, up to position `end`, hold `value`.
    pub(crate) fn push_to(&mut self, value: i64, end: u32) {
        self.push(value, end - self.position);
    }

    /// All pixels so far come again, so that they are there `times` times, which is not 0. They
    /// must not exceed `u32::MAX` together.
    pub(crate) fn repeat(&mut self, times: u32) {
        let (runs, pixels) = (self.starts.len(), self.position);
        // Where the first run goes on with the last, only the others start anew.
        let skipped = usize::from(self.last == Some(self.first));
        for time in 1..times {
            for run in skipped..runs {
                self.starts.push(self.starts[run] + time * pixels);
            }
            if let Values::Labels { values, .. } = &mut self.values {
                values.extend_from_within(skipped..runs);
            }
        }
        self.position = pixels * times;
    }

    /// Number of pixels so far.
    pub(crate) fn position(&self) -> u32 {
        self.position
    }

    /// The mask.
    pub(crate) fn finish(self, size: [u32; 2], order: Order) -> MaskRuns {
        debug_assert_eq!(Ok(self.position), checked_pixels(size));
        match self.values {
            Values::Binary => MaskRuns::binary(size, order, self.starts, self.first != 0),
            Values::Labels { values, like } => {
                MaskRuns::labelled(size, order, self.starts, like.of_same_type(&values))
            }
        }
    }
}
