//! The characters of COCO's compressed counts.
//!
//! From the fourth on, a count is written less the count two before it. That number goes out in groups of five bits,
//! the lowest first, each as the character 48 + group, with 32 added where another group follows. The number ends where
//! all that remains is the last group's sign bit.

use fearless_simd::{Level, dispatch};

pub(super) const FIRST: u8 = 48;
pub(super) const GROUP_BITS: u32 = 5;
pub(super) const MORE: u8 = 1 << GROUP_BITS;
/// A difference of two u32 has 33 bits with its sign, which is seven groups.
pub(super) const MAX_GROUPS: u32 = 7;

/// Writes counts as they end. What it has allocated is used again for the next mask.
#[derive(Debug)]
pub(crate) struct CocoWriter {
    level: Level,
    text: Vec<u8>,
    /// How many counts have been written.
    index: usize,
    /// Where the last three ended, the last one last.
    before: [u32; 3],
}

/// Differences that are looked at together.
const BLOCK: usize = 32;

impl CocoWriter {
    pub(crate) fn new() -> Self {
        CocoWriter { level: Level::new(), text: Vec::new(), index: 0, before: [0; 3] }
    }

    /// The scan positions at which the next counts end: where each run does, background first.
    pub(crate) fn ends(&mut self, ends: &[u32]) {
        dispatch!(self.level, _simd => self.take_ends(ends));
    }

    #[inline(always)]
    fn take_ends(&mut self, ends: &[u32]) {
        let alone = ends.len().min(3);
        ends[..alone].iter().for_each(|&end| self.end(end));
        let mut next = alone;
        // Each block is seen with the three ends before it.
        while let Some(block) = ends[next - alone..].first_chunk() {
            self.block(block);
            next += BLOCK;
        }
        ends[next..].iter().for_each(|&end| self.end(end));
    }

    /// A block of ends after the three before it. Where all differences are small, as in noise, each is one character.
    /// Runs within a mask have pixels, and their mask fewer than 2^32, so no difference is 2^32 more than it seems.
    #[inline(always)]
    fn block(&mut self, ends: &[u32; BLOCK + 3]) {
        let mut characters = [0; BLOCK];
        let mut large = 0;
        for i in 0..BLOCK {
            let difference = ends[i + 3].wrapping_sub(ends[i + 2]).wrapping_sub(ends[i + 1]).wrapping_add(ends[i]);
            large |= difference.wrapping_add(16) & !31;
            characters[i] = FIRST + (difference & 31) as u8;
        }
        if large == 0 {
            self.text.extend_from_slice(&characters);
            self.before = [ends[BLOCK], ends[BLOCK + 1], ends[BLOCK + 2]];
            self.index += BLOCK;
        } else {
            ends[3..].iter().for_each(|&end| self.end(end));
        }
    }

    #[inline(always)]
    fn end(&mut self, end: u32) {
        let [third, second, first] = self.before;
        // The first three counts are written whole.
        let subtrahend = if self.index < 3 { 0 } else { i64::from(second) - i64::from(third) };
        push(&mut self.text, i64::from(end) - i64::from(first) - subtrahend);
        self.before = [second, first, end];
        self.index += 1;
    }

    /// The string of the counts since the last one.
    pub(crate) fn finish(&mut self) -> String {
        let text = str::from_utf8(&self.text).expect("all characters are between 48 and 111").to_owned();
        self.text.clear();
        self.index = 0;
        self.before = [0; 3];
        text
    }
}

/// Appends the characters of one difference of two u32.
#[inline]
fn push(text: &mut Vec<u8>, difference: i64) {
    if (-16..16).contains(&difference) {
        text.push(FIRST + (difference & 0x1f) as u8);
        return;
    }
    let groups = groups_of(difference);
    let mut bytes = 0;
    for group in 0..MAX_GROUPS {
        bytes |= (difference as u64 >> (group * GROUP_BITS) & 0x1f) << (group * 8);
    }
    let followed = u64::from_le_bytes([MORE; 8]) & ((1 << (8 * (groups - 1))) - 1);
    bytes = (bytes | followed) + u64::from_le_bytes([FIRST; 8]);
    // Eight bytes are stored whatever the length, and the surplus is cut off again: cheaper than a loop that branches.
    let end = text.len() + groups as usize;
    text.extend_from_slice(&bytes.to_le_bytes());
    text.truncate(end);
}

/// How many groups hold the number and its sign.
fn groups_of(difference: i64) -> u32 {
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
                push(&mut text, i64::from(count) - i64::from(before));
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
            let counts: Vec<u32> = if total > u64::from(u32::MAX) { counts[..100].to_vec() } else { counts };
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

    #[test]
    fn differences_around_every_power_of_two_are_written_as_by_the_plain_loop() {
        for power in 0..=32 {
            for near in -3..=3 {
                for sign in [-1, 1] {
                    let difference = sign * ((1i64 << power) + near);
                    let mut text = Vec::new();
                    push(&mut text, difference);
                    assert_eq!(String::from_utf8(text).unwrap(), plain(difference), "{difference}");
                }
            }
        }
    }
}
