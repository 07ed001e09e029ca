//! Destinations of run starts: a list of them, or strings.

use crate::format::{CocoRle, CocoWriter};
use crate::runs::Starts;

/// Takes the starts of masks, one mask after the other.
pub(crate) trait Destination {
    /// Positions to take before and after those of a mask's boundaries, if any. A list of starts
    /// begins with 0; COCO's counts also end at 0 if the first pixel is foreground, and at the
    /// number of pixels.
    fn implied(&self, begins_with_foreground: bool, pixels: u32) -> [Option<u32>; 2];

    /// Begins a mask of this height and width, of which no starts have been taken.
    fn begin(&mut self, _size: [u32; 2]) {}

    /// Takes starts in scan order, some of a mask's or all.
    fn take(&mut self, starts: &[u32]);

    /// Ends a mask of this height and width: it has no more starts.
    fn finish(&mut self, size: [u32; 2]);

    /// Takes whole masks of up to 1024 pixels and of one size, with their implied positions. The
    /// starts of each end where `ends` says; [`crate::simd::BEYOND`] more are there.
    fn take_masks(&mut self, size: [u32; 2], starts: &[u32], ends: &[usize]);
}

/// A list of starts, and their number in each mask.
#[derive(Default)]
pub(crate) struct CollectedStarts {
    pub(crate) starts: Starts,
    /// Starts of the masks that are finished.
    finished: usize,
}

impl CollectedStarts {
    /// Forgets all masks.
    pub(crate) fn clear(&mut self) {
        self.starts.starts.clear();
        self.starts.counts.clear();
        self.finished = 0;
    }
}

impl Destination for CollectedStarts {
    /// The first run starts at the first pixel, if there is one.
    fn implied(&self, _: bool, pixels: u32) -> [Option<u32>; 2] {
        [(pixels > 0).then_some(0), None]
    }

    fn take(&mut self, starts: &[u32]) {
        self.starts.starts.extend_from_slice(starts);
    }

    fn finish(&mut self, _: [u32; 2]) {
        let before = std::mem::replace(&mut self.finished, self.starts.starts.len());
        self.starts.counts.push((self.finished - before) as u32);
    }

    fn take_masks(&mut self, _: [u32; 2], starts: &[u32], ends: &[usize]) {
        self.take(&starts[..ends.last().copied().unwrap_or(0)]);
        let before = [0].iter().chain(ends);
        self.starts.counts.extend(
            ends.iter()
                .zip(before)
                .map(|(end, before)| (end - before) as u32),
        );
        self.finished = self.starts.starts.len();
    }
}

/// COCO's strings of masks.
pub(crate) struct CocoStrings<'w> {
    pub(crate) writer: &'w mut CocoWriter,
    pub(crate) masks: Vec<CocoRle>,
}

impl Destination for CocoStrings<'_> {
    /// The background before the first pixel ends there, and the last run after the last pixel.
    fn implied(&self, begins_with_foreground: bool, pixels: u32) -> [Option<u32>; 2] {
        [begins_with_foreground.then_some(0), Some(pixels)]
    }

    /// A run ends where the next one starts.
    fn take(&mut self, starts: &[u32]) {
        self.writer.ends(starts);
    }

    fn finish(&mut self, size: [u32; 2]) {
        self.masks.push(CocoRle {
            size,
            counts: self.writer.finish(),
        });
    }

    fn take_masks(&mut self, size: [u32; 2], starts: &[u32], ends: &[usize]) {
        let strings = self.writer.small_masks(starts, ends);
        self.masks.extend(strings.map(|counts| CocoRle {
            size,
            counts: counts.to_owned(),
        }));
    }
}
