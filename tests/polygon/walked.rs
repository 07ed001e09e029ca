//! The published algorithm as it stands: every step along every edge, by a plain loop.

use maskrle::{MaskRuns, Order, Runs};
use proptest::prelude::*;

/// The mask's runs, by `rleFrPoly`'s steps.
fn walked([height, width]: [u32; 2], polygon: &[f64]) -> Runs {
    let fine: Vec<i64> = polygon
        .iter()
        .map(|coordinate| (5.0 * coordinate + 0.5) as i64)
        .collect();
    let points: Vec<[i64; 2]> = fine.chunks(2).map(|point| [point[0], point[1]]).collect();
    let mut steps = Vec::new();
    for (index, &start) in points.iter().enumerate() {
        let end = points[(index + 1) % points.len()];
        let (dx, dy) = ((end[0] - start[0]).abs(), (end[1] - start[1]).abs());
        let is_reversed = if dx >= dy {
            start[0] > end[0]
        } else {
            start[1] > end[1]
        };
        let ([xs, ys], [xe, ye]) = if is_reversed {
            (end, start)
        } else {
            (start, end)
        };
        let mut on_edge: Vec<[i64; 2]> = (0..=dx.max(dy))
            .map(|t| {
                if dx >= dy {
                    let slope = (ye - ys) as f64 / dx as f64;
                    [xs + t, (ys as f64 + slope * t as f64 + 0.5) as i64]
                } else {
                    let slope = (xe - xs) as f64 / dy as f64;
                    [(xs as f64 + slope * t as f64 + 0.5) as i64, ys + t]
                }
            })
            .collect();
        if is_reversed {
            on_edge.reverse();
        }
        steps.extend(on_edge);
    }
    let mut is_change = vec![false; (height * width) as usize + 1];
    for pair in steps.windows(2) {
        let ([u, v], [next_u, next_v]) = (pair[0], pair[1]);
        if u == next_u {
            continue;
        }
        let left = if next_u < u { next_u } else { next_u - 1 };
        let x = (left as f64 + 0.5) / 5.0 - 0.5;
        if x.floor() != x || x < 0.0 || x > f64::from(width) - 1.0 {
            continue;
        }
        let y = ((v.min(next_v) as f64 + 0.5) / 5.0 - 0.5)
            .clamp(0.0, f64::from(height))
            .ceil();
        is_change[x as usize * height as usize + y as usize] ^= true;
    }
    let mut counts = vec![0];
    for (position, &is_change) in is_change[..(height * width) as usize].iter().enumerate() {
        if is_change && (position > 0 || counts.len() == 1) {
            counts.push(0);
        }
        *counts.last_mut().unwrap() += 1;
    }
    MaskRuns::from_counts([height, width], Order::ColumnMajor, counts)
        .unwrap()
        .into()
}

/// Anywhere near the mask, and far from it: on the grid, halfway between its lines, and anywhere.
fn coordinates() -> impl Strategy<Value = f64> {
    let tenths = (-300i32..600).prop_map(|tenths| f64::from(tenths) / 10.0);
    let far = (-30_000i32..30_000).prop_map(|tenths| f64::from(tenths) / 10.0);
    prop_oneof![4 => tenths, 2 => -5.0..45.0f64, 1 => far]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn polygons_are_as_they_are_walked(
        size in [0u32..40, 0u32..40],
        polygon in prop::collection::vec([coordinates(), coordinates()], 3..12),
    ) {
        let polygon = polygon.concat();
        let found = Runs::from_polygons(size, &[&polygon]).unwrap();
        prop_assert_eq!(found, walked(size, &polygon));
    }
}

/// Edges of some million steps, which take no more to compute than short ones.
#[test]
fn long_edges_are_as_they_are_walked() {
    for far in [1e4, 133_333.3, 2e5] {
        for polygon in [
            vec![-far, -7.0, far, 20.0, 3.0, far],
            vec![5.1, -far, 9.7, far, 20.3, -far / 3.0],
            vec![-far, -far, far, far + 9.0, far, far - 31.0, -far, 2.0 - far],
        ] {
            let size = [30, 40];
            assert_eq!(
                Runs::from_polygons(size, &[&polygon]).unwrap(),
                walked(size, &polygon),
                "{polygon:?}"
            );
        }
    }
}
