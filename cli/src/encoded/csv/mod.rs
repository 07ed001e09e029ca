//! CSV with a column of pairs of start and length, a mask in each row.

mod columns;
mod header;
mod options;
mod pairs;
mod read;
mod row;

pub use options::CsvOptions;
pub use read::{Survey, entries, survey};
