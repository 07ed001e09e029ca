// Pixels that are made of samples: floats of any type, as f32, and the formulas of torch's
// `interpolate` and `grid_sample` on them.
//
// Where a pixel lies between samples, the host has computed: no place is rounded here. Sums are
// `fma` where torch's are. WGSL leaves it to the device whether that rounds once or twice, so a
// value may be some ulp, of the largest of its samples, off the CPU's.

// How the pixels of a stripe, a whole mask, are made. All those outside its window are background.
struct Resampled {
    // Index of the taps of the window's rows, and of its columns.
    row_taps: u32,
    column_taps: u32,
    // The window: its first row and column in the target, and the number of them.
    top: u32,
    left: u32,
    rows: u32,
    columns: u32,
    // Rows and columns of samples in the buffer: those beyond are 0.
    own_rows: u32,
    own_columns: u32,
    // 0: along the rows first, then between them; 1: four products, added up in the order of
    // `interpolate` for small targets; 2: in the order of `grid_sample`.
    formula: u32,
    // 0: f32; 1: f16; 2: bf16.
    sample_type: u32,
    // The mask's first pixel, if the host knows it: 0 or 1. 2: it does not.
    first_pixel: u32,
    unused: u32,
}

// Place of a row or column of pixels: two samples, the same or neighbours, and their weights.
struct Tap {
    samples: vec2<u32>,
    weights: vec2<f32>,
}

// Of a tap whose weights are not numbers, and so no pixel of it is foreground.
const NOT_A_NUMBER: u32 = 0x80000000u;

@group(1) @binding(3) var<storage, read> words: array<u32>;
@group(0) @binding(10) var<storage, read> resampled: array<Resampled>;
@group(0) @binding(11) var<storage, read> taps: array<Tap>;

// The value of an f16. Denormals are no f32 denormals here, which a device may flush.
fn of_f16(bits: u32) -> f32 {
    let sign = (bits & 0x8000u) << 16u;
    let magnitude = bits & 0x7fffu;
    if magnitude < 0x400u {
        return bitcast<f32>(bitcast<u32>(f32(magnitude) * 5.9604644775390625e-8) | sign);
    }
    if magnitude < 0x7c00u {
        return bitcast<f32>(((magnitude << 13u) + 0x38000000u) | sign);
    }
    return bitcast<f32>((magnitude << 13u) | 0x7f800000u | sign);
}

fn sample_at(stripe: Stripe, how: Resampled, row: u32, column: u32) -> f32 {
    if row >= how.own_rows || column >= how.own_columns {
        return 0.0;
    }
    let at = stripe.first_row_at + row * stripe.row_stride + column * stripe.column_stride;
    if how.sample_type == 0u {
        return bitcast<f32>(words[at]);
    }
    let half = (words[at / 2u] >> (at % 2u * 16u)) & 0xffffu;
    if how.sample_type == 1u {
        return of_f16(half);
    }
    return bitcast<f32>(half << 16u);
}

// The samples around pixels: those of the first row, then of the second; each the one of the first
// column, then of the second.
fn samples_around(stripe: Stripe, how: Resampled, rows: vec2<u32>, columns: vec2<u32>) -> vec4<f32> {
    return vec4(
        sample_at(stripe, how, rows.x, columns.x),
        sample_at(stripe, how, rows.x, columns.y),
        sample_at(stripe, how, rows.y, columns.x),
        sample_at(stripe, how, rows.y, columns.y),
    );
}

// Value of a pixel of these samples, given the weights of both rows and of both columns.
fn pixel_value(formula: u32, around: vec4<f32>, rows: vec2<f32>, columns: vec2<f32>) -> f32 {
    if formula == 0u {
        let above = fma(around.x, columns.x, around.y * columns.y);
        let below = fma(around.z, columns.x, around.w * columns.y);
        return fma(above, rows.x, below * rows.y);
    }
    let near = rows.x * columns;
    let far = rows.y * columns;
    // Either sum has both products, and rounds another one first.
    var sum = fma(around.x, near.x, around.y * near.y);
    if formula == 2u {
        sum = fma(around.y, near.y, around.x * near.x);
    }
    return fma(around.w, far.y, fma(around.z, far.x, sum));
}

// 1 if a value is above the threshold, else 0. As `above_threshold` of `pixels.wgsl`, by bits:
// devices may compare as if nothing were NaN.
fn is_above(value: f32) -> u32 {
    let bits = bitcast<u32>(value);
    let magnitude = bits & 0x7fffffffu;
    let positive = (magnitude + params.positive) & ~(magnitude + params.infinite);
    let negative = ~(magnitude + params.negative);
    return select(positive, negative, bits != magnitude) >> 31u;
}
