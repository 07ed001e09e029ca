//! Conversions from owned masks, by those from views.

use super::coco::{CocoCounts, CocoRle};
use super::kaggle::KaggleRle;
use super::values::ValueCounts;
use crate::runs::MaskRuns;
use crate::{Error, Result};

macro_rules! from_owned {
    ($($type:ty),*) => {
        $(
            impl TryFrom<&MaskRuns> for $type {
                type Error = Error;

                fn try_from(mask: &MaskRuns) -> Result<Self> {
                    Self::try_from(mask.view())
                }
            }
        )*
    };
}

from_owned!(CocoRle, CocoCounts, KaggleRle);

impl From<&MaskRuns> for ValueCounts {
    fn from(mask: &MaskRuns) -> Self {
        ValueCounts::from(mask.view())
    }
}
