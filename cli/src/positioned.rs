//! A file that several readers read at once.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::sync::Arc;

/// Reader of a file at a position of its own, whoever else reads the file. Bytes after those of a
/// short read are kept: of the headers in an archive, one read brings them all.
#[derive(Debug, Clone)]
pub struct Positioned {
    file: Arc<File>,
    at: u64,
    /// Bytes that were read last, and the position of the first of them.
    kept: Vec<u8>,
    kept_at: u64,
}

/// Most bytes that are kept.
const MOST_KEPT: usize = 1 << 10;

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
            kept: Vec::new(),
            kept_at: 0,
        }
    }

    /// The bytes from the current position on, as far as they are kept.
    fn kept(&self) -> &[u8] {
        let skipped = self.at.checked_sub(self.kept_at);
        let skipped = skipped.and_then(|skipped| usize::try_from(skipped).ok());
        skipped
            .and_then(|skipped| self.kept.get(skipped..))
            .unwrap_or_default()
    }

    /// Keeps what comes at the current position.
    fn keep(&mut self) -> io::Result<()> {
        self.kept.resize(MOST_KEPT, 0);
        let read = read_at(&self.file, &mut self.kept, self.at);
        self.kept.truncate(*read.as_ref().unwrap_or(&0));
        self.kept_at = self.at;
        read.map(drop)
    }
}

impl Read for Positioned {
    fn read(&mut self, bytes: &mut [u8]) -> io::Result<usize> {
        if self.kept().is_empty() && bytes.len() < MOST_KEPT {
            self.keep()?;
        }
        let kept = self.kept();
        let count = match kept.len().min(bytes.len()) {
            0 => read_at(&self.file, bytes, self.at)?,
            count => {
                bytes[..count].copy_from_slice(&kept[..count]);
                count
            }
        };
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

    #[test]
    fn short_reads_and_long_ones_bring_the_same_bytes() {
        let bytes: Vec<u8> = (0..3 * MOST_KEPT).map(|at| (at / 7) as u8).collect();
        let mut file = tempfile::tempfile().expect("there is a temporary folder");
        file.write_all(&bytes).expect("it is writable");
        let mut reader = Positioned::new(file);
        for at in [
            0,
            1,
            MOST_KEPT - 1,
            MOST_KEPT,
            2 * MOST_KEPT + 3,
            5,
            3 * MOST_KEPT - 1,
        ] {
            for length in [1, 2, MOST_KEPT - 1, MOST_KEPT, MOST_KEPT + 1, 1] {
                let to = reader.seek(SeekFrom::Start(at as u64));
                to.expect("it is within the file");
                let end = (at + length).min(bytes.len());
                let mut found = vec![0; end - at];
                reader.read_exact(&mut found).expect("they are there");
                assert_eq!(found, bytes[at..end], "{length} from {at}");
            }
        }
        reader.seek(SeekFrom::End(0)).expect("it is the end");
        assert_eq!(reader.read(&mut [0; 4]).expect("nothing is wrong"), 0);
    }
}
