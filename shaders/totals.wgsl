// What the scan has counted in each group of blocks, added up: 32 Mi words of bits are 32 groups.

@group(0) @binding(6) var<storage, read> totals: array<u32>;

struct Counted {
    before: u32,
    all: u32,
}

// Counts of the groups before a block's, and of all.
fn counted_in_groups(block: u32) -> Counted {
    var counted = Counted(0u, 0u);
    let last_group = (params.blocks - 1u) / BLOCK;
    for (var i = 0u; i <= last_group; i++) {
        if i < block / BLOCK {
            counted.before += totals[i];
        }
        counted.all += totals[i];
    }
    return counted;
}
