//! What cleans, turns, warps and measures masks, against pixels.

use maskrle::{Connectivity, Footprint, MaskRuns, Masks, MorphOp, Runs, SetOp};
use ndarray::{Array2, ArrayView2};

use super::bytes::Bytes;
use super::pixels::{encoder, masks};

/// One operation on a mask, in either scan order.
pub fn run(data: &[u8]) {
    let mut bytes = Bytes(data);
    let (order, kind) = (bytes.order(), bytes.byte() % 7);
    let [first, second] = [bytes.byte(), bytes.byte()];
    let matrix = match kind {
        6 => warp_matrix(&mut bytes),
        _ => [[0.0; 3]; 3],
    };
    let pixels = masks(&mut bytes, 1).remove(0);
    let runs_of = |mask: &Array2<bool>| {
        let runs = encoder().runs(&Masks::binary(mask).expect("small"), order);
        runs.expect("small").mask(0).to_owned()
    };
    let mask = runs_of(&pixels);
    match kind {
        0 => check_turn(&mask, &pixels, i32::from(first) - 100),
        1 => {
            let times = [first % 4, second % 4].map(u32::from);
            let (h, w) = pixels.dim();
            let shape = [h * times[0] as usize, w * times[1] as usize];
            let tiled = Array2::from_shape_fn(shape, |(y, x)| pixels[[y % h, x % w]]);
            assert_eq!(mask.tile(times).expect("small"), runs_of(&tiled));
        }
        2 => check_resized(&mask, &pixels, [first % 40, second % 40].map(u32::from)),
        3 => check_moments(&mask, &pixels),
        4 => check_dilated(&mask, &pixels, [first, second]),
        5 => check_components(&mask, first),
        _ => check_warped(
            &mask,
            &pixels,
            matrix,
            [first % 40, second % 40].map(u32::from),
        ),
    }
}

fn decoded(mask: &MaskRuns) -> Array2<bool> {
    let rows = mask.decode(maskrle::Order::RowMajor);
    rows.expect("small")
}

fn check_turn(mask: &MaskRuns, pixels: &Array2<bool>, turns: i32) {
    let turned = |mask: ArrayView2<'_, bool>| {
        let (h, w) = mask.dim();
        Array2::from_shape_fn((w, h), |(y, x)| mask[[x, w - 1 - y]])
    };
    let mut expected = pixels.clone();
    for _ in 0..turns.rem_euclid(4) {
        expected = turned(expected.view());
    }
    assert_eq!(decoded(&mask.rot90(turns)), expected);
    assert_eq!(mask.rot90(turns).rot90(-turns), *mask);
}

fn check_resized(mask: &MaskRuns, pixels: &Array2<bool>, size: [u32; 2]) {
    let (h, w) = pixels.dim();
    let resized = mask.resize_nearest(size);
    if pixels.is_empty() && !size.contains(&0) {
        return assert!(resized.is_err());
    }
    let source = |side: usize, to: u32, pixel: usize| {
        let scale = 1.0 / (f64::from(to) / side as f64);
        ((pixel as f64 * scale) as usize).min(side - 1)
    };
    let expected = Array2::from_shape_fn(size.map(|side| side as usize), |(y, x)| {
        pixels[[source(h, size[0], y), source(w, size[1], x)]]
    });
    assert_eq!(decoded(&resized.expect("small")), expected);
}

/// Nine numbers, whole, or sixteenths, or any at all.
fn warp_matrix(bytes: &mut Bytes<'_>) -> [[f64; 3]; 3] {
    let kind = bytes.byte() % 4;
    let mut number = || {
        let whole = f64::from(bytes.byte() as i8);
        match kind {
            0 => whole,
            1 => whole / 16.0,
            2 => whole / 10.0 * 10f64.powi((bytes.byte() as i8 / 4).into()),
            _ => f64::from_bits(u64::from_le_bytes(std::array::from_fn(|_| bytes.byte()))),
        }
    };
    let [first, second] = std::array::from_fn(|_| std::array::from_fn(|_| number()));
    let last = match number() {
        bent if bent < 0.0 => [number(), number(), bent],
        _ => [0.0, 0.0, 1.0],
    };
    [first, second, last]
}

/// Warped pixel by pixel, if the matrix has an inverse.
fn check_warped(mask: &MaskRuns, pixels: &Array2<bool>, matrix: [[f64; 3]; 3], size: [u32; 2]) {
    let Ok(warped) = mask.warp_perspective(matrix, size) else {
        return;
    };
    let [[a, b, c], [d, e, f], [g, h, i]] = matrix;
    let adjugate = [
        [e * i - f * h, c * h - b * i, b * f - c * e],
        [f * g - d * i, a * i - c * g, c * d - a * f],
        [d * h - e * g, b * g - a * h, a * e - b * d],
    ];
    let determinant = a * adjugate[0][0] + b * adjugate[1][0] + c * adjugate[2][0];
    let inverse = adjugate.map(|row| row.map(|number| number / determinant));
    let expected = Array2::from_shape_fn(size.map(|side| side as usize), |(y, x)| {
        let [x, y, w] = inverse.map(|row| row[0] * x as f64 + row[1] * y as f64 + row[2]);
        let [x, y] = [x / w, y / w].map(|place| (place + 0.5).floor());
        let is_inside = w != 0.0 && x >= 0.0 && y >= 0.0;
        is_inside
            && pixels
                .get([y as usize, x as usize])
                .is_some_and(|&pixel| pixel)
    });
    assert_eq!(decoded(&warped), expected, "{matrix:?}");
}

fn check_moments(mask: &MaskRuns, pixels: &Array2<bool>) {
    let set = pixels.indexed_iter().filter(|&(_, &pixel)| pixel);
    let (mut m11, mut m30, mut m12) = (0, 0, 0);
    for ((y, x), _) in set {
        let [x, y] = [x, y].map(|place| place as u128);
        (m11, m30, m12) = (m11 + x * y, m30 + x * x * x, m12 + x * y * y);
    }
    let found = mask.moments();
    assert_eq!((found.m11, found.m30, found.m12), (m11, m30, m12));
    assert_eq!(found.m00, u128::from(mask.area()));
}

/// Dilated by a small footprint, pixel by pixel; eroded is the complement's complement.
fn check_dilated(mask: &MaskRuns, pixels: &Array2<bool>, [first, second]: [u8; 2]) {
    let reach = [first % 3, second % 3].map(i64::from);
    let is_disk = first >= 128;
    let footprint = match is_disk {
        true => Footprint::Disk(reach[0] as u32),
        false => Footprint::Box(reach.map(|reach| 2 * reach as u32 + 1)),
    };
    let within = |y: i64, x: i64| match is_disk {
        true => y * y + x * x <= reach[0] * reach[0],
        false => y.abs() <= reach[0] && x.abs() <= reach[1],
    };
    let mut expected = Array2::from_elem(pixels.dim(), false);
    let (h, w) = pixels.dim();
    for ((y, x), _) in pixels.indexed_iter().filter(|&(_, &pixel)| pixel) {
        for dy in -2..=2 {
            for dx in -2..=2 {
                let [y, x] = [y as i64 + dy, x as i64 + dx];
                if within(dy, dx) && (0..h as i64).contains(&y) && (0..w as i64).contains(&x) {
                    expected[[y as usize, x as usize]] = true;
                }
            }
        }
    }
    let dilated = mask.morph(MorphOp::Dilate, footprint).expect("small");
    assert_eq!(decoded(&dilated), expected);
    let eroded = mask.complement().expect("binary");
    let eroded = eroded.morph(MorphOp::Erode, footprint).expect("small");
    assert_eq!(eroded, dilated.complement().expect("binary"));
}

/// Components are parts of the mask that do not touch, and holes are parts of what is not.
fn check_components(mask: &MaskRuns, first: u8) {
    let connectivity = match first % 2 {
        0 => Connectivity::Four,
        _ => Connectivity::Eight,
    };
    let parts = mask.connected_components(connectivity).expect("few");
    assert_eq!(parts.areas().iter().sum::<u64>(), mask.area());
    let largest = mask.largest_component(connectivity).expect("binary");
    assert_eq!(largest.area(), parts.areas().into_iter().max().unwrap_or(0));
    if !parts.is_empty() {
        assert_eq!(parts.merge(SetOp::Union).as_ref(), Ok(mask));
        let again = parts.connected_components(connectivity).expect("few");
        assert_eq!(again, (parts.clone(), (0..parts.len()).collect()));
    }
    let filled = mask.fill_holes(connectivity).expect("binary");
    assert_eq!(filled.fill_holes(connectivity).as_ref(), Ok(&filled));
    assert_eq!(filled.merge(mask, SetOp::Union).as_ref(), Ok(&filled));
    let kept = mask.remove_small_components(u64::from(first), connectivity);
    let large = parts
        .areas()
        .into_iter()
        .filter(|&area| area >= u64::from(first));
    assert_eq!(kept.expect("binary").area(), large.sum::<u64>());
    let edge = Runs::from(mask.clone()).boundary(0.05).expect("binary");
    assert_eq!(edge.mask(0).merge_area(mask, SetOp::Difference), Ok(0));
}
