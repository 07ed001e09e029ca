//! Masks as COCO's annotations hold them, and the areas of masks alone.

use fearless_simd::{Level, Simd, dispatch};

use super::destination::{CocoStrings, Destination};
use super::measure::Measure;
use super::measure_tiny::measure_tiny;
use crate::format::{CocoInstance, CocoWriter};

/// Strings of masks, and beside each its area and box.
pub(crate) struct Instances<'w> {
    level: Level,
    strings: CocoStrings<'w>,
    measure: Measure,
    /// Area and box of each mask.
    measured: Vec<(u32, [u32; 4])>,
}

impl<'w> Instances<'w> {
    pub(crate) fn new(level: Level, writer: &'w mut CocoWriter, count: usize) -> Self {
        Instances {
            level,
            strings: CocoStrings {
                writer,
                masks: Vec::with_capacity(count),
            },
            measure: Measure::new(false),
            measured: Vec::with_capacity(count),
        }
    }

    /// The masks that have been taken.
    pub(crate) fn into_masks(self) -> Vec<CocoInstance> {
        let masks = self.strings.masks.into_iter().zip(self.measured);
        let instance = |(string, (area, bbox))| CocoInstance::new(string, area, bbox);
        masks.map(instance).collect()
    }

    fn push_measured(&mut self) {
        self.measured
            .push((self.measure.area(), self.measure.bbox()));
    }
}

impl Destination for Instances<'_> {
    fn implied(&self, begins_with_foreground: bool, pixels: u32) -> [Option<u32>; 2] {
        self.strings.implied(begins_with_foreground, pixels)
    }

    fn begin(&mut self, size: [u32; 2]) {
        self.measure.begin(size);
    }

    fn take(&mut self, starts: &[u32]) {
        self.strings.take(starts);
        self.measure.take(starts);
    }

    fn finish(&mut self, size: [u32; 2]) {
        self.strings.finish(size);
        self.push_measured();
    }

    fn take_masks(&mut self, size: [u32; 2], starts: &[u32], ends: &[usize]) {
        self.strings.take_masks(size, starts, ends);
        dispatch!(self.level, simd => for_each_tiny(simd, size, starts, ends, |area, bbox| {
            self.measured.push((area, bbox));
        }));
    }
}

/// Areas of masks.
pub(crate) struct Areas {
    level: Level,
    measure: Measure,
    pub(crate) masks: Vec<u32>,
}

impl Areas {
    pub(crate) fn new(level: Level) -> Self {
        Areas {
            level,
            measure: Measure::new(true),
            masks: Vec::new(),
        }
    }
}

impl Destination for Areas {
    /// As of COCO's strings.
    fn implied(&self, begins_with_foreground: bool, pixels: u32) -> [Option<u32>; 2] {
        [begins_with_foreground.then_some(0), Some(pixels)]
    }

    fn begin(&mut self, size: [u32; 2]) {
        self.measure.begin(size);
    }

    fn take(&mut self, starts: &[u32]) {
        self.measure.take(starts);
    }

    fn finish(&mut self, _: [u32; 2]) {
        self.masks.push(self.measure.area());
    }

    fn take_masks(&mut self, size: [u32; 2], starts: &[u32], ends: &[usize]) {
        dispatch!(self.level, simd => for_each_tiny(simd, size, starts, ends, |area, _| {
            self.masks.push(area);
        }));
    }
}

/// Measures tiny masks, as [`Destination::take_masks`] takes them.
#[inline(always)]
fn for_each_tiny<S: Simd>(
    simd: S,
    [height, _]: [u32; 2],
    starts: &[u32],
    ends: &[usize],
    mut take: impl FnMut(u32, [u32; 4]),
) {
    let begins = [0].iter().chain(ends);
    for (&begin, &end) in begins.zip(ends) {
        let (area, bbox) = measure_tiny(simd, height, &starts[begin..end]);
        take(area, bbox);
    }
}
