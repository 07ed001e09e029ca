//! The output that every backend is timed at.

use maskrle::Order;

/// The output that every backend is timed at.
#[derive(Debug, Clone, Copy)]
pub enum Task {
    /// Runs in a scan order.
    Starts(Order),
    /// COCO strings.
    Coco,
}

impl Task {
    /// Scan order of the runs.
    pub fn order(self) -> Order {
        match self {
            Task::Starts(order) => order,
            Task::Coco => Order::ColumnMajor,
        }
    }

    /// Name of the output in the report.
    pub fn output(self) -> &'static str {
        match self {
            Task::Starts(_) => "starts",
            Task::Coco => "coco",
        }
    }
}
