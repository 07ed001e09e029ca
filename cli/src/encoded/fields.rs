//! Members of an annotation, a result or a row.

use anyhow::{Context, Result, anyhow};

use super::json::{Kind, Location, Value, decoded};
use super::looks::{advice, dialect_of_key};
use crate::coco::{Id, Images, ListedImage, SeenIds};

/// Members of an object that are looked at, where they are there and not null. Other members are
/// skipped, and of these the value is read by whoever needs it: files have keys of their own. Of a
/// repeated key the last counts.
#[derive(Debug, Default)]
pub struct Fields<'a> {
    pub id: Option<Value<'a>>,
    pub image_id: Option<Value<'a>>,
    pub category_id: Option<Value<'a>>,
    pub score: Option<Value<'a>>,
    pub iscrowd: Option<Value<'a>>,
    pub segmentation: Option<Value<'a>>,
    pub size: Option<Value<'a>>,
    pub counts: Option<Value<'a>>,
    pub values: Option<Value<'a>>,
    pub order: Option<Value<'a>>,
    pub source: Option<Value<'a>>,
    pub index: Option<Value<'a>>,
    pub value: Option<Value<'a>>,
    pub bbox: Option<Value<'a>>,
    pub keypoints: Option<Value<'a>>,
    /// The dialect that a key is of.
    pub dialect: Option<&'static str>,
}

impl<'a> Fields<'a> {
    /// Finds the members of the object `text`.
    pub fn read(location: Location, text: &'a str) -> Result<Self> {
        let object = Value::new(text);
        if object.kind() != Kind::Object {
            return Err(location.locate(object.unlike("an object")));
        }
        let mut fields = Fields::default();
        for member in object.members() {
            let Some(key) = decoded(member.key) else {
                continue;
            };
            let field = match &*key {
                "id" => &mut fields.id,
                "image_id" => &mut fields.image_id,
                "category_id" => &mut fields.category_id,
                "score" => &mut fields.score,
                "iscrowd" => &mut fields.iscrowd,
                "segmentation" => &mut fields.segmentation,
                "size" => &mut fields.size,
                "counts" => &mut fields.counts,
                "values" => &mut fields.values,
                "order" => &mut fields.order,
                "source" => &mut fields.source,
                "index" => &mut fields.index,
                "value" => &mut fields.value,
                "bbox" => &mut fields.bbox,
                "keypoints" => &mut fields.keypoints,
                other => {
                    fields.dialect = fields.dialect.or_else(|| dialect_of_key(other));
                    continue;
                }
            };
            *field = Some(member.value).filter(|value| value.kind() != Kind::Null);
        }
        Ok(fields)
    }

    /// The words that follow in an error, where a key is that of a dialect.
    pub fn advice(&self) -> String {
        let dialect = self.dialect;
        dialect.map_or_else(String::new, |dialect| format!("; {}", advice(dialect)))
    }

    /// Reads a member, if it is there.
    pub fn get<T>(
        location: Location,
        key: &str,
        value: Option<Value<'a>>,
        read: impl FnOnce(Value<'a>) -> Result<T>,
    ) -> Result<Option<T>> {
        value
            .map(read)
            .transpose()
            .with_context(|| location.key(key))
    }

    /// Image of an annotation, which a dataset must list.
    pub fn image<'i>(
        &self,
        location: Location,
        images: &'i Images,
    ) -> Result<(Id, &'i ListedImage)> {
        let id = Self::get(location, "image_id", self.image_id, Value::id)?;
        let id = match id.or_else(|| images.only().cloned()) {
            Some(id) => id,
            None => {
                let advice = self.advice();
                return Err(location.locate(anyhow!("no \"image_id\"{advice}")));
            }
        };
        match images.get(&id) {
            Some(image) => Ok((id, image)),
            None => Err(no_image(&id, images).context(location.key("image_id"))),
        }
    }
}

/// The error of an annotation's image that is not listed.
fn no_image(id: &Id, images: &Images) -> anyhow::Error {
    let other = match id {
        Id::Text(text) => Id::of_text(text),
        id => Id::Text(id.plain().into()),
    };
    let why = match images.get(&other) {
        Some(_) => format!(": one has the id {other}, and text is no number"),
        None if images.iter().next().is_none() => ": the dataset has no list of \"images\"".into(),
        None => String::new(),
    };
    anyhow!("no image has the id {id}{why}")
}

/// Ids of a dataset's annotations, each of which has an id of its own.
#[derive(Debug, Default)]
pub struct AnnotationIds(SeenIds);

impl AnnotationIds {
    /// Fails where an annotation has no id, or one that another has.
    pub fn check(&mut self, location: Location, fields: &Fields<'_>) -> Result<()> {
        let id = Fields::get(location, "id", fields.id, Value::id)?;
        let id = id.ok_or_else(|| location.locate(anyhow!("no \"id\"")))?;
        match self.0.insert(&id) {
            true => Ok(()),
            false => Err(anyhow!("another annotation has the id {id}").context(location.key("id"))),
        }
    }
}
