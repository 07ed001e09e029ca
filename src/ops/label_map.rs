//! Masks as one label map.

use super::merge::{require_alike, require_binary};
use super::walk::walk;
use crate::parallel;
use crate::pixel::Labels;
use crate::runs::{MaskRuns, Runs};
use crate::{Error, Result};

/// Runs of a label map: the start and the label of each.
struct LabelRuns {
    starts: Vec<u32>,
    labels: Vec<i64>,
}

impl LabelRuns {
    /// These runs, with `above` over them wherever that is not 0.
    fn below(&self, above: &LabelRuns, pixels: u32) -> LabelRuns {
        let most = self.starts.len() + above.starts.len();
        let mut both = LabelRuns {
            starts: Vec::with_capacity(most),
            labels: Vec::with_capacity(most),
        };
        walk(&self.starts, &above.starts, 0..pixels, |start, _, i, j| {
            let label = if above.labels[j] == 0 {
                self.labels[i]
            } else {
                above.labels[j]
            };
            if both.labels.last() != Some(&label) {
                both.starts.push(start);
                both.labels.push(label);
            }
        });
        both
    }
}

impl Runs {
    /// The masks of the stack as one label map: each mask's pixels hold its label, those of no mask
    /// 0. Where masks overlap, the last one is on top. The way back from [`Runs::split_labels`].
    ///
    /// The labels' type is the narrowest of u8, i8, u16, i16, u32, i32 and i64 that holds them.
    ///
    /// # Errors
    /// [`Error::Input`] if there is no mask, fewer labels than masks, or a label 0; on label maps,
    /// and on masks of different sizes.
    ///
    /// ```
    /// use maskrle::{CocoRle, Order, Runs};
    ///
    /// let runs = Runs::read(&["042", "222"].map(|counts| CocoRle::new([2, 3], counts)))?;
    /// let map = runs.to_label_map(1..)?;
    /// let pixels = map.decode::<u16>(Order::RowMajor)?;
    /// assert_eq!(pixels, ndarray::arr2(&[[1, 2, 0], [1, 2, 0]]));
    /// # Ok::<(), maskrle::Error>(())
    /// ```
    pub fn to_label_map(&self, labels: impl IntoIterator<Item = i64>) -> Result<MaskRuns> {
        let Some(first) = self.get(0) else {
            return Err(Error::Input(
                "there is no mask: a label map has the size of one at least".into(),
            ));
        };
        let labels: Vec<i64> = labels.into_iter().take(self.len()).collect();
        if labels.len() < self.len() {
            return Err(Error::Input(format!(
                "{} labels for {} masks: each needs one",
                labels.len(),
                self.len()
            )));
        }
        for (index, mask) in self.iter().enumerate() {
            let is_zero = labels[index] == 0;
            let label = if is_zero {
                Err(Error::Input("the label 0 is the background's".into()))
            } else {
                Ok(())
            };
            let alike = label
                .and_then(|()| require_alike(&first, &mask))
                .and_then(|()| require_binary(&mask));
            alike.map_err(|error| error.within("mask", index))?;
        }
        let leaf = |index| {
            let mask = self.mask(index);
            let labels = mask.values().map(|value| value * labels[index]).collect();
            LabelRuns {
                starts: mask.starts().to_vec(),
                labels,
            }
        };
        let join = |a: LabelRuns, b: LabelRuns| a.below(&b, first.pixels());
        let runs = self.starts().len() as u64;
        let LabelRuns { starts, labels } =
            parallel::reduce(self.len(), runs, &leaf, &join).expect("there is a mask");
        let labels = Labels::narrowest(&labels);
        Ok(MaskRuns::labelled(
            first.size(),
            self.order(),
            starts,
            labels,
        ))
    }
}
