//! Destination of what a verb writes: a file, a stream, or a stream that gets a whole document.

use std::fmt;
use std::fs::{self, File};
use std::io::{self, BufWriter, Seek, SeekFrom, Write};
use std::path::Path;

use anyhow::{Context, Result};

use super::atomic_file::AtomicFile;
use crate::temporary::{temporary_error, temporary_file};

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
    /// A folder, whose files are written elsewhere.
    Folder,
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
    /// Opens `path`; `-`, as no path, is standard output.
    pub fn create(path: Option<&Path>) -> Result<Self> {
        let Some(path) = path.filter(|path| path.as_os_str() != "-") else {
            return Ok(Output::stream(
                Stream::Stdout(io::stdout()),
                "standard output".into(),
            ));
        };
        // A pipe or /dev/null is opened and written to, where renaming a file onto it would replace
        // it. /dev/stdout is written to even if it is a file, behind what others wrote to it.
        let is_open = ["/dev/stdout", "/dev/stderr", "/dev/fd", "/proc/self/fd"]
            .iter()
            .any(|open| path.starts_with(open));
        if is_open || fs::metadata(path).is_ok_and(|found| !found.is_file() && !found.is_dir()) {
            let name = path.display().to_string();
            let file = File::options()
                .append(true)
                .open(path)
                .with_context(|| name.clone())?;
            return Ok(Output::stream(Stream::Device(file), name));
        }
        AtomicFile::create(path).map(Output::File)
    }

    /// Opens `path` as [`Output::create`] does, for what is of no use in part: a stream gets it at
    /// the end.
    pub fn create_whole(path: Option<&Path>) -> Result<Self> {
        match Output::create(path)? {
            Output::Stream { writer, name } => Ok(Output::Whole {
                document: BufWriter::with_capacity(1 << 20, temporary_file()?),
                writer,
                name,
            }),
            output => Ok(output),
        }
    }

    fn stream(stream: Stream, name: String) -> Self {
        Output::Stream {
            writer: BufWriter::with_capacity(1 << 16, stream),
            name,
        }
    }

    /// Name of the destination, for messages.
    fn name(&self) -> &str {
        match self {
            Output::File(file) => file.name(),
            Output::Folder => "a folder",
            Output::Stream { name, .. } | Output::Whole { name, .. } => name,
        }
    }

    /// Appends rows.
    pub fn write(&mut self, bytes: &[u8]) -> Result<()> {
        self.write_all(bytes).map_err(|error| {
            let name = self.name().to_owned();
            OutputError { name, error }.into()
        })
    }

    /// Position that [`Output::roll_back`] returns to. Rows before it can no longer be taken back.
    pub fn mark(&mut self) -> Result<u64> {
        match self {
            Output::Stream { .. } | Output::Folder => Ok(0),
            output => output
                .stream_position()
                .with_context(|| output.name().to_owned()),
        }
    }

    /// Takes back the rows after `mark`, where that can be done.
    pub fn roll_back(&mut self, mark: u64) -> Result<()> {
        let cut = match self {
            Output::Stream { .. } | Output::Folder => Ok(()),
            Output::File(file) => file.cut(mark),
            Output::Whole { document, .. } => document
                .seek(SeekFrom::Start(mark))
                .and_then(|_| document.get_ref().set_len(mark))
                .map_err(temporary_error),
        };
        cut.with_context(|| self.name().to_owned())
    }

    /// Ends the output: a file appears, and a stream has all of it.
    pub fn finish(self) -> Result<()> {
        match self {
            Output::Folder => Ok(()),
            Output::File(file) => file.finish(),
            Output::Stream { mut writer, name } => writer.flush().context(name),
            Output::Whole {
                document,
                mut writer,
                name,
            } => {
                let document = document.into_inner().map_err(|error| error.into_error());
                let mut document = document.map_err(temporary_error)?;
                document.seek(SeekFrom::Start(0)).map_err(temporary_error)?;
                io::copy(&mut document, &mut writer)
                    .and_then(|_| writer.flush())
                    .context(name)
            }
        }
    }
}

/// An error of the output, which is not about what was read meanwhile.
#[derive(Debug)]
pub struct OutputError {
    name: String,
    error: io::Error,
}

impl fmt::Display for OutputError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name)
    }
}

impl std::error::Error for OutputError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        Some(&self.error)
    }
}

/// Writes all of a text to standard output.
pub fn print(text: &[u8]) -> Result<()> {
    let mut output = Output::create(None)?;
    output.write(text)?;
    output.finish()
}

/// For those who write bytes by themselves, and name the output in errors.
impl Write for Output {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Output::File(file) => file.write(bytes),
            Output::Folder => Err(io::ErrorKind::Unsupported.into()),
            Output::Stream { writer, .. } => writer.write(bytes),
            Output::Whole { document, .. } => document.write(bytes).map_err(temporary_error),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Output::File(file) => file.flush(),
            Output::Folder => Ok(()),
            Output::Stream { writer, .. } => writer.flush(),
            Output::Whole { document, .. } => document.flush().map_err(temporary_error),
        }
    }
}

/// Of files and whole documents: a stream goes on and on.
impl Seek for Output {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        match self {
            Output::File(file) => file.seek(to),
            Output::Stream { .. } | Output::Folder => Err(io::ErrorKind::NotSeekable.into()),
            Output::Whole { document, .. } => document.seek(to).map_err(temporary_error),
        }
    }
}
