//! Runs as serde writes and reads them: a stack, of one mask for a single one.

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::mask::MaskRuns;
use super::stack::Runs;
use super::values::Values;
use super::view::MaskView;
use crate::pixel::Order;

/// [`Runs`] as they are written, before they are checked.
#[derive(Deserialize)]
struct Parts {
    order: Order,
    sizes: Vec<[u32; 2]>,
    offsets: Vec<u64>,
    starts: Vec<u32>,
    values: Values,
}

impl<'de> Deserialize<'de> for Runs {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let Parts {
            order,
            sizes,
            offsets,
            starts,
            values,
        } = Parts::deserialize(deserializer)?;
        Runs::from_parts(order, sizes, offsets, starts, values).map_err(D::Error::custom)
    }
}

/// As [`Runs`] of this mask alone.
impl Serialize for MaskView<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Runs::from(*self).serialize(serializer)
    }
}

/// As [`Runs`] of this mask alone.
impl Serialize for MaskRuns {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.view().serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for MaskRuns {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let runs = Runs::deserialize(deserializer)?;
        match (runs.len(), runs.into_iter().next()) {
            (1, Some(mask)) => Ok(mask),
            (masks, _) => Err(D::Error::custom(format!("{masks} masks, there must be 1"))),
        }
    }
}
