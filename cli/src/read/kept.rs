//! Small entries of an archive that were read before they are wanted.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

/// Unpacked bytes of small entries, by their indices.
#[derive(Debug, Default)]
pub struct Kept(Mutex<Entries>);

#[derive(Debug, Default)]
struct Entries {
    bytes: u64,
    by_index: HashMap<usize, Vec<u8>>,
}

/// Most bytes of an entry that is kept.
pub const MOST_OF_ENTRY: u64 = 8 << 10;

impl Kept {
    /// Keeps an entry where that makes no more than `most` bytes in all.
    pub fn put(&self, index: usize, bytes: Vec<u8>, most: u64) {
        let mut entries = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let all = entries.bytes + bytes.len() as u64;
        if all <= most {
            entries.bytes = all;
            entries.by_index.insert(index, bytes);
        }
    }

    /// Takes an entry out.
    pub fn take(&self, index: usize) -> Option<Vec<u8>> {
        let mut entries = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let bytes = entries.by_index.remove(&index)?;
        entries.bytes -= bytes.len() as u64;
        Some(bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_more_than_there_is_room_for() {
        let kept = Kept::default();
        for index in 0..5 {
            kept.put(index, vec![index as u8; 10], 29);
        }
        assert_eq!(kept.take(1), Some(vec![1; 10]));
        assert_eq!((kept.take(1), kept.take(2)), (None, None));
        kept.put(3, vec![3; 19], 29);
        assert_eq!(kept.take(3), Some(vec![3; 19]));
        assert_eq!(kept.take(0), Some(vec![0; 10]));
    }
}
