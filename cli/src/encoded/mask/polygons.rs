//! Polygons as COCO's datasets write them.

use anyhow::{Context, Result, bail};
use maskrle::{MaskRuns, Runs};

use super::union::Union;
use crate::encoded::json::{Kind, Value};
use crate::encoded::limits::limits;
use crate::text::plural;

/// Polygons of one mask: the x and y of each one's points, alternating. Their text is read as they
/// are drawn.
#[derive(Debug)]
pub struct Polygons<'a>(Value<'a>);

impl<'a> Polygons<'a> {
    /// The polygons of a list that is not empty.
    pub fn new(list: Value<'a>) -> Self {
        Polygons(list)
    }

    /// Runs of the union of all polygons in an image of this height and width.
    pub fn to_runs(&self, size: [u32; 2]) -> Result<MaskRuns> {
        let mut union = Union::default();
        let mut batch = Batch::new(size);
        for (index, polygon) in self.0.items().enumerate() {
            batch
                .add(polygon)
                .with_context(|| format!("polygon {index}"))?;
            if batch.numbers.len() >= Batch::NUMBERS {
                union.add(&batch.draw()?)?;
            }
        }
        if !batch.ends.is_empty() {
            union.add(&batch.draw()?)?;
        }
        union.finish()
    }
}

/// Fails where a value is no polygon.
pub fn check_polygon(polygon: Value<'_>) -> Result<()> {
    Batch::new([0, 0]).add(polygon)
}

/// Polygons that are drawn together.
struct Batch {
    size: [u32; 2],
    /// The x and y of all points.
    numbers: Vec<f64>,
    /// Ends of the polygons among the numbers.
    ends: Vec<usize>,
    /// Columns that all polygons so far cross, those of other batches among them.
    crossed: u64,
}

impl Batch {
    /// Numbers from which on a batch is drawn, each of whose polygons may take ten times its text.
    const NUMBERS: usize = 1 << 20;

    fn new(size: [u32; 2]) -> Self {
        Batch {
            size,
            numbers: Vec::new(),
            ends: Vec::new(),
            crossed: 0,
        }
    }

    /// Adds a polygon.
    fn add(&mut self, polygon: Value<'_>) -> Result<()> {
        if polygon.kind() != Kind::List {
            return Err(polygon.unlike("a list of the x and y of its points"));
        }
        let start = self.numbers.len();
        for number in polygon.items() {
            self.numbers.push(number.number()?);
        }
        self.ends.push(self.numbers.len());
        let numbers = &self.numbers[start..];
        check(numbers)?;
        self.crossed += crossed_columns(numbers, self.size[1]);
        let most = limits().runs;
        if self.crossed > most {
            bail!(
                "the polygons so far cross {} columns of the image, the limit is {most}",
                self.crossed
            );
        }
        Ok(())
    }

    /// Draws the polygons, and forgets them.
    fn draw(&mut self) -> Result<Runs> {
        let starts = std::iter::once(0).chain(self.ends.iter().copied());
        let polygons: Vec<_> = starts
            .zip(&self.ends)
            .map(|(start, &end)| &self.numbers[start..end])
            .collect();
        let runs = Runs::from_polygons_within(self.size, &polygons, &limits())?;
        self.numbers.clear();
        self.ends.clear();
        Ok(runs)
    }
}

/// Fails where numbers are no polygon.
fn check(numbers: &[f64]) -> Result<()> {
    /// Farthest from 0 that a coordinate may be.
    const FARTHEST: f64 = (1u64 << 32) as f64;
    let count = numbers.len();
    if count % 2 == 1 {
        bail!("{count} numbers: each point has an x and a y");
    }
    if count < 6 {
        let points = plural(count as u64 / 2, "point", "points");
        bail!("{points}, a polygon has 3 at least");
    }
    match numbers.iter().find(|number| number.abs() > FARTHEST) {
        Some(number) => bail!("{number:?} is not within 2^32 of 0"),
        None => Ok(()),
    }
}

/// Number of columns, about, whose middles the edges of a polygon cross.
fn crossed_columns(numbers: &[f64], width: u32) -> u64 {
    let columns = numbers
        .iter()
        .step_by(2)
        .map(|x| (x - 0.5).ceil().clamp(0.0, f64::from(width)) as u64);
    columns
        .clone()
        .zip(columns.cycle().skip(1))
        .map(|(column, next)| column.abs_diff(next))
        .sum()
}
