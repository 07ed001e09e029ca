//! Where the boundary bits of a mask lie on the device.
//!
//! One bit a pixel in scan order, set where a pixel differs from the one before it in the scan, and
//! at the first pixel of a mask. Scan lines each start at a word, so that no two share one; the
//! bits that pad a line to whole words are zero.

/// The scan lines of a mask.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct BitLines {
    /// How many lines there are.
    pub(super) lines: usize,
    /// Pixels a line.
    pub(super) length: usize,
}

impl BitLines {
    /// Words that each line takes.
    pub(super) fn words_per_line(&self) -> usize {
        self.length.div_ceil(32)
    }

    /// Words of the whole mask.
    pub(super) fn words(&self) -> usize {
        self.lines * self.words_per_line()
    }

    /// Appends the scan position of every boundary of a mask that has pixels to `starts`.
    pub(super) fn walk(&self, words: &[u32], starts: &mut Vec<u32>) {
        for (line, words) in words.chunks_exact(self.words_per_line()).enumerate() {
            for (index, &word) in words.iter().enumerate() {
                let base = (line * self.length + index * 32) as u32;
                let mut bits = word;
                while bits != 0 {
                    starts.push(base + bits.trailing_zeros());
                    bits &= bits - 1;
                }
            }
        }
    }
}
