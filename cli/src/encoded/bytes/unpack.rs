//! Packed files, unpacked as they are read.

use std::error::Error;
use std::io::{self, BufRead, Read};
use std::ops::RangeInclusive;

use flate2::bufread::GzDecoder;
use ruzstd::decoding::errors::{FrameDecoderError, ReadFrameHeaderError};
use ruzstd::decoding::{BlockDecodingStrategy, FrameDecoder};

/// The unpacked bytes of a gzip file of one or more members. Zeros after a member are padding, as
/// Python's gzip has it; anything else is an error, as it may be what is left of a file.
pub struct Gzip<R> {
    /// The member that is being read; None after the last.
    member: Option<GzDecoder<R>>,
}

impl<R: BufRead> Gzip<R> {
    pub fn new(packed: R) -> Self {
        let member = Some(GzDecoder::new(packed));
        Gzip { member }
    }
}

impl<R: BufRead> Read for Gzip<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while let Some(member) = &mut self.member {
            let count = member.read(buffer).map_err(gzip_error)?;
            if count > 0 || buffer.is_empty() {
                return Ok(count);
            }
            let next = after_padding(member.get_mut())?;
            if next.is_some_and(|byte| byte != GZIP_BYTE) {
                return Err(io::Error::other(
                    "bytes that are no gzip data follow the gzip data",
                ));
            }
            let packed = self.member.take().map(GzDecoder::into_inner);
            self.member = packed.filter(|_| next.is_some()).map(GzDecoder::new);
        }
        Ok(0)
    }
}

/// First byte of a member.
const GZIP_BYTE: u8 = 0x1f;

/// Skips zeros. Returns the next byte; None at the end.
fn after_padding(packed: &mut impl BufRead) -> io::Result<Option<u8>> {
    loop {
        let bytes = packed.fill_buf()?;
        let zeros = bytes.iter().take_while(|&&byte| byte == 0).count();
        match bytes.get(zeros) {
            None if zeros == 0 => return Ok(None),
            next => {
                let next = next.copied();
                packed.consume(zeros);
                if next.is_some() {
                    return Ok(next);
                }
            }
        }
    }
}

fn gzip_error(error: io::Error) -> io::Error {
    match error.kind() {
        io::ErrorKind::UnexpectedEof => cut_short("gzip"),
        io::ErrorKind::InvalidInput | io::ErrorKind::InvalidData => damaged("gzip"),
        _ => error,
    }
}

/// The unpacked bytes of a zstd file of one or more frames.
pub struct Zstd<R> {
    packed: R,
    frame: FrameDecoder,
    is_in_frame: bool,
}

impl<R: BufRead> Zstd<R> {
    pub fn new(packed: R) -> Self {
        Zstd {
            packed,
            frame: FrameDecoder::new(),
            is_in_frame: false,
        }
    }

    /// Begins the next frame. Returns false if there is none.
    fn next_frame(&mut self) -> io::Result<bool> {
        while let Some(&first) = self.packed.fill_buf()?.first() {
            if !(first == ZSTD_BYTE || SKIPPABLE_BYTES.contains(&first)) {
                return Err(no_zstd());
            }
            match self.frame.init(&mut self.packed) {
                Ok(()) => {
                    self.is_in_frame = true;
                    return Ok(true);
                }
                Err(FrameDecoderError::ReadFrameHeaderError(ReadFrameHeaderError::SkipFrame {
                    length,
                    ..
                })) => {
                    let skipped = (&mut self.packed).take(length.into());
                    if io::copy(&mut { skipped }, &mut io::sink())? < length.into() {
                        return Err(cut_short("zstd"));
                    }
                }
                Err(FrameDecoderError::WindowSizeTooBig { .. }) => {
                    return Err(io::Error::other(
                        "packed by zstd with a window of more than 128 MiB: unpack it first",
                    ));
                }
                Err(FrameDecoderError::ReadFrameHeaderError(
                    ReadFrameHeaderError::BadMagicNumber(_),
                )) => return Err(no_zstd()),
                Err(error) => return Err(zstd_error(&error)),
            }
        }
        Ok(false)
    }
}

impl<R: BufRead> Read for Zstd<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if buffer.is_empty() {
            return Ok(0);
        }
        loop {
            if !self.is_in_frame && !self.next_frame()? {
                return Ok(0);
            }
            while self.frame.can_collect() == 0 && !self.frame.is_finished() {
                self.frame
                    .decode_blocks(&mut self.packed, BlockDecodingStrategy::UptoBlocks(1))
                    .map_err(|error| zstd_error(&error))?;
            }
            let count = self.frame.read(buffer)?;
            if count > 0 {
                return Ok(count);
            }
            let checksum = self.frame.get_checksum_from_data();
            if checksum.is_some() && checksum != self.frame.get_calculated_checksum() {
                return Err(damaged("zstd"));
            }
            self.is_in_frame = false;
        }
    }
}

/// First byte of a frame, and those of frames to skip.
const ZSTD_BYTE: u8 = 0x28;
const SKIPPABLE_BYTES: RangeInclusive<u8> = 0x50..=0x5f;

fn no_zstd() -> io::Error {
    io::Error::other("bytes that are no zstd data follow the zstd data")
}

fn zstd_error(error: &FrameDecoderError) -> io::Error {
    let mut causes = std::iter::successors(Some(error as &dyn Error), |&error| error.source());
    let io_kind = causes.find_map(|cause| cause.downcast_ref::<io::Error>().map(io::Error::kind));
    match io_kind {
        Some(io::ErrorKind::UnexpectedEof) => cut_short("zstd"),
        _ => damaged("zstd"),
    }
}

fn cut_short(packing: &str) -> io::Error {
    io::Error::other(format!("cut short: the {packing} data ends too early"))
}

fn damaged(packing: &str) -> io::Error {
    io::Error::other(format!("the {packing} data is damaged"))
}
