//! Options for CSV, which does not say all of its masks.

use clap::Args;

use super::heading;
use super::order::OrderArg;

/// Properties of masks that CSV does not say.
#[derive(Debug, Args)]
pub struct CsvArgs {
    /// The scan order of the pairs in CSV; default: column. JSON says it
    #[arg(long, value_enum, help_heading = heading::CSV)]
    pub order: Option<OrderArg>,
    /// Text of an empty mask in CSV; default: nothing, which is always one
    #[arg(
        long,
        value_name = "TEXT",
        allow_hyphen_values = true,
        help_heading = heading::CSV
    )]
    pub empty: Option<String>,
    #[command(flatten)]
    pub columns: ColumnArgs,
}

/// Properties of masks that CSV does not say, and that are never written.
#[derive(Debug, Args)]
pub struct ColumnArgs {
    /// Height and width of all masks in CSV without columns Height and Width, which win over it
    /// where they are known; JSON says them, and other ones are an error
    #[arg(long, value_name = "H,W", value_parser = parse_sides, help_heading = heading::CSV)]
    pub size: Option<[u32; 2]>,
    /// The column of the masks in CSV, where it has none of the usual names
    #[arg(long, value_name = "NAME", help_heading = heading::CSV)]
    pub column: Option<String>,
    /// Starts in CSV that is read count from the end of the run before, the first from 0 (SIIM-ACR)
    #[arg(long, help_heading = heading::CSV)]
    pub relative: bool,
}

/// Reads a height and a width, such as `480,640`.
pub fn parse_sides(text: &str) -> Result<[u32; 2], String> {
    let sides = text
        .split_once(',')
        .and_then(|(h, w)| Some([h.trim().parse().ok()?, w.trim().parse().ok()?]));
    sides.ok_or_else(|| format!("{text:?} is not a height and a width, such as 480,640"))
}
