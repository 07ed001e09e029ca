//! Kaggle's CSV: pairs of start and length, a row for each mask.

mod input_ids;
mod named_ids;
mod rows;

pub use rows::{Columns, Kaggle, Pairs};
