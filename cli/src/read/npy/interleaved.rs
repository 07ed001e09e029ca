//! Stacks larger than memory whose masks are interleaved pixel by pixel, as in Fortran order
//! `[n, h, w]`: they are separated into a temporary file, one mask after the other.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom, Write};

use crate::temporary::{temporary_error, temporary_file};

/// Reads `pixels` times one element of `width` bytes of each of the masks, and returns a file that
/// holds the masks one after the other, each in the order in which its pixels came. About `at_once`
/// elements are in memory, or one of each mask if these are more; the file is as large as the
/// stack, lies where temporary files do (`TMPDIR`), and is gone once it is closed.
pub fn deinterleave(
    reader: &mut dyn Read,
    masks: usize,
    pixels: usize,
    width: usize,
    at_once: usize,
) -> io::Result<File> {
    let mut file = temporary_file()?;
    let step = (at_once / masks).clamp(1, pixels);
    let (mut interleaved, mut separate) = (Vec::new(), Vec::new());
    for first in (0..pixels).step_by(step) {
        let step = step.min(pixels - first);
        let bytes = step * masks * width;
        // Memory grows with what is read, not with what is claimed.
        interleaved.clear();
        if reader.take(bytes as u64).read_to_end(&mut interleaved)? < bytes {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        for mask in 0..masks {
            separate.clear();
            for pixel in interleaved.chunks_exact(masks * width) {
                separate.extend_from_slice(&pixel[mask * width..(mask + 1) * width]);
            }
            file.seek(SeekFrom::Start(((mask * pixels + first) * width) as u64))
                .and_then(|_| file.write_all(&separate))
                .map_err(temporary_error)?;
        }
    }
    file.seek(SeekFrom::Start(0)).map_err(temporary_error)?;
    Ok(file)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn masks_come_one_after_the_other() {
        // Mask m's pixel p is 10 m + p, of two bytes.
        let (masks, pixels) = (4, 7);
        let element = |mask: usize, pixel: usize| [(10 * mask + pixel) as u8, 0xee];
        let interleaved: Vec<u8> = (0..pixels)
            .flat_map(|p| (0..masks).flat_map(move |m| element(m, p)))
            .collect();
        let separate: Vec<u8> = (0..masks)
            .flat_map(|m| (0..pixels).flat_map(move |p| element(m, p)))
            .collect();
        for at_once in [0, 1, 8, 13, 1000] {
            let mut read = Vec::new();
            let file = deinterleave(&mut &interleaved[..], masks, pixels, 2, at_once);
            file.and_then(|mut file| file.read_to_end(&mut read))
                .expect("there is a temporary folder");
            assert_eq!(read, separate, "{at_once} at once");
        }
        assert!(
            deinterleave(&mut &interleaved[1..], masks, pixels, 2, 8).is_err(),
            "it is cut"
        );
    }
}
