//! Limits on what a call makes of a few bytes.

use crate::{Error, Result};

/// Limits on what one call makes: a few bytes could ask for runs and pixels without end.
///
/// Calls whose result may be out of proportion to what they are given check these limits, in all
/// masks of a stack together, before they allocate it. Such a call has a twin that takes other
/// limits, named after it: [`Runs::read_within`](crate::Runs::read_within),
/// [`Runs::decode_within`](crate::Runs::decode_within),
/// [`Runs::to_order_within`](crate::Runs::to_order_within) ... All other calls make at most three
/// runs for each that they are given. Whatever the limits, a mask has at most `u32::MAX` pixels.
///
/// ```
/// use maskrle::{CocoRle, Error, Limits, MaskRuns, Order};
///
/// // Seven bytes that claim 4 GiB of pixels: as runs they are nothing, as pixels they are refused.
/// let rle = CocoRle { size: [65535, 65537], counts: "oooooo3".into() };
/// let mask = rle.to_runs()?;
/// assert!(matches!(mask.decode::<u8>(Order::RowMajor), Err(Error::Limit(_))));
///
/// let limits = Limits::default().with_pixels(5);
/// let small = MaskRuns::from_counts([2, 3], Order::RowMajor, [6])?;
/// assert!(matches!(small.decode_within::<u8>(Order::RowMajor, &limits), Err(Error::Limit(_))));
/// # Ok::<(), Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct Limits {
    /// Pixels of all masks that are decoded at once. By default 2^30: 1 GiB where a pixel is a
    /// byte.
    pub pixels: u64,
    /// Runs of all masks that are made at once. By default 2^28, which take 1 GiB.
    pub runs: u64,
    /// Masks that are made at once. By default 2^24.
    pub masks: u64,
    /// Pairs of masks, or boxes, that are compared at once. By default 2^27, whose overlaps take 1
    /// GiB.
    pub pairs: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Limits {
            pixels: 1 << 30,
            runs: 1 << 28,
            masks: 1 << 24,
            pairs: 1 << 27,
        }
    }
}

impl Limits {
    /// These limits with another one on pixels.
    pub fn with_pixels(self, pixels: u64) -> Self {
        Limits { pixels, ..self }
    }

    /// These limits with another one on runs.
    pub fn with_runs(self, runs: u64) -> Self {
        Limits { runs, ..self }
    }

    /// These limits with another one on masks.
    pub fn with_masks(self, masks: u64) -> Self {
        Limits { masks, ..self }
    }

    /// These limits with another one on pairs.
    ///
    /// ```
    /// use maskrle::Limits;
    ///
    /// let limits = Limits::default().with_masks(1000).with_pairs(1000 * 1000).with_runs(1 << 20);
    /// assert_eq!((limits.masks, limits.pairs, limits.runs), (1000, 1_000_000, 1 << 20));
    /// ```
    pub fn with_pairs(self, pairs: u64) -> Self {
        Limits { pairs, ..self }
    }

    pub(crate) fn check_pixels(&self, pixels: u64) -> Result<()> {
        check("pixels", pixels, self.pixels)
    }

    pub(crate) fn check_runs(&self, runs: u64) -> Result<()> {
        check("runs", runs, self.runs)
    }

    /// Error of runs that were found to be more than the limit.
    pub(crate) fn too_many_runs(&self, runs: u64) -> Error {
        beyond("runs", runs, self.runs)
    }

    pub(crate) fn check_masks(&self, masks: u64) -> Result<()> {
        check("masks", masks, self.masks)
    }

    pub(crate) fn check_pairs(&self, pairs: u64) -> Result<()> {
        check("pairs", pairs, self.pairs)
    }
}

fn check(what: &str, have: u64, limit: u64) -> Result<()> {
    if have <= limit {
        return Ok(());
    }
    Err(beyond(what, have, limit))
}

fn beyond(what: &str, have: u64, limit: u64) -> Error {
    Error::Limit(format!(
        "{have} {what} would be made, the limit is {limit}: Limits::{what} raises it"
    ))
}
