//! Options for CSV, which does not say all of its masks.

use clap::Args;

use super::heading;
use super::order::OrderArg;

/// Properties of masks that CSV does not say.
#[derive(Debug, Args)]
pub struct CsvArgs {
    /// Height and width of all masks in CSV without columns Height and Width, which win over it;
    /// JSON says them
    #[arg(long, value_name = "H,W", value_parser = parse_sides, help_heading = heading::CSV)]
    pub size: Option<[u32; 2]>,
    /// The scan order of the pairs in CSV; JSON says it
    #[arg(long, value_enum, default_value_t = OrderArg::Column, help_heading = heading::CSV)]
    pub order: OrderArg,
    /// Text of an empty mask in CSV; default: nothing, which is always one
    #[arg(
        long,
        value_name = "TEXT",
        default_value = "",
        hide_default_value = true,
        allow_hyphen_values = true,
        help_heading = heading::CSV
    )]
    pub empty: String,
}

/// Reads a height and a width, such as `480,640`.
pub fn parse_sides(text: &str) -> Result<[u32; 2], String> {
    let sides = text
        .split_once(',')
        .and_then(|(h, w)| Some([h.trim().parse().ok()?, w.trim().parse().ok()?]));
    sides.ok_or_else(|| format!("{text:?} is not a height and a width, such as 480,640"))
}
