//! Options of the verbs that look at masks, of pixels or encoded, and write none.

use clap::Args;

use super::budget::BudgetArgs;
use super::csv::CsvArgs;
use super::heading;
use super::skip::SkipArgs;

/// Properties of masks that a file does not say, and what may be left out of it.
#[derive(Debug, Args)]
pub struct ViewArgs {
    /// Of .npy and .npz files of floats: masks are where the values are above T
    #[arg(
        short,
        long,
        value_name = "T",
        allow_negative_numbers = true,
        help_heading = heading::INPUT
    )]
    pub threshold: Option<f64>,
    /// Of a folder: read the folders in it too
    #[arg(long, help_heading = heading::INPUT)]
    pub recursive: bool,
    #[command(flatten)]
    pub csv: CsvArgs,
    #[command(flatten)]
    pub skip: SkipArgs,
    #[command(flatten)]
    pub budget: BudgetArgs,
}
