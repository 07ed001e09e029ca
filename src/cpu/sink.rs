//! What becomes of boundaries: starts, or COCO's characters at once.

use crate::format::CocoWriter;

/// Is told the boundaries of a mask in scan order, all but the one at the first pixel.
pub(super) trait Sink {
    /// The boundaries of up to 64 pixels: bit i is the pixel at scan position `position + i`.
    fn word(&mut self, position: u32, bits: u64);
}

impl Sink for Vec<u32> {
    #[inline(always)]
    fn word(&mut self, position: u32, mut bits: u64) {
        while bits != 0 {
            self.push(position + bits.trailing_zeros());
            bits &= bits - 1;
        }
    }
}

/// Writes the lengths of runs as COCO's string.
pub(super) struct CocoSink<'w> {
    pub(super) writer: &'w mut CocoWriter,
    /// Where the current run starts.
    pub(super) start: u32,
}

impl Sink for CocoSink<'_> {
    #[inline(always)]
    fn word(&mut self, position: u32, mut bits: u64) {
        while bits != 0 {
            let start = position + bits.trailing_zeros();
            self.writer.count(start - self.start);
            self.start = start;
            bits &= bits - 1;
        }
    }
}
