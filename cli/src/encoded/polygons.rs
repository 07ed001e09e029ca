//! Polygons as COCO's datasets write them.

use std::fmt;

use maskrle::{MaskRuns, Runs, SetOp};
use serde::de::{Deserialize, Deserializer, Error, SeqAccess, Visitor};

use super::limits::limits;

/// Fewest numbers of a polygon: x and y of three points.
pub const LEAST_NUMBERS: usize = 6;

/// Polygons of one mask: the x and y of each one's points, alternating.
///
/// Reading ends at the first that has too few numbers: of a few bytes each, millions would take ten
/// times their text.
#[derive(Debug)]
pub struct Polygons(Vec<Vec<f64>>);

impl Polygons {
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Runs of the union of all polygons in an image of this height and width.
    pub fn to_runs(&self, size: [u32; 2]) -> maskrle::Result<MaskRuns> {
        Runs::from_polygons_within(size, &self.0, &limits())?.merge(SetOp::Union)
    }
}

impl<'de> Deserialize<'de> for Polygons {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct PolygonsVisitor;

        impl<'de> Visitor<'de> for PolygonsVisitor {
            type Value = Polygons;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a list of polygons")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Polygons, A::Error> {
                let mut polygons = Vec::new();
                while let Some(polygon) = list.next_element::<Vec<f64>>()? {
                    if polygon.len() < LEAST_NUMBERS {
                        let (index, numbers) = (polygons.len(), polygon.len());
                        let what = format!(
                            "polygon {index} is {numbers} numbers, and a polygon has \
                             {LEAST_NUMBERS} at least"
                        );
                        return Err(A::Error::custom(what));
                    }
                    polygons.push(polygon);
                }
                Ok(Polygons(polygons))
            }
        }

        deserializer.deserialize_seq(PolygonsVisitor)
    }
}
