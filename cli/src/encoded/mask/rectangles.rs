//! Runs as rectangles: whole scan lines are filled at once, whichever way they go.

use std::ops::Range;

use maskrle::{MaskView, Order};

/// Rows and columns of a mask.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rectangle {
    pub rows: Range<usize>,
    pub columns: Range<usize>,
}

impl Rectangle {
    /// All pixels of a mask of this height and width.
    pub fn whole([height, width]: [u32; 2]) -> Self {
        Rectangle {
            rows: 0..height as usize,
            columns: 0..width as usize,
        }
    }

    /// The part that both have; perhaps none.
    pub fn within(&self, other: &Rectangle) -> Rectangle {
        let cut = |own: &Range<usize>, other: &Range<usize>| {
            own.start.clamp(other.start, other.end)..own.end.clamp(other.start, other.end)
        };
        Rectangle {
            rows: cut(&self.rows, &other.rows),
            columns: cut(&self.columns, &other.columns),
        }
    }
}

/// Rectangles of the pixels `run` of a mask's scan, three at most: the run's part of its first scan
/// line, the lines that it fills, and its part of its last.
pub fn rectangles(mask: MaskView<'_>, run: Range<usize>) -> impl Iterator<Item = Rectangle> {
    let [height, width] = mask.size().map(|side| side as usize);
    let order = mask.order();
    let length = match order {
        Order::RowMajor => width,
        Order::ColumnMajor => height,
    };
    // A mask without pixels has no runs.
    let length = length.max(1);
    let (first, last) = (run.start / length, run.end / length);
    let (from, to) = (run.start % length, run.end % length);
    let parts = if first == last {
        [Some((first..first + 1, from..to)), None, None]
    } else {
        let filled = first + usize::from(from > 0)..last;
        [
            (from > 0).then_some((first..first + 1, from..length)),
            (!filled.is_empty()).then_some((filled, 0..length)),
            (to > 0).then_some((last..last + 1, 0..to)),
        ]
    };
    parts
        .into_iter()
        .flatten()
        .map(move |(lines, within)| match order {
            Order::RowMajor => Rectangle {
                rows: lines,
                columns: within,
            },
            Order::ColumnMajor => Rectangle {
                rows: within,
                columns: lines,
            },
        })
}

#[cfg(test)]
mod tests {
    use super::*;
    use maskrle::MaskRuns;

    #[test]
    fn rectangles_hold_each_pixel_of_a_run_once() {
        for order in [Order::RowMajor, Order::ColumnMajor] {
            for start in 0..12u32 {
                for end in start + 1..=12 {
                    let counts = [start, end - start, 12 - end];
                    let mask = MaskRuns::from_counts([3, 4], order, counts).expect("12 pixels");
                    let mut pixels = [[0; 4]; 3];
                    let parts: Vec<_> =
                        rectangles(mask.view(), start as usize..end as usize).collect();
                    assert!((1..=3).contains(&parts.len()), "{parts:?}");
                    for Rectangle { rows, columns } in parts {
                        for row in &mut pixels[rows] {
                            row[columns.clone()]
                                .iter_mut()
                                .for_each(|pixel| *pixel += 1);
                        }
                    }
                    let expected = mask.to_mask().expect("it is small");
                    assert_eq!(
                        Some(pixels.as_flattened()),
                        expected.as_slice(),
                        "{start}..{end}, {order:?}"
                    );
                }
            }
        }
    }
}
