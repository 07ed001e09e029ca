//! YouTube-VIS: a dataset of videos, or a list of results, whose objects have a mask for each
//! frame.

use std::collections::HashMap;
use std::io::BufRead;

use anyhow::{Context, Result, anyhow};

use super::list::{OnItem, read_list};
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
    if open().and_then(is_list).map_err(at_line(0))? {
        let mut index = 0;
        return read_list(reader, on, |item, on| {
            index += 1;
            result(item, index, on)
        });
    }
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

    /// Gives the mask of each frame that an annotation's object is in to `on`.
    fn annotation(&self, annotation: Value<'_>, on: &mut OnItem<'_>) -> Result<()> {
        let head = (|| {
            let video = annotation.member("video_id").context("no \"video_id\"")?;
            let video = self.videos.get(&video.id().context("video_id")?);
            let video = video.ok_or_else(|| anyhow!("no video has this id").context("video_id"))?;
            let id = annotation.member("id").map(Value::id).transpose();
            let is_crowd = annotation.member("iscrowd").map(Value::flag).transpose();
            Ok::<_, anyhow::Error>((video, id.context("id")?, is_crowd.context("iscrowd")?))
        })();
        let (video, id, is_crowd) = match head {
            Ok(head) => head,
            Err(error) => return on(Err(error)),
        };
        let track = Track {
            frames: Frames::Listed(video),
            id,
            is_crowd: is_crowd.unwrap_or(false),
            score: None,
            categories: &self.categories,
        };
        track.masks(annotation, on)
    }
}

/// Gives the mask of each frame that a result's object is in to `on`. Results have neither sizes
/// nor names of frames, which are called VIDEO_INDEX, nor ids of objects: each is one.
fn result(result: Value<'_>, index: i64, on: &mut OnItem<'_>) -> Result<()> {
    let head = (|| {
        let video = result.member("video_id").context("no \"video_id\"")?;
        let video = video.name().context("video_id")?.into_owned();
        let score = result.member("score").map(Value::number_or_text);
        Ok::<_, anyhow::Error>((video, score.transpose().context("score")?))
    })();
    let (video, score) = match head {
        Ok(head) => head,
        Err(error) => return on(Err(error)),
    };
    let track = Track {
        frames: Frames::Counted(video),
        id: Some(Id::Number(index)),
        is_crowd: false,
        score,
        categories: &HashMap::new(),
    };
    track.masks(result, on)
}

/// Frames of a video.
enum Frames<'a> {
    Listed(&'a Video),
    /// Frames of the video of this name, which are not listed.
    Counted(String),
}

impl Frames<'_> {
    fn sides(&self) -> Sides {
        match self {
            Frames::Listed(video) => video.sides,
            Frames::Counted(_) => Sides::default(),
        }
    }

    fn image(&self, index: usize) -> Result<ImageName> {
        Ok(ImageName::Name(match self {
            Frames::Listed(video) => {
                let file = video.files.get(index);
                let missing = || format!("the video has {} frames", video.files.len());
                file.with_context(missing)?.clone()
            }
            Frames::Counted(video) => format!("{video}_{index:05}").into(),
        }))
    }
}

/// An object of a video.
struct Track<'a> {
    frames: Frames<'a>,
    id: Option<Id>,
    is_crowd: bool,
    score: Option<f64>,
    categories: &'a HashMap<i64, String>,
}

impl Track<'_> {
    /// Gives each mask of `segmentations` that is not null to `on`.
    fn masks(&self, object: Value<'_>, on: &mut OnItem<'_>) -> Result<()> {
        let category = object.member("category_id");
        let category = category.map(|id| id.whole("a whole number of 64 bits"));
        let category = match category.transpose().context("category_id") {
            Ok(category) => category,
            Err(error) => return on(Err(error)),
        };
        let masks = object.member("segmentations");
        let masks = masks.into_iter().flat_map(Value::items).enumerate();
        for (frame, mask) in masks.filter(|(_, mask)| mask.kind() != Kind::Null) {
            let read = || -> Result<Object> {
                let image = self.frames.image(frame)?;
                let runs = part_mask(mask, self.frames.sides())?.to_runs()?;
                let label = category.and_then(|id| Some(self.categories.get(&id)?.as_str().into()));
                Ok(Object::Mask(Entry {
                    id: self.id.clone(),
                    category,
                    label,
                    is_crowd: self.is_crowd,
                    score: self.score,
                    ..Entry::labelled(image, None, runs)
                }))
            };
            on(read().with_context(|| format!("segmentations[{frame}]")))?;
        }
        Ok(())
    }
}

/// True if a file is a list.
fn is_list(mut reader: Reader) -> Result<bool> {
    loop {
        let buffer = reader.fill_buf().context("it cannot be read")?;
        let is_blank = |byte: &&u8| byte.is_ascii_whitespace();
        let (blank, length) = (buffer.iter().take_while(is_blank).count(), buffer.len());
        match buffer.get(blank) {
            Some(first) => return Ok(*first == b'['),
            None if length == 0 => return Ok(false),
            None => reader.consume(blank),
        }
    }
}
