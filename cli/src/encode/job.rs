//! Encodes inputs in their order, and writes what is encoded.

use anyhow::{Result, anyhow};
use maskrle::Encoder;

use super::chunk::{Chunk, Method, Pixels, numbered};
use super::notes::Notes;
use super::sink::{Failure, Labelling, Rows, Sink};
use super::totals::Totals;
use super::workers::{Part, Progressed, Small};
use crate::error::error_line;
use crate::output::Output;
use crate::progress::Progress;
use crate::read::{self, Input, Name, Opened, Source, Uses};
use crate::threads::Pool;
use crate::write::{InputMask, Writer};

/// Everything that encodes and writes the inputs.
pub struct Job<'a> {
    pub encoder: Encoder,
    /// Threads of the encoder.
    pub pool: Pool,
    pub method: Method,
    pub options: read::Options,
    pub writer: Box<dyn Writer>,
    pub labelling: Labelling,
    /// True if the format is one of COCO's documents.
    pub is_document: bool,
    pub output: Output,
    pub progress: Progress,
    pub done: Totals,
    pub notes: Notes,
    /// Set if an input was bad. It outlives the job, which a closed pipe ends early.
    pub has_failed: &'a mut bool,
}

impl Job<'_> {
    /// Encodes a source as far as the workers have not, and writes it.
    pub fn source(&mut self, source: &Source, progressed: Progressed) -> Result<()> {
        let name = &source.name;
        self.progress.begin(source.file);
        match progressed {
            Progressed::Unread => self.stream(source)?,
            Progressed::Bad(error) => self.failed(name, error)?,
            Progressed::LeftOut(dimensions) => self.notes.left_out(name, dimensions),
            Progressed::Done(small) => self.small(name, small)?,
        }
        self.progress.end(source.size);
        Ok(())
    }

    /// Encodes a source as it is read.
    fn stream(&mut self, source: &Source) -> Result<()> {
        let options = self.options.clone();
        source.visit(&options, &mut |name, opened| match opened {
            Ok(Opened::Masks(input)) => self.large(name, input, source.size),
            Ok(Opened::LeftOut(dimensions)) => {
                self.notes.left_out(name, dimensions);
                Ok(())
            }
            Err(error) => self.failed(name, error),
        })
    }

    /// Encodes an input as it is read, the `size` bytes of a file. One that fails leaves no row in
    /// the output file.
    fn large(&mut self, name: &Name, input: Input<'_>, size: u64) -> Result<()> {
        let mark = self.output.mark()?;
        let before = self.done;
        let (hint, uses) = (input.hint.clone(), input.uses);
        let done = self.encode_and_write(name, input, size);
        match self.is_good(name, hint, uses, before, done)? {
            true => Ok(()),
            false => self.output.roll_back(mark),
        }
    }

    /// Writes an input that the workers have read. One that fails leaves no row anywhere.
    fn small(&mut self, name: &Name, small: Small) -> Result<()> {
        let before = self.done;
        let (hint, uses) = (small.hint.clone(), small.uses);
        let rows = self.rows(name, small);
        let done = rows.and_then(|rows| self.output.write(&rows).map_err(Failure::Output));
        self.is_good(name, hint, uses, before, done).map(drop)
    }

    /// True if an input was encoded and written, which is counted. One that is bad is reported, and
    /// the counts are those of before.
    fn is_good(
        &mut self,
        name: &Name,
        hint: Option<String>,
        uses: Uses,
        before: Totals,
        done: Result<(), Failure>,
    ) -> Result<bool> {
        match done {
            Ok(()) => {
                self.succeeded(name, hint, uses);
                Ok(true)
            }
            Err(Failure::Output(error)) => Err(error),
            Err(Failure::Input(error)) => {
                self.done = before;
                self.failed(name, error)?;
                Ok(false)
            }
        }
    }

    fn succeeded(&mut self, name: &Name, hint: Option<String>, uses: Uses) {
        self.done.inputs += 1;
        self.notes.uses(uses);
        self.notes.read(name);
        if let Some(hint) = hint {
            self.notes.hint(name, &hint);
        }
    }

    /// Reports the error of an input, and forgets what the writer knows of it.
    fn failed(&mut self, name: &Name, error: anyhow::Error) -> Result<()> {
        self.notes.read(name);
        self.report(error.context(name.source.clone()));
        self.writer.roll_back()
    }

    /// Writes a line of error.
    fn report(&mut self, error: anyhow::Error) {
        *self.has_failed = true;
        self.done.errors += 1;
        self.progress.line(&error_line(&error));
    }

    /// Reports the arrays that were asked for and that no archive has. Where there is none of them,
    /// the archives have said so.
    pub fn report_missing_arrays(&mut self) {
        let missing = std::mem::take(&mut self.notes.wanted);
        if missing.len() == self.options.arrays.len() && *self.has_failed {
            return;
        }
        for array in missing {
            self.report(anyhow!("--array {array}: no archive has it"));
        }
    }

    /// Encodes an input as it is read; what is encoded is written meanwhile.
    fn encode_and_write(
        &mut self,
        name: &Name,
        input: Input<'_>,
        size: u64,
    ) -> Result<(), Failure> {
        let size_of_masks = self.method.size(&input)?;
        self.writer.input(name, size_of_masks)?;
        let before = self.encoder.tally();
        let mut sink = Sink {
            writer: self.writer.as_mut(),
            labelling: self.labelling,
            is_document: self.is_document,
            rows: Rows::Written(&mut self.output),
            done: &mut self.done,
            next: InputMask {
                input: name,
                is_stack: input.is_stack,
                index: 0,
            },
        };
        let (method, pool, all) = (&self.method, &self.pool, input.bytes);
        let progress = &mut self.progress;
        let mut done = 0;
        let encode = |encoder: &Encoder, pixels: Pixels| {
            let chunk = pool.install(|| method.encode(encoder, &pixels))?;
            Ok((chunk, pixels.array.bytes()))
        };
        let mut write = |(chunk, bytes): (Chunk, u64)| {
            sink.chunk(&chunk)?;
            done += bytes;
            progress.advance(size, done, all);
            Ok(())
        };
        let chunks = numbered(input.chunks);
        let mut chunks = chunks.map(|pixels| pixels.map_err(Failure::Input));
        if pool.is_none() {
            chunks.try_for_each(|pixels| write(encode(&self.encoder, pixels?)?))?;
        } else {
            self.encoder.stream(chunks, encode, write)?;
        }
        self.done.add_tally(self.encoder.tally(), before);
        self.commit()
    }

    /// Rows of an input that the workers have read.
    fn rows(&mut self, name: &Name, small: Small) -> Result<Vec<u8>, Failure> {
        self.writer.input(name, small.size)?;
        let before = self.encoder.tally();
        let mut sink = Sink {
            writer: self.writer.as_mut(),
            labelling: self.labelling,
            is_document: self.is_document,
            rows: Rows::Kept(Vec::new()),
            done: &mut self.done,
            next: InputMask {
                input: name,
                is_stack: small.is_stack,
                index: 0,
            },
        };
        for part in &small.chunks {
            match part {
                Part::Encoded(chunk) => {
                    sink.chunk(chunk)?;
                    sink.done.cpu += chunk.len();
                }
                Part::Pixels(pixels) => {
                    let encode = || self.method.encode(&self.encoder, pixels);
                    sink.chunk(&self.pool.install(encode)?)?;
                }
            }
        }
        let rows = match sink.rows {
            Rows::Kept(rows) => rows,
            Rows::Written(_) => Vec::new(),
        };
        self.done.add_tally(self.encoder.tally(), before);
        self.commit()?;
        Ok(rows)
    }

    fn commit(&mut self) -> Result<(), Failure> {
        self.writer
            .commit()
            // Labels are all that a writer refuses here.
            .map_err(|error| anyhow!("{error}: --categories one takes them for instances"))?;
        Ok(())
    }
}
