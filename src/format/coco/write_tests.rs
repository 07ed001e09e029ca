//! The writer against a plain loop.

use super::characters::characters;
use super::reader::read;
use super::write::CocoWriter;
use crate::Result;
use crate::simd::levels;

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
            for level in levels::all() {
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
    for level in levels::all() {
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
            for level in levels::all() {
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
                    str::from_utf8(&characters[..length]).expect("characters of COCO are ASCII"),
                    plain(difference),
                    "{difference}"
                );
            }
        }
    }
}

/// Every set of eight differences of one character and of two, whose signs alternate.
#[test]
fn every_set_of_second_characters_is_written_as_by_the_plain_loop() {
    for seconds in 0..256u32 {
        for [one, two] in [[1, 16], [15, 17], [7, 511], [2, 300]] {
            // A count differs from the one two before it.
            let mut counts = vec![600u32; 2];
            for difference in 0..40 {
                let size = [one, two][(seconds >> (difference % 8) & 1) as usize];
                let before = counts[difference];
                counts.push(match before > 600 {
                    true => before - size,
                    false => before + size,
                });
            }
            let (ends, expected) = (ends_of(&counts), plain_counts(&counts));
            for level in levels::all() {
                let mut writer = CocoWriter::at(level);
                writer.ends(&ends);
                assert_eq!(
                    writer.finish(),
                    expected,
                    "{seconds:b}, {one}, {two}, {level:?}"
                );
            }
        }
    }
}

/// Tiny masks, which have at most 1,024 pixels, and one more: empty ones, full ones, and others.
#[test]
fn whole_masks_around_the_most_pixels_of_tiny_ones() {
    for pixels in 1020..1030 {
        for level in levels::all() {
            let mut writer = CocoWriter::at(level);
            assert_eq!(writer.mask(false, &[0], pixels), plain_counts(&[pixels]));
            assert_eq!(writer.mask(true, &[0], pixels), plain_counts(&[0, pixels]));
            let counts = [3, 4, 5, pixels - 12];
            let starts = [0, 3, 7, 12];
            assert_eq!(writer.mask(false, &starts, pixels), plain_counts(&counts));
        }
    }
}

/// Blocks of 16, 32 and 1,024 ends, one less and one more, of short, middling and long counts.
/// Fails where the last block writes too few or too many counts, or forgets those before it.
#[test]
fn any_number_of_ends_is_written_as_by_the_plain_loop() {
    let lengths = (1..=67).chain(1022..=1027).chain(2046..=2050);
    for length in lengths {
        for large in [3, 40, 30_000, 600_000] {
            let counts: Vec<u32> = (0..length)
                .map(|index| if index % 7 == 4 { large } else { 1 + index % 5 })
                .collect();
            let (ends, expected) = (ends_of(&counts), plain_counts(&counts));
            for level in levels::all() {
                let mut writer = CocoWriter::at(level);
                writer.ends(&ends);
                assert_eq!(writer.finish(), expected, "{length}, {large}, {level:?}");
            }
        }
    }
}

/// Small masks one after the other, of one run less and more than 16, 32 and 48: fails where one
/// mask's counts refer to those of the mask before it.
#[test]
fn small_masks_are_written_one_by_one() {
    let masks: Vec<Vec<u32>> = [1, 2, 3, 4, 15, 16, 17, 31, 32, 33, 47, 48, 49, 500]
        .into_iter()
        .map(|runs| {
            let counts = (0..runs - 1).map(|run| u32::from(run > 0 || runs % 2 == 0));
            counts.chain([1024 - runs]).collect()
        })
        .collect();
    let mut ends: Vec<u32> = masks.iter().flat_map(|counts| ends_of(counts)).collect();
    ends.extend([7; 64]);
    let last: Vec<usize> = masks
        .iter()
        .scan(0, |end, counts| {
            *end += counts.len();
            Some(*end)
        })
        .collect();
    let expected: Vec<String> = masks.iter().map(|counts| plain_counts(counts)).collect();
    for level in levels::all() {
        let mut writer = CocoWriter::at(level);
        let written: Vec<_> = writer
            .small_masks(&ends, &last)
            .map(str::to_owned)
            .collect();
        assert_eq!(written, expected, "{level:?}");
    }
}

/// Ends of one below 2^31, at it, and above, where a difference is no longer exact as an i32.
#[test]
fn ends_around_2_to_the_31_are_written_as_they_are() {
    for last in (1 << 31) - 3..=(1u32 << 31) + 5 {
        for counts in [
            vec![0, 1, 1, last - 2],
            vec![0, last - 2, 1, 1],
            vec![1, last - 40, 5, 1, 33],
            vec![last],
        ] {
            let (ends, expected) = (ends_of(&counts), plain_counts(&counts));
            for level in levels::all() {
                let mut writer = CocoWriter::at(level);
                writer.ends(&ends);
                assert_eq!(writer.finish(), expected, "{counts:?}, {level:?}");
            }
        }
    }
}

/// Scratch up to 4 MiB is kept, and more is freed.
#[test]
fn only_very_long_strings_give_their_scratch_back() {
    let mut writer = CocoWriter::new();
    writer.reserve(4 << 20);
    writer.shrink();
    assert_eq!(writer.text.len(), 4 << 20);
    writer.reserve((4 << 20) + 1);
    writer.shrink();
    assert!(writer.text.is_empty());
}
