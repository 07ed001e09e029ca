//! Counts to characters.

use fearless_simd::{Level, Simd, dispatch};

use super::characters::characters;
use crate::simd::with_kernels;

/// Largest end, as a scan position, whose counts are written from a table.
const SMALL: u32 = 1 << 10;
/// Most groups that a difference of such counts has.
const SMALL_GROUPS: usize = 3;

/// The characters of each difference from -[`SMALL`] on, and their number.
static SMALL_CHARACTERS: [[u8; SMALL_GROUPS + 1]; 1 << 12] = {
    let mut all = [[0; 4]; 1 << 12];
    let mut index = 0;
    while index <= 2 * SMALL as usize {
        let (bytes, length) = characters(index as i64 - SMALL as i64);
        all[index] = [bytes[0], bytes[1], bytes[2], length as u8];
        index += 1;
    }
    all
};

/// Most bytes of scratch that are kept for the next call.
const MOST_KEPT: usize = 4 << 20;

/// Writes counts as they end, in a scratch that serves one mask after the other.
#[derive(Debug)]
pub(crate) struct CocoWriter {
    level: Level,
    /// The characters, and room for more.
    pub(super) text: Vec<u8>,
    pub(super) length: usize,
    /// Number of counts that have been written.
    pub(super) index: usize,
    /// Ends of the last three counts, the last one last.
    pub(super) before: [u32; 3],
    /// Ends of the characters of whole masks.
    mask_ends: Vec<usize>,
}

impl CocoWriter {
    pub(crate) fn new() -> Self {
        Self::at(Level::new())
    }

    pub(crate) fn at(level: Level) -> Self {
        CocoWriter {
            level,
            text: Vec::new(),
            length: 0,
            index: 0,
            before: [0; 3],
            mask_ends: Vec::new(),
        }
    }

    /// Writes the next counts, given their ends: the scan positions at which runs end, background
    /// first.
    pub(crate) fn ends(&mut self, ends: &[u32]) {
        let (Some(&first), Some(&last)) = (ends.first(), ends.last()) else {
            return;
        };
        if self.index == 0 {
            // With these before them, the differences of the first three counts are the counts
            // themselves, as COCO writes them.
            self.before = [first.wrapping_mul(2), first, first];
        }
        dispatch!(self.level, simd => self.write_ends(simd, ends, last));
    }

    /// Writes counts, given one end or more, the last and greatest of which is `last`.
    #[inline(always)]
    fn write_ends<S: Simd>(&mut self, simd: S, ends: &[u32], last: u32) {
        if last < 1 << 31 {
            with_kernels!(simd, kernels => self.sixteens(kernels, ends));
        }
        if last <= SMALL {
            self.small(ends);
        } else {
            self.blocks(simd, ends);
        }
    }

    /// Writes counts of ends up to [`SMALL`], where there is no AVX-512. On masks of 28 x 28 pixels
    /// the table takes half the time that blocks take.
    fn small(&mut self, ends: &[u32]) {
        self.reserve(ends.len() * SMALL_GROUPS + 1);
        let text = &mut self.text[self.length..];
        // A u32, so that no sum with it overflows a usize, which saves a check.
        let mut at = 0u32;
        let mut write = |difference: u32| {
            let written =
                SMALL_CHARACTERS[difference.wrapping_add(SMALL) as usize % SMALL_CHARACTERS.len()];
            // The fourth byte is the number of characters, which the next ones overwrite.
            text[at as usize..at as usize + SMALL_GROUPS + 1].copy_from_slice(&written);
            at += u32::from(written[SMALL_GROUPS]);
        };
        let [third, second, mut end] = self.before;
        let [mut before, mut last] = [second.wrapping_sub(third), end.wrapping_sub(second)];
        let (pairs, rest) = ends.as_chunks();
        for &[first, second] in pairs {
            let counts = [first.wrapping_sub(end), second - first];
            write(counts[0].wrapping_sub(before));
            write(counts[1].wrapping_sub(last));
            ([before, last], end) = (counts, second);
        }
        for &last_end in rest {
            let count = last_end.wrapping_sub(end);
            write(count.wrapping_sub(before));
            ([before, last], end) = ([last, count], last_end);
        }
        self.length += at as usize;
        let second = end.wrapping_sub(last);
        self.before = [second.wrapping_sub(before), second, end];
        self.index += ends.len();
    }

    /// Writes count `index`, given its end, of any size, after the three before it.
    pub(super) fn write_one(&mut self, ends: [u32; 4], index: usize) {
        let [third, second, first, end] = ends.map(i64::from);
        let difference = match index {
            0 => end,
            // Written whole.
            1 | 2 => end - first,
            _ => end - first - (second - third),
        };
        let (characters, length) = characters(difference);
        self.reserve(characters.len());
        self.text[self.length..][..characters.len()].copy_from_slice(&characters);
        self.length += length;
    }

    /// The string of a mask whose starts are known.
    pub(crate) fn mask(
        &mut self,
        begins_with_foreground: bool,
        starts: &[u32],
        pixels: u32,
    ) -> String {
        if begins_with_foreground {
            self.ends(&[0]);
        }
        self.ends(starts.get(1..).unwrap_or_default());
        self.ends(&[pixels]);
        self.finish()
    }

    /// The strings of whole masks of up to [`SMALL`] pixels, whose ends lie one after the other:
    /// `masks` are the indices at which each mask's stop. 64 more ends may be read.
    pub(crate) fn small_masks(
        &mut self,
        ends: &[u32],
        masks: &[usize],
    ) -> impl Iterator<Item = &str> {
        dispatch!(self.level, simd => self.write_small_masks(simd, ends, masks));
        self.index = 0;
        let length = std::mem::take(&mut self.length);
        let text = str::from_utf8(&self.text[..length]).expect("characters of COCO are ASCII");
        let firsts = std::iter::once(0).chain(self.mask_ends.iter().copied());
        firsts
            .zip(&self.mask_ends)
            .map(move |(first, &last)| &text[first..last])
    }

    #[inline(always)]
    fn write_small_masks<S: Simd>(&mut self, simd: S, ends: &[u32], masks: &[usize]) {
        self.mask_ends.clear();
        let mut first = 0;
        for &last in masks {
            self.write_small_mask(simd, &ends[first..], last - first);
            self.mask_ends.push(self.length);
            first = last;
        }
    }

    /// Writes a whole mask, whose ends are the first `count`.
    #[inline(always)]
    fn write_small_mask<S: Simd>(&mut self, simd: S, ends: &[u32], count: usize) {
        with_kernels!(simd, kernels => self.small_sixteens(kernels, ends, count));
        self.index = 0;
        self.ends(&ends[..count]);
    }

    /// Makes room for `more` characters.
    pub(super) fn reserve(&mut self, more: usize) {
        if self.text.len() < self.length + more {
            self.text.resize(2 * self.length + more, 0);
        }
    }

    /// Frees scratch that only a very long string needs.
    pub(crate) fn shrink(&mut self) {
        if self.text.len() > MOST_KEPT {
            self.text = Vec::new();
        }
    }

    /// The string of the counts since the last one.
    pub(crate) fn finish(&mut self) -> String {
        let text = String::from_utf8(self.text[..self.length].to_vec());
        self.length = 0;
        self.index = 0;
        text.expect("characters of COCO are ASCII")
    }
}
