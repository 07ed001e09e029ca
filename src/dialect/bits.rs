//! Bits of bytes, the highest of each byte first.

use crate::error::Position;
use crate::{Error, Result};

/// Reads bits.
#[derive(Debug)]
pub(super) struct BitReader<'a> {
    bytes: &'a [u8],
    /// Number of bits that were read.
    at: usize,
}

impl<'a> BitReader<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        BitReader { bytes, at: 0 }
    }

    /// Number of bits that were read.
    pub(super) fn at(&self) -> usize {
        self.at
    }

    /// The next bits, at most 32, as a number.
    pub(super) fn take(&mut self, count: u32) -> Result<u32> {
        debug_assert!(count <= 32);
        let (byte, within) = (self.at / 8, (self.at % 8) as u32);
        let mut bits = 0u64;
        for index in 0..5 {
            let next = self.bytes.get(byte + index).copied();
            bits = bits << 8 | u64::from(next.unwrap_or(0));
        }
        self.at += count as usize;
        if self.at > 8 * self.bytes.len() {
            return Err(Error::format(
                Position::Bit(8 * self.bytes.len()),
                "the bytes end here",
            ));
        }
        let number = bits >> (40 - within - count) & ((1 << count) - 1);
        Ok(number as u32)
    }
}

/// Writes bits.
#[derive(Debug, Default)]
pub(super) struct BitWriter {
    bytes: Vec<u8>,
    /// Number of bits of the last byte that are not written yet.
    free: u32,
}

impl BitWriter {
    /// Appends the lowest bits of a number.
    pub(super) fn push(&mut self, number: u32, count: u32) {
        let mut left = count;
        while left > 0 {
            if self.free == 0 {
                self.bytes.push(0);
                self.free = 8;
            }
            let taken = left.min(self.free);
            let bits = number >> (left - taken) & ((1 << taken) - 1);
            self.free -= taken;
            left -= taken;
            if let Some(last) = self.bytes.last_mut() {
                *last |= (bits << self.free) as u8;
            }
        }
    }

    /// The bytes, with one of zeros more where all bits of the last are written.
    pub(super) fn finish(mut self) -> Vec<u8> {
        if self.free == 0 {
            self.bytes.push(0);
        }
        self.bytes
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_of_any_width_come_back() {
        let numbers: Vec<(u32, u32)> = (1..=32)
            .flat_map(|width| {
                let most = u32::MAX >> (32 - width);
                [
                    (0, width),
                    (most, width),
                    (0x9e37_79b9 & most, width),
                    (1, 1),
                ]
            })
            .collect();
        let mut writer = BitWriter::default();
        let mut written = 0;
        for &(number, width) in &numbers {
            writer.push(number, width);
            written += width as usize;
        }
        let bytes = writer.finish();
        assert_eq!(bytes.len(), written / 8 + 1);
        let mut reader = BitReader::new(&bytes);
        for (number, width) in numbers {
            assert_eq!(reader.take(width), Ok(number), "{width} bits");
        }
        assert_eq!(reader.at(), written);
        assert!(reader.take(32).is_err());
    }
}
