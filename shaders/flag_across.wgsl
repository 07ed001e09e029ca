// Pass 1, where the scan goes across the rows of memory, as COCO's does: pixels -> boundary bits,
// counted by blocks.
//
// In: the pixels of the stripes. Out: as of `flag_along`, each column's bits from a word on. No
// pixel is transposed: a lane reads 16 bytes of each of 32 rows and lets the marks of a row fall in
// from the top of each element, so that after as many rows as an element has bits each of them
// holds one column's bits; then only those are moved to words. Four neighbouring lanes read 64
// bytes side by side; the next four lanes are 32 rows further down, and so eight times four lanes
// write eight words side by side: sectors of 32 bytes are read and written whole. Rows may start at
// any byte: those that begin on no vector are read by two, and moved. Bytes a pixel of E bytes:
// reads E; of every 32nd row once more, which the workgroup's next lanes have read just now; writes
// 1/8 and 4 for a lane's words in one block. Operations a word of memory: 3 to 7 for the predicate,
// 1 to 2 to compare, 2 to let the marks fall in, 5 to move a row that begins on no vector; 24 for
// 128 pixels of 8 bits, 4 for 64 of 16, to move the bits to words.

@group(0) @binding(4) var<storage, read_write> bits: array<u32>;
// Number of bits that are set in each block of BLOCK words, which lie in scan order whatever pixels
// a workgroup has read. Zero before.
@group(0) @binding(5) var<storage, read_write> blocks: array<atomic<u32>>;

// The pixels that a lane reads: 32 rows of a vector's columns.
struct Tile {
    // The first row's vector, and the step from row to row: in bytes, or, where all are aligned, in
    // vectors.
    at: u32,
    stride: u32,
    // The last row that there is, from the first.
    last: u32,
}

// The marks of rows that have fallen into each element from its top, and the last of these rows.
struct Fallen {
    columns: vec4<u32>,
    before: vec4<u32>,
}

// One row more. Beyond the last row that one is read again: it does not differ.
fn fall(tile: Tile, row: u32, way: u32, fallen: Fallen) -> Fallen {
    let at = tile.at + min(row, tile.last) * tile.stride;
    var pixels: vec4<u32>;
    if way == ALIGNED {
        pixels = vectors[at];
    } else {
        pixels = vector_at(at, way);
    }
    let here = compared(pixels);
    // The lowest bit of each element is still zero: none falls into the next.
    return Fallen((fallen.columns >> vec4(1u)) | changed(here, fallen.before), here);
}

// Eight rows more, and no loop: what the translator adds to one, so that none runs for ever, are
// six operations a row.
fn fall_eight(tile: Tile, first: u32, way: u32, fallen: Fallen) -> Fallen {
    let two = fall(tile, first + 1u, way, fall(tile, first, way, fallen));
    let four = fall(tile, first + 3u, way, fall(tile, first + 2u, way, two));
    let six = fall(tile, first + 5u, way, fall(tile, first + 4u, way, four));
    return fall(tile, first + 7u, way, fall(tile, first + 6u, way, six));
}

// The marks of `ELEMENT_BITS` rows from row `first` on. `before` is the row before, then the last
// one.
fn fall_in(tile: Tile, first: u32, before: ptr<function, vec4<u32>>) -> vec4<u32> {
    var fallen = fall_eight(tile, first, ALIGNED, Fallen(vec4(0u), *before));
    if ELEMENT_BITS >= 16u {
        fallen = fall_eight(tile, first + 8u, ALIGNED, fallen);
    }
    if ELEMENT_BITS >= 32u {
        fallen = fall_eight(tile, first + 16u, ALIGNED, fallen);
        fallen = fall_eight(tile, first + 24u, ALIGNED, fallen);
    }
    *before = fallen.before;
    return fallen.columns;
}

// The marks of 32 rows: of as many as an element has bits, then of the next.
struct Marks {
    first: vec4<u32>,
    second: vec4<u32>,
    third: vec4<u32>,
    fourth: vec4<u32>,
}

// The marks with those of the next rows.
fn with_last(marks: Marks, last: vec4<u32>) -> Marks {
    return Marks(marks.second, marks.third, marks.fourth, last);
}

// Marks that have come last, from the first on.
fn in_order(marks: Marks) -> Marks {
    if ELEMENT_BITS == 32u {
        return Marks(marks.fourth, vec4(0u), vec4(0u), vec4(0u));
    }
    if ELEMENT_BITS == 16u {
        return Marks(marks.third, marks.fourth, vec4(0u), vec4(0u));
    }
    return marks;
}

// The marks of rows that are aligned.
fn marks_aligned(tile: Tile, row_before: vec4<u32>) -> Marks {
    var before = row_before;
    var marks: Marks;
    marks.first = fall_in(tile, 0u, &before);
    if ELEMENT_BITS != 32u {
        marks.second = fall_in(tile, ELEMENT_BITS, &before);
    }
    if ELEMENT_BITS == 8u {
        marks.third = fall_in(tile, 16u, &before);
        marks.fourth = fall_in(tile, 24u, &before);
    }
    return marks;
}

// The marks of rows that begin on no vector. Eight rows a turn: code for all 32 would take drivers
// much longer to compile, and the loop takes an operation a row.
fn marks_between(tile: Tile, row_before: vec4<u32>) -> Marks {
    var marks: Marks;
    var fallen = Fallen(vec4(0u), row_before);
    for (var row = 0u; row < 32u; row += 8u) {
        fallen = fall_eight(tile, row, BETWEEN, fallen);
        if (row + 8u) % ELEMENT_BITS == 0u {
            marks = with_last(marks, fallen.columns);
            fallen.columns = vec4(0u);
        }
    }
    return in_order(marks);
}

// The same by words, which is rare, and so is to be short.
fn marks_by_words(tile: Tile, row_before: vec4<u32>) -> Marks {
    var marks: Marks;
    var fallen = Fallen(vec4(0u), row_before);
    for (var row = 0u; row < 32u; row++) {
        fallen = fall(tile, row, BY_WORDS, fallen);
        if (row + 1u) % ELEMENT_BITS == 0u {
            marks = with_last(marks, fallen.columns);
            fallen.columns = vec4(0u);
        }
    }
    return in_order(marks);
}

// A lane's words of one block are added up before memory sees them.
struct Tally {
    block: u32,
    ones: u32,
}

fn flush(tally: ptr<function, Tally>) {
    if (*tally).ones != 0u {
        atomicAdd(&blocks[(*tally).block], (*tally).ones);
    }
}

// Writes one word of a column, if there is one.
fn put_column(
    stripe: Stripe,
    column: u32,
    line_word: u32,
    word: u32,
    tally: ptr<function, Tally>,
) {
    if column >= stripe.width {
        return;
    }
    let at = stripe.first_word + column * stripe.words_per_line + line_word;
    bits[at] = word;
    if at / BLOCK != (*tally).block {
        flush(tally);
        *tally = Tally(at / BLOCK, 0u);
    }
    (*tally).ones += countOneBits(word);
}

// Writes one word of each of four columns.
fn put_columns(
    stripe: Stripe,
    column: u32,
    line_word: u32,
    four: vec4<u32>,
    tally: ptr<function, Tally>,
) {
    put_column(stripe, column, line_word, four.x, tally);
    put_column(stripe, column + 1u, line_word, four.y, tally);
    put_column(stripe, column + 2u, line_word, four.z, tally);
    put_column(stripe, column + 3u, line_word, four.w, tally);
}

// Moves marks to words, and writes them.
fn put_tile(stripe: Stripe, marks: Marks, column: u32, line_word: u32) {
    // The first pixel of a mask begins a run.
    let begin = u32(column == 0u && line_word == 0u);
    var tally = Tally(0u, 0u);
    let a = marks.first;
    let b = marks.second;
    if ELEMENT_BITS == 8u {
        let c = marks.third;
        let d = marks.fourth;
        // Of four words with four columns' bytes each, four words with a column each: first by
        // bytes, then by halves.
        let bytes = vec4(0x00ff00ffu);
        let ab_even = (a & bytes) | ((b & bytes) << vec4(8u));
        let ab_odd = ((a >> vec4(8u)) & bytes) | (b & ~bytes);
        let cd_even = (c & bytes) | ((d & bytes) << vec4(8u));
        let cd_odd = ((c >> vec4(8u)) & bytes) | (d & ~bytes);
        let half = vec4(0xffffu);
        let first = (ab_even & half) | (cd_even << vec4(16u));
        let second = (ab_odd & half) | (cd_odd << vec4(16u));
        let third = (ab_even >> vec4(16u)) | (cd_even & ~half);
        let fourth = (ab_odd >> vec4(16u)) | (cd_odd & ~half);
        let columns_0 = vec4(first.x | begin, second.x, third.x, fourth.x);
        let columns_4 = vec4(first.y, second.y, third.y, fourth.y);
        let columns_8 = vec4(first.z, second.z, third.z, fourth.z);
        let columns_12 = vec4(first.w, second.w, third.w, fourth.w);
        put_columns(stripe, column, line_word, columns_0, &tally);
        put_columns(stripe, column + 4u, line_word, columns_4, &tally);
        put_columns(stripe, column + 8u, line_word, columns_8, &tally);
        put_columns(stripe, column + 12u, line_word, columns_12, &tally);
    } else if ELEMENT_BITS == 16u {
        let half = vec4(0xffffu);
        let even = (a & half) | (b << vec4(16u));
        let odd = (a >> vec4(16u)) | (b & ~half);
        put_columns(stripe, column, line_word, vec4(even.x | begin, odd.x, even.y, odd.y), &tally);
        put_columns(stripe, column + 4u, line_word, vec4(even.z, odd.z, even.w, odd.w), &tally);
    } else {
        put_columns(stripe, column, line_word, vec4(a.x | begin, a.yzw), &tally);
    }
    flush(&tally);
}

// Few, so that a small mask has workgroups for all of a device's processors.
const ACROSS_LANES: u32 = 64u;

@compute @workgroup_size(64)
fn flag_across(
    @builtin(workgroup_id) group: vec3<u32>,
    @builtin(num_workgroups) groups: vec3<u32>,
    @builtin(local_invocation_index) lane: u32,
) {
    let task = linear(group, groups) * ACROSS_LANES + lane;
    if task >= params.tasks {
        return;
    }
    let index = stripe_of(task);
    let stripe = stripe_at(index);
    // Four lanes side by side, then down, then to the next four.
    let within = task - stripe.first;
    let per_band = 4u * stripe.line_words;
    let column = ((within / per_band) * 4u + within % 4u) * per_vector();
    if column >= stripe.width {
        return;
    }
    let row_block = (within % per_band) / 4u;
    let line_word = stripe.first_line_word + row_block;
    let row = line_word * 32u;
    let first_at = stripe.first_row_at + (row - stripe.first_row) * stripe.row_stride + column;

    var before: vec4<u32>;
    if row == 0u {
        // The pixel before the first of a column is the last of the column before.
        let last_at = stripe.last_row_at + column;
        var corner = 0u;
        if column > 0u {
            corner = compared_element(last_at - 1u);
        }
        before = shift_in(compared(by_words(byte_of(last_at))), corner);
    } else {
        before = compared(by_words(byte_of(first_at - stripe.row_stride)));
    }
    if row == 0u && column == 0u {
        put_first_pixel(index, first_at);
    }
    let last_row = min(32u, stripe.height - row) - 1u;
    let at = byte_of(first_at);
    let stride = byte_of(stripe.row_stride);
    let way = way_of(at, stride, at + last_row * stride);
    let tile = Tile(at, stride, last_row);
    // A branch about the whole tile, so that no load waits for a test.
    var marks: Marks;
    if way == ALIGNED {
        marks = marks_aligned(Tile(at / 16u, stride / 16u, last_row), before);
    } else if way == BETWEEN {
        marks = marks_between(tile, before);
    } else {
        marks = marks_by_words(tile, before);
    }
    put_tile(stripe, marks, column, line_word);
}
