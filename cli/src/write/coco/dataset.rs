//! COCO's datasets.

use std::fs::File;
use std::io::{BufWriter, Read, Seek, SeekFrom, Write};

use anyhow::Result;
use maskrle::CocoRle;
use serde::Serialize;

use super::document::{Annotation, Document, separator};
use super::image_row::ImageRow;
use crate::coco::{Categories, Id};
use crate::output::Output;
use crate::temporary::{temporary_error, temporary_file};

/// An object of `annotations`, `images` and `categories`, which `COCO` of pycocotools loads.
///
/// The images, which are listed after the annotations because more come to light with each of
/// these, wait in a temporary file.
#[derive(Debug)]
pub struct Dataset {
    images: BufWriter<File>,
    written: Counts,
    committed: Counts,
}

/// Counts of a dataset's items.
#[derive(Debug, Clone, Copy, Default)]
struct Counts {
    annotations: u64,
    images: u64,
    /// Number of bytes of the images' text.
    image_bytes: u64,
}

/// Members of an annotation, in their order.
#[derive(Serialize)]
struct AnnotationRow<'a> {
    id: u64,
    image_id: &'a Id,
    category_id: i64,
    segmentation: &'a CocoRle,
    area: u64,
    bbox: [u32; 4],
    iscrowd: u8,
    #[serde(skip_serializing_if = "Option::is_none")]
    stability_score: Option<f32>,
}

impl Dataset {
    pub fn new() -> Result<Self> {
        let images = temporary_file()?;
        Ok(Dataset {
            images: BufWriter::new(images),
            written: Counts::default(),
            committed: Counts::default(),
        })
    }
}

impl Document for Dataset {
    fn has_measures(&self) -> bool {
        true
    }

    fn begin(&self) -> &'static [u8] {
        b"{\"annotations\":["
    }

    fn image(&mut self, id: &Id, file_name: &str, size: [u32; 2]) -> Result<()> {
        let mut text = separator(self.written.images).to_vec();
        let row = ImageRow::new(id, file_name, size);
        serde_json::to_writer(&mut text, &row)?;
        self.images.write_all(&text).map_err(temporary_error)?;
        self.written.images += 1;
        self.written.image_bytes += text.len() as u64;
        Ok(())
    }

    fn annotation(&mut self, out: &mut Vec<u8>, annotation: &Annotation<'_>) -> Result<()> {
        out.extend_from_slice(separator(self.written.annotations));
        self.written.annotations += 1;
        let row = AnnotationRow {
            id: self.written.annotations,
            image_id: annotation.image_id,
            category_id: annotation.category_id,
            segmentation: annotation.mask,
            area: annotation.measures.area,
            bbox: annotation.measures.bbox,
            iscrowd: annotation.is_crowd.into(),
            stability_score: annotation.measures.stability,
        };
        serde_json::to_writer(out, &row)?;
        Ok(())
    }

    fn commit(&mut self) {
        self.committed = self.written;
    }

    fn roll_back(&mut self) -> Result<()> {
        let end = SeekFrom::Start(self.committed.image_bytes);
        self.images.seek(end).map_err(temporary_error)?;
        self.written = self.committed;
        Ok(())
    }

    fn end(self: Box<Self>, categories: &Categories, output: &mut Output) -> Result<()> {
        output.write(b"\n],\n\"images\":[")?;
        let images = self.images.into_inner();
        let mut images = images
            .map_err(|error| error.into_error())
            .map_err(temporary_error)?;
        images.seek(SeekFrom::Start(0)).map_err(temporary_error)?;
        // Images that were taken back may stand behind these.
        let mut images = images.take(self.written.image_bytes);
        let mut bytes = vec![0; 1 << 16];
        loop {
            match images.read(&mut bytes).map_err(temporary_error)? {
                0 => break,
                count => output.write(&bytes[..count])?,
            }
        }
        output.write(b"\n],\n\"categories\":[")?;
        for (index, category) in categories.list().enumerate() {
            output.write(separator(index as u64))?;
            output.write(&serde_json::to_vec(&category)?)?;
        }
        output.write(b"\n]}\n")
    }
}
