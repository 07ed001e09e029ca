// Pass 1: pixels -> boundary bits.
//
// In: the pixels of the stripes. Out: one bit a pixel in scan order, set where the answer to the question differs from that
// of the pixel before it in the scan, and at the first pixel of a mask; the bits that pad a line are zero.
// A lane makes one word, so no two write one. It reads 33 pixels an element at a time: 33 loads for N of 32 pixels; across
// rows, neighbouring lanes read neighbouring columns. Writes N/8 bytes.

// Bits an element: 8, 16 or 32.
override ELEMENT_BITS: u32 = 8u;
// 0: is it non-zero? 1: is it above the threshold? 2: which value is it?
override QUESTION: u32 = 0u;

@group(0) @binding(2) var<storage, read> pixels: array<u32>;
@group(0) @binding(3) var<storage, read_write> bits: array<u32>;

// A float's left-aligned bits as an integer that orders as floats do.
fn ordered(bits: u32) -> i32 {
    let signed = bitcast<i32>(bits);
    return signed ^ ((signed >> 31u) & 0x7fffffff);
}

fn answer(element: u32) -> u32 {
    let elements_per_word = 32u / ELEMENT_BITS;
    let word = pixels[element / elements_per_word];
    // Left-aligned: the elements above are shifted out.
    let above = (elements_per_word - 1u - element % elements_per_word) * ELEMENT_BITS;
    let value = (word << above) >> (32u - ELEMENT_BITS);
    switch QUESTION {
        case 0u: {
            return u32(value != 0u);
        }
        case 1u: {
            let key = ordered(value << (32u - ELEMENT_BITS));
            return u32(key > params.threshold && key <= params.infinity);
        }
        default: {
            return value;
        }
    }
}

fn pixel_at(stripe: Stripe, row: u32, column: u32) -> u32 {
    // Wraps below zero and back for the row that leads a stripe.
    return stripe.first_row_at + (row - stripe.first_row) * stripe.row_stride + column * stripe.column_stride;
}

// The answer of the pixel before (row, column) in the scan, which is not the first.
fn answer_before(stripe: Stripe, row: u32, column: u32) -> u32 {
    if stripe.across != 0u {
        if row == 0u {
            return answer(stripe.last_row_at + (column - 1u) * stripe.column_stride);
        }
        return answer(pixel_at(stripe, row - 1u, column));
    }
    if column == 0u {
        return answer(pixel_at(stripe, row - 1u, stripe.width - 1u));
    }
    return answer(pixel_at(stripe, row, column - 1u));
}

@compute @workgroup_size(256)
fn flag_boundaries(
    @builtin(workgroup_id) group: vec3<u32>,
    @builtin(num_workgroups) groups: vec3<u32>,
    @builtin(local_invocation_index) lane: u32,
) {
    let word = linear(group, groups) * LANES + lane;
    if word >= params.words {
        return;
    }
    let stripe = stripes[stripe_of(word)];
    let line = (word - stripe.first) / stripe.line_words;
    let line_word = stripe.first_line_word + (word - stripe.first) % stripe.line_words;
    let from_line_start = line_word * 32u;
    let first = line * stripe.line_length + from_line_start;
    let count = min(32u, stripe.line_length - from_line_start);

    var row = first / stripe.width;
    var column = first % stripe.width;
    if stripe.across != 0u {
        row = first % stripe.height;
        column = first / stripe.height;
    }
    var flags = 0u;
    var before = 0u;
    if first != 0u {
        before = answer_before(stripe, row, column);
    }
    for (var i = 0u; i < count; i++) {
        let here = answer(pixel_at(stripe, row, column));
        flags |= u32(here != before) << i;
        before = here;
        if stripe.across != 0u {
            row += 1u;
            if row == stripe.height {
                row = 0u;
                column += 1u;
            }
        } else {
            column += 1u;
            if column == stripe.width {
                column = 0u;
                row += 1u;
            }
        }
    }
    if first == 0u {
        flags |= 1u;
    }
    bits[stripe.first_word + line * stripe.words_per_line + line_word] = flags;
}
