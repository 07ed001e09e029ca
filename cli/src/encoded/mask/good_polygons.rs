//! The polygons of an annotation without those that are none.

use anyhow::Result;

use super::polygons::check_polygon;
use crate::encoded::fields::Fields;
use crate::encoded::json::{Location, Value};
use crate::encoded::skipped::Skipped;

/// The polygons of a list that can be drawn, and what is wrong with the others.
#[derive(Debug)]
struct GoodPolygons {
    /// JSON of the list of the good ones.
    list: String,
    /// Number of the others.
    left_out: u64,
    /// Fault of the first of them.
    first: anyhow::Error,
}

impl GoodPolygons {
    /// Reads a list. None where no polygon is left out, or no good one is left.
    fn read(segmentation: Value<'_>) -> Option<Self> {
        let (mut list, mut left_out, mut first) = (String::new(), 0, None);
        for (index, polygon) in segmentation.items().enumerate() {
            match check_polygon(polygon) {
                Ok(()) => {
                    list.push(if list.is_empty() { '[' } else { ',' });
                    list.push_str(polygon.json());
                }
                Err(error) => {
                    left_out += 1;
                    first.get_or_insert_with(|| error.context(format!("polygon {index}")));
                }
            }
        }
        if list.is_empty() {
            return None;
        }
        list.push(']');
        Some(GoodPolygons {
            list,
            left_out,
            first: first?,
        })
    }
}

/// The result of `read` for an object; if that is an error, then for the object without its bad
/// polygons, which are counted.
pub fn without_bad_polygons<T>(
    fields: &Fields<'_>,
    location: Location,
    mut read: impl FnMut(&Fields<'_>) -> Result<T>,
    locate: impl Fn(anyhow::Error) -> anyhow::Error,
    skipped: &mut Skipped,
) -> Result<T> {
    let error = match read(fields) {
        Ok(found) => return Ok(found),
        Err(error) => error,
    };
    let Some(good) = fields.segmentation.and_then(GoodPolygons::read) else {
        return Err(error);
    };
    let good_fields = Fields {
        segmentation: Some(Value::new(&good.list)),
        ..*fields
    };
    let Ok(found) = read(&good_fields) else {
        return Err(error);
    };
    let bad = good.first.context(location.key("segmentation"));
    skipped.leave_polygons(good.left_out, &locate(bad));
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::{GoodPolygons, Value};

    #[test]
    fn the_good_ones_stay() {
        let read = |text| GoodPolygons::read(Value::new(text));
        let good = read("[[0,0,3,0,0,3], [1,1,2,2],[0,0 ,3,0,3,3], 7, [1,2,3,4,5,6,7]]")
            .expect("two are good");
        assert_eq!(good.list, "[[0,0,3,0,0,3],[0,0 ,3,0,3,3]]");
        assert_eq!(good.left_out, 3);
        let first = good.first.context("x");
        assert_eq!(
            format!("{first:#}"),
            "x: polygon 1: 2 points, a polygon has 3 at least"
        );
        for text in ["[[0,0,3,0,0,3]]", "[[2,2]]", "[]", "{}", "[1,2,3,4,5,6]"] {
            assert!(read(text).is_none(), "{text}");
        }
    }
}
