//! The characters of COCO's compressed counts.
//!
//! From the fourth on, a count is written less the count two before it. That number goes out in groups of five bits,
//! the lowest first, each as the character 48 + group, with 32 added where another group follows. The number ends where
//! all that remains is the last group's sign bit.

use crate::{Error, Result};

const FIRST: u8 = 48;
const GROUP_BITS: u32 = 5;
const MORE: u8 = 1 << GROUP_BITS;
/// A difference of two u32 has 33 bits with its sign, which is seven groups.
const MAX_GROUPS: u32 = 7;

/// The string of `counts`.
pub(super) fn write(counts: impl Iterator<Item = u32>) -> String {
    // Most differences take one character or two.
    let mut text = Vec::with_capacity(2 * counts.size_hint().0);
    let mut previous = [0, 0];
    counts.enumerate().for_each(|(index, count)| {
        push(&mut text, i64::from(count) - i64::from(previous[0]));
        previous = shifted(previous, index, count);
    });
    String::from_utf8(text).expect("all characters are between 48 and 111")
}

/// The counts that the next two differences refer to. The first count never is one of them: the third is written whole.
fn shifted(previous: [u32; 2], index: usize, count: u32) -> [u32; 2] {
    [previous[1], if index == 0 { 0 } else { count }]
}

/// Appends the characters of one difference of two u32.
fn push(text: &mut Vec<u8>, difference: i64) {
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

/// The counts that `text` spells.
pub(super) fn read(text: &str) -> Reader<'_> {
    Reader { text, at: 0, index: 0, previous: [0, 0] }
}

/// Reads one count after the other. Nothing sensible follows an error.
pub(super) struct Reader<'a> {
    text: &'a str,
    at: usize,
    index: usize,
    previous: [u32; 2],
}

impl Reader<'_> {
    /// The next difference: at most 35 bits, so it cannot overflow.
    fn difference(&mut self) -> Result<i64> {
        let mut number = 0;
        for group in 0..MAX_GROUPS {
            let bits = self.group()?;
            number |= i64::from(bits & (MORE - 1)) << (group * GROUP_BITS);
            if bits & MORE == 0 {
                let unused = i64::BITS - (group + 1) * GROUP_BITS;
                return Ok(number << unused >> unused); // extends the sign
            }
        }
        let what = format!("a number of more than {MAX_GROUPS} characters, which no count needs");
        Err(Error::format(format!("character {}", self.at), what))
    }

    /// The next character's five bits, and whether more follow.
    fn group(&mut self) -> Result<u8> {
        let at = || format!("character {}", self.at);
        let Some(&byte) = self.text.as_bytes().get(self.at) else {
            return Err(Error::format(at(), "the string ends within a number"));
        };
        let bits = byte.wrapping_sub(FIRST);
        if bits >= 2 * MORE {
            // All before it is ASCII, so a character begins here.
            let found = self.text[self.at..].chars().next().unwrap_or_default();
            return Err(Error::format(at(), format!("{found:?} is none of COCO's characters, which are '0' to 'o'")));
        }
        self.at += 1;
        Ok(bits)
    }
}

impl Iterator for Reader<'_> {
    type Item = Result<u32>;

    fn next(&mut self) -> Option<Self::Item> {
        let begin = self.at;
        if begin == self.text.len() {
            return None;
        }
        let count = self.difference().and_then(|difference| {
            let count = i64::from(self.previous[0]) + difference;
            u32::try_from(count).map_err(|_| {
                let what = format!("count {} would be {count}, it must be 0 to {}", self.index, u32::MAX);
                Error::format(format!("character {begin}"), what)
            })
        });
        if let Ok(count) = count {
            self.previous = shifted(self.previous, self.index, count);
            self.index += 1;
        }
        Some(count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Some have runs of no pixels inside, or more pixels than a mask may have: only here can they be written.
    #[test]
    fn golden_strings_are_written_and_read() {
        let golden: Vec<serde_json::Value> =
            serde_json::from_str(include_str!("../../tests/data/golden_strings.json")).unwrap();
        assert_eq!(golden.len(), 64);
        for entry in golden {
            let counts: Vec<u32> = serde_json::from_value(entry["counts"].clone()).unwrap();
            let string = entry["string"].as_str().unwrap();
            assert_eq!(write(counts.iter().copied()), string, "{counts:?}");
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
