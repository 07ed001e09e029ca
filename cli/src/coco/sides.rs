//! The size of an image, as far as it is known.

/// Height and width of an image, each where it is known.
#[derive(Debug, Clone, Copy, Default)]
pub struct Sides([Option<u32>; 2]);

impl Sides {
    pub fn new(height: Option<u32>, width: Option<u32>) -> Self {
        Sides([height, width])
    }

    /// Height and width, where both are known.
    pub fn size(self) -> Option<[u32; 2]> {
        let [height, width] = self.0;
        height.zip(width).map(|(height, width)| [height, width])
    }

    /// True if neither is known.
    pub fn are_unknown(self) -> bool {
        self.0 == [None, None]
    }

    /// The words for an image that no mask of this size is of; none where it may be.
    pub fn unlike(self, size: [u32; 2]) -> Option<String> {
        let may_be = |(side, size): (Option<u32>, u32)| side.is_none_or(|side| side == size);
        let words = match self.0 {
            [Some(height), Some(width)] => format!("is of {height} x {width}"),
            [Some(height), None] => format!("has the height {height}"),
            [None, Some(width)] => format!("has the width {width}"),
            [None, None] => return None,
        };
        let all_may_be = self.0.into_iter().zip(size).all(may_be);
        (!all_may_be).then_some(words)
    }
}

impl From<[u32; 2]> for Sides {
    fn from(size: [u32; 2]) -> Self {
        Sides(size.map(Some))
    }
}
