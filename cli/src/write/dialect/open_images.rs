//! Open Images: a row of predictions for each image.

use std::io::Write;

use anyhow::{Result, bail};
use maskrle::Order;
use maskrle::dialect::OpenImagesRle;

use super::grouped::Grouping;
use super::spool::Group;
use crate::write::mask_info::MaskInfo;
use crate::write::writer::EncodedMask;

/// Rows of `ImageID,ImageWidth,ImageHeight,PredictionString`.
pub struct OpenImages;

impl Grouping for OpenImages {
    fn begin(&self) -> &'static str {
        "ImageID,ImageWidth,ImageHeight,PredictionString\n"
    }

    fn mask(
        &self,
        out: &mut Vec<u8>,
        label: &str,
        info: &MaskInfo<'_>,
        mask: EncodedMask<'_>,
    ) -> Result<()> {
        if label.contains(|c: char| c.is_whitespace() || matches!(c, ',' | '"')) {
            bail!("its category {label:?} has spaces, commas or quotes, which no label may have");
        }
        let score = info.score.unwrap_or(1.0);
        let mask = mask.with_runs(Order::ColumnMajor, |runs| {
            Ok(OpenImagesRle::try_from(runs)?)
        })?;
        write!(out, "{label} {score:?} {mask}")?;
        Ok(())
    }

    fn open(
        &self,
        _: usize,
        Group {
            name,
            size: [height, width],
            ..
        }: &Group,
    ) -> Result<String> {
        let mut row = csv::WriterBuilder::new().from_writer(Vec::new());
        row.write_record([name.as_str(), &width.to_string(), &height.to_string(), ""])?;
        let text = String::from_utf8(row.into_inner()?)?;
        Ok(text
            .trim_end_matches('\n')
            .trim_end_matches("\"\"")
            .to_owned())
    }

    fn between(&self) -> &'static str {
        " "
    }

    fn close(&self) -> &'static str {
        "\n"
    }

    fn end(&self) -> &'static str {
        ""
    }
}
