// Pass 1 for masks that are resampled: samples -> boundary bits of the target's pixels, which are
// nowhere else.
//
// In: the samples of whole masks, and how they are resampled. Out: as of `flag_along`; and where
// the host does not know a mask's first pixel, that pixel among the values. A lane makes one word:
// it goes along the scan through 33 pixels, and reads samples only where these are others than
// those of the pixel before. Bytes a pixel: reads a tap of 16, which neighbouring lanes share, and
// four samples a cell; writes 1/8. Some 25 operations a pixel of the window.

// Of each mask, 1 if its first pixel is foreground.
@group(0) @binding(9) var<storage, read_write> values: array<u32>;

@compute @workgroup_size(256)
fn flag_resampled(
    @builtin(workgroup_id) group: vec3<u32>,
    @builtin(num_workgroups) groups: vec3<u32>,
    @builtin(local_invocation_index) lane: u32,
) {
    let task = linear(group, groups) * LANES + lane;
    let index = stripe_of(task);
    let stripe = stripe_at(index);
    let how = resampled[index];
    let line = (task - stripe.first) / stripe.line_words;
    let line_word = (task - stripe.first) % stripe.line_words;
    var flags = 0u;
    if task < params.tasks {
        let from_line_start = line_word * 32u;
        let count = min(32u, stripe.line_length - from_line_start);
        // From the pixel before the word on, but of the first word.
        var position = line * stripe.line_length + from_line_start;
        let lead = min(position, 1u);
        position -= lead;
        var place = place_of(stripe, position);
        var around = vec4(0.0);
        // Samples of no pixel.
        var rows = vec2(NOT_A_NUMBER);
        var columns = vec2(NOT_A_NUMBER);
        var before = 0u;
        for (var i = 0u; i < count + lead; i++) {
            var here = 0u;
            // Wraps for pixels before the window.
            let window_row = place.x - how.top;
            let window_column = place.y - how.left;
            if window_row < how.rows && window_column < how.columns {
                let row_tap = taps[how.row_taps + window_row];
                let column_tap = taps[how.column_taps + window_column];
                if any(row_tap.samples != rows) || any(column_tap.samples != columns) {
                    rows = row_tap.samples;
                    columns = column_tap.samples;
                    around = samples_around(stripe, how, rows, columns);
                }
                if rows.x != NOT_A_NUMBER && columns.x != NOT_A_NUMBER {
                    let weights = row_tap.weights;
                    here = is_above(pixel_value(how.formula, around, weights, column_tap.weights));
                }
            }
            if position + i == 0u {
                if how.first_pixel == 2u {
                    values[index] = here;
                } else {
                    here = how.first_pixel;
                }
            }
            if i >= lead {
                flags |= u32(here != before) << (i - lead);
            }
            before = here;
            place = next_place(stripe, place);
        }
        if position + lead == 0u {
            flags |= 1u;
        }
    }
    let at = stripe.first_word + line * stripe.words_per_line + line_word;
    put_words(lane, task < params.tasks, at, flags);
}
