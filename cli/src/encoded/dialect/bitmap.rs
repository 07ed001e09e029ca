//! PNGs within JSON, each a part of an image.

use std::io::{Cursor, Read};

use anyhow::{Context, Result, anyhow};
use base64::Engine;
use base64::alphabet::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use maskrle::dialect::CvatMask;
use maskrle::{MaskRuns, Order};

use crate::encoded::json::Value;
use crate::encoded::limits::limits;
use crate::read::LabelReader;

/// Base64, with its padding or without it.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// Bytes of a text of base64.
pub fn bytes_of(text: Value<'_>) -> Result<Cursor<Vec<u8>>> {
    let text = text.string()?;
    let bytes = BASE64.decode(text.as_bytes());
    let bytes = bytes.map_err(|error| anyhow!("it is no base64: {error}"))?;
    Ok(Cursor::new(bytes))
}

/// Mask of a PNG.
pub fn mask_of(reader: &LabelReader, png: impl Read + Send + 'static) -> Result<MaskRuns> {
    reader.mask(png).context("the PNG")
}

/// A mask whose upper left corner is at this x and y of an image of this height and width.
pub fn placed(mask: &MaskRuns, [x, y]: [u32; 2], size: [u32; 2]) -> Result<MaskRuns> {
    let mask = mask.view().to_order_within(Order::RowMajor, &limits())?;
    let mut cvat = CvatMask::try_from(mask.view())?;
    cvat.size = size;
    for (bound, by) in cvat.bounds.iter_mut().zip([x, y, x, y]) {
        // A number beyond 32 bits is beyond any image.
        *bound = bound.saturating_add(by);
    }
    cvat.to_runs_within(&limits())
        .with_context(|| format!("its upper left corner is at {x}, {y}"))
}
