//! Boundary bits of whole masks, as a GPU gives them where starts would be more bytes.

use fearless_simd::{Level, dispatch};

use super::starts::Starts;
use crate::parallel::{Threads, concat, map};
use crate::simd::{BEYOND, write_positions};

/// The scan lines of a mask as boundary bits: each line begins with a word of 32, and the bits
/// beyond its last pixel are 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct BitLines {
    /// Number of lines.
    pub(crate) lines: usize,
    /// Pixels a line.
    pub(crate) length: usize,
}

impl BitLines {
    /// Words that each line takes.
    pub(crate) fn words_per_line(self) -> usize {
        self.length.div_ceil(32)
    }

    /// Words of the whole mask.
    pub(crate) fn words(self) -> usize {
        self.lines * self.words_per_line()
    }

    /// True if the bits beyond the last pixel of each line are 0.
    #[cfg(any(feature = "gpu", test))]
    pub(crate) fn are_padded(self, words: &[u32]) -> bool {
        let used = self.length % 32;
        let is_padded = |line: &[u32]| line.last().is_none_or(|last| last >> used == 0);
        used == 0
            || words[..self.words()]
                .chunks_exact(self.words_per_line())
                .all(is_padded)
    }

    /// The scan position of every 64 bits, or fewer at the end of a line, and these bits.
    #[inline(always)]
    pub(crate) fn bits(self, words: &[u32]) -> impl Iterator<Item = (u32, u64)> {
        let lines = words.chunks_exact(self.words_per_line().max(1));
        lines.enumerate().flat_map(move |(line, words)| {
            let first = (line * self.length) as u32;
            words.chunks(2).enumerate().map(move |(index, pair)| {
                let high = pair.get(1).copied().unwrap_or(0);
                let bits = u64::from(pair[0]) | u64::from(high) << 32;
                (first.wrapping_add(64 * index as u32), bits)
            })
        })
    }
}

/// Boundary bits of consecutive masks.
#[derive(Debug)]
pub(crate) struct BoundaryBits {
    words: Vec<u32>,
    masks: Vec<MaskBits>,
}

/// Place of a mask's bits, and the number of those that are set.
#[derive(Debug, Clone, Copy)]
struct MaskBits {
    first_word: usize,
    lines: BitLines,
    boundaries: u32,
}

impl BoundaryBits {
    /// Bits of masks of which each begins at a word and has some scan lines.
    #[cfg(any(feature = "gpu", test))]
    pub(crate) fn new(words: Vec<u32>, masks: &[(usize, BitLines)]) -> Self {
        let level = Level::new();
        let mask = |&(first_word, lines): &(usize, BitLines)| MaskBits {
            first_word,
            lines,
            boundaries: count_ones(level, &words[first_word..][..lines.words()]),
        };
        let masks = masks.iter().map(mask).collect();
        BoundaryBits { words, masks }
    }

    /// Number of masks.
    pub(crate) fn len(&self) -> usize {
        self.masks.len()
    }

    /// A mask's words, and the scan lines that they hold.
    pub(crate) fn mask(&self, index: usize) -> (&[u32], BitLines) {
        let MaskBits {
            first_word, lines, ..
        } = self.masks[index];
        (&self.words[first_word..][..lines.words()], lines)
    }

    /// Number of a mask's boundaries, with the one at its first pixel.
    pub(crate) fn boundaries(&self, index: usize) -> u32 {
        self.masks[index].boundaries
    }

    /// Number of boundaries of all masks.
    pub(crate) fn total(&self) -> u64 {
        let counts = self.masks.iter().map(|mask| u64::from(mask.boundaries));
        counts.sum()
    }

    /// The position of every boundary.
    pub(crate) fn to_starts(&self, threads: Threads) -> Starts {
        let level = Level::new();
        let of_mask = |index| self.starts(index, level);
        let starts = match threads {
            Threads::One => (0..self.len()).map(of_mask).collect(),
            Threads::All => map(self.len(), self.total(), of_mask),
        };
        Starts {
            starts: concat(starts),
            counts: self.masks.iter().map(|mask| mask.boundaries).collect(),
            labels: None,
        }
    }

    fn starts(&self, index: usize, level: Level) -> Vec<u32> {
        let (words, lines) = self.mask(index);
        let count = self.boundaries(index) as usize;
        let mut starts = vec![0; count + BEYOND];
        let mut at = 0;
        dispatch!(level, simd => for (position, bits) in lines.bits(words) {
            at += write_positions(simd, position, bits, &mut starts[at..]);
        });
        starts.truncate(count);
        starts
    }
}

/// Number of bits that are set, by the instruction that counts them, which the levels above SSE2
/// have.
#[cfg(any(feature = "gpu", test))]
fn count_ones(level: Level, words: &[u32]) -> u32 {
    dispatch!(level, _simd => {
        let mut ones = 0;
        for word in words {
            ones += word.count_ones();
        }
        ones
    })
}

/// Boundaries of consecutive masks, as a GPU gives them: as starts, or as bits where these are
/// fewer bytes.
#[derive(Debug)]
#[cfg_attr(
    not(feature = "gpu"),
    expect(dead_code, reason = "only the GPU makes them")
)]
pub(crate) enum Boundaries {
    Starts(Starts),
    Bits(BoundaryBits),
}

impl Boundaries {
    pub(crate) fn into_starts(self, threads: Threads) -> Starts {
        match self {
            Boundaries::Starts(starts) => starts,
            Boundaries::Bits(bits) => bits.to_starts(threads),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_of_32_pixels_are_a_word() {
        for (length, words) in [(31, 1), (32, 1), (33, 2), (64, 2), (65, 3)] {
            let lines = BitLines { lines: 3, length };
            assert_eq!(lines.words(), 3 * words, "{length} pixels");
        }
        assert_eq!(BitLines::default().words(), 0);
        let lines = BitLines {
            lines: 2,
            length: 33,
        };
        for (last, is_padded) in [(1, true), (2, false), (1 << 31, false)] {
            assert_eq!(lines.are_padded(&[!0, 1, !0, last]), is_padded, "{last}");
        }
    }

    /// Lengths of lines around those of one, two and three words, and a mask without pixels between
    /// others.
    #[test]
    fn starts_are_the_positions_of_the_bits() {
        for length in [1, 31, 32, 33, 63, 64, 65, 96, 97, 200] {
            let lines = BitLines { lines: 5, length };
            let mut words = vec![0u32; 3];
            let mut expected = Vec::new();
            for line in 0..5 {
                let first = words.len();
                words.resize(first + lines.words_per_line(), 0);
                for pixel in (0..length).filter(|pixel| (pixel * 7 + line) % 3 != 1) {
                    words[first + pixel / 32] |= 1 << (pixel % 32);
                    expected.push((line * length + pixel) as u32);
                }
            }
            let count = expected.len() as u32;
            let masks = [(3, lines), (0, BitLines::default()), (3, lines)];
            let bits = BoundaryBits::new(words, &masks);
            for threads in [Threads::One, Threads::All] {
                let starts = bits.to_starts(threads);
                assert_eq!(starts.counts, [count, 0, count], "{length} pixels a line");
                assert_eq!(starts.starts, [expected.clone(), expected.clone()].concat());
            }
            assert_eq!(bits.total(), 2 * u64::from(count));
        }
    }
}
