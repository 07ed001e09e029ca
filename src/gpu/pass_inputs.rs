//! Parameters and table entries of the passes, as the shaders declare them.

/// The uniform buffer of every pass: `Params` in `common.wgsl`.
#[derive(Debug, Clone, Copy, Default, bytemuck::Pod, bytemuck::Zeroable)]
#[repr(C)]
#[allow(
    missing_docs,
    reason = "documented where they are read, in common.wgsl"
)]
pub struct Params {
    pub tasks: u32,
    pub stripes: u32,
    pub blocks: u32,
    pub first_start: u32,
    pub capacity: u32,
    pub positive: u32,
    pub negative: u32,
    pub infinite: u32,
    pub height: u32,
    pub pixels: u32,
    pub characters: u32,
    pub tasks_each: u32,
    pub words_each: u32,
    pub step: u32,
    pub unused: u32,
    pub also_unused: u32,
}

/// Rows of a mask in the pixel buffer: `Stripe` in `common.wgsl`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, bytemuck::Pod, bytemuck::Zeroable)]
#[repr(C)]
#[allow(
    missing_docs,
    reason = "documented where they are read, in common.wgsl"
)]
pub struct Stripe {
    pub first: u32,
    pub line_words: u32,
    pub first_line_word: u32,
    pub first_word: u32,
    pub words_per_line: u32,
    pub line_length: u32,
    pub height: u32,
    pub width: u32,
    pub across: u32,
    pub row_stride: u32,
    pub column_stride: u32,
    pub first_row: u32,
    pub first_row_at: u32,
    pub last_row_at: u32,
    pub highest_first: u32,
    pub unused: u32,
}

/// How a mask's pixels are made of its samples: `Resampled` in `samples.wgsl`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, bytemuck::Pod, bytemuck::Zeroable)]
#[repr(C)]
#[allow(
    missing_docs,
    reason = "documented where they are read, in samples.wgsl"
)]
pub struct Resampled {
    pub row_taps: u32,
    pub column_taps: u32,
    pub top: u32,
    pub left: u32,
    pub rows: u32,
    pub columns: u32,
    pub own_rows: u32,
    pub own_columns: u32,
    pub formula: u32,
    pub sample_type: u32,
    pub first_pixel: u32,
    pub unused: u32,
}

/// Place of a row or column of pixels between samples: `Tap` in `samples.wgsl`.
#[derive(Debug, Clone, Copy, Default, PartialEq, bytemuck::Pod, bytemuck::Zeroable)]
#[repr(C)]
#[allow(
    missing_docs,
    reason = "documented where they are read, in samples.wgsl"
)]
pub struct Tap {
    pub samples: [u32; 2],
    pub weights: [f32; 2],
}

/// Terms that the flag passes add to the magnitude of a float of `bits` bits (16 or 32), so that
/// the sum's top bit is set where the float is: above a threshold of 0 or more; not below a
/// negative threshold's magnitude; not a number. For the threshold and infinity with these bits; in
/// each half of the word for 16 bits.
pub fn float_terms(bits: u32, threshold: u32, infinity: u32) -> [u32; 3] {
    let top = 1 << (bits - 1);
    let low = top - 1;
    let magnitude = threshold & low;
    let is_negative = threshold & top != 0 && magnitude != 0;
    let terms = match is_negative {
        // Every number that is not negative is above; of the negative ones those of less magnitude.
        true => [top, top - magnitude, low - infinity],
        false => [low - magnitude, top, low - infinity],
    };
    terms.map(|term| if bits == 16 { term | term << 16 } else { term })
}
