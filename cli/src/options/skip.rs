//! The option of leaving out what is bad.

use clap::Args;

use super::heading;

/// Treatment of bad annotations, items and rows.
#[derive(Debug, Clone, Copy, Args)]
pub struct SkipArgs {
    /// Leave out bad annotations, items and rows, and polygons with too few points: how many there
    /// are, and what is wrong with the first, is said on standard error
    #[arg(long, help_heading = heading::INPUT)]
    pub skip_bad: bool,
}
