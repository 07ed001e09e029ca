//! The categories of a dataset that stays one.

use std::collections::HashSet;

use anyhow::{Result, bail};
use serde::Serialize;

use super::edits::Edits;
use crate::coco::{Categories, Category, Id};
use crate::encoded::{Kind, Value};

/// The list of categories that a dataset has, and those that its annotations are of.
pub struct DatasetCategories<'a> {
    /// Categories with names to give.
    named: &'a [Category],
    /// Category of annotations without one, and true if there are any.
    usual: Category,
    has_usual: bool,
    /// JSON of the list, if there is one.
    list: Option<String>,
    /// Categories of the annotations, in the order that they came in.
    used: Vec<Id>,
    seen: HashSet<Id>,
}

/// A category that is added to the list.
#[derive(Serialize)]
struct CategoryRow<'a> {
    id: &'a Id,
    name: &'a str,
}

impl<'a> DatasetCategories<'a> {
    pub fn new(named: &'a [Category]) -> Self {
        let usual = named.first().cloned().unwrap_or_else(Category::usual);
        DatasetCategories {
            named,
            usual,
            has_usual: false,
            list: None,
            used: Vec::new(),
            seen: HashSet::new(),
        }
    }

    /// Category of annotations without one.
    pub fn usual(&self) -> &Category {
        &self.usual
    }

    /// Adds the category of an annotation without one.
    pub fn add_usual(&mut self) {
        self.has_usual = true;
    }

    /// Takes the dataset's list.
    pub fn set_list(&mut self, list: &str) {
        self.list = Some(list.to_owned()).filter(|list| list != "null");
    }

    /// Adds the category of an annotation.
    pub fn add(&mut self, id: &Id) -> Result<()> {
        if !self.seen.contains(id) {
            if self.used.len() == Categories::MOST {
                bail!("more than {} labels are no categories", Categories::MOST);
            }
            self.used.push(id.clone());
            self.seen.insert(id.clone());
        }
        Ok(())
    }

    /// JSON of the list with all categories, each with the name that it was given; None without a
    /// category. A category that has no name is called as its id.
    pub fn json(&self) -> Result<Option<String>> {
        let (mut items, mut listed) = (Vec::new(), HashSet::new());
        let old = Value::new(self.list.as_deref().unwrap_or("[]"));
        if old.kind() != Kind::List {
            return Err(old.unlike("a list"));
        }
        for category in old.items() {
            let (text, id) = self.named_anew(category)?;
            items.push(text);
            listed.extend(id);
        }
        let (count, is_listed) = (items.len(), self.list.is_some());
        let named = self.named.iter().map(|named| Id::Number(named.id));
        let usual = self.has_usual.then_some(Id::Number(self.usual.id));
        for id in named.chain(usual).chain(self.used.iter().cloned()) {
            if listed.insert(id.clone()) {
                let is_usual = self.has_usual && id == Id::Number(self.usual.id);
                let usual = is_usual.then_some(self.usual.name.as_str());
                let name = self.name_of(&id).or(usual);
                let name = name.map_or_else(|| id.plain().into_owned(), str::to_owned);
                items.push(serde_json::to_string(&CategoryRow {
                    id: &id,
                    name: &name,
                })?);
            }
        }
        if items.len() == count && self.named.is_empty() {
            return Ok(self.list.clone());
        }
        let is_there = is_listed || !items.is_empty();
        Ok(is_there.then(|| format!("[\n{}\n]", items.join(",\n"))))
    }

    /// A category of the list with the name that it is given, and its id.
    fn named_anew(&self, category: Value<'_>) -> Result<(String, Option<Id>)> {
        let text = category.json();
        let id = category.member("id").and_then(|id| id.id().ok());
        let name = id.as_ref().and_then(|id| self.name_of(id));
        let Some(name) = name else {
            return Ok((text.to_owned(), id));
        };
        let mut edits = Edits::new(text);
        edits.set("name", &name)?;
        Ok((edits.finish(), id))
    }

    /// Name that a category was given.
    fn name_of(&self, id: &Id) -> Option<&str> {
        let named = self.named.iter();
        let mut found = named.filter(|named| Id::Number(named.id) == *id);
        found.next().map(|named| named.name.as_str())
    }
}
