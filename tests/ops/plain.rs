//! Runs and pixels, from one to the other by plain loops that are never optimised.

use maskrle::{MaskRuns, MaskView, Order, Runs, SetOp};
use ndarray::{Array2, ArrayView2, ShapeBuilder, Zip};

pub use crate::support::{ORDERS, only};

/// The values in scan order.
fn scanned<T: Copy>(pixels: ArrayView2<'_, T>, order: Order) -> Vec<T> {
    let (h, w) = pixels.dim();
    let pixel_at = |position| match order {
        Order::RowMajor => [position / w, position % w],
        Order::ColumnMajor => [position % h, position / h],
    };
    (0..h * w)
        .map(|position| pixels[pixel_at(position)])
        .collect()
}

/// Lengths of runs that alternate, the background first.
pub fn counts(pixels: ArrayView2<'_, bool>, order: Order) -> Vec<u32> {
    let mut counts = vec![0];
    let mut last = false;
    for value in scanned(pixels, order) {
        if value != last {
            counts.push(0);
            last = value;
        }
        *counts.last_mut().unwrap() += 1;
    }
    counts
}

fn size<T>(pixels: ArrayView2<'_, T>) -> [u32; 2] {
    [pixels.nrows() as u32, pixels.ncols() as u32]
}

/// A stack of one mask.
pub fn runs_of(pixels: ArrayView2<'_, bool>, order: Order) -> Runs {
    MaskRuns::from_counts(size(pixels), order, counts(pixels, order))
        .unwrap()
        .into()
}

/// The runs of a label map. Their type is whatever holds the labels.
pub fn runs_of_labels(pixels: ArrayView2<'_, i64>, order: Order) -> Runs {
    let values = scanned(pixels, order);
    MaskRuns::from_values(size(pixels), order, &values, &vec![1; values.len()])
        .unwrap()
        .into()
}

pub fn stack_of(masks: &[Array2<bool>], order: Order) -> Runs {
    Runs::concat(masks.iter().map(|mask| runs_of(mask.view(), order))).unwrap()
}

/// The value of every pixel.
pub fn values_of(mask: MaskView<'_>) -> Array2<i64> {
    let [h, w] = mask.size().map(|side| side as usize);
    let values: Vec<i64> = mask
        .counts()
        .zip(mask.values())
        .flat_map(|(count, value)| vec![value; count as usize])
        .collect();
    let by_column = mask.order() == Order::ColumnMajor;
    Array2::from_shape_vec((h, w).set_f(by_column), values).unwrap()
}

/// The inverse of a matrix: its adjugate, divided by its determinant.
pub fn inverse([[a, b, c], [d, e, f], [g, h, i]]: [[f64; 3]; 3]) -> [[f64; 3]; 3] {
    let adjugate = [
        [e * i - f * h, c * h - b * i, b * f - c * e],
        [f * g - d * i, a * i - c * g, c * d - a * f],
        [d * h - e * g, b * g - a * h, a * e - b * d],
    ];
    let determinant = a * adjugate[0][0] + b * adjugate[1][0] + c * adjugate[2][0];
    adjugate.map(|row| row.map(|number| number / determinant))
}

/// The point that a target pixel (x, y) comes from; none where it is at infinity.
pub fn source_of(inverse: &[[f64; 3]; 3], [x, y]: [usize; 2]) -> Option<[f64; 2]> {
    let [sx, sy, w] = inverse.map(|row| row[0] * x as f64 + row[1] * y as f64 + row[2]);
    (w != 0.0).then(|| [sx / w, sy / w])
}

/// Warped pixel by pixel, to the nearest one.
pub fn warped(pixels: &Array2<i64>, matrix: [[f64; 3]; 3], size: [u32; 2]) -> Array2<i64> {
    let inverse = inverse(matrix);
    let (height, width) = pixels.dim();
    Array2::from_shape_fn(size.map(|side| side as usize), |(y, x)| {
        let Some(point) = source_of(&inverse, [x, y]) else {
            return 0;
        };
        let [x, y] = point.map(|place| (place + 0.5).floor());
        let is_inside = x >= 0.0 && y >= 0.0 && x < width as f64 && y < height as f64;
        if is_inside {
            pixels[[y as usize, x as usize]]
        } else {
            0
        }
    })
}

pub const OPS: [SetOp; 4] = [
    SetOp::Union,
    SetOp::Intersection,
    SetOp::Difference,
    SetOp::Xor,
];

pub fn by_pixel(op: SetOp, a: &Array2<bool>, b: &Array2<bool>) -> Array2<bool> {
    Zip::from(a).and(b).map_collect(|&a, &b| match op {
        SetOp::Union => a || b,
        SetOp::Intersection => a && b,
        SetOp::Difference => a && !b,
        SetOp::Xor => a != b,
        _ => unreachable!("all operations are in OPS"),
    })
}

pub fn area(mask: &Array2<bool>) -> u64 {
    mask.iter().filter(|&&pixel| pixel).count() as u64
}

/// `[x, y]` of every foreground pixel.
fn foreground(mask: &Array2<bool>) -> Vec<[u32; 2]> {
    mask.indexed_iter()
        .filter(|&(_, &pixel)| pixel)
        .map(|((y, x), _)| [x as u32, y as u32])
        .collect()
}

pub fn bbox(mask: &Array2<bool>) -> [u32; 4] {
    let pixels = foreground(mask);
    if pixels.is_empty() {
        return [0; 4];
    }
    let least = |axis: usize| pixels.iter().map(|pixel| pixel[axis]).min().unwrap();
    let most = |axis: usize| pixels.iter().map(|pixel| pixel[axis]).max().unwrap();
    [
        least(0),
        least(1),
        most(0) - least(0) + 1,
        most(1) - least(1) + 1,
    ]
}

pub fn centroid(mask: &Array2<bool>) -> Option<[f64; 2]> {
    let pixels = foreground(mask);
    let mean = |axis: usize| {
        pixels
            .iter()
            .map(|pixel| f64::from(pixel[axis]))
            .sum::<f64>()
            / pixels.len() as f64
    };
    (!pixels.is_empty()).then(|| [mean(0), mean(1)])
}

/// Sum of x to a power times y to another over all pixels that are not 0.
pub fn moment(labels: &Array2<i64>, [x_power, y_power]: [u32; 2]) -> u128 {
    let terms = labels.indexed_iter().filter(|&(_, &label)| label != 0);
    let term = |((y, x), _)| (x as u128).pow(x_power) * (y as u128).pow(y_power);
    terms.map(term).sum()
}
