//! Results and datasets, written as streams: of what is written only the categories are kept in
//! memory.

use std::fs::File;
use std::io::{BufWriter, Read, Seek, SeekFrom, Write};

use anyhow::{Context, Result};
use maskrle::CocoRle;
use serde::Serialize;

use super::{Categories, Id};
use crate::output::Output;

/// Which of COCO's documents.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A list of `{image_id, category_id, segmentation, score}`: what `loadRes` of pycocotools
    /// loads.
    Results,
    /// An object of `annotations`, `images` and `categories`: what `COCO` of pycocotools loads.
    Dataset,
}

/// A mask in an image.
#[derive(Debug, Clone)]
pub struct Annotation<'a> {
    pub image_id: &'a Id,
    pub category_id: i64,
    pub mask: &'a CocoRle,
    /// Pixels that are set, and the box that holds them, which a dataset says.
    pub area: u64,
    pub bbox: [u32; 4],
    /// How sure a result is.
    pub score: f64,
    pub iscrowd: u8,
}

/// A document that is being written. Text is appended to what the caller writes out; the images,
/// which a dataset lists after its annotations because more come to light with each of these, wait
/// in a temporary file.
#[derive(Debug)]
pub struct Document {
    kind: Kind,
    pub categories: Categories,
    images: BufWriter<File>,
    mark: Mark,
}

/// How much of a document is written.
#[derive(Debug, Clone, Copy, Default)]
pub struct Mark {
    annotations: u64,
    images: u64,
    image_bytes: u64,
}

#[derive(Serialize)]
struct ImageRow<'a> {
    id: &'a Id,
    file_name: &'a str,
    height: u32,
    width: u32,
}

#[derive(Serialize)]
struct AnnotationRow<'a> {
    id: u64,
    image_id: &'a Id,
    category_id: i64,
    segmentation: &'a CocoRle,
    area: u64,
    bbox: [u32; 4],
    iscrowd: u8,
}

#[derive(Serialize)]
struct ResultRow<'a> {
    image_id: &'a Id,
    category_id: i64,
    segmentation: &'a CocoRle,
    score: f64,
}

impl Document {
    pub fn new(kind: Kind, categories: Categories) -> Result<Self> {
        let images = tempfile::tempfile().context("no temporary file for the images")?;
        Ok(Document {
            kind,
            categories,
            images: BufWriter::new(images),
            mark: Mark::default(),
        })
    }

    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// What the document begins with.
    pub fn begin(&self) -> &'static [u8] {
        match self.kind {
            Kind::Results => b"[",
            Kind::Dataset => b"{\"annotations\":[",
        }
    }

    /// Lists an image; results do not.
    pub fn image(&mut self, id: &Id, file_name: &str, [height, width]: [u32; 2]) -> Result<()> {
        if self.kind == Kind::Results {
            return Ok(());
        }
        let mut row = separator(self.mark.images).to_vec();
        serde_json::to_writer(
            &mut row,
            &ImageRow {
                id,
                file_name,
                height,
                width,
            },
        )?;
        self.images.write_all(&row).context("a temporary file")?;
        self.mark.images += 1;
        self.mark.image_bytes += row.len() as u64;
        Ok(())
    }

    /// Appends an annotation.
    pub fn annotation(&mut self, out: &mut Vec<u8>, annotation: &Annotation<'_>) -> Result<()> {
        out.extend_from_slice(separator(self.mark.annotations));
        self.mark.annotations += 1;
        let &Annotation {
            image_id,
            category_id,
            mask: segmentation,
            area,
            bbox,
            score,
            iscrowd,
        } = annotation;
        match self.kind {
            Kind::Results => serde_json::to_writer(
                out,
                &ResultRow {
                    image_id,
                    category_id,
                    segmentation,
                    score,
                },
            )?,
            Kind::Dataset => {
                let id = self.mark.annotations;
                let row = AnnotationRow {
                    id,
                    image_id,
                    category_id,
                    segmentation,
                    area,
                    bbox,
                    iscrowd,
                };
                serde_json::to_writer(out, &row)?;
            }
        }
        Ok(())
    }

    /// The place that [`Document::roll_back`] returns to.
    pub fn mark(&self) -> Mark {
        self.mark
    }

    /// Takes back images and the ids of annotations; the caller takes back their text.
    pub fn roll_back(&mut self, mark: Mark) -> Result<()> {
        self.images
            .seek(SeekFrom::Start(mark.image_bytes))
            .context("a temporary file")?;
        self.mark = mark;
        Ok(())
    }

    /// Writes what comes after the annotations.
    pub fn end(self, output: &mut Output) -> Result<()> {
        if self.kind == Kind::Results {
            return output.write(b"\n]\n");
        }
        output.write(b"\n],\n\"images\":[")?;
        let mut images = self
            .images
            .into_inner()
            .map_err(|error| error.into_error())
            .context("a temporary file")?;
        images
            .seek(SeekFrom::Start(0))
            .context("a temporary file")?;
        let mut images = images.take(self.mark.image_bytes);
        let mut bytes = vec![0; 1 << 16];
        loop {
            match images.read(&mut bytes).context("a temporary file")? {
                0 => break,
                count => output.write(&bytes[..count])?,
            }
        }
        output.write(b"\n],\n\"categories\":[")?;
        for (index, category) in self.categories.list().enumerate() {
            output.write(separator(index as u64))?;
            output.write(&serde_json::to_vec(&category)?)?;
        }
        output.write(b"\n]}\n")
    }
}

/// What stands before an item of a list: each has a line of its own.
fn separator(index: u64) -> &'static [u8] {
    if index == 0 { b"\n" } else { b",\n" }
}
