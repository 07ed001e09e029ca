//! Run starts, as both backends give them.

/// Run starts of consecutive masks.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Starts {
    /// Mask-relative starts, mask after mask.
    pub(crate) starts: Vec<u32>,
    /// Number of starts of each mask.
    pub(crate) counts: Vec<u32>,
}

impl Starts {
    /// Those of masks without pixels.
    #[cfg(feature = "gpu")]
    pub(crate) fn of_empty_masks(masks: usize) -> Starts {
        Starts {
            starts: Vec::new(),
            counts: vec![0; masks],
        }
    }

    /// The starts of consecutive ranges of masks, as those of one.
    pub(crate) fn concat(mut parts: Vec<Starts>) -> Starts {
        let mut all = if parts.is_empty() {
            Starts::default()
        } else {
            parts.remove(0)
        };
        all.starts
            .reserve_exact(parts.iter().map(|part| part.starts.len()).sum());
        for part in parts {
            all.starts.extend_from_slice(&part.starts);
            all.counts.extend_from_slice(&part.counts);
        }
        all
    }
}
