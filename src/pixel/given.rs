//! A threshold as it was given, before it is rounded to a type.

use super::element_type::ElementType;
use crate::predicate::{Predicate, Threshold};
use crate::{Error, Result};

/// A threshold that is no number of a type yet, and the comparison with it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct GivenThreshold {
    value: f64,
    /// True if pixels that are the threshold are foreground.
    at_least: bool,
}

impl GivenThreshold {
    pub(crate) fn above(value: f64) -> Self {
        GivenThreshold {
            value,
            at_least: false,
        }
    }

    pub(crate) fn at_least(value: f64) -> Self {
        GivenThreshold {
            value,
            at_least: true,
        }
    }

    /// This threshold and an offset.
    pub(super) fn with_offset(self, offset: f64) -> Self {
        GivenThreshold {
            value: self.value + offset,
            ..self
        }
    }

    /// The predicate of pixels of a type of floats.
    pub(crate) fn predicate(self, element: ElementType) -> Result<Predicate> {
        if self.value.is_nan() {
            return Err(Error::Input(
                "the threshold is not a number: no pixel is above it or below it".into(),
            ));
        }
        Ok(Predicate::Above(self.of(element)))
    }

    /// The threshold of resampled pixels, which are f32.
    pub(crate) fn single(self) -> Threshold {
        self.of(ElementType::F32)
    }

    fn of(self, element: ElementType) -> Threshold {
        let threshold = if self.at_least {
            element.at_least(self.value)
        } else {
            element.threshold(self.value)
        };
        threshold.expect("only floats have thresholds")
    }
}
