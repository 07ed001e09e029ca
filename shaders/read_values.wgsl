// Pass 4, for masks whose pixels are on the device only: starts -> values.
//
// In: the pixels of whole masks, the starts and the index of each mask's first. Out, of labels: the
// pixel at each start that there is room for; of other predicates: for each mask, 1 if its first
// pixel is foreground, else 0. A lane reads one pixel: 4 bytes, and writes 4.

@group(0) @binding(7) var<storage, read> summary: array<u32>;
@group(0) @binding(8) var<storage, read> starts: array<u32>;
@group(0) @binding(9) var<storage, read_write> values: array<u32>;

// Stripes, here whole masks, are looked up by the index of a start.
fn first_of(mask: u32) -> u32 {
    return summary[1u + mask];
}

@compute @workgroup_size(256)
fn read_values(
    @builtin(workgroup_id) group: vec3<u32>,
    @builtin(num_workgroups) groups: vec3<u32>,
    @builtin(local_invocation_index) lane: u32,
) {
    let item = linear(group, groups) * LANES + lane;
    if item >= params.tasks {
        return;
    }
    if PREDICATE != 2u {
        values[item] = compared_element(stripes[item].first_row_at) >> 31u;
        return;
    }
    if params.first_start + item >= summary[0] {
        return;
    }
    let stripe = stripes[stripe_of(params.first_start + item)];
    let position = starts[item];
    var row = position / stripe.width;
    var column = position % stripe.width;
    if stripe.across != 0u {
        row = position % stripe.height;
        column = position / stripe.height;
    }
    let row_at = stripe.first_row_at + row * stripe.row_stride;
    values[item] = element_at(row_at + column * stripe.column_stride);
}
