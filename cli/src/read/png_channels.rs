//! The samples of a PNG's pixels that make a mask.

use anyhow::{Result, bail};
use clap::ValueEnum;
use png::{BitDepth, ColorType};

/// Reading of colours, as the command line names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Channels {
    /// The red levels
    R,
    /// The green levels
    G,
    /// The blue levels
    B,
    /// The opacity
    A,
    /// COCO's panoptic ids, R + 256 G + 65536 B; with --labels
    Panoptic,
}

/// Way from the samples of a pixel to the mask's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Samples {
    /// The only sample.
    Only,
    /// One of several.
    One { at: usize, of: usize },
    /// Several that are equal, and then one of opacity, if `is_transparent`.
    Equal {
        of: usize,
        is_transparent: bool,
        /// Words before the options that errors name.
        hints_at: &'static str,
    },
    /// Three of a panoptic id, and then perhaps one of opacity.
    Id { of: usize },
}

impl Samples {
    /// The way for an image of these colours. Gray levels and palette indices are read as they are
    /// stored.
    pub fn new(
        color: ColorType,
        depth: BitDepth,
        channels: Option<Channels>,
        hints_at: &'static str,
    ) -> Result<Self> {
        let of = color.samples();
        let is_colour = matches!(color, ColorType::Rgb | ColorType::Rgba);
        let is_transparent = matches!(color, ColorType::GrayscaleAlpha | ColorType::Rgba);
        Ok(match channels {
            Some(Channels::A) if is_transparent => Samples::One { at: of - 1, of },
            Some(Channels::A) => bail!("a PNG of {} has no opacity", describe(color)),
            Some(Channels::Panoptic) if !is_colour || depth != BitDepth::Eight => {
                bail!(
                    "a PNG of {} has no panoptic ids: they are colours of 8 bits",
                    describe(color)
                )
            }
            Some(Channels::Panoptic) => Samples::Id { of },
            _ if of == 1 => Samples::Only,
            None => Samples::Equal {
                of,
                is_transparent,
                hints_at,
            },
            Some(Channels::G) if is_colour => Samples::One { at: 1, of },
            Some(Channels::B) if is_colour => Samples::One { at: 2, of },
            Some(_) => Samples::One { at: 0, of },
        })
    }

    /// Appends a row of the mask, `y`, made of a row of samples.
    pub fn append<S: Copy + PartialEq>(
        self,
        row: &[S],
        opaque: S,
        y: usize,
        mask: &mut Vec<S>,
    ) -> Result<()> {
        match self {
            Samples::Only => mask.extend_from_slice(row),
            Samples::One { at, of } => mask.extend(row.chunks_exact(of).map(|pixel| pixel[at])),
            Samples::Equal {
                of,
                is_transparent,
                hints_at,
            } => {
                let levels = of - usize::from(is_transparent);
                for (x, pixel) in row.chunks_exact(of).enumerate() {
                    if pixel[1..levels].iter().any(|level| *level != pixel[0]) {
                        bail!(
                            "a PNG of colours, as at pixel {x}, {y}, is not a mask: \
                             {hints_at}--channels panoptic reads panoptic ids, \
                             {hints_at}--channels r, g or b one channel"
                        );
                    }
                    if is_transparent && pixel[levels] != opaque {
                        bail!(
                            "a PNG that is transparent, as at pixel {x}, {y}, is not a mask: \
                             {hints_at}--channels a reads the opacity, \
                             {hints_at}--channels r the levels alone"
                        );
                    }
                    mask.push(pixel[0]);
                }
            }
            Samples::Id { .. } => bail!("ids are made of bytes"),
        }
        Ok(())
    }
}

/// Appends a row of panoptic ids, made of a row of `of` samples a pixel.
pub fn append_ids(row: &[u8], of: usize, ids: &mut Vec<u32>) {
    let id = |pixel: &[u8]| u32::from_le_bytes([pixel[0], pixel[1], pixel[2], 0]);
    ids.extend(row.chunks_exact(of).map(id));
}

/// A colour type's name in messages.
fn describe(color: ColorType) -> &'static str {
    match color {
        ColorType::Grayscale => "gray levels",
        ColorType::Rgb => "colours",
        ColorType::Indexed => "palette indices",
        ColorType::GrayscaleAlpha => "gray levels with transparency",
        ColorType::Rgba => "colours with transparency",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(color: ColorType, channels: Option<Channels>, samples: &[u8]) -> Result<Vec<u8>> {
        let mut mask = Vec::new();
        Samples::new(color, BitDepth::Eight, channels, "")?.append(samples, 255, 0, &mut mask)?;
        Ok(mask)
    }

    #[test]
    fn levels_that_are_equal_are_one() {
        let equal = |color, samples: &[u8]| row(color, None, samples).ok();
        assert_eq!(equal(ColorType::Grayscale, &[3, 4]), Some(vec![3, 4]));
        assert_eq!(equal(ColorType::Rgb, &[3, 3, 3, 4, 4, 4]), Some(vec![3, 4]));
        assert_eq!(equal(ColorType::Rgb, &[3, 3, 3, 4, 4, 5]), None);
        assert_eq!(equal(ColorType::Rgba, &[3, 3, 3, 255]), Some(vec![3]));
        assert_eq!(equal(ColorType::Rgba, &[3, 3, 3, 254]), None);
        assert_eq!(equal(ColorType::GrayscaleAlpha, &[3, 255]), Some(vec![3]));
        assert_eq!(equal(ColorType::GrayscaleAlpha, &[3, 3]), None);
    }

    #[test]
    fn one_channel() {
        let one = |color, channels, samples: &[u8]| row(color, Some(channels), samples).ok();
        let rgba = [1, 2, 3, 4];
        assert_eq!(one(ColorType::Rgba, Channels::R, &rgba), Some(vec![1]));
        assert_eq!(one(ColorType::Rgba, Channels::G, &rgba), Some(vec![2]));
        assert_eq!(one(ColorType::Rgba, Channels::B, &rgba), Some(vec![3]));
        assert_eq!(one(ColorType::Rgba, Channels::A, &rgba), Some(vec![4]));
        assert_eq!(
            one(ColorType::GrayscaleAlpha, Channels::B, &[1, 2]),
            Some(vec![1])
        );
        assert_eq!(
            one(ColorType::GrayscaleAlpha, Channels::A, &[1, 2]),
            Some(vec![2])
        );
        assert_eq!(
            one(ColorType::Indexed, Channels::B, &[1, 2]),
            Some(vec![1, 2])
        );
        assert_eq!(one(ColorType::Indexed, Channels::A, &[1, 2]), None);
        assert_eq!(one(ColorType::Grayscale, Channels::Panoptic, &[1, 2]), None);
    }
}
