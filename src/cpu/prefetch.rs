//! The library's one unsafe expression: a hint that says which memory is read soon.

/// Bytes ahead of the reading. One core asks for a line some 200 cycles before it has it; from 2 to 4 KiB are level.
const AHEAD: usize = 2560;

/// Asks for the memory that lies [`AHEAD`] bytes after these pixels, the same rows' or those of the next ones.
///
/// It takes rows in the order of memory from 0.81 to 0.92 of the read limit, and those in cache from 40 to 33 us a MiB: see
/// "Streams or prefetching" in benches/NOTES.md. No safe way to say it is stable yet.
#[inline(always)]
#[allow(unsafe_code, reason = "prefetching takes a pointer; the figures that justify it stand above")]
pub(super) fn prefetch<B>(pixels: &[B; 64]) {
    #[cfg(target_arch = "x86_64")]
    for line in 0..size_of::<B>() {
        use std::arch::x86_64::{_MM_HINT_T1, _mm_prefetch};
        let address = pixels.as_ptr().cast::<i8>().wrapping_add(AHEAD + 64 * line);
        // SAFETY: x86-64 has SSE, and a prefetch is a hint that reads nothing into the program and faults at no address.
        unsafe { _mm_prefetch::<_MM_HINT_T1>(address) };
    }
    #[cfg(not(target_arch = "x86_64"))]
    let _ = pixels;
}
