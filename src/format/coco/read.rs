//! COCO's compressed counts, read: the characters that [`write`](super::write) defines.

use fearless_simd::prelude::*;
use fearless_simd::{Level, Simd, dispatch, u8x64};

use super::write::{FIRST, GROUP_BITS, MAX_GROUPS, MORE};
use crate::pixel::checked_pixels;
use crate::runs::{beyond, check_sum};
use crate::{Error, Result};

/// Where the runs that `text` spells start, and whether the first is foreground. Runs of no pixels
/// are joined with their neighbours.
pub(super) fn read_starts(text: &str, size: [u32; 2]) -> Result<(Vec<u32>, bool)> {
    let pixels = checked_pixels(size)?;
    let most = counts_in(text.as_bytes()).min(u64::from(pixels));
    let mut scan = Scan {
        pixels,
        starts: Vec::with_capacity(most as usize),
        position: 0,
        joins: false,
        first: false,
    };
    let mut reader = read(text);
    let level = Level::new();
    while let Some(count) = reader.next() {
        scan.count(count?, reader.index - 1, size)?;
        // The first three counts are written whole, and a run after one of no pixels may not be one
        // of its own.
        if reader.index >= 3 && !scan.joins && !scan.starts.is_empty() {
            dispatch!(level, simd => scan.blocks(simd, &mut reader));
        }
    }
    check_sum(scan.position, size)?;
    Ok((scan.starts, scan.first))
}

/// How many numbers end in the text: those characters that no other group follows.
pub(crate) fn counts_in(text: &[u8]) -> u64 {
    // By 255 characters, whose number a byte holds: sums of bytes are what SIMD is good at.
    let ends = |text: &[u8]| {
        text.iter()
            .map(|byte| u8::from(byte.wrapping_sub(FIRST) & MORE == 0))
            .sum::<u8>()
    };
    text.chunks(255).map(|text| u64::from(ends(text))).sum()
}

/// Counts on their way to starts.
struct Scan {
    pixels: u32,
    starts: Vec<u32>,
    position: u32,
    /// Whether the next run holds what the last one did that had pixels, all between them having
    /// none.
    joins: bool,
    /// Whether the first run that has pixels is foreground.
    first: bool,
}

/// Characters that are looked at together.
const BLOCK: usize = 64;
/// Characters before a block that the first number in it may be taken for a part of, and those
/// beyond it that the last one is read with.
const BEFORE: usize = 2;
const WINDOW: usize = BEFORE + BLOCK + 8;

impl Scan {
    fn count(&mut self, count: u32, index: usize, size: [u32; 2]) -> Result<()> {
        if count > self.pixels - self.position {
            return Err(beyond(index, size));
        }
        if count == 0 {
            self.joins = !self.joins && !self.starts.is_empty();
            return Ok(());
        }
        if self.starts.is_empty() {
            self.first = index % 2 == 1;
        }
        if !self.joins {
            self.starts.push(self.position);
        }
        self.joins = false;
        self.position += count;
        Ok(())
    }

    /// Takes counts block by block, up to one that is anything but a run of pixels within the mask.
    #[inline(always)]
    fn blocks<S: Simd>(&mut self, simd: S, reader: &mut Reader<'_>) {
        loop {
            let rest = &reader.text.as_bytes()[reader.at - BEFORE..];
            let taken = match rest.first_chunk() {
                Some(window) => self.block(simd, window, reader),
                None => {
                    // What is added is no character of COCO's, and stops the block.
                    let mut window = [0; WINDOW];
                    window[..rest.len()].copy_from_slice(rest);
                    self.block(simd, &window, reader)
                }
            };
            if !taken {
                return;
            }
        }
    }

    /// Takes the counts that end in a block, and says whether that are all that could; the block
    /// begins with a number.
    ///
    /// Each character is taken for the end of a number, the ends are picked, and only then do
    /// counts add up, so that no count waits for the one before it to be found: 2.5 ns a count to
    /// the 11 of reading one after the other, on blobs.
    #[inline(always)]
    fn block<S: Simd>(&mut self, simd: S, window: &[u8; WINDOW], reader: &mut Reader<'_>) -> bool {
        let ends = ends_of_numbers(simd, window);
        let mut differences = pick(ends, &short_numbers(window));
        let numbers = long_numbers(ends, window, &mut differences);
        let mut counts = Counts {
            position: self.position.into(),
            previous: reader.previous.map(i64::from),
        };
        let before = counts;
        let (mut starts, mut taken) = ([0; BLOCK], numbers);
        if !counts.add(&differences[..numbers], &mut starts) || counts.position > self.pixels.into()
        {
            counts = before;
            taken = counts.good(&differences[..numbers], self.pixels);
            counts = before;
            counts.add(&differences[..taken], &mut starts);
        }
        self.starts.extend_from_slice(&starts[..taken]);
        self.position = counts.position as u32;
        reader.at += after_numbers(ends, taken);
        reader.index += taken;
        reader.previous = counts.previous.map(|count| count as u32);
        taken > 0 && taken == ends.count_ones() as usize
    }
}

/// Counts as they add up.
#[derive(Debug, Clone, Copy)]
struct Counts {
    position: i64,
    /// What the next two differences refer to.
    previous: [i64; 2],
}

impl Counts {
    /// Adds counts, and says whether all are above 0; `starts` becomes where their runs start.
    #[inline(always)]
    fn add(&mut self, differences: &[i32], starts: &mut [u32; BLOCK]) -> bool {
        let mut worst = 0;
        for (start, difference) in starts.iter_mut().zip(differences) {
            let count = self.previous[0] + i64::from(*difference);
            *start = self.position as u32;
            self.position += count;
            // Its sign is that of any of them.
            worst |= count - 1;
            self.previous = [self.previous[1], count];
        }
        worst >= 0
    }

    /// How many are above 0 and within the mask, up to the first that is not.
    #[cold]
    fn good(mut self, differences: &[i32], pixels: u32) -> usize {
        let is_good = |difference: &&i32| {
            let mut starts = [0; BLOCK];
            self.add(&[**difference], &mut starts) && self.position <= pixels.into()
        };
        differences.iter().take_while(is_good).count()
    }
}

/// How many characters hold so many numbers of a block.
#[inline(always)]
fn after_numbers(mut ends: u64, numbers: usize) -> usize {
    if numbers < ends.count_ones() as usize {
        let last = (0..numbers).fold(0, |_, _| {
            let lowest = ends & ends.wrapping_neg();
            ends ^= lowest;
            lowest
        });
        ends = last;
    }
    (u64::BITS - ends.leading_zeros()) as usize
}

/// For each character of a block the number that it ends, if it ends one of up to three: 15 bits.
#[inline(always)]
fn short_numbers(window: &[u8; WINDOW]) -> [i16; BLOCK] {
    let group = |at: usize| i16::from(window[at].wrapping_sub(FIRST));
    let (more, bits) = (i16::from(MORE), i16::from(MORE - 1));
    let mut numbers = [0; BLOCK];
    for (at, number) in numbers.iter_mut().enumerate() {
        let [before, middle, last] = [group(at), group(at + 1), group(at + 2)];
        let last = ((last & bits) ^ (more / 2)) - more / 2; // extends the sign
        // The lowest group comes first.
        let two = last << GROUP_BITS | (middle & bits);
        let three = two << GROUP_BITS | (before & bits);
        *number = match () {
            () if middle & more == 0 => last,
            () if before & more == 0 => two,
            () => three,
        };
    }
    numbers
}

/// The numbers whose ends are set, one after the other.
#[inline(always)]
fn pick(mut ends: u64, numbers: &[i16; BLOCK]) -> [i32; BLOCK] {
    if ends == u64::MAX {
        return numbers.map(i32::from);
    }
    let mut picked = [0; BLOCK];
    let mut count = 0;
    while ends != 0 {
        picked[count % BLOCK] = numbers[ends.trailing_zeros() as usize % BLOCK].into();
        count += 1;
        ends &= ends - 1;
    }
    picked
}

/// Reads those numbers of a block that have more than three characters. How many numbers there are
/// before the first that is too long, or whose value is.
#[inline(always)]
fn long_numbers(ends: u64, window: &[u8; WINDOW], differences: &mut [i32; BLOCK]) -> usize {
    let more = !ends;
    let mut long = ends & more << 1 & more << 2 & more << 3;
    while long != 0 {
        let end = long.trailing_zeros();
        let before = ends & ((1 << end) - 1);
        let begin = u64::BITS - before.leading_zeros();
        let (index, length) = (before.count_ones() as usize, end + 1 - begin);
        let characters = window[BEFORE + begin as usize..]
            .first_chunk()
            .filter(|_| length <= MAX_GROUPS);
        let number = characters.map(|&characters| number(u64::from_le_bytes(characters), length));
        let Some(difference) = number.and_then(|number| i32::try_from(number).ok()) else {
            return index;
        };
        differences[index % BLOCK] = difference;
        long &= long - 1;
    }
    ends.count_ones() as usize
}

/// Which characters of a block end a number, up to the first that is none of COCO's.
#[inline(always)]
fn ends_of_numbers<S: Simd>(simd: S, window: &[u8; WINDOW]) -> u64 {
    let bits = u8x64::from_slice(simd, &window[BEFORE..BEFORE + BLOCK]) - u8x64::splat(simd, FIRST);
    let foreign = bits.simd_ge(u8x64::splat(simd, 2 * MORE)).to_bitmask();
    let ends = bits.simd_lt(u8x64::splat(simd, MORE)).to_bitmask();
    // All below the lowest bit that is set; all, if none is.
    ends & (foreign.wrapping_sub(1) & !foreign)
}

/// The number that `length` characters spell, 1 to 7, the lowest byte first. What is beyond them
/// does not count.
#[inline(always)]
fn number(characters: u64, length: u32) -> i64 {
    let groups =
        characters.wrapping_sub(u64::from_le_bytes([FIRST; 8])) & u64::from_le_bytes([MORE - 1; 8]);
    // Groups of 5 bits to one of 10 from two of 8, to 20 from 16, to 40 from 32.
    let by_two = (groups & 0x001f_001f_001f_001f) | ((groups >> 3) & 0x03e0_03e0_03e0_03e0);
    let by_four = (by_two & 0x0000_03ff_0000_03ff) | ((by_two >> 6) & 0x000f_fc00_000f_fc00);
    let all = (by_four & 0x000f_ffff) | ((by_four >> 12) & 0x00ff_fff0_0000);
    // Drops what is beyond, and extends the sign.
    let unused = i64::BITS - length * GROUP_BITS;
    (all as i64) << unused >> unused
}

/// The counts that `text` spells.
pub(super) fn read(text: &str) -> Reader<'_> {
    Reader {
        text,
        at: 0,
        index: 0,
        previous: [0, 0],
    }
}

/// Reads one count after the other. Nothing sensible follows an error.
pub(super) struct Reader<'a> {
    text: &'a str,
    at: usize,
    index: usize,
    /// The counts that the next two differences refer to.
    previous: [u32; 2],
}

impl Reader<'_> {
    /// The next difference: at most 35 bits, so it cannot overflow.
    #[inline]
    fn difference(&mut self) -> Result<i64> {
        let mut number = 0;
        for group in 0..MAX_GROUPS {
            let bits = self
                .text
                .as_bytes()
                .get(self.at)
                .map_or(u8::MAX, |byte| byte.wrapping_sub(FIRST));
            if bits >= 2 * MORE {
                return Err(self.not_a_group());
            }
            self.at += 1;
            number |= i64::from(bits & (MORE - 1)) << (group * GROUP_BITS);
            if bits & MORE == 0 {
                let unused = i64::BITS - (group + 1) * GROUP_BITS;
                return Ok(number << unused >> unused); // extends the sign
            }
        }
        let what = format!("a number of more than {MAX_GROUPS} characters, which no count needs");
        Err(Error::format(format!("character {}", self.at), what))
    }

    #[cold]
    fn not_a_group(&self) -> Error {
        // All before it is ASCII, so a character begins here.
        let what = match self.text[self.at..].chars().next() {
            None => "the string ends within a number".into(),
            Some(found) => not_a_character(found),
        };
        Error::format(format!("character {}", self.at), what)
    }

    #[cold]
    fn not_a_count(&self, begin: usize, count: i64) -> Error {
        let what = format!(
            "count {} would be {count}, it must be 0 to {}",
            self.index,
            u32::MAX
        );
        Error::format(format!("character {begin}"), what)
    }

    #[inline]
    fn count(&mut self) -> Result<u32> {
        let begin = self.at;
        let count = i64::from(self.previous[0]) + self.difference()?;
        let Ok(count) = u32::try_from(count) else {
            return Err(self.not_a_count(begin, count));
        };
        // The first count is nobody's reference: the third is written whole.
        self.previous = [self.previous[1], if self.index == 0 { 0 } else { count }];
        self.index += 1;
        Ok(count)
    }
}

/// What is wrong with a character that is none of COCO's.
pub(super) fn not_a_character(found: impl std::fmt::Debug) -> String {
    format!("{found:?} is none of COCO's characters, which are '0' to 'o'")
}

impl Iterator for Reader<'_> {
    type Item = Result<u32>;

    #[inline]
    fn next(&mut self) -> Option<Self::Item> {
        (self.at < self.text.len()).then(|| self.count())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_those_of_the_groups_one_by_one() {
        let mut state = 1u64;
        for round in 0..20_000 {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            let length = 1 + round % MAX_GROUPS;
            let mut bytes = [0; 8];
            for (place, byte) in bytes.iter_mut().enumerate() {
                let more = if place + 1 < length as usize { MORE } else { 0 };
                *byte = FIRST + (more | ((state >> (20 + 5 * place)) as u8 & (MORE - 1)));
            }
            // What follows is of no account, whatever it is.
            bytes[length as usize..].fill(state as u8);
            let text =
                str::from_utf8(&bytes[..length as usize]).expect("characters of COCO are ASCII");
            assert_eq!(
                number(u64::from_le_bytes(bytes), length),
                read(text).difference().expect("the text is one number"),
                "{text}"
            );
        }
    }

    /// Whatever the byte, and wherever it is in the block.
    #[test]
    fn blocks_stop_at_foreign_characters() {
        let level = Level::new();
        for byte in 0..=255u8 {
            for place in 0..BLOCK {
                let mut window = [b'0'; WINDOW];
                window[BEFORE + place] = byte;
                let before = (1u64 << place) - 1;
                let expected = match byte {
                    48..80 => u64::MAX,
                    80..112 => !(1 << place),
                    _ => before,
                };
                assert_eq!(
                    dispatch!(level, simd => ends_of_numbers(simd, &window)),
                    expected,
                    "{byte} at {place}"
                );
            }
        }
    }

    /// Blocks or not, the same starts as the counts give one by one; and the same errors.
    #[test]
    fn blocks_read_as_counts_do() {
        let mut state = 1u32;
        let mut random = |below: u32| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (state >> 8) % below
        };
        let (mut valid, mut wrong) = (0, 0);
        for round in 0..4000 {
            let text: String = (0..random(if round % 3 == 0 { 400 } else { 60 }))
                .map(|_| match random(if round % 2 == 0 { 40 } else { 12 }) {
                    0 => char::from(48 + random(64) as u8),
                    1 => 'O',
                    _ => char::from(48 + random(3) as u8),
                })
                .collect();
            let counts: Result<Vec<u32>> = read(&text).collect();
            let sum: u64 = counts.iter().flatten().copied().map(u64::from).sum();
            let pixels = sum.min(1 << 20) as u32;
            for pixels in [pixels, pixels.saturating_sub(1), pixels + 1] {
                let size = [pixels, 1];
                let expected = counts.clone().and_then(|counts| {
                    let runs = crate::Runs::from_counts(size, crate::Order::ColumnMajor, counts)?;
                    let first = runs
                        .get(0)
                        .is_some_and(|mask| mask.values().next() == Some(1));
                    Ok((runs.starts().to_vec(), first))
                });
                match (read_starts(&text, size), expected) {
                    (Ok(found), Ok(expected)) => assert_eq!(found, expected, "{text}"),
                    (found, expected) => {
                        let both = found.is_err() && expected.is_err();
                        assert!(both, "{text}, {pixels} pixels: {found:?}, not {expected:?}");
                        wrong += 1;
                    }
                }
            }
            valid += u32::from(counts.is_ok() && sum < 1 << 20);
        }
        assert!(valid > 200 && wrong > 200, "{valid} and {wrong}");
    }
}
