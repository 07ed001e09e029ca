// Pass 2: boundary bits -> how many there are before each block of words.
//
// `count_blocks`: in, the bits; out, for each block of BLOCK words how many are set. Reads N/8 bytes, a word a lane and step.
// `scan_blocks`: one workgroup turns the counts into their exclusive prefix sum, in place, and writes the total.
// Blocks are words in scan order, whatever the tiles that pass 1 read, so the sums are places among the starts.

@group(0) @binding(3) var<storage, read> bits: array<u32>;
@group(0) @binding(4) var<storage, read_write> blocks: array<u32>;
// The total, then for each mask where its starts begin.
@group(0) @binding(5) var<storage, read_write> summary: array<u32>;

@compute @workgroup_size(256)
fn count_blocks(
    @builtin(workgroup_id) group: vec3<u32>,
    @builtin(num_workgroups) groups: vec3<u32>,
    @builtin(local_invocation_index) lane: u32,
) {
    let block = linear(group, groups);
    var sum = 0u;
    for (var step = 0u; step < BLOCK / LANES; step++) {
        let word = block * BLOCK + step * LANES + lane;
        if word < params.words {
            sum += countOneBits(bits[word]);
        }
    }
    let up_to_here = inclusive_sum(lane, sum);
    if lane == LANES - 1u && block < params.blocks {
        blocks[block] = up_to_here;
    }
}

@compute @workgroup_size(256)
fn scan_blocks(@builtin(local_invocation_index) lane: u32) {
    // Each lane has a stretch of blocks: at most 512 of them, since a chunk has fewer than 2^27 words.
    let stretch = (params.blocks + LANES - 1u) / LANES;
    let begin = min(lane * stretch, params.blocks);
    let end = min(begin + stretch, params.blocks);
    var sum = 0u;
    for (var block = begin; block < end; block++) {
        sum += blocks[block];
    }
    let up_to_here = inclusive_sum(lane, sum);
    var before = up_to_here - sum;
    for (var block = begin; block < end; block++) {
        let count = blocks[block];
        blocks[block] = before;
        before += count;
    }
    if lane == LANES - 1u {
        summary[0] = up_to_here;
    }
}
