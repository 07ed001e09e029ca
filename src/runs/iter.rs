//! The masks of a stack, one after the other.

use std::iter::FusedIterator;
use std::ops::Range;

use super::mask::MaskRuns;
use super::stack::Runs;
use super::view::MaskView;

/// Masks of a stack, borrowed: [`Runs::iter`].
#[derive(Debug, Clone)]
pub struct RunsIter<'a> {
    runs: &'a Runs,
    masks: Range<usize>,
}

/// Masks of a stack, owned: `Runs::into_iter`.
#[derive(Debug, Clone)]
pub struct RunsIntoIter {
    runs: Runs,
    masks: Range<usize>,
}

impl Runs {
    /// The masks, one after the other.
    ///
    /// ```
    /// use maskrle::{CocoRle, Runs};
    ///
    /// let runs = Runs::read(&["15", "015"].map(|counts| CocoRle::new([2, 3], counts)))?;
    /// let areas: Vec<u64> = runs.iter().rev().map(|mask| mask.area()).collect();
    /// assert_eq!(areas, [1, 5]);
    /// # Ok::<(), maskrle::Error>(())
    /// ```
    pub fn iter(&self) -> RunsIter<'_> {
        RunsIter {
            runs: self,
            masks: 0..self.len(),
        }
    }
}

macro_rules! iterate {
    ($iterator:ty, $item:ty, |$runs:ident, $index:ident| $mask:expr) => {
        iterate!(@ $iterator, $item, |$runs, $index| $mask,);
    };
    ($iterator:ty, $item:ty, $lifetime:lifetime, |$runs:ident, $index:ident| $mask:expr) => {
        iterate!(@ $iterator, $item, |$runs, $index| $mask, $lifetime);
    };
    (@ $iterator:ty, $item:ty, |$runs:ident, $index:ident| $mask:expr, $($lifetime:lifetime)?) => {
        impl$(<$lifetime>)? Iterator for $iterator {
            type Item = $item;

            fn next(&mut self) -> Option<Self::Item> {
                let ($runs, $index) = (&self.runs, self.masks.next()?);
                Some($mask)
            }

            fn size_hint(&self) -> (usize, Option<usize>) {
                self.masks.size_hint()
            }

            fn nth(&mut self, n: usize) -> Option<Self::Item> {
                let ($runs, $index) = (&self.runs, self.masks.nth(n)?);
                Some($mask)
            }
        }

        impl$(<$lifetime>)? DoubleEndedIterator for $iterator {
            fn next_back(&mut self) -> Option<Self::Item> {
                let ($runs, $index) = (&self.runs, self.masks.next_back()?);
                Some($mask)
            }
        }

        impl$(<$lifetime>)? ExactSizeIterator for $iterator {}

        impl$(<$lifetime>)? FusedIterator for $iterator {}
    };
}

iterate!(RunsIter<'a>, MaskView<'a>, 'a, |runs, index| runs.mask(index));
iterate!(RunsIntoIter, MaskRuns, |runs, index| runs
    .mask(index)
    .to_owned());

impl<'a> IntoIterator for &'a Runs {
    type Item = MaskView<'a>;
    type IntoIter = RunsIter<'a>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl IntoIterator for Runs {
    type Item = MaskRuns;
    type IntoIter = RunsIntoIter;

    fn into_iter(self) -> Self::IntoIter {
        RunsIntoIter {
            masks: 0..self.len(),
            runs: self,
        }
    }
}
