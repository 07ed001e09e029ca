//! A label map as its labels' masks.

use crate::runs::{MaskRuns, Runs, Values};

impl MaskRuns<'_> {
    /// The labels other than 0, ascending, and for each a binary mask of its pixels, of this mask's size and order.
    ///
    /// Takes one pass over the runs and a sort of them, however many labels there are; no pixels are made.
    ///
    /// ```
    /// use maskrle::{Encoder, Masks, Order};
    ///
    /// let labels = ndarray::arr2(&[[0u8, 7, 7], [2, 2, 7]]);
    /// let runs = Encoder::new().runs(&Masks::labels(&labels)?, Order::RowMajor)?;
    /// let (labels, masks) = runs.get(0).expect("one label map went in").split_labels();
    /// assert_eq!(labels, [2, 7]);
    /// assert_eq!(masks.get(0).expect("label 2").starts(), [0, 3, 5]);
    /// assert_eq!(masks.get(1).expect("label 7").starts(), [0, 1, 3, 5]);
    /// # Ok::<(), maskrle::Error>(())
    /// ```
    pub fn split_labels(&self) -> (Vec<i64>, Runs) {
        let pixels = self.pixels();
        let mut runs: Vec<(i64, u32, u32)> = (self.values().zip(self.starts()).zip(self.counts()))
            .filter(|&((label, _), _)| label != 0)
            .map(|((label, &start), count)| (label, start, start + count))
            .collect();
        // Stable: within a label, the runs stay in scan order.
        runs.sort_by_key(|&(label, ..)| label);

        let (mut labels, mut offsets, mut starts, mut first) = (Vec::new(), vec![0], Vec::new(), Vec::new());
        for runs in runs.chunk_by(|a, b| a.0 == b.0) {
            let (label, first_start, _) = runs[0];
            labels.push(label);
            first.push(first_start == 0);
            if first_start > 0 {
                starts.push(0);
            }
            // Runs of one label never touch, so each is followed by background or by the end.
            starts.extend(runs.iter().flat_map(|&(_, start, end)| [start, end]));
            starts.pop_if(|end| *end == pixels);
            offsets.push(starts.len() as u64);
        }
        let sizes = vec![self.size(); labels.len()];
        (labels, Runs::new(self.order(), sizes, offsets, starts, Values::Binary(first)))
    }
}
