// Pass 1 for what no other takes: pixels that are not side by side in either direction, and columns
// of few pixels, which share words. In and out: as of `flag_along`. A lane makes one word and reads
// 33 pixels an element at a time: 33 loads of 4 bytes for 32 pixels, some 20 operations each.

// Operand of one element alone.
fn only_element(element: u32) -> u32 {
    return compared_element(element) >> (32u - ELEMENT_BITS);
}

fn pixel_at(stripe: Stripe, row: u32, column: u32) -> u32 {
    // Wraps below zero and back for the row that leads a stripe.
    let row_at = stripe.first_row_at + (row - stripe.first_row) * stripe.row_stride;
    return row_at + column * stripe.column_stride;
}

// Element of the pixel before (row, column) in the scan, which is not the first.
fn element_before(stripe: Stripe, row: u32, column: u32) -> u32 {
    if stripe.across != 0u {
        if row == 0u {
            return stripe.last_row_at + (column - 1u) * stripe.column_stride;
        }
        return pixel_at(stripe, row - 1u, column);
    }
    if column == 0u {
        return pixel_at(stripe, row - 1u, stripe.width - 1u);
    }
    return pixel_at(stripe, row, column - 1u);
}

@compute @workgroup_size(256)
fn flag_strided(
    @builtin(workgroup_id) group: vec3<u32>,
    @builtin(num_workgroups) groups: vec3<u32>,
    @builtin(local_invocation_index) lane: u32,
) {
    let task = linear(group, groups) * LANES + lane;
    let index = stripe_of(task);
    let stripe = stripe_at(index);
    let line = (task - stripe.first) / stripe.line_words;
    let line_word = stripe.first_line_word + (task - stripe.first) % stripe.line_words;
    var flags = 0u;
    if task < params.tasks {
        let from_line_start = line_word * 32u;
        let first = line * stripe.line_length + from_line_start;
        let count = min(32u, stripe.line_length - from_line_start);
        var place = place_of(stripe, first);
        var before = 0u;
        if first != 0u {
            before = only_element(element_before(stripe, place.x, place.y));
        }
        for (var i = 0u; i < count; i++) {
            let here = only_element(pixel_at(stripe, place.x, place.y));
            flags |= u32(here != before) << i;
            before = here;
            place = next_place(stripe, place);
        }
        if first == 0u {
            flags |= 1u;
            put_first_pixel(index, stripe.first_row_at);
        }
    }
    let at = stripe.first_word + line * stripe.words_per_line + line_word;
    put_words(lane, task < params.tasks, at, flags);
}
