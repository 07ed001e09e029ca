//! Findings in a file besides its masks.

use super::skipped::Skipped;
use super::without_mask::WithoutMask;
use crate::standard_error;
use crate::text::printable;

/// Counts of what is no mask in a file, and names of what was not read.
#[derive(Debug, Default)]
pub struct Notes {
    /// A dataset's annotations without a mask.
    pub without_mask: WithoutMask,
    /// Bad items that were left out.
    pub skipped: Skipped,
    /// CSV's columns that were not read.
    pub unread_columns: Vec<String>,
}

impl Notes {
    /// Says on standard error what was not read: a line for each of the first bad items, and the
    /// columns unless the command is to be quiet.
    pub fn print(&self, is_quiet: bool) {
        let columns = self.unread_columns.join(", ");
        let columns =
            (!columns.is_empty() && !is_quiet).then(|| format!("columns not read: {columns}"));
        for line in self.skipped.lines().chain(columns) {
            standard_error::line(&printable(&line));
        }
    }
}
