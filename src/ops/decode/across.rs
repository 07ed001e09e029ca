//! Pixels whose memory does not follow the scan: written across the scan lines, a band of lines at
//! a time.

use std::ops::Range;

use ndarray::{ArrayViewMut2, Axis};

use crate::{Error, Result};

/// Scan lines from which words of boundary bits take no more memory than the pixels.
pub(super) const LEAST_LINES: usize = 64;
/// Scan lines up to which bands of 8 words, 512 lines, are written; of 16 above.
const LINES_OF_EIGHT_WORDS: usize = 512;
/// Scan lines of a label map that are made before they are written across.
const LINES: usize = 64;

/// Writes a binary mask, given its run starts and if the first is foreground: `values[0]` for
/// background, `values[1]` for foreground. If `is_background`, all pixels are background already.
///
/// Pixels are best written in long rows, a word of bits for every 64: 1024 pixels at once take two
/// thirds of the time that 512 do, where a row has that many. The words of 1024 would take more
/// memory than the pixels of fewer than 128 lines.
pub(super) fn binary<T: Copy>(
    lines: ArrayViewMut2<'_, T>,
    starts: &[u32],
    first: bool,
    values: [T; 2],
    is_background: bool,
) -> Result<()> {
    let table = Table::new(values, is_background);
    match lines.nrows() {
        ..=LINES_OF_EIGHT_WORDS => in_bands::<8, T>(lines, starts, first, &table),
        _ => in_bands::<16, T>(lines, starts, first, &table),
    }
}

/// Writes 64 * `WORDS` scan lines at a time.
///
/// Every scan line of such a band is a bit, and `WORDS` words stand for one position on all of
/// them. First, each run start flips its boundary bit; then, from the first position to the last,
/// the foreground bits are those of the position before, flipped by the boundary bits, and are
/// written. So a pixel costs an eighth of a table look-up, and a run one bit.
fn in_bands<const WORDS: usize, T: Copy>(
    lines: ArrayViewMut2<'_, T>,
    starts: &[u32],
    first: bool,
    table: &Table<T>,
) -> Result<()> {
    let length = lines.ncols();
    let mut boundaries = Vec::new();
    if boundaries.try_reserve_exact(length).is_err() {
        return Err(Error::Limit(format!(
            "no memory for {} scan lines of {length} pixels",
            64 * WORDS
        )));
    }
    boundaries.resize(length, [0u64; WORDS]);
    // The next run; true if the pixel before it is foreground.
    let (mut run, mut is_set) = (0, false);
    let mut positions = lines.reversed_axes();
    for (band, pixels) in positions
        .axis_chunks_iter_mut(Axis(1), 64 * WORDS)
        .enumerate()
    {
        boundaries.fill([0; WORDS]);
        for line in 0..pixels.ncols() {
            let begin = (band * 64 * WORDS + line) * length;
            let (word, bit) = (line / 64, 1 << (line % 64));
            // A line begins with the last value of the line before.
            boundaries[0][word] ^= if is_set { bit } else { 0 };
            while let Some(position) = starts
                .get(run)
                .map(|&start| start as usize - begin)
                .filter(|&position| position < length)
            {
                // The very first start is no boundary unless the mask begins with foreground.
                let is_boundary = run > 0 || first;
                boundaries[position][word] ^= if is_boundary { bit } else { 0 };
                is_set ^= is_boundary;
                run += 1;
            }
        }
        write_band(pixels, &boundaries, table);
    }
    Ok(())
}

/// Pixels by their foreground bits.
struct Table<T> {
    values: [T; 2],
    /// True if background need not be written.
    is_background: bool,
    /// Pixels of eight bits, the lowest first.
    of_byte: [[T; 8]; 256],
}

impl<T: Copy> Table<T> {
    fn new(values: [T; 2], is_background: bool) -> Self {
        let of_byte =
            std::array::from_fn(|byte| std::array::from_fn(|bit| values[byte >> bit & 1]));
        Table {
            values,
            is_background,
            of_byte,
        }
    }

    #[inline(always)]
    fn write(&self, word: u64, pixels: &mut [T; 64]) {
        match word {
            0 if self.is_background => {}
            0 => *pixels = [self.values[0]; 64],
            u64::MAX => *pixels = [self.values[1]; 64],
            _ => {
                for (pixels, byte) in pixels.as_chunks_mut().0.iter_mut().zip(word.to_le_bytes()) {
                    *pixels = self.of_byte[usize::from(byte)];
                }
            }
        }
    }
}

/// Writes one row of pixels after the other, each of the bits of the row before, flipped by its
/// boundary bits.
fn write_band<const WORDS: usize, T: Copy>(
    mut positions: ArrayViewMut2<'_, T>,
    boundaries: &[[u64; WORDS]],
    table: &Table<T>,
) {
    let mut words = [0; WORDS];
    for (mut pixels, boundaries) in positions.rows_mut().into_iter().zip(boundaries) {
        words
            .iter_mut()
            .zip(boundaries)
            .for_each(|(word, boundaries)| *word ^= boundaries);
        let Some(pixels) = pixels.as_slice_mut() else {
            let bit = |index: usize| (words[index / 64] >> (index % 64)) as usize & 1;
            pixels
                .iter_mut()
                .enumerate()
                .for_each(|(index, pixel)| *pixel = table.values[bit(index)]);
            continue;
        };
        let (whole, rest) = pixels.as_chunks_mut();
        whole
            .iter_mut()
            .zip(words)
            .for_each(|(pixels, word)| table.write(word, pixels));
        if let Some(word) = words.get(whole.len()) {
            let bit = |index| (word >> index) as usize & 1;
            rest.iter_mut()
                .enumerate()
                .for_each(|(index, pixel)| *pixel = table.values[bit(index)]);
        }
    }
}

/// Writes runs of any values. Pixels far apart cost a cache line each: so a band of lines is filled
/// in a scratch and then copied across the lines, a row of neighbouring pixels at a time.
pub(super) fn any<T: Copy>(
    mut lines: ArrayViewMut2<'_, T>,
    starts: &[u32],
    mut of_run: impl FnMut(usize) -> T,
) -> Result<()> {
    let (length, pixels) = (lines.ncols(), lines.len());
    let band = length * LINES.min(lines.nrows());
    let mut scratch = Vec::new();
    if scratch.try_reserve_exact(band).is_err() {
        return Err(Error::Limit(format!(
            "no memory for {LINES} scan lines of {length} pixels"
        )));
    }
    let mut bands = lines.axis_chunks_iter_mut(Axis(0), LINES);
    let mut flush = |scratch: &mut Vec<T>| {
        if let Some(band) = bands.next() {
            copy_across(band, scratch);
        }
        scratch.clear();
    };
    for (run, &start) in starts.iter().enumerate() {
        let mut rest: Range<usize> =
            start as usize..starts.get(run + 1).map_or(pixels, |&end| end as usize);
        let value = of_run(run);
        while !rest.is_empty() {
            let count = rest.len().min(band - scratch.len());
            scratch.resize(scratch.len() + count, value);
            rest.start += count;
            if scratch.len() == band {
                flush(&mut scratch);
            }
        }
    }
    if !scratch.is_empty() {
        flush(&mut scratch);
    }
    Ok(())
}

/// Copies whole lines, stored one after the other in `from`.
fn copy_across<T: Copy>(mut lines: ArrayViewMut2<'_, T>, from: &[T]) {
    let length = lines.ncols();
    for (position, mut across) in lines.columns_mut().into_iter().enumerate() {
        for (pixel, &value) in across
            .iter_mut()
            .zip(from[position..].iter().step_by(length))
        {
            *pixel = value;
        }
    }
}
