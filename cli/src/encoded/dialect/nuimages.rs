//! nuImages: a list of annotations, whose `mask` is base64 of COCO's string.

use anyhow::{Context, Result};
use maskrle::dialect::NuImagesRle;

use super::list::read_list;
use super::object::OnObject;
use crate::encoded::bytes::Reader;
use crate::encoded::entry::{Entry, ImageName, Object};
use crate::encoded::json::{Kind, Value};
use crate::encoded::line_error::LineError;
use crate::encoded::mask::read_size;

pub fn read(reader: Reader, on: &mut OnObject<'_>) -> Result<(), LineError> {
    read_list(reader, on, |item, on| on(object(item)))
}

fn object(annotation: Value<'_>) -> Result<Object> {
    if annotation.kind() != Kind::Object {
        return Err(annotation.unlike("an object"));
    }
    let Some(mask) = annotation.member("mask") else {
        return Ok(Object::NoMask);
    };
    let runs = (|| {
        let member = |key| mask.member(key).with_context(|| format!("no {key:?}"));
        let size = read_size(member("size")?).context("size")?;
        let counts = member("counts")?.string().context("counts")?;
        Ok::<_, anyhow::Error>(NuImagesRle::new(size, counts).to_runs()?)
    })()
    .context("mask")?;
    let token = |key: &'static str| {
        let token = annotation.member(key).map(Value::name).transpose();
        token.context(key)
    };
    let image = token("sample_data_token")?.context("no \"sample_data_token\"")?;
    let category = token("category_token")?;
    let image = ImageName::Name((*image).into());
    Ok(Object::Mask(Entry::labelled(
        image,
        category.as_deref(),
        runs,
    )))
}
