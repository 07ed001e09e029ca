//! Counts to characters, many at once, on any SIMD level.

use fearless_simd::prelude::*;
use fearless_simd::{Simd, u8x16, u8x32, u16x16, u32x8};

use super::characters::{FIRST, GROUP_BITS};
use super::write::CocoWriter;

/// Mask of a group in a byte.
const GROUP: u8 = (1 << GROUP_BITS) - 1;
/// Counts that are written together.
const BLOCK: usize = 32;
/// Groups that a difference may have for its block to be written together.
const BLOCK_GROUPS: usize = 4;
/// The most characters of such a block.
const BLOCK_CHARACTERS: usize = BLOCK * BLOCK_GROUPS;
/// The most characters of two differences of such a block.
const PAIR: usize = 2 * BLOCK_GROUPS;
/// Room for the characters of a block, and for a vector that is stored at their end.
const ROOM: usize = BLOCK_CHARACTERS + 16;

/// The scan positions at which the counts of a block end, after the three before them.
type Window = [u32; BLOCK + 3];

impl CocoWriter {
    /// Writes counts, given their ends, a block at a time.
    ///
    /// Invariant: all is inlined, and no closure here or below takes vectors. One that is not
    /// inlined is compiled without the level's instructions.
    #[inline(always)]
    pub(super) fn blocks<S: Simd>(&mut self, simd: S, ends: &[u32]) {
        // A block takes as long for one as for all.
        if let [end] = *ends {
            let [third, second, first] = self.before;
            self.write_one([third, second, first, end], self.index);
            self.before = [second, first, end];
            self.index += 1;
            return;
        }
        let mut next = 0;
        while next < ends.len() {
            let count = BLOCK.min(ends.len() - next);
            match ends[next.saturating_sub(3)..].first_chunk() {
                Some(window) if next > 0 => self.block(simd, window, BLOCK),
                _ => {
                    let mut window = [0; BLOCK + 3];
                    window[..3].copy_from_slice(&self.before);
                    window[3..count + 3].copy_from_slice(&ends[next..next + count]);
                    self.block(simd, &window, count);
                }
            }
            next += count;
        }
    }

    /// Writes the counts of the first `count` ends of a block.
    #[inline(always)]
    fn block<S: Simd>(&mut self, simd: S, window: &Window, count: usize) {
        self.reserve(ROOM);
        let differences = differences(simd, window, count);
        // Differences of counts below 2^31 are exact as i32.
        let exact = window[count + 2] < 1 << 31;
        if exact && fit(simd, differences, 1) {
            self.length += self.write_single(simd, differences, count);
        } else if exact && fit(simd, differences, 2) {
            self.length += self.write_double(simd, differences, count);
        } else if exact && fit(simd, differences, BLOCK_GROUPS as u32) {
            self.length += self.write_several(simd, differences, count);
        } else {
            for i in 0..count {
                self.write_one(
                    window[i..i + 4].try_into().expect("it is of four ends"),
                    self.index + i,
                );
            }
        }
        self.before = [window[count], window[count + 1], window[count + 2]];
        self.index += count;
    }

    /// Writes `count` differences of one group.
    #[inline(always)]
    fn write_single<S: Simd>(
        &mut self,
        simd: S,
        differences: [u32x8<S>; 4],
        count: usize,
    ) -> usize {
        let [a, b, c, d] = differences;
        let groups = a.narrow(b).narrow(c.narrow(d)) & GROUP;
        (groups + u8x32::splat(simd, FIRST)).store_slice(&mut self.text[self.length..][..BLOCK]);
        count
    }

    /// Writes the first `count` of differences of one or two groups. All are taken to have two, and
    /// second ones that are not there are left out, eight differences at a time. Gives the number
    /// of characters.
    #[inline(always)]
    fn write_double<S: Simd>(
        &mut self,
        simd: S,
        [a, b, c, d]: [u32x8<S>; 4],
        count: usize,
    ) -> usize {
        let (low, low_seconds) = pairs_of_characters(a.narrow(b));
        let (high, high_seconds) = pairs_of_characters(c.narrow(d));
        let seconds = (low_seconds | high_seconds << 16).to_le_bytes();
        let ((first, second), (third, fourth)) = (low.split(), high.split());
        let text = self.text[self.length..].first_chunk_mut::<ROOM>();
        let text = text.expect("`block` has made room for them");
        let mut at = 0;
        for (pairs, seconds) in [first, second, third, fourth].into_iter().zip(seconds) {
            let order = u8x16::from_slice(simd, &KEPT[usize::from(seconds)]);
            let characters: u8x16<S> = pairs.bitcast();
            let characters = characters.swizzle_dyn(order);
            characters.store_slice(&mut text[at..at + 16]);
            at += 8 + seconds.count_ones() as usize;
        }
        // Differences beyond the count are 0, of a character each.
        at - (BLOCK - count)
    }

    /// Writes the first `count` of differences that have up to [`BLOCK_GROUPS`] groups each. Two at
    /// a time, all bytes that they may take are stored, and the next two overwrite what they do not
    /// take: no branch depends on a length. Gives the number of characters.
    #[inline(always)]
    fn write_several<S: Simd>(
        &mut self,
        simd: S,
        differences: [u32x8<S>; 4],
        count: usize,
    ) -> usize {
        let (mut characters, mut lengths) = ([0; BLOCK], [0; BLOCK]);
        for (lanes, difference) in differences.into_iter().enumerate() {
            // -1 where there is a second, a third, a fourth group.
            let (second, third, fourth) = (
                exceeds(difference, 1),
                exceeds(difference, 2),
                exceeds(difference, 3),
            );
            let groups = (difference & 0x1f)
                | ((difference << 3) & 0x1f00)
                | ((difference << 6) & 0x1f_0000)
                | ((difference << 9) & 0x1f00_0000);
            let more = (second & 0x20) | (third & 0x2000) | (fourth & 0x20_0000);
            let text = (groups | more) + u32x8::splat(simd, u32::from_le_bytes([FIRST; 4]));
            let there = (second & 0xff00) | (third & 0xff_0000) | (fourth & 0xff00_0000) | 0xff;
            (text & there).store_slice(&mut characters[8 * lanes..][..8]);
            (u32x8::splat(simd, 1) - second - third - fourth)
                .store_slice(&mut lengths[8 * lanes..][..8]);
        }
        let text = self.text[self.length..].first_chunk_mut::<ROOM>();
        let text = text.expect("`block` has made room for them");
        let mut at = 0;
        for pair in 0..count.div_ceil(2) {
            let [first, second] = [characters[2 * pair], characters[2 * pair + 1]].map(u64::from);
            let both = first | second << (8 * lengths[2 * pair]);
            // Below that already: it saves a check of bounds.
            at %= BLOCK_CHARACTERS;
            text[at..at + PAIR].copy_from_slice(&both.to_le_bytes());
            at += (lengths[2 * pair] + lengths[2 * pair + 1]) as usize;
        }
        // An odd last difference was paired with one of 0, a character more.
        at - count % 2
    }
}

/// The characters of differences of one or two groups, the first in the low byte, and a bit for
/// each that has a second.
#[inline(always)]
fn pairs_of_characters<S: Simd>(differences: u16x16<S>) -> (u16x16<S>, u32) {
    let zero = u16x16::splat(differences.token(), 0);
    let is_single = ((differences + 16) & !0x1f).simd_eq(zero);
    let groups = (differences & 0x1f) | ((differences << 3) & 0x1f00);
    let more = is_single.select(zero, zero + 0x20);
    let characters = (groups | more) + u16::from_le_bytes([FIRST; 2]);
    (characters, !is_single.to_bitmask() as u32 & 0xffff)
}

/// For each set of second characters that are there, of eight pairs, the places of all that are, in
/// order.
static KEPT: [[u8; 16]; 256] = {
    let mut kept = [[0; 16]; 256];
    let mut seconds = 0;
    while seconds < 256 {
        let (mut pair, mut at) = (0, 0);
        while pair < 8 {
            kept[seconds][at] = 2 * pair;
            at += 1;
            if seconds >> pair & 1 == 1 {
                kept[seconds][at] = 2 * pair + 1;
                at += 1;
            }
            pair += 1;
        }
        seconds += 1;
    }
    kept
};

/// Differences to be written for the first `count` ends, as i32; 0 for the others.
#[inline(always)]
fn differences<S: Simd>(simd: S, window: &Window, count: usize) -> [u32x8<S>; 4] {
    let mut differences = [u32x8::splat(simd, 0); 4];
    for (lanes, difference) in differences.iter_mut().enumerate() {
        let ends = &window[8 * lanes..][..11];
        let (third, second) = (
            u32x8::from_slice(simd, &ends[..8]),
            u32x8::from_slice(simd, &ends[1..9]),
        );
        let (first, own) = (
            u32x8::from_slice(simd, &ends[2..10]),
            u32x8::from_slice(simd, &ends[3..]),
        );
        *difference = own - first - (second - third);
    }
    if count < BLOCK {
        let mut lane = u32x8::from_slice(simd, &[0, 1, 2, 3, 4, 5, 6, 7]);
        for difference in &mut differences {
            *difference = lane
                .simd_lt(count as u32)
                .select(*difference, u32x8::splat(simd, 0));
            lane += 8;
        }
    }
    differences
}

/// True if all differences, as i32, have up to `groups` groups.
#[inline(always)]
fn fit<S: Simd>(simd: S, differences: [u32x8<S>; 4], groups: u32) -> bool {
    let mut any = u32x8::splat(simd, 0);
    for difference in differences {
        any |= beyond(difference, groups);
    }
    any.simd_eq(u32x8::splat(simd, 0)).all_true()
}

/// -1 where a difference, as i32, has more than `groups` groups, else 0.
#[inline(always)]
fn exceeds<S: Simd>(difference: u32x8<S>, groups: u32) -> u32x8<S> {
    let simd = difference.token();
    let zero = u32x8::splat(simd, 0);
    beyond(difference, groups)
        .simd_eq(zero)
        .select(zero, u32x8::splat(simd, u32::MAX))
}

/// Not 0 where a difference, as i32, has more than `groups` groups.
#[inline(always)]
fn beyond<S: Simd>(difference: u32x8<S>, groups: u32) -> u32x8<S> {
    (difference + (1 << (GROUP_BITS * groups - 1))) & !((1 << (GROUP_BITS * groups)) - 1)
}
