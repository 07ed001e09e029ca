//! Text that is read item by item.

use std::io::{self, BufRead, Read};

use crate::encoded::limits::MOST_BYTES;

/// A reader that counts lines, and ends in an error where one item takes more than [`MOST_BYTES`].
#[derive(Debug)]
pub struct Bounded<R> {
    reader: R,
    /// Number of bytes of the item so far.
    bytes: u64,
    /// Number of lines that were read to their ends.
    lines: u64,
}

impl<R: BufRead> Bounded<R> {
    pub fn new(reader: R) -> Self {
        Bounded {
            reader,
            bytes: 0,
            lines: 0,
        }
    }

    /// The next item begins.
    pub fn begin_item(&mut self) {
        self.bytes = 0;
    }

    /// Line of the next byte, counted from 1.
    pub fn line(&self) -> u64 {
        self.lines + 1
    }
}

impl<R: BufRead> BufRead for Bounded<R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if self.bytes > MOST_BYTES {
            return Err(io::Error::other(format!(
                "more than {} MiB in one line or element are not taken",
                MOST_BYTES >> 20
            )));
        }
        self.reader.fill_buf()
    }

    fn consume(&mut self, count: usize) {
        // Filled before, as it is consumed.
        if let Ok(buffer) = self.reader.fill_buf() {
            let read = buffer.iter().take(count);
            self.lines += read.filter(|&&byte| byte == b'\n').count() as u64;
        }
        self.bytes += count as u64;
        self.reader.consume(count);
    }
}

impl<R: BufRead> Read for Bounded<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.fill_buf()?.read(buffer)?;
        self.consume(count);
        Ok(count)
    }
}
