//! Boxes in a `.npy` file.

use std::io::Read;
use std::path::Path;

use anyhow::{Result, bail};
use bytemuck::pod_read_unaligned;
use maskrle::{ElementType, f16};

use super::header::Header;
use crate::budget::Budget;
use crate::read::file::{FileType, open};
use crate::text::byte_count;

/// Reads an array `[n, 4]` of numbers: x0, y0, x1 and y1 of each box.
pub fn boxes(path: &Path, budget: &Budget) -> Result<Vec<[f32; 4]>> {
    let (kind, mut file) = open(path)?;
    if kind != FileType::Npy {
        bail!("boxes are read from a .npy file");
    }
    let header = Header::read(&mut file.reader)?;
    let [boxes, 4] = header.shape[..] else {
        bail!(
            "an array {:?}: boxes are [n, 4], x0, y0, x1 and y1 of each",
            header.shape
        );
    };
    let (element, is_big_endian) = header.element()?;
    if element == ElementType::Bool {
        bail!("bool is not read as boxes: coordinates are floats or integers");
    }
    let of_box = 4 * (element.bytes() + size_of::<f32>() as u64);
    budget.check(boxes.saturating_mul(of_box))?;
    let claim = boxes.saturating_mul(4 * element.bytes());
    let mut bytes = Vec::new();
    file.reader.take(claim).read_to_end(&mut bytes)?;
    if (bytes.len() as u64) < claim {
        let claim = byte_count(claim.into());
        bail!("truncated: the header claims {claim} of boxes, there are fewer");
    }
    if is_big_endian != cfg!(target_endian = "big") {
        let each = bytes.chunks_exact_mut(element.bytes() as usize);
        each.for_each(<[u8]>::reverse);
    }
    let numbers = bytes.chunks_exact(element.bytes() as usize);
    let numbers: Vec<_> = numbers.map(|bytes| number(element, bytes)).collect();
    if !header.is_fortran {
        return Ok(numbers.as_chunks().0.to_vec());
    }
    let boxes = numbers.len() / 4;
    let corner = |index: usize, corner: usize| numbers[corner * boxes + index];
    Ok((0..boxes)
        .map(|index| [0, 1, 2, 3].map(|of_box| corner(index, of_box)))
        .collect())
}

/// The number that these bytes are, in the machine's order.
fn number(element: ElementType, bytes: &[u8]) -> f32 {
    match element {
        ElementType::U8 => pod_read_unaligned::<u8>(bytes).into(),
        ElementType::I8 => pod_read_unaligned::<i8>(bytes).into(),
        ElementType::U16 => pod_read_unaligned::<u16>(bytes).into(),
        ElementType::I16 => pod_read_unaligned::<i16>(bytes).into(),
        ElementType::U32 => pod_read_unaligned::<u32>(bytes) as f32,
        ElementType::I32 => pod_read_unaligned::<i32>(bytes) as f32,
        ElementType::U64 => pod_read_unaligned::<u64>(bytes) as f32,
        ElementType::I64 => pod_read_unaligned::<i64>(bytes) as f32,
        ElementType::F16 => pod_read_unaligned::<f16>(bytes).to_f32(),
        ElementType::F64 => pod_read_unaligned::<f64>(bytes) as f32,
        _ => pod_read_unaligned::<f32>(bytes),
    }
}
