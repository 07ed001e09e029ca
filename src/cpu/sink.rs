//! From boundary bits to starts, and on to what becomes of them.

use fearless_simd::{Level, dispatch};

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

/// Is told the boundaries of a mask in scan order, all but the one at the first pixel.
pub(super) struct Sink<'d> {
    level: Level,
    waiting: [u32; WAITING],
    count: usize,
    destination: &'d mut dyn Destination,
}

impl<'d> Sink<'d> {
    pub(super) fn new(level: Level, destination: &'d mut dyn Destination) -> Self {
        Sink { level, waiting: [0; WAITING], count: 0, destination }
    }

    /// The boundaries of consecutive pixels, from scan position `position` on.
    pub(super) fn words(&mut self, position: u32, words: &[u64]) {
        dispatch!(self.level, _simd => self.take_words(position, words));
    }

    #[inline(always)]
    fn take_words(&mut self, position: u32, words: &[u64]) {
        for (index, &bits) in words.iter().enumerate() {
            self.word(position + 64 * index as u32, bits);
        }
    }

    /// The boundaries of up to 64 pixels: bit i is the pixel at scan position `position + i`.
    #[inline(always)]
    pub(super) fn word(&mut self, position: u32, mut bits: u64) {
        if bits == 0 {
            return;
        }
        // The most that a word adds, and the seven that its last byte writes in vain.
        if self.count > WAITING - 64 - 8 {
            self.flush();
        }
        if bits.count_ones() <= SPARSE {
            while bits != 0 {
                self.waiting[self.count] = position + bits.trailing_zeros();
                self.count += 1;
                bits &= bits - 1;
            }
        } else {
            self.dense_word(position, bits);
        }
    }

    /// A byte at a time, all eight places of each written: no branch that noise would mispredict.
    #[inline(always)]
    fn dense_word(&mut self, position: u32, bits: u64) {
        // A variable, since each addition to the field would wait for the last one's store.
        let mut count = self.count;
        for (index, byte) in bits.to_le_bytes().into_iter().enumerate() {
            let base = position + 8 * index as u32;
            let places = &PLACES[usize::from(byte)];
            let Some(out) = self.waiting[count..].first_chunk_mut::<8>() else { break };
            for (out, &place) in out.iter_mut().zip(places) {
                *out = base + u32::from(place);
            }
            count += byte.count_ones() as usize;
        }
        self.count = count;
    }

    /// Hands on what waits.
    pub(super) fn flush(&mut self) {
        self.destination.take(&self.waiting[..self.count]);
        self.count = 0;
    }
}

/// Boundaries a word up to which going from bit to bit is faster than going from byte to byte.
const SPARSE: u32 = 6;

/// For each byte, the places of its set bits, lowest first.
static PLACES: [[u8; 8]; 256] = {
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
