//! Run starts, as both backends give them.

use crate::parallel::concat;

/// The runs' starts of a stretch of masks, as both backends give them.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Starts {
    /// Mask-relative starts, mask after mask.
    pub(crate) starts: Vec<u32>,
    /// How many of them each mask has.
    pub(crate) counts: Vec<u32>,
}

impl Starts {
    /// The parts of consecutive stretches, as one.
    pub(crate) fn concat(parts: Vec<Starts>) -> Starts {
        let (starts, counts): (Vec<_>, Vec<_>) = parts
            .into_iter()
            .map(|part| (part.starts, part.counts))
            .unzip();
        Starts {
            starts: concat(starts),
            counts: concat(counts),
        }
        all
    }
}
