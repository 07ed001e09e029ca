//! Run starts, as both backends give them.

/// The runs' starts of a stretch of masks, as both backends give them.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Starts {
    /// Mask-relative starts, mask after mask.
    pub(crate) starts: Vec<u32>,
    /// How many of them each mask has.
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

    /// The parts of consecutive stretches, as one.
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
