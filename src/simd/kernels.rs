//! Kernels that portable vectors do not offer, and who has them: AVX-512 by its instructions, and
//! in tests the scalar level by plain loops, so that what is built on them runs on every machine.

#[cfg(any(target_arch = "x86_64", test))]
use fearless_simd::{Level, Simd, u8x32, u8x64, u32x16, u64x8};

#[cfg(any(target_arch = "x86_64", test))]
use super::is_avx512;

#[cfg(any(target_arch = "x86_64", test))]
pub(crate) trait Kernels: Simd {
    /// Writes the positions of the set bits, lowest first, each with `position` added. Up to 64
    /// entries of `out` are overwritten. Gives the number of set bits.
    fn positions(self, position: u32, bits: u64, out: &mut [u32]) -> usize;

    /// Words as a vector that is put together in registers: from an array, it would be stored word
    /// by word, and loaded again.
    fn vector_of_words(self, words: [u64; 8]) -> u64x8<Self>;

    /// Transposes 64 rows: bit c of row r becomes bit r of column c. Vector k holds the rows from
    /// 8 * k on.
    fn transpose(self, rows: [u64x8<Self>; 8], columns: &mut [u64; 64]);

    /// Transposes two masks, which are rows of bits one after the other, to pairs of columns: the
    /// first of each pair in the low bits of a word. Each mask is given as 160 bytes; bytes after
    /// its own are ignored.
    fn pairs_of_columns(self, masks: [&[u8]; 2], rows: &TinyRows) -> [[u64; 16]; 2];

    /// The characters of differences in COCO's strings, one after the other, and their number. A
    /// difference is written if its four bits of `lanes` are set; none has more than four groups of
    /// five bits.
    fn characters(self, differences: u32x16<Self>, lanes: u64) -> (u8x64<Self>, usize);

    /// The low bytes of two vectors' elements.
    fn low_bytes(self, first: u32x16<Self>, second: u32x16<Self>) -> u8x32<Self>;
}

/// True of levels that have kernels.
#[cfg(all(target_arch = "x86_64", not(test)))]
pub(crate) fn has_kernels(level: Level) -> bool {
    is_avx512(level)
}
#[cfg(test)]
pub(crate) fn has_kernels(level: Level) -> bool {
    is_avx512(level) || super::twins::of(level).is_some()
}

/// Returns from the function with what is made by the kernels of `simd`, if it has them.
#[cfg(not(test))]
macro_rules! with_kernels {
    ($simd:expr, $kernels:ident => $made:expr) => {
        let _ = $simd;
        #[cfg(target_arch = "x86_64")]
        if let fearless_simd::Level::Avx512($kernels) = $simd.level() {
            #[allow(unused_imports, reason = "some callers only hand them on")]
            use crate::simd::Kernels as _;
            return $made;
        }
    };
}
#[cfg(test)]
macro_rules! with_kernels {
    ($simd:expr, $kernels:ident => $made:expr) => {
        #[allow(unused_imports, reason = "some callers only hand them on")]
        use crate::simd::Kernels as _;
        #[cfg(target_arch = "x86_64")]
        if let fearless_simd::Level::Avx512($kernels) = $simd.level() {
            return $made;
        }
        if let Some($kernels) = crate::simd::twins::of($simd.level()) {
            return $made;
        }
    };
}
pub(crate) use with_kernels;

/// Layout of rows of up to 32 bits in a mask of up to 32 rows.
#[cfg(any(target_arch = "x86_64", test))]
#[cfg_attr(
    not(target_arch = "x86_64"),
    allow(dead_code, reason = "twins take out one bit after the other")
)]
pub(crate) struct TinyRows {
    /// Bits of a row, and bytes of eight rows.
    pub(super) width: usize,
    pub(super) height: u32,
    /// For each of eight rows, the indices of eight bytes from that of its first bit on, and the
    /// bit of these that it begins at.
    pub(super) bytes: [u8; 64],
    pub(super) shifts: [u64; 8],
    /// Ones for each row's bits; 0 beyond the last row.
    pub(super) bits: [u64; 32],
}

#[cfg(any(target_arch = "x86_64", test))]
impl TinyRows {
    pub(crate) fn new([height, width]: [usize; 2]) -> Self {
        let (mut bytes, mut shifts, mut bits) = ([0; 64], [0; 8], [0; 32]);
        for row in 0..8 {
            shifts[row] = (row * width % 8) as u64;
            for byte in 0..8 {
                bytes[8 * row + byte] = (row * width / 8 + byte) as u8;
            }
        }
        bits[..height].fill(u64::MAX >> (64 - width));
        TinyRows {
            width,
            height: height as u32,
            bytes,
            shifts,
            bits,
        }
    }
}
