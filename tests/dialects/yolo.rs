//! YOLO's lines, and outlines with fewer points.

use maskrle::dialect::YoloSegment;
use maskrle::{Encoder, Masks, Order, Polygon};
use proptest::prelude::*;

use crate::refused;
use crate::support::strategies;

proptest! {
    /// Without tolerance no pixel changes, whatever the number of parts and holes.
    #[test]
    fn any_mask_comes_back(pixels in strategies::mask()) {
        let masks = Masks::binary(&pixels)?;
        let runs = Encoder::new().runs(&masks, Order::ColumnMajor)?;
        match YoloSegment::of_mask(4, &runs.mask(0), 0.0)? {
            Some(line) => {
                let text = line.to_string();
                prop_assert_eq!(&text.parse::<YoloSegment>()?, &line);
                prop_assert_eq!(line.to_runs(runs.mask(0).size())?, runs.mask(0));
            }
            None => prop_assert_eq!(runs.mask(0).area(), 0),
        }
    }

    /// Points of both outlines are within the tolerance of the other one.
    #[test]
    fn outlines_stay_within_the_tolerance(
        pixels in strategies::mask(),
        tolerance in prop_oneof![Just(0.0), 0.0..3.0, 0.0..50.0],
    ) {
        let masks = Masks::binary(&pixels)?;
        let runs = Encoder::new().runs(&masks, Order::RowMajor)?;
        for polygon in runs.mask(0).to_polygons()? {
            let simplified = polygon.simplified(tolerance)?;
            prop_assert_eq!(simplified.holes.len(), polygon.holes.len());
            for (old, new) in rings(&polygon).zip(rings(&simplified)) {
                prop_assert!(new.len() >= 3 && new[0] == old[0]);
                prop_assert!(tolerance > 0.0 || new == old);
                for (a, b) in [(old, new), (new, old)] {
                    let farthest = samples(a).map(|point| distance(point, b)).fold(0.0, f64::max);
                    prop_assert!(farthest <= tolerance + 1e-9, "{} > {}", farthest, tolerance);
                }
            }
        }
    }
}

fn rings(polygon: &Polygon) -> impl Iterator<Item = &Vec<[u32; 2]>> {
    std::iter::once(&polygon.outer).chain(&polygon.holes)
}

fn edges(ring: &[[u32; 2]]) -> impl Iterator<Item = [[f64; 2]; 2]> {
    let ends = ring.iter().zip(ring.iter().cycle().skip(1));
    ends.map(|(a, b)| [a, b].map(|point| point.map(f64::from)))
}

/// Points along the edges of a ring.
fn samples(ring: &[[u32; 2]]) -> impl Iterator<Item = [f64; 2]> {
    edges(ring).flat_map(|[a, b]| {
        (0..5).map(move |i| [0, 1].map(|axis| a[axis] + (b[axis] - a[axis]) * f64::from(i) / 5.0))
    })
}

fn distance([x, y]: [f64; 2], ring: &[[u32; 2]]) -> f64 {
    let to_edge = |[[ax, ay], [bx, by]]: [[f64; 2]; 2]| {
        let length = (bx - ax).hypot(by - ay);
        let along = ((x - ax) * (bx - ax) + (y - ay) * (by - ay)) / length / length;
        let along = along.clamp(0.0, 1.0);
        (x - ax - along * (bx - ax)).hypot(y - ay - along * (by - ay))
    };
    edges(ring).map(to_edge).fold(f64::INFINITY, f64::min)
}

#[test]
fn lines_that_are_none() {
    let read = |line: &str| line.parse::<YoloSegment>();
    let line = read(" 3.0 0 0 1 0 1.5 1e0 0.75\n").unwrap();
    assert_eq!((line.class, line.score), (3, Some(0.75)));
    assert_eq!(line.points, [[0.0, 0.0], [1.0, 0.0], [1.5, 1.0]]);
    assert_eq!(line.to_polygon([10, 20]), [0.0, 0.0, 20.0, 0.0, 30.0, 10.0]);
    for (line, expected) in [
        (
            "",
            "field 0: the class \"\" is not a whole number of 32 bits",
        ),
        (
            "-1 0 0 1 0 1 1",
            "field 0: the class \"-1\" is not a whole number of 32 bits",
        ),
        (
            "0 0.5 0.5 0.2 0.2",
            "points: 4 numbers after the class, a polygon has three points at least",
        ),
        ("0 0 0 1 NaN 1 1", "field 4: \"NaN\" is not a number"),
        ("0 0 0 1 x 1 1", "field 4: \"x\" is not a number"),
    ] {
        assert_eq!(refused(read(line)), expected);
    }
    for tolerance in [-1.0, f64::NAN] {
        let polygon = Polygon {
            outer: vec![[0, 0], [1, 0], [1, 1], [0, 1]],
            holes: vec![],
        };
        refused(polygon.simplified(tolerance));
    }
}
