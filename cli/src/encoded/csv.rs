//! CSV with a column `EncodedPixels`.

use std::cell::Cell;
use std::io::{self, Read};
use std::rc::Rc;

use anyhow::{Context, Result, anyhow};
use csv::{ReaderBuilder, StringRecord};
use maskrle::{KaggleRle, Order};

use super::entry::{Entry, ImageName, Wanted};
use super::limits::MOST_BYTES;
use super::line_error::{LineError, at_line};
use crate::options::CsvArgs;

/// Properties of the masks in CSV that the file itself does not say.
#[derive(Debug, Clone, Copy)]
pub struct CsvOptions<'a> {
    /// Height and width of the images, where there are no columns `Height` and `Width`.
    pub size: Option<[u32; 2]>,
    /// Scan order of the pairs.
    pub order: Order,
    /// Text of an empty mask, besides an empty field.
    pub empty: &'a str,
}

impl<'a> From<&'a CsvArgs> for CsvOptions<'a> {
    fn from(args: &'a CsvArgs) -> Self {
        CsvOptions {
            size: args.size,
            order: args.order.into(),
            empty: &args.empty,
        }
    }
}

/// Gives the mask of each row for which `wanted` is true to `on`.
pub fn entries(
    reader: impl Read,
    csv: &CsvOptions<'_>,
    wanted: &mut Wanted<'_>,
    on: &mut dyn FnMut(Entry) -> Result<()>,
) -> Result<(), LineError> {
    let row_bytes = Rc::new(Cell::new(0));
    let mut reader = ReaderBuilder::new().from_reader(Bounded {
        reader,
        row_bytes: row_bytes.clone(),
    });
    let headers = reader.headers().map_err(at_line(1))?;
    let columns = Columns::find(headers).map_err(at_line(1))?;
    if csv.size.is_none() && columns.size.is_none() {
        // An error before the first row is read; a file without rows needs no size.
        let missing = anyhow!("CSV does not hold the masks' size: --size H,W is needed");
        return if reader.records().next().is_some() {
            Err(LineError {
                line: 1,
                error: missing,
            })
        } else {
            Ok(())
        };
    }
    let (mut record, mut last) = (StringRecord::new(), 1);
    loop {
        row_bytes.set(0);
        let read = reader.read_record(&mut record).map_err(|error| {
            let line = error
                .position()
                .map_or(last + 1, |position| position.line());
            LineError {
                line,
                error: error.into(),
            }
        })?;
        if !read {
            return Ok(());
        }
        let line = record.position().map_or(1, |position| position.line());
        last = line;
        let image = columns.image(&record);
        if wanted(image.as_ref()) {
            columns
                .entry(&record, image, csv)
                .and_then(&mut *on)
                .map_err(at_line(line))?;
        }
    }
}

/// A reader that ends in an error where one row takes more than [`MOST_BYTES`].
struct Bounded<R> {
    reader: R,
    /// Number of bytes since the last row.
    row_bytes: Rc<Cell<u64>>,
}

impl<R: Read> Read for Bounded<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.row_bytes.get() > MOST_BYTES {
            return Err(io::Error::other(format!(
                "a row of more than {} MiB is not taken",
                MOST_BYTES >> 20
            )));
        }
        let count = self.reader.read(buffer)?;
        self.row_bytes.set(self.row_bytes.get() + count as u64);
        Ok(count)
    }
}

/// Indices of the columns.
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

    fn image(&self, record: &StringRecord) -> Option<ImageName> {
        self.image
            .map(|column| ImageName::Name(record[column].into()))
    }

    fn entry(
        &self,
        record: &StringRecord,
        image: Option<ImageName>,
        csv: &CsvOptions<'_>,
    ) -> Result<Entry> {
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
            image,
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
