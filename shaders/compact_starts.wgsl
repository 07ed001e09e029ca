// The compaction of starts alone.

fn put_value(at: u32, stripe: Stripe, start: u32) {}

@compute @workgroup_size(256)
fn compact_starts(
    @builtin(workgroup_id) group: vec3<u32>,
    @builtin(num_workgroups) groups: vec3<u32>,
    @builtin(local_invocation_index) lane: u32,
) {
    compact(linear(group, groups), lane);
}
