//! Boundaries of masks of few pixels that follow one another in memory: the fixed cost of a mask
//! would be most of its cost.
//!
//! The pixels of many masks are read at once, a row a mask. Where the scan goes across the rows of
//! memory, the rows of two masks are cut out of their words and turned together.

use fearless_simd::prelude::*;
use fearless_simd::{Level, Simd, dispatch, u64x8};

use crate::cpu::emit::sink::Sink;
use crate::cpu::read::grid::{Grid, cut};
use crate::cpu::read::source::Source;
use crate::pixel::Scan;
use crate::predicate::Predicate;
#[cfg(target_arch = "x86_64")]
use crate::simd::avx512::{TinyRows, pairs_of_columns};
use crate::simd::{BEYOND, write_places};
use crate::simd::{fours, transpose_pair};

/// The most rows and columns of such a mask.
const SIDE: usize = 32;
/// Words that hold the most pixels of such a mask, or pairs of its columns.
const WORDS: usize = SIDE * SIDE / 64;
/// Masks that are read at a time.
const GROUP: usize = 64;
/// Words from a mask's first on that are looked at, whatever its size: 64 bytes from where its
/// fourth eight rows may begin on.
const LOOKED_AT: usize = (3 * SIDE + 64) / 8;
/// Starts of masks that are told together, and how many a mask has at most, with one at its end.
const STARTS: usize = 1 << 12;
const MOST_STARTS: usize = SIDE * SIDE + 1;

/// A mask's answers in scan order, in words of [`Layout::bits`] each, the first the lowest; bits
/// beyond these are 0.
type Answers = [u64; WORDS];

/// Whether masks are few pixels, and words of them hold answers.
pub(crate) fn are_tiny([height, width]: [u32; 2], predicate: Predicate) -> bool {
    let sides = 1..=SIDE as u32;
    sides.contains(&height) && sides.contains(&width) && predicate != Predicate::Labels
}

/// What is known of all masks of a stack.
pub(crate) struct Layout {
    /// Rows and columns of each mask.
    size: [u32; 2],
    /// Rows and columns of memory.
    memory: [usize; 2],
    scan: Scan,
    /// Pixels in a word: 64 along the rows, two columns across them.
    bits: usize,
    /// Which bits of each word are pixels that may be boundaries: all but the mask's first.
    may_be: Answers,
    #[cfg(target_arch = "x86_64")]
    rows: TinyRows,
}

impl Layout {
    pub(crate) fn new(size: [u32; 2], memory: [usize; 2], scan: Scan) -> Self {
        let bits = if scan == Scan::Along {
            64
        } else {
            2 * memory[0]
        };
        let mut may_be = [0; WORDS];
        let mut left = memory[0] * memory[1];
        for word in &mut may_be[..left.div_ceil(bits)] {
            *word = u64::MAX >> (64 - bits.min(left));
            left -= bits.min(left);
        }
        may_be[0] &= !1;
        Layout {
            size,
            memory,
            scan,
            bits,
            may_be,
            #[cfg(target_arch = "x86_64")]
            rows: TinyRows::new(memory),
        }
    }
}

/// Memory kept from stack to stack.
#[derive(Default)]
pub(crate) struct Group {
    /// A row of words a mask.
    words: Vec<u64>,
    answers: Vec<Answers>,
    starts: Vec<u32>,
    /// Where the starts of each mask end.
    ends: Vec<usize>,
}

/// Tells `sink` masks of this layout, which are the rows of `source`. Some masks at a time are
/// taken through one stage after the other: a vector that is loaded where parts of it have just
/// been stored waits for these stores.
pub(crate) fn flag(
    level: Level,
    source: &dyn Source,
    layout: &Layout,
    group: &mut Group,
    sink: &mut Sink<'_>,
) {
    let row = source.width().div_ceil(64);
    group.words.resize(GROUP * row + LOOKED_AT, 0);
    group.answers.resize(GROUP, [0; WORDS]);
    group.starts.resize(STARTS, 0);
    for first in (0..source.height()).step_by(GROUP) {
        let masks = first..source.height().min(first + GROUP);
        let count = masks.len();
        source.read(
            masks,
            0..source.width(),
            &mut Grid::new(&mut group.words, row),
        );
        dispatch!(level, simd => {
            group.answer(simd, row, count, layout);
            group.tell(simd, count, layout, sink);
        });
    }
}

impl Group {
    /// Puts the words of `count` masks, `row` words each, in scan order.
    #[inline(always)]
    fn answer<S: Simd>(&mut self, simd: S, row: usize, count: usize, layout: &Layout) {
        for (pair, answers) in self
            .answers
            .chunks_exact_mut(2)
            .take(count.div_ceil(2))
            .enumerate()
        {
            let left = &self.words[2 * pair * row..][..LOOKED_AT];
            // There is always another, if only of what was there before.
            let right = &self.words[(2 * pair + 1) * row..][..LOOKED_AT];
            let both = match layout.scan {
                Scan::Along => [along(left), along(right)],
                Scan::Across => across(simd, [left, right], layout),
            };
            answers.copy_from_slice(&both);
        }
    }

    /// Tells the runs of `count` masks.
    #[inline(always)]
    fn tell<S: Simd>(&mut self, simd: S, count: usize, layout: &Layout, sink: &mut Sink<'_>) {
        let pixels = layout.size[0] * layout.size[1];
        let at_the_ends = [
            sink.at_the_ends(false, pixels),
            sink.at_the_ends(true, pixels),
        ];
        let words = (pixels as usize).div_ceil(layout.bits);
        let mut at = 0;
        self.ends.clear();
        for answers in &self.answers[..count] {
            if at > STARTS - MOST_STARTS - BEYOND {
                sink.masks(layout.size, &self.starts, &self.ends);
                self.ends.clear();
                at = 0;
            }
            let [first, last] = at_the_ends[(answers[0] & 1) as usize];
            self.starts[at] = first.unwrap_or(0);
            at += usize::from(first.is_some());
            let boundaries = boundaries(simd, answers, layout);
            for (index, &bits) in boundaries[..words].iter().enumerate() {
                at += write_places(
                    simd,
                    (index * layout.bits) as u32,
                    bits,
                    &mut self.starts[at..],
                );
            }
            self.starts[at] = last.unwrap_or(0);
            at += usize::from(last.is_some());
            self.ends.push(at);
        }
        sink.masks(layout.size, &self.starts, &self.ends);
    }
}

#[inline(always)]
fn along(words: &[u64]) -> Answers {
    let mut answers = [0; WORDS];
    answers.copy_from_slice(&words[..WORDS]);
    answers
}

/// Two masks by pairs of columns.
#[inline(always)]
fn across<S: Simd>(simd: S, masks: [&[u64]; 2], layout: &Layout) -> [Answers; 2] {
    #[cfg(target_arch = "x86_64")]
    if let Level::Avx512(avx512) = simd.level() {
        return pairs_of_columns(
            avx512,
            [
                bytemuck::cast_slice(masks[0]),
                bytemuck::cast_slice(masks[1]),
            ],
            &layout.rows,
        );
    }
    let [height, width] = layout.memory;
    let mut rows = [0; SIDE];
    // Two rows are at most 64 bits.
    for (pair, both) in rows
        .chunks_exact_mut(2)
        .take(height.div_ceil(2))
        .enumerate()
    {
        let (at, count) = (2 * pair * width, width * 2.min(height - 2 * pair));
        let (left, right) = (cut(masks[0], at, count), cut(masks[1], at, count));
        let first = u64::MAX >> (64 - width);
        both[0] = left & first | (right & first) << SIDE;
        both[1] = left >> width | right >> width << SIDE;
    }
    let mut answers = [[0; WORDS]; 2];
    let columns = transpose_pair(fours(simd, &rows));
    for (at, pair) in columns.chunks_exact(2).enumerate() {
        answers[0][at] = u64::from(pair[0] as u32) | u64::from(pair[1] as u32) << height;
        answers[1][at] = pair[0] >> SIDE | pair[1] >> SIDE << height;
    }
    answers
}

/// The boundaries of a mask but for its first pixel, in the words of its answers.
#[inline(always)]
fn boundaries<S: Simd>(simd: S, answers: &Answers, layout: &Layout) -> Answers {
    let (low, high) = (
        u64x8::from_slice(simd, &answers[..8]),
        u64x8::from_slice(simd, &answers[8..]),
    );
    let last = layout.bits as u32 - 1;
    let before_low = low << 1 | u64x8::splat(simd, 0).slide::<7>(low) >> last;
    let before_high = high << 1 | low.slide::<7>(high) >> last;
    let mut boundaries = [0; WORDS];
    ((low ^ before_low) & u64x8::from_slice(simd, &layout.may_be[..8]))
        .store_slice(&mut boundaries[..8]);
    ((high ^ before_high) & u64x8::from_slice(simd, &layout.may_be[8..]))
        .store_slice(&mut boundaries[8..]);
    boundaries
}
