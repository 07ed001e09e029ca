//! From boundary bits to starts, and on to what becomes of them.

use fearless_simd::{Level, Simd, dispatch};

use crate::format::{CocoRle, CocoWriter};
use crate::runs::Starts;
use crate::simd::{BEYOND, write_places};

/// Takes masks one after the other.
pub(crate) trait Destination {
    /// What is taken although no boundary shows it, before and after a mask's other starts.
    fn at_the_ends(&self, begins_with_foreground: bool, pixels: u32) -> [Option<u32>; 2];

    /// Takes starts in scan order, some of a mask's or all.
    fn take(&mut self, starts: &[u32]);

    /// The mask, of so many rows and columns, has no more starts.
    fn finish(&mut self, size: [u32; 2]);

    /// Takes whole masks of up to 1024 pixels and of one size. The starts of each end where `ends`
    /// says; [`BEYOND`] more are there.
    fn take_masks(&mut self, size: [u32; 2], starts: &[u32], ends: &[usize]);
}

/// Starts, and how many each mask has.
#[derive(Default)]
pub(crate) struct Found {
    pub(crate) starts: Starts,
    /// How many were there before the mask.
    before: usize,
}

impl Destination for Found {
    /// The first run starts at the first pixel, if there is one.
    fn at_the_ends(&self, _: bool, pixels: u32) -> [Option<u32>; 2] {
        [(pixels > 0).then_some(0), None]
    }

    fn take(&mut self, starts: &[u32]) {
        self.starts.starts.extend_from_slice(starts);
    }

    fn finish(&mut self, _: [u32; 2]) {
        let before = std::mem::replace(&mut self.before, self.starts.starts.len());
        self.starts.counts.push((self.before - before) as u32);
    }

    fn take_masks(&mut self, _: [u32; 2], starts: &[u32], ends: &[usize]) {
        self.take(&starts[..ends.last().copied().unwrap_or(0)]);
        let before = [0].iter().chain(ends);
        self.starts.counts.extend(
            ends.iter()
                .zip(before)
                .map(|(end, before)| (end - before) as u32),
        );
        self.before = self.starts.starts.len();
    }
}

/// COCO's strings of masks.
pub(crate) struct Strings<'w> {
    pub(crate) writer: &'w mut CocoWriter,
    pub(crate) masks: Vec<CocoRle>,
}

impl Destination for Strings<'_> {
    /// The background before the first pixel ends there, and the last run after the last pixel.
    fn at_the_ends(&self, begins_with_foreground: bool, pixels: u32) -> [Option<u32>; 2] {
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

/// Starts that wait to be taken together.
const WAITING: usize = 1024;

/// Memory of a [`Sink`], kept from mask to mask.
pub(crate) struct Waiting(Box<Aligned>);

/// Sixteen starts that are read together, from the first on, never lie in two lines of the cache.
#[repr(align(64))]
struct Aligned([u32; WAITING]);

impl Default for Waiting {
    fn default() -> Self {
        Waiting(Box::new(Aligned([0; WAITING])))
    }
}

/// Is told the boundaries of masks in scan order, all but those at the first pixels.
pub(crate) struct Sink<'d> {
    level: Level,
    waiting: &'d mut [u32; WAITING],
    count: usize,
    destination: &'d mut dyn Destination,
    /// Of the mask: its rows and columns, and what is taken after its last boundary.
    size: [u32; 2],
    last: Option<u32>,
}

impl<'d> Sink<'d> {
    pub(crate) fn new(
        level: Level,
        waiting: &'d mut Waiting,
        destination: &'d mut dyn Destination,
    ) -> Self {
        Sink {
            level,
            waiting: &mut waiting.0.0,
            count: 0,
            destination,
            size: [0; 2],
            last: None,
        }
    }

    /// The mask that is told next.
    #[inline(always)]
    pub(crate) fn begin(&mut self, size: [u32; 2], begins_with_foreground: bool) {
        let [first, last] = self
            .destination
            .at_the_ends(begins_with_foreground, size[0] * size[1]);
        (self.size, self.last) = (size, last);
        self.push(first);
    }

    /// All boundaries of the mask have been told.
    #[inline(always)]
    pub(crate) fn end(&mut self) {
        self.push(self.last);
        self.flush();
        self.destination.finish(self.size);
    }

    #[inline(always)]
    fn push(&mut self, start: Option<u32>) {
        if let Some(start) = start {
            self.waiting[self.count] = start;
            self.count += 1;
        }
    }

    /// The boundaries of consecutive pixels, from scan position `position` on.
    pub(crate) fn words(&mut self, position: u32, words: &[u64]) {
        dispatch!(self.level, simd => self.take_words(simd, position, words));
    }

    #[inline(always)]
    fn take_words<S: Simd>(&mut self, simd: S, position: u32, words: &[u64]) {
        let mut telling = self.tell();
        for (index, &bits) in words.iter().enumerate() {
            if bits != 0 {
                telling.word(simd, position + 64 * index as u32, bits);
            }
        }
    }

    /// Begins to tell boundaries word by word.
    #[inline(always)]
    pub(crate) fn tell(&mut self) -> Telling<'_, 'd> {
        Telling {
            count: self.count,
            sink: self,
        }
    }

    /// What is taken of a mask of so many pixels although no boundary shows it: see
    /// [`Destination::at_the_ends`].
    pub(crate) fn at_the_ends(
        &self,
        begins_with_foreground: bool,
        pixels: u32,
    ) -> [Option<u32>; 2] {
        self.destination.at_the_ends(begins_with_foreground, pixels)
    }

    /// Whole masks: see [`Destination::take_masks`].
    pub(crate) fn masks(&mut self, size: [u32; 2], starts: &[u32], ends: &[usize]) {
        self.destination.take_masks(size, starts, ends);
    }

    /// Starts that are known already.
    #[cfg(feature = "rayon")]
    pub(crate) fn starts(&mut self, starts: &[u32]) {
        self.flush();
        self.destination.take(starts);
    }

    /// Hands on what waits.
    pub(crate) fn flush(&mut self) {
        self.destination.take(&self.waiting[..self.count]);
        self.count = 0;
    }
}

/// Tells boundaries word by word. The count of starts that wait stays in a register: stored with
/// each word, it would be waited for by the next one, and noise of 1 to 10 % take 4 to 5 % longer.
pub(crate) struct Telling<'s, 'd> {
    sink: &'s mut Sink<'d>,
    count: usize,
}

impl Telling<'_, '_> {
    /// The boundaries of up to 64 pixels: bit i is the pixel at scan position `position + i`.
    #[inline(always)]
    pub(crate) fn word<S: Simd>(&mut self, simd: S, position: u32, bits: u64) {
        if self.count > WAITING - BEYOND - 1 {
            self.sink.count = self.count;
            self.sink.flush();
            self.count = 0;
        }
        self.count += write_places(simd, position, bits, &mut self.sink.waiting[self.count..]);
    }
}

impl Drop for Telling<'_, '_> {
    #[inline(always)]
    fn drop(&mut self) {
        self.sink.count = self.count;
    }
}
