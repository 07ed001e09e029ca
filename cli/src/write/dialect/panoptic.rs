//! COCO panoptic: a list of images and their segments, and a PNG of ids for each.

use std::collections::HashSet;
use std::io::Write;

use anyhow::{Context, Result, bail};
use serde::Serialize;

use super::composed::{Collected, Composition, Waiting};
use super::id_map::IdMap;
use super::names::file_beside;
use super::spool::{Group, Texts};
use crate::budget::Budget;
use crate::coco::{Categories, Category, Id};
use crate::output::{NewFolder, Output};
use crate::write::coco::ImageRow;

/// Writes the list, and the PNGs to a folder of their own.
pub struct Panoptic {
    pub folder: NewFolder,
    /// Memory that the ids of one image may take.
    pub budget: Budget,
}

/// Members of an image's segments, in their order.
#[derive(Serialize)]
struct Annotation<'a> {
    image_id: &'a Id,
    file_name: &'a str,
    segments_info: &'a [Segment],
}

/// Members of a segment, in their order.
#[derive(Serialize)]
struct Segment {
    id: u32,
    category_id: i64,
    area: u64,
    bbox: [u32; 4],
    iscrowd: u8,
}

/// Members of a category, in their order.
#[derive(Serialize)]
struct CategoryRow {
    #[serde(flatten)]
    category: Category,
    /// panopticapi's evaluation asks for it; nothing that is read here says it.
    isthing: u8,
}

/// Largest id that the colours of a PNG hold.
const MOST_ID: u32 = (1 << 24) - 1;

impl Composition for Panoptic {
    fn compose(self, mut collected: Collected, output: &mut Output) -> Result<()> {
        let ids = image_ids(&collected);
        output.write(b"{\"images\":[")?;
        for (index, (image, id)) in collected.images.iter().zip(&ids).enumerate() {
            let row = ImageRow::new(id, &image.name, image.size);
            write_item(output, index, &row)?;
        }
        output.write(b"\n],\n\"annotations\":[")?;
        let (mut names, mut categories) = (HashSet::new(), Categories::default());
        for (index, (image, image_id)) in collected.images.iter().zip(&ids).enumerate() {
            let file_name = file_beside(&image.name, "png");
            let written = self.image(&mut collected.texts, image, &file_name, &mut categories);
            let segments = written.with_context(|| format!("the image {:?}", image.name))?;
            if !names.insert(file_name.clone()) {
                bail!(
                    "the image {:?}: another image's PNG is called {file_name} too",
                    image.name
                );
            }
            let row = Annotation {
                image_id,
                file_name: &file_name,
                segments_info: &segments,
            };
            write_item(output, index, &row)?;
        }
        output.write(b"\n],\n\"categories\":[")?;
        for (index, category) in categories.list().enumerate() {
            let isthing = 1;
            write_item(output, index, &CategoryRow { category, isthing })?;
        }
        output.write(b"\n]}\n")?;
        self.folder.finish()
    }
}

impl Panoptic {
    /// Writes the PNG of an image, and returns its segments.
    fn image(
        &self,
        texts: &mut Texts,
        image: &Group,
        file_name: &str,
        categories: &mut Categories,
    ) -> Result<Vec<Segment>> {
        let mut map = IdMap::new(image.size, &self.budget)?;
        let mut segments: Vec<Segment> = Vec::new();
        // Names in messages, and the ids that the segments' file gave them.
        let (mut names, mut taken) = (Vec::new(), HashSet::new());
        Collected::each(texts, image, |mask| {
            let runs = mask.rle.to_runs()?;
            names.push(name_of(&mask, names.len()));
            map.add(runs.view(), |one, other, [x, y]| {
                let (one, other) = (&names[one], &names[other]);
                format!("{one} and {other} overlap at pixel {x}, {y}: a PNG has one id there")
            })?;
            let id = mask.object.and_then(|id| id.parse().ok());
            let id = id.filter(|id| (1..=MOST_ID).contains(id) && taken.insert(*id));
            segments.push(Segment {
                id: id.unwrap_or(0),
                category_id: mask.category,
                area: runs.view().area(),
                bbox: runs.view().bbox(),
                iscrowd: mask.is_crowd.into(),
            });
            let (id, name) = (mask.category, mask.label);
            categories.add_named(&Category { id, name });
            Ok(())
        })?;
        let mut free = (1..=MOST_ID).filter(|id| !taken.contains(id));
        for segment in segments.iter_mut().filter(|segment| segment.id == 0) {
            segment.id = free.next().context("more segments than there are ids")?;
        }
        let ids: Vec<_> = segments.iter().map(|segment| segment.id).collect();
        let mut file = self.folder.file(file_name)?;
        let written = map.write(&ids, &mut file);
        written
            .and_then(|()| Ok(file.flush()?))
            .with_context(|| file_name.to_owned())?;
        Ok(segments)
    }
}

/// Words for a mask of an image, which is this one in their order.
fn name_of(mask: &Waiting, index: usize) -> String {
    match &mask.object {
        Some(id) => format!("the mask of id {id} ({})", mask.label),
        None => format!("mask {index} ({})", mask.label),
    }
}

/// Ids of the images: their own, or where one has none numbers from 1 on.
fn image_ids(collected: &Collected) -> Vec<Id> {
    let images = collected.images.iter();
    let own = images.map(|image| collected.ids.get(&image.name).cloned());
    own.collect::<Option<_>>().unwrap_or_else(|| {
        let count = collected.images.len() as i64;
        (1..=count).map(Id::Number).collect()
    })
}

fn write_item(output: &mut Output, index: usize, row: &impl Serialize) -> Result<()> {
    output.write(if index == 0 { b"\n" } else { b",\n" })?;
    output.write(&serde_json::to_vec(row)?)
}
