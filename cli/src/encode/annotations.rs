//! Masks as the annotations of a dataset, or as results.

use std::collections::BTreeSet;
use std::path::Path;

use anyhow::{Context, Result, anyhow, bail};
use clap::ValueEnum;
use maskrle::{CocoRle, MaskRuns};

use super::image_ids::{Identified, ImageIds};
use crate::coco::{Annotation, Categories, Category, Document, Id, Kind};
use crate::options::Stack;
use crate::output::Output;
use crate::read::Name;
use crate::rows::Place;

/// What the categories of labels are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Labels {
    /// One: a label map holds instances of it
    One,
    /// The labels themselves: a label map holds classes
    Label,
}

/// What the command line says about annotations.
#[derive(Debug)]
pub struct Options<'a> {
    pub kind: Kind,
    pub stack: Stack,
    /// What labels are, if the masks are label maps.
    pub labels: Option<Labels>,
    pub categories: &'a [Category],
    pub image_ids: Option<&'a Path>,
}

/// Makes annotations of masks, and writes them as a document.
pub struct Annotations {
    document: Document,
    stack: Stack,
    labels: Option<Labels>,
    /// That of all masks, unless labels are categories.
    category: i64,
    ids: ImageIds,
    input: CurrentInput,
}

/// The input that is being encoded.
#[derive(Debug, Default)]
struct CurrentInput {
    /// The image whose instances its masks are.
    image: Option<Id>,
    /// The categories of its annotations.
    categories: BTreeSet<i64>,
}

/// What was written before an input.
pub struct Mark {
    document: crate::coco::Mark,
    ids: i64,
}

impl Annotations {
    pub fn new(options: &Options<'_>) -> Result<Self> {
        let one = [Category::usual()];
        let is_by_label = options.labels == Some(Labels::Label);
        let named = if options.categories.is_empty() && !is_by_label {
            &one
        } else {
            options.categories
        };
        Ok(Annotations {
            document: Document::new(options.kind, Categories::named(named)?)?,
            stack: options.stack,
            labels: options.labels,
            category: named.first().map_or(one[0].id, |category| category.id),
            ids: ImageIds::new(options.image_ids)?,
            input: CurrentInput::default(),
        })
    }

    /// A dataset says areas and boxes, which runs have.
    pub fn wants_coco(&self) -> bool {
        self.document.kind() == Kind::Results && self.labels.is_none()
    }

    pub fn begin(&self) -> &'static [u8] {
        self.document.begin()
    }

    pub fn mark(&mut self) -> Mark {
        Mark {
            document: self.document.mark(),
            ids: self.ids.mark(),
        }
    }

    pub fn roll_back(&mut self, mark: Mark) -> Result<()> {
        self.document.roll_back(mark.document)?;
        self.ids.roll_back(mark.ids)
    }

    /// An input begins. Where it is one image, that is listed even if it has no masks.
    pub fn input(&mut self, name: &Name, size: [usize; 2]) -> Result<()> {
        self.input = CurrentInput::default();
        if self.stack == Stack::Instances {
            let [height, width] = size.map(u32::try_from);
            let (Ok(height), Ok(width)) = (height, width) else {
                bail!(
                    "masks of {} x {}: a side has at most {} pixels",
                    size[0],
                    size[1],
                    u32::MAX
                );
            };
            self.input.image = Some(self.image(name, None, [height, width])?);
        }
        Ok(())
    }

    /// All masks of an input are written.
    pub fn end_input(&mut self) -> Result<()> {
        let added = self
            .input
            .categories
            .iter()
            .try_for_each(|&category| self.document.categories.add(category));
        added.map_err(|error| anyhow!("{error}: --categories one takes them for instances"))
    }

    pub fn end(mut self, output: &mut Output) -> Result<()> {
        self.ids.finish()?;
        self.document.end(output)
    }

    /// Writes a mask that is of so many runs. Returns how many were left out, being empty.
    pub fn coco(
        &mut self,
        out: &mut Vec<u8>,
        place: Place<'_>,
        mask: &CocoRle,
        runs: u64,
    ) -> Result<u64> {
        let image = self.image_of(place, mask.size)?;
        // One run that begins with the background is all of it.
        if runs == 0 || runs == 1 && !mask.counts.starts_with('0') {
            return Ok(1);
        }
        self.annotation(out, &image, self.category, mask, 0, [0; 4])
            .map(|()| 0)
    }

    /// Writes a mask, or those of a label map. Returns how many were left out, being empty.
    pub fn runs(&mut self, out: &mut Vec<u8>, place: Place<'_>, mask: MaskRuns<'_>) -> Result<u64> {
        let image = self.image_of(place, mask.size())?;
        let Some(labels) = self.labels else {
            let area = mask.area();
            if area == 0 {
                return Ok(1);
            }
            let coco = CocoRle::try_from(mask)?;
            return self
                .annotation(out, &image, self.category, &coco, area, mask.bbox())
                .map(|()| 0);
        };
        let (instances, masks) = mask.split_labels()?;
        for (instance, mask) in instances.iter().zip(&masks) {
            let category = if labels == Labels::One {
                self.category
            } else {
                instance.label
            };
            self.annotation(
                out,
                &image,
                category,
                &CocoRle::try_from(mask)?,
                instance.area,
                instance.bbox,
            )?;
        }
        Ok(0)
    }

    fn annotation(
        &mut self,
        out: &mut Vec<u8>,
        image_id: &Id,
        category_id: i64,
        mask: &CocoRle,
        area: u64,
        bbox: [u32; 4],
    ) -> Result<()> {
        self.input.categories.insert(category_id);
        let annotation = Annotation {
            image_id,
            category_id,
            mask,
            area,
            bbox,
            score: 1.0,
            iscrowd: 0,
        };
        self.document.annotation(out, &annotation)
    }

    /// The image that the mask at `place` is of.
    fn image_of(&mut self, place: Place<'_>, size: [u32; 2]) -> Result<Id> {
        match &self.input.image {
            Some(image) => Ok(image.clone()),
            None => self.image(place.name, place.is_stack.then_some(place.index), size),
        }
    }

    fn image(&mut self, name: &Name, index: Option<u64>, size: [u32; 2]) -> Result<Id> {
        let Identified { id, file_name } =
            self.ids.next(name, index, size).context("no image id")?;
        self.document.image(&id, &file_name, size)?;
        Ok(id)
    }
}
