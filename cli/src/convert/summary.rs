//! Counts of what a conversion did.

use anyhow::{Result, bail};

use crate::encoded::{EncodedFile, FileKind, Notes};
use crate::text::plural;

/// Numbers of the masks of an item.
#[derive(Debug, Default)]
pub struct Masks {
    pub written: u64,
    /// Number of empty ones that were left out.
    pub empty: u64,
    /// True if they are the labels of a map.
    pub are_labels: bool,
}

impl Masks {
    /// Counts a mask, which was written or, being empty, left out.
    pub fn add(&mut self, is_written: bool) {
        if is_written {
            self.written += 1;
        } else {
            self.empty += 1;
        }
    }
}

/// Fate of a file's items that have no mask.
#[derive(Debug, Clone, Copy, Default)]
pub enum Others {
    #[default]
    LeftOut,
    /// They are as they were.
    Kept,
    /// They got what their document needs.
    Completed,
}

/// Counts of a file's masks, and of its items that have none.
#[derive(Debug, Default)]
pub struct Summary {
    /// Number of masks that were written anew.
    pub written: u64,
    /// Number of masks that are as they were.
    pub kept: u64,
    /// Number of empty masks that no annotation was made of.
    pub empty: u64,
    /// Number of label maps that became masks of their labels, and of these masks.
    pub label_maps: u64,
    pub of_label_maps: u64,
    /// Number of items that lost places which do not follow their masks.
    pub lost_places: u64,
    /// Fate of items without a mask.
    pub others: Others,
    /// True if a dataset has no list of annotations.
    pub lacks_list: bool,
    /// True if masks have images that are known by their names or sources.
    pub have_names: bool,
    /// The words for images that are counted, where it would not be seen.
    pub counted: Option<&'static str>,
    pub notes: Notes,
}

impl Summary {
    /// Counts the masks of an item.
    pub fn add(&mut self, masks: Masks) {
        self.written += masks.written;
        self.empty += masks.empty;
        if masks.are_labels {
            self.label_maps += 1;
            self.of_label_maps += masks.written;
        }
    }

    /// Fails where the file has no mask, though it has what might be one.
    pub fn check(&self, file: &EncodedFile) -> Result<()> {
        let without = self.notes.without_mask.items;
        let bad = self.notes.skipped.items;
        if self.written + self.kept + self.empty > 0 {
            return Ok(());
        }
        let (name, item) = (&file.name, item(file.kind));
        if bad > 0 {
            bail!(
                "{name}: no mask is left: {} left out as bad, {without} without a mask",
                count(bad, item)
            );
        }
        self.notes.without_mask.check_none(name, item)?;
        if self.lacks_list {
            bail!("{name}: a dataset without \"annotations\" has no masks to convert");
        }
        Ok(())
    }

    /// The line on standard error.
    pub fn line(&self, file: &EncodedFile) -> String {
        let mut line = format!("{} written anew", count(self.written, "mask"));
        if self.label_maps > 0 {
            line += &format!(
                " ({} of them from {})",
                self.of_label_maps,
                count(self.label_maps, "label map")
            );
        }
        let mut add = |number: u64, noun: &str, what: &str| {
            if number > 0 {
                line += &format!(", {} {what}", count(number, noun));
            }
        };
        let item = item(file.kind);
        let skipped = &self.notes.skipped;
        let without = match (self.others, self.notes.without_mask.items) {
            (Others::Kept, 1) => "without a mask left as it is",
            (Others::Kept, _) => "without a mask left as they are",
            (Others::Completed, _) => "without a mask completed",
            (Others::LeftOut, _) => "without a mask left out",
        };
        let kept = match self.kept {
            1 => "kept as it is",
            _ => "kept as they are",
        };
        add(self.kept, "mask", kept);
        add(self.empty, "empty mask", "left out");
        add(self.notes.without_mask.items, item, without);
        add(
            self.lost_places,
            item,
            "without the key points or prompts that do not follow",
        );
        add(skipped.items, item, "left out as bad");
        add(skipped.polygons, "polygon", "left out as bad");
        if let Some(counted) = self.counted {
            line += &format!("; {counted}");
        }
        line
    }
}

/// Name of what a mask is of.
fn item(kind: FileKind) -> &'static str {
    match kind {
        FileKind::Dataset => "annotation",
        FileKind::List => "item",
        FileKind::Dialect(dialect) => dialect.item(),
        FileKind::Rows | FileKind::Csv | FileKind::Empty => "row",
    }
}

/// A number and its noun.
fn count(number: u64, noun: &str) -> String {
    plural(number, noun, &format!("{noun}s"))
}
