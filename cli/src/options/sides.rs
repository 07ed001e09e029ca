//! Heights and widths.

/// Reads a height and a width, such as `480,640`.
pub fn parse_sides(text: &str) -> Result<[u32; 2], String> {
    let sides = text
        .split_once(',')
        .and_then(|(h, w)| Some([h.trim().parse().ok()?, w.trim().parse().ok()?]));
    sides.ok_or_else(|| format!("{text:?} is not a height and a width, such as 480,640"))
}
