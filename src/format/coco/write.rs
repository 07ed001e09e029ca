//! The characters of COCO's compressed counts.
//!
//! From the fourth on, a count is written less the count two before it. That number goes out in
//! groups of five bits, the lowest first, each as the character 48 + group, with 32 added where
//! another group follows. The number ends where all that remains is the last group's sign bit.

use fearless_simd::{Level, Simd, dispatch};

pub(super) const FIRST: u8 = 48;
pub(super) const GROUP_BITS: u32 = 5;
pub(super) const MORE: u8 = 1 << GROUP_BITS;
/// A difference of two u32 has 33 bits with its sign, which is seven groups.
pub(super) const MAX_GROUPS: u32 = 7;

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
    pub(super) text: Vec<u8>,
    pub(super) length: usize,
    /// How many counts have been written.
    pub(super) index: usize,
    /// Where the last three ended, the last one last.
    pub(super) before: [u32; 3],
    /// Where the characters of whole masks end.
    mask_ends: Vec<usize>,
}

impl CocoWriter {
    pub(crate) fn new() -> Self {
        Self::at(Level::new())
    }

    pub(crate) fn at(level: Level) -> Self {
        CocoWriter {
            level,
            text: Vec::new(),
            length: 0,
            index: 0,
            before: [0; 3],
            mask_ends: Vec::new(),
        }
    }

    /// The scan positions at which the next counts end: where each run does, background first.
    pub(crate) fn ends(&mut self, ends: &[u32]) {
        let (Some(&first), Some(&last)) = (ends.first(), ends.last()) else {
            return;
        };
        if self.index == 0 {
            // After these, the differences are what the first three counts are written as:
            // themselves.
            self.before = [first.wrapping_mul(2), first, first];
        }
        dispatch!(self.level, simd => self.write_ends(simd, ends, last));
    }

    /// Ends of which there are some, the greatest being `last`.
    #[inline(always)]
    fn write_ends<S: Simd>(&mut self, simd: S, ends: &[u32], last: u32) {
        #[cfg(target_arch = "x86_64")]
        if let Level::Avx512(avx512) = simd.level()
            && last < 1 << 31
        {
            return self.sixteens(avx512, ends);
        }
        if last <= SMALL {
            self.small(ends);
        } else {
            self.blocks(simd, ends);
        }
    }

    /// Ends up to [`SMALL`], where there is no AVX-512. 28 x 28 pixels: a table takes half of what
    /// blocks take.
    fn small(&mut self, ends: &[u32]) {
        self.reserve(ends.len() * SMALL_GROUPS + 1);
        let text = &mut self.text[self.length..];
        // As u32, a sum of it cannot overflow, which saves a check.
        let mut at = 0u32;
        let mut write = |difference: u32| {
            let written =
                SMALL_CHARACTERS[difference.wrapping_add(SMALL) as usize % SMALL_CHARACTERS.len()];
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

    /// An end of any size, after the three before it: that of count `index`.
    pub(super) fn write_one(&mut self, ends: [u32; 4], index: usize) {
        let [third, second, first, end] = ends.map(i64::from);
        let difference = match index {
            0 => end,
            // Written whole.
            1 | 2 => end - first,
            _ => end - first - (second - third),
        };
        let (characters, length) = characters(difference);
        self.reserve(characters.len());
        self.text[self.length..][..characters.len()].copy_from_slice(&characters);
        self.length += length;
    }

    /// The string of a mask whose starts are known.
    pub(crate) fn mask(
        &mut self,
        begins_with_foreground: bool,
        starts: &[u32],
        pixels: u32,
    ) -> String {
        if begins_with_foreground {
            self.ends(&[0]);
        }
        self.ends(starts.get(1..).unwrap_or_default());
        self.ends(&[pixels]);
        self.finish()
    }

    /// The strings of whole masks of up to [`SMALL`] pixels, whose ends lie one after the other,
    /// each up to one of `masks`. 64 more ends may be read.
    pub(crate) fn small_masks(
        &mut self,
        ends: &[u32],
        masks: &[usize],
    ) -> impl Iterator<Item = &str> {
        dispatch!(self.level, simd => self.write_small_masks(simd, ends, masks));
        self.index = 0;
        let length = std::mem::take(&mut self.length);
        let text =
            str::from_utf8(&self.text[..length]).expect("all characters are between 48 and 111");
        let firsts = std::iter::once(0).chain(self.mask_ends.iter().copied());
        firsts
            .zip(&self.mask_ends)
            .map(move |(first, &last)| &text[first..last])
    }

    #[inline(always)]
    fn write_small_masks<S: Simd>(&mut self, simd: S, ends: &[u32], masks: &[usize]) {
        self.mask_ends.clear();
        let mut first = 0;
        for &last in masks {
            match simd.level() {
                #[cfg(target_arch = "x86_64")]
                Level::Avx512(avx512) => self.small_sixteens(avx512, &ends[first..], last - first),
                _ => {
                    self.index = 0;
                    self.ends(&ends[first..last]);
                }
            }
            self.mask_ends.push(self.length);
            first = last;
        }
    }

    /// Room for so many more characters.
    pub(super) fn reserve(&mut self, more: usize) {
        if self.text.len() < self.length + more {
            self.text.resize(2 * self.length + more, 0);
        }
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
    (
        ((bytes | followed) + u64::from_le_bytes([FIRST; 8])).to_le_bytes(),
        groups as usize,
    )
}

/// How many groups hold the number and its sign.
const fn groups_of(difference: i64) -> u32 {
    let bits = i64::BITS - (difference ^ (difference >> 63)).leading_zeros() + 1;
    bits.div_ceil(GROUP_BITS)
}

#[cfg(test)]
mod tests {
    use super::super::read::read;
    use super::*;
    use crate::Result;

    /// Some have runs of no pixels inside, or more pixels than a mask may have: only here can they
    /// be written.
    #[test]
    fn golden_strings_are_written_and_read() {
        let golden: Vec<serde_json::Value> =
            serde_json::from_str(include_str!("../../../tests/data/golden_strings.json"))
                .expect("the golden file is JSON");
        assert_eq!(golden.len(), 64);
        for entry in golden {
            let counts: Vec<u32> =
                serde_json::from_value(entry["counts"].clone()).expect("each entry has counts");
            let string = entry["string"].as_str().expect("each entry has a string");
            let mut text = Vec::new();
            for (index, &count) in counts.iter().enumerate() {
                let before = if index < 3 { 0 } else { counts[index - 2] };
                let (characters, length) = characters(i64::from(count) - i64::from(before));
                text.extend_from_slice(&characters[..length]);
            }
            assert_eq!(
                String::from_utf8(text).expect("characters of COCO are ASCII"),
                string,
                "{counts:?}"
            );
            assert_eq!(
                read(string)
                    .collect::<Result<Vec<_>>>()
                    .expect("golden strings are good"),
                counts,
                "{string}"
            );
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

    fn plain_counts(counts: &[u32]) -> String {
        let before = |i: usize| if i < 3 { 0 } else { i64::from(counts[i - 2]) };
        (0..counts.len())
            .map(|i| plain(i64::from(counts[i]) - before(i)))
            .collect()
    }

    fn ends_of(counts: &[u32]) -> Vec<u32> {
        counts
            .iter()
            .scan(0, |end, count| {
                Some(std::mem::replace(end, *end + count) + count)
            })
            .collect()
    }

    /// Blocks and single counts, small and large differences, wherever the ends are cut.
    #[test]
    fn ends_are_written_as_by_the_plain_loop() {
        for (length, spread) in [
            (0, 1),
            (1, 9),
            (3, 9),
            (35, 12),
            (200, 12),
            (200, 40),
            (1000, 33_000_000),
        ] {
            let mut state = 7u64;
            let counts: Vec<u32> = (0..length)
                .map(|_| {
                    state = state
                        .wrapping_mul(6_364_136_223_846_793_005)
                        .wrapping_add(1);
                    1 + (state >> 33) as u32 % spread / if state >> 60 < 8 { 5 } else { 1 }
                })
                .collect();
            let total: u64 = counts.iter().copied().map(u64::from).sum();
            assert!(total <= u64::from(u32::MAX) || spread > 1000);
            let counts: Vec<u32> = if total > u64::from(u32::MAX) {
                counts[..400].to_vec()
            } else {
                counts
            };
            let (ends, expected) = (ends_of(&counts), plain_counts(&counts));
            for cut in [0, 1, 2, 3, 4, 31, 32, 33, 64, 70].map(|cut| cut.min(ends.len())) {
                for level in crate::simd::levels::all() {
                    let mut writer = CocoWriter::at(level);
                    writer.ends(&ends[..cut]);
                    writer.ends(&ends[cut..]);
                    assert_eq!(
                        writer.finish(),
                        expected,
                        "{length} counts up to {spread}, cut at {cut}, {level:?}"
                    );
                }
            }
        }
    }

    /// The fourth difference seems -7 as an i32, which would be one character.
    #[test]
    fn ends_beyond_2_to_the_31_are_written_as_they_are() {
        let counts = [1, 1, 1, u32::MAX - 5, 2];
        let ends = ends_of(&counts);
        let written = [1, 1, 1, i64::from(u32::MAX) - 6, 1].map(plain).concat();
        for level in crate::simd::levels::all() {
            let mut writer = CocoWriter::at(level);
            writer.ends(&ends);
            assert_eq!(writer.finish(), written, "{level:?}");
        }
    }

    /// Counts whose differences have one to six groups, each size first alone in its block and then
    /// in all of it.
    #[test]
    fn blocks_of_every_number_of_groups_are_written_as_by_the_plain_loop() {
        for power in 0..27 {
            for count in 1..70usize {
                let mut counts = vec![2; 100];
                counts[count] += 1u32 << power;
                counts[30..30 + count / 4]
                    .iter_mut()
                    .step_by(3)
                    .for_each(|each| *each += 1 << power);
                let (ends, expected) = (ends_of(&counts), plain_counts(&counts));
                for level in crate::simd::levels::all() {
                    let mut writer = CocoWriter::at(level);
                    writer.ends(&ends);
                    assert_eq!(writer.finish(), expected, "2^{power}, {count}, {level:?}");
                }
            }
        }
    }

    #[test]
    fn differences_around_every_power_of_two_are_written_as_by_the_plain_loop() {
        for power in 0..=32 {
            for near in -3..=3 {
                for sign in [-1, 1] {
                    let difference = sign * ((1i64 << power) + near);
                    let (characters, length) = characters(difference);
                    assert_eq!(
                        str::from_utf8(&characters[..length])
                            .expect("characters of COCO are ASCII"),
                        plain(difference),
                        "{difference}"
                    );
                }
            }
        }
    }
}
