//! Conversions from owned masks, by those from views.

use super::coco::{CocoCounts, CocoRle};
use super::kaggle::KaggleRle;
use super::values::ValueCounts;
use crate::runs::MaskRuns;

/// Conversions of types that have one from views.
macro_rules! from_owned {
    ($($type:ty),*) => {
        $(
            impl TryFrom<&$crate::MaskRuns> for $type {
                type Error = $crate::Error;

                fn try_from(mask: &$crate::MaskRuns) -> $crate::Result<Self> {
                    Self::try_from(mask.view())
                }
            }
        )*
    };
}

#[cfg(feature = "dialects")]
pub(crate) use from_owned;

from_owned!(CocoRle, CocoCounts, KaggleRle);

impl From<&MaskRuns> for ValueCounts {
    fn from(mask: &MaskRuns) -> Self {
        ValueCounts::from(mask.view())
    }
}
