//! The table of passes: each names its shader, entry point and bindings once, for pipelines, timestamps and tests.

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
    /// Invocations a workgroup.
    pub workgroup_size: u32,
}

/// Words of boundary bits that a workgroup of the scan and the compaction takes: `BLOCK` in `common.wgsl`.
pub const BLOCK_WORDS: u32 = 1024;
/// Invocations a workgroup: `LANES` in `common.wgsl`.
const LANES: u32 = 256;

macro_rules! shader {
    ($file:literal) => {
        concat!(include_str!("../../shaders/common.wgsl"), include_str!(concat!("../../shaders/", $file)))
    };
}

const FLAG_BOUNDARIES: &str = shader!("flag_boundaries.wgsl");
const SCAN_COUNTS: &str = shader!("scan_counts.wgsl");
const COMPACT_STARTS: &str = shader!("compact_starts.wgsl");

/// Pixels to boundary bits. Overridable constants: `ELEMENT_BITS` (8, 16, 32) and `QUESTION` (0 binary, 1 threshold, 2 labels).
pub const FLAG: Pass = Pass {
    name: "flag_boundaries",
    source: FLAG_BOUNDARIES,
    bindings: &[(0, Access::Uniform), (1, Access::Read), (2, Access::Read), (3, Access::Write)],
    workgroup_size: LANES,
};
/// Boundary bits to their number in each block.
pub const COUNT: Pass = Pass {
    name: "count_blocks",
    source: SCAN_COUNTS,
    bindings: &[(0, Access::Uniform), (3, Access::Read), (4, Access::Write)],
    workgroup_size: LANES,
};
/// Numbers a block to their exclusive prefix sum.
pub const SCAN: Pass = Pass {
    name: "scan_blocks",
    source: SCAN_COUNTS,
    bindings: &[(0, Access::Uniform), (4, Access::Write), (5, Access::Write)],
    workgroup_size: LANES,
};
/// Boundary bits to starts.
pub const COMPACT: Pass = Pass {
    name: "compact_starts",
    source: COMPACT_STARTS,
    bindings: &[
        (0, Access::Uniform),
        (1, Access::Read),
        (3, Access::Read),
        (4, Access::Read),
        (5, Access::Write),
        (6, Access::Write),
    ],
    workgroup_size: LANES,
};

/// Every pass, in the order in which a chunk goes through them.
pub const PASSES: [Pass; 4] = [FLAG, COUNT, SCAN, COMPACT];

/// The uniform buffer of every pass: `Params` in `common.wgsl`.
#[derive(Debug, Clone, Copy, Default, bytemuck::Pod, bytemuck::Zeroable)]
#[repr(C)]
#[allow(missing_docs, reason = "documented where they are read, in common.wgsl")]
pub struct Params {
    pub words: u32,
    pub stripes: u32,
    pub blocks: u32,
    pub capacity: u32,
    pub threshold: i32,
    pub infinity: i32,
    pub unused: [u32; 2],
}

/// A mask's rows in the pixel buffer: `Stripe` in `common.wgsl`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, bytemuck::Pod, bytemuck::Zeroable)]
#[repr(C)]
#[allow(missing_docs, reason = "documented where they are read, in common.wgsl")]
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
    pub unused: [u32; 2],
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
            assert!(x <= 65535 && y <= 65535 && x * y >= count && x * y < count + 65535, "{count}");
        }
    }
}
