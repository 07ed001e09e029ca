//! Torch's formulas of resampled pixels, one pixel at a time: the oracle of both backends.

use maskrle::Paste;
use ndarray::{Array3, ArrayView2, ArrayView3, Axis};

/// One of four products and sums, fused or not.
fn add(fused: bool, factor: f32, by: f32, sum: f32) -> f32 {
    match fused {
        true => factor.mul_add(by, sum),
        false => factor * by + sum,
    }
}

/// A sample of a map, or 0 around it.
fn sample(map: ArrayView2<'_, f32>, row: i64, column: i64) -> f32 {
    let place = [row, column].map(|index| usize::try_from(index).unwrap_or(usize::MAX));
    map.get(place).copied().unwrap_or(0.0)
}

/// A pixel as `grid_sample` makes it, none outside of what is pasted.
fn by_grid_sample(
    map: ArrayView2<'_, f32>,
    [x0, y0, x1, y1]: [f32; 4],
    place: [u32; 2],
    fused: bool,
) -> Option<f32> {
    let axis = |pixel: u32, begin: f32, end: f32, samples: usize| {
        let is_inside = pixel as f32 >= begin.floor() - 1.0 && (pixel as f32) < end.ceil() + 1.0;
        let on_grid = (pixel as f32 + 0.5 - begin) / (end - begin) * 2.0 - 1.0;
        let place = (on_grid + 1.0).mul_add(samples as f32 / 2.0, -0.5);
        is_inside.then_some((
            (place.floor() as i64).clamp(-9, 1 << 30),
            place - place.floor(),
        ))
    };
    let (row, south) = axis(place[0], y0, y1, map.nrows())?;
    let (column, east) = axis(place[1], x0, x1, map.ncols())?;
    let (north, west) = (1.0 - south, 1.0 - east);
    let first = sample(map, row, column) * (north * west);
    let next = add(fused, sample(map, row, column + 1), north * east, first);
    let third = add(fused, sample(map, row + 1, column), south * west, next);
    let fourth = sample(map, row + 1, column + 1);
    Some(add(fused, fourth, south * east, third))
}

/// A pixel as torchvision makes it, none outside of what is pasted.
fn as_torchvision(
    map: ArrayView2<'_, f32>,
    [x0, y0, x1, y1]: [f32; 4],
    place: [u32; 2],
    fused: bool,
) -> Option<f32> {
    let scale = ((map.ncols() + 2) as f64 / map.ncols() as f64) as f32;
    let scaled = |begin: f32, end: f32| {
        let (half, centre) = ((end - begin) * 0.5 * scale, (end + begin) * 0.5);
        [(centre - half) as i64, (centre + half) as i64]
    };
    let (rows, columns) = (scaled(y0, y1), scaled(x0, x1));
    let sides = [rows, columns].map(|[begin, end]| end - begin + 1);
    let is_small = sides[0] + sides[1] <= 128;
    let axis = |pixel: u32, [begin, end]: [i64; 2], samples: usize| {
        let (index, side, samples) = (
            i64::from(pixel) - begin,
            end - begin + 1,
            samples as i64 + 2,
        );
        if !(0..side).contains(&index) {
            return None;
        }
        if side == samples {
            return Some((index, index, 0.0));
        }
        let (scale, centre) = (samples as f32 / side as f32, index as f32 + 0.5);
        let place = match is_small {
            true => scale.mul_add(centre, -0.5),
            false => scale * centre - 0.5,
        };
        let first = place.max(0.0) as i64;
        let next = (first + 1).min(samples - 1);
        Some((first, next, place.max(0.0) - first as f32))
    };
    let (top, bottom, south) = axis(place[0], rows, map.nrows())?;
    let (left, right, east) = axis(place[1], columns, map.ncols())?;
    let (north, west) = (1.0 - south, 1.0 - east);
    let at = |row: i64, column: i64| sample(map, row - 1, column - 1);
    Some(if is_small {
        let first = at(top, right) * (north * east);
        let first = add(fused, at(top, left), north * west, first);
        let third = add(fused, at(bottom, left), south * west, first);
        add(fused, at(bottom, right), south * east, third)
    } else {
        let [above, below] =
            [top, bottom].map(|row| add(fused, at(row, left), west, at(row, right) * east));
        add(fused, above, north, below * south)
    })
}

/// Index and weight of the samples before and after a pixel.
fn place(pixel: u32, from: usize, to: u32, is_small: bool) -> [(usize, f32); 2] {
    if from == to as usize {
        return [(pixel as usize, 1.0), (pixel as usize, 0.0)];
    }
    let (scale, centre) = (from as f32 / to as f32, pixel as f32 + 0.5);
    let place = match is_small {
        true => scale.mul_add(centre, -0.5),
        false => scale * centre - 0.5,
    };
    let place = place.max(0.0);
    let sample = (place as usize).min(from - 1);
    let weight = place - sample as f32;
    [(sample, 1.0 - weight), ((sample + 1).min(from - 1), weight)]
}

/// All pixels of resized masks, one by one, as `interpolate` makes them.
pub fn interpolated(logits: ArrayView3<'_, f32>, size: [u32; 2], fused: bool) -> Array3<f32> {
    let (n, height, width) = logits.dim();
    let is_small = size[0] + size[1] <= 128;
    let add = |factor, by, sum| add(fused, factor, by, sum);
    let shape = [n, size[0] as usize, size[1] as usize];
    Array3::from_shape_fn(shape, |(mask, row, column)| {
        let rows = place(row as u32, height, size[0], is_small);
        let columns = place(column as u32, width, size[1], is_small);
        let [[a, b], [c, d]] =
            rows.map(|(row, _)| columns.map(|(column, _)| logits[[mask, row, column]]));
        let ([top, bottom], [left, right]) =
            (rows.map(|row| row.1), columns.map(|column| column.1));
        if is_small {
            let first = add(a, top * left, b * (top * right));
            add(d, bottom * right, add(c, bottom * left, first))
        } else {
            let [above, below] = [[a, b], [c, d]].map(|[a, b]| add(a, left, b * right));
            add(above, top, below * bottom)
        }
    })
}

/// All pixels of pasted masks, one by one: none outside of what is pasted.
pub fn pasted(
    maps: &Array3<f32>,
    boxes: &[[f32; 4]],
    [height, width]: [u32; 2],
    paste: Paste,
    fused: bool,
) -> Array3<Option<f32>> {
    let shape = [boxes.len(), height as usize, width as usize];
    Array3::from_shape_fn(shape, |(mask, row, column)| {
        let map = maps.index_axis(Axis(0), mask);
        let place = [row as u32, column as u32];
        match paste {
            Paste::Torchvision => as_torchvision(map, boxes[mask], place, fused),
            _ => by_grid_sample(map, boxes[mask], place, fused),
        }
    })
}
