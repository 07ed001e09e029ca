//! Plain reads of bytes: their rate is the limit that encoders are measured against.

use fearless_simd::prelude::*;
use fearless_simd::{Level, Simd, dispatch, u8x64};
use rayon::prelude::*;

/// Bytes loaded from a stream at a time.
const LINE: usize = 64;
/// Number of streams read side by side; benches/NOTES.md has the figures that chose it.
const STREAMS: usize = 4;
/// Bytes that a task reads: its streams lie in pages of their own.
const BYTES_PER_TASK: usize = 1 << 20;

/// Reads every byte on the calling thread; the result keeps the reading from being optimised away.
pub fn read(bytes: &[u8]) -> u8 {
    let level = Level::new();
    dispatch!(level, simd => read_streams(simd, bytes))
}

/// Reads every byte on all threads of the current rayon pool.
pub fn read_parallel(bytes: &[u8]) -> u8 {
    bytes
        .par_chunks(BYTES_PER_TASK)
        .map(read)
        .reduce(|| 0, |a, b| a ^ b)
}

/// The exclusive or of all bytes, read as several streams side by side.
#[inline(always)]
fn read_streams<S: Simd>(simd: S, bytes: &[u8]) -> u8 {
    let (lines, rest) = bytes.as_chunks::<LINE>();
    let per_stream = lines.len() / STREAMS;
    let (mut streams, left_over) = lines.split_at(per_stream * STREAMS);
    let streams: [&[[u8; LINE]]; STREAMS] = std::array::from_fn(|_| {
        let (stream, others) = streams.split_at(per_stream);
        streams = others;
        stream
    });
    let mut sum = u8x64::splat(simd, 0);
    for line in 0..per_stream {
        for stream in streams {
            sum ^= u8x64::from_slice(simd, &stream[line]);
        }
    }
    let mut folded = [0; LINE];
    sum.store_slice(&mut folded);
    folded
        .iter()
        .chain(left_over.as_flattened())
        .chain(rest)
        .fold(0, |a, b| a ^ b)
}
