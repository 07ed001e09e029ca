// Pass 2: boundaries of each block -> boundaries before it in its group of BLOCK blocks, and those
// of each group.
//
// In: the counts that pass 1 has added up. Out: their exclusive prefix sum within each group, in
// place, and the groups' totals, which pass 3 adds up itself: 32 Mi words of bits, of 1 GiB of
// bytes, are 32 groups. Reads and writes 4 bytes a block, of 32768 pixels.

@group(0) @binding(5) var<storage, read_write> blocks: array<u32>;
@group(0) @binding(6) var<storage, read_write> totals: array<u32>;

const BLOCKS_PER_LANE: u32 = BLOCK / LANES;

@compute @workgroup_size(256)
fn scan_blocks(
    @builtin(workgroup_id) group: vec3<u32>,
    @builtin(local_invocation_index) lane: u32,
) {
    let begin = min(group.x * BLOCK + lane * BLOCKS_PER_LANE, params.blocks);
    let end = min(begin + BLOCKS_PER_LANE, params.blocks);
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
        totals[group.x] = up_to_here;
    }
}
