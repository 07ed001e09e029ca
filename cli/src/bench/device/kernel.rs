//! The kernel that only reads, and the host's assumptions about it, which a test compares with the
//! shader.

/// WGSL of the kernel.
pub const SOURCE: &str = include_str!("read.wgsl");
pub const ENTRY_POINT: &str = "bench_read";

/// Binding of the words that are read.
pub const WORDS_BINDING: u32 = 0;
/// Binding of the word that the kernel could write, so that its loads are not optimised away.
pub const SINK_BINDING: u32 = 1;
/// Size of the sink in bytes.
pub const SINK_BYTES: u64 = 4;

/// Threads of a workgroup.
pub const GROUP_SIZE: u32 = 256;
/// Vectors that each thread loads.
pub const LOADS: u32 = 16;
/// Bytes of a vector.
pub const VECTOR_BYTES: u32 = 16;
/// Bytes that one workgroup reads: buffers are whole multiples of it, so that the kernel needs no
/// bounds.
pub const WORKGROUP_BYTES: u64 = (GROUP_SIZE * LOADS * VECTOR_BYTES) as u64;
