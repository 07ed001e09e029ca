//! Properties of masks in CSV that the file itself does not say.

use maskrle::Order;

use crate::coco::Category;
use crate::options::{ColumnArgs, CsvArgs};

/// Properties of the masks in CSV that the file itself does not say.
#[derive(Debug, Clone, Copy)]
pub struct CsvOptions<'a> {
    /// Height and width of the images, where there are no columns `Height` and `Width`. Masks in
    /// JSON have to be of this size.
    pub size: Option<[u32; 2]>,
    /// Scan order of the pairs.
    pub order: Order,
    /// Text of an empty mask, besides an empty field.
    pub empty: &'a str,
    /// Name of the column of the masks; None for the usual ones.
    pub column: Option<&'a str>,
    /// True if starts count from the end of the run before.
    pub is_relative: bool,
    /// True if a category that is no whole number is an error; else it is as good as none.
    pub needs_categories: bool,
    /// True if a mask without a category is an error: other rows have one.
    pub has_categories: bool,
    /// True if a row without the name of its image is an error: other rows have one.
    pub has_names: bool,
    /// Categories with names, which may stand in place of their numbers.
    pub categories: &'a [Category],
}

impl<'a> CsvOptions<'a> {
    /// Options of columns, with what may be written too.
    pub fn new(columns: &'a ColumnArgs, order: Option<Order>, empty: Option<&'a str>) -> Self {
        CsvOptions {
            size: columns.size,
            order: order.unwrap_or(Order::ColumnMajor),
            empty: empty.unwrap_or_default().trim(),
            column: columns.column.as_deref(),
            is_relative: columns.relative,
            needs_categories: false,
            has_categories: false,
            has_names: false,
            categories: &[],
        }
    }
}

impl<'a> From<&'a CsvArgs> for CsvOptions<'a> {
    fn from(args: &'a CsvArgs) -> Self {
        let order = args.order.map(Order::from);
        CsvOptions::new(&args.columns, order, args.empty.as_deref())
    }
}
