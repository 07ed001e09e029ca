//! Entries of a zip archive, whose errors are in the command's words.

use std::io::{self, Read};

use anyhow::anyhow;
use zip::read::ZipFile;
use zip::result::ZipError;

use crate::positioned::Positioned;

/// The unpacked bytes of an entry.
pub struct Entry<'a>(pub ZipFile<'a, Positioned>);

impl Read for Entry<'_> {
    fn read(&mut self, bytes: &mut [u8]) -> io::Result<usize> {
        self.0.read(bytes).map_err(|error| {
            if error.raw_os_error().is_some() {
                return error;
            }
            let text = error.to_string();
            io::Error::other(match error.kind() {
                io::ErrorKind::UnexpectedEof | io::ErrorKind::Interrupted => return error,
                io::ErrorKind::Unsupported => COMPRESSION,
                _ if text.contains("ethod not supported") => COMPRESSION,
                _ if text.contains("checksum") => "damaged: its checksum is wrong",
                _ => "damaged: it cannot be unpacked",
            })
        })
    }
}

const COMPRESSION: &str =
    "its compression is not read: numpy's savez and savez_compressed have others";

/// The library's error in the command's words.
pub fn explain(error: ZipError) -> anyhow::Error {
    match error {
        ZipError::Io(error) if error.raw_os_error().is_some() => error.into(),
        ZipError::Io(error) if error.kind() == io::ErrorKind::UnexpectedEof => {
            anyhow!("truncated: the archive ends too early")
        }
        ZipError::InvalidArchive(why) if why.contains("EOCD") || why.contains("end of central") => {
            anyhow!("it has no list of entries, with which a zip archive ends: it is cut, or none")
        }
        ZipError::UnsupportedArchive(ZipError::PASSWORD_REQUIRED) => {
            anyhow!("it is encrypted: unpack it first")
        }
        ZipError::CompressionMethodNotSupported(_) => {
            anyhow!(COMPRESSION)
        }
        ZipError::UnsupportedArchive(_) => anyhow!("a zip archive of a kind that is not read"),
        _ => anyhow!("the zip archive is damaged"),
    }
}
