//! Temporary files: those without a name, for what does not fit into memory, and files and folders
//! beside OUT, which become it or are removed, on signals too.

use std::fs::{self, File, Permissions};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use anyhow::{Context, Result, bail};
use tempfile::{Builder, NamedTempFile, TempDir};

/// Opens a file in the temporary folder. It has no name, and is gone once it is closed.
pub fn temporary_file() -> io::Result<File> {
    let error = |error| io_error(&format!("no temporary file in {}", place()), error);
    tempfile::tempfile().map_err(error)
}

/// An error of such a file, with the place that it is about.
pub fn temporary_error(error: io::Error) -> io::Error {
    io_error(&format!("a temporary file in {}", place()), error)
}

/// Most bytes of a pipe that are copied.
pub const MOST_COPIED: u64 = 64 << 30;

/// Temporary file, without a name, of what a pipe gives, at its beginning. More than `most` bytes
/// are an error.
pub fn copy_of_pipe(pipe: &mut dyn Read, most: u64) -> Result<File> {
    let mut copy = temporary_file()?;
    let mut block = vec![0; 1 << 16];
    let mut copied = 0;
    loop {
        let count = match pipe.read(&mut block) {
            Ok(0) => break,
            Ok(count) => count,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(error).context("it cannot be read"),
        };
        copied += count as u64;
        if copied > most {
            bail!("a pipe of more than {most} bytes is not taken: save it as a file");
        }
        copy.write_all(&block[..count]).map_err(temporary_error)?;
    }
    copy.seek(SeekFrom::Start(0)).map_err(temporary_error)?;
    Ok(copy)
}

/// An error with its subject, in the system's words: tempfile adds the random name that it tried,
/// and gives no way to the error below.
fn io_error(subject: &str, error: io::Error) -> io::Error {
    let text = error.to_string();
    let system = text.split_once(" at path \"").map(|(system, _)| system);
    io::Error::new(
        error.kind(),
        format!("{subject}: {}", system.unwrap_or(&text)),
    )
}

/// The folder of temporary files.
fn place() -> String {
    let variable = if cfg!(windows) { "TMP" } else { "TMPDIR" };
    format!("{} ({variable} says where)", std::env::temp_dir().display())
}

/// Paths of the files and folders that have names. One is made, or gets its last name, while this
/// is locked.
static NAMED: Mutex<Vec<PathBuf>> = Mutex::new(Vec::new());

fn named() -> MutexGuard<'static, Vec<PathBuf>> {
    NAMED.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A file beside the one that it is to become. Dropped before that, it is removed.
#[derive(Debug)]
pub struct NamedFile {
    file: NamedTempFile,
    /// Dropped after the file: until it is removed, it is listed.
    listed: Listed,
}

/// The place of a file or folder in the list.
#[derive(Debug)]
struct Listed(PathBuf);

impl Listed {
    /// Makes something in a folder, and lists its path before a signal may come between.
    fn make<T>(
        kind: &str,
        folder: &Path,
        make: impl FnOnce(&Path) -> io::Result<(PathBuf, T)>,
    ) -> io::Result<(Self, T)> {
        let mut named = named();
        let (path, made) = make(folder).map_err(|error| {
            let subject = format!("no {kind} can be made in {}", folder.display());
            io_error(&subject, error)
        })?;
        named.push(path.clone());
        Ok((Listed(path), made))
    }
}

impl Drop for Listed {
    fn drop(&mut self) {
        named().retain(|path| *path != self.0);
    }
}

impl NamedFile {
    /// A new file in `folder`, with these permissions, or the usual ones of a file there.
    pub fn create_in(folder: &Path, permissions: Option<Permissions>) -> io::Result<Self> {
        let mut builder = Builder::new();
        builder.prefix(".maskrle-");
        set_permissions(&mut builder, permissions);
        let made = Listed::make("file", folder, |folder| {
            let file = builder.tempfile_in(folder)?;
            Ok((file.path().to_owned(), file))
        });
        made.map(|(listed, file)| NamedFile { file, listed })
    }

    /// The open file.
    pub fn as_file(&self) -> &File {
        self.file.as_file()
    }

    /// Gives the file its last name.
    pub fn persist(self, target: &Path) -> io::Result<()> {
        let NamedFile { file, listed } = self;
        let locked = named();
        let done = file.persist(target).map_err(|error| error.error);
        drop(locked);
        drop(listed);
        done.map(drop)
    }
}

/// A folder beside the one that it is to become. Dropped before that, it is removed.
#[derive(Debug)]
pub struct NamedFolder {
    folder: TempDir,
    listed: Listed,
}

impl NamedFolder {
    /// A new folder in `parent`.
    pub fn create_in(parent: &Path) -> io::Result<Self> {
        let mut builder = Builder::new();
        builder.prefix(".maskrle-");
        #[cfg(unix)]
        builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o777));
        let made = Listed::make("folder", parent, |parent| {
            let folder = builder.tempdir_in(parent)?;
            Ok((folder.path().to_owned(), folder))
        });
        made.map(|(listed, folder)| NamedFolder { folder, listed })
    }

    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    /// Gives the folder its last name. A folder that is there must be empty.
    pub fn persist(self, target: &Path) -> io::Result<()> {
        let NamedFolder { folder, listed } = self;
        let locked = named();
        // Not every system puts one folder in the place of another.
        let _ = fs::remove_dir(target);
        let done = fs::rename(folder.path(), target);
        if done.is_ok() {
            // Nothing is left to remove.
            let _ = folder.keep();
        }
        drop(locked);
        drop(listed);
        done
    }
}

/// A temporary file is its owner's alone; one that becomes OUT is to be an ordinary file, as the
/// umask has it, or what OUT was.
#[cfg(unix)]
fn set_permissions(builder: &mut Builder<'_, '_>, permissions: Option<Permissions>) {
    let usual = || std::os::unix::fs::PermissionsExt::from_mode(0o666);
    builder.permissions(permissions.unwrap_or_else(usual));
}

#[cfg(not(unix))]
fn set_permissions(_: &mut Builder<'_, '_>, _: Option<Permissions>) {}

/// Directly to the file: tempfile adds its random name to errors.
impl Write for NamedFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.file.as_file_mut().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.as_file_mut().flush()
    }
}

impl Seek for NamedFile {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.file.as_file_mut().seek(to)
    }
}

/// Removes the files and folders that have names, and calls `end`. None is made meanwhile, and none
/// gets its last name.
pub fn remove_named_and(end: impl FnOnce()) {
    let named = named();
    for path in named.iter() {
        if fs::remove_file(path).is_err() {
            remove_folder(path);
        }
    }
    end();
}

/// Removes a folder in which files may be made meanwhile.
fn remove_folder(path: &Path) {
    /// Times that a file may be made between the last that is removed and the folder.
    const TIMES: usize = 100;
    let mut tries = (0..TIMES).map(|_| fs::remove_dir_all(path));
    tries.find(|removed| removed.is_ok() || !path.exists());
}
