//! Points of polygons, as lists of an x and a y.

use anyhow::{Context, Result};

use crate::encoded::json::Value;

/// The x and y of all points of a list, alternating.
pub fn coordinates(points: Value<'_>) -> Result<Vec<f64>> {
    let mut numbers = Vec::new();
    for (index, point) in points.items().enumerate() {
        let coordinates = point.items().map(Value::number);
        let coordinates: Vec<f64> = coordinates
            .collect::<Result<_>>()
            .with_context(|| format!("points[{index}]"))?;
        let [x, y] = coordinates[..] else {
            return Err(point
                .unlike("an x and a y")
                .context(format!("points[{index}]")));
        };
        numbers.extend([x, y]);
    }
    Ok(numbers)
}
