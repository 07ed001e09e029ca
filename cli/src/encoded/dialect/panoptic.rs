//! COCO panoptic: images whose segments are the ids of a PNG's pixels.

use std::collections::HashMap;

use anyhow::{Context, Result, anyhow, bail};
use maskrle::{MaskView, Runs};

use super::list::OnItem;
use super::object::{DialectOptions, OnObject, Open, PngOptions};
use crate::coco::{Id, Images};
use crate::encoded::bytes::Reader;
use crate::encoded::categories::categories;
use crate::encoded::entry::{Entry, ImageName, Object};
use crate::encoded::image::read_image;
use crate::encoded::json::{Event, Item, List, Value, walk_dataset, walk_member};
use crate::encoded::limits::limits;
use crate::encoded::line_error::{LineError, at_line};
use crate::encoded::needs::Need;
use crate::read::{Channels, LabelReader};

/// Images, names of categories, and what reads the PNGs.
struct Panoptic<'a> {
    images: Images,
    categories: HashMap<i64, String>,
    pngs: PngOptions<'a>,
    labels: LabelReader,
}

/// A PNG and the masks of its ids.
struct Png<'a> {
    file_name: &'a str,
    image: ImageName,
    /// Ids, in ascending order, each with true once a segment has it.
    ids: Vec<(i64, bool)>,
    masks: Runs,
}

pub fn read(
    reader: Reader,
    open: &Open<'_>,
    options: &DialectOptions<'_>,
    on: &mut OnObject<'_>,
) -> Result<(), LineError> {
    let pngs = options.pngs;
    let mut panoptic = Panoptic {
        images: Images::default(),
        categories: HashMap::new(),
        pngs,
        labels: LabelReader::new(pngs.budget).map_err(at_line(0))?,
    };
    for key in ["images", "categories"] {
        let reader = open().map_err(at_line(0))?;
        walk_member(reader, key, &mut |event| panoptic.add(event))?;
    }
    walk_dataset(reader, &mut |event| match event {
        Event::Item(Item {
            list: List::Annotations,
            location,
            text,
            line,
        }) => panoptic.annotation(Value::new(text), &mut |object| {
            on(line, object.map_err(|error| location.locate(error)))
        }),
        _ => Ok(()),
    })
}

impl Panoptic<'_> {
    /// Adds an image, or the list of categories.
    fn add(&mut self, event: Event<'_>) -> Result<()> {
        match event {
            Event::Item(Item { location, text, .. }) => {
                let image = read_image(location, text, Need::Written)?;
                let added = self.images.add(image);
                added.map_err(|error| location.locate(error))
            }
            Event::Member { value, .. } => {
                self.categories = categories(Value::new(value)).collect();
                Ok(())
            }
            _ => Ok(()),
        }
    }

    /// Gives each segment of an image to `on`. As panopticapi's evaluation has it, the ids of the
    /// PNG and those of the list must be the same.
    fn annotation(&self, annotation: Value<'_>, on: &mut OnItem<'_>) -> Result<()> {
        let file_name = annotation.member("file_name").context("no \"file_name\"");
        let file_name = file_name.and_then(|name| name.string().context("file_name"));
        let file_name = match file_name {
            Ok(name) => name,
            Err(error) => return on(Err(error)),
        };
        let mut png = match self.png(annotation, &file_name) {
            Ok(png) => png,
            Err(error) => return on(Err(error)),
        };
        let segments = annotation.member("segments_info");
        let segments = segments.into_iter().flat_map(Value::items);
        for (index, segment) in segments.enumerate() {
            let object = self.segment(segment, &mut png);
            on(object.with_context(|| format!("segments_info[{index}]")))?;
        }
        match png.ids.iter().find(|(_, is_listed)| !is_listed) {
            Some((id, _)) => on(Err(anyhow!(
                "segments_info: the id {id} is not there, and pixels of {file_name} have it"
            ))),
            None => Ok(()),
        }
    }

    /// Reads the PNG of an annotation.
    fn png<'n>(&self, annotation: Value<'_>, file_name: &'n str) -> Result<Png<'n>> {
        let id = annotation.member("image_id").context("no \"image_id\"")?;
        let id = id.id().context("image_id")?;
        let image = self.images.get(&id);
        let image = image.ok_or_else(|| anyhow!("no image has the id {id}").context("image_id"))?;
        let path = self.pngs.path_of(file_name).context("file_name")?;
        let read = || {
            let pixels = self.labels.pixels(&path, Some(Channels::Panoptic))?;
            let map = self.labels.map(&pixels)?;
            drop(pixels);
            if let Some(words) = image.sides.unlike(map.size()) {
                let [height, width] = map.size();
                bail!("it is of {height} x {width}, and the image {id} {words}");
            }
            Ok(map.view().split_labels_within(&limits())?)
        };
        let (instances, masks) = read().with_context(|| path.display().to_string())?;
        let ids = instances.iter().map(|instance| (instance.label, false));
        Ok(Png {
            file_name,
            image: ImageName::Id(id, image.file_name.clone()),
            ids: ids.collect(),
            masks,
        })
    }

    fn segment(&self, segment: Value<'_>, png: &mut Png<'_>) -> Result<Object> {
        let id = segment.member("id").context("no \"id\"")?;
        let id: i64 = id.whole("a whole number").context("id")?;
        let runs = png.mask(id)?.to_owned();
        let category = segment.member("category_id");
        let category = category.map(|id| id.whole("a whole number of 64 bits"));
        let category: Option<i64> = category.transpose().context("category_id")?;
        let is_crowd = segment.member("iscrowd").map(Value::flag).transpose();
        Ok(Object::Mask(Entry {
            id: Some(Id::Number(id)),
            category,
            label: category.and_then(|id| Some(self.categories.get(&id)?.as_str().into())),
            is_crowd: is_crowd.context("iscrowd")?.unwrap_or(false),
            ..Entry::labelled(png.image.clone(), None, runs)
        }))
    }
}

impl Png<'_> {
    /// Mask of an id, which no segment has had.
    fn mask(&mut self, id: i64) -> Result<MaskView<'_>> {
        if id == 0 {
            bail!("the id 0 is that of pixels without a segment");
        }
        let at = self.ids.binary_search_by_key(&id, |(id, _)| *id);
        let at = at.map_err(|_| anyhow!("no pixel of {} has the id {id}", self.file_name))?;
        if std::mem::replace(&mut self.ids[at].1, true) {
            bail!("the id {id} is that of a segment before it");
        }
        Ok(self.masks.mask(at))
    }
}
