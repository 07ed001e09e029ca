//! The categories of a dataset's annotations.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Result, bail};
use serde::Serialize;

/// A category: its id and name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Category {
    pub id: i64,
    pub name: String,
}

impl Category {
    /// Category of masks for which none is given.
    pub fn usual() -> Self {
        Category {
            id: 1,
            name: "object".into(),
        }
    }

    /// Reads `ID:NAME`.
    pub fn parse(text: &str) -> Result<Self, String> {
        let parts = text
            .split_once(':')
            .and_then(|(id, name)| Some((id.parse().ok()?, name.trim())));
        match parts {
            Some((id, name)) if !name.is_empty() => Ok(Category {
                id,
                name: name.into(),
            }),
            _ => Err(format!(
                "{text:?} is not a number and a name, such as 1:coin"
            )),
        }
    }
}

/// Categories that were named on the command line, and those of the annotations.
#[derive(Debug, Default)]
pub struct Categories(BTreeMap<i64, String>);

impl Categories {
    /// Most categories of a dataset. A label map with more labels is one of instances, not of
    /// classes.
    pub const MOST: usize = 1 << 16;

    /// Categories of these names; two names of one id are an error.
    pub fn named(named: &[Category]) -> Result<Self> {
        let mut categories = BTreeMap::new();
        for Category { id, name } in named {
            let other = categories.insert(*id, name.clone());
            if let Some(other) = other.filter(|other| other != name) {
                bail!("the category {id} is both {other:?} and {name:?}");
            }
        }
        Ok(Categories(categories))
    }

    /// Adds the categories of annotations, or none of them if they are too many. Where one has no
    /// name yet, its number becomes its name.
    pub fn add(&mut self, ids: &BTreeSet<i64>) -> Result<()> {
        let new = ids.iter().filter(|id| !self.0.contains_key(id)).count();
        if self.0.len() + new > Self::MOST {
            bail!("more than {} labels are no categories", Self::MOST);
        }
        for &id in ids {
            self.0.entry(id).or_insert_with(|| id.to_string());
        }
        Ok(())
    }

    /// Adds a category whose name is known. It takes the place of a number that was its name.
    pub fn add_named(&mut self, Category { id, name }: &Category) {
        let known = self.0.entry(*id).or_insert_with(|| name.clone());
        if *known == id.to_string() {
            known.clone_from(name);
        }
    }

    /// All categories, ordered by their ids.
    pub fn list(&self) -> impl Iterator<Item = Category> {
        self.0.iter().map(|(&id, name)| Category {
            id,
            name: name.clone(),
        })
    }
}
