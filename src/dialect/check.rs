//! Refuses runs that a dialect does not hold.

use crate::format::require_binary;
use crate::pixel::Order;
use crate::runs::MaskView;
use crate::{Error, Result};

/// Refuses label maps, and runs of the other scan order, for a dialect that is called so.
pub(super) fn require(runs: &MaskView<'_>, order: Order, dialect: &str) -> Result<()> {
    require_binary(runs, dialect)?;
    let found = runs.order();
    if found != order {
        return Err(Error::Input(format!(
            "{dialect} runs are {order}, these are {found}: to_order makes others of them"
        )));
    }
    Ok(())
}
