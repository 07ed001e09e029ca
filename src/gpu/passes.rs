//! The table of passes: each names its shader, entry point and bindings once, for pipelines,
//! timestamps and tests.

pub use super::pass_inputs::{Params, Resampled, Stripe, Tap, float_terms};

/// A buffer that passes bind. Its number is the variant's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u32)]
pub enum Binding {
    /// The parameters of the dispatch.
    Params = 0,
    /// The table of stripes.
    Stripes = 1,
    /// Pixels, as vectors of 16 bytes.
    Vectors = 2,
    /// The pixels again, as words.
    Words = 3,
    /// Boundary bits.
    Bits = 4,
    /// Boundaries of each block; after the scan, those before each block in its group.
    Blocks = 5,
    /// Boundaries of each group of blocks.
    Totals = 6,
    /// The number of starts, then the index of each mask's first.
    Summary = 7,
    /// Run starts.
    Starts = 8,
    /// Values of runs, or of first pixels.
    Values = 9,
    /// How the masks of the stripes are resampled.
    Resampled = 10,
    /// Where their pixels lie between samples.
    Taps = 11,
    /// Of COCO's strings: the number of characters and of runs in order, then of each mask what
    /// `measure_runs.wgsl` says.
    Measures = 12,
    /// Their characters.
    Characters = 13,
}

impl Binding {
    /// The number in its group, as the shaders write it.
    pub fn number(self) -> u32 {
        self as u32
    }

    /// The group: 1 for pixels, which may be the caller's, 0 for all else.
    pub fn group(self) -> u32 {
        u32::from(matches!(self, Binding::Vectors | Binding::Words))
    }
}

/// Kind of buffer that a binding is to a pass.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// A uniform buffer.
    Uniform,
    /// A storage buffer that is only read.
    Read,
    /// A storage buffer that is written.
    Write,
}

/// A compute pass. Its name is also its entry point's.
#[derive(Debug, Clone, Copy)]
pub struct Pass {
    /// The pass, its entry point, its timestamps' label.
    pub name: &'static str,
    /// The whole WGSL.
    pub source: &'static str,
    /// Bindings in the order of their numbers, and the kind of each.
    pub bindings: &'static [(Binding, Access)],
    /// Overridable constants.
    pub constants: &'static [&'static str],
    /// Invocations a workgroup.
    pub workgroup_size: u32,
}

/// Words of boundary bits of a block, which are counted and compacted together, and blocks of a
/// group, which are scanned together: `BLOCK` in `common.wgsl`.
pub const BLOCK_WORDS: u32 = 1024;
/// Invocations a workgroup: `LANES` in `common.wgsl`.
const LANES: u32 = 256;

macro_rules! shader {
    ($($file:literal),*) => {
        concat!(
            include_str!("../../shaders/common.wgsl"),
            $(include_str!(concat!("../../shaders/", $file)),)*
        )
    };
}

/// Bits an element (1, 8, 16 or 32); the predicate: 0 for binary masks, 1 for thresholds, 2 for
/// labels.
const PIXELS: &[&str] = &["ELEMENT_BITS", "PREDICATE"];

/// Pixels to boundary bits, along the rows of memory.
pub const FLAG_ALONG: Pass = Pass {
    name: "flag_along",
    source: shader!(
        "lookup.wgsl",
        "first_task.wgsl",
        "tally.wgsl",
        "element.wgsl",
        "pixels.wgsl",
        "packed.wgsl",
        "flag_along.wgsl"
    ),
    bindings: &[
        (Binding::Params, Access::Uniform),
        (Binding::Stripes, Access::Read),
        (Binding::Vectors, Access::Read),
        (Binding::Words, Access::Read),
        (Binding::Bits, Access::Write),
        (Binding::Blocks, Access::Write),
        (Binding::Values, Access::Write),
    ],
    constants: PIXELS,
    workgroup_size: LANES,
};
/// Pixels to boundary bits, across the rows of memory.
pub const FLAG_ACROSS: Pass = Pass {
    name: "flag_across",
    source: shader!(
        "lookup.wgsl",
        "first_task.wgsl",
        "element.wgsl",
        "pixels.wgsl",
        "flag_across.wgsl"
    ),
    bindings: FLAG_ALONG.bindings,
    constants: PIXELS,
    workgroup_size: 64,
};
/// Packed pixels to boundary bits, across the rows of memory.
pub const FLAG_ACROSS_PACKED: Pass = Pass {
    name: "flag_across_packed",
    source: shader!(
        "lookup.wgsl",
        "first_task.wgsl",
        "packed.wgsl",
        "flag_across_packed.wgsl"
    ),
    bindings: &[
        (Binding::Params, Access::Uniform),
        (Binding::Stripes, Access::Read),
        (Binding::Words, Access::Read),
        (Binding::Bits, Access::Write),
        (Binding::Blocks, Access::Write),
    ],
    constants: &[],
    workgroup_size: LANES,
};
/// Pixels to boundary bits, wherever they lie.
pub const FLAG_STRIDED: Pass = Pass {
    name: "flag_strided",
    source: shader!(
        "lookup.wgsl",
        "first_task.wgsl",
        "tally.wgsl",
        "element.wgsl",
        "pixels.wgsl",
        "scan_place.wgsl",
        "flag_strided.wgsl"
    ),
    bindings: &[
        (Binding::Params, Access::Uniform),
        (Binding::Stripes, Access::Read),
        (Binding::Words, Access::Read),
        (Binding::Bits, Access::Write),
        (Binding::Blocks, Access::Write),
        (Binding::Values, Access::Write),
    ],
    constants: PIXELS,
    workgroup_size: LANES,
};
/// Samples to boundary bits of the pixels that are made of them.
pub const FLAG_RESAMPLED: Pass = Pass {
    name: "flag_resampled",
    source: shader!(
        "lookup.wgsl",
        "first_task.wgsl",
        "tally.wgsl",
        "samples.wgsl",
        "scan_place.wgsl",
        "flag_resampled.wgsl"
    ),
    bindings: &[
        (Binding::Params, Access::Uniform),
        (Binding::Stripes, Access::Read),
        (Binding::Words, Access::Read),
        (Binding::Bits, Access::Write),
        (Binding::Blocks, Access::Write),
        (Binding::Values, Access::Write),
        (Binding::Resampled, Access::Read),
        (Binding::Taps, Access::Read),
    ],
    constants: &[],
    workgroup_size: LANES,
};
/// Boundaries of each block to their exclusive prefix sums.
pub const SCAN: Pass = Pass {
    name: "scan_blocks",
    source: shader!("sum.wgsl", "scan_blocks.wgsl"),
    bindings: &[
        (Binding::Params, Access::Uniform),
        (Binding::Blocks, Access::Write),
        (Binding::Totals, Access::Write),
    ],
    constants: &[],
    workgroup_size: LANES,
};
/// Boundary bits to starts.
pub const COMPACT: Pass = Pass {
    name: "compact_starts",
    source: shader!(
        "lookup.wgsl",
        "first_word.wgsl",
        "sum.wgsl",
        "totals.wgsl",
        "compact.wgsl",
        "compact_starts.wgsl"
    ),
    bindings: &[
        (Binding::Params, Access::Uniform),
        (Binding::Stripes, Access::Read),
        (Binding::Bits, Access::Read),
        (Binding::Blocks, Access::Read),
        (Binding::Totals, Access::Read),
        (Binding::Summary, Access::Write),
        (Binding::Starts, Access::Write),
    ],
    constants: &["IN_RANGES"],
    workgroup_size: LANES,
};
/// Boundary bits to starts, and to the labels at these.
pub const COMPACT_LABELS: Pass = Pass {
    name: "compact_labels",
    source: shader!(
        "lookup.wgsl",
        "first_word.wgsl",
        "sum.wgsl",
        "element.wgsl",
        "scan_place.wgsl",
        "totals.wgsl",
        "compact.wgsl",
        "compact_labels.wgsl"
    ),
    bindings: &[
        (Binding::Params, Access::Uniform),
        (Binding::Stripes, Access::Read),
        (Binding::Words, Access::Read),
        (Binding::Bits, Access::Read),
        (Binding::Blocks, Access::Read),
        (Binding::Totals, Access::Read),
        (Binding::Summary, Access::Write),
        (Binding::Starts, Access::Write),
        (Binding::Values, Access::Write),
    ],
    constants: &["ELEMENT_BITS", "IN_RANGES"],
    workgroup_size: LANES,
};
/// Starts to areas, boxes and the number of characters of each block of starts.
pub const MEASURE: Pass = Pass {
    name: "measure_runs",
    source: shader!(
        "lookup.wgsl",
        "sum.wgsl",
        "counts.wgsl",
        "measure_runs.wgsl"
    ),
    bindings: &[
        (Binding::Params, Access::Uniform),
        (Binding::Blocks, Access::Write),
        (Binding::Summary, Access::Read),
        (Binding::Starts, Access::Read),
        (Binding::Values, Access::Read),
        (Binding::Measures, Access::Write),
    ],
    constants: &[],
    workgroup_size: LANES,
};
/// Starts to the characters of COCO's strings.
pub const CHARACTERS: Pass = Pass {
    name: "write_characters",
    source: shader!(
        "lookup.wgsl",
        "sum.wgsl",
        "counts.wgsl",
        "totals.wgsl",
        "write_characters.wgsl"
    ),
    bindings: &[
        (Binding::Params, Access::Uniform),
        (Binding::Blocks, Access::Read),
        (Binding::Totals, Access::Read),
        (Binding::Summary, Access::Read),
        (Binding::Starts, Access::Read),
        (Binding::Values, Access::Read),
        (Binding::Measures, Access::Write),
        (Binding::Characters, Access::Write),
    ],
    constants: &[],
    workgroup_size: LANES,
};
/// Words of [`Binding::Measures`] before those of the masks, and of each mask: `ALL_MASKS` and
/// `A_MASK` in `counts.wgsl`.
pub const MEASURES: [u64; 2] = [2, 6];

/// Every pass, in the order in which a chunk goes through them: one or more of the flag passes,
/// the scan, and one compaction; of strings the measures, the scan once more and the characters.
pub const PASSES: [Pass; 10] = [
    FLAG_ALONG,
    FLAG_ACROSS,
    FLAG_ACROSS_PACKED,
    FLAG_STRIDED,
    FLAG_RESAMPLED,
    SCAN,
    COMPACT,
    COMPACT_LABELS,
    MEASURE,
    CHARACTERS,
];

/// Workgroups as two dimensions, none above 65535, that hold at least `count`.
pub fn workgroups(count: u32) -> (u32, u32) {
    let rows = count.div_ceil(65535).max(1);
    (count.div_ceil(rows), rows)
}

#[cfg(test)]
mod tests {
    use super::workgroups;

    #[test]
    fn workgroups_hold_the_count_within_the_limit() {
        for count in [
            0,
            1,
            65534,
            65535,
            65536,
            131_070,
            131_071,
            1 << 19,
            1 << 20,
        ] {
            let (x, y) = workgroups(count);
            assert!(
                x <= 65535 && y <= 65535 && x * y >= count && x * y < count + 65535,
                "{count}"
            );
        }
    }
}
