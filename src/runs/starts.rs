//! Run starts, as both backends give them.

use crate::parallel::concat;
use crate::pixel::Labels;

/// Run starts of consecutive masks.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Starts {
    /// Mask-relative starts, mask after mask.
    pub(crate) starts: Vec<u32>,
    /// Number of starts of each mask.
    pub(crate) counts: Vec<u32>,
    /// Values of the runs of label maps, where they are read as soon as a mask's starts are known:
    /// its pixels are still in a cache then.
    pub(crate) labels: Option<Labels>,
}

impl Starts {
    /// Starts of masks without pixels.
    #[cfg(feature = "gpu")]
    pub(crate) fn of_empty_masks(masks: usize) -> Starts {
        Starts {
            starts: Vec::new(),
            counts: vec![0; masks],
            labels: None,
        }
    }

    /// The starts of each mask.
    pub(crate) fn of_masks(&self) -> Vec<&[u32]> {
        let mut rest = &self.starts[..];
        let of_mask = |&count: &u32| {
            let (starts, others) = rest.split_at(count as usize);
            rest = others;
            starts
        };
        self.counts.iter().map(of_mask).collect()
    }

    /// The starts of consecutive ranges of masks, as those of one.
    pub(crate) fn concat(parts: Vec<Starts>) -> Starts {
        let (mut starts, mut counts, mut labels) = (Vec::new(), Vec::new(), Vec::new());
        for part in parts {
            starts.push(part.starts);
            counts.push(part.counts);
            labels.push(part.labels);
        }
        let labels: Option<Vec<Labels>> = labels.into_iter().collect();
        Starts {
            starts: concat(starts),
            counts: concat(counts),
            labels: labels.and_then(Labels::join),
        }
    }
}
