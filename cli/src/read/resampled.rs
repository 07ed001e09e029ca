//! Masks that are made of fewer or more pixels than they have.

/// Masks that are resampled once they are read.
#[derive(Debug, Clone, Copy)]
pub struct Resampled {
    /// The option that asks for it, for messages.
    pub option: &'static str,
    /// Height and width that they become.
    pub target: [u32; 2],
    /// Memory that the runs of all masks that are read at a time may take.
    pub run_bytes: u64,
}

impl Resampled {
    /// Bytes that the runs of a mask of this height and width take at most. Between two rows of
    /// samples, a column of the target changes once; so does a row between two columns.
    pub fn most_run_bytes(&self, from: [usize; 2]) -> u64 {
        // Pasted masks have samples of 0 around them.
        const MARGINS: u64 = 3;
        let [height, width] = self.target.map(u64::from);
        let [rows, columns] = from.map(|side| (side as u64).saturating_add(MARGINS));
        let runs = (rows.min(height) * width).max(columns.min(width) * height);
        runs.saturating_mul(size_of::<u32>() as u64)
    }

    /// Number of masks whose runs may be in memory at a time; one at least.
    pub fn masks_at_once(&self, from: [usize; 2]) -> usize {
        let masks = self.run_bytes / self.most_run_bytes(from).max(1);
        usize::try_from(masks).unwrap_or(usize::MAX).max(1)
    }
}

#[cfg(test)]
mod tests {
    use super::Resampled;

    #[test]
    fn runs_grow_with_the_rows_of_the_samples() {
        let resampled = Resampled {
            option: "--resize",
            target: [20_000, 20_000],
            run_bytes: 12 << 20,
        };
        let bytes = resampled.most_run_bytes([64, 64]);
        assert_eq!(bytes, 67 * 20_000 * 4);
        assert_eq!(resampled.masks_at_once([64, 64]), 2);
        assert_eq!(resampled.masks_at_once([1 << 20, 64]), 1);
    }
}
