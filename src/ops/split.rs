//! Label maps as their labels' masks.

use super::parallel;
use crate::Result;
use crate::limits::Limits;
use crate::runs::{MaskRuns, MaskValues, Runs, Values, with_labels};

/// One label of a label map: what is known of its mask.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Instance {
    /// Which label map of the stack it is in, counted from 0.
    pub map: usize,
    /// The label, which is not 0.
    pub label: i64,
    /// How many pixels hold it.
    pub area: u64,
    /// The smallest box that holds them, `[x, y, width, height]`.
    pub bbox: [u32; 4],
}

impl MaskRuns<'_> {
    /// The labels other than 0, ascending, each with its area and box, and for each a binary mask of its pixels, of this mask's
    /// size and order. Of a binary mask, the label 1.
    ///
    /// Takes one pass over the runs and a sort of them, however many labels there are; no pixels are made.
    ///
    /// ```
    /// use maskrle::{Encoder, Masks, Order};
    ///
    /// let labels = ndarray::arr2(&[[0u8, 7, 7], [2, 2, 7]]);
    /// let runs = Encoder::new().runs(&Masks::labels(&labels)?, Order::RowMajor)?;
    /// let (instances, masks) = runs.get(0).expect("one label map went in").split_labels();
    /// assert_eq!(instances.iter().map(|instance| instance.label).collect::<Vec<_>>(), [2, 7]);
    /// assert_eq!((instances[1].area, instances[1].bbox), (3, [1, 0, 2, 2]));
    /// assert_eq!(masks.get(0).expect("label 2").starts(), [0, 3, 5]);
    /// assert_eq!(masks.get(1).expect("label 7").starts(), [0, 1, 3, 5]);
    /// # Ok::<(), maskrle::Error>(())
    /// ```
    pub fn split_labels(&self) -> (Vec<Instance>, Runs) {
        let pixels = self.pixels();
        let runs = by_label(self);
        let (mut labels, mut offsets, mut starts, mut first) = (Vec::new(), vec![0], Vec::new(), Vec::new());
        for runs in runs.chunk_by(|a, b| a.label == b.label) {
            labels.push(runs[0].label);
            first.push(runs[0].start == 0);
            if runs[0].start > 0 {
                starts.push(0);
            }
            // Runs of one label never touch, so each is followed by background or by the end.
            starts.extend(runs.iter().flat_map(|run| [run.start, run.end]));
            starts.pop_if(|end| *end == pixels);
            offsets.push(starts.len() as u64);
        }
        let sizes = vec![self.size(); labels.len()];
        let masks = Runs::new(self.order(), sizes, offsets, starts, Values::Binary(first));
        let instance =
            |(label, mask): (i64, MaskRuns<'_>)| Instance { map: 0, label, area: mask.area(), bbox: mask.bbox() };
        (labels.into_iter().zip(masks.iter()).map(instance).collect(), masks)
    }
}

impl Runs {
    /// [`MaskRuns::split_labels`] of each label map, on all cores: all instances, those of the first map first, and a binary
    /// mask for each.
    ///
    /// # Errors
    /// [`Error::Limit`](crate::Error::Limit) if the instances are more than the default [`Limits`] allow masks.
    ///
    /// ```
    /// use maskrle::{CocoRle, Encoder, Masks, Order};
    ///
    /// let labels = ndarray::arr3(&[[[0u16, 500], [500, 0]], [[9, 9], [500, 0]]]);
    /// let runs = Encoder::new().runs(&Masks::labels(&labels)?, Order::ColumnMajor)?;
    /// let (instances, masks) = runs.split_labels()?;
    /// let found: Vec<_> = instances.iter().map(|instance| (instance.map, instance.label, instance.area)).collect();
    /// assert_eq!(found, [(0, 500, 2), (1, 9, 2), (1, 500, 1)]);
    /// assert_eq!(CocoRle::try_from(masks.get(1).expect("three masks"))?.counts, "01100");
    /// # Ok::<(), maskrle::Error>(())
    /// ```
    pub fn split_labels(&self) -> Result<(Vec<Instance>, Runs)> {
        self.split_labels_within(&Limits::default())
    }

    /// The same within another limit on masks.
    pub fn split_labels_within(&self, limits: &Limits) -> Result<(Vec<Instance>, Runs)> {
        let split = parallel::map(self.len(), self.starts().len() as u64, |index| {
            self.get(index).expect("index is below len").split_labels()
        });
        limits.check_masks(split.iter().map(|(instances, _)| instances.len() as u64).sum())?;
        let (mut instances, mut masks) = (Vec::new(), Vec::new());
        for (map, (of_map, masks_of_map)) in split.into_iter().enumerate() {
            instances.extend(of_map.into_iter().map(|instance| Instance { map, ..instance }));
            masks.push(masks_of_map);
        }
        Ok((instances, Runs::concat(masks)?.with_order(self.order())))
    }
}

/// A run of a label that is not 0.
#[derive(Debug, Clone, Copy)]
struct LabelRun {
    label: i64,
    start: u32,
    end: u32,
}

/// The runs by label, within a label in scan order.
fn by_label(mask: &MaskRuns<'_>) -> Vec<LabelRun> {
    let ends = mask.starts().iter().skip(1).copied().chain([mask.pixels()]);
    let runs = mask.starts().iter().zip(ends);
    let mut runs: Vec<LabelRun> = match mask.kind() {
        MaskValues::Binary { .. } => {
            mask.foreground().map(|(start, count)| LabelRun { label: 1, start, end: start + count }).collect()
        }
        MaskValues::Labels { labels, offset } => with_labels!(labels, values => runs
            .zip(&values[offset..])
            .map(|((&start, end), &label)| LabelRun { label: label.into(), start, end })
            .filter(|run| run.label != 0)
            .collect()),
    };
    // Stable.
    runs.sort_by_key(|run| run.label);
    runs
}
