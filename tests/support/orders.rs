use maskrle::Order;

pub const ORDERS: [Order; 2] = [Order::RowMajor, Order::ColumnMajor];
