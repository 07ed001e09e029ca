//! What is known of an annotation, a result or a row.

use std::borrow::Cow;
use std::ops::Range;

use anyhow::{Context, Result, anyhow};
use serde::Deserialize;
use serde_json::value::RawValue;

use super::json::{Place, parse};
use crate::coco::{Id, Images, Listed, Seen};

/// The members of an object that are looked at, as they are spelt. Its other members are nobody's
/// business here.
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
    pub fn read(place: Place, text: &'a str) -> Result<Self> {
        parse(text).map_err(|error| place.around(error))
    }

    /// A member of type T, if it is there.
    pub fn get<T: Deserialize<'a>>(
        place: Place,
        key: &str,
        value: Option<&'a RawValue>,
    ) -> Result<Option<T>> {
        value
            .map(|value| parse(value.get()))
            .transpose()
            .with_context(|| place.key(key))
    }

    /// The image that an annotation is of, which one of a dataset's must be.
    pub fn image<'i>(&self, place: Place, images: &'i Images) -> Result<(Id, &'i Listed)> {
        let id: Option<Id> = Self::get(place, "image_id", self.image_id)?;
        let id = match id.or_else(|| images.only().cloned()) {
            Some(id) => id,
            None => return Err(place.around(anyhow!("no \"image_id\""))),
        };
        match images.get(&id) {
            Some(image) => Ok((id, image)),
            None => Err(anyhow!("no image has the id {id}").context(place.key("image_id"))),
        }
    }

    pub fn source(&self, place: Place) -> Result<Option<Cow<'a, str>>> {
        Self::get(place, "source", self.source)
    }
}

/// The ids of a dataset's annotations: each has one, and each another.
#[derive(Debug, Default)]
pub struct AnnotationIds(Seen);

impl AnnotationIds {
    pub fn check(&mut self, place: Place, fields: &Fields<'_>) -> Result<()> {
        let id: Option<Id> = Fields::get(place, "id", fields.id)?;
        let id = id.ok_or_else(|| place.around(anyhow!("no \"id\"")))?;
        match self.0.insert(&id) {
            true => Ok(()),
            false => Err(anyhow!("another annotation has the id {id}").context(place.key("id"))),
        }
    }
}

/// Where in a text a part of it is.
pub fn span(text: &str, part: &RawValue) -> Range<usize> {
    let start = part.get().as_ptr() as usize - text.as_ptr() as usize;
    start..start + part.get().len()
}
