//! Label Studio: tasks, whose annotations and predictions hold brush masks.

use anyhow::{Context, Result, bail};
use maskrle::dialect::LabelStudioRle;

use super::list::{OnItem, read_list};
use super::object::OnObject;
use crate::coco::Id;
use crate::encoded::bytes::Reader;
use crate::encoded::entry::{Entry, ImageName, Object};
use crate::encoded::json::{Kind, Value};
use crate::encoded::line_error::LineError;
use crate::encoded::mask::numbers;

pub fn read(reader: Reader, on: &mut OnObject<'_>) -> Result<(), LineError> {
    read_list(reader, on, task)
}

/// Gives each result of a task to `on`. Annotations that were cancelled are skipped; predictions
/// count where there is no annotation.
fn task(task: Value<'_>, on: &mut OnItem<'_>) -> Result<()> {
    if task.kind() != Kind::Object {
        return on(Err(task.unlike("a task, an object,")));
    }
    let image = match image_of(task) {
        Ok(image) => image,
        Err(error) => return on(Err(error)),
    };
    let is_cancelled = |answer: &Value<'_>| {
        answer
            .member("was_cancelled")
            .is_some_and(|flag| flag.flag().is_ok_and(|flag| flag))
    };
    let list = |key| task.member(key).into_iter().flat_map(Value::items);
    let mut answers: Vec<_> = list("annotations")
        .filter(|answer| !is_cancelled(answer))
        .collect();
    if answers.is_empty() {
        answers = list("predictions").collect();
    }
    for (index, answer) in answers.into_iter().enumerate() {
        let results = answer.member("result").into_iter().flat_map(Value::items);
        for (number, result) in results.enumerate() {
            let object = object(result, &image, answer);
            on(object.with_context(|| format!("annotations[{index}].result[{number}]")))?;
        }
    }
    Ok(())
}

/// Name of a task's image: the first text of its data that has the usual name, or any.
fn image_of(task: Value<'_>) -> Result<ImageName> {
    let texts = |value: Value<'_>| value.string().ok().map(|text| file_of(&text).into());
    let data = task.member("data");
    let named = data.and_then(|data| data.member("image")).and_then(texts);
    let any = || data?.members().find_map(|member| texts(member.value));
    if let Some(name) = named.or_else(any) {
        return Ok(ImageName::Name(name));
    }
    let id = task
        .member("id")
        .context("no image in \"data\", and no \"id\"")?;
    Ok(ImageName::Id(
        Id::Number(id.whole("a whole number").context("id")?),
        None,
    ))
}

/// Name of an image in a URL: its last part, after the hash that Label Studio puts before the names
/// of uploads.
fn file_of(url: &str) -> &str {
    let path = url.split(['?', '#']).next().unwrap_or(url);
    let (folders, file) = path.rsplit_once('/').unwrap_or(("", path));
    let is_hash = |text: &str| text.len() == 8 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    match file.split_once('-') {
        Some((hash, name)) if folders.contains("upload") && is_hash(hash) => name,
        _ => file,
    }
}

fn object(result: Value<'_>, image: &ImageName, answer: Value<'_>) -> Result<Object> {
    let value = result.member("value");
    let Some((value, rle)) = value.and_then(|value| Some((value, value.member("rle")?))) else {
        return Ok(Object::NoMask);
    };
    let side = |key: &'static str| {
        let side = result.member(key).with_context(|| format!("no {key:?}"))?;
        side.whole("a number of pixels").context(key)
    };
    let size = [side("original_height")?, side("original_width")?];
    if let Some(turned) = result.member("image_rotation")
        && turned.number().is_ok_and(|turned| turned != 0.0)
    {
        bail!(
            "the image was rotated by {} degrees, which is not read",
            turned.json()
        );
    }
    let bytes: Vec<u8> = numbers(rle, "a byte, a whole number from 0 to 255,").context("rle")?;
    let runs = LabelStudioRle::new(size, bytes).to_runs().context("rle")?;
    let labels = value.member("brushlabels").or(value.member("labels"));
    let label = labels.and_then(|labels| labels.items().next());
    let label = label
        .map(Value::string)
        .transpose()
        .context("brushlabels")?;
    let score = result.member("score").or(answer.member("score"));
    let entry = Entry::labelled(image.clone(), label.as_deref(), runs);
    Ok(Object::Mask(Entry {
        score: score.and_then(|score| score.number().ok()),
        ..entry
    }))
}
