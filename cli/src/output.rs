//! Where a verb's output goes: a file that appears only when it is whole, or standard output.

use std::fs::{self, File};
use std::io::{self, BufWriter, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use tempfile::NamedTempFile;

/// A file written beside its target and renamed onto it at the end. Dropped before that, it leaves
/// nothing.
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

/// What a failure of [`Output::Whole`]'s file is about.
const WAITING: &str = "a temporary file";

/// Where rows go.
#[derive(Debug)]
pub enum Output {
    /// `-o`: rows of an input that fails part-way are taken back.
    File(AtomicFile),
    /// Standard output, a pipe or a device: what is written is written.
    Stream {
        writer: BufWriter<Stream>,
        name: String,
    },
    /// The same, for what is of use only as a whole: it waits in a temporary file.
    Whole {
        waiting: BufWriter<File>,
        writer: BufWriter<Stream>,
        name: String,
    },
}

/// Something that is written once and in order.
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
    /// `path`, or standard output without one.
    pub fn create(path: Option<&Path>) -> Result<Self> {
        let Some(path) = path else {
            return Ok(Output::stream(
                Stream::Stdout(io::stdout()),
                "standard output".into(),
            ));
        };
        // A pipe or /dev/null is written to; renaming a file onto it would replace it. So is
        // /dev/stdout, be it a file.
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

    /// The same for a document, half of which is of no use: a stream gets it at the end.
    pub fn create_whole(path: Option<&Path>) -> Result<Self> {
        match Output::create(path)? {
            Output::Stream { writer, name } => {
                let waiting = tempfile::tempfile().context("no temporary file for the output")?;
                Ok(Output::Whole {
                    waiting: BufWriter::with_capacity(1 << 20, waiting),
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
            Output::Whole { waiting, .. } => waiting.write_all(bytes).context(WAITING),
        }
    }

    /// The place that [`Output::roll_back`] returns to. What is before it can no longer be taken
    /// back.
    pub fn mark(&mut self) -> Result<u64> {
        match self {
            Output::File(file) => file
                .stream_position()
                .with_context(|| file.target.display().to_string()),
            Output::Stream { .. } => Ok(0),
            Output::Whole { waiting, .. } => waiting.stream_position().context(WAITING),
        }
    }

    /// Takes back what was written after `mark`, where that can be done.
    pub fn roll_back(&mut self, mark: u64) -> Result<()> {
        match self {
            Output::Stream { .. } => Ok(()),
            Output::File(file) => {
                let cut = cut(&mut file.writer, mark, |file| file.as_file());
                cut.with_context(|| file.target.display().to_string())
            }
            Output::Whole { waiting, .. } => cut(waiting, mark, |file| file).context(WAITING),
        }
    }

    /// Hands over what was written.
    pub fn finish(self) -> Result<()> {
        match self {
            Output::File(file) => file.finish(),
            Output::Stream { mut writer, name } => writer.flush().context(name),
            Output::Whole {
                waiting,
                mut writer,
                name,
            } => {
                let mut waiting = waiting
                    .into_inner()
                    .map_err(|error| error.into_error())
                    .context(WAITING)?;
                waiting.seek(SeekFrom::Start(0)).context(WAITING)?;
                io::copy(&mut waiting, &mut writer)
                    .and_then(|_| writer.flush())
                    .context(name)
            }
        }
    }
}

/// Ends a file at `mark`.
fn cut<F: Write + Seek>(
    writer: &mut BufWriter<F>,
    mark: u64,
    file: impl Fn(&F) -> &File,
) -> io::Result<()> {
    writer.seek(SeekFrom::Start(mark))?;
    file(writer.get_ref()).set_len(mark)
}
