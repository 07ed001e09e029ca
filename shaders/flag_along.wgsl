// Pass 1, where the scan goes along the rows of memory: pixels -> boundary bits, counted by blocks.
//
// In: the pixels of the stripes, each row's side by side. Out: one bit a pixel in scan order, set
// where the predicate's value differs from that of the pixel before it in the scan, and at the
// first pixel of a mask; the bits that pad a mask are zero. A word is made from 32 pixels, 2, 4 or
// 8 vectors of 16 bytes for elements of 8, 16 or 32 bits. Neighbouring lanes read neighbouring
// vectors, whose bits meet in the workgroup's memory: a load of 32 lanes reads 16 sectors of 32
// bytes, all of each. Where rows have gaps and are not whole vectors, and where a workgroup's words
// are of masks that do not follow each other, a lane makes a word from the vectors of its rows. A
// row may start at any byte. Bytes a pixel of E bytes: reads E, writes 1/8 and 4 a block.
// Operations a word of memory: 3 to 7 for the predicate, 3 to shift by an element, 1 to compare, 1
// to 2 to gather the marks, 5 to move a row that begins on no vector. Packed pixels: 15 operations
// for 32, none of them for a single pixel.

// The marks of a vector as bits from the lowest on: an element's mark is 2^7 of its top byte, which
// the weights move.
fn gathered(marks: vec4<u32>) -> u32 {
    switch ELEMENT_BITS {
        case 8u: {
            let low = dot4U8Packed(marks.x, 0x08040201u) + dot4U8Packed(marks.y, 0x80402010u);
            let high = dot4U8Packed(marks.z, 0x08040201u) + dot4U8Packed(marks.w, 0x80402010u);
            return (low >> 7u) | (high << 1u);
        }
        case 16u: {
            return (dot4U8Packed(marks.x, 0x02000100u) + dot4U8Packed(marks.y, 0x08000400u)
                + dot4U8Packed(marks.z, 0x20001000u) + dot4U8Packed(marks.w, 0x80004000u)) >> 7u;
        }
        default: {
            let ones = marks >> vec4(31u);
            return ones.x | (ones.y << 1u) | (ones.z << 2u) | (ones.w << 3u);
        }
    }
}

// Row and column of the pixel before, which for the first of a mask is none.
fn place_before(stripe: Stripe, row: u32, column: u32) -> vec2<u32> {
    if column > 0u {
        return vec2(row, column - 1u);
    }
    return vec2(row - 1u, stripe.width - 1u);
}

// 32 packed pixels of a row.
fn packed_pixels(stripe: Stripe, row: u32, column: u32) -> u32 {
    let at = row_at(stripe, row) + column / 8u;
    let shift = column % 8u;
    let low = packed_word(stripe, at);
    if shift == 0u {
        return low;
    }
    return (low >> shift) | (packed_word(stripe, at + 4u) << (32u - shift));
}

// Boundary bits of up to a vector's pixels of one row, or 32 packed ones: set where a pixel differs
// from the one before in the scan; beyond them, anything.
fn boundaries(stripe: Stripe, row: u32, column: u32) -> u32 {
    let before_place = place_before(stripe, row, column);
    if ELEMENT_BITS == 1u {
        let here = packed_pixels(stripe, row, column);
        let before = packed_pixels(stripe, before_place.x, before_place.y) & 1u;
        return here ^ ((here << 1u) | before);
    }
    let at = byte_of(row_at(stripe, row) + column);
    let before = compared_element(row_at(stripe, before_place.x) + before_place.y);
    let here = compared(vector_at(at, way_of(at, 0u, at)));
    return gathered(changed(here, shift_in(here, before)));
}

// Bits of the workgroup's words that a vector each makes, in order; one word is left free after
// each 32, so that those of neighbouring lanes lie in different banks.
var<workgroup> pieces: array<u32, 2112>;

fn piece_place(vector: u32) -> u32 {
    return vector + vector / 32u;
}

// The first of the workgroup's vectors: its pixel in the scan, and its byte.
struct Begin {
    pixel: u32,
    at: u32,
}

// Makes vector `round * LANES + lane` of the workgroup's.
fn put_piece(
    stripe: Stripe,
    begin: Begin,
    round: u32,
    lane: u32,
    way: u32,
    has_gaps: bool,
) {
    let vector = round * LANES + lane;
    let element_bytes = max(ELEMENT_BITS / 8u, 1u);
    var at = begin.at + 16u * vector;
    var before = at / element_bytes - 1u;
    if has_gaps {
        // Rows are whole vectors.
        let pixel = begin.pixel + vector * per_vector();
        let row = pixel / stripe.width;
        let column = pixel % stripe.width;
        let place = place_before(stripe, row, column);
        at = byte_of(row_at(stripe, row) + column);
        before = row_at(stripe, place.x) + place.y;
    }
    let here = compared(vector_at(at, way));
    let marks = changed(here, shift_in(here, compared_element(before)));
    pieces[piece_place(vector)] = gathered(marks);
}

fn put_pieces(stripe: Stripe, begin: Begin, lane: u32, way: u32, has_gaps: bool) {
    // No loop: what the translator adds to one, so that none runs for ever, each vector would take.
    put_piece(stripe, begin, 0u, lane, way, has_gaps);
    put_piece(stripe, begin, 1u, lane, way, has_gaps);
    if ELEMENT_BITS >= 16u {
        put_piece(stripe, begin, 2u, lane, way, has_gaps);
        put_piece(stripe, begin, 3u, lane, way, has_gaps);
    }
    if ELEMENT_BITS >= 32u {
        put_piece(stripe, begin, 4u, lane, way, has_gaps);
        put_piece(stripe, begin, 5u, lane, way, has_gaps);
        put_piece(stripe, begin, 6u, lane, way, has_gaps);
        put_piece(stripe, begin, 7u, lane, way, has_gaps);
    }
}

// The way in which the workgroup's vectors are read, where neighbouring lanes can read neighbouring
// ones; else `BY_WORDS`. It is the same for all lanes. `first_task` is the workgroup's.
fn way_of_pieces(stripe: Stripe, index: u32, first_task: u32, begin: Begin) -> u32 {
    if ELEMENT_BITS == 1u {
        return BY_WORDS;
    }
    let is_of_one = first_task >= stripe.first
        && (index + 1u == params.stripes || begin_of(index + 1u) >= first_task + LANES);
    if stripe.row_stride != stripe.width {
        if !is_of_one || stripe.width % per_vector() != 0u {
            return BY_WORDS;
        }
        let end = byte_of(stripe.last_row_at + stripe.width);
        return way_of(byte_of(stripe.first_row_at), byte_of(stripe.row_stride), end);
    }
    // All rows are side by side; those of masks too, if whole words of pixels lie from each to the
    // next.
    if !is_of_one && (params.tasks_each == 0u || params.step != 32u * params.tasks_each) {
        return BY_WORDS;
    }
    // The last vectors of a buffer of nearly 4 GiB end beyond 32 bits.
    let last = LANES * 4u * ELEMENT_BITS - 16u;
    return way_of(begin.at, 0u, begin.at + min(last, ~begin.at));
}

// A lane's piece `index`, at its place in the word.
fn piece_of(lane: u32, index: u32) -> u32 {
    let each = per_vector();
    return pieces[piece_place(lane * (32u / each) + index)] << (index * each);
}

fn word_of_pieces(lane: u32) -> u32 {
    var word = piece_of(lane, 0u) | piece_of(lane, 1u);
    if ELEMENT_BITS >= 16u {
        word |= piece_of(lane, 2u) | piece_of(lane, 3u);
    }
    if ELEMENT_BITS >= 32u {
        word |= piece_of(lane, 4u) | piece_of(lane, 5u) | piece_of(lane, 6u) | piece_of(lane, 7u);
    }
    return word;
}

// One word, from wherever its rows lie.
fn word_of_rows(stripe: Stripe, first: u32, count: u32) -> u32 {
    var flags = 0u;
    var row = first / stripe.width;
    var column = first % stripe.width;
    // A vector, or the end of a row, at a time.
    var done = 0u;
    while done < count {
        let in_row = min(min(count - done, stripe.width - column), per_vector());
        let here = boundaries(stripe, row, column) & (0xffffffffu >> (32u - in_row));
        flags |= here << done;
        done += in_row;
        column += in_row;
        if column == stripe.width {
            row += 1u;
            column = 0u;
        }
    }
    return flags;
}

@compute @workgroup_size(256)
fn flag_along(
    @builtin(workgroup_id) group: vec3<u32>,
    @builtin(num_workgroups) groups: vec3<u32>,
    @builtin(local_invocation_index) lane: u32,
) {
    let first_task = linear(group, groups) * LANES;
    let task = first_task + lane;
    let index = stripe_of(task);
    let stripe = stripe_at(index);
    let line_word = stripe.first_line_word + task - stripe.first;
    let first = line_word * 32u;
    let element = stripe.first_row_at + first - stripe.first_row * stripe.width;
    let begin = Begin(first - 32u * lane, byte_of(element) - 4u * ELEMENT_BITS * lane);
    let way = way_of_pieces(stripe, index, first_task, begin);
    let has_gaps = stripe.row_stride != stripe.width;
    let is_used = task < params.tasks;
    let count = min(32u, stripe.line_length - first);
    var flags = 0u;
    if way == ALIGNED {
        put_pieces(stripe, begin, lane, ALIGNED, has_gaps);
    } else if way == BETWEEN {
        put_pieces(stripe, begin, lane, BETWEEN, has_gaps);
    } else if is_used {
        flags = word_of_rows(stripe, first, count);
    }
    workgroupBarrier();
    if way != BY_WORDS && is_used {
        flags = word_of_pieces(lane) & (0xffffffffu >> (32u - count));
    }
    if first == 0u && is_used {
        flags |= 1u;
        put_first_pixel(index, stripe.first_row_at);
    }
    put_words(lane, is_used, stripe.first_word + line_word, flags);
}
