//! Small inputs, read and encoded on all threads, some hundred at a time.

use std::sync::mpsc::{Receiver, channel};
use std::sync::{Arc, Mutex, PoisonError};

use anyhow::{Context, Result};
use maskrle::{Encoder, PixelArray};
use rayon::{Scope, ThreadPool, ThreadPoolBuilder};

use super::chunk::{Chunk, Method};
use super::memory::{Held, Memory};
use crate::read::{self, Input, Opened, Source};

/// Threads that read inputs and encode them.
pub struct Workers {
    /// None is rayon's own.
    pool: Option<ThreadPool>,
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
}

/// A source that the workers are done with, and its index in its group.
pub type Ready = (usize, Source, Progressed);

/// A source, as far as the workers have brought it.
pub enum Progressed {
    /// It is large, or no memory is left: it is to be encoded as it is read.
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
    pub chunks: Vec<Part>,
    _memory: Held,
}

/// Part of a small input.
pub enum Part {
    Encoded(Chunk),
    Pixels(PixelArray),
}

impl Workers {
    /// Most sources of a group, which are worked on together.
    pub const GROUP: usize = 512;

    /// As many workers as `threads`, or one a core if that is 0, which keep to `memory` bytes.
    pub fn new(
        threads: usize,
        memory: u64,
        encoder: Option<Encoder>,
        method: Method,
        options: read::Options,
    ) -> Result<Self> {
        let pool = match threads {
            0 => None,
            _ => Some(
                ThreadPoolBuilder::new()
                    .num_threads(threads)
                    .build()
                    .with_context(|| format!("{threads} threads cannot be started"))?,
            ),
        };
        let threads = pool
            .as_ref()
            .map_or_else(rayon::current_num_threads, |pool| {
                pool.current_num_threads()
            });
        Ok(Workers {
            pool,
            threads,
            encoder,
            method,
            most_of_stack: options.chunk_bytes.min(memory / (4 * threads as u64)),
            most_of_mask: memory / 4,
            options,
            pixels: Memory::new(memory),
            encoded: Memory::new(memory / 2),
        })
    }

    /// Bytes of the files of a group, at most, unless it is of one.
    pub fn group_bytes(&self) -> u64 {
        self.most_of_mask
    }

    /// Runs `here` on this thread, while the workers may be given work.
    pub fn scope<'s, T>(&self, here: impl FnOnce(&Scope<'s>) -> T) -> T {
        match &self.pool {
            Some(pool) => pool.in_place_scope(here),
            None => rayon::in_place_scope(here),
        }
    }

    /// Has the workers work on the sources of a group. They come with their indices, some at a
    /// time, as they are ready.
    pub fn begin<'s>(&'s self, scope: &Scope<'s>, group: Vec<Source>) -> Receiver<Vec<Ready>> {
        // Several are handed over together where there are many.
        const MOST_AT_ONCE: usize = 16;
        let at_once = (group.len() / (8 * self.threads)).clamp(1, MOST_AT_ONCE);
        let (send, receive) = channel();
        let tasks = self.threads.min(group.len());
        let sources = Arc::new(Mutex::new(group.into_iter().enumerate()));
        for _ in 0..tasks {
            let (send, sources) = (send.clone(), sources.clone());
            scope.spawn(move |_| {
                loop {
                    let mut sources = sources.lock().unwrap_or_else(PoisonError::into_inner);
                    let some: Vec<_> = sources.by_ref().take(at_once).collect();
                    drop(sources);
                    if some.is_empty() {
                        break;
                    }
                    let ready = some.into_iter().map(|(index, source)| {
                        let progressed = self.source(&source);
                        (index, source, progressed)
                    });
                    // Nobody takes them only after an error, when nothing more is written.
                    let _ = send.send(ready.collect());
                }
            });
        }
        receive
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
        // Each mask costs something beside its pixels.
        let bytes = input.bytes.saturating_add(input.masks.saturating_mul(64));
        // A stack is encoded on all threads as it is read, a mask on one.
        let most = match input.masks {
            1 => self.most_of_mask,
            _ => self.most_of_stack,
        };
        if bytes > most || self.encoded.is_full() {
            return Ok(Progressed::Unread);
        }
        let pixels = self.pixels.wait_for(bytes);
        let chunks = input
            .chunks
            .map(|pixels| self.part(pixels?))
            .collect::<Result<Vec<_>>>()?;
        drop(pixels);
        let memory = self.encoded.take(chunks.iter().map(Part::bytes_held).sum());
        Ok(Progressed::Done(Small {
            is_stack: input.is_stack,
            size: input.size,
            hint: input.hint,
            chunks,
            _memory: memory,
        }))
    }

    fn part(&self, pixels: PixelArray) -> Result<Part> {
        match &self.encoder {
            Some(encoder) => self.method.encode(encoder, &pixels).map(Part::Encoded),
            None => Ok(Part::Pixels(pixels)),
        }
    }
}

impl Part {
    fn bytes_held(&self) -> u64 {
        match self {
            Part::Encoded(chunk) => chunk.bytes_held(),
            Part::Pixels(pixels) => pixels.bytes(),
        }
    }
}
