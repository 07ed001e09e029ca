//! Counts to run starts.

use crate::Result;
use crate::runs::beyond;

/// Run starts of the counts so far.
pub(super) struct Scan<'s> {
    pub(super) pixels: u32,
    /// Starts of masks before, then those of this one.
    pub(super) starts: &'s mut Vec<u32>,
    pub(super) before: usize,
    pub(super) position: u32,
    /// True if the next run continues the last one that had pixels, as all between them have none.
    pub(super) joins: bool,
    /// True if the first run that has pixels is foreground.
    pub(super) first: bool,
}

impl Scan<'_> {
    /// True if no run is there yet.
    #[inline]
    pub(super) fn is_empty(&self) -> bool {
        self.starts.len() == self.before
    }

    /// Takes count `index`.
    #[inline]
    pub(super) fn count(&mut self, count: u32, index: usize, size: [u32; 2]) -> Result<()> {
        if count > self.pixels - self.position {
            return Err(beyond(index, size));
        }
        if count == 0 {
            self.joins = !self.joins && !self.is_empty();
            return Ok(());
        }
        if self.is_empty() {
            self.first = index % 2 == 1;
        }
        if !self.joins {
            self.starts.push(self.position);
        }
        self.joins = false;
        self.position += count;
        Ok(())
    }
}
