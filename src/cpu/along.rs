//! Boundaries of a scan along the rows of memory: words of pixels in order, straight to the sink.

use fearless_simd::Simd;

use super::rule::Rule;
use super::sink::{Destination, Sink};
use super::window;
use crate::plane::Plane;

/// Tells `sink` every boundary but the one at the first pixel.
#[inline(always)]
pub(super) fn flag<S: Simd, P: Plane>(
    simd: S,
    plane: &P,
    rule: impl Rule<P::Bits>,
    sink: &mut Sink<'_, impl Destination>,
) {
    let mut gathered = Vec::new();
    let mut position = 0;
    let mut last = None;
    for row in 0..plane.height() {
        let pixels = plane.rows(row..row + 1, &mut gathered)[0];
        let (last_pixel, last_answer) = last.unwrap_or((pixels[0], None));
        last = Some(flag_row(simd, rule, pixels, last_pixel, last_answer, position, sink));
        position += pixels.len() as u32;
    }
}

/// One row after a pixel and its answer, from scan position `position` on; gives the row's last pixel and its answer.
#[inline(always)]
fn flag_row<S: Simd, B: super::Lanes, R: Rule<B>>(
    simd: S,
    rule: R,
    pixels: &[B],
    last_pixel: B,
    mut last_answer: Option<u64>,
    position: u32,
    sink: &mut Sink<'_, impl Destination>,
) -> (B, Option<u64>) {
    let mut x = 0;
    while x < pixels.len() {
        let count = (pixels.len() - x).min(64);
        let before = if R::ANSWERS { [B::default(); 64] } else { before(pixels, x, last_pixel) };
        let word = match pixels[x..].first_chunk() {
            Some(pixels) => rule.word(simd, pixels, &before),
            None => rule.word(simd, &window(pixels, x), &before),
        };
        let bits = if R::ANSWERS { word ^ (word << 1 | last_answer.unwrap_or(word & 1)) } else { word };
        last_answer = Some(word >> (count - 1) & 1);
        sink.word(position + x as u32, bits & u64::MAX >> (64 - count));
        x += 64;
    }
    (pixels[pixels.len() - 1], last_answer)
}

/// The 64 pixels before those from `x` on.
#[inline(always)]
fn before<B: super::Lanes>(pixels: &[B], x: usize, last_pixel: B) -> [B; 64] {
    let mut before = window(pixels, x.saturating_sub(1));
    if x == 0 {
        before.copy_within(..63, 1);
        before[0] = last_pixel;
    }
    before
}
