//! Name, image, label and score of a mask, beside its pixels.

use crate::coco::Id;
use crate::encoded::ImageName;
use crate::read::Name;

/// Description of a mask. Each format writes as much of it as it has room for.
#[derive(Debug, Clone, Copy)]
pub struct MaskInfo<'a> {
    pub origin: Origin<'a>,
    /// Label in a label map, or category.
    pub label: Option<i64>,
    /// Name of the category, where it is known.
    pub label_name: Option<&'a str>,
    /// Id of the object that it is of, in a file that follows objects.
    pub object: Option<&'a Id>,
    /// Confidence of a result.
    pub score: Option<f64>,
    /// True if the mask covers many objects of its category, not one.
    pub is_crowd: bool,
}

/// Origin of a mask, which its image is named by.
#[derive(Debug, Clone, Copy)]
pub enum Origin<'a> {
    /// A file of pixels.
    Pixels(InputMask<'a>),
    /// A file of encoded masks, which may name the image.
    Encoded(Option<&'a ImageName>),
}

/// A mask of an input of pixels.
#[derive(Debug, Clone, Copy)]
pub struct InputMask<'a> {
    pub input: &'a Name,
    /// True if the input is a stack of masks, even of one.
    pub is_stack: bool,
    /// Index in the stack.
    pub index: u64,
}

impl<'a> MaskInfo<'a> {
    /// Description of a mask of pixels.
    pub fn of_pixels(mask: InputMask<'a>) -> Self {
        MaskInfo::of(Origin::Pixels(mask))
    }

    /// Description of a mask of which no more than this is known.
    pub fn of(origin: Origin<'a>) -> Self {
        MaskInfo {
            origin,
            label: None,
            label_name: None,
            object: None,
            score: None,
            is_crowd: false,
        }
    }

    /// Copy of the description with another label.
    pub fn with_label(self, label: Option<i64>) -> Self {
        MaskInfo {
            label,
            label_name: None,
            ..self
        }
    }
}

impl InputMask<'_> {
    /// Index in the stack, if the input is one.
    pub fn stack_index(&self) -> Option<u64> {
        self.is_stack.then_some(self.index)
    }
}

/// Index of a mask in the stack that its source is, given that in its row: a PNG is no stack.
pub fn index_in_stack(source: &str, index: Option<u64>) -> Option<u64> {
    index.filter(|_| !source.to_ascii_lowercase().ends_with(".png"))
}
