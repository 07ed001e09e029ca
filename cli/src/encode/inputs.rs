//! The inputs, a group at a time.

use std::collections::{BTreeMap, HashSet, VecDeque};
use std::sync::mpsc::Receiver;

use anyhow::Result;

use super::job::Job;
use super::workers::{Progressed, Ready, Workers};
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
    workers.scope(|scope| {
        let mut begun = VecDeque::new();
        loop {
            // While one group is written, the workers are at the next.
            while begun.len() < 2 {
                let group = next_group(&mut sources, workers.group_bytes());
                if group.is_empty() {
                    break;
                }
                begun.push_back(workers.begin(scope, group));
            }
            match begun.pop_front() {
                Some(ready) => write_in_order(job, ready)?,
                None => return Ok(()),
            }
        }
    })
}

/// Writes the sources of a group in their order.
fn write_in_order(job: &mut Job<'_>, ready: Receiver<Vec<Ready>>) -> Result<()> {
    let (mut next, mut early) = (0, BTreeMap::new());
    for (index, source, progressed) in ready.into_iter().flatten() {
        early.insert(index, (source, progressed));
        while let Some((source, progressed)) = early.remove(&next) {
            job.source(&source, progressed)?;
            next += 1;
        }
    }
    Ok(())
}

/// The next sources that are worked on together.
fn next_group(sources: &mut impl Iterator<Item = Source>, most_bytes: u64) -> Vec<Source> {
    /// Most archives, which stay open while their arrays are worked on.
    const MOST_ARCHIVES: usize = 64;
    let mut group = Vec::new();
    let mut bytes = 0u64;
    let mut archives = HashSet::new();
    while group.len() < Workers::GROUP && bytes < most_bytes && archives.len() < MOST_ARCHIVES {
        let Some(source) = sources.next() else {
            break;
        };
        // A hostile archive may claim any size.
        bytes = bytes.saturating_add(source.size);
        if source.name.array.is_some() {
            archives.insert(source.file);
        }
        group.push(source);
    }
    group
}
