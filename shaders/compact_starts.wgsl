// Pass 3: boundary bits -> run starts.
//
// In: the bits, and how many are set before each block. Out: the mask-relative scan position of every set bit, in order, and
// for each mask where its starts begin. Reads N/8 bytes, writes 4 a run.
// Writes nothing when there are more starts than there is room for: the bits are then the smaller answer.

@group(0) @binding(3) var<storage, read> bits: array<u32>;
@group(0) @binding(4) var<storage, read> blocks: array<u32>;
@group(0) @binding(5) var<storage, read_write> summary: array<u32>;
@group(0) @binding(6) var<storage, read_write> starts: array<u32>;

const WORDS_PER_LANE: u32 = BLOCK / LANES;

@compute @workgroup_size(256)
fn compact_starts(
    @builtin(workgroup_id) group: vec3<u32>,
    @builtin(num_workgroups) groups: vec3<u32>,
    @builtin(local_invocation_index) lane: u32,
) {
    let block = linear(group, groups);
    let begin = min(block * BLOCK + lane * WORDS_PER_LANE, params.words);
    let end = min(begin + WORDS_PER_LANE, params.words);
    var sum = 0u;
    for (var word = begin; word < end; word++) {
        sum += countOneBits(bits[word]);
    }
    let up_to_here = inclusive_sum(lane, sum);
    if begin == end || summary[0] > params.capacity {
        return;
    }
    var place = blocks[block] + up_to_here - sum;
    var index = stripe_of(begin);
    var stripe = stripes[index];
    for (var word = begin; word < end; word++) {
        if index + 1u < params.stripes && stripes[index + 1u].first == word {
            index += 1u;
            stripe = stripes[index];
        }
        if word == stripe.first {
            summary[1u + index] = place;
        }
        let line = (word - stripe.first) / stripe.line_words;
        let line_word = (word - stripe.first) % stripe.line_words;
        let position = line * stripe.line_length + line_word * 32u;
        var left = bits[word];
        while left != 0u {
            starts[place] = position + firstTrailingBit(left);
            place += 1u;
            left &= left - 1u;
        }
    }
}
