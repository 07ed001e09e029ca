//! Small inputs, read and encoded on all threads, some hundred at a time.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use anyhow::{Context, Result};
use maskrle::{Encoder, PixelArray};
use rayon::iter::{IndexedParallelIterator, IntoParallelIterator, ParallelIterator};
use rayon::{Scope, ThreadPool, ThreadPoolBuilder};

use super::chunk::{Chunk, Method};
use crate::read::{self, Input, Opened, Source};

/// Threads that read inputs and encode them.
pub struct Workers {
    /// None is rayon's own.
    pool: Option<ThreadPool>,
    /// None where inputs are read here and encoded elsewhere, on the GPU.
    encoder: Option<Encoder>,
    method: Method,
    options: read::Options,
    /// Most bytes of an input: larger ones are encoded as they are read.
    most_bytes: u64,
    held: Arc<Memory>,
}

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

/// Bytes that pixels and what they became may take, and those that they take.
#[derive(Debug)]
struct Memory {
    most: u64,
    taken: AtomicU64,
}

/// Bytes that are taken until this is dropped.
#[derive(Debug)]
struct Held {
    memory: Arc<Memory>,
    bytes: u64,
}

impl Held {
    fn take(memory: &Arc<Memory>, bytes: u64) -> Option<Self> {
        let taken = memory.taken.fetch_add(bytes, Ordering::Relaxed) + bytes;
        let held = Held {
            memory: memory.clone(),
            bytes,
        };
        (taken <= memory.most).then_some(held)
    }

    /// Takes as many bytes instead of those that were taken.
    fn become_bytes(&mut self, bytes: u64) {
        self.memory.taken.fetch_add(bytes, Ordering::Relaxed);
        self.memory.taken.fetch_sub(self.bytes, Ordering::Relaxed);
        self.bytes = bytes;
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        self.memory.taken.fetch_sub(self.bytes, Ordering::Relaxed);
    }
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
            .map_or_else(rayon::current_num_threads, ThreadPool::current_num_threads);
        Ok(Workers {
            pool,
            encoder,
            method,
            most_bytes: options.chunk_bytes.min(memory / (4 * threads as u64)),
            options,
            held: Arc::new(Memory {
                most: memory,
                taken: AtomicU64::new(0),
            }),
        })
    }

    /// Bytes of the files of a group, at most, unless it is of one.
    pub fn group_bytes(&self) -> u64 {
        self.held.most / 4
    }

    /// Runs `here` on this thread, while the workers may be given work.
    pub fn scope<'s, T>(&self, here: impl FnOnce(&Scope<'s>) -> T) -> T {
        match &self.pool {
            Some(pool) => pool.in_place_scope(here),
            None => rayon::in_place_scope(here),
        }
    }

    /// Works on the sources of a group, on the thread of a worker.
    pub fn work(&self, group: Vec<Source>) -> Vec<(Source, Progressed)> {
        group
            .into_par_iter()
            .with_max_len(1)
            .map(|source| {
                let progressed = self.source(&source);
                (source, progressed)
            })
            .collect()
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
        if bytes > self.most_bytes {
            return Ok(Progressed::Unread);
        }
        let Some(mut memory) = Held::take(&self.held, bytes) else {
            return Ok(Progressed::Unread);
        };
        let chunks = input
            .chunks
            .map(|pixels| self.part(pixels?))
            .collect::<Result<Vec<_>>>()?;
        memory.become_bytes(chunks.iter().map(Part::bytes_held).sum());
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
