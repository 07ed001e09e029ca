// Pass 6, for COCO's strings of masks on the device: starts -> characters.
//
// In: the starts, the index of each mask's first, and the masks' first pixels; the number of
// characters before each block of starts in its group, and in each group, of the second scan. Out:
// the characters of all masks, one after the other, as many as there is room for; their number; and
// the index of each mask's first. A lane takes four starts. Reads as pass 5, writes a byte a
// character: one to seven a run.

@group(0) @binding(5) var<storage, read> blocks: array<u32>;
// As pass 5 has them.
@group(0) @binding(12) var<storage, read_write> measures: array<u32>;
// Four characters a word, the first in the lowest byte. Zero before.
@group(0) @binding(13) var<storage, read_write> characters: array<atomic<u32>>;

fn put_word(at: u32, word: u32) {
    if word != 0u && at < params.characters {
        atomicOr(&characters[at], word);
    }
}

// Puts characters where they belong, in up to three words that neighbours have a share in.
fn put(at: u32, run: Characters) {
    let shift = at % 4u * 8u;
    // By 32 bits at once a shift would be by none.
    let back = 24u - shift;
    put_word(at / 4u, run.low << shift);
    put_word(at / 4u + 1u, (run.high << shift) | ((run.low >> 8u) >> back));
    put_word(at / 4u + 2u, (run.high >> 8u) >> back);
}

@compute @workgroup_size(256)
fn write_characters(
    @builtin(workgroup_id) group: vec3<u32>,
    @builtin(num_workgroups) groups: vec3<u32>,
    @builtin(local_invocation_index) lane: u32,
) {
    let block = linear(group, groups);
    let counted = counted_in_groups(block);
    if block == 0u && lane == 0u {
        measures[0] = counted.all;
    }
    let total_runs = runs_that_fit();
    let begin = block * BLOCK + lane * 4u;
    var four: array<Characters, 4>;
    // Of each run that is its mask's first, one more than the mask.
    var mask_after = vec4(0u);
    if begin < total_runs {
        var runs = runs_of(stripe_of(begin));
        for (var i = 0u; i < 4u; i++) {
            let run = begin + i;
            if run < total_runs {
                if run == runs.end {
                    runs = runs_of(runs.mask + 1u);
                }
                four[i] = characters_of(run, runs);
                if run == runs.begin {
                    mask_after[i] = runs.mask + 1u;
                }
            }
        }
    }
    let sum = four[0].length + four[1].length + four[2].length + four[3].length;
    let up_to_here = inclusive_sum(lane, sum);
    var at = counted.before + blocks[block] + up_to_here - sum;
    for (var i = 0u; i < 4u; i++) {
        if mask_after[i] != 0u {
            measures[ALL_MASKS + A_MASK * (mask_after[i] - 1u)] = at;
        }
        put(at, four[i]);
        at += four[i].length;
    }
}
