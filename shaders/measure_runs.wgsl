// Pass 5, for COCO's strings of masks on the device: starts -> characters of each block of starts,
// area and box of each mask.
//
// In: the starts, the index of each mask's first, and the masks' first pixels. Out: the number of
// characters of each 1024 starts, over the counts of pass 3, which are used up; of the runs that
// begin at 0 or where the one before ends, and end behind that and in their mask, the number; and
// of each mask the area, and the rows and columns of its foreground. Does nothing where there are
// more starts than strings are made of. A lane takes four starts, and reads their neighbours: 16
// bytes a run from the nearest cache, 4 from memory, and writes 4 a block.

@group(0) @binding(5) var<storage, read_write> blocks: array<u32>;
// The number of characters, which pass 6 writes, and of runs in order. Then for each mask: the
// index of its first character, which pass 6 writes; its area; the rows from the topmost of its
// foreground down to the last of the mask; the row after the lowest; its first and last column.
// Zero before.
@group(0) @binding(12) var<storage, read_write> measures: array<atomic<u32>>;

// The mask of the workgroup's first run; its area, rows and row after the lowest, of these runs;
// and the number of runs in order.
var<workgroup> first_mask: u32;
var<workgroup> tallies: array<atomic<u32>, 4>;

// Measures a run of foreground.
fn measure(run: u32, start: u32, end: u32, runs: MaskRuns) {
    let row = start % params.height;
    let goes_on = row + (end - start) > params.height;
    let rows = params.height - select(row, 0u, goes_on);
    let bottom = select(row + (end - start), params.height, goes_on);
    let at = ALL_MASKS + A_MASK * runs.mask;
    // Most often all runs of a workgroup are of one mask: then the device's memory sees three
    // operations for all of them.
    if runs.mask == first_mask {
        atomicAdd(&tallies[0], end - start);
        atomicMax(&tallies[1], rows);
        atomicMax(&tallies[2], bottom);
    } else {
        atomicAdd(&measures[at + 1u], end - start);
        atomicMax(&measures[at + 2u], rows);
        atomicMax(&measures[at + 3u], bottom);
    }
    if count_index(run, runs) == 1u {
        atomicStore(&measures[at + 4u], start / params.height);
    }
    if run + 2u >= runs.end {
        atomicStore(&measures[at + 5u], (end - 1u) / params.height);
    }
}

@compute @workgroup_size(256)
fn measure_runs(
    @builtin(workgroup_id) group: vec3<u32>,
    @builtin(num_workgroups) groups: vec3<u32>,
    @builtin(local_invocation_index) lane: u32,
) {
    let block = linear(group, groups);
    let total_runs = runs_that_fit();
    if lane == 0u {
        first_mask = stripe_of(block * BLOCK);
    }
    if lane < 4u {
        atomicStore(&tallies[lane], 0u);
    }
    workgroupBarrier();
    let begin = block * BLOCK + lane * 4u;
    var characters = 0u;
    var in_order = 0u;
    if begin < total_runs {
        var runs = runs_of(stripe_of(begin));
        for (var run = begin; run < min(begin + 4u, total_runs); run++) {
            if run == runs.end {
                runs = runs_of(runs.mask + 1u);
            }
            let start = starts[run];
            let end = end_of(run, runs);
            if start < end && end <= params.pixels && (run > runs.begin || start == 0u) {
                in_order += 1u;
            }
            characters += groups_of(unsigned_difference(end - start, count_before(run, runs)));
            if run == runs.begin {
                characters += runs.begins_with_foreground;
            }
            if count_index(run, runs) % 2u == 1u {
                measure(run, start, end, runs);
            }
        }
        atomicAdd(&tallies[3], in_order);
    }
    // Its barriers are behind all tallies.
    let up_to_here = inclusive_sum(lane, characters);
    if lane == LANES - 1u && block < params.blocks {
        blocks[block] = up_to_here;
    }
    let at = ALL_MASKS + A_MASK * first_mask;
    if lane == 0u {
        atomicAdd(&measures[at + 1u], atomicLoad(&tallies[0]));
        atomicMax(&measures[at + 2u], atomicLoad(&tallies[1]));
        atomicMax(&measures[at + 3u], atomicLoad(&tallies[2]));
        atomicAdd(&measures[1], atomicLoad(&tallies[3]));
    }
}
