//! COCO's compressed counts to run starts.

use fearless_simd::prelude::*;
use fearless_simd::{Level, Simd, dispatch, u8x64};

use super::characters::{FIRST, MORE};
use super::read_blocks::BLOCK;
use super::reader::read;
use super::scan::Scan;
use crate::Result;
use crate::pixel::checked_pixels;
use crate::runs::check_sum;

/// Appends the run starts of the counts in `text`; true if the first run is foreground. Runs of no
/// pixels are joined with their neighbours. After an error, starts of some may have been appended.
pub(super) fn append_starts(text: &str, size: [u32; 2], starts: &mut Vec<u32>) -> Result<bool> {
    let pixels = checked_pixels(size)?;
    let most = counts_in(text.as_bytes()).min(u64::from(pixels));
    starts.reserve(most as usize + BLOCK);
    let mut scan = Scan {
        pixels,
        before: starts.len(),
        starts,
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
        if reader.index >= 3 && !scan.joins && !scan.is_empty() {
            dispatch!(level, simd => scan.blocks(simd, &mut reader));
        }
    }
    check_sum(scan.position, size)?;
    Ok(scan.first)
}

/// Number of numbers that end in the text: of characters that no other group follows.
pub(crate) fn counts_in(text: &[u8]) -> u64 {
    match text.len() {
        // A short one is read sooner than the way to the level's instructions takes.
        ..=255 => ends_in_few(text),
        _ => dispatch!(Level::new(), simd => ends_in(simd, text)),
    }
}

#[inline(always)]
fn ends_in<S: Simd>(simd: S, text: &[u8]) -> u64 {
    let (blocks, rest) = text.as_chunks::<BLOCK>();
    let mut count = 0;
    for block in blocks {
        let bits = (u8x64::from_slice(simd, block) - FIRST) & MORE;
        count += u64::from(bits.simd_eq(0).to_bitmask().count_ones());
    }
    count + ends_in_few(rest)
}

/// Of up to 255 characters, whose number a byte holds: sums of bytes are what the compiler makes
/// vectors of.
#[inline(always)]
fn ends_in_few(text: &[u8]) -> u64 {
    let is_end = |byte: &u8| u8::from(byte.wrapping_sub(FIRST) & MORE == 0);
    text.iter().map(is_end).sum::<u8>().into()
}

#[cfg(test)]
mod tests {
    use super::super::characters::characters;
    use super::*;
    use crate::pixel::Order;
    use crate::runs::MaskRuns;

    fn read_starts(text: &str, size: [u32; 2]) -> Result<(Vec<u32>, bool)> {
        // Those of a mask before stay as they are.
        let mut starts = vec![0, 7];
        let first = append_starts(text, size, &mut starts)?;
        assert_eq!(starts.drain(..2).collect::<Vec<_>>(), [0, 7]);
        Ok((starts, first))
    }

    /// Blocks give the starts, and the errors, that the counts give one by one.
    #[test]
    fn blocks_read_as_counts_do() {
        let mut state = 1u32;
        let mut random = |below: u32| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (state >> 8) % below
        };
        let (mut valid, mut wrong) = (0, 0);
        for round in 0..4000 {
            // Of a part of a block, of some blocks, and of more than are read together.
            let text: String = (0..random([60, 400, 1500][round % 3]))
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
                    let runs = MaskRuns::from_counts(size, Order::ColumnMajor, counts)?;
                    let first = runs.values().next() == Some(1);
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

    /// Texts of many blocks, of short and long numbers, some with a count of 0 within, and masks of a
    /// pixel more or less than their counts.
    #[test]
    fn many_blocks_read_as_their_counts() {
        let mut state = 3u32;
        let mut random = |below: u32| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            1 + (state >> 8) % below
        };
        for round in 0..60 {
            let most = [2, 30, 700, 40_000][round % 4];
            let mut counts: Vec<u32> = (0..random(3000)).map(|_| random(most)).collect();
            if round % 3 == 0 {
                let at = random(counts.len() as u32) as usize - 1;
                counts[at] = 0;
            }
            let before = |i: usize| if i < 3 { 0 } else { i64::from(counts[i - 2]) };
            let text: String = (0..counts.len())
                .map(|i| characters(i64::from(counts[i]) - before(i)))
                .flat_map(|(bytes, length)| bytes.into_iter().take(length).map(char::from))
                .collect();
            let pixels: u32 = counts.iter().sum();
            for size in [[pixels, 1], [pixels + 1, 1], [pixels - 1, 1]] {
                let expected = MaskRuns::from_counts(size, Order::ColumnMajor, counts.clone());
                let found = read_starts(&text, size).map(|(starts, _)| starts);
                assert_eq!(
                    found.ok(),
                    expected.ok().map(|runs| runs.starts().to_vec()),
                    "{round}"
                );
            }
        }
    }

    /// Counts near `u32::MAX` whose sum wraps to the pixels, or is one less or more than them; and
    /// blocks of counts before them. After counts of 1, a block takes counts up to 2^31.
    #[test]
    fn counts_near_the_largest_do_not_wrap() {
        let text = |counts: &[u32]| -> String {
            let before = |i: usize| if i < 3 { 0 } else { i64::from(counts[i - 2]) };
            (0..counts.len())
                .map(|i| characters(i64::from(counts[i]) - before(i)))
                .flat_map(|(bytes, length)| bytes.into_iter().take(length).map(char::from))
                .collect()
        };
        for ones in [0, 2, 3, 4, 60, 64, 65, 200] {
            for (last, fits) in [
                (vec![6], true),
                (vec![5], false),
                (vec![7], false),
                (vec![u32::MAX, 7], false),
                (vec![1, u32::MAX, 6], false),
                (vec![3, 3, u32::MAX, 1], false),
                (vec![1 << 31, 1 << 31, 6], false),
                (vec![1 << 31, 1 << 31, 5], false),
            ] {
                let counts = [vec![1; ones as usize], last].concat();
                let read = read_starts(&text(&counts), [ones + 6, 1]);
                assert_eq!(read.is_ok(), fits, "{counts:?}");
            }
            let most = u32::MAX - ones;
            for (last, fits) in [(most - 1, false), (most, true)] {
                let counts = [vec![1; ones as usize], vec![last]].concat();
                let read = read_starts(&text(&counts), [u32::MAX, 1]);
                assert_eq!(read.is_ok(), fits, "{counts:?}");
            }
        }
    }

    /// Lengths around those of blocks, which are counted together, and around those of few.
    #[test]
    fn numbers_are_counted_in_texts_of_any_length() {
        for length in [0, 1, 63, 64, 65, 127, 128, 254, 255, 256, 257, 512] {
            assert_eq!(counts_in("0".repeat(length).as_bytes()), length as u64);
            assert_eq!(counts_in("P0".repeat(length).as_bytes()), length as u64);
        }
    }
}
