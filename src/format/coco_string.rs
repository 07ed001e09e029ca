//! The characters of COCO's compressed counts.
//!
//! From the fourth on, a count is written less the count two before it. That number goes out in groups of five bits,
//! the lowest first, each as the character 48 + group, with 32 added where another group follows. The number ends where
//! all that remains is the last group's sign bit.

use fearless_simd::prelude::*;
use fearless_simd::{Level, Simd, dispatch, mask32x16, u8x32, u8x64, u32x8, u32x16};

pub(super) const FIRST: u8 = 48;
pub(super) const GROUP_BITS: u32 = 5;
const GROUP: u8 = (1 << GROUP_BITS) - 1;
pub(super) const MORE: u8 = 1 << GROUP_BITS;
/// A difference of two u32 has 33 bits with its sign, which is seven groups.
pub(super) const MAX_GROUPS: u32 = 7;

/// Counts that are written together.
const BLOCK: usize = 32;
/// Groups that a difference may have for its block to be written together.
const BLOCK_GROUPS: usize = 4;
/// The most characters of such a block, and of two of its differences.
const BLOCK_CHARACTERS: usize = BLOCK * BLOCK_GROUPS;
const PAIR: usize = 2 * BLOCK_GROUPS;

/// The largest end whose counts are looked up, and the groups that their differences have at most.
const SMALL: u32 = 1 << 10;
const SMALL_GROUPS: usize = 3;

/// The characters of the differences from -[`SMALL`] on, and how many they are.
static SMALL_CHARACTERS: [[u8; SMALL_GROUPS + 1]; 1 << 12] = {
    let mut all = [[0; 4]; 1 << 12];
    let mut index = 0;
    while index <= 2 * SMALL as usize {
        let (bytes, length) = characters(index as i64 - SMALL as i64);
        all[index] = [bytes[0], bytes[1], bytes[2], length as u8];
        index += 1;
    }
    all
};

/// Characters whose memory is kept for the next call.
const MOST_KEPT: usize = 4 << 20;

/// Writes counts as they end. What it has allocated is used again for the next mask.
#[derive(Debug)]
pub(crate) struct CocoWriter {
    level: Level,
    /// The characters, and room for more.
    text: Vec<u8>,
    length: usize,
    /// How many counts have been written.
    index: usize,
    /// Where the last three ended, the last one last.
    before: [u32; 3],
}

/// The ends of a block, after the three before it.
type Window = [u32; BLOCK + 3];

impl CocoWriter {
    pub(crate) fn new() -> Self {
        Self::at(Level::new())
    }

    pub(crate) fn at(level: Level) -> Self {
        CocoWriter { level, text: Vec::new(), length: 0, index: 0, before: [0; 3] }
    }

    /// The scan positions at which the next counts end: where each run does, background first.
    pub(crate) fn ends(&mut self, ends: &[u32]) {
        let (Some(&first), Some(&last)) = (ends.first(), ends.last()) else { return };
        if self.index == 0 {
            // After these, the differences are what the first three counts are written as: themselves.
            self.before = [first.wrapping_mul(2), first, first];
        }
        if last <= SMALL {
            self.small(ends);
        } else {
            dispatch!(self.level, simd => self.blocks(simd, ends));
        }
    }

    /// Ends up to [`SMALL`]. 28 x 28 pixels: a table takes half of what blocks take.
    fn small(&mut self, ends: &[u32]) {
        let most = ends.len() * SMALL_GROUPS + 1;
        if self.text.len() < self.length + most {
            self.text.resize(2 * self.length + most, 0);
        }
        let text = &mut self.text[self.length..];
        // As u32, a sum of it cannot overflow, which saves a check.
        let mut at = 0u32;
        let mut write = |difference: u32| {
            let written = SMALL_CHARACTERS[difference.wrapping_add(SMALL) as usize % SMALL_CHARACTERS.len()];
            // The last of the four is the length, which what is written next overwrites.
            text[at as usize..at as usize + SMALL_GROUPS + 1].copy_from_slice(&written);
            at += u32::from(written[SMALL_GROUPS]);
        };
        let [third, second, mut end] = self.before;
        let [mut before, mut last] = [second.wrapping_sub(third), end.wrapping_sub(second)];
        let (pairs, rest) = ends.as_chunks();
        for &[first, second] in pairs {
            let counts = [first.wrapping_sub(end), second - first];
            write(counts[0].wrapping_sub(before));
            write(counts[1].wrapping_sub(last));
            ([before, last], end) = (counts, second);
        }
        for &last_end in rest {
            let count = last_end.wrapping_sub(end);
            write(count.wrapping_sub(before));
            ([before, last], end) = ([last, count], last_end);
        }
        self.length += at as usize;
        let second = end.wrapping_sub(last);
        self.before = [second.wrapping_sub(before), second, end];
        self.index += ends.len();
    }

    /// Loops here and below have no closures: one that is not inlined is compiled without the level's instructions.
    #[inline(always)]
    fn blocks<S: Simd>(&mut self, simd: S, ends: &[u32]) {
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

    /// The first `count` ends of a block.
    #[inline(always)]
    fn block<S: Simd>(&mut self, simd: S, window: &Window, count: usize) {
        if self.text.len() < self.length + BLOCK_CHARACTERS + PAIR {
            self.text.resize(2 * self.length + BLOCK_CHARACTERS + PAIR, 0);
        }
        let differences = differences(simd, window, count);
        // Only up to there a difference is what it seems as an i32.
        let exact = window[count + 2] < 1 << 31;
        if exact && fit(simd, differences, 1) {
            self.length += self.write_single(simd, differences, count);
        } else if exact && fit(simd, differences, BLOCK_GROUPS as u32) {
            self.length += match compresses(simd) {
                true => self.write_compressed(simd, differences, count),
                false => self.write_several(simd, differences, count),
            };
        } else {
            for i in 0..count {
                self.write_one(window[i..i + 4].try_into().expect("four of them"), self.index + i);
            }
        }
        self.before = [window[count], window[count + 1], window[count + 2]];
        self.index += count;
    }

    /// Differences of one group, of which there are `count`.
    #[inline(always)]
    fn write_single<S: Simd>(&mut self, simd: S, differences: [u32x8<S>; 4], count: usize) -> usize {
        let [a, b, c, d] = differences;
        let groups = a.narrow(b).narrow(c.narrow(d)) & GROUP;
        (groups + u8x32::splat(simd, FIRST)).store_slice(&mut self.text[self.length..][..BLOCK]);
        count
    }

    /// The first `count` of differences that have up to [`BLOCK_GROUPS`] groups. Two at a time, room for all is stored, and the next
    /// two overwrite what was too much: no branch depends on a length. Gives the characters.
    #[inline(always)]
    fn write_several<S: Simd>(&mut self, simd: S, differences: [u32x8<S>; 4], count: usize) -> usize {
        let (mut characters, mut lengths) = ([0; BLOCK], [0; BLOCK]);
        for (part, difference) in differences.into_iter().enumerate() {
            // -1 where there is a second, a third, a fourth group.
            let (second, third, fourth) = (exceeds(difference, 1), exceeds(difference, 2), exceeds(difference, 3));
            let groups = (difference & 0x1f)
                | ((difference << 3) & 0x1f00)
                | ((difference << 6) & 0x1f_0000)
                | ((difference << 9) & 0x1f00_0000);
            let more = (second & 0x20) | (third & 0x2000) | (fourth & 0x20_0000);
            let text = (groups | more) + u32x8::splat(simd, u32::from_le_bytes([FIRST; 4]));
            let there = (second & 0xff00) | (third & 0xff_0000) | (fourth & 0xff00_0000) | 0xff;
            (text & there).store_slice(&mut characters[8 * part..][..8]);
            (u32x8::splat(simd, 1) - second - third - fourth).store_slice(&mut lengths[8 * part..][..8]);
        }
        let Some(text) = self.text[self.length..].first_chunk_mut::<{ BLOCK_CHARACTERS + PAIR }>() else { return 0 };
        let mut at = 0;
        for pair in 0..count.div_ceil(2) {
            let [first, second] = [characters[2 * pair], characters[2 * pair + 1]].map(u64::from);
            let both = first | second << (8 * lengths[2 * pair]);
            // It never is more: that saves a check of bounds.
            at %= BLOCK_CHARACTERS;
            text[at..at + PAIR].copy_from_slice(&both.to_le_bytes());
            at += (lengths[2 * pair] + lengths[2 * pair + 1]) as usize;
        }
        // A difference of 0 made up the last pair.
        at - count % 2
    }

    /// The same on a level that moves chosen bytes of a vector together: sixteen differences at a time.
    #[inline(always)]
    fn write_compressed<S: Simd>(&mut self, simd: S, [a, b, c, d]: [u32x8<S>; 4], count: usize) -> usize {
        let mut written = 0;
        let mut lanes = u64::MAX >> (64 - count);
        for difference in [a.combine(b), c.combine(d)] {
            let (text, there) = spelt(difference);
            let there = mask32x16::from_bitmask(simd, lanes).select(there, u32x16::splat(simd, 0));
            let (text, there): (u8x64<S>, u8x64<S>) = (text.bitcast(), there.bitcast());
            let there = !there.simd_eq(u8x64::splat(simd, 0));
            if let Some(out) = self.text[self.length + written..].first_chunk_mut::<64>() {
                text.compress(there).store_slice(out);
            }
            written += there.to_bitmask().count_ones() as usize;
            lanes >>= 16;
        }
        written
    }

    /// An end of any size, after the three before it: that of count `index`.
    fn write_one(&mut self, ends: [u32; 4], index: usize) {
        let [third, second, first, end] = ends.map(i64::from);
        let difference = match index {
            0 => end,
            // Written whole.
            1 | 2 => end - first,
            _ => end - first - (second - third),
        };
        let (characters, length) = characters(difference);
        if self.text.len() < self.length + characters.len() {
            self.text.resize(2 * self.length + characters.len(), 0);
        }
        self.text[self.length..][..characters.len()].copy_from_slice(&characters);
        self.length += length;
    }

    /// The string of a mask whose starts are known.
    pub(crate) fn mask(&mut self, begins_with_foreground: bool, starts: &[u32], pixels: u32) -> String {
        if begins_with_foreground {
            self.ends(&[0]);
        }
        self.ends(starts.get(1..).unwrap_or_default());
        self.ends(&[pixels]);
        self.finish()
    }

    /// Gives back memory that only a very long string needs.
    pub(crate) fn shrink(&mut self) {
        if self.text.len() > MOST_KEPT {
            self.text = Vec::new();
        }
    }

    /// The string of the counts since the last one.
    pub(crate) fn finish(&mut self) -> String {
        let text = String::from_utf8(self.text[..self.length].to_vec());
        self.length = 0;
        self.index = 0;
        text.expect("all characters are between 48 and 111")
    }
}

/// What is to be written for the first `count` ends, as i32; 0 for the others.
#[inline(always)]
fn differences<S: Simd>(simd: S, window: &Window, count: usize) -> [u32x8<S>; 4] {
    let mut differences = [u32x8::splat(simd, 0); 4];
    for (part, difference) in differences.iter_mut().enumerate() {
        let ends = &window[8 * part..][..11];
        let (third, second) = (u32x8::from_slice(simd, &ends[..8]), u32x8::from_slice(simd, &ends[1..9]));
        let (first, own) = (u32x8::from_slice(simd, &ends[2..10]), u32x8::from_slice(simd, &ends[3..]));
        *difference = own - first - (second - third);
    }
    if count < BLOCK {
        let mut lane = u32x8::from_slice(simd, &[0, 1, 2, 3, 4, 5, 6, 7]);
        for difference in &mut differences {
            *difference = lane.simd_lt(count as u32).select(*difference, u32x8::splat(simd, 0));
            lane += 8;
        }
    }
    differences
}

/// The characters of differences of up to [`BLOCK_GROUPS`] groups, the first in the lowest byte, and bytes that are not 0 where there is one.
#[inline(always)]
fn spelt<S: Simd>(difference: u32x16<S>) -> (u32x16<S>, u32x16<S>) {
    let simd = difference.token();
    let zero = u32x16::splat(simd, 0);
    let groups = (difference & 0x1f)
        | ((difference << 3) & 0x1f00)
        | ((difference << 6) & 0x1f_0000)
        | ((difference << 9) & 0x1f00_0000);
    let (second, third, fourth) = (more_than(difference, 1), more_than(difference, 2), more_than(difference, 3));
    let more = second.select(u32x16::splat(simd, 0x20), zero) | third.select(u32x16::splat(simd, 0x2000), zero) | fourth.select(u32x16::splat(simd, 0x20_0000), zero);
    let there = u32x16::splat(simd, 0xff) | second.select(u32x16::splat(simd, 0xff00), zero) | third.select(u32x16::splat(simd, 0xff_0000), zero) | fourth.select(u32x16::splat(simd, 0xff00_0000), zero);
    ((groups | more) + u32x16::splat(simd, u32::from_le_bytes([FIRST; 4])), there)
}

/// Which differences, as i32, have more than `groups` groups.
#[inline(always)]
fn more_than<S: Simd>(difference: u32x16<S>, groups: u32) -> mask32x16<S> {
    let simd = difference.token();
    (difference + (1 << (GROUP_BITS * groups - 1))).simd_ge(u32x16::splat(simd, 1 << (GROUP_BITS * groups)))
}

/// Whether a level has an instruction that moves chosen bytes of a vector together.
#[inline(always)]
fn compresses<S: Simd>(simd: S) -> bool {
    #[cfg(target_arch = "x86_64")]
    return matches!(simd.level(), Level::Avx512(_));
    #[cfg(not(target_arch = "x86_64"))]
    return false;
}

/// Whether all differences, as i32, have up to `groups` groups.
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
    beyond(difference, groups).simd_eq(zero).select(zero, u32x8::splat(simd, u32::MAX))
}

/// Not 0 where a difference, as i32, has more than `groups` groups.
#[inline(always)]
fn beyond<S: Simd>(difference: u32x8<S>, groups: u32) -> u32x8<S> {
    (difference + (1 << (GROUP_BITS * groups - 1))) & !((1 << (GROUP_BITS * groups)) - 1)
}

/// The characters of one difference of two u32, and how many there are.
const fn characters(difference: i64) -> ([u8; 8], usize) {
    let groups = groups_of(difference);
    let mut bytes = 0;
    let mut group = 0;
    while group < MAX_GROUPS {
        bytes |= (difference as u64 >> (group * GROUP_BITS) & 0x1f) << (group * 8);
        group += 1;
    }
    let followed = u64::from_le_bytes([MORE; 8]) & ((1 << (8 * (groups - 1))) - 1);
    (((bytes | followed) + u64::from_le_bytes([FIRST; 8])).to_le_bytes(), groups as usize)
}

/// How many groups hold the number and its sign.
const fn groups_of(difference: i64) -> u32 {
    let bits = i64::BITS - (difference ^ (difference >> 63)).leading_zeros() + 1;
    bits.div_ceil(GROUP_BITS)
}

#[cfg(test)]
mod tests {
    use super::super::coco_reader::read;
    use super::*;
    use crate::Result;

    /// Some have runs of no pixels inside, or more pixels than a mask may have: only here can they be written.
    #[test]
    fn golden_strings_are_written_and_read() {
        let golden: Vec<serde_json::Value> =
            serde_json::from_str(include_str!("../../tests/data/golden_strings.json")).unwrap();
        assert_eq!(golden.len(), 64);
        for entry in golden {
            let counts: Vec<u32> = serde_json::from_value(entry["counts"].clone()).unwrap();
            let string = entry["string"].as_str().unwrap();
            let mut text = Vec::new();
            for (index, &count) in counts.iter().enumerate() {
                let before = if index < 3 { 0 } else { counts[index - 2] };
                let (characters, length) = characters(i64::from(count) - i64::from(before));
                text.extend_from_slice(&characters[..length]);
            }
            assert_eq!(String::from_utf8(text).unwrap(), string, "{counts:?}");
            assert_eq!(read(string).collect::<Result<Vec<_>>>().unwrap(), counts, "{string}");
        }
    }

    /// The format as its authors wrote it, a group at a time.
    fn plain(mut x: i64) -> String {
        let mut text = String::new();
        loop {
            let c = (x & 0x1f) as u8;
            x >>= 5;
            let more = if c & 0x10 != 0 { x != -1 } else { x != 0 };
            text.push((c + if more { 0x20 } else { 0 } + 48) as char);
            if !more {
                return text;
            }
        }
    }

    /// Blocks and single counts, small and large differences, wherever the ends are cut.
    #[test]
    fn ends_are_written_as_by_the_plain_loop() {
        for (length, spread) in [(0, 1), (1, 9), (3, 9), (35, 12), (200, 12), (200, 40), (1000, 33_000_000)] {
            let mut state = 7u64;
            let counts: Vec<u32> = (0..length)
                .map(|_| {
                    state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
                    1 + (state >> 33) as u32 % spread / if state >> 60 < 8 { 5 } else { 1 }
                })
                .collect();
            let total: u64 = counts.iter().copied().map(u64::from).sum();
            assert!(total <= u64::from(u32::MAX) || spread > 1000);
            let counts: Vec<u32> = if total > u64::from(u32::MAX) { counts[..400].to_vec() } else { counts };
            let ends: Vec<u32> =
                counts.iter().scan(0, |end, count| Some(std::mem::replace(end, *end + count) + count)).collect();
            let expected: String = (0..counts.len())
                .map(|i| plain(i64::from(counts[i]) - if i < 3 { 0 } else { i64::from(counts[i - 2]) }))
                .collect();
            for cut in [0, 1, 2, 3, 4, 31, 32, 33, 64, 70].map(|cut| cut.min(ends.len())) {
                let mut writer = CocoWriter::new();
                writer.ends(&ends[..cut]);
                writer.ends(&ends[cut..]);
                assert_eq!(writer.finish(), expected, "{length} counts up to {spread}, cut at {cut}");
            }
        }
    }

    /// The fourth difference seems -7 as an i32, which would be one character.
    #[test]
    fn ends_beyond_2_to_the_31_are_written_as_they_are() {
        let counts = [1, 1, 1, u32::MAX - 5, 2];
        let ends: Vec<u32> =
            counts.iter().scan(0, |end, count| Some(std::mem::replace(end, *end + count) + count)).collect();
        let mut writer = CocoWriter::new();
        writer.ends(&ends);
        let written = [1, 1, 1, i64::from(u32::MAX) - 6, 1].map(plain).concat();
        assert_eq!(writer.finish(), written);
    }

    #[test]
    fn differences_around_every_power_of_two_are_written_as_by_the_plain_loop() {
        for power in 0..=32 {
            for near in -3..=3 {
                for sign in [-1, 1] {
                    let difference = sign * ((1i64 << power) + near);
                    let (characters, length) = characters(difference);
                    assert_eq!(str::from_utf8(&characters[..length]).unwrap(), plain(difference), "{difference}");
                }
            }
        }
    }
}
