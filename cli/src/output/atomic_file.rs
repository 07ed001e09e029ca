//! A file that appears only when it is whole.

use std::fs::{self, File, Metadata};
use std::io::{self, BufWriter, ErrorKind, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

use crate::temporary::NamedFile;

/// A file that is written beside its target and renamed onto it at the end. Dropped before that, it
/// leaves nothing.
#[derive(Debug)]
pub struct AtomicFile {
    writer: BufWriter<NamedFile>,
    target: PathBuf,
    /// The target as it was given, for messages.
    name: String,
}

impl AtomicFile {
    /// A file that will become `target`, with the mode and the owner of the one that it replaces.
    pub fn create(target: &Path) -> Result<Self> {
        let name = target.display().to_string();
        // A link stays a link: what it points to is replaced.
        let target = match fs::canonicalize(target) {
            Err(_) if target.is_symlink() => bail!("{name}: is a link to nothing"),
            found => found.unwrap_or_else(|_| target.to_owned()),
        };
        if target.is_dir() {
            bail!("{name}: is a folder");
        }
        if name.ends_with(std::path::is_separator) {
            bail!("{name}: there is no such folder, and a file is to be written");
        }
        let folder = match target.parent() {
            Some(parent) if !parent.as_os_str().is_empty() => parent,
            _ => Path::new("."),
        };
        if !folder.is_dir() {
            bail!("{name}: there is no folder {}", folder.display());
        }
        let replaced = writable(&target).context(name.clone())?;
        let permissions = replaced.as_ref().map(Metadata::permissions);
        let file = NamedFile::create_in(folder, permissions).context(name.clone())?;
        if let Some(replaced) = replaced {
            take_over(file.as_file(), &replaced).context(name.clone())?;
        }
        Ok(AtomicFile {
            writer: BufWriter::with_capacity(1 << 20, file),
            target,
            name,
        })
    }

    /// Name of the file that this one will become, for messages.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Cuts the file off at `end`.
    pub fn cut(&mut self, end: u64) -> io::Result<()> {
        self.writer.seek(SeekFrom::Start(end))?;
        self.writer.get_ref().as_file().set_len(end)
    }

    /// Puts the whole file in its place.
    pub fn finish(self) -> Result<()> {
        let AtomicFile {
            writer,
            target,
            name,
        } = self;
        let file = writer.into_inner().map_err(|error| error.into_error());
        file.and_then(|file| file.persist(&target)).context(name)
    }
}

/// Metadata of the file at `target`, None without one. Fails where it may not be written.
fn writable(target: &Path) -> Result<Option<Metadata>> {
    let metadata = match fs::metadata(target) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        metadata => metadata?,
    };
    // Root may open it all the same.
    if metadata.permissions().readonly() {
        bail!("it is read-only, and is not replaced");
    }
    File::options()
        .append(true)
        .open(target)
        .context("it may not be written")?;
    Ok(Some(metadata))
}

/// Gives `file` the owner, as far as that is allowed, and the mode of the one that it replaces.
#[cfg(unix)]
fn take_over(file: &File, replaced: &Metadata) -> io::Result<()> {
    use std::os::unix::fs::{MetadataExt, fchown};
    let (owner, group) = (replaced.uid(), replaced.gid());
    let own = file.metadata()?;
    if (own.uid(), own.gid()) != (owner, group) && fchown(file, Some(owner), Some(group)).is_err() {
        // Only root may give a file away, but others to the groups that they are in.
        let _ = fchown(file, None, Some(group));
    }
    file.set_permissions(replaced.permissions())
}

#[cfg(not(unix))]
fn take_over(_: &File, _: &Metadata) -> io::Result<()> {
    Ok(())
}

impl Write for AtomicFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.writer.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.writer.flush()
    }
}

impl Seek for AtomicFile {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.writer.seek(to)
    }
}
