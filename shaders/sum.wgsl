var<workgroup> sums: array<u32, 256>;

// The sum of the values of the workgroup's lanes up to this one's. All lanes must call it.
fn inclusive_sum(lane: u32, value: u32) -> u32 {
    sums[lane] = value;
    workgroupBarrier();
    for (var distance = 1u; distance < LANES; distance *= 2u) {
        var left = 0u;
        if lane >= distance {
            left = sums[lane - distance];
        }
        workgroupBarrier();
        sums[lane] += left;
        workgroupBarrier();
    }
    return sums[lane];
}
