//! Input that is no polygon, and polygons that would take without end.

use maskrle::{Error, Limits, Runs};

fn error(size: [u32; 2], polygons: &[&[f64]]) -> String {
    Runs::from_polygons(size, polygons).unwrap_err().to_string()
}

#[test]
fn input_that_is_no_polygon_is_refused_with_its_position() {
    let good: &[f64] = &[0.0, 0.0, 4.0, 0.0, 4.0, 4.0];
    let cases: [(&[f64], &str); 8] = [
        (&[], "polygon 1, points: 0 points, a polygon has 3 at least"),
        (
            &[1.0, 2.0, 3.0, 4.0],
            "polygon 1, points: 2 points, a polygon has 3 at least",
        ),
        (
            &[1.0; 7],
            "polygon 1, coordinate 6: it has no second coordinate: each point has an x and a y",
        ),
        (
            &[0.0, 0.0, 1.0, f64::NAN, 2.0, 2.0],
            "polygon 1, coordinate 3: NaN is not within 2^32 of 0",
        ),
        (
            &[0.0, 0.0, 1.0, 1.0, f64::INFINITY, 2.0],
            "polygon 1, coordinate 4: inf is not within 2^32 of 0",
        ),
        (
            &[f64::NEG_INFINITY; 6],
            "polygon 1, coordinate 0: -inf is not within 2^32 of 0",
        ),
        (
            &[0.0, 4294967297.0, 0.0, 0.0, 1.0, 1.0],
            "polygon 1, coordinate 1: 4294967297 is not within 2^32 of 0",
        ),
        (
            &[0.0, 0.0, 0.0, 0.0, 1.0, -4294967297.5],
            "polygon 1, coordinate 5: -4294967297.5 is not within 2^32 of 0",
        ),
    ];
    for (polygon, expected) in cases {
        assert_eq!(error([4, 4], &[good, polygon]), expected);
    }
    assert!(error([4, 4], &[&[1e300; 6]]).starts_with("polygon 0, coordinate 0: 1"));
    // The nearest numbers beyond 2^32, and 2^32 itself.
    let farthest = 4294967296.0f64;
    for (sign, is_refused) in [(1.0, true), (-1.0, true), (1.0, false), (-1.0, false)] {
        let far = sign
            * if is_refused {
                farthest.next_up()
            } else {
                farthest
            };
        let polygon = [0.0, 0.0, 1.0, 0.0, 1.0, far];
        assert_eq!(
            Runs::from_polygons([4, 4], &[polygon]).is_err(),
            is_refused,
            "{far}"
        );
    }
}

#[test]
fn masks_of_too_many_pixels_are_refused() {
    let found = error([65_536, 65_536], &[&[0.0, 0.0, 4.0, 0.0, 4.0, 4.0]]);
    assert_eq!(
        found,
        "a mask of 65536 x 65536 has 4294967296 pixels, the limit is 4294967295"
    );
}

/// As far away as a coordinate may be: no step of it is walked.
#[test]
fn the_farthest_points_take_no_time() {
    let far = 4294967296.0;
    let around = [-far, -far, far, -far, far, far, -far, far];
    let runs = Runs::from_polygons([1000, 1000], &[&around[..]]).unwrap();
    assert_eq!(runs.areas(), [1_000_000]);
    let diagonal = [-far, -far, far, far, -far, far];
    let runs = Runs::from_polygons([1000, 1000], &[&diagonal[..]]).unwrap();
    assert_eq!(runs.areas(), [500_500]);
}

#[test]
fn masks_without_pixels_stay_so() {
    for size in [[0, 0], [0, 9], [9, 0], [0, u32::MAX], [u32::MAX, 0]] {
        let runs = Runs::from_polygons(size, &[[-9.0, -9.0, 20.0, -9.0, 5.0, 20.0]]).unwrap();
        assert_eq!(
            (
                runs.areas(),
                runs.starts().len(),
                runs.get(0).unwrap().size()
            ),
            (vec![0], 0, size)
        );
    }
    let none: [Vec<f64>; 0] = [];
    assert!(Runs::from_polygons([4, 4], &none).unwrap().is_empty());
}

/// One row of pixels, whose columns are all crossed twice: refused before anything is made. The
/// first is just beyond the limit, so that a missing limit fails here and not for want of memory.
#[test]
fn crossings_are_limited() {
    for width in [(1 << 27) + 1, u32::MAX] {
        let side = f64::from(width);
        let wide = [0.0, 0.0, side, 0.0, side, 1.0, 0.0, 1.0];
        let error = Runs::from_polygons([1, width], &[wide]).unwrap_err();
        let runs = 2 * u64::from(width);
        let expected =
            format!("{runs} runs would be made, the limit is 268435456: Limits::runs raises it");
        assert_eq!(error.to_string(), expected);
    }

    let triangle = [0.0, 0.0, 10.0, 0.0, 10.0, 10.0];
    let limits = Limits::default().with_runs(20).with_masks(2);
    let rasterise = |polygons: &[[f64; 6]]| Runs::from_polygons_within([10, 10], polygons, &limits);
    assert!(rasterise(&[triangle]).is_ok());
    let less = limits.with_runs(19);
    assert!(Runs::from_polygons_within([10, 10], &[triangle], &less).is_err());
    assert!(matches!(
        rasterise(&[triangle, triangle]),
        Err(Error::Limit(_))
    ));
    assert!(matches!(rasterise(&[[0.0; 6]; 3]), Err(Error::Limit(_))));
}
