//! CSV with a column `EncodedPixels`.

use std::cell::Cell;
use std::io::{self, Read};
use std::rc::Rc;

use anyhow::{Context, Result, anyhow};
use csv::{ReaderBuilder, StringRecord};
use maskrle::{KaggleRle, Order};

use super::entries::{Entry, ImageName};
use super::{At, MOST_BYTES, at};

/// What CSV does not say.
#[derive(Debug, Clone, Copy)]
pub struct Csv<'a> {
    /// Of the images, where no columns `Height` and `Width` say it.
    pub size: Option<[u32; 2]>,
    pub order: Order,
    /// How an empty mask is spelt, besides a field of nothing.
    pub empty: &'a str,
}

/// Gives each row's mask to `on`.
pub fn entries(
    reader: impl Read,
    csv: &Csv<'_>,
    on: &mut dyn FnMut(Entry) -> Result<()>,
) -> Result<(), At> {
    let pending = Rc::new(Cell::new(0));
    let mut reader = ReaderBuilder::new().from_reader(Bounded {
        reader,
        pending: pending.clone(),
    });
    let headers = reader.headers().map_err(at(1))?;
    let columns = Columns::find(headers).map_err(at(1))?;
    if csv.size.is_none() && columns.size.is_none() {
        // Known before the first row; a file without rows needs none.
        let missing = anyhow!("CSV does not hold the masks' size: --size H,W is needed");
        return if reader.records().next().is_some() {
            Err(At {
                line: 1,
                error: missing,
            })
        } else {
            Ok(())
        };
    }
    let (mut record, mut last) = (StringRecord::new(), 1);
    loop {
        pending.set(0);
        let read = reader.read_record(&mut record).map_err(|error| {
            let line = error
                .position()
                .map_or(last + 1, |position| position.line());
            At {
                line,
                error: error.into(),
            }
        })?;
        if !read {
            return Ok(());
        }
        let line = record.position().map_or(1, |position| position.line());
        last = line;
        columns
            .entry(&record, csv)
            .and_then(&mut *on)
            .map_err(at(line))?;
    }
}

/// Ends in an error where one row takes more bytes than there is memory for.
struct Bounded<R> {
    reader: R,
    /// Bytes since the last row.
    pending: Rc<Cell<u64>>,
}

impl<R: Read> Read for Bounded<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.pending.get() > MOST_BYTES {
            return Err(io::Error::other(format!(
                "a row of more than {} MiB is not taken",
                MOST_BYTES >> 20
            )));
        }
        let count = self.reader.read(buffer)?;
        self.pending.set(self.pending.get() + count as u64);
        Ok(count)
    }
}

/// Where the columns are.
struct Columns {
    pixels: usize,
    image: Option<usize>,
    size: Option<[usize; 2]>,
    category: Option<usize>,
}

impl Columns {
    fn find(headers: &StringRecord) -> Result<Self> {
        let find = |column: &str| headers.iter().position(|name| name == column);
        let pixels =
            find("EncodedPixels").context("neither JSON nor CSV with a column EncodedPixels")?;
        let size = find("Height")
            .zip(find("Width"))
            .map(|(height, width)| [height, width]);
        Ok(Columns {
            pixels,
            image: find("ImageId"),
            size,
            category: find("CategoryId").or(find("Value")),
        })
    }

    fn entry(&self, record: &StringRecord, csv: &Csv<'_>) -> Result<Entry> {
        let number = |column: usize, name: &str| {
            let text = &record[column];
            text.trim()
                .parse::<i64>()
                .map_err(|_| anyhow!("{name}: {text:?} is not a whole number"))
        };
        let side = |column: usize, name: &str| {
            let side = number(column, name)?;
            u32::try_from(side).map_err(|_| anyhow!("{name}: {side} is no number of pixels"))
        };
        let size = match (self.size, csv.size) {
            (Some([height, width]), _) => [side(height, "Height")?, side(width, "Width")?],
            (None, size) => size.unwrap_or_default(),
        };
        let text = &record[self.pixels];
        let pairs = if text == csv.empty {
            String::new()
        } else {
            text.to_owned()
        };
        let category = self
            .category
            .map(|column| (column, &record[column]))
            .filter(|(_, text)| !text.trim().is_empty());
        Ok(Entry {
            id: None,
            image: self
                .image
                .map(|column| ImageName::Name(record[column].into())),
            category: category
                .map(|(column, _)| number(column, "the category"))
                .transpose()?,
            score: None,
            is_crowd: false,
            runs: KaggleRle {
                size,
                order: csv.order,
                pairs,
            }
            .to_runs()?,
        })
    }
}
