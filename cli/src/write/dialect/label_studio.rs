//! Label Studio's tasks.

use anyhow::Result;
use maskrle::Order;
use maskrle::dialect::LabelStudioRle;
use serde::Serialize;

use super::grouped::Grouping;
use super::spool::Group;
use crate::write::mask_info::MaskInfo;
use crate::write::writer::EncodedMask;

/// A task for each image, with a result for each of its masks.
pub struct LabelStudio;

/// Members of a result, in their order.
#[derive(Serialize)]
struct Row<'a> {
    r#type: &'a str,
    value: Brush<'a>,
    origin: &'a str,
    to_name: &'a str,
    from_name: &'a str,
    image_rotation: u32,
    original_width: u32,
    original_height: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    score: Option<f64>,
}

#[derive(Serialize)]
struct Brush<'a> {
    format: &'a str,
    rle: &'a [u8],
    brushlabels: [&'a str; 1],
}

impl Grouping for LabelStudio {
    fn begin(&self) -> &'static str {
        "["
    }

    fn mask(
        &self,
        out: &mut Vec<u8>,
        label: &str,
        info: &MaskInfo<'_>,
        mask: EncodedMask<'_>,
    ) -> Result<()> {
        let brush = mask.with_runs(Order::RowMajor, |runs| Ok(LabelStudioRle::try_from(runs)?))?;
        let [original_height, original_width] = brush.size;
        let row = Row {
            r#type: "brushlabels",
            value: Brush {
                format: "rle",
                rle: &brush.rle,
                brushlabels: [label],
            },
            origin: "manual",
            to_name: "image",
            from_name: "tag",
            image_rotation: 0,
            original_width,
            original_height,
            score: info.score,
        };
        serde_json::to_writer(out, &row)?;
        Ok(())
    }

    fn open(&self, index: usize, group: &Group) -> Result<String> {
        let image = serde_json::to_string(&group.name)?;
        let before = if index == 0 { "" } else { "," };
        Ok(format!(
            "{before}\n{{\"data\":{{\"image\":{image}}},\"annotations\":[{{\"result\":[\n"
        ))
    }

    fn between(&self) -> &'static str {
        ",\n"
    }

    fn close(&self) -> &'static str {
        "\n]}]}"
    }

    fn end(&self) -> &'static str {
        "\n]\n"
    }
}
