// What the passes share: their parameters, and where the pixels and bits of each mask lie.

// Lanes a workgroup has in every pass.
const LANES: u32 = 256;
// Words of boundary bits that a workgroup scans or compacts, four a lane.
const BLOCK: u32 = 1024;

struct Params {
    // Words of boundary bits: those this dispatch makes, or all of the chunk's.
    words: u32,
    // Stripes in the table.
    stripes: u32,
    // Blocks of BLOCK words.
    blocks: u32,
    // Starts that there is room for.
    capacity: u32,
    // The threshold and infinity as ordered integers, left-aligned in the word.
    threshold: i32,
    infinity: i32,
}

// The rows of a mask that are in the pixel buffer, and the bits that they make. A scan line starts at a word. A mask that
// is in the buffer as a whole is one stripe: then `line_words` is `words_per_line`, and `first_line_word` 0.
struct Stripe {
    // The number of this stripe's first word among those of the table.
    first: u32,
    // Words of each scan line that this stripe makes, and the first of them.
    line_words: u32,
    first_line_word: u32,
    // The mask's first word in the chunk, the words and the pixels of each of its scan lines.
    first_word: u32,
    words_per_line: u32,
    line_length: u32,
    // The mask's rows and columns of memory; whether the scan goes across the rows.
    height: u32,
    width: u32,
    across: u32,
    // In elements: strides, where the stripe's first row is, and where the mask's last row is.
    row_stride: u32,
    column_stride: u32,
    first_row: u32,
    first_row_at: u32,
    last_row_at: u32,
    unused_a: u32,
    unused_b: u32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> stripes: array<Stripe>;

// Workgroups come in two dimensions, since one holds 65535.
fn linear(group: vec3<u32>, groups: vec3<u32>) -> u32 {
    return group.y * groups.x + group.x;
}

// The stripe that holds word `word` of the table.
fn stripe_of(word: u32) -> u32 {
    var low = 0u;
    var high = params.stripes;
    while high - low > 1u {
        let middle = (low + high) / 2u;
        if stripes[middle].first <= word {
            low = middle;
        } else {
            high = middle;
        }
    }
    return low;
}

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
