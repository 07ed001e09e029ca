//! Numbers and names of categories, where one file has the one and another the other.

use std::collections::HashMap;

use anyhow::{Result, bail};
use maskrle::MaskView;

use crate::coco::Category;
use crate::encoded::{EncodedFile, Event, FileKind, Value, categories, has_key};

/// Categories by their numbers and by their names.
#[derive(Debug, Default)]
pub struct Labels {
    names: HashMap<i64, String>,
    numbers: HashMap<String, i64>,
    /// The last number that was counted.
    counted: i64,
    /// True if a mask without a category is an error: others have one, and none is given for it.
    pub are_needed: bool,
}

/// Fails where a mask that is not empty has no category, though one is needed.
pub fn check_category(is_needed: bool, category: Option<i64>, mask: MaskView<'_>) -> Result<()> {
    if is_needed && category.is_none() && mask.area() > 0 {
        bail!("no category, and others have one: --category ID:NAME says that of those without");
    }
    Ok(())
}

impl Labels {
    /// Categories of these names, and those of a dataset's own list.
    pub fn new(named: &[Category], file: &EncodedFile) -> Result<Self> {
        let mut labels = Labels::default();
        for Category { id, name } in named {
            labels.add(*id, name);
        }
        if file.kind == FileKind::Dataset {
            file.walk(&mut |event| {
                if let Event::Member { key, value } = event
                    && has_key(key, "categories")
                {
                    for (id, name) in categories(Value::new(value)) {
                        labels.add(id, &name);
                    }
                }
                Ok(())
            })?;
        }
        Ok(labels)
    }

    /// Adds a category, unless its number has a name.
    fn add(&mut self, id: i64, name: &str) {
        self.names.entry(id).or_insert_with(|| name.to_owned());
        self.numbers.entry(name.to_owned()).or_insert(id);
    }

    /// Number of a category: its own, that of its name, or the next one that is free.
    pub fn number(&mut self, id: Option<i64>, label: Option<&str>) -> Option<i64> {
        let label = match (id, label) {
            (None, Some(label)) => label,
            (Some(id), Some(label)) => {
                self.add(id, label);
                return Some(id);
            }
            _ => return id,
        };
        if let Some(&number) = self.numbers.get(label) {
            return Some(number);
        }
        self.counted += 1;
        while self.names.contains_key(&self.counted) {
            self.counted += 1;
        }
        self.add(self.counted, label);
        Some(self.counted)
    }

    /// Name of a category.
    pub fn name(&self, id: i64) -> Option<&str> {
        self.names.get(&id).map(String::as_str)
    }
}
