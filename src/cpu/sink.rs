//! From boundary bits to starts, and on to what becomes of them.

use fearless_simd::prelude::*;
use fearless_simd::{Level, Simd, dispatch, u32x8};

use crate::format::CocoWriter;

/// Takes starts in scan order.
pub(super) trait Destination {
    fn take(&mut self, starts: &[u32]);
}

impl Destination for Vec<u32> {
    fn take(&mut self, starts: &[u32]) {
        self.extend_from_slice(starts);
    }
}

impl Destination for CocoWriter {
    /// A run ends where the next one starts.
    fn take(&mut self, starts: &[u32]) {
        self.ends(starts);
    }
}

/// Starts that wait to be taken together.
const WAITING: usize = 1024;

/// Memory of a [`Sink`], kept from mask to mask.
pub(super) struct Waiting([u32; WAITING]);

impl Default for Waiting {
    fn default() -> Self {
        Waiting([0; WAITING])
    }
}

/// Is told the boundaries of a mask in scan order, all but the one at the first pixel.
pub(super) struct Sink<'d> {
    level: Level,
    waiting: &'d mut [u32; WAITING],
    count: usize,
    destination: &'d mut dyn Destination,
}

impl<'d> Sink<'d> {
    pub(super) fn new(level: Level, waiting: &'d mut Waiting, destination: &'d mut dyn Destination) -> Self {
        Sink { level, waiting: &mut waiting.0, count: 0, destination }
    }

    /// A start that no boundary shows.
    pub(super) fn push(&mut self, start: u32) {
        self.waiting[self.count] = start;
        self.count += 1;
    }

    /// The boundaries of consecutive pixels, from scan position `position` on.
    pub(super) fn words(&mut self, position: u32, words: &[u64]) {
        dispatch!(self.level, simd => self.take_words(simd, position, words));
    }

    #[inline(always)]
    fn take_words<S: Simd>(&mut self, simd: S, position: u32, words: &[u64]) {
        for (index, &bits) in words.iter().enumerate() {
            if bits != 0 {
                self.word(simd, position + 64 * index as u32, bits);
            }
        }
    }

    /// The boundaries of up to 64 pixels: bit i is the pixel at scan position `position + i`.
    #[inline(always)]
    pub(super) fn word<S: Simd>(&mut self, simd: S, position: u32, bits: u64) {
        // The most that a word adds, and the places that are written in vain.
        if self.count > WAITING - 64 - 8 {
            self.flush();
        }
        let found = bits.count_ones() as usize;
        if found <= SPARSE {
            self.sparse_word(position, bits, found)
        } else {
            self.dense_word(simd, position, bits)
        }
        self.count += found;
    }

    /// Bit by bit, always four: a branch for each would be mispredicted once a word.
    #[inline(always)]
    fn sparse_word(&mut self, position: u32, mut bits: u64, found: usize) {
        let mut at = self.count;
        let end = at + found;
        while let Some(out) = self.waiting[at..].first_chunk_mut::<4>() {
            for out in out {
                *out = position.wrapping_add(bits.trailing_zeros());
                bits &= bits.wrapping_sub(1);
            }
            at += 4;
            if at >= end {
                break;
            }
        }
    }

    /// A byte at a time, all eight places of each written: no branch that noise would mispredict.
    #[inline(always)]
    fn dense_word<S: Simd>(&mut self, simd: S, position: u32, bits: u64) {
        let mut at = self.count;
        let mut base = u32x8::splat(simd, position);
        for byte in bits.to_le_bytes() {
            let Some(out) = self.waiting[at..].first_chunk_mut::<8>() else { break };
            (u32x8::from_slice(simd, &PLACES[usize::from(byte)]) + base).store_slice(out);
            at += byte.count_ones() as usize;
            base += 8;
        }
    }

    /// Hands on what waits.
    pub(super) fn flush(&mut self) {
        self.destination.take(&self.waiting[..self.count]);
        self.count = 0;
    }
}

/// Boundaries a word up to which going from bit to bit is faster than going from byte to byte.
const SPARSE: usize = 8;

/// For each byte, the places of its set bits, lowest first.
static PLACES: [[u32; 8]; 256] = {
    let mut places = [[0; 8]; 256];
    let mut byte = 0;
    while byte < 256 {
        let (mut bit, mut count) = (0, 0);
        while bit < 8 {
            if byte >> bit & 1 == 1 {
                places[byte][count] = bit;
                count += 1;
            }
            bit += 1;
        }
        byte += 1;
    }
    places
};
