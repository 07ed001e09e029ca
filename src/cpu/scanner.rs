//! The scan that each mask of a task is given, by its size, its layout in memory and its predicate.

use std::ops::Range;

use fearless_simd::Level;

use super::emit::{CollectedStarts, Destination, Emitter, PendingStarts};
use super::read::{Differs, ForegroundTest, PlanePixels, Source};
use super::resample::{MadeScratch, ResampleScratch, ResampledPixels, with_rows};
use super::scan::{
    AcrossScratch, InterleavedBits, TinyLayout, TinyScratch, is_tiny, scan_across, scan_along,
    scan_tiny,
};
use crate::pixel::{
    Masks, Order, Packed, Plane, PlaneVisitor, Resample, Samples, Scan, StackVisitor, visit_plane,
    visit_stack,
};
use crate::predicate::Predicate;
use crate::runs::begins_with_foreground;

/// Scratch of finding boundaries, kept from mask to mask.
#[derive(Default)]
pub(super) struct ScanScratch {
    across: AcrossScratch,
    pending: PendingStarts,
    tiny: TinyScratch,
    resample: ResampleScratch,
    window: WindowScratch,
    made: MadeScratch,
}

/// Scratch of scanning a window by itself.
#[derive(Default)]
struct WindowScratch {
    pending: PendingStarts,
    found: CollectedStarts,
}

impl ScanScratch {
    /// Gives back memory that only large masks need.
    pub(super) fn shrink(&mut self) {
        self.across.shrink();
        self.resample.shrink();
        self.made.shrink();
    }
}

/// Finds the boundaries of masks.
pub(super) struct Scanner<'m, 'a> {
    pub(super) level: Level,
    /// True if there may be more than one thread.
    pub(super) parallel: bool,
    pub(super) masks: &'m Masks<'a>,
    pub(super) order: Order,
    /// The bits of all masks, where these lie pixel by pixel beside each other.
    pub(super) interleaved: Option<InterleavedBits>,
}

impl Scanner<'_, '_> {
    /// Gives `destination` the boundaries of the masks of a task.
    pub(super) fn scan(
        &self,
        task: Range<usize>,
        scratch: &mut ScanScratch,
        destination: &mut dyn Destination,
    ) {
        let ScanScratch {
            across,
            pending,
            tiny,
            resample: resample_scratch,
            window,
            made,
        } = scratch;
        let mut emitter = Emitter::new(self.level, pending, destination);
        let mut index = task.start;
        while index < task.end {
            if let Some((samples, resample)) = self.masks.samples_of(index) {
                index += 1;
                let next = (index < task.end).then(|| self.masks.samples_of(index));
                let next = next.flatten().map(|(samples, _)| samples);
                with_rows(self.level, &samples, made, &mut |samples| {
                    let scratch = (&mut *resample_scratch, &mut *across, &mut *window);
                    let samples = (samples, next.as_ref());
                    self.scan_resampled(index - 1, samples, &resample, scratch, &mut emitter);
                });
                continue;
            }
            if let Some(end) = self.scan_tiny_masks(index..task.end, tiny, &mut emitter) {
                index = end;
                continue;
            }
            let begins_with_foreground = begins_with_foreground(self.masks, index, self.level);
            emitter.begin_mask(self.masks.size(index), begins_with_foreground);
            self.scan_mask(index, across, &mut emitter);
            emitter.end_mask();
            index += 1;
        }
    }

    /// Emits the first masks of the range, those of one array, if they are tiny and lie one after
    /// the other. Gives the end of these.
    fn scan_tiny_masks(
        &self,
        masks: Range<usize>,
        scratch: &mut TinyScratch,
        emitter: &mut Emitter<'_>,
    ) -> Option<usize> {
        let size = self.masks.size(masks.start);
        if self.interleaved.is_some() || !is_tiny(size) {
            return None;
        }
        let end = masks.end.min(self.masks.array_of(masks.start).end);
        let visitor = TinyMasks {
            level: self.level,
            test: ForegroundTest::of(self.masks.predicate())?,
            size,
            scratch,
            emitter,
        };
        visit_stack(self.masks, masks.start..end, self.order, visitor)?;
        Some(end)
    }

    /// Emits a mask that is resampled, given its samples and the next mask's.
    fn scan_resampled(
        &self,
        index: usize,
        (samples, next): (&Samples<'_>, Option<&Samples<'_>>),
        resample: &Resample,
        (scratch, across, window): (&mut ResampleScratch, &mut AcrossScratch, &mut WindowScratch),
        emitter: &mut Emitter<'_>,
    ) {
        let size = self.masks.size(index);
        if resample.is_empty() {
            emitter.begin_mask(size, false);
            return emitter.end_mask();
        }
        let Predicate::Above(threshold) = self.masks.predicate() else {
            unreachable!("only masks with a threshold are resampled");
        };
        let starts = scratch.scan(self.level, samples, next, resample, threshold, self.order);
        if let Some((starts, begins_with_foreground)) = starts {
            emitter.begin_mask(size, begins_with_foreground);
            emitter.emit_starts(starts);
            return emitter.end_mask();
        }
        let pixels = ResampledPixels {
            level: self.level,
            samples,
            resample: *resample,
            threshold,
            columns: scratch.all_columns(resample),
        };
        if resample.is_whole() {
            return self.scan_pixels(&pixels, across, emitter);
        }
        window.found.clear();
        let mut inside = Emitter::new(self.level, &mut window.pending, &mut window.found);
        self.scan_pixels(&pixels, across, &mut inside);
        let first = pixels.begin_with_foreground();
        let (starts, begins_with_foreground) =
            scratch.place(&window.found.starts.starts, first, resample, self.order);
        emitter.begin_mask(size, begins_with_foreground);
        emitter.emit_starts(starts);
        emitter.end_mask();
    }

    /// Emits the pixels of a window as a mask of its size.
    fn scan_pixels(
        &self,
        pixels: &ResampledPixels<'_, '_>,
        across: &mut AcrossScratch,
        emitter: &mut Emitter<'_>,
    ) {
        let size = pixels.resample.to();
        emitter.begin_mask(size, pixels.begin_with_foreground());
        let visitor = OneMask {
            level: self.level,
            test: ForegroundTest::of(self.masks.predicate()),
            parallel: self.parallel,
            scratch: across,
            emitter: &mut *emitter,
        };
        // Down one row is along it.
        let is_along = self.order == Order::RowMajor || size[0] == 1;
        let scan = if is_along { Scan::Along } else { Scan::Across };
        visitor.scan(Source::Foreground(pixels), scan);
        emitter.end_mask();
    }

    fn scan_mask(&self, index: usize, scratch: &mut AcrossScratch, emitter: &mut Emitter<'_>) {
        let visitor = OneMask {
            level: self.level,
            test: ForegroundTest::of(self.masks.predicate()),
            parallel: self.parallel,
            scratch,
            emitter,
        };
        match &self.interleaved {
            Some(bits) => {
                let mask = bits.mask(index - self.masks.array_of(index).start);
                visitor.scan(Source::Foreground(&mask), bits.scan);
            }
            None => visit_plane(self.masks, index, self.order, visitor),
        }
    }
}

/// A mask of any size.
struct OneMask<'s, 'd> {
    level: Level,
    /// None of labels.
    test: Option<ForegroundTest>,
    parallel: bool,
    scratch: &'s mut AcrossScratch,
    emitter: &'s mut Emitter<'d>,
}

impl OneMask<'_, '_> {
    fn scan(self, source: Source<'_>, scan: Scan) {
        match scan {
            _ if source.height() == 0 || source.width() == 0 => {}
            Scan::Along => scan_along(self.level, source, self.parallel, self.emitter),
            Scan::Across => scan_across(
                self.level,
                source,
                self.parallel,
                self.scratch,
                self.emitter,
            ),
        }
    }
}

impl PlaneVisitor for OneMask<'_, '_> {
    type Output = ();

    fn visit<P: Plane>(self, plane: &P, scan: Scan) {
        match self.test {
            Some(test) => {
                let pixels = PlanePixels::new(self.level, plane, test);
                self.scan(Source::Foreground(&pixels), scan);
            }
            None => {
                let pixels = PlanePixels::new(self.level, plane, Differs::new());
                self.scan(Source::Labels(&pixels), scan);
            }
        }
    }

    fn visit_packed(self, plane: &Packed<'_>, scan: Scan) {
        self.scan(Source::Foreground(plane), scan);
    }
}

/// Masks of few pixels.
struct TinyMasks<'s, 'd> {
    level: Level,
    test: ForegroundTest,
    size: [u32; 2],
    scratch: &'s mut TinyScratch,
    emitter: &'s mut Emitter<'d>,
}

impl StackVisitor for TinyMasks<'_, '_> {
    type Output = ();

    fn visit<P: Plane>(self, plane: &P, memory: [usize; 2], scan: Scan) {
        let source = PlanePixels::new(self.level, plane, self.test);
        let layout = TinyLayout::new(self.level, self.size, memory, scan);
        scan_tiny(self.level, &source, &layout, self.scratch, self.emitter);
    }
}

/// Reads masks that lie pixel by pixel beside each other.
pub(super) struct ReadInterleaved {
    pub(super) level: Level,
    pub(super) test: ForegroundTest,
    pub(super) parallel: bool,
}

impl StackVisitor for ReadInterleaved {
    type Output = InterleavedBits;

    fn visit<P: Plane>(self, plane: &P, memory: [usize; 2], scan: Scan) -> InterleavedBits {
        let source = PlanePixels::new(self.level, plane, self.test);
        InterleavedBits::read(self.level, &source, memory, scan, self.parallel)
    }
}
