//! Words whose first one begins a line of the cache.

use std::ops::{Deref, DerefMut};

use super::word_rows::LINE;

/// Vectors of eight words, from the first on, never lie in two lines of the cache.
#[derive(Default)]
pub(crate) struct AlignedWords {
    all: Vec<u64>,
    first: usize,
    length: usize,
}

impl AlignedWords {
    /// Makes `length` words of these; new ones are 0.
    pub(crate) fn resize(&mut self, length: usize) {
        self.length = length;
        if length + LINE > self.all.len() {
            self.all.resize(length + LINE, 0);
            // Where no word begins a line there is nothing to be gained, either.
            self.first = self
                .all
                .as_ptr()
                .align_offset(LINE * size_of::<u64>())
                .min(LINE);
        }
    }

    pub(crate) fn capacity(&self) -> usize {
        self.all.capacity()
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
