//! Members of an annotation, a result or a row.

use std::borrow::Cow;

use anyhow::{Context, Result, anyhow};
use serde::Deserialize;
use serde_json::value::RawValue;

use super::json_text::parse;
use super::location::Location;
use crate::coco::{Id, Images, ListedImage, SeenIds};

/// Members of an object that are looked at, each as the text that the file has. Other members are
/// skipped.
#[derive(Debug, Deserialize)]
pub struct Fields<'a> {
    #[serde(borrow)]
    pub id: Option<&'a RawValue>,
    #[serde(borrow)]
    pub image_id: Option<&'a RawValue>,
    #[serde(borrow)]
    pub category_id: Option<&'a RawValue>,
    #[serde(borrow)]
    pub score: Option<&'a RawValue>,
    #[serde(borrow)]
    pub iscrowd: Option<&'a RawValue>,
    #[serde(borrow)]
    pub segmentation: Option<&'a RawValue>,
    #[serde(borrow)]
    pub size: Option<&'a RawValue>,
    #[serde(borrow)]
    pub counts: Option<&'a RawValue>,
    #[serde(borrow)]
    pub values: Option<&'a RawValue>,
    #[serde(borrow)]
    pub order: Option<&'a RawValue>,
    #[serde(borrow)]
    pub source: Option<&'a RawValue>,
    #[serde(borrow)]
    pub index: Option<&'a RawValue>,
    #[serde(borrow)]
    pub value: Option<&'a RawValue>,
}

impl<'a> Fields<'a> {
    /// Reads the members of the object `text`.
    pub fn read(location: Location, text: &'a str) -> Result<Self> {
        parse(text).map_err(|error| location.locate(error))
    }

    /// Reads a member of type T, if it is there.
    pub fn get<T: Deserialize<'a>>(
        location: Location,
        key: &str,
        value: Option<&'a RawValue>,
    ) -> Result<Option<T>> {
        value
            .map(|value| parse(value.get()))
            .transpose()
            .with_context(|| location.key(key))
    }

    /// Image of an annotation, which a dataset must list.
    pub fn image<'i>(
        &self,
        location: Location,
        images: &'i Images,
    ) -> Result<(Id, &'i ListedImage)> {
        let id: Option<Id> = Self::get(location, "image_id", self.image_id)?;
        let id = match id.or_else(|| images.only().cloned()) {
            Some(id) => id,
            None => return Err(location.locate(anyhow!("no \"image_id\""))),
        };
        match images.get(&id) {
            Some(image) => Ok((id, image)),
            None => Err(anyhow!("no image has the id {id}").context(location.key("image_id"))),
        }
    }

    /// Name of the file that a row was encoded from.
    pub fn source(&self, location: Location) -> Result<Option<Cow<'a, str>>> {
        Self::get(location, "source", self.source)
    }
}

/// Ids of a dataset's annotations, each of which has an id of its own.
#[derive(Debug, Default)]
pub struct AnnotationIds(SeenIds);

impl AnnotationIds {
    /// Fails where an annotation has no id, or one that another has.
    pub fn check(&mut self, location: Location, fields: &Fields<'_>) -> Result<()> {
        let id: Option<Id> = Fields::get(location, "id", fields.id)?;
        let id = id.ok_or_else(|| location.locate(anyhow!("no \"id\"")))?;
        match self.0.insert(&id) {
            true => Ok(()),
            false => Err(anyhow!("another annotation has the id {id}").context(location.key("id"))),
        }
    }
}
