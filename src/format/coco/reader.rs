//! Characters to counts, one by one.

use super::characters::{FIRST, GROUP_BITS, MAX_GROUPS, MORE};
use crate::error::Position;
use crate::{Error, Result};

/// Reads the counts of `text`.
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
    pub(super) text: &'a str,
    /// Position of the next character.
    pub(super) at: usize,
    /// Index of the next count.
    pub(super) index: usize,
    /// The counts that the next two differences refer to.
    pub(super) previous: [u32; 2],
}

impl Reader<'_> {
    /// The next difference: at most 35 bits, so it cannot overflow.
    #[inline]
    pub(super) fn difference(&mut self) -> Result<i64> {
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
        Err(Error::format(Position::Character(self.at), what))
    }

    #[cold]
    fn not_a_group(&self) -> Error {
        // All before it is ASCII, so a character begins here.
        let what = match self.text[self.at..].chars().next() {
            None => "the string ends within a number".into(),
            Some(found) => not_a_character(found),
        };
        Error::format(Position::Character(self.at), what)
    }

    #[cold]
    fn not_a_count(&self, begin: usize, count: i64) -> Error {
        let what = format!(
            "count {} would be {count}, it must be 0 to {}",
            self.index,
            u32::MAX
        );
        Error::format(Position::Character(begin), what)
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

/// The string of these bytes. Fails on the first that is none of COCO's characters.
pub(super) fn text_of(bytes: &[u8]) -> Result<String> {
    let is_foreign = |byte: &u8| !(b'0'..=b'o').contains(byte);
    // All of them first, many at once: a search that ends at the first goes byte by byte.
    if bytes.iter().fold(false, |any, byte| any | is_foreign(byte))
        && let Some(at) = bytes.iter().position(is_foreign)
    {
        let what = not_a_character(format_args!("byte {:#04x}", bytes[at]));
        return Err(Error::format(Position::Character(at), what));
    }
    Ok(String::from_utf8(bytes.to_vec()).expect("COCO's characters are ASCII"))
}

/// Text of the error of a character that is none of COCO's.
fn not_a_character(found: impl std::fmt::Debug) -> String {
    format!("{found:?} is none of COCO's characters, which are '0' to 'o'")
}

impl Iterator for Reader<'_> {
    type Item = Result<u32>;

    #[inline]
    fn next(&mut self) -> Option<Self::Item> {
        (self.at < self.text.len()).then(|| self.count())
    }
}
