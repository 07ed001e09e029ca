//! Conversions from owned masks, by those from views.

use super::cvat::CvatMask;
use super::label_studio::LabelStudioRle;
use super::wrapped::{NuImagesRle, OpenImagesRle};
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

from_owned!(NuImagesRle, OpenImagesRle, CvatMask, LabelStudioRle);
