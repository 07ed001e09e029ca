//! JSON as it is read: how far, and whether it takes more memory than there is.

use std::cell::Cell;
use std::io::{self, Read};
use std::ops::Range;
use std::rc::Rc;

use super::MOST_BYTES;

/// How far a document is read.
#[derive(Debug)]
pub struct Progress {
    /// Lines that have ended.
    pub lines: Cell<u64>,
    /// Bytes since the last part was shown, and whether they are kept in memory until the next one
    /// is.
    pub pending: Cell<u64>,
    pub is_bounded: Cell<bool>,
    /// Of a value that is not kept.
    pub depth: Cell<Depth>,
}

impl Default for Progress {
    fn default() -> Self {
        Progress {
            lines: Cell::new(0),
            pending: Cell::new(0),
            is_bounded: Cell::new(true),
            depth: Cell::default(),
        }
    }
}

/// How many lists and objects are open, each of which takes memory.
#[derive(Debug, Clone, Copy, Default)]
pub struct Depth {
    open: u32,
    is_in_text: bool,
    is_escaped: bool,
}

/// The most that are open in a value that nobody wants; a polygon is four deep.
const MOST_OPEN: u32 = 1000;

impl Depth {
    /// What it is after another byte.
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

/// Counts what is read, and ends in an error where one part takes more bytes than there is memory
/// for.
///
/// JSON is asked for byte by byte: a block of its own spares each of them the readers below, which
/// cost more than the JSON does.
pub struct Watched<R> {
    reader: R,
    progress: Rc<Progress>,
    block: Vec<u8>,
    /// What of the block is still to be given.
    rest: Range<usize>,
}

impl<R: Read> Watched<R> {
    pub fn new(reader: R, progress: Rc<Progress>) -> Self {
        Watched {
            reader,
            progress,
            block: vec![0; 1 << 16],
            rest: 0..0,
        }
    }

    fn next_block(&mut self) -> io::Result<()> {
        if self.progress.is_bounded.get() && self.progress.pending.get() > MOST_BYTES {
            return Err(io::Error::other(format!(
                "a value of more than {} MiB is not taken",
                MOST_BYTES >> 20
            )));
        }
        self.rest = 0..self.reader.read(&mut self.block)?;
        Ok(())
    }
}

impl<R: Read> Read for Watched<R> {
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
        let Progress {
            lines,
            pending,
            is_bounded,
            depth,
        } = &*self.progress;
        if !is_bounded.get() {
            depth.set(depth.get().after(*to));
            if depth.get().open > MOST_OPEN {
                return Err(io::Error::other(format!(
                    "more than {MOST_OPEN} lists and objects within each other"
                )));
            }
        }
        lines.set(lines.get() + u64::from(*to == b'\n'));
        pending.set(pending.get() + 1);
        Ok(1)
    }
}
