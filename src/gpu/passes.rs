//! The table of passes: each names its shader, entry point and bindings once, for pipelines,
//! timestamps and tests.

/// What a binding is to a pass.
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
    /// Binding numbers in group 0, and what is done with each.
    pub bindings: &'static [(u32, Access)],
    /// Overridable constants.
    pub constants: &'static [&'static str],
    /// Invocations a workgroup.
    pub workgroup_size: u32,
}

/// Words of boundary bits that are counted and compacted together, and blocks that are scanned
/// together: `BLOCK` in `common.wgsl`.
pub const BLOCK_WORDS: u32 = 1024;
/// Invocations a workgroup: `LANES` in `common.wgsl`.
const LANES: u32 = 256;

macro_rules! shader {
    ($($file:literal),*) => {
        concat!(include_str!("../../shaders/common.wgsl"), $(include_str!(concat!("../../shaders/", $file)),)*)
    };
}

/// Bits an element (1, 8, 16 or 32), and 0 for binary masks, 1 for thresholds, 2 for labels.
const PIXELS: &[&str] = &["ELEMENT_BITS", "QUESTION"];

/// Pixels to boundary bits, along the rows of memory.
pub const FLAG_ALONG: Pass = Pass {
    name: "flag_along",
    source: shader!(
        "tally.wgsl",
        "pixels.wgsl",
        "packed.wgsl",
        "flag_along.wgsl"
    ),
    bindings: &[
        (0, Access::Uniform),
        (1, Access::Read),
        (2, Access::Read),
        (3, Access::Read),
        (4, Access::Write),
        (5, Access::Write),
    ],
    constants: PIXELS,
    workgroup_size: LANES,
};
/// Pixels to boundary bits, across the rows of memory.
pub const FLAG_ACROSS: Pass = Pass {
    name: "flag_across",
    source: shader!("pixels.wgsl", "flag_across.wgsl"),
    bindings: FLAG_ALONG.bindings,
    constants: PIXELS,
    workgroup_size: LANES,
};
/// Packed pixels to boundary bits, across the rows of memory.
pub const FLAG_ACROSS_PACKED: Pass = Pass {
    name: "flag_across_packed",
    source: shader!("packed.wgsl", "flag_across_packed.wgsl"),
    bindings: &[
        (0, Access::Uniform),
        (1, Access::Read),
        (3, Access::Read),
        (4, Access::Write),
        (5, Access::Write),
    ],
    constants: &[],
    workgroup_size: LANES,
};
/// Pixels to boundary bits, wherever they lie.
pub const FLAG_STRIDED: Pass = Pass {
    name: "flag_strided",
    source: shader!("tally.wgsl", "pixels.wgsl", "flag_strided.wgsl"),
    bindings: FLAG_ACROSS_PACKED.bindings,
    constants: PIXELS,
    workgroup_size: LANES,
};
/// Numbers a block to their exclusive prefix sums.
pub const SCAN: Pass = Pass {
    name: "scan_blocks",
    source: shader!("sum.wgsl", "scan_blocks.wgsl"),
    bindings: &[(0, Access::Uniform), (5, Access::Write), (6, Access::Write)],
    constants: &[],
    workgroup_size: LANES,
};
/// Boundary bits to starts.
pub const COMPACT: Pass = Pass {
    name: "compact_starts",
    source: shader!("sum.wgsl", "compact_starts.wgsl"),
    bindings: &[
        (0, Access::Uniform),
        (1, Access::Read),
        (4, Access::Read),
        (5, Access::Read),
        (6, Access::Read),
        (7, Access::Write),
        (8, Access::Write),
    ],
    constants: &["BY_STRETCHES"],
    workgroup_size: LANES,
};
/// Starts to values.
pub const VALUES: Pass = Pass {
    name: "read_values",
    source: shader!("pixels.wgsl", "read_values.wgsl"),
    bindings: &[
        (0, Access::Uniform),
        (1, Access::Read),
        (3, Access::Read),
        (7, Access::Read),
        (8, Access::Read),
        (9, Access::Write),
    ],
    constants: PIXELS,
    workgroup_size: LANES,
};

/// Every pass, in the order in which a chunk goes through them: one or more of the flag passes,
/// then the others.
pub const PASSES: [Pass; 7] = [
    FLAG_ALONG,
    FLAG_ACROSS,
    FLAG_ACROSS_PACKED,
    FLAG_STRIDED,
    SCAN,
    COMPACT,
    VALUES,
];

/// The uniform buffer of every pass: `Params` in `common.wgsl`.
#[derive(Debug, Clone, Copy, Default, bytemuck::Pod, bytemuck::Zeroable)]
#[repr(C)]
#[allow(
    missing_docs,
    reason = "documented where they are read, in common.wgsl"
)]
pub struct Params {
    pub tasks: u32,
    pub stripes: u32,
    pub blocks: u32,
    pub first_start: u32,
    pub capacity: u32,
    pub positive: u32,
    pub negative: u32,
    pub infinite: u32,
}

/// A mask's rows in the pixel buffer: `Stripe` in `common.wgsl`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, bytemuck::Pod, bytemuck::Zeroable)]
#[repr(C)]
#[allow(
    missing_docs,
    reason = "documented where they are read, in common.wgsl"
)]
pub struct Stripe {
    pub first: u32,
    pub line_words: u32,
    pub first_line_word: u32,
    pub first_word: u32,
    pub words_per_line: u32,
    pub line_length: u32,
    pub height: u32,
    pub width: u32,
    pub across: u32,
    pub row_stride: u32,
    pub column_stride: u32,
    pub first_row: u32,
    pub first_row_at: u32,
    pub last_row_at: u32,
    pub highest_first: u32,
    pub unused: u32,
}

/// What the flag passes add to the magnitude of a float of `bits` bits (16 or 32), so that its top
/// bit tells: above a threshold of 0 or more, not below a negative threshold's magnitude, not a
/// number. For the threshold and infinity with these bits. In each half of the word for 16 bits.
pub fn float_terms(bits: u32, threshold: u32, infinity: u32) -> [u32; 3] {
    let top = 1 << (bits - 1);
    let low = top - 1;
    let magnitude = threshold & low;
    let is_negative = threshold & top != 0 && magnitude != 0;
    let terms = match is_negative {
        // Every number that is not negative is above; of the negative ones those of less magnitude.
        true => [top, top - magnitude, low - infinity],
        false => [low - magnitude, top, low - infinity],
    };
    terms.map(|term| if bits == 16 { term | term << 16 } else { term })
}

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
        for count in [0, 1, 65535, 65536, 131_071, 1 << 19, 1 << 20] {
            let (x, y) = workgroups(count);
            assert!(
                x <= 65535 && y <= 65535 && x * y >= count && x * y < count + 65535,
                "{count}"
            );
        }
    }
}
