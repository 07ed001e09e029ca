// Pass 3: boundary bits -> run starts, and of labels that are on the device only the values.
//
// In: the bits, the number of those set before each block in its group, and in each group. Out: the
// mask-relative scan position of every set bit that is wanted, in order; their number; and for each
// mask the index of its first start. Where there are more starts than there is room for and all
// were wanted, it writes none of them: the bits are then fewer bytes. A lane takes 16 bytes of
// bits, side by side with its neighbours'. Reads N/8 bytes, writes 4 a run.

@group(0) @binding(4) var<storage, read> bits: array<vec4<u32>>;
@group(0) @binding(5) var<storage, read> blocks: array<u32>;
// The number of starts, then for each mask the index of its first.
@group(0) @binding(7) var<storage, read_write> summary: array<u32>;
@group(0) @binding(8) var<storage, read_write> starts: array<u32>;

// 1: a range of the starts is wanted, whatever their number.
override IN_RANGES: u32 = 0u;

// Compacts a block. All lanes of its workgroup must call it.
fn compact(block: u32, lane: u32) {
    let counted = counted_in_groups(block);
    let total = counted.all;
    if block == 0u && lane == 0u {
        summary[0] = total;
    }
    let begin = block * BLOCK + lane * 4u;
    var four = vec4(0u);
    if begin < params.tasks {
        let is_there = vec4(begin) + vec4(0u, 1u, 2u, 3u) < vec4(params.tasks);
        four = select(vec4(0u), bits[begin / 4u], is_there);
    }
    let ones = countOneBits(four);
    let sum = ones.x + ones.y + ones.z + ones.w;
    let up_to_here = inclusive_sum(lane, sum);
    // Only after the last barrier: some compilers of shaders refuse one behind a return that
    // depends on memory.
    let is_wanted = IN_RANGES != 0u || total <= params.capacity;
    // Most lanes have none, and look for no mask.
    if !is_wanted || sum == 0u || block >= params.blocks {
        return;
    }
    var index_of_start = counted.before + blocks[block] + up_to_here - sum;
    var index = stripe_of(begin);
    var stripe = stripe_at(index);
    for (var word = begin; word < begin + 4u; word++) {
        if index + 1u < params.stripes && begin_of(index + 1u) == word {
            index += 1u;
            stripe = stripe_at(index);
        }
        if word == stripe.first_word {
            summary[1u + index] = index_of_start;
        }
        let line = (word - stripe.first_word) / stripe.words_per_line;
        let line_word = (word - stripe.first_word) % stripe.words_per_line;
        let position = line * stripe.line_length + line_word * 32u;
        var left = four.x;
        four = four.yzwx;
        while left != 0u {
            // Wraps for those before the first that is wanted.
            let at = index_of_start - params.first_start;
            if at < params.capacity {
                let start = position + firstTrailingBit(left);
                starts[at] = start;
                put_value(at, stripe, start);
            }
            index_of_start += 1u;
            left &= left - 1u;
        }
    }
}
