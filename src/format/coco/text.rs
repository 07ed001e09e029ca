//! COCO's compressed counts from bytes, as pycocotools gives them.

use super::reader::not_a_character;
use crate::error::Position;
use crate::{Error, Result};

/// The bytes as a string, or an error with the first that is none of COCO's characters.
pub(super) fn text_of(bytes: &[u8]) -> Result<String> {
    let Some(at) = bytes.iter().position(|byte| !(b'0'..=b'o').contains(byte)) else {
        return Ok(bytes.iter().copied().map(char::from).collect());
    };
    let what = not_a_character(format_args!("byte {:#04x}", bytes[at]));
    Err(Error::format(Position::Character(at), what))
}
