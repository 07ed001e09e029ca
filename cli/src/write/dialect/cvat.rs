//! CVAT for images 1.1.

use std::io::Write;

use anyhow::Result;
use maskrle::Order;
use maskrle::dialect::CvatMask;
use quick_xml::escape::escape;

use super::grouped::Grouping;
use super::spool::Group;
use crate::write::mask_info::MaskInfo;
use crate::write::writer::EncodedMask;

/// An element `<image>` for each image, with an element `<mask>` for each of its masks.
pub struct Cvat;

impl Grouping for Cvat {
    fn begin(&self) -> &'static str {
        "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<annotations>\n  <version>1.1</version>\n"
    }

    fn mask(
        &self,
        out: &mut Vec<u8>,
        label: &str,
        _: &MaskInfo<'_>,
        mask: EncodedMask<'_>,
    ) -> Result<()> {
        let mask = mask.with_runs(Order::RowMajor, |runs| Ok(CvatMask::try_from(runs)?))?;
        let [left, top, width, height] = mask.placement();
        writeln!(
            out,
            "    <mask label=\"{}\" source=\"manual\" occluded=\"0\" rle=\"{}\" left=\"{left}\" \
             top=\"{top}\" width=\"{width}\" height=\"{height}\" z_order=\"0\">\n    </mask>",
            escape(label),
            mask.rle(),
        )?;
        Ok(())
    }

    fn open(&self, index: usize, group: &Group) -> Result<String> {
        let ([height, width], name) = (group.size, escape(&group.name));
        Ok(format!(
            "  <image id=\"{index}\" name=\"{name}\" width=\"{width}\" height=\"{height}\">\n"
        ))
    }

    fn between(&self) -> &'static str {
        ""
    }

    fn close(&self) -> &'static str {
        "  </image>\n"
    }

    fn end(&self) -> &'static str {
        "</annotations>\n"
    }
}
