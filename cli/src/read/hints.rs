//! Remarks on shapes that look like another layout's.

use super::name::Name;
use crate::text::plural;

/// The first remark on a shape, and the number of all.
#[derive(Debug, Default)]
pub struct Hints {
    first: Option<String>,
    count: u64,
}

impl Hints {
    /// Notes a remark on an input.
    pub fn add(&mut self, name: &Name, hint: &str) {
        self.count += 1;
        self.first
            .get_or_insert_with(|| format!("{}: {hint}", name.source));
    }

    /// A line of the summary; none if there was no remark.
    pub fn note(&self) -> Option<String> {
        let others = match self.count.saturating_sub(1) {
            0 => String::new(),
            others => format!(" (and {} like it)", plural(others, "array", "arrays")),
        };
        self.first.as_ref().map(|first| format!("{first}{others}"))
    }
}
