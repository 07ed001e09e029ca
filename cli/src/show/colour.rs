//! Colours that differ from each other.

/// Red, green and blue.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Colour(pub [u8; 3]);

impl Colour {
    pub const BLACK: Colour = Colour([0, 0, 0]);
    pub const WHITE: Colour = Colour([255, 255, 255]);
    /// Background where there is no picture.
    pub const DARK: Colour = Colour([30, 31, 34]);
    /// Ground between the masks of a sheet.
    pub const GROUND: Colour = Colour([70, 72, 78]);

    /// The colour of mask `index`: neighbours in the list are far apart, and the first dozens all
    /// differ.
    ///
    /// Hues go round by the golden angle, in [Oklab](https://bottosson.github.io/posts/oklab/),
    /// where equal steps look alike.
    pub fn distinct(index: usize) -> Self {
        const GOLDEN_ANGLE: f32 = 137.508;
        let hue = (25.0 + GOLDEN_ANGLE * index as f32)
            .rem_euclid(360.0)
            .to_radians();
        // After 21 hues they come back nearly where they were, in another lightness then.
        let (lightness, chroma) =
            [(0.72, 0.19), (0.82, 0.15), (0.62, 0.21)][(index + index / 21) % 3];
        of_oklab(lightness, chroma * hue.cos(), chroma * hue.sin())
    }

    /// Black or white, whichever is read more easily on it.
    pub fn ink(self) -> Self {
        let [red, green, blue] = self.0.map(u32::from);
        if 299 * red + 587 * green + 114 * blue > 128_000 {
            Colour::BLACK
        } else {
            Colour::WHITE
        }
    }
}

/// A colour that is mixed into others, in shares of 1/256.
pub struct Mix {
    colour: Colour,
    share: u32,
}

impl Mix {
    /// `share` of a colour, 0 to 1.
    pub fn new(colour: Colour, share: f32) -> Self {
        let share = (share * 256.0).round() as u32;
        Mix { colour, share }
    }

    /// Mixes it into each pixel.
    pub fn add_to(&self, pixels: &mut [[u8; 3]]) {
        let Mix { colour, share } = self;
        if *share >= 256 {
            return pixels.fill(colour.0);
        }
        let (rest, added) = (256 - share, colour.0.map(|to| u32::from(to) * share + 128));
        for pixel in pixels {
            for (channel, added) in pixel.iter_mut().zip(added) {
                *channel = ((u32::from(*channel) * rest + added) >> 8) as u8;
            }
        }
    }
}

/// Converts Oklab to sRGB; channels beyond those of sRGB become the nearest.
fn of_oklab(lightness: f32, a: f32, b: f32) -> Colour {
    let l = (lightness + 0.396_337_78 * a + 0.215_803_76 * b).powi(3);
    let m = (lightness - 0.105_561_346 * a - 0.063_854_17 * b).powi(3);
    let s = (lightness - 0.089_484_18 * a - 1.291_485_5 * b).powi(3);
    let linear = [
        4.076_741_7 * l - 3.307_711_6 * m + 0.230_969_94 * s,
        -1.268_438 * l + 2.609_757_4 * m - 0.341_319_4 * s,
        -0.004_196_086_3 * l - 0.703_418_6 * m + 1.707_614_7 * s,
    ];
    let gamma = |channel: f32| {
        if channel <= 0.003_130_8 {
            12.92 * channel
        } else {
            1.055 * channel.powf(1.0 / 2.4) - 0.055
        }
    };
    Colour(linear.map(|channel| (255.0 * gamma(channel).clamp(0.0, 1.0)).round() as u8))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn oklab_of_known_colours() {
        assert_eq!(of_oklab(1.0, 0.0, 0.0), Colour::WHITE);
        assert_eq!(
            of_oklab(0.627_955, 0.224_863, 0.125_846),
            Colour([255, 0, 0])
        );
        assert_eq!(
            of_oklab(0.452_014, -0.032_457, -0.311_528),
            Colour([0, 0, 255])
        );
    }

    #[test]
    fn shares_are_mixed() {
        let mixed = |share| {
            let mut pixels = [[0, 100, 255]; 3];
            Mix::new(Colour([200, 100, 0]), share).add_to(&mut pixels);
            pixels[2]
        };
        assert_eq!(mixed(0.0), [0, 100, 255]);
        assert_eq!(mixed(0.5), [100, 100, 128]);
        assert_eq!(mixed(1.0), [200, 100, 0]);
    }

    #[test]
    fn the_first_colours_differ() {
        let colours: Vec<_> = (0..40).map(Colour::distinct).collect();
        for (index, colour) in colours.iter().enumerate() {
            for other in &colours[..index] {
                let distance: u32 = (0..3)
                    .map(|channel| u32::from(colour.0[channel].abs_diff(other.0[channel])))
                    .sum();
                assert!(distance >= 20, "{colour:?} and {other:?}");
            }
        }
    }
}
