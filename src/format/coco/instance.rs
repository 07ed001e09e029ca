//! A mask as COCO's annotations hold it, without ids.

use super::types::CocoRle;

/// One mask as [`Encoder::instances`](crate::Encoder::instances) gives it: its string, area and
/// box, in the names of COCO's annotations.
///
/// ```
/// # #[cfg(feature = "serde")] {
/// use maskrle::{Encoder, Masks};
///
/// let pixels = ndarray::arr2(&[[0u8, 0, 1], [0, 1, 1]]);
/// let found = Encoder::new().instances(&Masks::binary(&pixels)?)?;
/// let json = r#"{"segmentation":{"size":[2,3],"counts":"33"},"area":3,"bbox":[1,0,2,2]}"#;
/// assert_eq!(serde_json::to_string(&found[0])?, json);
/// # }
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct CocoInstance {
    /// The mask.
    pub segmentation: CocoRle,
    /// Number of foreground pixels.
    pub area: u64,
    /// The smallest box that holds them, `[x, y, width, height]`; all four 0 if there is none.
    pub bbox: [u32; 4],
    /// Area above the threshold and an offset as a share of the area above the threshold less the
    /// offset, if it was asked for. As in Segment Anything it is not a number where both are 0,
    /// which JSON writes as null.
    #[cfg_attr(
        feature = "serde",
        serde(default, skip_serializing_if = "Option::is_none")
    )]
    pub stability_score: Option<f32>,
}

impl CocoInstance {
    pub(crate) fn new(segmentation: CocoRle, area: u32, bbox: [u32; 4]) -> Self {
        CocoInstance {
            segmentation,
            area: area.into(),
            bbox,
            stability_score: None,
        }
    }

    /// Sets the score, given the areas above both thresholds, the higher one first.
    pub(crate) fn set_stability(&mut self, [least, most]: [u32; 2]) {
        self.stability_score = Some(least as f32 / most as f32);
    }
}
