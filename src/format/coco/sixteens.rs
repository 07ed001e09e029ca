//! Counts to characters, sixteen at a time, where AVX-512 moves the bytes that are characters
//! together.

use fearless_simd::prelude::*;
use fearless_simd::{Simd, u32x16};

use super::characters::{FIRST, GROUP_BITS, MAX_GROUPS};
use super::write::CocoWriter;
use crate::simd::Kernels;

/// Ends whose counts are written together.
const BLOCK: usize = 32;
/// Ends for which room is made at a time.
const CHUNK: usize = 1 << 10;

impl CocoWriter {
    /// Writes the counts of a whole mask, the first `count` of `ends`, none above 2^10. Up to 16
    /// more ends may be read.
    #[inline(always)]
    pub(super) fn small_sixteens<K: Kernels>(&mut self, kernels: K, ends: &[u32], count: usize) {
        self.reserve(4 * count + 64);
        // With these before them, the differences of the first three counts are the counts
        // themselves.
        let mut before = u32x16::splat(kernels, ends[0])
            << u32x16::from_slice(kernels, &[0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0]);
        for first in (0..count).step_by(16) {
            let ends = u32x16::from_slice(kernels, &ends[first..first + 16]);
            self.write_sixteen(
                kernels,
                differences(before, ends),
                u64::MAX >> (64 - 4 * (count - first).min(16)),
            );
            before = ends;
        }
    }

    /// Writes the counts of ends below 2^31.
    #[inline(always)]
    pub(super) fn sixteens<K: Kernels>(&mut self, kernels: K, ends: &[u32]) {
        for ends in ends.chunks(CHUNK) {
            // Ahead of the loop: a call within it would take vectors out of their registers.
            self.reserve(MAX_GROUPS as usize * ends.len() + 2 * 64);
            let mut before = [0; 16];
            before[13..].copy_from_slice(&self.before);
            let mut before = u32x16::from_slice(kernels, &before);
            let (blocks, rest) = ends.as_chunks::<BLOCK>();
            for block in blocks {
                before = self.block_of_sixteens(kernels, before, block, BLOCK);
            }
            if !rest.is_empty() {
                let mut block = [0; BLOCK];
                block[..rest.len()].copy_from_slice(rest);
                self.block_of_sixteens(kernels, before, &block, rest.len());
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
    fn block_of_sixteens<K: Kernels>(
        &mut self,
        kernels: K,
        before: u32x16<K>,
        block: &[u32; BLOCK],
        count: usize,
    ) -> u32x16<K> {
        let (low, high) = (
            u32x16::from_slice(kernels, &block[..16]),
            u32x16::from_slice(kernels, &block[16..]),
        );
        let both @ [first, second] = [differences(before, low), differences(low, high)];
        // Lanes beyond the count hold any difference.
        let beyond = !(u32::MAX >> (BLOCK - count));
        if within(both, 1) | beyond == u32::MAX {
            // Characters beyond the count are overwritten.
            let text = kernels.low_bytes(first, second) & ((1 << GROUP_BITS) - 1);
            (text + FIRST).store_slice(&mut self.text[self.length..][..BLOCK]);
            self.length += count;
        } else if within(both, 4) | beyond == u32::MAX {
            let bytes = u128::MAX >> (128 - 4 * count);
            self.write_sixteen(kernels, first, bytes as u64);
            if count > 16 {
                self.write_sixteen(kernels, second, (bytes >> 64) as u64);
            }
        } else {
            self.one_by_one(*before, &block[..count]);
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
    fn write_sixteen<K: Kernels>(&mut self, kernels: K, differences: u32x16<K>, bytes: u64) {
        let (text, count) = kernels.characters(differences, bytes);
        text.store_slice(&mut self.text[self.length..][..64]);
        self.length += count;
    }
}

/// Differences to be written for ends after those before.
#[inline(always)]
fn differences<S: Simd>(before: u32x16<S>, ends: u32x16<S>) -> u32x16<S> {
    let (third, second, first) = (
        before.slide::<13>(ends),
        before.slide::<14>(ends),
        before.slide::<15>(ends),
    );
    ends - first - (second - third)
}

/// Bits of the differences that have up to `groups` groups.
#[inline(always)]
fn within<S: Simd>([first, second]: [u32x16<S>; 2], groups: u32) -> u32 {
    let (moved, beyond) = (1 << (GROUP_BITS * groups - 1), 1 << (GROUP_BITS * groups));
    let [first, second] = [
        (first + moved).simd_lt(beyond),
        (second + moved).simd_lt(beyond),
    ];
    first.to_bitmask() as u32 | (second.to_bitmask() as u32) << 16
}
