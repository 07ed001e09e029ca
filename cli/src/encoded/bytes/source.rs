//! Bytes of an encoded file, which can be read more than once: a file, or the copy of a pipe.

use std::fmt;
use std::fs::File;
use std::io::{self, BufRead, BufReader, Cursor, Read, Seek};
use std::path::Path;

use anyhow::{Context, Result, anyhow, bail};

use super::content::{Packing, check_is_text};
use super::unpack::{Gzip, Zstd};
use crate::positioned::Positioned;
use crate::temporary::{MOST_COPIED, copy_of_pipe};

/// A file, or a copy of what can be read only once.
#[derive(Debug)]
pub struct Source {
    /// Reader at the first byte, of which each reading is a copy.
    bytes: Positioned,
    packing: Packing,
}

/// Reader of a file's text: unpacked, and without its byte order mark.
pub struct Reader(Box<dyn BufRead + Send>);

/// Bytes that Windows programs put before text. Neither JSON nor CSV allows them.
const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";
/// Number of first bytes that tell what a file is.
const HEAD_BYTES: u64 = 1 << 12;
/// Subject of errors of reading.
const UNREADABLE: &str = "it cannot be read";

impl Source {
    /// Opens a file, or standard input where the path is `-`. What is no text is refused, a pipe's
    /// before it is copied.
    pub fn open(path: &Path) -> Result<Self> {
        let is_stdin = path == Path::new("-");
        let mut file = if is_stdin {
            stdin().context(UNREADABLE)?
        } else {
            File::open(path).map_err(|error| match error.kind() {
                io::ErrorKind::NotFound => anyhow!("no such file"),
                _ => error.into(),
            })?
        };
        let metadata = file.metadata().context(UNREADABLE)?;
        if metadata.is_dir() {
            bail!("is a folder");
        }
        if !metadata.is_file() {
            file = copy_of_text(&mut file, MOST_COPIED)?;
        }
        let start = file.stream_position().context(UNREADABLE)?;
        let mut source = Source {
            bytes: Positioned::from(file, start),
            packing: Packing::None,
        };
        source.packing = Packing::of(&head(&mut source.reader()?.0)?);
        check_is_text(&head(&mut source.reader()?.0)?)?;
        Ok(source)
    }

    /// Opens the file once more, at its beginning.
    pub fn reader(&self) -> Result<Reader> {
        let buffered = || BufReader::with_capacity(1 << 16, self.bytes.clone());
        let mut text: Box<dyn BufRead + Send> = match self.packing {
            Packing::None => Box::new(buffered()),
            Packing::Gzip => Box::new(BufReader::new(Gzip::new(buffered()))),
            Packing::Zstd => Box::new(BufReader::new(Zstd::new(buffered()))),
        };
        let mut first = Vec::new();
        let length = BYTE_ORDER_MARK.len() as u64;
        (&mut text)
            .take(length)
            .read_to_end(&mut first)
            .context(UNREADABLE)?;
        if first == BYTE_ORDER_MARK {
            first.clear();
        }
        Ok(Reader(Box::new(Cursor::new(first).chain(text))))
    }
}

/// The first bytes of a reader.
fn head(reader: &mut dyn Read) -> Result<Vec<u8>> {
    let mut head = Vec::new();
    reader
        .take(HEAD_BYTES)
        .read_to_end(&mut head)
        .context(UNREADABLE)?;
    Ok(head)
}

impl Read for Reader {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.0.read(buffer)
    }
}

impl BufRead for Reader {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        self.0.fill_buf()
    }

    fn consume(&mut self, count: usize) {
        self.0.consume(count);
    }
}

impl fmt::Debug for Reader {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Reader")
    }
}

/// Standard input as a file, which it may be.
#[cfg(unix)]
fn stdin() -> io::Result<File> {
    use std::os::fd::AsFd;
    io::stdin().as_fd().try_clone_to_owned().map(File::from)
}

/// Standard input as a file, which it may be.
#[cfg(windows)]
fn stdin() -> io::Result<File> {
    use std::os::windows::io::AsHandle;
    io::stdin().as_handle().try_clone_to_owned().map(File::from)
}

/// Temporary file of what a pipe gives, if that is text or packed.
fn copy_of_text(pipe: &mut impl Read, most: u64) -> Result<File> {
    let head = head(pipe)?;
    if Packing::of(&head) == Packing::None {
        check_is_text(&head)?;
    }
    copy_of_pipe(&mut Cursor::new(head).chain(pipe), most)
}

#[cfg(test)]
mod tests {
    use std::io::{self, Read};

    use super::copy_of_text;

    #[test]
    fn pipes_without_end() {
        let error = copy_of_text(&mut io::repeat(b'1'), 1 << 20).unwrap_err();
        assert!(error.to_string().contains("more than 1048576 bytes"));
        let error = copy_of_text(&mut io::repeat(0), u64::MAX).unwrap_err();
        assert!(error.to_string().contains("binary"));
        let mut whole =
            copy_of_text(&mut io::repeat(b'1').take(1 << 20), 1 << 20).expect("it is not too long");
        let mut text = String::new();
        whole.read_to_string(&mut text).expect("it is a file");
        assert_eq!(text.len(), 1 << 20);
    }
}
