//! Counts to characters, sixteen at a time, where AVX-512 moves the bytes that are characters
//! together.

use fearless_simd::prelude::*;
use fearless_simd::{Avx512, u32x16};

use super::characters::{FIRST, GROUP_BITS, MAX_GROUPS};
use super::write::CocoWriter;
use crate::simd::avx512::{characters, low_bytes};

/// Ends whose counts are written together.
const BLOCK: usize = 32;
/// Ends for which room is made at a time.
const CHUNK: usize = 1 << 10;

impl CocoWriter {
    /// Writes the counts of a whole mask, the first `count` of `ends`, none above 2^10. Up to 16
    /// more ends may be read.
    #[inline(always)]
    pub(super) fn small_sixteens(&mut self, avx512: Avx512, ends: &[u32], count: usize) {
        self.reserve(4 * count + 64);
        // With these before them, the differences of the first three counts are the counts
        // themselves.
        let mut before = u32x16::splat(avx512, ends[0])
            << u32x16::from_slice(avx512, &[0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0]);
        for first in (0..count).step_by(16) {
            let ends = u32x16::from_slice(avx512, &ends[first..first + 16]);
            self.write_sixteen(
                avx512,
                differences(before, ends),
                u64::MAX >> (64 - 4 * (count - first).min(16)),
            );
            before = ends;
        }
    }

    /// Writes the counts of ends below 2^31.
    #[inline(always)]
    pub(super) fn sixteens(&mut self, avx512: Avx512, ends: &[u32]) {
        for ends in ends.chunks(CHUNK) {
            // Ahead of the loop: a call within it would take vectors out of their registers.
            self.reserve(MAX_GROUPS as usize * ends.len() + 2 * 64);
            let mut before = [0; 16];
            before[13..].copy_from_slice(&self.before);
            let mut before = u32x16::from_slice(avx512, &before);
            let (blocks, rest) = ends.as_chunks::<BLOCK>();
            for block in blocks {
                before = self.block_of_sixteens(avx512, before, block, BLOCK);
            }
            if !rest.is_empty() {
                let mut block = [0; BLOCK];
                block[..rest.len()].copy_from_slice(rest);
                self.block_of_sixteens(avx512, before, &block, rest.len());
            }
            self.before = match *ends {
                [] => self.before,
                [last] => [self.before[1], self.before[2], last],
                [second, last] => [self.before[2], second, last],
                [.., third, second, last] => [third, second, last],
            };
        }
    }

    /// Writes the counts of the first `count` ends of a block, after those `before`. Gives its last
    /// sixteen.
    #[inline(always)]
    fn block_of_sixteens(
        &mut self,
        avx512: Avx512,
        before: u32x16<Avx512>,
        block: &[u32; BLOCK],
        count: usize,
    ) -> u32x16<Avx512> {
        let (low, high) = (
            u32x16::from_slice(avx512, &block[..16]),
            u32x16::from_slice(avx512, &block[16..]),
        );
        let both @ [first, second] = [differences(before, low), differences(low, high)];
        // Lanes beyond the count hold any difference.
        let beyond = !(u32::MAX >> (BLOCK - count));
        if within(both, 1) | beyond == u32::MAX {
            // Characters beyond the count are overwritten.
            let text = low_bytes(avx512, first, second) & ((1 << GROUP_BITS) - 1);
            (text + FIRST).store_slice(&mut self.text[self.length..][..BLOCK]);
            self.length += count;
        } else if within(both, 4) | beyond == u32::MAX {
            let bytes = u128::MAX >> (128 - 4 * count);
            self.write_sixteen(avx512, first, bytes as u64);
            if count > 16 {
                self.write_sixteen(avx512, second, (bytes >> 64) as u64);
            }
        } else {
            self.one_by_one(before.into(), &block[..count]);
        }
        self.index += count;
        high
    }

    /// Writes the counts of ends, some of whose differences are long.
    #[cold]
    #[inline(never)]
    fn one_by_one(&mut self, before: [u32; 16], ends: &[u32]) {
        let all = [&before[13..], ends].concat();
        for (i, window) in all.windows(4).enumerate() {
            self.write_one(
                window.try_into().expect("it is of four ends"),
                self.index + i,
            );
        }
    }

    #[inline(always)]
    fn write_sixteen(&mut self, avx512: Avx512, differences: u32x16<Avx512>, bytes: u64) {
        let (text, count) = characters(avx512, differences, bytes);
        text.store_slice(&mut self.text[self.length..][..64]);
        self.length += count;
    }
}

/// Differences to be written for ends after those before.
#[inline(always)]
fn differences(before: u32x16<Avx512>, ends: u32x16<Avx512>) -> u32x16<Avx512> {
    let (third, second, first) = (
        before.slide::<13>(ends),
        before.slide::<14>(ends),
        before.slide::<15>(ends),
    );
    ends - first - (second - third)
}

/// Bits of the differences that have up to `groups` groups.
#[inline(always)]
fn within([first, second]: [u32x16<Avx512>; 2], groups: u32) -> u32 {
    let (moved, beyond) = (1 << (GROUP_BITS * groups - 1), 1 << (GROUP_BITS * groups));
    let [first, second] = [
        (first + moved).simd_lt(beyond),
        (second + moved).simd_lt(beyond),
    ];
    first.to_bitmask() as u32 | (second.to_bitmask() as u32) << 16
}
