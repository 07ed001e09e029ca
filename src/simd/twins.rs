//! Twins of AVX-512's kernels: plain loops with the same faces. Where the machine has AVX-512 they
//! are what its kernels are compared with; where it has not, what is built on the kernels runs over
//! them.

use std::cell::Cell;

use fearless_simd::prelude::*;
use fearless_simd::{Fallback, Level, u8x32, u8x64, u32x16, u64x8};

use super::kernels::{Kernels, TinyRows};

thread_local! {
    static ARE_USED: Cell<bool> = const { Cell::new(false) };
}

/// Uses twins, on this thread and at the scalar level, as long as it lives.
pub(crate) struct UseTwins;

impl UseTwins {
    pub(crate) fn begin() -> Self {
        ARE_USED.set(true);
        UseTwins
    }
}

impl Drop for UseTwins {
    fn drop(&mut self) {
        ARE_USED.set(false);
    }
}

/// The twins, if they are used at this level.
pub(crate) fn of(level: Level) -> Option<Fallback> {
    (ARE_USED.get() && level.is_fallback()).then(Fallback::new)
}

impl Kernels for Fallback {
    fn positions(self, position: u32, bits: u64, out: &mut [u32]) -> usize {
        let set = (0..64).filter(|bit| bits >> bit & 1 == 1);
        let mut found = 0;
        for bit in set {
            out[found] = position.wrapping_add(bit);
            found += 1;
        }
        // Entries beyond are anything.
        out[found..64].fill(0xdead);
        found
    }

    fn vector_of_words(self, words: [u64; 8]) -> u64x8<Self> {
        u64x8::from_slice(self, &words)
    }

    fn transpose(self, rows: [u64x8<Self>; 8], columns: &mut [u64; 64]) {
        columns.fill(0);
        for (row, bits) in rows.iter().flat_map(|rows| **rows).enumerate() {
            for (column, out) in columns.iter_mut().enumerate() {
                *out |= (bits >> column & 1) << row;
            }
        }
    }

    fn pairs_of_columns(self, masks: [&[u8]; 2], rows: &TinyRows) -> [[u64; 16]; 2] {
        let (width, height) = (rows.width, rows.height as usize);
        masks.map(|bytes| {
            let mut pairs = [0; 16];
            for row in 0..height {
                for column in 0..width {
                    let at = row * width + column;
                    let bit = u64::from(bytes[at / 8] >> (at % 8) & 1);
                    pairs[column / 2] |= bit << (column % 2 * height + row);
                }
            }
            pairs
        })
    }

    fn characters(self, differences: u32x16<Self>, lanes: u64) -> (u8x64<Self>, usize) {
        let (mut text, mut count) = ([0; 64], 0);
        for (index, difference) in differences.iter().enumerate() {
            if lanes >> (4 * index) & 1 == 0 {
                continue;
            }
            let mut left = *difference as i32;
            loop {
                let group = (left & 0x1f) as u8;
                left >>= 5;
                let is_last = left == if group & 0x10 == 0 { 0 } else { -1 };
                text[count] = 48 + group + if is_last { 0 } else { 0x20 };
                count += 1;
                if is_last {
                    break;
                }
            }
        }
        (u8x64::from_slice(self, &text), count)
    }

    fn low_bytes(self, first: u32x16<Self>, second: u32x16<Self>) -> u8x32<Self> {
        let all = first.iter().chain(second.iter());
        let bytes: Vec<u8> = all.map(|number| *number as u8).collect();
        u8x32::from_slice(self, &bytes)
    }
}

#[cfg(all(test, target_arch = "x86_64"))]
mod tests {
    use fearless_simd::Avx512;

    use super::*;

    /// Gives the kernels to a test, or says that they did not run.
    fn natively(test: impl FnOnce(Avx512)) {
        match Level::new().as_avx512() {
            Some(avx512) => test(avx512),
            None => println!("not run: this machine lacks AVX-512"),
        }
    }

    /// Words of few ones, of half ones and of many.
    fn words(count: usize) -> Vec<u64> {
        let mut state = 1u64;
        let mut next = || {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            state
        };
        let words = (0..count).map(|index| match index % 5 {
            0 => next() & next() & next() & next(),
            1 => next(),
            2 => next() | next() | next(),
            3 => 1 << (next() % 64),
            _ => u64::MAX << (next() % 64),
        });
        [0, u64::MAX].into_iter().chain(words).collect()
    }

    #[test]
    fn positions_are_the_twins() {
        natively(|avx512| {
            for bits in words(100_000) {
                for position in [0, 64, u32::MAX - 30] {
                    let (mut own, mut twins) = ([0; 64], [0; 64]);
                    let found = avx512.positions(position, bits, &mut own);
                    assert_eq!(found, Fallback::new().positions(position, bits, &mut twins));
                    assert_eq!(own[..found], twins[..found], "{position}, {bits:x}");
                }
            }
        });
    }

    #[test]
    fn transposes_are_the_twins() {
        natively(|avx512| {
            for rows in words(64_000).as_chunks::<64>().0 {
                let vectors = |index: usize| &rows[8 * index..][..8];
                let (mut own, mut twins) = ([0; 64], [0; 64]);
                let native = std::array::from_fn(|index| u64x8::from_slice(avx512, vectors(index)));
                avx512.transpose(native, &mut own);
                let twin = Fallback::new();
                let rows = std::array::from_fn(|index| u64x8::from_slice(twin, vectors(index)));
                twin.transpose(rows, &mut twins);
                assert_eq!(own, twins);
            }
        });
    }

    #[test]
    fn vectors_of_words_are_the_twins() {
        natively(|avx512| {
            for words in words(800).as_chunks::<8>().0 {
                assert_eq!(*avx512.vector_of_words(*words), *words);
            }
        });
    }

    #[test]
    fn pairs_of_columns_are_the_twins() {
        natively(|avx512| {
            let words = words(4_000);
            let bytes: &[u8] = bytemuck::cast_slice(&words);
            for (index, masks) in bytes.as_chunks::<160>().0.windows(2).enumerate() {
                for size in (1..=32).map(|height| [height, 1 + (index + height) % 32]) {
                    let rows = TinyRows::new(size);
                    let masks = [&masks[0][..], &masks[1][..]];
                    let twins = Fallback::new().pairs_of_columns(masks, &rows);
                    assert_eq!(avx512.pairs_of_columns(masks, &rows), twins, "{size:?}");
                }
            }
        });
    }

    #[test]
    fn characters_are_the_twins() {
        natively(|avx512| {
            for (index, words) in words(80_000).as_chunks::<8>().0.iter().enumerate() {
                // Numbers of one to four groups.
                let shift = 12 + 5 * (index as u32 % 4);
                let numbers: Vec<u32> = words
                    .iter()
                    .flat_map(|word| [*word as i32, (*word >> 32) as i32])
                    .map(|number| (number >> shift) as u32)
                    .collect();
                let lanes = u64::MAX >> (4 * (index % 16));
                let twin = Fallback::new();
                let own = avx512.characters(u32x16::from_slice(avx512, &numbers), lanes);
                let twins = twin.characters(u32x16::from_slice(twin, &numbers), lanes);
                assert_eq!(own.1, twins.1, "{numbers:?}, {lanes:x}");
                assert_eq!(
                    (*own.0)[..own.1],
                    (*twins.0)[..own.1],
                    "{numbers:?}, {lanes:x}"
                );
                let own = avx512.low_bytes(
                    u32x16::from_slice(avx512, &numbers),
                    u32x16::from_slice(avx512, &numbers),
                );
                let low: Vec<u8> = numbers.iter().map(|number| *number as u8).collect();
                assert_eq!(*own, *[&low[..], &low[..]].concat());
            }
        });
    }
}
