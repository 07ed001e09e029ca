//! The rows of a CSV file.

use std::cell::Cell;
use std::io::{self, BufRead, Read};
use std::rc::Rc;

use anyhow::{Result, anyhow};
use csv::{ByteRecord, ReaderBuilder, StringRecord};

use super::columns::Columns;
use super::header::{bare_value, delimiter, junk_before_json, told_delimiter};
use super::options::CsvOptions;
use super::row::RowReader;
use crate::coco::Id;
use crate::encoded::entry::{Entry, Wanted};
use crate::encoded::limits::MOST_BYTES;
use crate::encoded::line_error::{LineError, at_line};
use crate::encoded::looks::{advice, dialect_of_line};
use crate::text::plural;

/// Takes a row's line, and its mask or what is wrong with it. An error ends the reading.
pub type OnRow<'a> = &'a mut dyn FnMut(u64, Result<Entry>) -> Result<()>;

/// Gives the mask of each row for which `wanted` is true to `on`. Returns the names of the columns
/// that are not read.
pub fn entries(
    reader: impl BufRead,
    csv: &CsvOptions<'_>,
    wanted: &mut Wanted<'_>,
    on: OnRow<'_>,
) -> Result<Vec<String>, LineError> {
    let mut rows = Rows::open(reader, csv)?;
    let unread = rows.columns.unread(&rows.headers);
    if csv.size.is_none() && rows.columns.size.is_none() {
        // An error before the first row is read; a file without rows needs no size.
        let missing = anyhow!("CSV does not hold the masks' size: --size H,W is needed");
        return match rows.next_row() {
            None => Ok(unread),
            Some(_) => Err(at_line(rows.header_line)(missing)),
        };
    }
    while let Some(row) = rows.next_row() {
        let (line, record) = row?;
        let reader = RowReader {
            columns: &rows.columns,
            csv,
        };
        let entry = record.and_then(|record| reader.entry(&record, wanted));
        if let Some(entry) = entry.transpose() {
            on(line, entry).map_err(at_line(line))?;
        }
    }
    Ok(unread)
}

/// Findings in all rows, before any is written.
#[derive(Debug, Clone, Copy, Default)]
pub struct Survey {
    /// True if the names of all images are whole numbers, which are ids then.
    pub names_are_numbers: bool,
    /// True if they are digits all the same: some have zeros before them, as ids have not.
    pub names_are_digits: bool,
    /// True if a row has the name of its image.
    pub has_names: bool,
    /// True if a row has a category.
    pub has_categories: bool,
}

/// Looks at all rows.
pub fn survey(reader: impl BufRead, csv: &CsvOptions<'_>) -> Result<Survey, LineError> {
    let mut rows = Rows::open(reader, csv)?;
    let mut survey = Survey {
        names_are_numbers: true,
        names_are_digits: true,
        has_names: false,
        has_categories: false,
    };
    let has_categories = rows.columns.category.is_some() || rows.columns.joined.is_some();
    while let Some(row) = rows.next_row() {
        // An error of a row is said where its mask is read.
        let Ok(record) = row?.1 else { continue };
        let reader = RowReader {
            columns: &rows.columns,
            csv,
        };
        survey.has_categories |= matches!(reader.category_text(&record), Ok(Some(_)));
        let name = reader.image(&record).ok().flatten();
        let Some(name) = name.filter(|name| !name.is_empty()) else {
            continue;
        };
        survey.has_names = true;
        let is_text = |name: &str| matches!(Id::of_name(name), Id::Text(_));
        survey.names_are_numbers &= !is_text(name);
        survey.names_are_digits &= name.bytes().all(|byte| byte.is_ascii_digit());
        // Of rows that follow nothing more would be found.
        let is_text = !survey.names_are_numbers && !survey.names_are_digits;
        if is_text && (survey.has_categories || !has_categories) {
            break;
        }
    }
    survey.names_are_numbers &= survey.has_names;
    survey.names_are_digits &= survey.has_names;
    Ok(survey)
}

/// Rows after the header.
struct Rows<R> {
    reader: csv::Reader<Bounded<R>>,
    row_bytes: Rc<Cell<u64>>,
    headers: StringRecord,
    columns: Columns,
    header_line: u64,
    /// Line of the last row.
    last: u64,
}

/// A row's line, and its fields or what is wrong with them.
type Row = (u64, Result<StringRecord>);

impl<R: BufRead> Rows<io::Chain<io::Cursor<Vec<u8>>, R>> {
    /// Reads the header.
    fn open(mut reader: R, csv: &CsvOptions<'_>) -> Result<Self, LineError> {
        let mut header = read_line(&mut reader).map_err(at_line(1))?;
        let (mut header_line, told) = (1, told_delimiter(&header));
        if told.is_some() {
            header_line = 2;
            header = read_line(&mut reader).map_err(at_line(2))?;
        }
        let delimiter = told.unwrap_or_else(|| delimiter(&header, csv.column));
        let mut wrong = junk_before_json(&header);
        if wrong.is_none() && is_rest_blank(&mut reader).map_err(at_line(header_line + 1))? {
            wrong = bare_value(&header);
        }
        let dialect = || dialect_of_line(&header).map(|dialect| neither(&advice(dialect)));
        wrong = wrong.or_else(dialect);
        let row_bytes = Rc::new(Cell::new(0));
        let mut reader = ReaderBuilder::new()
            .delimiter(delimiter)
            .flexible(true)
            .from_reader(Bounded {
                reader: io::Cursor::new(header).chain(reader),
                row_bytes: row_bytes.clone(),
            });
        let headers = reader
            .headers()
            .map_err(|error| at_line(header_line)(plain_error(error)))?
            .clone();
        let columns = Columns::find(&headers, csv.column)
            .map_err(|error| wrong.map_or(error, |wrong| anyhow!(wrong)))
            .map_err(at_line(header_line))?;
        Ok(Rows {
            reader,
            row_bytes,
            headers,
            columns,
            header_line,
            last: header_line,
        })
    }
}

impl<R: Read> Rows<R> {
    /// The next row; an error where no more can be read.
    fn next_row(&mut self) -> Option<Result<Row, LineError>> {
        let mut record = ByteRecord::new();
        loop {
            self.row_bytes.set(0);
            match self.reader.read_byte_record(&mut record) {
                Ok(false) => return None,
                Ok(true) if is_blank(&record) => {}
                Ok(true) => break,
                Err(error) => {
                    let position = error.position().map(|position| self.line(position));
                    let line = position.unwrap_or(self.last + 1);
                    return Some(Err(at_line(line)(plain_error(error))));
                }
            }
        }
        self.last = record
            .position()
            .map_or(self.last, |position| self.line(position));
        Some(Ok((self.last, self.fields(record))))
    }

    /// Line of a position behind what was told before the header.
    fn line(&self, position: &csv::Position) -> u64 {
        position.line() + self.header_line - 1
    }

    /// Fields of a row, as many as the header has.
    fn fields(&self, record: ByteRecord) -> Result<StringRecord> {
        let (fields, columns) = (record.len(), self.headers.len());
        if fields != columns {
            let fields = plural(fields as u64, "field", "fields");
            return Err(anyhow!("{fields}, and the header has {columns}"));
        }
        StringRecord::from_byte_record(record)
            .map_err(|error| anyhow!("field {} is not UTF-8", error.utf8_error().field() + 1))
    }
}

/// True for a line of white space alone. One of nothing is no row, and a field of nothing, which
/// is quoted where it stands alone, is an empty mask.
fn is_blank(record: &ByteRecord) -> bool {
    record.len() == 1 && !record[0].is_empty() && record[0].trim_ascii().is_empty()
}

/// Error of a file that is of no kind that is read.
fn neither(advice: &str) -> String {
    format!("neither JSON nor CSV with a column EncodedPixels: {advice}")
}

/// A line with its end.
fn read_line(reader: &mut impl BufRead) -> io::Result<Vec<u8>> {
    let mut line = Vec::new();
    reader.take(MOST_BYTES).read_until(b'\n', &mut line)?;
    Ok(line)
}

/// True if nothing but white space follows, as far as the reader has it at hand.
fn is_rest_blank(reader: &mut impl BufRead) -> io::Result<bool> {
    Ok(reader.fill_buf()?.trim_ascii().is_empty())
}

fn plain_error(error: csv::Error) -> anyhow::Error {
    match error.into_kind() {
        csv::ErrorKind::Io(error) => error.into(),
        csv::ErrorKind::Utf8 { .. } => anyhow!("neither JSON nor CSV: it is not UTF-8"),
        _ => anyhow!("it is no CSV"),
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
