// A row of 16 lanes' values, one word left free after each so that rows lie in different banks;
// and each row's sum.
var<workgroup> sums: array<u32, 272>;
var<workgroup> row_sums: array<u32, 16>;

// Inclusive prefix sum of the values of the workgroup's lanes. All lanes must call it. Sixteen
// lanes add up a row each, and every lane the rows before its own: two barriers, where a scan by
// doubling distances has seventeen.
fn inclusive_sum(lane: u32, value: u32) -> u32 {
    let row = lane / 16u;
    sums[lane + row] = value;
    workgroupBarrier();
    if lane < 16u {
        var sum = 0u;
        for (var place = lane * 17u; place < lane * 17u + 16u; place++) {
            sum += sums[place];
            sums[place] = sum;
        }
        row_sums[lane] = sum;
    }
    workgroupBarrier();
    var before = 0u;
    for (var i = 0u; i < row; i++) {
        before += row_sums[i];
    }
    return before + sums[lane + row];
}
