//! The characters of sixteen counts at a time, where AVX-512 moves the bytes that are characters together.

use fearless_simd::prelude::*;
use fearless_simd::{Avx512, u32x16};

use super::coco_string::{CocoWriter, FIRST, GROUP_BITS};
use crate::avx512::{characters, low_bytes};

/// Ends that are looked at together.
const BLOCK: usize = 32;
/// Characters that a block takes at most, and the places that are written in vain.
const BLOCK_CHARACTERS: usize = 4 * BLOCK + 64;

impl CocoWriter {
    /// Ends below 2^31. Where they are `small`, all differences have few groups, and blocks of single characters are too few to be worth
    /// a branch.
    #[inline(always)]
    pub(super) fn sixteens(&mut self, avx512: Avx512, ends: &[u32], small: bool) {
        let mut before = [0; 16];
        before[13..].copy_from_slice(&self.before);
        let mut before = u32x16::from_slice(avx512, &before);
        let (blocks, rest) = ends.as_chunks::<BLOCK>();
        for block in blocks {
            before = self.block_of_sixteens(avx512, before, block, BLOCK, small);
        }
        if !rest.is_empty() {
            let mut block = [0; BLOCK];
            block[..rest.len()].copy_from_slice(rest);
            self.block_of_sixteens(avx512, before, &block, rest.len(), small);
        }
        self.before = match *ends {
            [] => self.before,
            [last] => [self.before[1], self.before[2], last],
            [second, last] => [self.before[2], second, last],
            [.., third, second, last] => [third, second, last],
        };
    }

    /// The first `count` ends of a block, after those `before`. Gives its last sixteen.
    #[inline(always)]
    fn block_of_sixteens(
        &mut self,
        avx512: Avx512,
        before: u32x16<Avx512>,
        block: &[u32; BLOCK],
        count: usize,
        small: bool,
    ) -> u32x16<Avx512> {
        self.reserve(BLOCK_CHARACTERS);
        let (low, high) = (u32x16::from_slice(avx512, &block[..16]), u32x16::from_slice(avx512, &block[16..]));
        let (first, second) = (differences(before, low), differences(low, high));
        // Those beyond the count are whatever they are.
        let beyond = !(u32::MAX >> (BLOCK - count));
        let bytes = u128::MAX >> (128 - 4 * count);
        if !small && within(first, 1) | within(second, 1) << 16 | beyond == u32::MAX {
            // What is beyond the count is overwritten.
            let text = low_bytes(avx512, first, second) & ((1 << GROUP_BITS) - 1);
            (text + FIRST).store_slice(&mut self.text[self.length..][..BLOCK]);
            self.length += count;
        } else if small || within(first, 4) | within(second, 4) << 16 | beyond == u32::MAX {
            self.write_sixteen(avx512, first, bytes as u64);
            if count > 16 {
                self.write_sixteen(avx512, second, (bytes >> 64) as u64);
            }
        } else {
            let mut window = [0; BLOCK + 16];
            before.store_slice(&mut window[..16]);
            window[16..].copy_from_slice(block);
            for (i, window) in window[13..].windows(4).take(count).enumerate() {
                self.write_one(window.try_into().expect("four of them"), self.index + i);
            }
        }
        self.index += count;
        high
    }

    #[inline(always)]
    fn write_sixteen(&mut self, avx512: Avx512, differences: u32x16<Avx512>, bytes: u64) {
        let (text, count) = characters(avx512, differences, bytes);
        text.store_slice(&mut self.text[self.length..][..64]);
        self.length += count;
    }
}

/// What is to be written for ends after those before.
#[inline(always)]
fn differences(before: u32x16<Avx512>, ends: u32x16<Avx512>) -> u32x16<Avx512> {
    let (third, second, first) = (before.slide::<13>(ends), before.slide::<14>(ends), before.slide::<15>(ends));
    ends - first - (second - third)
}

/// Which differences have up to `groups` groups.
#[inline(always)]
fn within(differences: u32x16<Avx512>, groups: u32) -> u32 {
    (differences + (1 << (GROUP_BITS * groups - 1))).simd_lt(1 << (GROUP_BITS * groups)).to_bitmask() as u32
}
