//! A document of annotations, written as a stream.

use anyhow::Result;
use maskrle::CocoRle;

use crate::coco::{Categories, Id};
use crate::output::Output;
use crate::write::measures::Measures;

/// Text of a document. It is appended to what the caller writes out, and taken back by the caller
/// too.
pub trait Document: Send {
    /// True if annotations have an area and a box, which a mask's runs give and its string does
    /// not.
    fn has_measures(&self) -> bool;

    /// Text that the document begins with.
    fn begin(&self) -> &'static [u8];

    /// Lists an image, in a document that lists images.
    fn image(&mut self, id: &Id, file_name: &str, size: [u32; 2]) -> Result<()>;

    /// Appends an annotation.
    fn annotation(&mut self, out: &mut Vec<u8>, annotation: &Annotation<'_>) -> Result<()>;

    /// Keeps what was written so far.
    fn commit(&mut self);

    /// Forgets the images and the number of the annotations since the last commit.
    fn roll_back(&mut self) -> Result<()>;

    /// Writes what comes after the annotations.
    fn end(self: Box<Self>, categories: &Categories, output: &mut Output) -> Result<()>;
}

/// A mask in an image.
#[derive(Debug, Clone)]
pub struct Annotation<'a> {
    pub image_id: &'a Id,
    pub category_id: i64,
    pub mask: &'a CocoRle,
    /// Its measures, for documents that have them.
    pub measures: Measures,
    /// Confidence of a result.
    pub score: f64,
    pub is_crowd: bool,
}

/// Text before an item of a list: each item has a line of its own.
pub fn separator(index: u64) -> &'static [u8] {
    if index == 0 { b"\n" } else { b",\n" }
}
