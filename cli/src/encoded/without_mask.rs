//! Counts of items that have no mask, by what they have in its place.

use anyhow::{Result, bail};

use super::fields::Fields;
use super::json::{Kind, Value};
use super::looks::advice;
use crate::text::plural;

/// Numbers of items without a mask.
#[derive(Debug, Clone, Copy, Default)]
pub struct WithoutMask {
    /// Number of all of them.
    pub items: u64,
    /// Number of those that have key points, perhaps in a box.
    key_points: u64,
    /// Number of the others that have a box.
    boxes: u64,
    /// The dialect that one of them looks to be of.
    dialect: Option<&'static str>,
}

impl WithoutMask {
    /// Counts an item with these members.
    pub fn add(&mut self, fields: &Fields<'_>) {
        let is_filled = |list: Option<Value<'_>>| {
            list.is_some_and(|list| list.kind() == Kind::List && list.items().next().is_some())
        };
        self.items += 1;
        self.dialect = self.dialect.or(fields.dialect);
        if is_filled(fields.keypoints) {
            self.key_points += 1;
        } else if is_filled(fields.bbox) {
            self.boxes += 1;
        }
    }

    /// Fails where there are such items, for one who looks for masks and found none in the
    /// file `name`. `item` is the word for one.
    pub fn check_none(&self, name: &str, item: &str) -> Result<()> {
        if self.items == 0 {
            return Ok(());
        }
        let clause = self
            .clause()
            .map_or_else(String::new, |clause| format!(", {clause}"));
        let look = self.dialect;
        let look = look.map_or_else(String::new, |dialect| format!("; {}", advice(dialect)));
        let items = plural(self.items, item, &format!("{item}s"));
        bail!(
            "{name}: no mask in {items}{clause}: a mask is a \"segmentation\", or \"size\" and \
             \"counts\"{look}"
        )
    }

    /// The clause that says what all of the items have; None where some have something else.
    pub fn clause(&self) -> Option<&'static str> {
        let is_one = self.items == 1;
        match (self.key_points, self.boxes) {
            (0, 0) => None,
            (points, boxes) if points + boxes < self.items => None,
            (_, 0) if is_one => Some("which has key points alone"),
            (0, _) if is_one => Some("which has a box alone"),
            (_, 0) => Some("which have key points alone"),
            (0, _) => Some("which have boxes alone"),
            _ => Some("which have key points or boxes alone"),
        }
    }
}
