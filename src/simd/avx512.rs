//! The kernels by AVX-512's instructions. Intel's CPUs from Ice Lake on have them, AMD's from Zen 4
//! on.

use std::arch::x86_64::*;

use fearless_simd::prelude::*;
use fearless_simd::{Avx512, kernel, u8x32, u8x64, u32x16, u64x8};

use super::kernels::{Kernels, TinyRows};

impl Kernels for Avx512 {
    #[inline(always)]
    fn positions(self, position: u32, bits: u64, out: &mut [u32]) -> usize {
        positions(self, position, bits, out)
    }

    #[inline(always)]
    fn vector_of_words(self, words: [u64; 8]) -> u64x8<Self> {
        vector_of_words(self, words)
    }

    #[inline(always)]
    fn transpose(self, rows: [u64x8<Self>; 8], columns: &mut [u64; 64]) {
        transpose(self, rows, columns);
    }

    #[inline(always)]
    fn pairs_of_columns(self, masks: [&[u8]; 2], rows: &TinyRows) -> [[u64; 16]; 2] {
        pairs_of_columns(self, masks, rows)
    }

    #[inline(always)]
    fn characters(self, differences: u32x16<Self>, lanes: u64) -> (u8x64<Self>, usize) {
        characters(self, differences, lanes)
    }

    #[inline(always)]
    fn low_bytes(self, first: u32x16<Self>, second: u32x16<Self>) -> u8x32<Self> {
        low_bytes(self, first, second)
    }
}

/// 0, 1, 2, ...
static POSITIONS: [u8; 64] = {
    let mut positions = [0; 64];
    let mut position = 0;
    while position < 64 {
        positions[position] = position as u8;
        position += 1;
    }
    positions
};

kernel!(
    #[inline(always)]
    fn positions(avx512: Avx512, position: u32, bits: u64, out: &mut [u32]) -> usize {
        let positions =
            _mm512_maskz_compress_epi8(bits, u8x64::from_slice(avx512, &POSITIONS).into());
        let position = _mm512_set1_epi32(position as i32);
        let first = _mm512_cvtepu8_epi32(_mm512_castsi512_si128(positions));
        let first: u32x16<Avx512> = _mm512_add_epi32(first, position).simd_into(avx512);
        first.store_slice(&mut out[..16]);
        let found = bits.count_ones() as usize;
        if found > 16 {
            let second = _mm512_cvtepu8_epi32(_mm512_extracti32x4_epi32::<1>(positions));
            let third = _mm512_cvtepu8_epi32(_mm512_extracti32x4_epi32::<2>(positions));
            let fourth = _mm512_cvtepu8_epi32(_mm512_extracti32x4_epi32::<3>(positions));
            let second: u32x16<Avx512> = _mm512_add_epi32(second, position).simd_into(avx512);
            let third: u32x16<Avx512> = _mm512_add_epi32(third, position).simd_into(avx512);
            let fourth: u32x16<Avx512> = _mm512_add_epi32(fourth, position).simd_into(avx512);
            second.store_slice(&mut out[16..32]);
            third.store_slice(&mut out[32..48]);
            fourth.store_slice(&mut out[48..64]);
        }
        found
    }
);

kernel!(
    #[inline(always)]
    fn vector_of_words(avx512: Avx512, words: [u64; 8]) -> u64x8<Avx512> {
        let [a, b, c, d, e, f, g, h] = words.map(|word| word as i64);
        _mm512_setr_epi64(a, b, c, d, e, f, g, h).simd_into(avx512)
    }
);

/// Order of bytes that makes eight rows of eight bytes squares of 8 x 8 bits, one after the other:
/// byte r of square e is byte e of row 7 - r.
static SQUARES: [u8; 64] = {
    let mut squares = [0; 64];
    let mut at = 0;
    while at < 64 {
        squares[at] = ((7 - at % 8) * 8 + at / 8) as u8;
        at += 1;
    }
    squares
};

/// Byte i is bit i alone: the vectors that a square, as a matrix over GF(2), maps to its columns.
const ONES: i64 = 0x8040_2010_0804_0201_u64 as i64;

kernel!(
    /// Eight rows at a time are extracted, their squares of 8 x 8 bits are transposed by an affine
    /// map over GF(2), and bytes of one column are interleaved.
    #[inline(always)]
    fn pairs_of_columns(avx512: Avx512, masks: [&[u8]; 2], rows: &TinyRows) -> [[u64; 16]; 2] {
        let bytes: __m512i = u8x64::from_slice(avx512, &rows.bytes).into();
        let shifts: __m512i = u64x8::from_slice(avx512, &rows.shifts).into();
        let order: __m512i = u8x64::from_slice(avx512, &SQUARES).into();
        let ones = _mm512_set1_epi64(ONES);
        let mut transposed = [_mm512_setzero_si512(); 4];
        for (group, transposed) in transposed.iter_mut().enumerate() {
            let at = group * rows.width;
            let bits: __m512i = u64x8::from_slice(avx512, &rows.bits[8 * group..][..8]).into();
            let left: __m512i = u8x64::from_slice(avx512, &masks[0][at..at + 64]).into();
            let right: __m512i = u8x64::from_slice(avx512, &masks[1][at..at + 64]).into();
            let left = _mm512_and_si512(
                _mm512_srlv_epi64(_mm512_permutexvar_epi8(bytes, left), shifts),
                bits,
            );
            let right = _mm512_and_si512(
                _mm512_srlv_epi64(_mm512_permutexvar_epi8(bytes, right), shifts),
                bits,
            );
            let both = _mm512_or_si512(left, _mm512_slli_epi64::<32>(right));
            let squares = _mm512_permutexvar_epi8(order, both);
            *transposed = _mm512_gf2p8affine_epi64_epi8::<0>(ones, squares);
        }
        let [low, high] = [
            [
                _mm512_unpacklo_epi8(transposed[0], transposed[1]),
                _mm512_unpacklo_epi8(transposed[2], transposed[3]),
            ],
            [
                _mm512_unpackhi_epi8(transposed[0], transposed[1]),
                _mm512_unpackhi_epi8(transposed[2], transposed[3]),
            ],
        ];
        let mut pairs = [
            _mm512_unpacklo_epi16(low[0], low[1]),
            _mm512_unpackhi_epi16(low[0], low[1]),
            _mm512_unpacklo_epi16(high[0], high[1]),
            _mm512_unpackhi_epi16(high[0], high[1]),
        ];
        let height = _mm_cvtsi32_si128(rows.height as i32);
        for pair in &mut pairs {
            let first = _mm512_and_si512(*pair, _mm512_set1_epi64(0xffff_ffff));
            *pair = _mm512_or_si512(
                first,
                _mm512_sll_epi64(_mm512_srli_epi64::<32>(*pair), height),
            );
        }
        // Each vector holds two of every eight pairs, the left mask's in its lower half.
        let [left, more_left, right, more_right] = quarters(pairs);
        let mut both = [[0; 16]; 2];
        for (mask, [low, high]) in both
            .iter_mut()
            .zip([[left, more_left], [right, more_right]])
        {
            let (low, high): (u64x8<Avx512>, u64x8<Avx512>) =
                (low.simd_into(avx512), high.simd_into(avx512));
            low.store_slice(&mut mask[..8]);
            high.store_slice(&mut mask[8..]);
        }
        both
    }
);

/// Transposes quarters: the first ones of four vectors, then their second ones, and so on.
#[inline]
#[target_feature(enable = "avx512f")]
fn quarters([a, b, c, d]: [__m512i; 4]) -> [__m512i; 4] {
    let first = _mm512_shuffle_i64x2::<0b0100_0100>(a, b);
    let second = _mm512_shuffle_i64x2::<0b0100_0100>(c, d);
    let third = _mm512_shuffle_i64x2::<0b1110_1110>(a, b);
    let fourth = _mm512_shuffle_i64x2::<0b1110_1110>(c, d);
    [
        _mm512_shuffle_i64x2::<0b1000_1000>(first, second),
        _mm512_shuffle_i64x2::<0b1101_1101>(first, second),
        _mm512_shuffle_i64x2::<0b1000_1000>(third, fourth),
        _mm512_shuffle_i64x2::<0b1101_1101>(third, fourth),
    ]
}

kernel!(
    /// Squares of 8 x 8 bits are transposed by an affine map over GF(2), and bytes of one column
    /// are interleaved.
    #[inline(always)]
    fn transpose(avx512: Avx512, rows: [u64x8<Avx512>; 8], columns: &mut [u64; 64]) {
        let order: __m512i = u8x64::from_slice(avx512, &SQUARES).into();
        let ones = _mm512_set1_epi64(ONES);
        let mut transposed = [_mm512_setzero_si512(); 8];
        for (rows, transposed) in rows.into_iter().zip(&mut transposed) {
            *transposed = _mm512_gf2p8affine_epi64_epi8::<0>(
                ones,
                _mm512_permutexvar_epi8(order, rows.into()),
            );
        }
        // Bytes of two vectors are interleaved, then of four, then of eight: each vector then holds
        // two of every sixteen columns.
        let mut twos = [_mm512_setzero_si512(); 8];
        for (pair, transposed) in transposed.chunks_exact(2).enumerate() {
            twos[pair] = _mm512_unpacklo_epi8(transposed[0], transposed[1]);
            twos[pair + 4] = _mm512_unpackhi_epi8(transposed[0], transposed[1]);
        }
        let mut fours = [_mm512_setzero_si512(); 8];
        for (pair, twos) in twos.chunks_exact(2).enumerate() {
            fours[pair % 2 + pair / 2 * 4] = _mm512_unpacklo_epi16(twos[0], twos[1]);
            fours[pair % 2 + pair / 2 * 4 + 2] = _mm512_unpackhi_epi16(twos[0], twos[1]);
        }
        let mut eights = [_mm512_setzero_si512(); 8];
        for (pair, fours) in fours.chunks_exact(2).enumerate() {
            eights[2 * pair] = _mm512_unpacklo_epi32(fours[0], fours[1]);
            eights[2 * pair + 1] = _mm512_unpackhi_epi32(fours[0], fours[1]);
        }
        for (half, eights) in eights.chunks_exact(4).enumerate() {
            for (sixteen, quarter) in quarters([eights[0], eights[1], eights[2], eights[3]])
                .into_iter()
                .enumerate()
            {
                let quarter: u64x8<Avx512> = quarter.simd_into(avx512);
                quarter.store_slice(&mut columns[16 * sixteen + 8 * half..][..8]);
            }
        }
    }
);

/// Ones for the characters of a difference, a byte each and at most four, by the leading zeros of
/// its magnitude; index 0 stands for 32 of them. A difference has as many groups of five bits as
/// hold its magnitude and its sign.
static GROUPS: [u32; 32] = {
    let mut groups = [0; 32];
    let mut zeros = 0;
    while zeros < 32 {
        let bits = if zeros == 0 { 1 } else { 33 - zeros as u32 };
        let count = if bits > 20 { 4 } else { bits.div_ceil(5) };
        groups[zeros] = u32::MAX >> (32 - 8 * count);
        zeros += 1;
    }
    groups
};

kernel!(
    #[inline(always)]
    fn characters(
        avx512: Avx512,
        differences: u32x16<Avx512>,
        lanes: u64,
    ) -> (u8x64<Avx512>, usize) {
        let differences: __m512i = differences.into();
        let magnitudes = _mm512_xor_si512(differences, _mm512_srai_epi32::<31>(differences));
        let few: __m512i = u32x16::from_slice(avx512, &GROUPS[..16]).into();
        let many: __m512i = u32x16::from_slice(avx512, &GROUPS[16..]).into();
        let there = _mm512_permutex2var_epi32(few, _mm512_lzcnt_epi32(magnitudes), many);
        let offsets = _mm512_set1_epi64(0x2f2a_2520_0f0a_0500);
        let groups = _mm512_and_si512(
            _mm512_multishift_epi64_epi8(offsets, differences),
            _mm512_set1_epi8(0x1f),
        );
        let more = _mm512_and_si512(_mm512_srli_epi32::<8>(there), _mm512_set1_epi8(0x20));
        let text = _mm512_add_epi8(_mm512_or_si512(groups, more), _mm512_set1_epi8(48));
        let there = _mm512_movepi8_mask(there) & lanes;
        (
            _mm512_maskz_compress_epi8(there, text).simd_into(avx512),
            there.count_ones() as usize,
        )
    }
);

kernel!(
    #[inline(always)]
    fn low_bytes(avx512: Avx512, first: u32x16<Avx512>, second: u32x16<Avx512>) -> u8x32<Avx512> {
        let (first, second) = (
            _mm512_cvtepi32_epi8(first.into()),
            _mm512_cvtepi32_epi8(second.into()),
        );
        _mm256_set_m128i(second, first).simd_into(avx512)
    }
);
