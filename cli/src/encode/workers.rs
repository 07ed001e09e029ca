//! Small inputs, read and encoded on all threads.

use std::sync::mpsc::Sender;
use std::thread;

use anyhow::Result;
use maskrle::Encoder;
use rayon::Scope;

use super::chunk::{Chunk, Method, Pixels, numbered};
use super::memory::{Held, Memory};
use super::queue::Queue;
use crate::read::{self, Input, Opened, Source, Uses};
use crate::threads::Pool;

/// Threads that read inputs and encode them.
pub struct Workers {
    pool: Pool,
    threads: usize,
    /// None where inputs are read here and encoded elsewhere, on the GPU.
    encoder: Option<Encoder>,
    method: Method,
    options: read::Options,
    /// Most bytes of an input of many masks, and of one mask: larger ones are encoded as they are
    /// read.
    most_of_stack: u64,
    most_of_mask: u64,
    /// Memory of pixels, and of what became of them and is not written yet.
    pixels: Memory,
    encoded: Memory,
    /// Sources to work on.
    pub queue: Queue<Numbered>,
}

/// A source and its number, counted from 0.
pub type Numbered = (usize, Source);

/// A source that the workers are done with, and its number.
pub type Ready = (usize, Source, Progressed);

/// A source, as far as the workers have brought it.
pub enum Progressed {
    /// It is large: it is to be encoded as it is read.
    Unread,
    Bad(anyhow::Error),
    /// An array of this many dimensions, which is no mask.
    LeftOut(usize),
    Done(Small),
}

/// A small input, read.
pub struct Small {
    pub is_stack: bool,
    pub size: [usize; 2],
    pub hint: Option<String>,
    pub uses: Uses,
    pub chunks: Vec<Part>,
    _memory: Held,
}

/// Part of a small input.
pub enum Part {
    Encoded(Chunk),
    Pixels(Pixels),
}

impl Workers {
    /// Workers on the threads of a pool, which keep to `memory` bytes.
    pub fn new(
        pool: Pool,
        memory: u64,
        encoder: Option<Encoder>,
        method: Method,
        options: read::Options,
    ) -> Self {
        let threads = pool.threads();
        Workers {
            pool,
            threads,
            encoder,
            method,
            most_of_stack: options.chunk_bytes.min(memory / (4 * threads as u64)),
            most_of_mask: memory / 4,
            options,
            pixels: Memory::new(memory),
            encoded: Memory::new(memory / 2),
            queue: Queue::default(),
        }
    }

    /// Runs `here` on this thread, while the workers may be given work.
    pub fn scope<'s, T>(&self, here: impl FnOnce(&Scope<'s>) -> T) -> T {
        self.pool.scope(here)
    }

    /// The first source of one more task, if one is needed.
    pub fn begin(&self) -> Option<Numbered> {
        self.queue.begin(self.threads, &self.encoded)
    }

    /// Works on a source, and on those that wait, until there is none or no memory for one more.
    pub fn work(&self, first: Numbered, send: &Sender<Vec<Ready>>) {
        // Several are handed over together where there are many.
        const MOST_AT_ONCE: usize = 16;
        let _panic = Panic(send);
        let mut ready = Vec::new();
        let mut next = Some(first);
        while let Some((number, source)) = next {
            let progressed = self.source(&source);
            ready.push((number, source, progressed));
            let (more, waiting) = self.queue.next(&self.encoded);
            let at_once = (waiting / (8 * self.threads)).clamp(1, MOST_AT_ONCE);
            if more.is_none() || ready.len() >= at_once {
                // Nobody takes them only after an error, when nothing more is written.
                let _ = send.send(std::mem::take(&mut ready));
            }
            next = more;
        }
    }

    fn source(&self, source: &Source) -> Progressed {
        let mut progressed = Progressed::Unread;
        if !source.is_stream() {
            let visited = source.visit(&self.options, &mut |_, opened| {
                progressed = self.opened(opened);
                Ok(())
            });
            if let Err(error) = visited {
                return Progressed::Bad(error);
            }
        }
        progressed
    }

    fn opened(&self, opened: Result<Opened<'_>>) -> Progressed {
        match opened {
            Ok(Opened::Masks(input)) => self.input(input).unwrap_or_else(Progressed::Bad),
            Ok(Opened::LeftOut(dimensions)) => Progressed::LeftOut(dimensions),
            Err(error) => Progressed::Bad(error),
        }
    }

    fn input(&self, input: Input<'_>) -> Result<Progressed> {
        let size = self.method.size(&input)?;
        // Each mask costs something beside its pixels.
        let of_mask = self.options.resampled.map_or(64, |resampled| {
            resampled.most_run_bytes(input.size).saturating_add(64)
        });
        let bytes = input
            .bytes
            .saturating_add(input.masks.saturating_mul(of_mask));
        // A stack is encoded on all threads as it is read, a mask on one.
        let most = match input.masks {
            1 => self.most_of_mask,
            _ => self.most_of_stack,
        };
        if bytes > most {
            return Ok(Progressed::Unread);
        }
        let pixels = self.pixels.wait_for(bytes);
        let chunks = numbered(input.chunks)
            .map(|pixels| self.part(pixels?))
            .collect::<Result<Vec<_>>>()?;
        drop(pixels);
        let memory = self.encoded.take(chunks.iter().map(Part::bytes_held).sum());
        Ok(Progressed::Done(Small {
            is_stack: input.is_stack,
            size,
            hint: input.hint,
            uses: input.uses,
            chunks,
            _memory: memory,
        }))
    }

    fn part(&self, pixels: Pixels) -> Result<Part> {
        match &self.encoder {
            Some(encoder) => self.method.encode(encoder, &pixels).map(Part::Encoded),
            None => Ok(Part::Pixels(pixels)),
        }
    }
}

/// Sends nothing where a task panics, whose results nobody is to wait for.
struct Panic<'a>(&'a Sender<Vec<Ready>>);

impl Drop for Panic<'_> {
    fn drop(&mut self) {
        if thread::panicking() {
            let _ = self.0.send(Vec::new());
        }
    }
}

impl Part {
    fn bytes_held(&self) -> u64 {
        match self {
            Part::Encoded(chunk) => chunk.bytes_held(),
            Part::Pixels(pixels) => pixels.array.bytes(),
        }
    }
}
