//! The stacks of an archive, beside which arrays of fewer dimensions are no masks.

use std::collections::HashSet;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Condvar, Mutex, PoisonError};

use super::npy::{Header, has_image_sides};

/// Search for the stacks of an archive, which goes through it once. All threads that ask take part:
/// an archive may have thousands of arrays.
#[derive(Debug, Default)]
pub struct Stacks {
    /// Index of the next array to look at.
    next: AtomicUsize,
    found: Mutex<Found>,
    is_done: Condvar,
}

/// Findings in the arrays that were looked at.
#[derive(Debug, Default)]
struct Found {
    looked_at: usize,
    /// Most dimensions that an array of pixels has.
    dimensions: usize,
    /// Heights and widths of the masks in arrays of three dimensions and more.
    sizes: HashSet<[u64; 2]>,
}

impl Stacks {
    /// True if an array of this shape is no mask: of fewer than two dimensions beside others of two
    /// or more; or of two beside others of more, unless it is of the size of their masks. `look`
    /// reads the header of one of the `count` arrays.
    pub fn leave_out(
        &self,
        shape: &[u64],
        masks_last: bool,
        count: usize,
        look: impl Fn(usize) -> Option<Header>,
    ) -> bool {
        if shape.len() > 2 {
            return false;
        }
        let mut mine = Found::default();
        loop {
            let index = self.next.fetch_add(1, Ordering::Relaxed);
            if index >= count {
                break;
            }
            mine.looked_at += 1;
            if let Some(header) = look(index) {
                mine.add(&header, masks_last);
            }
        }
        let mut found = self.found.lock().unwrap_or_else(PoisonError::into_inner);
        // Once all was looked at, nobody waits.
        if mine.looked_at > 0 {
            found.append(mine);
            if found.looked_at == count {
                self.is_done.notify_all();
            }
        }
        while found.looked_at < count {
            let woken = self.is_done.wait(found);
            found = woken.unwrap_or_else(PoisonError::into_inner);
        }
        match *shape {
            [height, width] => found.dimensions > 2 && !found.sizes.contains(&[height, width]),
            _ => found.dimensions > 1,
        }
    }
}

impl Found {
    fn add(&mut self, header: &Header, masks_last: bool) {
        if header.element().is_err() {
            return;
        }
        self.dimensions = self.dimensions.max(header.shape.len());
        match header.shape[..] {
            [h, w, n] if masks_last || has_image_sides([h, w, n]) => self.sizes.insert([h, w]),
            [_, h, w, _] if masks_last => self.sizes.insert([h, w]),
            [_, h, w] | [_, _, h, w] => self.sizes.insert([h, w]),
            _ => false,
        };
    }

    fn append(&mut self, other: Found) {
        self.looked_at += other.looked_at;
        self.dimensions = self.dimensions.max(other.dimensions);
        self.sizes.extend(other.sizes);
    }
}
