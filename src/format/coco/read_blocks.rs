//! Characters to run starts, a block of characters at a time.

use fearless_simd::Simd;
use fearless_simd::prelude::*;
use fearless_simd::{i16x8, i32x8, u8x16, u8x64, u32x8};

use super::characters::{FIRST, GROUP_BITS, MAX_GROUPS, MORE};
use super::reader::Reader;
use super::scan::Scan;

/// Characters that are read together.
pub(super) const BLOCK: usize = 64;
/// Characters before a block. Short numbers are read from three characters wherever they end, and
/// the first ones of a block look back this far.
const BEFORE: usize = 2;
/// Characters of a block, before it, and beyond it, which long numbers are read with.
const WINDOW: usize = BEFORE + BLOCK + 8;
/// Blocks whose counts are added up together.
const BLOCKS: usize = 8;
/// Pixels of masks whose counts are added up as i32: the sum of two is no more than i32 holds.
const MOST_PIXELS: u32 = 1 << 29;

impl Scan<'_> {
    /// Reads counts block by block, up to the first that is not above 0, or not within the mask, or
    /// whose characters are wrong.
    #[inline(always)]
    pub(super) fn blocks<S: Simd>(&mut self, simd: S, reader: &mut Reader<'_>) {
        // Where a count ends the first block, others may end the next ones as soon.
        if !self.one_block(simd, reader) {
            return;
        }
        if reader.text.len() - reader.at < WINDOW || self.pixels > MOST_PIXELS {
            while self.one_block(simd, reader) {}
            return;
        }
        let mut differences = [0; BLOCKS * BLOCK + 8];
        while self.whole_blocks(simd, reader, &mut differences) || self.one_block(simd, reader) {}
    }

    /// Reads the counts of some blocks that have only short numbers. True if there were some, and
    /// all of them are above 0 and within the mask; else nothing is read.
    ///
    /// A number is made for each character, as if it ended there, and those that do end are picked.
    /// Only then, and for all blocks together, are counts added up: none waits for the one before it
    /// to be found, and what was picked has reached the cache.
    #[inline(always)]
    fn whole_blocks<S: Simd>(
        &mut self,
        simd: S,
        reader: &mut Reader<'_>,
        differences: &mut [i16; BLOCKS * BLOCK + 8],
    ) -> bool {
        let (mut numbers, mut at) = (0, reader.at);
        for _ in 0..BLOCKS {
            let Some(window) = reader.text.as_bytes()[at - BEFORE..].first_chunk() else {
                break;
            };
            let ends = ends_of_numbers(simd, window);
            let Some(room) = differences[numbers..].first_chunk_mut() else {
                unreachable!("there is room for all characters of all blocks")
            };
            if ends == 0 || long_numbers_of(ends) != 0 {
                break;
            }
            numbers += pick(simd, ends, &short_numbers(window), room);
            at += after_numbers(ends, BLOCK);
        }
        let is_read = numbers > 0 && self.add(simd, &differences[..], numbers, reader);
        if is_read {
            reader.at = at;
        }
        is_read
    }

    /// Reads the counts that end in a block, which begins with a number. True if all of them were
    /// read, and there was one.
    #[inline(always)]
    fn one_block<S: Simd>(&mut self, simd: S, reader: &mut Reader<'_>) -> bool {
        let rest = &reader.text.as_bytes()[reader.at - BEFORE..];
        // The 0 after the text is none of COCO's characters, so it ends the block.
        let mut padded = [0; WINDOW];
        let window = rest.first_chunk().unwrap_or_else(
            #[inline(always)]
            || {
                padded[..rest.len()].copy_from_slice(rest);
                &padded
            },
        );
        let ends = ends_of_numbers(simd, window);
        let mut differences = [0; BLOCK + 8];
        let numbers = pick(simd, ends, &short_numbers(window), &mut differences);
        if numbers > 0
            && long_numbers_of(ends) == 0
            && self.add(simd, &differences, numbers, reader)
        {
            reader.at += after_numbers(ends, numbers);
            return true;
        }
        self.one_by_one(ends, window, &differences, reader)
    }

    /// Adds up counts, and appends the starts of their runs, if all counts are above 0 and within
    /// the mask, which has [`MOST_PIXELS`] at most. True if they are.
    ///
    /// A count is the one two before it and a difference: so counts are sums of every second
    /// difference, and starts are sums of counts. Both are made eight at a time.
    #[inline(always)]
    fn add<S: Simd>(
        &mut self,
        simd: S,
        differences: &[i16],
        numbers: usize,
        reader: &mut Reader<'_>,
    ) -> bool {
        if self.pixels > MOST_PIXELS {
            return false;
        }
        let before = self.starts.len();
        self.starts.resize(before + numbers.next_multiple_of(8), 0);
        let zero = i32x8::splat(simd, 0);
        let pixels = i32x8::splat(simd, self.pixels as i32);
        // Before the next eight: the last two counts, by turns, and the position.
        let mut previous = two_by_turns(simd, reader.previous.map(|count| count as i32));
        let mut position = i32x8::splat(simd, self.position as i32);
        let (mut before_last, mut last, mut ends) = (previous, previous, zero);
        let mut left =
            i32x8::splat(simd, numbers as i32) - i32x8::from_slice(simd, &[0, 1, 2, 3, 4, 5, 6, 7]);
        let mut worst = zero;
        let differences = differences.as_chunks::<8>().0;
        let starts = self.starts[before..].as_chunks_mut::<8>().0;
        for (starts, differences) in starts.iter_mut().zip(differences) {
            let differences = i32x8::from_slice(simd, &differences.map(i32::from));
            let sums = differences + zero.slide::<6>(differences);
            let sums = sums + zero.slide::<4>(sums);
            (before_last, last) = (last, sums + previous);
            // Only these sums are waited for by the next eight.
            previous += two_by_turns(simd, [sums[6], sums[7]]);
            let sums = last + zero.slide::<7>(last);
            let sums = sums + zero.slide::<6>(sums);
            let sums = sums + zero.slide::<4>(sums);
            ends = sums + position;
            position += sums[7];
            let firsts: u32x8<S> = (ends - last).bitcast();
            firsts.store_slice(starts);
            // Negative if a count is 0 or less, or if a run ends beyond the mask. No sum is beyond
            // i32 before one of these is. Lanes after the last number do not matter.
            let wrong = (last - 1) | (pixels - ends);
            worst |= left.simd_gt(zero).select(wrong, zero);
            left -= 8;
        }
        if worst.simd_lt(zero).any_true() {
            self.starts.truncate(before);
            return false;
        }
        self.starts.truncate(before + numbers);
        let lane = (numbers - 1) % 8;
        self.position = ends[lane] as u32;
        let mut counts = [0; 16];
        before_last.store_slice(&mut counts[..8]);
        last.store_slice(&mut counts[8..]);
        reader.previous = [counts[lane + 7], counts[lane + 8]].map(|count| count as u32);
        reader.index += numbers;
        true
    }

    /// Takes the counts of a block one after the other, up to the first that is not above 0 or not
    /// within the mask. True if all of them were read, and there was one.
    fn one_by_one(
        &mut self,
        ends: u64,
        window: &[u8; WINDOW],
        short: &[i16; BLOCK + 8],
        reader: &mut Reader<'_>,
    ) -> bool {
        let mut differences = [0; BLOCK];
        for (difference, &short) in differences.iter_mut().zip(short) {
            *difference = short.into();
        }
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

/// Two numbers, four times.
#[inline(always)]
fn two_by_turns<S: Simd>(simd: S, [even, odd]: [i32; 2]) -> i32x8<S> {
    i32x8::from_slice(simd, &[even, odd, even, odd, even, odd, even, odd])
}

/// Counts as they add up.
#[derive(Debug, Clone, Copy)]
struct Counts {
    position: i64,
    /// The counts that the next two differences refer to.
    previous: [i64; 2],
}

impl Counts {
    /// Adds counts, given as differences, and writes the starts of their runs. True if all are
    /// above 0.
    #[inline(always)]
    fn add(&mut self, differences: &[i32], starts: &mut [u32; BLOCK]) -> bool {
        let mut worst = 0;
        for (start, difference) in starts.iter_mut().zip(differences) {
            let count = self.previous[0] + i64::from(*difference);
            *start = self.position as u32;
            self.position += count;
            // Negative once any count is 0 or less.
            worst |= count - 1;
            self.previous = [self.previous[1], count];
        }
        worst >= 0
    }

    /// Number of counts that are above 0 and within the mask, up to the first that is not.
    #[cold]
    fn good(mut self, differences: &[i32], pixels: u32) -> usize {
        let is_good = |difference: &&i32| {
            let mut starts = [0; BLOCK];
            self.add(&[**difference], &mut starts) && self.position <= pixels.into()
        };
        differences.iter().take_while(is_good).count()
    }
}

/// Number of characters of the first `numbers` numbers of a block.
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

/// For each character of a block the number that ends there, if it has up to three characters: 15
/// bits.
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

/// Picks the numbers whose ends are set, those of eight characters at a time, by a table of the
/// bytes to take. Gives how many they are; up to eight entries after them are overwritten.
#[inline(always)]
fn pick<S: Simd>(
    simd: S,
    ends: u64,
    numbers: &[i16; BLOCK],
    picked: &mut [i16; BLOCK + 8],
) -> usize {
    let mut count = 0;
    for (byte, numbers) in ends.to_le_bytes().into_iter().zip(numbers.as_chunks().0) {
        let order = u8x16::from_slice(simd, &ORDERS[usize::from(byte)]);
        let numbers: u8x16<S> = i16x8::<S>::simd_from(simd, *numbers).bitcast();
        let numbers: i16x8<S> = numbers.swizzle_dyn_within_blocks(order).bitcast();
        numbers.store_slice(&mut picked[count..count + 8]);
        count += byte.count_ones() as usize;
    }
    count
}

/// For each byte, the bytes of those of eight numbers whose bits are set, one after the other.
static ORDERS: [[u8; 16]; 256] = {
    let mut orders = [[0; 16]; 256];
    let mut byte = 0;
    while byte < 256 {
        let (mut bit, mut count) = (0, 0);
        while bit < 8 {
            if byte >> bit & 1 == 1 {
                orders[byte][count] = 2 * bit;
                orders[byte][count + 1] = 2 * bit + 1;
                count += 2;
            }
            bit += 1;
        }
        byte += 1;
    }
    orders
};

/// Bits of the ends of numbers that have more than three characters.
#[inline(always)]
fn long_numbers_of(ends: u64) -> u64 {
    let more = !ends;
    ends & more << 1 & more << 2 & more << 3
}

/// Reads the numbers of a block that have more than three characters. Gives how many numbers come
/// before the first that has too many characters or is beyond i32.
#[inline(always)]
fn long_numbers(ends: u64, window: &[u8; WINDOW], differences: &mut [i32; BLOCK]) -> usize {
    let mut long = long_numbers_of(ends);
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

/// Bits of the characters of a block that end a number, up to the first that is none of COCO's.
#[inline(always)]
fn ends_of_numbers<S: Simd>(simd: S, window: &[u8; WINDOW]) -> u64 {
    let bits = u8x64::from_slice(simd, &window[BEFORE..BEFORE + BLOCK]) - u8x64::splat(simd, FIRST);
    let foreign = bits.simd_ge(u8x64::splat(simd, 2 * MORE)).to_bitmask();
    let ends = bits.simd_lt(u8x64::splat(simd, MORE)).to_bitmask();
    // All below the lowest bit that is set; all, if none is.
    ends & (foreign.wrapping_sub(1) & !foreign)
}

/// The number whose groups are the first `length` characters, 1 to 7, from the lowest byte on.
#[inline(always)]
fn number(characters: u64, length: u32) -> i64 {
    let groups =
        characters.wrapping_sub(u64::from_le_bytes([FIRST; 8])) & u64::from_le_bytes([MORE - 1; 8]);
    // Groups of 5 bits to one of 10 from two of 8, to 20 from 16, to 40 from 32.
    let by_two = (groups & 0x001f_001f_001f_001f) | ((groups >> 3) & 0x03e0_03e0_03e0_03e0);
    let by_four = (by_two & 0x0000_03ff_0000_03ff) | ((by_two >> 6) & 0x000f_fc00_000f_fc00);
    let all = (by_four & 0x000f_ffff) | ((by_four >> 12) & 0x00ff_fff0_0000);
    // Drops groups beyond the number, and extends its sign.
    let unused = i64::BITS - length * GROUP_BITS;
    (all as i64) << unused >> unused
}

#[cfg(test)]
mod tests {
    use fearless_simd::{Level, dispatch};

    use super::super::reader::read;
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
            // The bytes after the number do not count.
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
}
