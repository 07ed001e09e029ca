//! COCO's counts as others write them: a string, bytes, or a list of numbers.

use std::fmt;

use serde::Serialize;
use serde::de::{Deserialize, Deserializer, Error, SeqAccess, Visitor};

use super::text::TextVisitor;
use super::types::{CocoCounts, CocoMask, CocoRle};

impl<'de> Deserialize<'de> for CocoMask {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(serde::Deserialize)]
        struct Segmentation {
            size: [u32; 2],
            counts: Counts,
        }
        let Segmentation { size, counts } = Segmentation::deserialize(deserializer)?;
        Ok(counts.of(size))
    }
}

/// COCO's counts where the size stands elsewhere: deserialised from a string, bytes, or a
/// list of numbers.
///
/// ```
/// use maskrle::format::Counts;
///
/// let counts: Counts = serde_json::from_str("[3, 3]")?;
/// let mask = counts.of([2, 3]).to_runs()?;
/// assert_eq!(mask.area(), 3);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize)]
#[serde(untagged)]
#[non_exhaustive]
pub enum Counts {
    /// Compressed: those of a [`CocoRle`].
    Text(String),
    /// Plain: those of a [`CocoCounts`].
    Numbers(Vec<u32>),
}

impl Counts {
    /// The mask of this size, height and width, that they are the counts of.
    pub fn of(self, size: [u32; 2]) -> CocoMask {
        match self {
            Counts::Text(counts) => CocoMask::Rle(CocoRle { size, counts }),
            Counts::Numbers(counts) => CocoMask::Counts(CocoCounts { size, counts }),
        }
    }
}

impl<'de> Deserialize<'de> for Counts {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(CountsVisitor)
    }
}

/// Serde's untagged enums would say only that nothing matched.
struct CountsVisitor;

impl<'de> Visitor<'de> for CountsVisitor {
    type Value = Counts;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("run lengths, a string or a list of numbers")
    }

    fn visit_str<E>(self, text: &str) -> Result<Counts, E> {
        Ok(Counts::Text(text.to_owned()))
    }

    fn visit_string<E>(self, text: String) -> Result<Counts, E> {
        Ok(Counts::Text(text))
    }

    fn visit_bytes<E: Error>(self, bytes: &[u8]) -> Result<Counts, E> {
        TextVisitor.visit_bytes(bytes).map(Counts::Text)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Counts, A::Error> {
        let mut numbers = Vec::new();
        while let Some(number) = list.next_element()? {
            numbers.push(number);
        }
        Ok(Counts::Numbers(numbers))
    }
}
