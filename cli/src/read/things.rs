//! Arrays that are boxes, points, pictures or masks, by their names and shapes.

/// Numbers of a thing that masks have beside their pixels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Thing {
    /// Four sides, and up to three numbers more: an angle, a score, a class.
    Boxes,
    /// Two coordinates, or three, or four with a score.
    Points,
    /// Images that masks are of.
    Pictures,
}

const BOXES: &[&str] = &[
    "box", "boxes", "xyxy", "xywh", "cxcywh", "tlwh", "ltwh", "tlbr", "ltrb", "obb", "rois", "det",
    "dets",
];
const POINTS: &[&str] = &[
    "point",
    "points",
    "coords",
    "kp",
    "kps",
    "kpt",
    "kpts",
    "pts",
    "joints",
    "landmarks",
    "corners",
    "contour",
    "contours",
    "poly",
    "polys",
    "polygon",
    "polygons",
];
const PICTURES: &[&str] = &[
    "image", "images", "img", "imgs", "rgb", "rgba", "bgr", "frame", "frames", "photo", "photos",
    "picture", "pictures", "depth",
];
const MASKS: &[&str] = &["mask", "masks"];

impl Thing {
    /// The thing that an array is, if its name ends in the word for it and its last dimension is of
    /// its numbers.
    pub fn of(name: &str, shape: &[u64]) -> Option<Self> {
        let [_, .., last] = shape else {
            return None;
        };
        match () {
            () if (4..=7).contains(last) && has(name, BOXES) => Some(Thing::Boxes),
            () if (2..=4).contains(last) && has(name, POINTS) => Some(Thing::Points),
            () if has(name, PICTURES) && !has(name, MASKS) => Some(Thing::Pictures),
            () => None,
        }
    }

    /// The word for several.
    pub fn name(self) -> &'static str {
        match self {
            Thing::Boxes => "boxes",
            Thing::Points => "points",
            Thing::Pictures => "pictures",
        }
    }
}

/// True if an array is called masks.
pub fn is_called_masks(name: &str) -> bool {
    has(name, MASKS)
}

/// True if a part of the name ends in one of the words.
fn has(name: &str, words: &[&str]) -> bool {
    let mut parts = name.split(|c: char| !c.is_alphabetic());
    parts.any(|part| {
        let part = part.to_lowercase();
        words.iter().any(|word| part.ends_with(word))
    })
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
            ("dets", &[7, 6], Some(Thing::Boxes)),
            ("contour", &[123, 1, 2], Some(Thing::Points)),
            ("images", &[2, 3, 48, 64], Some(Thing::Pictures)),
            ("image_masks", &[2, 48, 64], None),
        ] {
            assert_eq!(Thing::of(name, shape), expected, "{name} {shape:?}");
        }
    }
}
