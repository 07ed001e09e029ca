// Reads a buffer and does nothing else: the limit that a kernel which must read every pixel is
// measured against.
//
// Input: words, GROUP_SIZE * LOADS vectors for each workgroup. Output: none in practice. The fold
// of a thread's words is written only if it is one value in 2^32, which the compiler cannot rule
// out, so that it must keep the loads. Invariant: neighbouring threads load neighbouring vectors of
// 16 bytes, and every vector is loaded once.

const GROUP_SIZE: u32 = 256u;
const LOADS: u32 = 16u;
const UNLIKELY: u32 = 0x9e3779b9u;

@group(0) @binding(0) var<storage, read> words: array<vec4<u32>>;
@group(0) @binding(1) var<storage, read_write> sink: array<u32>;

@compute @workgroup_size(GROUP_SIZE)
fn bench_read(
    @builtin(workgroup_id) group: vec3<u32>,
    @builtin(local_invocation_index) thread: u32,
) {
    let first = group.x * GROUP_SIZE * LOADS + thread;
    var folded = vec4<u32>(0u);
    for (var load = 0u; load < LOADS; load++) {
        folded ^= words[first + load * GROUP_SIZE];
    }
    let word = folded.x ^ folded.y ^ folded.z ^ folded.w;
    if word == UNLIKELY {
        sink[0] = word;
    }
}
