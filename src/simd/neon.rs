//! Words of comparisons by NEON, which has no movemask: each pixel's byte keeps its bit of eight,
//! and sums of neighbours, three times, are the word. That takes 9 instructions; portable vectors,
//! which take odd and even bytes apart, 14, and 15 for each 32 pixels of two bytes. Wider pixels
//! are made narrower first. `bits` are those that a byte keeps: see [`Hidden`](super::Hidden).

use std::arch::aarch64::*;

use fearless_simd::prelude::*;
use fearless_simd::{Neon, kernel, mask8x64, mask16x32, mask32x16, mask64x8, u8x16};

kernel!(
    #[inline(always)]
    pub(super) fn one_byte(neon: Neon, bits: &[u8; 16], masks: [mask8x64<Neon>; 1]) -> u64 {
        let int8x16x4_t(a, b, c, d) = masks[0].into();
        let bits = u8x16::from_slice(neon, bits).into();
        let first = vpaddq_u8(
            vandq_u8(vreinterpretq_u8_s8(a), bits),
            vandq_u8(vreinterpretq_u8_s8(b), bits),
        );
        let second = vpaddq_u8(
            vandq_u8(vreinterpretq_u8_s8(c), bits),
            vandq_u8(vreinterpretq_u8_s8(d), bits),
        );
        let quarters = vpaddq_u8(first, second);
        vgetq_lane_u64::<0>(vreinterpretq_u64_u8(vpaddq_u8(quarters, quarters)))
    }
);

/// Makes masks narrower, two vectors to one, and gives the word of these.
macro_rules! narrowed {
    (
        $name:ident: $mask:ident, $vectors:ident, $count:literal, $reinterpret:ident, $even:ident,
        $narrow:ident: $narrow_vectors:ident, [$($first:literal),*]
    ) => {
        kernel!(
            #[inline(always)]
            pub(super) fn $name(
                neon: Neon,
                bits: &[u8; 16],
                masks: [$mask<Neon>; $count],
            ) -> u64 {
                let masks = [$({
                    let $vectors(a, b, c, d) = masks[$first].into();
                    let $vectors(e, f, g, h) = masks[$first + 1].into();
                    $narrow_vectors(
                        $even($reinterpret(a), $reinterpret(b)),
                        $even($reinterpret(c), $reinterpret(d)),
                        $even($reinterpret(e), $reinterpret(f)),
                        $even($reinterpret(g), $reinterpret(h)),
                    )
                    .simd_into(neon)
                }),*];
                $narrow(neon, bits, masks)
            }
        );
    };
}

narrowed!(
    two_bytes: mask16x32, int16x8x4_t, 2, vreinterpretq_s8_s16, vuzp1q_s8,
    one_byte: int8x16x4_t, [0]
);
narrowed!(
    four_bytes: mask32x16, int32x4x4_t, 4, vreinterpretq_s16_s32, vuzp1q_s16,
    two_bytes: int16x8x4_t, [0, 2]
);
narrowed!(
    eight_bytes: mask64x8, int64x2x4_t, 8, vreinterpretq_s32_s64, vuzp1q_s32,
    four_bytes: int32x4x4_t, [0, 2, 4, 6]
);
