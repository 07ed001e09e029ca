//! COCO's compressed counts, read: the characters that [`coco_string`](super::coco_string) defines.

use super::coco_string::{FIRST, GROUP_BITS, MAX_GROUPS, MORE};
use crate::runs::{beyond, check_sum, checked_pixels};
use crate::{Error, Result};

/// Where the runs that `text` spells start, and whether the first is foreground. Runs of no pixels are joined with their
/// neighbours.
pub(super) fn read_starts(text: &str, size: [u32; 2]) -> Result<(Vec<u32>, bool)> {
    let pixels = checked_pixels(size)?;
    let most = counts_in(text.as_bytes()).min(u64::from(pixels));
    let mut scan = Scan { pixels, starts: Vec::with_capacity(most as usize), position: 0, joins: false, first: false };
    let mut reader = read(text);
    while let Some(count) = reader.next() {
        scan.count(count?, reader.index - 1, size)?;
        // The first three counts are written whole, and a run after one of no pixels may not be one of its own.
        if reader.index >= 3 && !scan.joins && !scan.starts.is_empty() {
            while scan.block(&mut reader) {}
        }
    }
    check_sum(scan.position, size)?;
    Ok((scan.starts, scan.first))
}

/// How many numbers end in the text: those characters that no other group follows.
pub(super) fn counts_in(text: &[u8]) -> u64 {
    text.iter().map(|byte| u64::from(byte.wrapping_sub(FIRST) & MORE == 0)).sum()
}

/// Counts on their way to starts.
struct Scan {
    pixels: u32,
    starts: Vec<u32>,
    position: u32,
    /// Whether the next run holds what the last one did that had pixels, all between them having none.
    joins: bool,
    /// Whether the first run that has pixels is foreground.
    first: bool,
}

/// Numbers of one character that are looked at together.
const BLOCK: usize = 8;

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

    /// Takes the next counts together if each is one character, has pixels, and lies within the mask; says whether it
    /// did. What contours give is mostly such: a column differs little from the one before it.
    #[inline]
    fn block(&mut self, reader: &mut Reader<'_>) -> bool {
        let Some(characters) = reader.rest().first_chunk::<BLOCK>() else { return false };
        if !are_single_groups(u64::from_le_bytes(*characters)) {
            return false;
        }
        let mut previous = reader.previous.map(i64::from);
        let mut end = i64::from(self.position);
        let mut starts = [0; BLOCK];
        let mut least = i64::MAX;
        for (start, &character) in starts.iter_mut().zip(characters) {
            // Bit 4 is the sign.
            let difference = i64::from((character - FIRST) ^ 16) - 16;
            let count = previous[0] + difference;
            previous = [previous[1], count];
            *start = end as u32;
            least = least.min(count);
            end += count;
        }
        // No count is negative, so none is beyond the end of all.
        if least < 1 || end > i64::from(self.pixels) {
            return false;
        }
        self.starts.extend_from_slice(&starts);
        self.position = end as u32;
        reader.at += BLOCK;
        reader.index += BLOCK;
        reader.previous = previous.map(|count| count as u32);
        true
    }
}

/// Whether all eight bytes are 48 to 79: the characters of a group that none follows.
fn are_single_groups(bytes: u64) -> bool {
    const ONES: u64 = u64::from_le_bytes([1; 8]);
    // 48..80 and 16 more is 64..96, whose three highest bits are 010. Bytes of 128 and more would carry into the next.
    bytes & (ONES << 7) == 0 && (bytes + 16 * ONES) & (0xe0 * ONES) == 0x40 * ONES
}

/// The counts that `text` spells.
pub(super) fn read(text: &str) -> Reader<'_> {
    Reader { text, at: 0, index: 0, previous: [0, 0] }
}

/// Reads one count after the other. Nothing sensible follows an error.
pub(super) struct Reader<'a> {
    text: &'a str,
    at: usize,
    index: usize,
    /// The counts that the next two differences refer to.
    previous: [u32; 2],
}

impl<'a> Reader<'a> {
    fn rest(&self) -> &'a [u8] {
        &self.text.as_bytes()[self.at..]
    }

    /// The next difference: at most 35 bits, so it cannot overflow.
    #[inline]
    fn difference(&mut self) -> Result<i64> {
        let mut number = 0;
        for group in 0..MAX_GROUPS {
            let bits = self.text.as_bytes().get(self.at).map_or(u8::MAX, |byte| byte.wrapping_sub(FIRST));
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
        let what = format!("count {} would be {count}, it must be 0 to {}", self.index, u32::MAX);
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
    fn single_groups_are_told_from_all_other_bytes() {
        for byte in 0..=255u8 {
            for place in 0..8 {
                let mut bytes = [b'0'; 8];
                bytes[place] = byte;
                assert_eq!(are_single_groups(u64::from_le_bytes(bytes)), (48..80).contains(&byte), "{bytes:?}");
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
            let text: String = (0..random(60))
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
                    let first = runs.get(0).is_some_and(|mask| mask.values().next() == Some(1));
                    Ok((runs.starts().to_vec(), first))
                });
                match (read_starts(&text, size), expected) {
                    (Ok(found), Ok(expected)) => assert_eq!(found, expected, "{text}"),
                    (Err(_), Err(_)) => wrong += 1,
                    (found, expected) => panic!("{text}, {pixels} pixels: {found:?}, not {expected:?}"),
                }
            }
            valid += u32::from(counts.is_ok() && sum < 1 << 20);
        }
        assert!(valid > 200 && wrong > 200, "{valid} and {wrong}");
    }
}
