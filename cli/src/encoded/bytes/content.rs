//! Content that is no text of ours, told by a file's first bytes.

use anyhow::{Result, bail};

use crate::file_kind::{self, Class};

/// Packing of a file, which is undone as it is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Packing {
    None,
    Gzip,
    Zstd,
}

impl Packing {
    /// Packing of a file that begins with these bytes.
    pub fn of(head: &[u8]) -> Self {
        match head {
            [0x1f, 0x8b, ..] => Packing::Gzip,
            // A frame, or one that is to be skipped.
            [0x28, 0xb5, 0x2f, 0xfd, ..] | [0x50..=0x5f, 0x2a, 0x4d, 0x18, ..] => Packing::Zstd,
            _ => Packing::None,
        }
    }
}

/// First bytes of files that are told here otherwise than elsewhere, and what they are.
const KINDS: &[(&[u8], &str)] = &[
    (b"\x89PNG", "a PNG: `maskrle encode` reads pixels"),
    (b"\x93NUMPY", "a .npy array: `maskrle encode` reads pixels"),
    (
        b"PK\x03\x04",
        "a zip archive: `maskrle encode` reads one of arrays (.npz), others must be unpacked",
    ),
    (b"PK\x05\x06", "an empty zip archive"),
    (b"\x1f\x8b", "packed twice: unpack it first"),
    (b"\x28\xb5\x2f\xfd", "packed twice: unpack it first"),
    (b"\xff\xfe\0\0", UTF32),
    (b"\0\0\xfe\xff", UTF32),
    (b"\xff\xfe", UTF16),
    (b"\xfe\xff", UTF16),
];

const UTF16: &str = "UTF-16 text: save it as UTF-8";
const UTF32: &str = "UTF-32 text: save it as UTF-8";

/// Fails where the first bytes of a file are those of no text in UTF-8, and says of what they are.
pub fn check_is_text(head: &[u8]) -> Result<()> {
    if let Some((_, what)) = KINDS.iter().find(|(first, _)| head.starts_with(first)) {
        bail!("{what}");
    }
    if let Some((kind, class)) = file_kind::of_bytes(head) {
        match class {
            Class::Picture => bail!("{kind}, and no file of encoded masks"),
            Class::Data => bail!("{kind}, and no JSON or CSV"),
            Class::Packed => bail!("{kind}: unpack it first"),
        }
    }
    let is_ascii = |byte: u8| byte.is_ascii_graphic() || byte.is_ascii_whitespace();
    match *head {
        [0, 0, 0, byte, ..] | [byte, 0, 0, 0, ..] if is_ascii(byte) => bail!("{UTF32}"),
        [0, byte, ..] | [byte, 0, ..] if is_ascii(byte) => bail!("{UTF16}"),
        _ if head.get(257..262) == Some(b"ustar") => bail!("a tar archive: unpack it first"),
        _ if head.contains(&0) => bail!("binary data, and no JSON or CSV"),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::{Packing, check_is_text};

    #[test]
    fn first_bytes() {
        for (head, expected) in [
            (&b"{\0\"\0"[..], "UTF-16"),
            (b"\0{\0\"", "UTF-16"),
            (b"\xff\xfe{\0", "UTF-16"),
            (b"{\0\0\0", "UTF-32"),
            (&[0; 64], "binary"),
            (b"BZh91AY", "bzip2"),
            (b"\x89PNG\r\n\x1a\n", "a PNG"),
        ] {
            let error = check_is_text(head).unwrap_err().to_string();
            assert!(error.contains(expected), "{error}");
        }
        for head in [
            &b""[..],
            b"{",
            b"{}",
            b"\xef\xbb\xbf[1]",
            b"ImageId,\xe9",
            b"PK",
        ] {
            assert!(check_is_text(head).is_ok(), "{head:?}");
        }
        assert_eq!(Packing::of(b"\x1f\x8b\x08"), Packing::Gzip);
        assert_eq!(Packing::of(b"\x28\xb5\x2f\xfd"), Packing::Zstd);
        assert_eq!(Packing::of(b"{}"), Packing::None);
    }
}
