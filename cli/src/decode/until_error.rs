//! The way of an archive to its output, which may fail.

use std::io::{self, ErrorKind, Seek, SeekFrom, Write};

/// Passes bytes on until that fails once, and takes all in after that: an archive is finished even
/// when it is dropped, and would say on standard error that it cannot be.
#[derive(Debug)]
pub struct UntilError<W> {
    inner: W,
    position: u64,
    has_failed: bool,
}

impl<W> UntilError<W> {
    pub fn new(inner: W) -> Self {
        UntilError {
            inner,
            position: 0,
            has_failed: false,
        }
    }

    /// The writer within.
    pub fn into_inner(self) -> W {
        self.inner
    }

    /// Takes note of an error.
    fn noted<T>(&mut self, done: io::Result<T>) -> io::Result<T> {
        self.has_failed |= done
            .as_ref()
            .is_err_and(|error| error.kind() != ErrorKind::Interrupted);
        done
    }
}

impl<W: Write> Write for UntilError<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = match self.has_failed {
            true => Ok(bytes.len()),
            false => self.inner.write(bytes),
        };
        let written = match written {
            Ok(0) if !bytes.is_empty() => Err(ErrorKind::WriteZero.into()),
            written => written,
        };
        let count = self.noted(written)?;
        self.position += count as u64;
        Ok(count)
    }

    fn flush(&mut self) -> io::Result<()> {
        if self.has_failed {
            return Ok(());
        }
        let flushed = self.inner.flush();
        self.noted(flushed)
    }
}

impl<W: Seek> Seek for UntilError<W> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.position = match (self.has_failed, to) {
            (false, to) => {
                let sought = self.inner.seek(to);
                self.noted(sought)?
            }
            (true, SeekFrom::Start(position)) => position,
            (true, SeekFrom::Current(by) | SeekFrom::End(by)) => {
                self.position.saturating_add_signed(by)
            }
        };
        Ok(self.position)
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use zip::ZipWriter;
    use zip::write::SimpleFileOptions;

    use super::UntilError;

    #[test]
    fn the_first_error_is_the_only_one() {
        for room in 0..200 {
            let mut place = vec![0; room];
            let output = UntilError::new(std::io::Cursor::new(&mut place[..]));
            let mut archive = ZipWriter::new(output);
            let started = archive.start_file("a", SimpleFileOptions::default());
            let written = started.and_then(|()| Ok(archive.write_all(b"pixels")?));
            let done = written.and_then(|()| archive.finish().map(drop));
            assert!(done.is_err() || room > 90, "{room} bytes");
            assert!(done.is_ok() || room < 150, "{room} bytes");
        }
    }
}
