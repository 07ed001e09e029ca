//! The inputs, a group at a time: while one is written, the workers are at the next.

use std::collections::HashSet;

use anyhow::Result;

use super::job::Job;
use super::workers::{Progressed, Workers};
use crate::read::{InputFile, Source, sources};

/// Encodes and writes all files. Workers are made where there is more than one source.
pub fn encode_all(
    job: &mut Job<'_>,
    files: Vec<InputFile>,
    make_workers: impl FnOnce() -> Result<Workers>,
) -> Result<()> {
    let options = job.options.clone();
    let numbered = |(index, file)| {
        let of_file = sources(file, &options).into_iter();
        of_file.map(move |source| source.of_file(index))
    };
    let mut sources = files.into_iter().enumerate().flat_map(numbered).peekable();
    let Some(first) = sources.next() else {
        return Ok(());
    };
    if sources.peek().is_none() {
        return job.source(&first, Progressed::Unread);
    }
    let workers = make_workers()?;
    let mut sources = std::iter::once(first).chain(sources);
    let mut ready = Vec::new();
    loop {
        let group = next_group(&mut sources, workers.group_bytes());
        if group.is_empty() && ready.is_empty() {
            return Ok(());
        }
        let mut next = Vec::new();
        let next_ready = &mut next;
        workers.scope(|scope| {
            if !group.is_empty() {
                let workers = &workers;
                scope.spawn(move |_| *next_ready = workers.work(group));
            }
            ready
                .drain(..)
                .try_for_each(|(source, progressed)| job.source(&source, progressed))
        })?;
        ready = next;
    }
}

/// The next sources that are worked on together.
fn next_group(sources: &mut impl Iterator<Item = Source>, most_bytes: u64) -> Vec<Source> {
    /// Most archives, which stay open while their arrays are worked on.
    const MOST_ARCHIVES: usize = 64;
    let mut group = Vec::new();
    let mut bytes = 0;
    let mut archives = HashSet::new();
    while group.len() < Workers::GROUP && bytes < most_bytes && archives.len() < MOST_ARCHIVES {
        let Some(source) = sources.next() else {
            break;
        };
        bytes += source.size;
        if source.name.array.is_some() {
            archives.insert(source.file);
        }
        group.push(source);
    }
    group
}
