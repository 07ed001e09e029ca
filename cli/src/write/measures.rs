//! Measures of a mask beside its pixels.

use serde::Serialize;

/// Measures that a format is to write.
#[derive(Debug, Clone, Copy, Default)]
pub struct Wanted {
    pub area: bool,
    pub bbox: bool,
    pub stability: bool,
}

/// Measures of a mask.
#[derive(Debug, Clone, Copy, Default)]
pub struct Measures {
    /// Number of foreground pixels.
    pub area: u64,
    /// Box that holds them: x, y, width and height.
    pub bbox: [u32; 4],
    /// Area above a higher threshold as a share of that above a lower one, if it is known.
    pub stability: Option<f32>,
}

/// Members of a JSON object that holds measures: those that are wanted.
#[derive(Debug, Default, Serialize)]
pub struct MeasureMembers {
    #[serde(skip_serializing_if = "Option::is_none")]
    area: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    bbox: Option<[u32; 4]>,
    #[serde(skip_serializing_if = "Option::is_none")]
    stability_score: Option<f32>,
}

impl Wanted {
    /// True if any are.
    pub fn any(self) -> bool {
        self.area || self.bbox || self.stability
    }

    /// The measures among these that are wanted.
    pub fn members(self, measures: &Measures) -> MeasureMembers {
        MeasureMembers {
            area: self.area.then_some(measures.area),
            bbox: self.bbox.then_some(measures.bbox),
            stability_score: measures.stability.filter(|_| self.stability),
        }
    }
}
