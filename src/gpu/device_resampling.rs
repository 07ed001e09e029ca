//! How masks that are on the device are resampled.

use crate::pixel::{Pasted, Resample};

/// How the masks of one stack are resampled.
#[derive(Debug, Clone)]
pub(super) enum DeviceResampling {
    /// All alike.
    Resized(Resample),
    /// Each into a box of its own.
    Pasted(Pasted),
}

impl DeviceResampling {
    /// Height and width of the target.
    pub(super) fn target(&self) -> [u32; 2] {
        match self {
            DeviceResampling::Resized(resample) => resample.target,
            DeviceResampling::Pasted(pasted) => pasted.target(),
        }
    }

    /// How a mask of `own` samples is made.
    pub(super) fn of_mask(&self, mask: usize, own: [u32; 2]) -> Resample {
        match self {
            DeviceResampling::Resized(resample) => *resample,
            DeviceResampling::Pasted(pasted) => pasted.resample(mask, own),
        }
    }

    /// Samples of 0 before the first of a row or column.
    pub(super) fn samples_before(&self) -> u32 {
        match self {
            DeviceResampling::Resized(_) => 0,
            DeviceResampling::Pasted(pasted) => pasted.margins()[0],
        }
    }
}
