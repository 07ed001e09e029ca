//! The library's one unsafe block: a hint that says which memory is read soon.

/// Bytes of a page, at whose end a CPU's own prefetching stops.
pub(super) const PAGE: usize = 4096;
/// Bytes ahead of the reading for which a line is asked into the second cache, and for which a page is begun.
const LINE_AHEAD: usize = 512;
const PAGE_AHEAD: usize = 8192;

/// Asks the second cache for the lines that lie [`LINE_AHEAD`] bytes after these pixels, the same rows' or those of the next ones.
///
/// Into the nearest cache it would take a third more time on a Zen 4; see "Prefetching, again" in benches/NOTES.md.
#[inline(always)]
pub(super) fn line<B>(pixels: &[B; 64]) {
    for line in 0..size_of::<B>() {
        ask::<false>(pixels.as_ptr().cast::<u8>().wrapping_add(LINE_AHEAD + 64 * line));
    }
}

/// Begins the page that begins [`PAGE_AHEAD`] bytes after one of these pixels, of which there is at most one in a page of pixels.
///
/// The rest of a page a CPU fetches by itself. On a Zen 4 it takes the reading of masks in memory from 20 GB/s to 26.
#[inline(always)]
pub(super) fn page<B>(pixels: &[B]) {
    let ahead = pixels.as_ptr().cast::<u8>().wrapping_add(PAGE_AHEAD);
    let before_page = ahead.addr().wrapping_neg() % PAGE;
    if before_page < size_of_val(pixels) {
        ask::<true>(ahead.wrapping_add(before_page));
    }
}

/// No safe way to say it is stable yet.
#[inline(always)]
#[allow(unsafe_code, reason = "prefetching takes a pointer; the figures that justify it stand above")]
fn ask<const NEAREST: bool>(address: *const u8) {
    #[cfg(target_arch = "x86_64")]
    {
        use std::arch::x86_64::{_MM_HINT_T0, _MM_HINT_T1, _mm_prefetch};
        // SAFETY: x86-64 has SSE, and a prefetch is a hint that reads nothing into the program and faults at no address.
        unsafe {
            if NEAREST {
                _mm_prefetch::<_MM_HINT_T0>(address.cast());
            } else {
                _mm_prefetch::<_MM_HINT_T1>(address.cast());
            }
        }
    }
    #[cfg(not(target_arch = "x86_64"))]
    let _ = address;
}
