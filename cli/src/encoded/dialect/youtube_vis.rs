//! YouTube-VIS: a dataset of videos, whose annotations have a mask for each frame.

use std::collections::HashMap;

use anyhow::{Context, Result, anyhow};

use super::object::{OnObject, Open};
use crate::coco::{Id, Sides};
use crate::encoded::bytes::Reader;
use crate::encoded::categories::categories;
use crate::encoded::entry::{Entry, ImageName, Object};
use crate::encoded::json::{Event, Item, Kind, Value, has_key, walk_dataset, walk_member};
use crate::encoded::line_error::{LineError, at_line};
use crate::encoded::mask::part_mask;

/// A video of the list.
struct Video {
    sides: Sides,
    files: Vec<Box<str>>,
}

/// Videos and names of categories.
#[derive(Default)]
struct Lists {
    videos: HashMap<Id, Video>,
    categories: HashMap<i64, String>,
}

pub fn read(reader: Reader, open: &Open<'_>, on: &mut OnObject<'_>) -> Result<(), LineError> {
    let mut lists = Lists::default();
    for key in ["videos", "categories"] {
        let reader = open().map_err(at_line(0))?;
        walk_member(reader, key, &mut |event| match event {
            Event::Member { key, value } if has_key(key, "videos") => {
                lists.add_videos(Value::new(value))
            }
            Event::Member { value, .. } => {
                lists.categories = categories(Value::new(value)).collect();
                Ok(())
            }
            _ => Ok(()),
        })?;
    }
    walk_dataset(reader, &mut |event| match event {
        Event::Item(Item {
            location,
            text,
            line,
            ..
        }) => lists.annotation(Value::new(text), &mut |object| {
            on(line, object.map_err(|error| location.locate(error)))
        }),
        _ => Ok(()),
    })
}

impl Lists {
    fn add_videos(&mut self, list: Value<'_>) -> Result<()> {
        for (index, video) in list.items().enumerate() {
            let read = || {
                let id = video
                    .member("id")
                    .context("no \"id\"")?
                    .id()
                    .context("id")?;
                let side = |key: &'static str| {
                    let side = video
                        .member(key)
                        .map(|side| side.whole("a number of pixels"));
                    side.transpose().context(key)
                };
                let sides = Sides::new(side("height")?, side("width")?);
                let files = video.member("file_names").context("no \"file_names\"")?;
                let files = files.items().map(|file| Ok(file.string()?.into()));
                let files = files.collect::<Result<_>>().context("file_names")?;
                Ok::<_, anyhow::Error>((id, Video { sides, files }))
            };
            let (id, video) = read().with_context(|| format!("videos[{index}]"))?;
            self.videos.insert(id, video);
        }
        Ok(())
    }

    /// Gives the mask of each frame that the object is in to `on`.
    fn annotation(
        &self,
        annotation: Value<'_>,
        on: &mut dyn FnMut(Result<Object>) -> Result<()>,
    ) -> Result<()> {
        let head = (|| {
            let member = |key| {
                annotation
                    .member(key)
                    .with_context(|| format!("no {key:?}"))
            };
            let video = member("video_id")?.id().context("video_id")?;
            let video = self.videos.get(&video);
            let video = video.ok_or_else(|| anyhow!("no video has this id").context("video_id"))?;
            let id = annotation
                .member("id")
                .map(Value::id)
                .transpose()
                .context("id")?;
            let category = annotation.member("category_id");
            let category = category.map(|id| id.whole("a whole number of 64 bits"));
            Ok::<_, anyhow::Error>((video, id, category.transpose().context("category_id")?))
        })();
        let (video, id, category) = match head {
            Ok(head) => head,
            Err(error) => return on(Err(error)),
        };
        let is_crowd = annotation.member("iscrowd").map(Value::flag).transpose();
        let is_crowd = is_crowd.ok().flatten().unwrap_or(false);
        let masks = annotation
            .member("segmentations")
            .into_iter()
            .flat_map(Value::items);
        for (frame, mask) in masks
            .enumerate()
            .filter(|(_, mask)| mask.kind() != Kind::Null)
        {
            let object: Result<Object> = (|| {
                let file = video.files.get(frame);
                let file =
                    file.with_context(|| format!("the video has {} frames", video.files.len()))?;
                let runs = part_mask(mask, video.sides)?.to_runs()?;
                let image = ImageName::Name(file.clone());
                Ok(Object::Mask(Entry {
                    id: id.clone(),
                    category,
                    label: category.and_then(|id| Some(self.categories.get(&id)?.as_str().into())),
                    is_crowd,
                    ..Entry::labelled(image, None, runs)
                }))
            })();
            on(object.with_context(|| format!("segmentations[{frame}]")))?;
        }
        Ok(())
    }
}
