// The compaction of labels that are on the device only: the pixel at each start goes with it. Reads
// and writes 4 bytes a run more.

@group(0) @binding(9) var<storage, read_write> values: array<u32>;

fn put_value(at: u32, stripe: Stripe, start: u32) {
    let place = place_of(stripe, start);
    let row_at = stripe.first_row_at + place.x * stripe.row_stride;
    values[at] = element_at(row_at + place.y * stripe.column_stride);
}

@compute @workgroup_size(256)
fn compact_labels(
    @builtin(workgroup_id) group: vec3<u32>,
    @builtin(num_workgroups) groups: vec3<u32>,
    @builtin(local_invocation_index) lane: u32,
) {
    compact(linear(group, groups), lane);
}
