//! `.npz`: a zip archive of `.npy` files.
//!
//! Each array is an input of its own, `file.npz:name`: a bad one is an error by that name, and the
//! good ones beside it are encoded. Several threads may read arrays of one archive.

use std::collections::HashSet;
use std::fs::File;
use std::io::{self, BufReader, Cursor, Read, Seek, SeekFrom};
use std::sync::Arc;

use anyhow::{Result, anyhow, bail};
use zip::read::ZipArchiveMetadata;
use zip::{CompressionMethod, ZipArchive, ZipReadOptions};

use super::entry::{Entry, explain};
use super::input::{Opened, Options};
use super::kept::{Kept, MOST_OF_ENTRY};
use super::npy::{self, Header};
use super::stacks::{Role, Stacks};
use crate::positioned::Positioned;

/// An open archive.
pub struct Archive {
    file: Positioned,
    metadata: Arc<ZipArchiveMetadata>,
    stacks: Stacks,
    /// Arrays that were unpacked in search of stacks.
    kept: Kept,
}

/// An array of an archive.
#[derive(Debug)]
pub struct ArrayEntry {
    pub index: usize,
    pub name: String,
    /// Bytes that it takes of the file.
    pub size: u64,
}

impl Archive {
    /// Opens an archive, if its entries have names and bytes of their own: a small file whose
    /// entries share bytes is read again and again.
    pub fn open(file: File) -> Result<Self> {
        let file = Positioned::new(file);
        let archive = ZipArchive::new(file.clone())
            .map_err(|error| explain(error).context("not a .npz file"))?;
        let metadata = archive.metadata();
        if metadata.has_duplicate_names() {
            match repeated_name(file.clone(), archive.central_directory_start())? {
                Some(name) => bail!("two of its entries are called {name:?}"),
                None => bail!("two of its entries have one name"),
            }
        }
        check_ranges(&metadata, archive.central_directory_start())?;
        let archive = Archive {
            file,
            metadata,
            stacks: Stacks::default(),
            kept: Kept::default(),
        };
        archive.check_names()?;
        Ok(archive)
    }

    /// Fails where two entries are called so that they are one array.
    fn check_names(&self) -> Result<()> {
        let mut names = HashSet::new();
        for name in self.entries().map(|array| array.name) {
            if let Some(name) = names.replace(name) {
                bail!("its entries {name:?} and \"{name}.npy\" are both the array {name}");
            }
        }
        Ok(())
    }

    /// The arrays, in the archive's order; those of `names` alone, unless there are none.
    pub fn arrays(&self, names: &[String]) -> Result<Vec<ArrayEntry>> {
        let arrays: Vec<_> = self.entries().collect();
        if arrays.is_empty() {
            bail!("no array in it");
        }
        if let Some(picture) = self.picture_alone() {
            bail!("a zip archive of pictures, such as {picture:?}, and no arrays: unpack it first");
        }
        let wanted: HashSet<_> = names.iter().map(String::as_str).collect();
        let is_taken = |name: &str| names.is_empty() || wanted.contains(name);
        let all = arrays.len();
        let mut found: Vec<_> = arrays.iter().map(|array| array.name.clone()).collect();
        let taken: Vec<_> = arrays.into_iter().filter(|a| is_taken(&a.name)).collect();
        if taken.is_empty() {
            const SHOWN: usize = 20;
            found.truncate(SHOWN);
            let more = if all > SHOWN { ", ..." } else { "" };
            bail!(
                "no array of --array {} in it: there are {}{more}",
                names.join(", "),
                found.join(", ")
            );
        }
        Ok(taken)
    }

    /// Name of a picture, where no entry is called as arrays are.
    fn picture_alone(&self) -> Option<String> {
        const PICTURES: [&str; 6] = [".png", ".jpg", ".jpeg", ".tif", ".tiff", ".bmp"];
        let names = || (0..self.metadata.len()).map(|index| entry_name(&self.metadata, index));
        let is_picture = |name: &str| {
            let name = name.to_ascii_lowercase();
            PICTURES.iter().any(|end| name.ends_with(end))
        };
        let has_arrays = names().any(|name| name.ends_with(".npy"));
        names().find(|name| !has_arrays && is_picture(name))
    }

    fn entries(&self) -> impl Iterator<Item = ArrayEntry> {
        (0..self.metadata.len()).filter_map(|index| {
            let entry = self.metadata.entry(index).ok()?;
            let name = entry_name(&self.metadata, index);
            let name = array_name(&name).to_owned();
            let size = entry.compressed_size();
            (!name.ends_with('/')).then_some(ArrayEntry { index, name, size })
        })
    }

    /// Opens an array, and gives it to `with`. One that was asked for by its name is taken whatever
    /// its dimensions.
    pub fn visit<T>(
        &self,
        index: usize,
        options: &Options,
        with: impl FnOnce(Result<Opened<'_>>) -> T,
    ) -> T {
        let mut file = self.file.clone();
        let (size, mut entry): (_, Box<dyn Read>) = match self.kept.take(index) {
            Some(bytes) => (bytes.len() as u64, Box::new(Cursor::new(bytes))),
            None => match self.entry(index, &mut file) {
                Ok(entry) => (entry.0.size(), Box::new(entry)),
                Err(error) => return with(Err(error)),
            },
        };
        let header = match Header::read(&mut entry) {
            Ok(header) => header,
            Err(error) => return with(Err(error)),
        };
        if options.arrays.is_empty() {
            match self.role(index, &header, options) {
                Role::Masks => {}
                Role::LeftOut => return with(Ok(Opened::LeftOut(header.shape.len()))),
                Role::Alone(thing) => {
                    let (things, verb) = (thing.name(), options.hints_at);
                    let name = entry_name(&self.metadata, index);
                    let name = array_name(&name);
                    return with(Err(anyhow!(
                        "{things}, and no array of the archive is masks: {verb}--array {name} \
                         takes it as one"
                    )));
                }
            }
        }
        // It may have been among those that were looked at.
        self.kept.take(index);
        with(npy::input(header, entry, Some(size), options).map(Opened::Masks))
    }

    fn entry<'a>(&'a self, index: usize, file: &'a mut Positioned) -> Result<Entry<'a>> {
        let entry = self.metadata.entry(index);
        entry
            .and_then(|entry| entry.with_reader(file, ZipReadOptions::new()))
            .map(Entry)
            .map_err(|error| explain(error).context("it cannot be read"))
    }

    /// Part of an array of this header among the others.
    fn role(&self, index: usize, header: &Header, options: &Options) -> Role {
        let most = 2 * options.chunk_bytes;
        let name = |index| array_name(&entry_name(&self.metadata, index)).to_owned();
        let look = |index| Some((name(index), self.look(index, most)?));
        let (last, count) = (options.masks_last, self.metadata.len());
        self.stacks.role(&name(index), header, last, count, look)
    }

    /// The header of an array. A small one that is packed is kept whole, if that makes no more than
    /// `most` bytes: most of its cost is to begin to unpack it.
    fn look(&self, index: usize, most: u64) -> Option<Header> {
        let mut file = self.file.clone();
        let mut entry = self.entry(index, &mut file).ok()?;
        let size = entry.0.size();
        if size > MOST_OF_ENTRY || entry.0.compression() == CompressionMethod::Stored {
            return Header::read(&mut entry).ok();
        }
        let mut bytes = Vec::new();
        let read = entry.take(size + 1).read_to_end(&mut bytes);
        let header = Header::read(&mut &bytes[..]).ok()?;
        // One that is damaged is read again, and its error said.
        if read.is_ok() && bytes.len() as u64 == size {
            self.kept.put(index, bytes, most);
        }
        Some(header)
    }
}

/// Name of an entry, or its place where that is no text.
fn entry_name(metadata: &ZipArchiveMetadata, index: usize) -> String {
    let name = metadata
        .entry(index)
        .and_then(|entry| Ok(entry.name()?.into_owned()));
    name.unwrap_or_else(|_| format!("entry {index}"))
}

/// Name of the array that an entry holds.
fn array_name(entry: &str) -> &str {
    entry.strip_suffix(".npy").unwrap_or(entry)
}

/// Fails where entries share bytes, as far as the list of entries tells: it has no lengths of the
/// entries' own names, which are between header and bytes.
fn check_ranges(metadata: &ZipArchiveMetadata, list_start: u64) -> Result<()> {
    const HEADER: u64 = 30;
    let mut ranges = Vec::with_capacity(metadata.len());
    for index in 0..metadata.len() {
        if let Ok(entry) = metadata.entry(index) {
            let bytes = entry.header_start().saturating_add(HEADER);
            let end = bytes.saturating_add(entry.compressed_size());
            ranges.push((entry.header_start(), end, index));
        }
    }
    ranges.sort_unstable();
    let name = |index| entry_name(metadata, index);
    for pair in ranges.windows(2) {
        let [(_, end, first), (start, _, second)] = [pair[0], pair[1]];
        if end > start {
            let (first, second) = (name(first), name(second));
            bail!("its entries {first:?} and {second:?} share bytes of the file");
        }
    }
    match ranges.last() {
        Some(&(_, end, last)) if end > list_start => {
            bail!(
                "its entry {:?} shares bytes with the list of entries",
                name(last)
            )
        }
        _ => Ok(()),
    }
}

/// The first name that two entries have, as the list of entries, which begins at `start`, has them:
/// the library keeps one entry of a name.
fn repeated_name(file: Positioned, start: u64) -> Result<Option<String>> {
    const SIGNATURE: &[u8] = b"PK\x01\x02";
    let mut file = BufReader::new(file);
    file.seek(SeekFrom::Start(start))?;
    let mut names = HashSet::new();
    let mut fixed = [0; 46];
    while file.read_exact(&mut fixed).is_ok() && fixed.starts_with(SIGNATURE) {
        let length = |at: usize| u64::from(u16::from_le_bytes([fixed[at], fixed[at + 1]]));
        let mut name = Vec::new();
        (&mut file).take(length(28)).read_to_end(&mut name)?;
        io::copy(
            &mut (&mut file).take(length(30) + length(32)),
            &mut io::sink(),
        )?;
        let name = String::from_utf8_lossy(&name).into_owned();
        if !names.insert(name.clone()) {
            return Ok(Some(name));
        }
    }
    Ok(None)
}
