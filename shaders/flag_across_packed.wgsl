// Pass 1, across the rows of pixels packed eight to a byte: bits -> boundary bits, counted by
// blocks. Nothing is unpacked.
//
// In: the packed rows of the stripes, each from a byte on. Out: as of `flag_across`. A workgroup
// transposes eight tiles of 32 x 32 bits, side by side, in its shared memory: a lane holds a row's
// word of one tile, and in five rounds trades halves of it, then quarters and so on, with the row
// that lies 16, 8 .. 1 away. Bytes a pixel: reads 1/8, writes 1/8 and 4 a word that is not zero.
// Operations: about 100 for 32 pixels.

@group(1) @binding(3) var<storage, read> words: array<u32>;
@group(0) @binding(4) var<storage, read_write> bits: array<u32>;
// Number of bits that are set in each block of BLOCK words. Zero before.
@group(0) @binding(5) var<storage, read_write> blocks: array<atomic<u32>>;

const TILES: u32 = 8u;

var<workgroup> traded: array<u32, 256>;

// Pixel `column` of the row that begins at byte `at`, 0 or 1.
fn packed_pixel(stripe: Stripe, at: u32, column: u32) -> u32 {
    return (packed_word(stripe, at + column / 8u) >> (column % 8u)) & 1u;
}

// Trades parts of words with the row `distance` away: `low` are the bits that the upper row of the
// two keeps. All lanes must call it.
fn trade(lane: u32, word: u32, distance: u32, low: u32) -> u32 {
    traded[lane] = word;
    workgroupBarrier();
    let other = traded[lane ^ (distance * TILES)];
    workgroupBarrier();
    if ((lane / TILES) & distance) == 0u {
        return (word & low) | ((other & low) << distance);
    }
    return (word & ~low) | ((other & ~low) >> distance);
}

@compute @workgroup_size(256)
fn flag_across_packed(
    @builtin(workgroup_id) group: vec3<u32>,
    @builtin(num_workgroups) groups: vec3<u32>,
    @builtin(local_invocation_index) lane: u32,
) {
    // A task is a workgroup's: tiles down, then to the right.
    let task = linear(group, groups);
    let stripe = stripe_at(stripe_of(task));
    let within = task - stripe.first;
    let line_word = stripe.first_line_word + within % stripe.line_words;
    let first_row = line_word * 32u;
    let tile_column = ((within / stripe.line_words) * TILES + lane % TILES) * 32u;
    // Beyond the last row that one is read again: it does not differ.
    let in_tile = lane / TILES;
    let row = min(first_row + in_tile, stripe.height - 1u);
    var word = packed_word(stripe, row_at(stripe, row) + tile_column / 8u);

    word = trade(lane, word, 16u, 0x0000ffffu);
    word = trade(lane, word, 8u, 0x00ff00ffu);
    word = trade(lane, word, 4u, 0x0f0f0f0fu);
    word = trade(lane, word, 2u, 0x33333333u);
    word = trade(lane, word, 1u, 0x55555555u);

    let column = tile_column + in_tile;
    if task >= params.tasks || column >= stripe.width {
        return;
    }
    var before = 0u;
    if first_row > 0u {
        before = packed_pixel(stripe, row_at(stripe, first_row - 1u), column);
    } else if column > 0u {
        before = packed_pixel(stripe, stripe.last_row_at, column - 1u);
    }
    var flags = word ^ ((word << 1u) | before);
    if first_row == 0u && column == 0u {
        flags |= 1u;
    }
    let at = stripe.first_word + column * stripe.words_per_line + line_word;
    bits[at] = flags;
    let ones = countOneBits(flags);
    if ones != 0u {
        atomicAdd(&blocks[at / BLOCK], ones);
    }
}
