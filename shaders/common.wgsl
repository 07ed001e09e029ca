// Shared by all passes: their parameters, and the place of the pixels and bits of each mask.
//
// A stripe is a range of a mask's rows that lies in the pixel buffer. A task is the unit of work
// that a pass counts its dispatch in. A block is 1024 words of boundary bits; its boundaries are
// tallied, that is, counted while they are written.

// Lanes a workgroup has in every pass.
const LANES: u32 = 256;
// Words of boundary bits of a block, which are counted and compacted together, four a lane; and
// blocks of a group, which are scanned together.
const BLOCK: u32 = 1024;

struct Params {
    // Tasks of this dispatch: the table's, or the chunk's words of bits.
    tasks: u32,
    // Stripes in the table.
    stripes: u32,
    // Blocks of BLOCK words.
    blocks: u32,
    // Index of the first start that is wanted, and number of starts from it on that there is room
    // for.
    first_start: u32,
    capacity: u32,
    // Terms added to a float's magnitude so that the sum's top bit is set where the float is: above
    // a threshold of 0 or more; not below a negative threshold's magnitude; not a number.
    positive: u32,
    negative: u32,
    infinite: u32,
    // Of COCO's strings: the height and the pixels of every mask, and the words that there is room
    // for characters in.
    height: u32,
    pixels: u32,
    characters: u32,
    // Tasks, words of bits and elements from each stripe to the next, where these are all that
    // differs: then the table has the first stripe alone. Tasks of 0: it has every stripe.
    tasks_each: u32,
    words_each: u32,
    step: u32,
    // Up to whole blocks of 16 bytes, which OpenGL binds.
    unused: u32,
    also_unused: u32,
}

// The rows of a mask that are in the pixel buffer, and the bits that they make. A scan line starts
// at a word. A mask that is in the buffer as a whole is one stripe: then `line_words` is
// `words_per_line`, and `first_line_word` 0.
struct Stripe {
    // Index of this stripe's first task among those of the table.
    first: u32,
    // Words of each scan line that this stripe makes, and the first of them.
    line_words: u32,
    first_line_word: u32,
    // The mask's first word in the chunk, the words and the pixels of each of its scan lines.
    first_word: u32,
    words_per_line: u32,
    line_length: u32,
    // The mask's rows and columns of memory; 1 if the scan goes across the rows.
    height: u32,
    width: u32,
    across: u32,
    // The strides, the index of the stripe's first row, and the places of that row and of the
    // mask's last row: in elements, or bytes of packed pixels.
    row_stride: u32,
    column_stride: u32,
    first_row: u32,
    first_row_at: u32,
    last_row_at: u32,
    // Of packed pixels: 1 if a byte's highest bit is its first pixel.
    highest_first: u32,
    unused: u32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> stripes: array<Stripe>;

// Workgroups come in two dimensions, since one holds 65535.
fn linear(group: vec3<u32>, groups: vec3<u32>) -> u32 {
    return group.y * groups.x + group.x;
}
