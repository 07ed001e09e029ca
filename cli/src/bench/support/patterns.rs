//! Generated masks, equal on every machine.

/// Pattern of a generated stack.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(dead_code, reason = "each benchmark generates those that it times")]
pub enum Pattern {
    /// A few ellipses: about 1460 column-major runs in 1024 x 1024 pixels.
    Blobs,
    /// Every pixel set or not by chance, one as often as the other.
    Noise,
    /// Nothing set.
    Empty,
}

impl Pattern {
    /// Name of the pattern on the command line and in reports.
    #[allow(dead_code, reason = "only the command names patterns")]
    pub fn name(self) -> &'static str {
        match self {
            Pattern::Blobs => "blobs",
            Pattern::Noise => "noise",
            Pattern::Empty => "empty",
        }
    }

    /// Fills `pixels`, a row-major stack of masks of `height` x `width`, which must be zero, with
    /// zeros and ones.
    pub fn fill(self, pixels: &mut [u8], [height, width]: [usize; 2]) {
        match self {
            Pattern::Blobs => blobs(pixels, [height, width]),
            Pattern::Noise => noise(pixels, 0.5),
            Pattern::Empty => {}
        }
    }
}

/// Sets each pixel to 1 with the probability `density`, to 0 otherwise.
pub fn noise(pixels: &mut [u8], density: f64) {
    let threshold = (density * 65536.0) as u64;
    let mut random = SplitMix64(0);
    for four in pixels.chunks_mut(4) {
        let mut bits = random.next();
        for pixel in four {
            *pixel = u8::from(bits & 0xffff < threshold);
            bits >>= 16;
        }
    }
}

const ELLIPSES_PER_MASK: usize = 5;

/// Sets the pixels of some ellipses in each mask.
fn blobs(pixels: &mut [u8], [height, width]: [usize; 2]) {
    if height * width == 0 {
        return;
    }
    let mut random = SplitMix64(0);
    for mask in pixels.chunks_exact_mut(height * width) {
        for _ in 0..ELLIPSES_PER_MASK {
            let [x, y, a, b] = std::array::from_fn(|_| random.unit());
            // Half axes as shares of a side: wide enough on average for the number of runs above.
            let half_axes = [
                (0.04 + 0.08 * b) * height as f64,
                (0.04 + 0.08 * a) * width as f64,
            ];
            ellipse(
                mask,
                [height, width],
                [y * height as f64, x * width as f64],
                half_axes,
            );
        }
    }
}

/// Sets the pixels of an ellipse; what lies outside the mask is cut off.
fn ellipse(mask: &mut [u8], [height, width]: [usize; 2], centre: [f64; 2], half_axes: [f64; 2]) {
    // A conversion from float to integer saturates, so a bound below 0 is 0.
    let bounds = |side: usize, axis: usize| {
        let first = (centre[axis] - half_axes[axis]).ceil() as usize;
        first.min(side)..((centre[axis] + half_axes[axis]).floor() as usize + 1).min(side)
    };
    for y in bounds(height, 0) {
        let slant = (y as f64 - centre[0]) / half_axes[0];
        for x in bounds(width, 1) {
            let along = (x as f64 - centre[1]) / half_axes[1];
            if slant * slant + along * along <= 1.0 {
                mask[y * width + x] = 1;
            }
        }
    }
}

/// Sebastiano Vigna's generator of random numbers: short, fast, and equal on every machine.
struct SplitMix64(u64);

impl SplitMix64 {
    /// The next 64 bits.
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// The next number in [0, 1).
    fn unit(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1u64 << 53) as f64
    }
}
