//! From words of bits to run starts, which are handed on some at a time.
//!
//! Invariant: before a word's positions are written there is room for [`BEYOND`] of them and one
//! more start, the last one that [`Destination::implied`] asks for.

use fearless_simd::prelude::*;
use fearless_simd::{Level, Simd, dispatch, u64x8};

use super::destination::Destination;
use crate::runs::BitLines;
use crate::simd::{BEYOND, is_avx512, nonzero_words, write_positions};

/// Starts that are collected before the destination takes them.
const PENDING: usize = 1024;

/// Scratch of an [`Emitter`], kept from mask to mask.
pub(crate) struct PendingStarts(Box<AlignedStarts>);

/// Sixteen starts that are read together, from the first on, never lie in two cache lines.
#[repr(align(64))]
struct AlignedStarts([u32; PENDING]);

impl Default for PendingStarts {
    fn default() -> Self {
        PendingStarts(Box::new(AlignedStarts([0; PENDING])))
    }
}

/// Takes the boundaries of masks in scan order, all but those at the first pixels, and gives a
/// destination their positions.
pub(crate) struct Emitter<'d> {
    level: Level,
    pending: &'d mut [u32; PENDING],
    count: usize,
    destination: &'d mut dyn Destination,
    /// Height and width of the mask.
    size: [u32; 2],
    /// Position that is taken after the mask's last boundary.
    last: Option<u32>,
}

impl<'d> Emitter<'d> {
    pub(crate) fn new(
        level: Level,
        pending: &'d mut PendingStarts,
        destination: &'d mut dyn Destination,
    ) -> Self {
        Emitter {
            level,
            pending: &mut pending.0.0,
            count: 0,
            destination,
            size: [0; 2],
            last: None,
        }
    }

    /// Begins the next mask.
    #[inline(always)]
    pub(crate) fn begin_mask(&mut self, size: [u32; 2], begins_with_foreground: bool) {
        let [first, last] = self.implied(begins_with_foreground, size[0] * size[1]);
        (self.size, self.last) = (size, last);
        self.destination.begin(size);
        self.push(first);
    }

    /// Ends the mask, all of whose boundaries have been emitted.
    #[inline(always)]
    pub(crate) fn end_mask(&mut self) {
        self.push(self.last);
        self.flush();
        self.destination.finish(self.size);
    }

    #[inline(always)]
    fn push(&mut self, start: Option<u32>) {
        if let Some(start) = start {
            self.pending[self.count] = start;
            self.count += 1;
        }
    }

    /// Emits the boundaries of consecutive pixels, from scan position `position` on. `words` are
    /// one before these pixels, then theirs in eights. Where all bits of `compared` are set, these
    /// are foreground bits, and boundaries where they differ from the bit before them, the first
    /// from the last of the word before. Where none is set they are boundary bits.
    pub(crate) fn emit_words(&mut self, position: u32, words: &[u64], compared: u64) {
        debug_assert_eq!(words.len() % 8, 1);
        dispatch!(self.level, simd => self.emit_words_at(simd, position, words, compared));
    }

    /// Words without a boundary are skipped eight at a time: with AVX2 a mask of 1024 x 1024 in
    /// cache takes .65 to .8 of the time that it takes word by word.
    #[inline(always)]
    fn emit_words_at<S: Simd>(&mut self, simd: S, position: u32, words: &[u64], compared: u64) {
        let mut emitter = self.word_emitter();
        for first in (0..words.len() - 1).step_by(8) {
            let before = u64x8::from_slice(simd, &words[first..first + 8]);
            let own = u64x8::from_slice(simd, &words[first + 1..first + 9]);
            let bits = own ^ (((own << 1) | (before >> 63)) & compared);
            let mut nonzero = nonzero_words(bits);
            if nonzero != 0 {
                let bits: [u64; 8] = bits.into();
                while nonzero != 0 {
                    let word = nonzero.trailing_zeros() as usize;
                    emitter.emit(simd, position + 64 * (first + word) as u32, bits[word]);
                    nonzero &= nonzero - 1;
                }
            }
        }
    }

    /// Emits the boundaries of a whole mask, given its bits, less the one at the first pixel.
    pub(crate) fn emit_bits(&mut self, words: &[u32], lines: BitLines) {
        dispatch!(self.level, simd => self.emit_bits_at(simd, words, lines));
    }

    #[inline(always)]
    fn emit_bits_at<S: Simd>(&mut self, simd: S, words: &[u32], lines: BitLines) {
        let mut emitter = self.word_emitter();
        for (position, bits) in lines.bits(words) {
            let bits = if position == 0 { bits & !1 } else { bits };
            if bits != 0 {
                emitter.emit(simd, position, bits);
            }
        }
    }

    /// Begins to emit boundaries word by word.
    #[inline(always)]
    pub(crate) fn word_emitter(&mut self) -> WordEmitter<'_> {
        WordEmitter {
            pending: self.pending,
            count: self.count,
            kept: &mut self.count,
            destination: self.destination,
        }
    }

    /// Positions that are taken although no boundary shows them: see [`Destination::implied`].
    pub(crate) fn implied(&self, begins_with_foreground: bool, pixels: u32) -> [Option<u32>; 2] {
        self.destination.implied(begins_with_foreground, pixels)
    }

    /// Emits whole masks: see [`Destination::take_masks`].
    pub(crate) fn emit_masks(&mut self, size: [u32; 2], starts: &[u32], ends: &[usize]) {
        debug_assert!(starts.len() >= ends.last().map_or(0, |end| end + BEYOND));
        self.destination.take_masks(size, starts, ends);
    }

    /// Emits starts that are known already.
    pub(crate) fn emit_starts(&mut self, starts: &[u32]) {
        self.flush();
        self.destination.take(starts);
    }

    /// Hands on the starts that are pending.
    pub(crate) fn flush(&mut self) {
        self.destination.take(&self.pending[..self.count]);
        self.count = 0;
    }
}

/// Emits boundaries word by word. The number of pending starts stays in a register: stored with
/// each word, it would be waited for by the next one, and noise of 1 to 10 % take 4 to 5 % longer.
pub(crate) struct WordEmitter<'e> {
    pending: &'e mut [u32; PENDING],
    count: usize,
    /// Where the number of pending starts is kept from word emitter to word emitter.
    kept: &'e mut usize,
    destination: &'e mut dyn Destination,
}

impl WordEmitter<'_> {
    /// Emits the boundaries of up to 64 pixels: bit i is the pixel at scan position `position + i`.
    #[inline(always)]
    pub(crate) fn emit<S: Simd>(&mut self, simd: S, position: u32, bits: u64) {
        if self.count > PENDING - BEYOND - 1 {
            self.destination.take(&self.pending[..self.count]);
            self.count = 0;
        }
        // Nearly all words of a smooth outline: a twentieth of the instructions of blobs.
        if bits.is_power_of_two() && !is_avx512(simd.level()) {
            self.pending[self.count] = position.wrapping_add(bits.trailing_zeros());
            self.count += 1;
            return;
        }
        self.count += write_positions(simd, position, bits, &mut self.pending[self.count..]);
    }
}

impl Drop for WordEmitter<'_> {
    #[inline(always)]
    fn drop(&mut self) {
        *self.kept = self.count;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cpu::emit::{CocoStrings, CollectedStarts};
    use crate::format::CocoWriter;

    /// Emits boundaries at the first pixels of `single` words, and at all pixels of one word more:
    /// of the words in two calls, as boundary bits or as foreground bits, which `compared` says.
    fn emit(
        level: Level,
        single: u32,
        compared: u64,
        first: bool,
        destination: &mut dyn Destination,
    ) {
        let mut pending = PendingStarts::default();
        let mut emitter = Emitter::new(level, &mut pending, destination);
        emitter.begin_mask([64, single + 1], first);
        let mut words: Vec<u64> = (0..single).map(|word| u64::from(word > 0)).collect();
        words.push(u64::MAX);
        words.resize(words.len().next_multiple_of(8), 0);
        let mut last = 0;
        if compared != 0 {
            for word in &mut words {
                // A pixel differs from the one before it where the number of boundaries up to it is
                // odd: the sum of all lower bits.
                for shift in [1, 2, 4, 8, 16, 32] {
                    *word ^= *word << shift;
                }
                *word ^= last;
                last = (*word >> 63).wrapping_neg();
            }
        }
        // Beyond the last boundary all are alike.
        words.insert(0, 0);
        let half = words.len() / 16 * 8;
        emitter.emit_words(0, &words[..half + 1], compared);
        emitter.emit_words(64 * half as u32, &words[half..], compared);
        emitter.end_mask();
    }

    /// Numbers of pending starts around those from which on a word's might not find room.
    #[test]
    fn starts_are_handed_on_before_there_is_no_room_for_a_word() {
        for single in (PENDING - BEYOND - 5) as u32..=PENDING as u32 + 2 {
            let mut expected: Vec<u32> = (0..single).map(|word| 64 * word).collect();
            expected.extend(64 * single..64 * (single + 1));
            for level in crate::simd::levels::all() {
                for (first, compared) in [(false, 0), (true, 0), (false, u64::MAX)] {
                    let mut collected = CollectedStarts::default();
                    emit(level, single, compared, first, &mut collected);
                    assert_eq!(collected.starts.starts, expected, "{level:?}");
                    let mut strings = CocoStrings {
                        writer: &mut CocoWriter::at(level),
                        masks: Vec::new(),
                    };
                    emit(level, single, compared, first, &mut strings);
                    let mask = strings.masks[0].to_runs().expect("the string is good");
                    assert_eq!(mask.starts(), expected, "{level:?}, {first}");
                }
            }
        }
    }
}
