//! Counts to characters.

use fearless_simd::{Level, Simd, dispatch};

use super::characters::characters;
use crate::simd::with_kernels;

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
        dispatch!(self.level, simd => self.write_ends(simd, ends));
    }

    #[inline(always)]
    fn write_ends<S: Simd>(&mut self, simd: S, ends: &[u32]) {
        let (Some(&first), Some(&last)) = (ends.first(), ends.last()) else {
            return;
        };
        if self.index == 0 {
            // With these before them, the differences of the first three counts are the counts
            // themselves, as COCO writes them.
            self.before = [first.wrapping_mul(2), first, first];
        }
        if last < 1 << 31 {
            with_kernels!(simd, kernels => self.sixteens(kernels, ends));
        }
        self.blocks(simd, ends);
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

    /// The strings of whole masks of up to 2^10 pixels, whose ends lie one after the other:
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
        self.write_ends(simd, &ends[..count]);
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
