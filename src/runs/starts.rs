//! Run starts, as both backends give them.

use crate::parallel::concat;

/// Run starts of consecutive masks.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Starts {
    /// Mask-relative starts, mask after mask.
    pub(crate) starts: Vec<u32>,
    /// Number of starts of each mask.
    pub(crate) counts: Vec<u32>,
}

impl Starts {
    /// Starts of masks without pixels.
    #[cfg(feature = "gpu")]
    pub(crate) fn of_empty_masks(masks: usize) -> Starts {
        Starts {
            starts: Vec::new(),
            counts: vec![0; masks],
        }
    }

    /// The starts of consecutive ranges of masks, as those of one.
    pub(crate) fn concat(parts: Vec<Starts>) -> Starts {
        let (starts, counts): (Vec<_>, Vec<_>) = parts
            .into_iter()
            .map(|part| (part.starts, part.counts))
            .unzip();
        Starts {
            starts: concat(starts),
            counts: concat(counts),
        }
    }
}
