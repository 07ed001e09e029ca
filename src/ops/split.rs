//! Label maps as their labels' masks.

use crate::Result;
use crate::limits::Limits;
use crate::parallel;
use crate::pixel::{Integer, with_labels};
use crate::runs::{MaskValues, MaskView, Runs, Values};

/// One label of a label map, with the area and box of its mask.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct Instance {
    /// Index in the stack of the label map that it is in.
    pub map: usize,
    /// The label, which is not 0.
    pub label: i64,
    /// Number of pixels that hold it.
    pub area: u64,
    /// The smallest box that holds them, `[x, y, width, height]`.
    pub bbox: [u32; 4],
}

impl MaskView<'_> {
    /// The labels other than 0, ascending, each with its area and box, and for each a binary mask
    /// of its pixels, of this mask's size and order. Of a binary mask, the label 1.
    ///
    /// Takes one pass over the runs and a sort of them, however many labels there are; no pixels
    /// are made.
    ///
    /// # Errors
    /// [`Error::Limit`](crate::Error::Limit) if there are more labels, or more runs, than the
    /// default [`Limits`] allow.
    ///
    /// ```
    /// use maskrle::{Encoder, Masks, Order};
    ///
    /// let labels = ndarray::arr2(&[[0u8, 7, 7], [2, 2, 7]]);
    /// let runs = Encoder::new().runs(&Masks::labels(&labels)?, Order::RowMajor)?;
    /// let (instances, masks) = runs.mask(0).split_labels()?;
    /// assert_eq!((instances[0].label, instances[1].label), (2, 7));
    /// assert_eq!((instances[1].area, instances[1].bbox), (3, [1, 0, 2, 2]));
    /// assert_eq!(masks.mask(0).starts(), [0, 3, 5]);
    /// assert_eq!(masks.mask(1).starts(), [0, 1, 3, 5]);
    /// # Ok::<(), maskrle::Error>(())
    /// ```
    pub fn split_labels(&self) -> Result<(Vec<Instance>, Runs)> {
        self.split_labels_within(&Limits::default())
    }

    /// [`MaskView::split_labels`] within another limit on masks and their runs.
    pub fn split_labels_within(&self, limits: &Limits) -> Result<(Vec<Instance>, Runs)> {
        let labels = ByLabel::new(*self);
        check(&[&labels], limits)?;
        Ok(labels.split(0))
    }
}

impl Runs {
    /// [`MaskView::split_labels`] of each label map, on all cores: all instances, those of the
    /// first map first, and a binary mask for each.
    ///
    /// # Errors
    /// As of [`MaskView::split_labels`], the limits being those on all maps together.
    ///
    /// ```
    /// use maskrle::{Encoder, Masks, Order};
    ///
    /// let labels = ndarray::arr3(&[[[0u16, 500], [500, 0]], [[9, 9], [500, 0]]]);
    /// let runs = Encoder::new().runs(&Masks::labels(&labels)?, Order::ColumnMajor)?;
    /// let (instances, masks) = runs.split_labels()?;
    /// let found = instances.iter().map(|found| (found.map, found.label, found.area));
    /// assert!(found.eq([(0, 500, 2), (1, 9, 2), (1, 500, 1)]));
    /// assert_eq!(masks.mask(1).to_coco()?.counts, "01100");
    /// # Ok::<(), maskrle::Error>(())
    /// ```
    pub fn split_labels(&self) -> Result<(Vec<Instance>, Runs)> {
        self.split_labels_within(&Limits::default())
    }

    /// [`Runs::split_labels`] within another limit on masks and their runs.
    pub fn split_labels_within(&self, limits: &Limits) -> Result<(Vec<Instance>, Runs)> {
        let maps = self.each(ByLabel::new);
        check(&maps.iter().collect::<Vec<_>>(), limits)?;
        let split = parallel::map(maps.len(), self.starts().len() as u64, |map| {
            maps[map].split(map)
        });
        let (instances, masks): (Vec<_>, Vec<_>) = split.into_iter().unzip();
        Ok((
            instances.concat(),
            Runs::concat(masks)?.with_order(self.order()),
        ))
    }
}

/// Refuses more masks, or more runs of them, than the limits allow.
fn check(maps: &[&ByLabel<'_>], limits: &Limits) -> Result<()> {
    limits.check_masks(maps.iter().map(|map| map.labels).sum())?;
    limits.check_runs(maps.iter().map(|map| map.starts).sum())
}

/// A run of a label that is not 0.
#[derive(Debug, Clone, Copy)]
struct LabelRun {
    label: i64,
    start: u32,
    end: u32,
}

/// A label map's runs by label.
struct ByLabel<'a> {
    map: MaskView<'a>,
    /// Within a label in scan order.
    runs: Vec<LabelRun>,
    /// Number of labels, and number of runs of all their masks.
    labels: u64,
    starts: u64,
}

impl<'a> ByLabel<'a> {
    fn new(map: MaskView<'a>) -> Self {
        let ends = map.starts().iter().skip(1).copied().chain([map.pixels()]);
        let runs = map.starts().iter().zip(ends);
        let mut runs: Vec<LabelRun> = match map.kind() {
            MaskValues::Binary { .. } => map
                .foreground()
                .map(|(start, count)| LabelRun {
                    label: 1,
                    start,
                    end: start + count,
                })
                .collect(),
            MaskValues::Labels { labels, offset } => {
                with_labels!(labels, values => label_runs(runs, &values[offset..]))
            }
        };
        // Stable.
        runs.sort_by_key(|run| run.label);
        let of_label = || runs.chunk_by(|a, b| a.label == b.label);
        let starts = of_label()
            .map(|runs| count_of_starts(runs, map.pixels()))
            .sum();
        let labels = of_label().count() as u64;
        ByLabel {
            map,
            runs,
            labels,
            starts,
        }
    }

    /// The labels and their masks, of the label map of this index.
    fn split(&self, index: usize) -> (Vec<Instance>, Runs) {
        let mut labels = Vec::with_capacity(self.labels as usize);
        let mut first = Vec::with_capacity(self.labels as usize);
        let (mut offsets, mut starts) = (vec![0], Vec::with_capacity(self.starts as usize));
        for runs in self.runs.chunk_by(|a, b| a.label == b.label) {
            labels.push(runs[0].label);
            first.push(runs[0].start == 0);
            push_starts(&mut starts, runs, self.map.pixels());
            offsets.push(starts.len() as u64);
        }
        let sizes = vec![self.map.size(); labels.len()];
        let masks = Runs::new(
            self.map.order(),
            sizes,
            offsets,
            starts,
            Values::Binary(first),
        );
        let instance = |(label, mask): (i64, MaskView<'_>)| Instance {
            map: index,
            label,
            area: mask.area(),
            bbox: mask.bbox(),
        };
        (
            labels.into_iter().zip(masks.iter()).map(instance).collect(),
            masks,
        )
    }
}

/// The runs whose label is not 0, from their starts, ends and labels.
fn label_runs<'s, T: Integer>(
    runs: impl Iterator<Item = (&'s u32, u32)>,
    labels: &[T],
) -> Vec<LabelRun> {
    runs.zip(labels)
        .map(|((&start, end), label)| LabelRun {
            label: label
                .to_label()
                .expect("values of runs are at most i64::MAX"),
            start,
            end,
        })
        .filter(|run| run.label != 0)
        .collect()
}

/// Appends the run starts of one label's mask. Runs of one label never touch, so each is followed
/// by background or by the end.
fn push_starts(starts: &mut Vec<u32>, runs: &[LabelRun], pixels: u32) {
    if runs[0].start > 0 {
        starts.push(0);
    }
    starts.extend(runs.iter().flat_map(|run| [run.start, run.end]));
    starts.pop_if(|end| *end == pixels);
}

/// Number of starts that [`push_starts`] appends.
fn count_of_starts(runs: &[LabelRun], pixels: u32) -> u64 {
    let (begins, ends) = (runs[0].start == 0, runs[runs.len() - 1].end == pixels);
    1 + 2 * runs.len() as u64 - u64::from(begins) - u64::from(ends)
}
