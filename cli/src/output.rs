//! Output of a verb: a file that appears only when it is whole, or standard output.

use std::fs::{self, File};
use std::io::{self, BufWriter, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use tempfile::NamedTempFile;

/// A file that is written beside its target and renamed onto it at the end. Dropped before that, it
/// leaves nothing.
#[derive(Debug)]
pub struct AtomicFile {
    writer: BufWriter<NamedTempFile>,
    target: PathBuf,
}

impl AtomicFile {
    /// A file that will become `target`.
    pub fn create(target: &Path) -> Result<Self> {
        let named = || target.display().to_string();
        // A link stays a link: what it points to is replaced.
        let target = match fs::canonicalize(target) {
            Err(_) if target.is_symlink() => anyhow::bail!("{}: is a link to nothing", named()),
            found => found.unwrap_or_else(|_| target.to_owned()),
        };
        if target.is_dir() {
            anyhow::bail!("{}: is a folder", named());
        }
        let folder = match target.parent() {
            Some(parent) if !parent.as_os_str().is_empty() => parent,
            _ => Path::new("."),
        };
        if !folder.is_dir() {
            anyhow::bail!("{}: there is no folder {}", named(), folder.display());
        }
        let mut builder = tempfile::Builder::new();
        builder.prefix(".maskrle-");
        // A temporary file is its owner's alone; this one is to be an ordinary file, as the umask
        // has it.
        #[cfg(unix)]
        builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
        let file = builder.tempfile_in(folder).with_context(named)?;
        Ok(AtomicFile {
            writer: BufWriter::with_capacity(1 << 20, file),
            target,
        })
    }

    /// Puts the whole file in its place.
    pub fn finish(mut self) -> Result<()> {
        let named = || self.target.display().to_string();
        self.writer.flush().with_context(named)?;
        let file = self
            .writer
            .into_inner()
            .map_err(|error| error.into_error())
            .with_context(named)?;
        file.persist(&self.target)
            .map_err(|error| error.error)
            .with_context(named)?;
        Ok(())
    }
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

/// Subject of errors about the temporary file of [`Output::Whole`].
const TEMPORARY_FILE: &str = "a temporary file";

/// Destination of rows.
#[derive(Debug)]
pub enum Output {
    /// A file of `-o`: rows of an input that fails part-way are taken back.
    File(AtomicFile),
    /// Standard output, a pipe or a device: rows cannot be taken back.
    Stream {
        writer: BufWriter<Stream>,
        name: String,
    },
    /// A stream for a document, of use only as a whole: until its end it is in a temporary file.
    Whole {
        document: BufWriter<File>,
        writer: BufWriter<Stream>,
        name: String,
    },
}

/// A destination that is written once and in order.
#[derive(Debug)]
pub enum Stream {
    Stdout(io::Stdout),
    Device(File),
}

impl Write for Stream {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Stream::Stdout(stdout) => stdout.write(bytes),
            Stream::Device(file) => file.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Stream::Stdout(stdout) => stdout.flush(),
            Stream::Device(file) => file.flush(),
        }
    }
}

impl Output {
    /// Opens `path`, or standard output without one.
    pub fn create(path: Option<&Path>) -> Result<Self> {
        let Some(path) = path else {
            return Ok(Output::stream(
                Stream::Stdout(io::stdout()),
                "standard output".into(),
            ));
        };
        // A pipe or /dev/null is opened and written to, where renaming a file onto it would replace
        // it. /dev/stdout is written to even if it is a file.
        let is_open = ["/dev/stdout", "/dev/stderr", "/dev/fd", "/proc/self/fd"]
            .iter()
            .any(|open| path.starts_with(open));
        if is_open || fs::metadata(path).is_ok_and(|found| !found.is_file() && !found.is_dir()) {
            let name = path.display().to_string();
            let file = File::options()
                .write(true)
                .open(path)
                .with_context(|| name.clone())?;
            return Ok(Output::stream(Stream::Device(file), name));
        }
        AtomicFile::create(path).map(Output::File)
    }

    /// Opens `path`, or standard output without one, for a document, half of which is of no use: a
    /// stream gets it at the end.
    pub fn create_whole(path: Option<&Path>) -> Result<Self> {
        match Output::create(path)? {
            Output::Stream { writer, name } => {
                let document = tempfile::tempfile().context("no temporary file for the output")?;
                Ok(Output::Whole {
                    document: BufWriter::with_capacity(1 << 20, document),
                    writer,
                    name,
                })
            }
            output => Ok(output),
        }
    }

    fn stream(stream: Stream, name: String) -> Self {
        Output::Stream {
            writer: BufWriter::with_capacity(1 << 16, stream),
            name,
        }
    }

    /// Appends rows.
    pub fn write(&mut self, bytes: &[u8]) -> Result<()> {
        match self {
            Output::File(file) => file
                .write_all(bytes)
                .with_context(|| file.target.display().to_string()),
            Output::Stream { writer, name } => {
                writer.write_all(bytes).with_context(|| name.clone())
            }
            Output::Whole { document, .. } => document.write_all(bytes).context(TEMPORARY_FILE),
        }
    }

    /// Position that [`Output::roll_back`] returns to. Rows before it can no longer be taken back.
    pub fn mark(&mut self) -> Result<u64> {
        match self {
            Output::File(file) => file
                .stream_position()
                .with_context(|| file.target.display().to_string()),
            Output::Stream { .. } => Ok(0),
            Output::Whole { document, .. } => document.stream_position().context(TEMPORARY_FILE),
        }
    }

    /// Takes back the rows after `mark`, where that can be done.
    pub fn roll_back(&mut self, mark: u64) -> Result<()> {
        match self {
            Output::Stream { .. } => Ok(()),
            Output::File(file) => {
                let cut = cut(&mut file.writer, mark, |file| file.as_file());
                cut.with_context(|| file.target.display().to_string())
            }
            Output::Whole { document, .. } => {
                cut(document, mark, |file| file).context(TEMPORARY_FILE)
            }
        }
    }

    /// Ends the output: a file appears, and a stream has all of it.
    pub fn finish(self) -> Result<()> {
        match self {
            Output::File(file) => file.finish(),
            Output::Stream { mut writer, name } => writer.flush().context(name),
            Output::Whole {
                document,
                mut writer,
                name,
            } => {
                let mut document = document
                    .into_inner()
                    .map_err(|error| error.into_error())
                    .context(TEMPORARY_FILE)?;
                document.seek(SeekFrom::Start(0)).context(TEMPORARY_FILE)?;
                io::copy(&mut document, &mut writer)
                    .and_then(|_| writer.flush())
                    .context(name)
            }
        }
    }
}

/// Cuts a file off at `mark`.
fn cut<F: Write + Seek>(
    writer: &mut BufWriter<F>,
    mark: u64,
    file: impl Fn(&F) -> &File,
) -> io::Result<()> {
    writer.seek(SeekFrom::Start(mark))?;
    file(writer.get_ref()).set_len(mark)
}
