//! A file that several readers read at once.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::sync::Arc;

/// Reader of a file at a position of its own, whoever else reads the file.
#[derive(Debug, Clone)]
pub struct Positioned {
    file: Arc<File>,
    at: u64,
}

impl Positioned {
    /// A reader from the file's first byte on.
    pub fn new(file: File) -> Self {
        Positioned::from(file, 0)
    }

    /// A reader from the byte at a position on.
    pub fn from(file: File, at: u64) -> Self {
        Positioned {
            file: Arc::new(file),
            at,
        }
    }
}

impl Read for Positioned {
    fn read(&mut self, bytes: &mut [u8]) -> io::Result<usize> {
        let count = read_at(&self.file, bytes, self.at)?;
        self.at += count as u64;
        Ok(count)
    }
}

impl Seek for Positioned {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let at = match to {
            SeekFrom::Start(at) => Some(at),
            SeekFrom::Current(offset) => self.at.checked_add_signed(offset),
            SeekFrom::End(offset) => self.file.metadata()?.len().checked_add_signed(offset),
        };
        self.at = at.ok_or(io::ErrorKind::InvalidInput)?;
        Ok(self.at)
    }
}

#[cfg(unix)]
fn read_at(file: &File, bytes: &mut [u8], at: u64) -> io::Result<usize> {
    std::os::unix::fs::FileExt::read_at(file, bytes, at)
}

#[cfg(windows)]
fn read_at(file: &File, bytes: &mut [u8], at: u64) -> io::Result<usize> {
    std::os::windows::fs::FileExt::seek_read(file, bytes, at)
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    #[test]
    fn each_reader_has_its_own_position() {
        let mut file = tempfile::tempfile().expect("there is a temporary folder");
        file.write_all(b"0123456789").expect("it is writable");
        let mut first = Positioned::new(file);
        let mut second = first.clone();
        let read = |reader: &mut Positioned, to| {
            let mut bytes = [0; 2];
            reader.seek(to).expect("it is within the file");
            reader.read_exact(&mut bytes).expect("there are two more");
            bytes
        };
        assert_eq!(read(&mut first, SeekFrom::Start(3)), *b"34");
        assert_eq!(read(&mut second, SeekFrom::Current(0)), *b"01");
        assert_eq!(read(&mut first, SeekFrom::Current(1)), *b"67");
        assert_eq!(read(&mut second, SeekFrom::End(-2)), *b"89");
        assert!(second.seek(SeekFrom::Current(-11)).is_err());
    }
}
