//! Encodes inputs one by one, and writes what is encoded.

use std::path::Path;

use anyhow::{Context, Result, anyhow};
use maskrle::{CocoRle, Encoder, MaskView, Order, PixelArray, Runs};

use super::totals::Totals;
use crate::error::error_line;
use crate::output::Output;
use crate::progress::Progress;
use crate::read::{self, Input, Name, Predicate};
use crate::write::{EncodedMask, InputMask, MaskInfo, Writer};

/// Everything that encodes and writes the inputs.
pub struct Job<'a> {
    pub encoder: Encoder,
    pub order: Order,
    pub writer: Box<dyn Writer>,
    pub labelling: Labelling,
    /// True if the format is one of COCO's documents.
    pub is_document: bool,
    pub predicate: Predicate,
    pub output: Output,
    pub progress: Progress,
    pub done: Totals,
    /// Set if an input was bad. It outlives the job, which a closed pipe ends early.
    pub has_failed: &'a mut bool,
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

/// Reason why an input was not encoded.
enum Failure {
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

/// A chunk of masks, encoded.
enum Chunk {
    Strings(Vec<CocoRle>),
    Runs(Runs),
}

impl Job<'_> {
    /// Encodes a file, or those in a folder.
    pub fn path(&mut self, path: &Path, options: &read::Options) -> Result<()> {
        match read::files(path) {
            Ok(files) => files.iter().try_for_each(|file| {
                self.progress.file(read::size(file));
                read::visit(file, options, &mut |name, input| self.input(name, input))
            }),
            Err(error) => {
                self.report(&path.display().to_string(), error);
                Ok(())
            }
        }
    }

    /// Encodes an input. One that fails leaves no row in the output file.
    fn input(&mut self, name: &Name, input: Result<Input<'_>>) -> Result<()> {
        let mark = self.output.mark()?;
        let before = self.done;
        match input
            .map_err(Failure::Input)
            .and_then(|input| self.encode(name, input))
        {
            Ok(()) => self.done.inputs += 1,
            Err(Failure::Output(error)) => return Err(error),
            Err(Failure::Input(error)) => {
                self.done = before;
                self.report(&name.source, error);
                self.writer.roll_back()?;
                self.output.roll_back(mark)?;
            }
        }
        Ok(())
    }

    /// Writes the error of an input.
    fn report(&mut self, name: &str, error: anyhow::Error) {
        *self.has_failed = true;
        self.progress
            .line(&error_line(&error.context(name.to_owned())));
    }

    /// Encodes an input as it is read; what is encoded is written meanwhile.
    fn encode(&mut self, name: &Name, input: Input<'_>) -> Result<(), Failure> {
        let takes_strings = self.writer.takes_strings();
        self.writer.input(name, input.size)?;
        let mut sink = Sink {
            writer: self.writer.as_mut(),
            labelling: self.labelling,
            is_document: self.is_document,
            output: &mut self.output,
            done: &mut self.done,
            next: InputMask {
                input: name,
                is_stack: input.is_stack,
                index: 0,
            },
        };
        let (order, predicate) = (self.order, self.predicate);
        self.encoder.stream(
            input.chunks.map(|pixels| pixels.map_err(Failure::Input)),
            |encoder, pixels: PixelArray| {
                let masks = predicate.masks(&pixels)?;
                let chunk = match takes_strings {
                    true => Chunk::Strings(encoder.coco(&masks)?),
                    false => Chunk::Runs(encoder.runs(&masks, order)?),
                };
                Ok((chunk, masks.pixels(), pixels.bytes()))
            },
            |(chunk, pixels, bytes)| {
                sink.chunk(&chunk)?;
                sink.done.pixels += pixels;
                sink.done.bytes += bytes;
                self.progress.advance(bytes);
                Ok(())
            },
        )?;
        self.writer
            .commit()
            // Labels are all that a writer refuses here.
            .map_err(|error| anyhow!("{error}: --categories one takes them for instances"))?;
        Ok(())
    }
}

/// Receiver of an input's encoded masks.
struct Sink<'a> {
    writer: &'a mut dyn Writer,
    labelling: Labelling,
    is_document: bool,
    output: &'a mut Output,
    done: &'a mut Totals,
    /// The mask that comes next.
    next: InputMask<'a>,
}

impl Sink<'_> {
    /// Writes the masks of a chunk.
    fn chunk(&mut self, chunk: &Chunk) -> Result<(), Failure> {
        let mut out = Vec::new();
        match chunk {
            Chunk::Strings(strings) => {
                for rle in strings {
                    let runs = number_of_runs(&rle.counts);
                    self.mask(&mut out, EncodedMask::String { rle, runs })?;
                    self.done.runs += runs;
                    self.flush(&mut out)?;
                }
            }
            Chunk::Runs(runs) => {
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
        Ok(())
    }

    /// Writes out the text of a mask, or of a label map.
    fn flush(&mut self, out: &mut Vec<u8>) -> Result<(), Failure> {
        self.next.index += 1;
        self.done.masks += 1;
        self.output.write(out).map_err(Failure::Output)?;
        out.clear();
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
