//! Bad items that are left out of what a file holds.

use std::fmt;

use anyhow::Result;

/// Counts of the items and polygons that were left out, and what is wrong with the first.
#[derive(Debug, Default)]
pub struct Skipped {
    /// Number of items that are left out.
    pub items: u64,
    /// Number of polygons that are left out of items that stay.
    pub polygons: u64,
    /// Errors of the first [`NAMED`] of these, items and lists of polygons alike.
    named: Vec<String>,
    /// Number of items, and of lists of polygons, after those.
    others: u64,
}

/// Number of faults that are named: of an item, or of the first bad polygon of one that stays.
const NAMED: usize = 5;

impl Skipped {
    /// Leaves the item out that ended in an error about itself, if bad ones are left out at all.
    pub fn excuse(
        &mut self,
        taken: Result<()>,
        skips_bad: bool,
        locate: impl FnOnce(anyhow::Error) -> anyhow::Error,
    ) -> Result<()> {
        match taken {
            Err(error) if skips_bad && error.is::<BadItem>() => {
                self.items += 1;
                self.name(&locate(error));
                Ok(())
            }
            taken => taken,
        }
    }

    /// Counts polygons that are left out of an item, which stays.
    pub fn leave_polygons(&mut self, count: u64, error: &anyhow::Error) {
        self.polygons += count;
        self.name(error);
    }

    fn name(&mut self, error: &anyhow::Error) {
        if self.named.len() < NAMED {
            self.named.push(format!("{error:#}"));
        } else {
            self.others += 1;
        }
    }

    /// A line for each of the first, and one that counts the others.
    pub fn lines(&self) -> impl Iterator<Item = String> {
        let named = self.named.iter().map(|error| format!("left out: {error}"));
        named.chain((self.others > 0).then(|| format!("left out: and {} more", self.others)))
    }
}

/// An error about the item that was given, which is left out where bad ones are. Any other error of
/// whoever takes items is about more than the item.
#[derive(Debug)]
pub struct BadItem(anyhow::Error);

impl BadItem {
    /// Makes an error one about the item.
    pub fn error(error: anyhow::Error) -> anyhow::Error {
        BadItem(error).into()
    }
}

impl fmt::Display for BadItem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:#}", self.0)
    }
}

impl std::error::Error for BadItem {}
