//! 10,000 polygons as pycocotools 2.0.11 rasterises them: `tests/data/make_polygon_golden.py`.

use std::collections::HashMap;

use maskrle::{CocoRle, Runs};

type Entry = (String, u32, u32, Vec<f64>, String);

fn golden() -> Vec<Entry> {
    serde_json::from_str(include_str!("../data/golden_polygons.json")).unwrap()
}

#[test]
fn polygons_are_those_of_pycocotools() {
    let golden = golden();
    assert_eq!(golden.len(), 10_000);
    let mut wrong: HashMap<String, usize> = HashMap::new();
    for (kind, height, width, polygon, expected) in golden {
        let runs = Runs::from_polygons([height, width], &[polygon]).unwrap();
        let string = CocoRle::try_from(runs.get(0).unwrap()).unwrap().counts;
        if string != expected {
            *wrong.entry(kind).or_default() += 1;
        }
    }
    assert_eq!(wrong, HashMap::new());
}

/// All of one size at once, on all cores, are those one by one.
#[test]
fn a_stack_is_its_polygons_one_by_one() {
    let polygons: Vec<Vec<f64>> = golden()
        .into_iter()
        .map(|(_, _, _, polygon, _)| polygon)
        .collect();
    let stack = Runs::from_polygons([40, 60], &polygons).unwrap();
    assert_eq!(stack.len(), polygons.len());
    for (mask, polygon) in stack.iter().zip(&polygons) {
        assert_eq!(
            Runs::from_polygons([40, 60], &[polygon]).unwrap().get(0),
            Some(mask),
            "{polygon:?}"
        );
    }
}
