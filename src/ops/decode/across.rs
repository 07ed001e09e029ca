//! Pixels whose memory does not follow the scan: written along the other axis, a block of scan lines at a time.

use std::ops::Range;

use ndarray::{ArrayViewMut2, Axis};

use crate::{Error, Result};

/// How many scan lines are made before they are written across: a word of bits, and a cache line of bytes.
const LINES: usize = 64;

/// Writes a binary mask, given where its runs start and whether the first is foreground: `values[0]` for background,
/// `values[1]` for foreground.
///
/// Every scan line of a block is a bit of a word, and a word stands for one place on all of them. First, each start turns
/// its bit over; then, from the first place to the last, each word turns over what the words before it have, and is written.
/// So a pixel costs an eighth of a table look-up, and a run one bit.
pub(super) fn binary<T: Copy>(
    mut lines: ArrayViewMut2<'_, T>,
    starts: &[u32],
    first: bool,
    values: [T; 2],
) -> Result<()> {
    let length = lines.ncols();
    let mut turns = Vec::new();
    if turns.try_reserve_exact(length).is_err() {
        return Err(Error::Limit(format!("no memory for a scan line of {length} pixels")));
    }
    turns.resize(length, 0u64);
    let table = table(values);
    // The next run, and whether the pixel before it is foreground.
    let (mut run, mut is_set) = (0, false);
    for (block, mut lines) in lines.axis_chunks_iter_mut(Axis(0), LINES).enumerate() {
        let count = lines.nrows();
        turns.fill(0);
        for line in 0..count {
            let begin = (block * LINES + line) * length;
            let bit = 1 << line;
            // What a line begins with, it has from the one before.
            turns[0] ^= if is_set { bit } else { 0 };
            while let Some(place) = starts.get(run).map(|&start| start as usize - begin).filter(|&place| place < length)
            {
                // The very first start turns nothing over unless the mask begins with foreground.
                let turn = run > 0 || first;
                turns[place] ^= if turn { bit } else { 0 };
                is_set ^= turn;
                run += 1;
            }
        }
        write_turns(lines.view_mut(), &turns, &table, values);
    }
    Ok(())
}

/// What eight pixels of each byte of bits are.
fn table<T: Copy>(values: [T; 2]) -> [[T; 8]; 256] {
    std::array::from_fn(|byte| std::array::from_fn(|bit| values[byte >> bit & 1]))
}

fn write_turns<T: Copy>(mut lines: ArrayViewMut2<'_, T>, turns: &[u64], table: &[[T; 8]; 256], values: [T; 2]) {
    let mut word = 0;
    for (mut pixels, turn) in lines.columns_mut().into_iter().zip(turns) {
        word ^= turn;
        match pixels.as_slice_mut() {
            Some(pixels) if word == 0 => pixels.fill(values[0]),
            Some(pixels) => {
                let (bytes, rest) = pixels.as_chunks_mut::<8>();
                for (index, pixels) in bytes.iter_mut().enumerate() {
                    *pixels = table[(word >> (8 * index)) as usize & 0xff];
                }
                let whole = 8 * bytes.len();
                rest.iter_mut()
                    .enumerate()
                    .for_each(|(bit, pixel)| *pixel = values[(word >> (whole + bit)) as usize & 1]);
            }
            None => pixels.iter_mut().enumerate().for_each(|(bit, pixel)| *pixel = values[(word >> bit) as usize & 1]),
        }
    }
}

/// Writes runs of any values. Pixels far apart cost a cache line each: so a block of lines is filled in a scratch and then
/// copied across the lines, a stretch of neighbouring pixels at a time.
pub(super) fn any<T: Copy>(
    mut lines: ArrayViewMut2<'_, T>,
    starts: &[u32],
    mut of_run: impl FnMut(usize) -> T,
) -> Result<()> {
    let (length, pixels) = (lines.ncols(), lines.len());
    let block = length * LINES.min(lines.nrows());
    let mut scratch = Vec::new();
    if scratch.try_reserve_exact(block).is_err() {
        return Err(Error::Limit(format!("no memory for {LINES} scan lines of {length} pixels")));
    }
    let mut blocks = lines.axis_chunks_iter_mut(Axis(0), LINES);
    let mut flush = |scratch: &mut Vec<T>| {
        if let Some(block) = blocks.next() {
            copy_across(block, scratch);
        }
        scratch.clear();
    };
    for (run, &start) in starts.iter().enumerate() {
        let mut rest: Range<usize> = start as usize..starts.get(run + 1).map_or(pixels, |&end| end as usize);
        let value = of_run(run);
        while !rest.is_empty() {
            let part = rest.len().min(block - scratch.len());
            scratch.resize(scratch.len() + part, value);
            rest.start += part;
            if scratch.len() == block {
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
        for (pixel, &value) in across.iter_mut().zip(from[position..].iter().step_by(length)) {
            *pixel = value;
        }
    }
}
