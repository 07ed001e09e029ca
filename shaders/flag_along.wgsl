// Pass 1, where the scan goes along the rows of memory: pixels -> boundary bits, counted by blocks.
//
// In: the pixels of the stripes, each row's side by side. Out: one bit a pixel in scan order, set
// where the predicate's value differs from that of the pixel before it in the scan, and at the
// first pixel of a mask; the bits that pad a mask are zero. A lane makes one word from 32 pixels,
// 2, 4 or 8 vectors of 16 bytes for elements of 8, 16 or 32 bits; those of a workgroup are side by
// side, so that every byte of a cache line is used at once. A row may start at any byte. Bytes a
// pixel of E bytes: reads E, writes 1/8 and 4 a block. Operations a word of memory: 3 to 7 for the
// predicate, 3 to shift by an element, 1 to compare, 1 to 2 to gather the marks. Packed pixels: 15
// operations for 32, none of them for a single pixel.

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

// Boundary bits that vectors have given, and the last word of the last vector.
struct Found {
    flags: u32,
    before: u32,
}

// The bits of vector `index` besides, if it has any of the `count` pixels.
fn vector_more(at: u32, index: u32, is_vector: bool, count: u32, found: Found) -> Found {
    let done = index * per_vector();
    if done >= count {
        return found;
    }
    let here = compared(vector_at(at + 16u * index, is_vector));
    let flags = gathered(changed(here, shift_in(here, found.before))) << done;
    return Found(found.flags | flags, here.w);
}

// Boundary bits of `count` pixels of one row: set where a pixel differs from the one before in the
// scan; beyond them, anything.
fn boundaries(stripe: Stripe, row: u32, column: u32, count: u32) -> u32 {
    let before_place = place_before(stripe, row, column);
    if ELEMENT_BITS == 1u {
        let here = packed_pixels(stripe, row, column);
        let before = packed_pixels(stripe, before_place.x, before_place.y) & 1u;
        return here ^ ((here << 1u) | before);
    }
    let at = byte_of(row_at(stripe, row) + column);
    let before = compared_element(row_at(stripe, before_place.x) + before_place.y);
    let is_vector = are_vectors(at, 0u, at + byte_of(count) - 1u);
    // No loop: what the translator adds to one, so that none runs for ever, each vector would take.
    var found = vector_more(at, 0u, is_vector, count, Found(0u, before));
    found = vector_more(at, 1u, is_vector, count, found);
    if ELEMENT_BITS >= 16u {
        found = vector_more(at, 2u, is_vector, count, found);
        found = vector_more(at, 3u, is_vector, count, found);
    }
    if ELEMENT_BITS >= 32u {
        found = vector_more(at, 4u, is_vector, count, found);
        found = vector_more(at, 5u, is_vector, count, found);
        found = vector_more(at, 6u, is_vector, count, found);
        found = vector_more(at, 7u, is_vector, count, found);
    }
    return found.flags;
}

@compute @workgroup_size(256)
fn flag_along(
    @builtin(workgroup_id) group: vec3<u32>,
    @builtin(num_workgroups) groups: vec3<u32>,
    @builtin(local_invocation_index) lane: u32,
) {
    let task = linear(group, groups) * LANES + lane;
    let index = stripe_of(task);
    let stripe = stripe_at(index);
    let line_word = stripe.first_line_word + task - stripe.first;
    let first = line_word * 32u;
    var flags = 0u;
    if task < params.tasks {
        let count = min(32u, stripe.line_length - first);
        var row = first / stripe.width;
        var column = first % stripe.width;
        // The rows that the word's pixels lie in, one after the other.
        var done = 0u;
        while done < count {
            let in_row = min(count - done, stripe.width - column);
            let here = boundaries(stripe, row, column, in_row) & (0xffffffffu >> (32u - in_row));
            flags |= here << done;
            done += in_row;
            row += 1u;
            column = 0u;
        }
        if first == 0u {
            flags |= 1u;
            put_first_pixel(index, stripe.first_row_at);
        }
    }
    put_words(lane, task < params.tasks, stripe.first_word + line_word, flags);
}
