//! The plain reference: one plain loop for each output, never optimised.

use maskrle::Order;

/// Starts and values of one mask's runs, by looking at one pixel after the other.
pub fn runs<V: PartialEq>(
    [height, width]: [usize; 2],
    order: Order,
    value: impl Fn(usize, usize) -> V,
) -> (Vec<u32>, Vec<V>) {
    let mut starts = Vec::new();
    let mut values = Vec::new();
    for position in 0..height * width {
        let (y, x) = match order {
            Order::RowMajor => (position / width, position % width),
            Order::ColumnMajor => (position % height, position / height),
        };
        let here = value(y, x);
        if values.last() != Some(&here) {
            starts.push(position as u32);
            values.push(here);
        }
    }
    (starts, values)
}

/// COCO's compressed string of one binary mask's column-major runs.
pub fn coco_string(pixels: u32, starts: &[u32], first_is_set: bool) -> String {
    let mut counts = Vec::new();
    if first_is_set {
        counts.push(0);
    }
    for (index, &start) in starts.iter().enumerate() {
        let end = starts.get(index + 1).copied().unwrap_or(pixels);
        counts.push(i64::from(end) - i64::from(start));
    }
    let mut string = String::new();
    for index in 0..counts.len() {
        // From the fourth on, a count is written as its difference from the one two before.
        let mut rest = if index > 2 {
            counts[index] - counts[index - 2]
        } else {
            counts[index]
        };
        loop {
            let digit = rest & 0x1f;
            rest >>= 5;
            let more = if digit & 0x10 != 0 {
                rest != -1
            } else {
                rest != 0
            };
            string.push(char::from(48 + digit as u8 + if more { 0x20 } else { 0 }));
            if !more {
                break;
            }
        }
    }
    string
}
