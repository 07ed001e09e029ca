//! Words that begin with a cache line.

use std::ops::{Deref, DerefMut};

use super::word_rows::LINE;

/// Words of which each eight, from the first on, are one cache line, so that no vector of eight
/// lies in two.
#[derive(Default)]
pub(crate) struct AlignedWords {
    all: Vec<u64>,
    first: usize,
    length: usize,
}

impl AlignedWords {
    /// Sets the number of words. They hold 0, or what was written before.
    pub(crate) fn resize(&mut self, length: usize) {
        self.length = length;
        if length + LINE > self.all.len() {
            self.all.resize(length + LINE, 0);
            // Where no offset is known, words that lie in two lines are only slower.
            self.first = self
                .all
                .as_ptr()
                .align_offset(LINE * size_of::<u64>())
                .min(LINE);
        }
    }
}

impl Deref for AlignedWords {
    type Target = [u64];

    fn deref(&self) -> &[u64] {
        &self.all[self.first..][..self.length]
    }
}

impl DerefMut for AlignedWords {
    fn deref_mut(&mut self) -> &mut [u64] {
        &mut self.all[self.first..][..self.length]
    }
}
