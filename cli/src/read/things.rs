//! Arrays that are boxes or points, by their names and shapes.

/// Numbers of a thing that masks have beside their pixels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Thing {
    /// Four sides, or five numbers with a score.
    Boxes,
    /// Two coordinates, or three, or four with a score.
    Points,
}

const BOXES: &[&str] = &["box", "boxes", "xyxy", "xywh", "cxcywh", "rois"];
const POINTS: &[&str] = &[
    "point",
    "points",
    "coords",
    "kpt",
    "kpts",
    "joints",
    "landmarks",
];

impl Thing {
    /// The thing that an array is, if its name ends in the word for it and its last dimension is of
    /// its numbers.
    pub fn of(name: &str, shape: &[u64]) -> Option<Self> {
        let [_, .., last] = shape else {
            return None;
        };
        let has = |words: &[&str]| {
            let mut parts = name.split(|c: char| !c.is_alphabetic());
            parts.any(|part| {
                let part = part.to_lowercase();
                words.iter().any(|word| part.ends_with(word))
            })
        };
        match last {
            4 | 5 if has(BOXES) => Some(Thing::Boxes),
            2..=4 if has(POINTS) => Some(Thing::Points),
            _ => None,
        }
    }

    /// The word for several.
    pub fn name(self) -> &'static str {
        match self {
            Thing::Boxes => "boxes",
            Thing::Points => "points",
        }
    }
}

/// True if the last dimension is as short as that of boxes, points and colours.
pub fn is_few(shape: &[u64]) -> bool {
    const MOST: u64 = 4;
    shape.last().is_some_and(|&last| last <= MOST)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_shapes() {
        for (name, shape, expected) in [
            ("boxes", &[7, 4][..], Some(Thing::Boxes)),
            ("pred_boxes", &[2, 7, 4], Some(Thing::Boxes)),
            ("BBox3", &[7, 5], Some(Thing::Boxes)),
            ("bbox_xywh", &[4, 4], Some(Thing::Boxes)),
            ("predBoxes", &[4, 4], Some(Thing::Boxes)),
            ("keypoints_2d", &[7, 17, 2], Some(Thing::Points)),
            ("gt/kpts", &[7, 17, 3], Some(Thing::Points)),
            // Masks of boxes.
            ("boxes", &[480, 640], None),
            ("box", &[4], None),
            ("boxed", &[7, 4], None),
            ("masks", &[7, 4], None),
            ("points", &[7, 5], None),
        ] {
            assert_eq!(Thing::of(name, shape), expected, "{name} {shape:?}");
        }
    }
}
