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

// Four of a thread's loads. No loop: what the translator adds to one, so that none runs for ever,
// may take longer than a load.
fn four(first: u32) -> vec4<u32> {
    return words[first] ^ words[first + GROUP_SIZE] ^ words[first + 2u * GROUP_SIZE]
        ^ words[first + 3u * GROUP_SIZE];
}

@compute @workgroup_size(GROUP_SIZE)
fn bench_read(
    @builtin(workgroup_id) group: vec3<u32>,
    @builtin(local_invocation_index) thread: u32,
) {
    let first = group.x * GROUP_SIZE * LOADS + thread;
    let folded = four(first) ^ four(first + 4u * GROUP_SIZE) ^ four(first + 8u * GROUP_SIZE)
        ^ four(first + 12u * GROUP_SIZE);
    let word = folded.x ^ folded.y ^ folded.z ^ folded.w;
    if word == UNLIKELY {
        sink[0] = word;
    }
}
