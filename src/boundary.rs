//! Boundary bits: one bit a pixel in scan order, set where a pixel differs from the one before it in the scan, and at the
//! first pixel of a mask. Both backends make them; what follows from them is the same for both.

/// Where the bits of one mask lie: scan lines that each start at a word, so that no two share one. The bits that pad a
/// line to whole words are zero.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct BitLines {
    /// How many lines there are.
    pub(crate) lines: usize,
    /// Pixels a line.
    pub(crate) length: usize,
}

/// An unsigned word of boundary bits, the lowest bit first: u32 from a GPU, u64 from the CPU.
pub(crate) trait Word: Copy {
    const BITS: usize;
    fn to_u64(self) -> u64;
}

impl Word for u32 {
    const BITS: usize = 32;
    fn to_u64(self) -> u64 {
        u64::from(self)
    }
}

impl Word for u64 {
    const BITS: usize = 64;
    fn to_u64(self) -> u64 {
        self
    }
}

impl BitLines {
    /// Words that each line takes.
    pub(crate) fn words_per_line<W: Word>(&self) -> usize {
        self.length.div_ceil(W::BITS)
    }

    /// Words of the whole mask.
    pub(crate) fn words<W: Word>(&self) -> usize {
        self.lines * self.words_per_line::<W>()
    }

    /// Appends the scan position of every boundary to `starts`.
    pub(crate) fn walk<W: Word>(&self, words: &[W], starts: &mut Vec<u32>) {
        let words_per_line = self.words_per_line::<W>();
        if words_per_line == 0 {
            return;
        }
        for (line, words) in words.chunks_exact(words_per_line).take(self.lines).enumerate() {
            for (index, &word) in words.iter().enumerate() {
                let base = (line * self.length + index * W::BITS) as u32;
                let mut bits = word.to_u64();
                while bits != 0 {
                    starts.push(base + bits.trailing_zeros());
                    bits &= bits - 1;
                }
            }
        }
    }
}
