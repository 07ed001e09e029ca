//! Memory and bindings that a chunk needs, and their limits.

use super::passes::{MEASURES, Stripe};

/// Words of boundary bits that a chunk may have, so that positions and counts fit 32 bits.
pub(super) const MAX_WORDS: u64 = (1 << 27) - 1;
/// Bytes at multiples of which uploaded masks begin, so that their vectors are aligned.
pub(super) const ALIGNMENT: u64 = 16;

/// Limits of a chunk, in bytes.
#[derive(Debug, Clone, Copy)]
pub(super) struct Limits {
    /// Bytes of one binding.
    pub(super) binding: u64,
    /// Bytes of pixels, scratch and staging together, of each of the chunks in flight.
    pub(super) memory: u64,
}

/// Number of chunks in flight, and of staging buffers: one is filled, one computed, one read back.
pub(super) const RING: usize = 3;

/// Contents of a chunk, from which follow the bytes that it takes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Needs {
    /// Words of boundary bits.
    pub(super) words: u64,
    /// Masks that have pixels.
    pub(super) masks: u64,
    /// Values that are read from pixels which only the device has.
    pub(super) values: u64,
    /// Bytes that say how masks are resampled.
    pub(super) resampled_bytes: u64,
    /// True if the device writes COCO's strings.
    pub(super) has_strings: bool,
    /// Bytes of pixels, or of samples, that are bound together.
    pub(super) pixel_bytes: u64,
    /// True if the pixels are uploaded: then they are there twice, in staging and on the device;
    /// else they cost no memory of ours.
    pub(super) is_uploaded: bool,
}

impl Needs {
    /// Bytes of all buffers of the chunk.
    pub(super) fn memory(&self) -> u64 {
        let copies = if self.is_uploaded { 2 } else { 0 };
        self.scratch() + copies * self.pixel_bytes
    }

    /// Bytes of the buffers without pixels. For each word of bits: it, a start, and a word of
    /// readback. For each value: one on the device, one in the readback. For each mask: two
    /// stripes, and a word of summary, twice.
    fn scratch(&self) -> u64 {
        let words = 3 * self.words + 2 * self.values;
        let of_masks = self.masks * (2 * size_of::<Stripe>() as u64 + 2 * 4);
        4 * words + of_masks + self.resampled_bytes + self.strings()
    }

    /// Bytes of the strings: at most as many characters as bytes of bits, which come back instead
    /// of starts; and the measures, twice.
    fn strings(&self) -> u64 {
        match self.has_strings {
            true => 4 * (self.words + 2 * words_of_measures(self.masks)),
            false => 0,
        }
    }

    /// Bytes of the stripes of all masks.
    fn table(&self) -> u64 {
        self.masks * size_of::<Stripe>() as u64
    }
}

/// Words of the measures of some masks.
pub(super) fn words_of_measures(masks: u64) -> u64 {
    let [of_all, of_a_mask] = MEASURES;
    of_all + masks * of_a_mask
}

impl Limits {
    /// True if a chunk keeps to all limits.
    pub(super) fn hold(&self, needs: &Needs) -> bool {
        self.bindings_hold(needs) && needs.memory() <= self.memory
    }

    /// True if pixels, bits and all tables together are each one binding, with room left in a
    /// buffer for the readback of starts or characters, of values, summary and measures: the last
    /// two are fewer bytes than the table of stripes, but for a few.
    pub(super) fn bindings_hold(&self, needs: &Needs) -> bool {
        needs.words <= MAX_WORDS
            && 4 * (needs.words + needs.values) + needs.table() <= self.binding
            && needs.resampled_bytes + 2 * needs.table() <= self.binding
            && needs.pixel_bytes <= self.binding
    }

    /// Bytes of pixels that can be uploaded at a time beside the scratch of a chunk.
    pub(super) fn upload_bytes(&self, needs: &Needs) -> u64 {
        self.window_bytes(self.memory.saturating_sub(needs.scratch()) / 2)
    }

    /// Bytes of pixels that can be uploaded at a time beside the scratch of a chunk that has the
    /// memory of all to itself: its windows go through the whole ring.
    pub(super) fn upload_bytes_alone(&self, needs: &Needs) -> u64 {
        let ring = RING as u64;
        let left = (ring.saturating_mul(self.memory)).saturating_sub(needs.scratch());
        self.window_bytes(left / (2 * ring))
    }

    fn window_bytes(&self, bytes: u64) -> u64 {
        bytes.min(self.binding) & !(ALIGNMENT - 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NEEDS: Needs = Needs {
        words: 100,
        masks: 3,
        values: 7,
        has_strings: false,
        resampled_bytes: 48,
        pixel_bytes: 1600,
        is_uploaded: true,
    };

    #[test]
    fn memory_is_counted_by_buffer() {
        let scratch = 4 * (100 + 100 + 100) + 4 * (7 + 7) + 2 * 3 * 64 + 2 * 3 * 4 + 48;
        assert_eq!(NEEDS.memory(), scratch + 2 * 1600);
        let resident = Needs {
            is_uploaded: false,
            ..NEEDS
        };
        assert_eq!(resident.memory(), scratch);
        let with_strings = Needs {
            has_strings: true,
            ..resident
        };
        let strings = 4 * 100 + 2 * 4 * (2 + 3 * 6);
        assert_eq!(with_strings.memory(), scratch + strings);
    }

    #[test]
    fn each_limit_is_kept_to_the_byte() {
        let (memory, readback) = (NEEDS.memory(), 4 * 107 + 3 * 64);
        for (binding, memory, fits) in [
            (1600, memory, true),
            (1599, memory, false),
            (1600, memory - 1, false),
            (1601, memory + 1, true),
        ] {
            assert_eq!(
                Limits { binding, memory }.hold(&NEEDS),
                fits,
                "{binding}, {memory}"
            );
        }
        let few_pixels = Needs {
            pixel_bytes: 16,
            ..NEEDS
        };
        for (binding, fits) in [
            (readback - 1, false),
            (readback, true),
            (readback + 1, true),
        ] {
            let limits = Limits { binding, memory };
            assert_eq!(limits.bindings_hold(&few_pixels), fits, "{binding}");
        }
    }

    #[test]
    fn an_upload_of_all_the_bytes_that_are_left_fits() {
        for memory in 3000..3100 {
            let limits = Limits {
                binding: 1 << 20,
                memory,
            };
            let pixel_bytes = limits.upload_bytes(&NEEDS);
            let with = |pixel_bytes| Needs {
                pixel_bytes,
                ..NEEDS
            };
            assert!(limits.hold(&with(pixel_bytes)), "{memory}");
            assert!(!limits.hold(&with(pixel_bytes + ALIGNMENT)), "{memory}");
        }
        let small = Limits {
            binding: 1 << 20,
            memory: 100,
        };
        assert_eq!(small.upload_bytes(&NEEDS), 0);
    }
}
