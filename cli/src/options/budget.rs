//! The option of the memory that a file's masks may take.

use clap::Args;

use super::encoder::parse_size;
use super::heading;
use crate::budget::Budget;

/// Memory that a file's masks may take at once.
#[derive(Debug, Clone, Copy, Args)]
pub struct BudgetArgs {
    /// Memory that the masks of one file may take that are there at once: one that encode reads,
    /// those of a row, all that show draws, a PNG that
    /// convert reads or writes. More is refused before it is allocated, whatever a
    /// header claims; of what decode writes it is no limit
    #[arg(
        long,
        value_name = "SIZE",
        default_value = "2G",
        value_parser = parse_size,
        help_heading = heading::INPUT
    )]
    max_memory: u64,
}

impl BudgetArgs {
    /// A budget for one file.
    pub fn budget(self) -> Budget {
        Budget::new(self.max_memory)
    }
}
