//! Masks with their areas, boxes and stability scores.

use super::encode::Encoder;
use crate::format::CocoInstance;
use crate::parallel::concat;
use crate::pixel::{Masks, Order};
use crate::predicate::Predicate;
use crate::runs::Boundaries;
use crate::{Error, Result};

/// Measures that [`Encoder::instances_with`] takes besides a mask's string, area and box.
///
/// ```
/// use maskrle::InstanceOptions;
///
/// assert_ne!(InstanceOptions::new().stability_offset(1.0), InstanceOptions::default());
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Default)]
#[must_use = "options do nothing until they are used"]
pub struct InstanceOptions {
    stability_offset: Option<f64>,
}

impl InstanceOptions {
    /// Nothing else.
    pub fn new() -> Self {
        Self::default()
    }

    /// Asks for stability scores, as Segment Anything computes them: the area above the threshold
    /// and this offset, as a share of the area above the threshold less the offset. Segment
    /// Anything's offset is 1.
    pub fn stability_offset(self, offset: f64) -> Self {
        InstanceOptions {
            stability_offset: Some(offset),
        }
    }
}

impl Encoder {
    /// The masks as COCO's compressed RLE, each with its area and box, which cost little while
    /// the string is made.
    ///
    /// # Errors
    /// As of [`Encoder::coco`].
    ///
    /// ```
    /// use maskrle::{Encoder, Masks};
    ///
    /// let pixels = ndarray::arr3(&[[[0u8, 0, 1], [0, 1, 1]], [[0; 3]; 2]]);
    /// let found = Encoder::new().instances(&Masks::binary(&pixels)?)?;
    /// assert_eq!(found[0].segmentation.counts, "33");
    /// assert_eq!((found[0].area, found[0].bbox), (3, [1, 0, 2, 2])); // x, y, width, height
    /// assert_eq!((found[1].area, found[1].bbox), (0, [0; 4]));
    /// # Ok::<(), maskrle::Error>(())
    /// ```
    pub fn instances(&self, masks: &Masks<'_>) -> Result<Vec<CocoInstance>> {
        self.instances_with(masks, InstanceOptions::new())
    }

    /// The masks as [`Encoder::instances`] gives them, and what else is asked for.
    ///
    /// # Errors
    /// As of [`Encoder::coco`]; [`Error::Input`] if stability scores are asked for and the
    /// masks have no threshold, or the offset is negative, infinite or not a number.
    ///
    /// ```
    /// use maskrle::{Encoder, InstanceOptions, Masks};
    ///
    /// let logits = ndarray::arr2(&[[-2.0f32, -0.5, 0.5, 2.0, 3.0]]);
    /// let options = InstanceOptions::new().stability_offset(1.0);
    /// let masks = Masks::threshold(&logits, 0.0)?;
    /// let found = Encoder::new().instances_with(&masks, options)?;
    /// assert_eq!(found[0].area, 3);
    /// assert_eq!(found[0].stability_score, Some(0.5)); // 2 above 1, 4 above -1
    /// # Ok::<(), maskrle::Error>(())
    /// ```
    pub fn instances_with(
        &self,
        masks: &Masks<'_>,
        options: InstanceOptions,
    ) -> Result<Vec<CocoInstance>> {
        if masks.predicate() == Predicate::Labels {
            return Err(Error::Input(
                "labels are no COCO masks: take their runs, and MaskRuns::split_labels".into(),
            ));
        }
        let beside = match options.stability_offset {
            Some(offset) => Some(masks.beside_threshold(offset)?),
            None => None,
        };
        let beside = beside.as_ref();
        let by_cpu = |range| self.cpu.instances(masks, beside, range);
        let of_found = |range, found: Boundaries, threads| {
            let starts = found.into_starts(threads);
            self.cpu
                .instances_of_starts(masks, beside, range, &starts, threads)
        };
        let batches = self.batches(masks, Order::ColumnMajor, by_cpu, of_found);
        let found = batches.into_iter().map(|(_, batch)| batch.into_results());
        Ok(concat(found))
    }
}
