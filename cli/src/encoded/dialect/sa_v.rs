//! SA-V: a video's masks as `masklet[frame][object]`, each COCO's RLE.

use anyhow::{Context, Result};

use super::list::{OnItem, read_objects};
use super::object::OnObject;
use crate::coco::{Id, Sides};
use crate::encoded::bytes::Reader;
use crate::encoded::entry::{Entry, ImageName, Object};
use crate::encoded::json::{Kind, Value};
use crate::encoded::line_error::LineError;
use crate::encoded::mask::part_mask;

pub fn read(reader: Reader, on: &mut OnObject<'_>) -> Result<(), LineError> {
    read_objects(reader, on, video)
}

/// Gives each mask of a video to `on`. Frames are called VIDEO_INDEX, by their index in the list,
/// which has one for every fourth frame.
fn video(video: Value<'_>, on: &mut OnItem<'_>) -> Result<()> {
    let frames = match video.member("masklet") {
        Some(frames) if frames.kind() == Kind::List => frames,
        Some(other) => return on(Err(other.unlike("a list of frames").context("masklet"))),
        None => return on(Err(anyhow::anyhow!("no \"masklet\""))),
    };
    let name = video.member("video_id").map(Value::name).transpose();
    let name = match name.context("video_id") {
        Ok(name) => name.unwrap_or("video".into()),
        Err(error) => return on(Err(error)),
    };
    let ids: Vec<_> = video
        .member("masklet_id")
        .into_iter()
        .flat_map(Value::items)
        .collect();
    for (frame, masks) in frames.items().enumerate() {
        for (index, mask) in masks.items().enumerate() {
            let object = (|| {
                let id = match ids.get(index) {
                    Some(id) => id.id().context("masklet_id")?,
                    None => Id::Number(index as i64),
                };
                let mask = part_mask(mask, Sides::default());
                let runs = mask.and_then(|mask| Ok(mask.to_runs()?));
                let runs = runs.with_context(|| format!("masklet[{frame}][{index}]"))?;
                let image = ImageName::Name(format!("{name}_{frame:05}").into());
                let entry = Entry::labelled(image, None, runs);
                Ok(Object::Mask(Entry {
                    id: Some(id),
                    ..entry
                }))
            })();
            on(object)?;
        }
    }
    Ok(())
}
