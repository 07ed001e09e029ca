//! A row of CSV as a mask.

use anyhow::{Context, Result, anyhow, bail};
use csv::StringRecord;
use maskrle::KaggleRle;

use super::columns::{Column, Columns};
use super::options::CsvOptions;
use super::pairs::absolute;
use crate::coco::whole;
use crate::encoded::entry::{Entry, ImageName, Wanted};

/// Texts that competitions and pandas have for an empty mask, in any case.
const EMPTY: &[&str] = &[
    "-1", "-", "nan", "-nan", "NA", "N/A", "<NA>", "#NA", "#N/A", "#N/A N/A", "None", "null",
    "1.#IND", "-1.#IND", "1.#QNAN", "-1.#QNAN",
];

/// Reads rows.
pub struct RowReader<'a> {
    pub columns: &'a Columns,
    pub csv: &'a CsvOptions<'a>,
}

impl RowReader<'_> {
    /// The mask of a row; None if it is not wanted.
    pub fn entry(&self, record: &StringRecord, wanted: &mut Wanted<'_>) -> Result<Option<Entry>> {
        let image = self.image(record)?;
        if self.csv.has_names && image == Some("") {
            bail!("no name of its image, and other rows have one");
        }
        let image = image.map(|name| ImageName::Name(name.into()));
        if !wanted(image.as_ref()) {
            return Ok(None);
        }
        let size = self.size(record)?;
        let text = record[self.columns.pixels].trim();
        let is = |other: &&str| text.eq_ignore_ascii_case(other);
        let pairs = if is(&self.csv.empty) {
            String::new()
        } else if EMPTY.iter().any(is) {
            let is_plain = text
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
            let quote = if is_plain { "" } else { "\"" };
            bail!(
                "{text:?} is not a whole number from 1: --empty {quote}{text}{quote} takes it for \
                 an empty mask"
            );
        } else {
            absolute(text, self.csv.is_relative)?
        };
        let category = self.category(record)?;
        // A row for an image without masks has none.
        if category.is_none() && self.csv.has_categories && !pairs.trim().is_empty() {
            bail!("no category, and other rows have one");
        }
        let mask = KaggleRle {
            size,
            order: self.csv.order,
            pairs,
        };
        Ok(Some(Entry {
            id: None,
            image,
            category,
            label: None,
            score: None,
            is_crowd: false,
            runs: mask.to_runs()?,
        }))
    }

    /// Name of a row's image.
    pub fn image<'r>(&self, record: &'r StringRecord) -> Result<Option<&'r str>> {
        match (self.columns.image, &self.columns.joined) {
            (Some(image), _) => Ok(Some(record[image].trim())),
            (None, Some(joined)) => Ok(Some(parts(record, joined)?.0)),
            (None, None) => Ok(None),
        }
    }

    /// Category of a row; a field of nothing is none.
    fn category(&self, record: &StringRecord) -> Result<Option<i64>> {
        let Some((name, text)) = self.category_text(record)? else {
            return Ok(None);
        };
        let mut named = self.csv.categories.iter();
        let named = named.find(|category| category.name == text);
        match whole(text).or(named.map(|category| category.id)) {
            None if self.csv.needs_categories => Err(anyhow!(
                "{name}: the category {text:?} is not a whole number, nor one that --category names"
            )),
            category => Ok(category),
        }
    }

    /// The category's column, and its text in a row; None where that is nothing.
    pub fn category_text<'r>(
        &'r self,
        record: &'r StringRecord,
    ) -> Result<Option<(&'r str, &'r str)>> {
        let (name, text) = match (&self.columns.category, &self.columns.joined) {
            (Some(column), _) => (&column.name, record[column.index].trim()),
            (None, Some(joined)) => (&joined.name, parts(record, joined)?.1),
            (None, None) => return Ok(None),
        };
        Ok((!text.is_empty()).then_some((name, text)))
    }

    /// Height and width of a row's image, its own where it has them.
    fn size(&self, record: &StringRecord) -> Result<[u32; 2]> {
        let own = match &self.columns.size {
            Some([height, width]) => side(record, height)?.zip(side(record, width)?),
            None => None,
        };
        own.map(|(height, width)| [height, width])
            .or(self.csv.size)
            .context("its height and width are unknown: --size H,W is needed")
    }
}

/// A side of an image; None where it is unknown: nothing or -1.
fn side(record: &StringRecord, Column { index, name }: &Column) -> Result<Option<u32>> {
    let text = record[*index].trim();
    if text.is_empty() {
        return Ok(None);
    }
    let side: i64 =
        whole(text).with_context(|| format!("{name}: {text:?} is not a whole number"))?;
    if side == -1 {
        return Ok(None);
    }
    let side = u32::try_from(side).map_err(|_| anyhow!("{name}: {side} is no number of pixels"))?;
    Ok(Some(side))
}

/// Image and class of a joined field.
fn parts<'r>(record: &'r StringRecord, joined: &Column) -> Result<(&'r str, &'r str)> {
    let text = record[joined.index].trim();
    text.rsplit_once('_')
        .with_context(|| format!("{}: {text:?} has no underscore before a class", joined.name))
}
