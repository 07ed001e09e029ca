//! Memory that the masks of a file may take, whatever its headers claim.

use anyhow::{Result, bail};

use crate::text::byte_count;

/// Memory that is left to the masks of a file. It is asked before anything is allocated for them.
#[derive(Debug, Clone, Copy)]
pub struct Budget {
    most: u64,
    taken: u64,
}

impl Budget {
    /// A budget of `most` bytes.
    pub fn new(most: u64) -> Self {
        Budget { most, taken: 0 }
    }

    /// Fails where `bytes` beside those that are taken would be too many.
    pub fn check(&self, bytes: u64) -> Result<()> {
        let wanted = u128::from(self.taken) + u128::from(bytes);
        if wanted > u128::from(self.most) {
            bail!(
                "{} of memory would be needed, --max-memory allows {}",
                byte_count(wanted),
                byte_count(self.most.into())
            );
        }
        Ok(())
    }

    /// Takes `bytes` for as long as the file is worked on, where they are left.
    pub fn take(&mut self, bytes: u64) -> Result<()> {
        self.check(bytes)?;
        self.taken += bytes;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::Budget;

    #[test]
    fn no_more_than_is_allowed() {
        let mut budget = Budget::new(100);
        assert!(budget.check(101).is_err());
        budget.take(60).expect("100 are left");
        budget.check(40).expect("40 are left");
        assert!(budget.check(41).is_err() && budget.take(u64::MAX).is_err());
        budget.take(40).expect("40 are left");
    }
}
