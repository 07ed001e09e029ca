//! COCO's string in wrappers of text.

use std::fmt;
use std::io::{Read, Write};

use base64::alphabet::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use base64::{DecodeError, Engine};
use flate2::Compression;
use flate2::read::ZlibDecoder;
use flate2::write::ZlibEncoder;

use crate::error::Position;
use crate::format::{CocoRle, from_owned};
use crate::limits::Limits;
use crate::runs::{MaskRuns, MaskView};
use crate::{Error, Result};

/// Base64 that writes the padding, and reads text with and without it.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// A dialect that is COCO's string in a wrapper: conversions from and to masks.
macro_rules! wrapped {
    ($type:ident, $wrap:ident, $unwrap:ident) => {
        impl $type {
            /// From height and width, and the text.
            pub fn new(size: [u32; 2], counts: impl Into<String>) -> Self {
                let counts = counts.into();
                $type { size, counts }
            }

            /// The mask as COCO has it.
            ///
            /// # Errors
            /// [`Error::Format`] with the character at fault, unless the text is what it should be;
            /// [`Error::Limit`] where it holds more characters than the default [`Limits`] allow
            /// runs.
            pub fn to_coco(&self) -> Result<CocoRle> {
                self.to_coco_within(&Limits::default())
            }

            #[doc = concat!("[`", stringify!($type), "::to_coco`] within other limits, on runs.")]
            pub fn to_coco_within(&self, limits: &Limits) -> Result<CocoRle> {
                CocoRle::from_bytes(self.size, &$unwrap(&self.counts, limits)?)
            }

            /// The mask's runs, column-major.
            ///
            /// # Errors
            #[doc = concat!("As of [`", stringify!($type), "::to_coco`] and")]
            /// [`CocoRle::to_runs`].
            pub fn to_runs(&self) -> Result<MaskRuns> {
                self.to_coco()?.to_runs()
            }
        }

        impl From<&CocoRle> for $type {
            fn from(rle: &CocoRle) -> Self {
                $type::new(rle.size, $wrap(rle.counts.as_bytes()))
            }
        }

        impl TryFrom<MaskView<'_>> for $type {
            type Error = Error;

            /// Fails with [`Error::Input`] on row-major runs, and on those of a label map.
            fn try_from(runs: MaskView<'_>) -> Result<Self> {
                Ok($type::from(&CocoRle::try_from(runs)?))
            }
        }

        /// The text alone.
        impl fmt::Display for $type {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(&self.counts)
            }
        }
    };
}

/// A mask of [nuImages]: base64 of COCO's string.
///
/// It is the `mask` of `object_ann.json` and `surface_ann.json`, which `mask_decode` of
/// `nuimages.utils.utils` in [nuscenes-devkit] reads.
///
/// ```
/// use maskrle::dialect::NuImagesRle;
/// use maskrle::{CocoRle, MaskRuns, Order};
///
/// let mask = MaskRuns::from_counts([2, 3], Order::ColumnMajor, [2, 3, 1])?;
/// let nuimages = NuImagesRle::try_from(mask.view())?;
/// assert_eq!(nuimages, NuImagesRle::new([2, 3], "MjMx"));
/// assert_eq!(nuimages.to_coco()?, CocoRle::new([2, 3], "231"));
/// assert_eq!(nuimages.to_runs()?, mask);
/// # Ok::<(), maskrle::Error>(())
/// ```
///
/// [nuImages]: https://www.nuscenes.org/nuimages
/// [nuscenes-devkit]: https://github.com/nutonomy/nuscenes-devkit
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct NuImagesRle {
    /// Height and width, in pixels.
    pub size: [u32; 2],
    /// Base64 of the counts.
    pub counts: String,
}

wrapped!(NuImagesRle, to_base64, from_base64);

/// A mask of the [Open Images challenge]: base64 of zlib of COCO's string.
///
/// It is what the challenge's `encode_binary_mask` gives: an `EncodedMask` of `PredictionString`,
/// where image sizes are columns of their own. Kaggle's Human Protein Atlas has it too. Programs
/// that compress differ in the bytes that they write, and read each other's.
///
/// ```
/// use maskrle::dialect::OpenImagesRle;
/// use maskrle::{CocoRle, MaskRuns, Order};
///
/// let mask = MaskRuns::from_counts([2, 3], Order::ColumnMajor, [2, 3, 1])?;
/// let python = OpenImagesRle::new([2, 3], "eNozMjYEAAEwAJc=");
/// assert_eq!(python.to_coco()?, CocoRle::new([2, 3], "231"));
/// assert_eq!(OpenImagesRle::try_from(mask.view())?.to_runs()?, mask);
/// # Ok::<(), maskrle::Error>(())
/// ```
///
/// [Open Images challenge]: https://storage.googleapis.com/openimages/web/challenge2019.html
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct OpenImagesRle {
    /// Height and width, in pixels.
    pub size: [u32; 2],
    /// Base64 of the compressed counts.
    pub counts: String,
}

wrapped!(OpenImagesRle, to_packed, from_packed);

from_owned!(NuImagesRle, OpenImagesRle);

fn to_base64(bytes: &[u8]) -> String {
    BASE64.encode(bytes)
}

/// Bytes of base64. They are fewer than the text's, whatever the limits.
fn from_base64(text: &str, _: &Limits) -> Result<Vec<u8>> {
    decode(text)
}

/// Bytes of base64, or the character at fault.
fn decode(text: &str) -> Result<Vec<u8>> {
    BASE64.decode(text).map_err(|error| {
        let (at, what) = match error {
            DecodeError::InvalidByte(at, _) => (at, "it is no character of base64"),
            DecodeError::InvalidLastSymbol { offset: at, .. } => (at, "base64 does not end so"),
            DecodeError::InvalidLength(_) | DecodeError::InvalidPadding => {
                (text.len(), "base64 ends within a byte")
            }
        };
        Error::format(Position::Character(at), what)
    })
}

fn to_packed(bytes: &[u8]) -> String {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::best());
    let packed = encoder.write_all(bytes).and_then(|()| encoder.finish());
    to_base64(&packed.expect("a Vec takes all bytes"))
}

/// Unpacked bytes of base64, which may be a thousand times as many: more than there may be runs are
/// an error.
fn from_packed(text: &str, limits: &Limits) -> Result<Vec<u8>> {
    let (packed, most) = (decode(text)?, limits.runs);
    let mut bytes = Vec::new();
    let mut unpacked = ZlibDecoder::new(&packed[..]).take(most.saturating_add(1));
    unpacked.read_to_end(&mut bytes).map_err(|error| {
        Error::format(
            Position::Counts,
            format!("they are no whole zlib stream: {error}"),
        )
    })?;
    if bytes.len() as u64 > most {
        let what =
            format!("more than {most} bytes would be unpacked: Limits::runs raises the limit");
        return Err(Error::Limit(what));
    }
    Ok(bytes)
}
