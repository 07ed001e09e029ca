//! Ids on a picture: text on a ground of the mask's colour.

use std::convert::Infallible;

use embedded_graphics::mono_font::{MonoFont, MonoTextStyle, ascii};
use embedded_graphics::pixelcolor::BinaryColor;
use embedded_graphics::prelude::{DrawTarget, Drawable, OriginDimensions, Pixel, Point, Size};
use embedded_graphics::text::{Baseline, Text};

use super::canvas::Canvas;
use super::colour::Colour;

/// Characters of the longest text that is written whole.
const MOST_CHARACTERS: usize = 24;

const FONT: MonoFont<'_> = ascii::FONT_8X13_BOLD;

/// Pixels around the text.
const MARGIN: i64 = 2;

/// End of a text that is cut.
const CUT: &str = "...";

/// The first characters of a text, and a sign where there are more.
fn cut(text: &str, most: usize) -> String {
    let mut shown: String = text.chars().take(most).collect();
    if text.chars().nth(most).is_some() {
        shown.push_str(CUT);
    }
    shown
}

/// A text to write on the canvas.
pub struct Tag {
    text: String,
    /// Number of pixels that each of the font's becomes, along either side.
    zoom: i64,
}

impl Tag {
    /// The tag of an id, which is cut where it is long.
    pub fn new(id: &str, zoom: i64) -> Self {
        let text = cut(id, MOST_CHARACTERS);
        Tag { text, zoom }
    }

    /// The tag of an id that is to be at most this wide.
    pub fn within(id: &str, width: i64) -> Self {
        let characters = (width - 2 * MARGIN) / i64::from(FONT.character_size.width);
        let characters = usize::try_from(characters).unwrap_or_default();
        let text = if id.chars().count() > characters {
            cut(id, characters.saturating_sub(CUT.len()))
        } else {
            id.to_owned()
        };
        Tag { text, zoom: 1 }
    }

    /// Width and height.
    pub fn sides(&self) -> [i64; 2] {
        let font = FONT.character_size;
        let characters = self.text.chars().count() as i64;
        [
            i64::from(font.width) * characters + 2 * MARGIN,
            i64::from(font.height) + MARGIN,
        ]
        .map(|side| side * self.zoom)
    }

    /// Draws it on a ground of `colour`, with its upper left corner at `[x, y]`.
    pub fn draw(&self, canvas: &mut Canvas, [x, y]: [i64; 2], colour: Colour) {
        let [width, height] = self.sides();
        canvas.fill(x..x + width, y..y + height, colour, 1.0);
        let origin = [x + MARGIN * self.zoom, y + MARGIN / 2 * self.zoom];
        let mut ink = Ink {
            canvas,
            origin,
            zoom: self.zoom,
            colour: colour.ink(),
        };
        let style = MonoTextStyle::new(&FONT, BinaryColor::On);
        let drawn =
            Text::with_baseline(&self.text, Point::zero(), style, Baseline::Top).draw(&mut ink);
        let Ok(_) = drawn;
    }
}

/// The font's pixels as squares on the canvas.
struct Ink<'a> {
    canvas: &'a mut Canvas,
    origin: [i64; 2],
    zoom: i64,
    colour: Colour,
}

impl DrawTarget for Ink<'_> {
    type Color = BinaryColor;
    type Error = Infallible;

    fn draw_iter<I: IntoIterator<Item = Pixel<BinaryColor>>>(
        &mut self,
        pixels: I,
    ) -> Result<(), Infallible> {
        for Pixel(Point { x, y }, _) in pixels.into_iter().filter(|pixel| pixel.1.is_on()) {
            let [x, y] = [
                self.origin[0] + i64::from(x) * self.zoom,
                self.origin[1] + i64::from(y) * self.zoom,
            ];
            self.canvas
                .fill(x..x + self.zoom, y..y + self.zoom, self.colour, 1.0);
        }
        Ok(())
    }
}

impl OriginDimensions for Ink<'_> {
    fn size(&self) -> Size {
        let [width, height] = self.canvas.sides();
        Size::new(width as u32, height as u32)
    }
}
