//! What runs hold.

use crate::pixel::Labels;

/// What the runs hold.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(rename_all = "snake_case")
)]
#[non_exhaustive]
pub enum Values {
    /// Background and foreground alternate; for each mask, whether its first run is foreground.
    Binary(Vec<bool>),
    /// For each run, its value.
    Labels(Labels),
}
