//! The polygons of an annotation without those that are none.

use std::fmt;

use anyhow::{Result, anyhow};
use serde::de::{Deserialize, Deserializer, SeqAccess, Visitor};
use serde_json::value::RawValue;

use super::fields::Fields;
use super::json_text::parse;
use super::location::Location;
use super::polygons::LEAST_NUMBERS;
use super::skipped::Skipped;

/// The polygons of a list that can be read, and what is wrong with the others.
#[derive(Debug)]
pub struct GoodPolygons {
    /// JSON of the list of the good ones.
    pub list: Box<RawValue>,
    /// Number of the others.
    pub left_out: u64,
    /// What is wrong with the first of them.
    pub first: anyhow::Error,
}

impl GoodPolygons {
    /// Reads a list. None where no polygon is left out, or no good one is left.
    pub fn read(segmentation: &str) -> Option<Self> {
        if !segmentation.starts_with('[') {
            return None;
        }
        let Sorted {
            list,
            good,
            bad,
            first,
        } = parse(segmentation).ok()?;
        if good == 0 {
            return None;
        }
        Some(GoodPolygons {
            list: RawValue::from_string(list + "]").ok()?,
            left_out: bad,
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
    let Some(good) = fields
        .segmentation
        .and_then(|segmentation| GoodPolygons::read(segmentation.get()))
    else {
        return Err(error);
    };
    let good_fields = Fields {
        segmentation: Some(&good.list),
        ..*fields
    };
    let Ok(found) = read(&good_fields) else {
        return Err(error);
    };
    let bad = good.first.context(location.key("segmentation"));
    skipped.leave_polygons(good.left_out, &locate(bad));
    Ok(found)
}

/// Polygons so far.
#[derive(Debug, Default)]
struct Sorted {
    /// Text of the good ones, after a bracket and with commas between them.
    list: String,
    good: u64,
    bad: u64,
    first: Option<anyhow::Error>,
}

impl Sorted {
    fn add(&mut self, index: u64, polygon: &RawValue) {
        let text = polygon.get();
        match check(text) {
            Ok(()) => {
                self.list.push(if self.good == 0 { '[' } else { ',' });
                self.list.push_str(text);
                self.good += 1;
            }
            Err(error) => {
                self.bad += 1;
                self.first
                    .get_or_insert_with(|| error.context(format!("polygon {index}")));
            }
        }
    }
}

/// Fails where the text is no polygon.
fn check(text: &str) -> Result<()> {
    let numbers: Vec<f64> = parse(text)?;
    match numbers.len() {
        count if count < LEAST_NUMBERS => Err(anyhow!(
            "{count} numbers, and a polygon has {} at least",
            LEAST_NUMBERS
        )),
        count if count % 2 == 1 => Err(anyhow!("{count} numbers are no pairs of x and y")),
        _ => Ok(()),
    }
}

impl<'de> Deserialize<'de> for Sorted {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct SortedVisitor;

        impl<'de> Visitor<'de> for SortedVisitor {
            type Value = Sorted;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a list of polygons")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Sorted, A::Error> {
                let mut sorted = Sorted::default();
                let mut index = 0;
                while let Some(polygon) = list.next_element::<&RawValue>()? {
                    sorted.add(index, polygon);
                    index += 1;
                }
                Ok(sorted)
            }
        }

        deserializer.deserialize_seq(SortedVisitor)
    }
}

#[cfg(test)]
mod tests {
    use super::GoodPolygons;

    #[test]
    fn the_good_ones_stay() {
        let good =
            GoodPolygons::read("[[0,0,3,0,0,3], [1,1,2,2],[0,0 ,3,0,3,3], 7, [1,2,3,4,5,6,7]]")
                .expect("two are good");
        assert_eq!(good.list.get(), "[[0,0,3,0,0,3],[0,0 ,3,0,3,3]]");
        assert_eq!(good.left_out, 3);
        let first = good.first.context("x");
        assert_eq!(
            format!("{first:#}"),
            "x: polygon 1: 4 numbers, and a polygon has 6 at least"
        );
        for text in ["[[0,0,3,0,0,3]]", "[[2,2]]", "[]", "{}", "[1,2,3,4,5,6]"] {
            assert!(GoodPolygons::read(text).is_none(), "{text}");
        }
    }
}
