//! Lines of MOTS.

use std::fmt;
use std::str::FromStr;

use crate::error::Position;
use crate::format::{CocoRle, shown, whole};
use crate::runs::MaskRuns;
use crate::{Error, Result};

/// A line of [MOTS], multi-object tracking and segmentation: `frame id class height width rle`,
/// where `rle` is COCO's string.
///
/// It is what `load_txt` of [mots_tools] reads, and the ground truth of KITTI MOTS and
/// MOTSChallenge is. Ids are `class * 1000 + number`; an id of 10000 is a region that is ignored.
///
/// ```
/// use maskrle::dialect::MotsLine;
/// use maskrle::{CocoRle, Runs};
///
/// let text = "52 2005 2 2 3 231";
/// let line: MotsLine = text.parse()?;
/// assert_eq!((line.frame, line.id, line.class), (52, 2005, 2));
/// assert_eq!(line.rle, CocoRle::new([2, 3], "231"));
/// assert_eq!(line.to_runs()?.area(), 3);
/// assert_eq!((line.to_string(), line.is_ignored()), (text.to_string(), false));
///
/// let error = "52 2005 2 2 3".parse::<MotsLine>().unwrap_err();
/// assert_eq!(error.to_string(), "field 5: no rle: a line is `frame id class height width rle`");
/// # Ok::<(), maskrle::Error>(())
/// ```
///
/// [MOTS]: https://www.vision.rwth-aachen.de/page/mots
/// [mots_tools]: https://github.com/VisualComputingInstitute/mots_tools
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct MotsLine {
    /// Number of the frame.
    pub frame: u32,
    /// Id of the object, the same in all frames.
    pub id: u32,
    /// Class of the object.
    pub class: u32,
    /// Size and counts of the mask.
    pub rle: CocoRle,
}

impl MotsLine {
    /// Id of a region that is ignored, whose class is 10.
    pub const IGNORED: u32 = 10_000;

    /// True for a region that is ignored, not an object.
    pub fn is_ignored(&self) -> bool {
        self.id == Self::IGNORED
    }

    /// The mask's runs, column-major.
    ///
    /// # Errors
    /// As of [`CocoRle::to_runs`].
    pub fn to_runs(&self) -> Result<MaskRuns> {
        self.rle.to_runs()
    }
}

/// Names of the fields, in their order.
const FIELDS: [&str; 6] = ["frame", "id", "class", "height", "width", "rle"];

impl FromStr for MotsLine {
    type Err = Error;

    /// Fails with [`Error::Format`] and the field at fault. The mask is not read yet.
    fn from_str(line: &str) -> Result<Self> {
        let mut fields = line.split_ascii_whitespace();
        let mut next = |index: usize| {
            let missing = || {
                let what = format!("no {}: a line is `{}`", FIELDS[index], FIELDS.join(" "));
                Error::format(Position::Field(index), what)
            };
            fields.next().ok_or_else(missing)
        };
        let mut numbers = [0; 5];
        for (index, out) in numbers.iter_mut().enumerate() {
            *out = number(index, next(index)?)?;
        }
        let counts = next(5)?;
        if fields.next().is_some() {
            let what = format!("a line has {} fields, no more", FIELDS.len());
            return Err(Error::format(Position::Field(FIELDS.len()), what));
        }
        let [frame, id, class, height, width] = numbers;
        let rle = CocoRle::new([height, width], counts);
        Ok(MotsLine {
            frame,
            id,
            class,
            rle,
        })
    }
}

/// The line, without its end.
impl fmt::Display for MotsLine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let MotsLine {
            frame,
            id,
            class,
            rle,
        } = self;
        let [height, width] = rle.size;
        write!(f, "{frame} {id} {class} {height} {width} {}", rle.counts)
    }
}

/// The number that a field is.
fn number(index: usize, field: &str) -> Result<u32> {
    whole(field).ok_or_else(|| {
        let (name, shown) = (FIELDS[index], shown(field));
        let what = format!("the {name} {shown:?} is not a whole number of 32 bits");
        Error::format(Position::Field(index), what)
    })
}
