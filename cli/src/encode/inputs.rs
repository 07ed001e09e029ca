//! The inputs, in their order: those that the workers have brought as far as they can.

use std::collections::{BTreeMap, VecDeque};
use std::iter::Enumerate;
use std::sync::mpsc::{Sender, channel};
use std::vec::IntoIter;

use anyhow::Result;
use rayon::Scope;

use super::job::Job;
use super::workers::{Progressed, Ready, Workers};
use crate::read::{InputFile, Options, Source, Sources, Stream, sources};

/// Encodes and writes all files. Workers are made where there is more than one source; there are
/// none where there is but one thread.
pub fn encode_all(
    job: &mut Job<'_>,
    files: Vec<InputFile>,
    make_workers: impl FnOnce() -> Result<Option<Workers>>,
) -> Result<()> {
    let mut inputs = Inputs::new(files, job.options.clone());
    let Some(first) = inputs.next_opened(job) else {
        return Ok(());
    };
    if inputs.is_over() {
        return job.source(&first, Progressed::Unread);
    }
    inputs.sources.push_front(first);
    match make_workers()? {
        Some(workers) => workers.scope(|scope| {
            let done = encode_on(&workers, scope, job, inputs);
            workers.queue.clear();
            done
        }),
        None => {
            while let Some(source) = inputs.next_opened(job) {
                job.source(&source, Progressed::Unread)?;
            }
            Ok(())
        }
    }
}

/// Has the workers read and encode the inputs, which are written in their order.
fn encode_on<'s>(
    workers: &'s Workers,
    scope: &Scope<'s>,
    job: &mut Job<'_>,
    mut inputs: Inputs,
) -> Result<()> {
    let (send, receive) = channel();
    let mut window = Window::default();
    loop {
        while window.has_room()
            && let Some(source) = inputs.next()
        {
            workers.queue.push((window.add(&source), source));
        }
        begin_tasks(workers, scope, &send);
        if workers.queue.is_idle() {
            if inputs.open_stream(job) {
                continue;
            }
            return Ok(());
        }
        // Nothing comes from a task that panicked, which the scope's end does too.
        let ready = receive.recv().unwrap_or_default();
        if ready.is_empty() {
            return Ok(());
        }
        workers.queue.received(ready.len());
        window.write(job, ready)?;
    }
}

fn begin_tasks<'s>(workers: &'s Workers, scope: &Scope<'s>, send: &Sender<Vec<Ready>>) {
    while let Some(first) = workers.begin() {
        let send = send.clone();
        scope.spawn(move |_| workers.work(first, &send));
    }
}

/// Sources from those that are written next to those that wait for the workers.
#[derive(Default)]
struct Window {
    /// Number of sources that were written, and of all.
    written: usize,
    added: usize,
    /// Sources that are ready before others that are written first.
    early: BTreeMap<usize, (Source, Progressed)>,
    /// Files of the archives among them, which are open.
    archives: VecDeque<usize>,
}

impl Window {
    /// True if one more source may be worked on. A process may have some hundred files open.
    fn has_room(&self) -> bool {
        const MOST_SOURCES: usize = 1024;
        const MOST_ARCHIVES: usize = 32;
        self.added - self.written < MOST_SOURCES && self.archives.len() < MOST_ARCHIVES
    }

    /// Adds a source, and returns its number.
    fn add(&mut self, source: &Source) -> usize {
        if source.name.array.is_some() && self.archives.back() != Some(&source.file) {
            self.archives.push_back(source.file);
        }
        self.added += 1;
        self.added - 1
    }

    /// Takes sources that are ready, and writes those whose turn it is.
    fn write(&mut self, job: &mut Job<'_>, ready: Vec<Ready>) -> Result<()> {
        for (number, source, progressed) in ready {
            self.early.insert(number, (source, progressed));
        }
        while let Some((source, progressed)) = self.early.remove(&self.written) {
            job.source(&source, progressed)?;
            self.written += 1;
            while self
                .archives
                .front()
                .is_some_and(|file| *file < source.file)
            {
                self.archives.pop_front();
            }
        }
        if self.written == self.added {
            self.archives.clear();
        }
        Ok(())
    }
}

/// Sources, file by file.
struct Inputs {
    files: Enumerate<IntoIter<InputFile>>,
    options: Options,
    /// Sources of the files so far.
    sources: VecDeque<Source>,
    /// A stream behind them. It is opened once all before it is written: whoever writes several
    /// pipes may write one after the other.
    stream: Option<(usize, Stream)>,
}

impl Inputs {
    fn new(files: Vec<InputFile>, options: Options) -> Self {
        Inputs {
            files: files.into_iter().enumerate(),
            options,
            sources: VecDeque::new(),
            stream: None,
        }
    }

    /// The next source; none where a stream comes first, or the end.
    fn next(&mut self) -> Option<Source> {
        while self.sources.is_empty() && self.stream.is_none() {
            let (index, file) = self.files.next()?;
            match sources(file, &self.options) {
                Sources::Known(sources) => self.add(index, sources),
                Sources::Stream(stream) => self.stream = Some((index, stream)),
            }
        }
        self.sources.pop_front()
    }

    /// The next source, even if it is in a stream.
    fn next_opened(&mut self, job: &mut Job<'_>) -> Option<Source> {
        loop {
            let next = self.next();
            if next.is_some() || !self.open_stream(job) {
                return next;
            }
        }
    }

    /// Opens the stream that comes next. False if there is none.
    fn open_stream(&mut self, job: &mut Job<'_>) -> bool {
        let Some((index, stream)) = self.stream.take() else {
            return false;
        };
        let sources = stream.open(&self.options);
        job.progress
            .expect(sources.iter().map(|source| source.size).sum());
        self.add(index, sources);
        true
    }

    fn add(&mut self, file: usize, sources: Vec<Source>) {
        let of_file = |source: Source| source.of_file(file);
        self.sources.extend(sources.into_iter().map(of_file));
    }

    /// True if no source is left.
    fn is_over(&self) -> bool {
        self.sources.is_empty() && self.stream.is_none() && self.files.len() == 0
    }
}
