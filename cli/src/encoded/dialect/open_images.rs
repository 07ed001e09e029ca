//! Open Images: CSV whose masks are base64 of zlib of COCO's string.

use anyhow::{Context, Result, anyhow, bail};
use csv::{ReaderBuilder, StringRecord};
use maskrle::dialect::OpenImagesRle;

use super::bounded::Bounded;
use super::object::{DialectOptions, OnObject};
use crate::coco::whole;
use crate::encoded::bytes::Reader;
use crate::encoded::entry::{Entry, ImageName, Object};
use crate::encoded::line_error::{LineError, at_line};

/// Columns of a file.
struct Columns {
    image: usize,
    height: usize,
    width: usize,
    masks: Masks,
}

/// The column of the masks.
enum Masks {
    /// Label, score and mask of each of an image's objects, one after the other.
    Predictions(usize),
    /// One mask, and perhaps its label.
    One { mask: usize, label: Option<usize> },
}

pub fn read(
    reader: Reader,
    options: &DialectOptions<'_>,
    on: &mut OnObject<'_>,
) -> Result<(), LineError> {
    let mut reader = Bounded::new(reader);
    reader.begin_item();
    let mut csv = ReaderBuilder::new().flexible(true).from_reader(reader);
    let headers = csv
        .headers()
        .map_err(|_| anyhow!("it is no CSV"))
        .map_err(at_line(1))?;
    let columns = Columns::find(headers, options.column).map_err(at_line(1))?;
    let mut record = StringRecord::new();
    loop {
        csv.get_mut().begin_item();
        let line = csv.position().line();
        match csv.read_record(&mut record) {
            Ok(false) => return Ok(()),
            Ok(true) => {}
            Err(_) => return Err(at_line(line)(anyhow!("it is no CSV, or not UTF-8"))),
        }
        let line = record.position().map_or(line, csv::Position::line);
        columns
            .objects(&record, &mut |object| on(line, object))
            .map_err(at_line(line))?;
    }
}

impl Columns {
    fn find(headers: &StringRecord, mask: Option<&str>) -> Result<Self> {
        let find = |name: &str| {
            let mut headers = headers.iter();
            headers.position(|header| header.trim().eq_ignore_ascii_case(name))
        };
        let need = |name: &str| find(name).with_context(|| format!("no column {name}"));
        let one = |mask| Masks::One {
            mask,
            label: find("LabelName").or(find("Label")),
        };
        let masks = match mask {
            Some("PredictionString") | None => match find("PredictionString") {
                Some(predictions) => Masks::Predictions(predictions),
                None => match find("Mask").or(find("EncodedMask")) {
                    Some(mask) => one(mask),
                    None => bail!("no column PredictionString, nor one Mask or EncodedMask"),
                },
            },
            Some(name) => one(need(name)?),
        };
        let image = find("ImageID").or(find("ID"));
        Ok(Columns {
            image: image.context("no column ImageID")?,
            height: need("ImageHeight")?,
            width: need("ImageWidth")?,
            masks,
        })
    }

    /// Gives each mask of a row to `on`.
    fn objects(
        &self,
        row: &StringRecord,
        on: &mut dyn FnMut(Result<Object>) -> Result<()>,
    ) -> Result<()> {
        let field = |index: usize| row.get(index).unwrap_or_default().trim();
        let side = |index, name: &str| {
            let text = field(index);
            whole::<u32>(text).with_context(|| format!("{name}: {text:?} is no number of pixels"))
        };
        let size = (|| {
            Ok([
                side(self.height, "ImageHeight")?,
                side(self.width, "ImageWidth")?,
            ])
        })();
        let size = match size {
            Ok(size) => size,
            Err(error) => return on(Err(error)),
        };
        let image = || ImageName::Name(field(self.image).into());
        let object = |label: Option<&str>, score, mask: &str| {
            let runs = OpenImagesRle::new(size, mask).to_runs()?;
            let entry = Entry::labelled(image(), label, runs);
            Ok(Object::Mask(Entry { score, ..entry }))
        };
        match self.masks {
            Masks::One { mask, .. } if field(mask).is_empty() => on(Ok(Object::NoMask)),
            Masks::One { mask, label } => {
                let label = label.map(field).filter(|label| !label.is_empty());
                on(object(label, None, field(mask)))
            }
            Masks::Predictions(predictions) => {
                let mut words = field(predictions).split_ascii_whitespace();
                for index in 0.. {
                    let Some(label) = words.next() else { break };
                    let object = prediction(&mut words)
                        .and_then(|(score, mask)| object(Some(label), Some(score), mask))
                        .with_context(|| format!("prediction {index}"));
                    on(object)?;
                }
                Ok(())
            }
        }
    }
}

/// Score and mask of a prediction, after its label.
fn prediction<'t>(words: &mut impl Iterator<Item = &'t str>) -> Result<(f64, &'t str)> {
    let (Some(score), Some(mask)) = (words.next(), words.next()) else {
        bail!("it ends within a label, a score and a mask");
    };
    let number = score.parse().ok().filter(|number: &f64| number.is_finite());
    Ok((
        number.with_context(|| format!("the score {score:?} is no number"))?,
        mask,
    ))
}
