//! Receiver of an input's encoded masks, which hands them to the writer.

use anyhow::{Context, Result};
use maskrle::{CocoRle, MaskView};

use super::chunk::{Chunk, Masks};
use super::totals::Totals;
use crate::output::Output;
use crate::write::{EncodedMask, InputMask, MaskInfo, Measures, Writer};

/// Reason why an input was not encoded.
pub enum Failure {
    /// The input is bad: the next one is tried.
    Input(anyhow::Error),
    /// Nothing can be written any more.
    Output(anyhow::Error),
}

impl<E: Into<anyhow::Error>> From<E> for Failure {
    fn from(error: E) -> Self {
        Failure::Input(error.into())
    }
}

/// Use of the labels of masks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Labelling {
    /// Masks are binary.
    None,
    /// Each label of a label map is a mask, which is written without its label.
    Dropped,
    /// Each label of a label map is a mask, which is written with its label.
    Kept,
}

/// Destination of an input's rows.
pub enum Rows<'a> {
    /// The output, where they may have to be taken back.
    Written(&'a mut Output),
    /// Memory, until all are there.
    Kept(Vec<u8>),
}

/// Receiver of an input's encoded masks.
pub struct Sink<'a> {
    pub writer: &'a mut dyn Writer,
    pub labelling: Labelling,
    pub is_document: bool,
    pub rows: Rows<'a>,
    pub done: &'a mut Totals,
    /// The mask that comes next.
    pub next: InputMask<'a>,
}

impl Sink<'_> {
    /// Writes the masks of a chunk.
    pub fn chunk(&mut self, chunk: &Chunk) -> Result<(), Failure> {
        let mut out = match &mut self.rows {
            Rows::Written(_) => Vec::new(),
            Rows::Kept(rows) => std::mem::take(rows),
        };
        match &chunk.masks {
            Masks::Strings(strings) => {
                for rle in strings {
                    self.string(&mut out, rle, None)?;
                }
            }
            Masks::Instances(instances) => {
                for instance in instances {
                    let measures = Measures {
                        area: instance.area,
                        bbox: instance.bbox,
                        stability: instance.stability_score,
                    };
                    self.string(&mut out, &instance.segmentation, Some(measures))?;
                }
            }
            Masks::Runs(runs) => {
                for mask in runs {
                    let written = self.runs(&mut out, mask);
                    if self.is_document {
                        // Its image need not be the input's.
                        written.with_context(|| format!("mask {}", self.next.index))?;
                    } else {
                        written?;
                    }
                    self.flush(&mut out)?;
                }
                self.done.runs += runs.starts().len() as u64;
            }
        }
        self.done.pixels += chunk.pixels;
        self.done.bytes += chunk.bytes;
        if let Rows::Kept(rows) = &mut self.rows {
            *rows = out;
        }
        Ok(())
    }

    /// Appends a mask of a string.
    fn string(
        &mut self,
        out: &mut Vec<u8>,
        rle: &CocoRle,
        measures: Option<Measures>,
    ) -> Result<(), Failure> {
        let runs = number_of_runs(&rle.counts);
        let mask = EncodedMask::String {
            rle,
            runs,
            measures,
        };
        self.mask(out, mask)?;
        self.done.runs += runs;
        self.flush(out)
    }

    /// Counts a mask, or a label map, and writes out its text if that is not kept.
    fn flush(&mut self, out: &mut Vec<u8>) -> Result<(), Failure> {
        self.next.index += 1;
        self.done.masks += 1;
        if let Rows::Written(output) = &mut self.rows {
            output.write(out).map_err(Failure::Output)?;
            out.clear();
        }
        Ok(())
    }

    /// Appends a mask, or those of a label map.
    fn runs(&mut self, out: &mut Vec<u8>, mask: MaskView<'_>) -> Result<()> {
        if self.labelling == Labelling::None || self.writer.takes_label_maps() {
            return self.mask(out, EncodedMask::Runs(mask));
        }
        let info = MaskInfo::of_pixels(self.next);
        self.writer.image(&info, mask.size())?;
        let (instances, masks) = mask.split_labels()?;
        self.done.of_label_maps += instances.len() as u64;
        for (instance, mask) in instances.iter().zip(&masks) {
            let label = (self.labelling == Labelling::Kept).then_some(instance.label);
            self.writer
                .mask(out, &info.with_label(label), EncodedMask::Runs(mask))?;
        }
        Ok(())
    }

    /// Appends a mask.
    fn mask(&mut self, out: &mut Vec<u8>, mask: EncodedMask<'_>) -> Result<()> {
        let info = MaskInfo::of_pixels(self.next);
        self.writer.image(&info, mask.size())?;
        if !self.writer.mask(out, &info, mask)? {
            self.done.empty += 1;
        }
        Ok(())
    }
}

/// Number of runs in a COCO string: a count ends where no continuation bit is set, and the first
/// may be of no pixels.
fn number_of_runs(counts: &str) -> u64 {
    let ends = counts
        .bytes()
        .filter(|byte| byte.wrapping_sub(48) & 0x20 == 0)
        .count() as u64;
    ends - u64::from(counts.starts_with('0'))
}
