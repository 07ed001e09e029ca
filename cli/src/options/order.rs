//! Scan orders.

use clap::ValueEnum;
use maskrle::Order;

/// Scan order, as the command line names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum OrderArg {
    /// Down each column: COCO's and Kaggle's
    Column,
    /// Along each row: numpy's
    Row,
}

impl From<OrderArg> for Order {
    fn from(order: OrderArg) -> Self {
        match order {
            OrderArg::Column => Order::ColumnMajor,
            OrderArg::Row => Order::RowMajor,
        }
    }
}
