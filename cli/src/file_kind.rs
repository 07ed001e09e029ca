//! Kinds of files that hold no masks of ours, told by their first bytes.

/// Class of a kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Class {
    Picture,
    Data,
    Packed,
}

const KINDS: &[(&[u8], &str, Class)] = &[
    (b"\xff\xd8\xff", "a JPEG", Class::Picture),
    (b"GIF8", "a GIF", Class::Picture),
    (b"II*\0", "a TIFF", Class::Picture),
    (b"MM\0*", "a TIFF", Class::Picture),
    (b"%PDF", "a PDF", Class::Picture),
    (b"\x89HDF", "an HDF5 file", Class::Data),
    (b"PAR1", "a Parquet file", Class::Data),
    (b"\x80\x02", "a pickle", Class::Data),
    (b"\x80\x03", "a pickle", Class::Data),
    (b"\x80\x04", "a pickle", Class::Data),
    (b"\x80\x05", "a pickle", Class::Data),
    (b"BZh", "packed by bzip2", Class::Packed),
    (b"\xfd7zXZ\0", "packed by xz", Class::Packed),
    (b"7z\xbc\xaf\x27\x1c", "packed by 7-Zip", Class::Packed),
    (b"\x04\x22\x4d\x18", "packed by lz4", Class::Packed),
    (b"\x1f\x8b", "packed by gzip", Class::Packed),
    (b"\x28\xb5\x2f\xfd", "packed by zstd", Class::Packed),
];

/// The kind of a file that begins with these bytes, in words, and its class.
pub fn of_bytes(head: &[u8]) -> Option<(&'static str, Class)> {
    let kind = KINDS.iter().find(|(first, ..)| head.starts_with(first));
    kind.map(|&(_, name, class)| (name, class))
}
