//! A reader of JSON that counts lines and refuses values that take too much memory.

use std::cell::Cell;
use std::io::{self, Read};
use std::ops::Range;
use std::rc::Rc;

use super::limits::MOST_BYTES;

/// Counts of a [`MeteredReader`], shared with the walk that reads from it.
#[derive(Debug)]
pub struct Meter {
    /// Number of lines that have ended.
    pub lines: Cell<u64>,
    /// Number of bytes since the last piece was shown.
    pub unshown_bytes: Cell<u64>,
    /// True if those bytes are kept in memory until the next piece is shown; false while a value is
    /// skipped.
    pub is_bounded: Cell<bool>,
    /// Nesting of a value that is skipped.
    pub nesting: Cell<Nesting>,
}

impl Default for Meter {
    fn default() -> Self {
        Meter {
            lines: Cell::new(0),
            unshown_bytes: Cell::new(0),
            is_bounded: Cell::new(true),
            nesting: Cell::default(),
        }
    }
}

/// Lists and objects that are open, each of which takes memory.
#[derive(Debug, Clone, Copy, Default)]
pub struct Nesting {
    open: u32,
    is_in_text: bool,
    is_escaped: bool,
}

/// Most lists and objects that are open at once in a value that is skipped; a polygon is four deep.
const MOST_OPEN: u32 = 1000;

impl Nesting {
    /// Nesting after another byte.
    fn after(mut self, byte: u8) -> Self {
        match byte {
            _ if self.is_escaped => self.is_escaped = false,
            b'\\' if self.is_in_text => self.is_escaped = true,
            b'"' => self.is_in_text = !self.is_in_text,
            _ if self.is_in_text => {}
            b'[' | b'{' => self.open += 1,
            b']' | b'}' => self.open = self.open.saturating_sub(1),
            _ => {}
        }
        self
    }
}

/// Counts the bytes and lines that are read, and ends in an error where one value takes more than
/// [`MOST_BYTES`].
///
/// serde_json reads byte by byte. A block that is kept here spares each byte the way through the
/// readers below, which costs more than the parsing does.
pub struct MeteredReader<R> {
    reader: R,
    meter: Rc<Meter>,
    block: Vec<u8>,
    /// Bytes of the block that are still to be given.
    rest: Range<usize>,
}

impl<R: Read> MeteredReader<R> {
    pub fn new(reader: R, meter: Rc<Meter>) -> Self {
        MeteredReader {
            reader,
            meter,
            block: vec![0; 1 << 16],
            rest: 0..0,
        }
    }

    fn next_block(&mut self) -> io::Result<()> {
        if self.meter.is_bounded.get() && self.meter.unshown_bytes.get() > MOST_BYTES {
            return Err(io::Error::other(format!(
                "a value of more than {} MiB is not taken",
                MOST_BYTES >> 20
            )));
        }
        self.rest = 0..self.reader.read(&mut self.block)?;
        Ok(())
    }
}

impl<R: Read> Read for MeteredReader<R> {
    #[inline]
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.rest.is_empty() {
            self.next_block()?;
        }
        let Some(to) = buffer.first_mut() else {
            return Ok(0);
        };
        let Some(at) = self.rest.next() else {
            return Ok(0);
        };
        *to = self.block[at];
        let Meter {
            lines,
            unshown_bytes,
            is_bounded,
            nesting,
        } = &*self.meter;
        if !is_bounded.get() {
            nesting.set(nesting.get().after(*to));
            if nesting.get().open > MOST_OPEN {
                return Err(io::Error::other(format!(
                    "more than {MOST_OPEN} lists and objects within each other"
                )));
            }
        }
        lines.set(lines.get() + u64::from(*to == b'\n'));
        unshown_bytes.set(unshown_bytes.get() + 1);
        Ok(1)
    }
}
