//! Boundaries of masks of few pixels that follow one another in memory. Scanned one by one, their
//! fixed cost would be most of their cost.
//!
//! The pixels of many masks are read at once, a row a mask. Where the scan goes across the rows of
//! memory, the rows of two masks are taken out of their words and transposed side by side.
//!
//! Invariant: before a mask's starts are written there is room for the most that it can have, and
//! for [`BEYOND`] more.

use fearless_simd::prelude::*;
use fearless_simd::{Level, Simd, dispatch, u64x8};

use crate::cpu::emit::Emitter;
use crate::cpu::read::{ForegroundSource, WordRows, bits_from};
use crate::pixel::Scan;
use crate::simd::{BEYOND, rows_by_four, transpose_pair, with_kernels, write_positions};
#[cfg(any(target_arch = "x86_64", test))]
use crate::simd::{TinyRows, has_kernels};

/// Rows and columns that such a mask has at most.
pub(crate) const SIDE: usize = 32;
/// Words of the largest such mask, of 64 pixels or of a pair of columns.
const WORDS: usize = SIDE * SIDE / 64;
/// Masks that are read at a time.
pub(crate) const GROUP: usize = 64;
/// Words that are read of a mask, whatever its size: 64 bytes from the last on at which its fourth
/// row group may begin.
const LOOKED_AT: usize = (3 * SIDE + 64) / 8;
/// Starts of masks that are emitted together.
pub(crate) const STARTS: usize = 1 << 12;
/// Starts that a mask has at most, with one at its end.
pub(crate) const MOST_STARTS: usize = SIDE * SIDE + 1;

/// A mask's foreground bits in scan order, in words of [`TinyLayout::bits`] each, the first the
/// lowest; bits beyond these are 0.
type MaskWords = [u64; WORDS];

/// True if masks of this height and width are tiny.
pub(crate) fn is_tiny([height, width]: [u32; 2]) -> bool {
    let sides = 1..=SIDE as u32;
    sides.contains(&height) && sides.contains(&width)
}

/// Layout of all masks of a stack.
pub(crate) struct TinyLayout {
    /// Height and width of each mask.
    size: [u32; 2],
    /// Rows and columns of memory.
    memory: [usize; 2],
    scan: Scan,
    /// Pixels in a word: 64 along the rows, two columns across them.
    bits: usize,
    /// A bit for each pixel that may be a boundary: all but the mask's first.
    may_be: MaskWords,
    /// Where kernels read it.
    #[cfg(any(target_arch = "x86_64", test))]
    rows: Option<TinyRows>,
}

impl TinyLayout {
    pub(crate) fn new(level: Level, size: [u32; 2], memory: [usize; 2], scan: Scan) -> Self {
        #[cfg(not(any(target_arch = "x86_64", test)))]
        let _ = level;
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
        TinyLayout {
            size,
            memory,
            scan,
            bits,
            may_be,
            #[cfg(any(target_arch = "x86_64", test))]
            rows: has_kernels(level).then(|| TinyRows::new(memory)),
        }
    }
}

/// Scratch kept from stack to stack.
#[derive(Default)]
pub(crate) struct TinyScratch {
    /// A row of words a mask.
    words: Vec<u64>,
    masks: Vec<MaskWords>,
    starts: Vec<u32>,
    /// Index in `starts` at which each mask's end.
    ends: Vec<usize>,
}

/// Emits masks of this layout, which are the rows of `source`. [`GROUP`] masks at a time are taken
/// through one stage after the other: a vector load waits for stores of its parts that have just
/// been made.
pub(crate) fn scan_tiny(
    level: Level,
    source: &dyn ForegroundSource,
    layout: &TinyLayout,
    scratch: &mut TinyScratch,
    emitter: &mut Emitter<'_>,
) {
    let row = source.width().div_ceil(64);
    scratch.words.resize(GROUP * row + LOOKED_AT, 0);
    scratch.masks.resize(GROUP, [0; WORDS]);
    scratch.starts.resize(STARTS, 0);
    for first in (0..source.height()).step_by(GROUP) {
        let masks = first..source.height().min(first + GROUP);
        let count = masks.len();
        source.read_foreground_bits(
            masks,
            0..source.width(),
            &mut WordRows::new(&mut scratch.words, row),
        );
        dispatch!(level, simd => {
            scratch.order_pixels(simd, row, count, layout);
            scratch.emit(simd, count, layout, emitter);
        });
    }
}

impl TinyScratch {
    /// Puts the words of `count` masks, `row` words each, in scan order.
    #[inline(always)]
    fn order_pixels<S: Simd>(&mut self, simd: S, row: usize, count: usize, layout: &TinyLayout) {
        for (pair, masks) in self
            .masks
            .chunks_exact_mut(2)
            .take(count.div_ceil(2))
            .enumerate()
        {
            let left = &self.words[2 * pair * row..][..LOOKED_AT];
            // After an odd last mask, words of an earlier one, which are not emitted.
            let right = &self.words[(2 * pair + 1) * row..][..LOOKED_AT];
            let both = match layout.scan {
                Scan::Along => [along(left), along(right)],
                Scan::Across => across(simd, [left, right], layout),
            };
            masks.copy_from_slice(&both);
        }
    }

    /// Emits the starts of `count` masks.
    #[inline(always)]
    fn emit<S: Simd>(
        &mut self,
        simd: S,
        count: usize,
        layout: &TinyLayout,
        emitter: &mut Emitter<'_>,
    ) {
        let pixels = layout.size[0] * layout.size[1];
        let implied = [
            emitter.implied(false, pixels),
            emitter.implied(true, pixels),
        ];
        let words = (pixels as usize).div_ceil(layout.bits);
        let mut at = 0;
        self.ends.clear();
        for mask in &self.masks[..count] {
            if at > STARTS - MOST_STARTS - BEYOND {
                emitter.emit_masks(layout.size, &self.starts, &self.ends);
                self.ends.clear();
                at = 0;
            }
            let [first, last] = implied[(mask[0] & 1) as usize];
            self.starts[at] = first.unwrap_or(0);
            at += usize::from(first.is_some());
            let boundaries = boundaries(simd, mask, layout);
            for (index, &bits) in boundaries[..words].iter().enumerate() {
                at += write_positions(
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
        emitter.emit_masks(layout.size, &self.starts, &self.ends);
    }
}

#[inline(always)]
fn along(words: &[u64]) -> MaskWords {
    let mut mask = [0; WORDS];
    mask.copy_from_slice(&words[..WORDS]);
    mask
}

/// Two masks as words of two columns each.
#[inline(always)]
fn across<S: Simd>(simd: S, masks: [&[u64]; 2], layout: &TinyLayout) -> [MaskWords; 2] {
    with_kernels!(simd, kernels => {
        let masks = masks.map(bytemuck::cast_slice);
        let rows = layout.rows.as_ref().expect("they are there where kernels are");
        kernels.pairs_of_columns(masks, rows)
    });
    let [height, width] = layout.memory;
    let mut rows = [0; SIDE];
    // Rows are taken two at a time, which are at most 64 bits.
    for (pair, both) in rows
        .chunks_exact_mut(2)
        .take(height.div_ceil(2))
        .enumerate()
    {
        let (at, count) = (2 * pair * width, width * 2.min(height - 2 * pair));
        let (left, right) = (
            bits_from(masks[0], at, count),
            bits_from(masks[1], at, count),
        );
        let first = u64::MAX >> (64 - width);
        both[0] = left & first | (right & first) << SIDE;
        both[1] = left >> width | right >> width << SIDE;
    }
    let mut both = [[0; WORDS]; 2];
    let columns = transpose_pair(rows_by_four(simd, &rows));
    for (at, pair) in columns.chunks_exact(2).enumerate() {
        both[0][at] = u64::from(pair[0] as u32) | u64::from(pair[1] as u32) << height;
        both[1][at] = pair[0] >> SIDE | pair[1] >> SIDE << height;
    }
    both
}

/// The boundary bits of a mask but for its first pixel, in words as its foreground bits are.
#[inline(always)]
fn boundaries<S: Simd>(simd: S, mask: &MaskWords, layout: &TinyLayout) -> MaskWords {
    let (low, high) = (
        u64x8::from_slice(simd, &mask[..8]),
        u64x8::from_slice(simd, &mask[8..]),
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
