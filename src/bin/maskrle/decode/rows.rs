//! Reads rows of runs: JSON lines, a JSON list, or CSV. Every error names its line.

use std::fmt;
use std::fs::File;
use std::io::{BufRead, BufReader, Cursor, Read};
use std::path::Path;

use anyhow::{Context, Result, anyhow, bail};
use maskrle::format::Counts;
use maskrle::{CocoMask, KaggleRle, MaskRuns, Order, Runs, ValueCounts};
use serde::Deserialize;
use serde::de::value::MapAccessDeserializer;
use serde::de::{Deserializer, Error as _, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;

/// The masks of a file: of each row, its runs, checked.
pub struct Masks(Vec<Runs>);

impl Masks {
    /// The masks, in the order of the rows.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = MaskRuns<'_>> {
        self.0.iter().map(|runs| runs.get(0).expect("a row is one mask"))
    }
}

/// What CSV does not say.
#[derive(Debug, Clone, Copy)]
pub struct Csv<'a> {
    pub size: Option<[u32; 2]>,
    pub order: Order,
    pub empty: &'a str,
}

/// What Windows programs put before text. Neither JSON nor CSV knows it.
const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// Reads all rows.
pub fn read(path: &Path, csv: &Csv<'_>) -> Result<Masks> {
    let name = path.display();
    let file = match File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => bail!("{name}: no such file"),
        Err(error) => return Err(anyhow!(error).context(name.to_string())),
    };
    let mut file = BufReader::new(file);
    let mut head = Vec::new();
    (&mut file).take(3).read_to_end(&mut head).with_context(|| format!("{name}: it cannot be read"))?;
    if head == BYTE_ORDER_MARK {
        head.clear();
    }
    let mut reader = Cursor::new(head).chain(file);
    let masks = match first_byte(&mut reader).with_context(|| name.to_string())? {
        // What encode writes where there are no masks.
        None => Ok(Vec::new()),
        Some((b'{', lines)) => read_lines(reader, lines),
        Some((b'[', lines)) => read_list(reader, lines),
        Some((_, 0)) => read_csv(reader, csv),
        Some(_) => Err(At { line: 1, error: anyhow!("neither JSON nor CSV: it begins with an empty line") }),
    };
    Ok(Masks(masks.map_err(|At { line, error }| error.context(format!("{name}:{line}")))?))
}

/// An error and the line it is in, counted from 1.
struct At {
    line: u64,
    error: anyhow::Error,
}

fn at<E: Into<anyhow::Error>>(line: u64) -> impl Fn(E) -> At {
    move |error| At { line, error: error.into() }
}

/// The first byte that is not white space, if there is one, and how many lines end before it. Nothing but white space
/// is taken from the reader.
fn first_byte(reader: &mut impl BufRead) -> Result<Option<(u8, u64)>> {
    let mut lines = 0;
    loop {
        let buffer = reader.fill_buf().context("it cannot be read")?;
        let blank = buffer.iter().take_while(|byte| byte.is_ascii_whitespace()).count();
        lines += buffer[..blank].iter().filter(|&&byte| byte == b'\n').count() as u64;
        match buffer.get(blank) {
            Some(&byte) => {
                reader.consume(blank);
                return Ok(Some((byte, lines)));
            }
            None if buffer.is_empty() => return Ok(None),
            None => reader.consume(blank),
        }
    }
}

fn read_lines(mut reader: impl BufRead, lines_before: u64) -> Result<Vec<Runs>, At> {
    let mut masks = Vec::new();
    let mut text = Vec::new();
    for line in lines_before + 1.. {
        text.clear();
        if reader.read_until(b'\n', &mut text).map_err(at(line))? == 0 {
            break;
        }
        if text.trim_ascii().is_empty() {
            continue;
        }
        let mut row = parse(&text);
        if row.is_err() && masks.is_empty() {
            // Not lines, perhaps, but one object laid out over several.
            let line_end = text.len();
            reader.read_to_end(&mut text).map_err(at(line))?;
            if text.len() > line_end && serde_json::from_slice::<IgnoredAny>(&text).is_ok() {
                row = parse(&text);
                return Ok(vec![row.map_err(at(line))?]);
            }
        }
        masks.push(row.map_err(at(line))?);
    }
    Ok(masks)
}

fn read_list(mut reader: impl BufRead, lines_before: u64) -> Result<Vec<Runs>, At> {
    let mut text = String::new();
    reader.read_to_string(&mut text).map_err(at(lines_before + 1))?;
    let items: Vec<&RawValue> = serde_json::from_str(&text)
        .map_err(|error| At { line: lines_before + error.line() as u64, error: plain(&error, true) })?;
    // Items are slices of the text, in its order: lines are counted from one to the next.
    let (mut line, mut counted) = (lines_before + 1, 0);
    let mut masks = Vec::with_capacity(items.len());
    for (index, item) in items.into_iter().enumerate() {
        let start = item.get().as_ptr() as usize - text.as_ptr() as usize;
        line += text.as_bytes()[counted..start].iter().filter(|&&byte| byte == b'\n').count() as u64;
        counted = start;
        // A column would be counted from the item's start, which may be anywhere in the line.
        let row = serde_json::from_str(item.get()).map_err(|error| plain(&error, false));
        let runs = row.and_then(Row::into_runs).with_context(|| format!("item {index}"));
        masks.push(runs.map_err(at(line))?);
    }
    Ok(masks)
}

fn read_csv(reader: impl Read, csv: &Csv<'_>) -> Result<Vec<Runs>, At> {
    let mut reader = csv::ReaderBuilder::new().from_reader(reader);
    let headers = reader.headers().map_err(at(1))?;
    let Some(column) = headers.iter().position(|name| name == "EncodedPixels") else {
        return Err(At { line: 1, error: anyhow!("neither JSON nor CSV with a column EncodedPixels") });
    };
    let mut masks = Vec::new();
    for record in reader.records() {
        let record = record.map_err(|error| {
            let line = error.position().map_or(1, |position| position.line());
            At { line, error: error.into() }
        })?;
        let line = record.position().map_or(1, |position| position.line());
        let missing = || At { line: 1, error: anyhow!("CSV does not hold the masks' size: --size H,W is needed") };
        let size = csv.size.ok_or_else(missing)?;
        let text = &record[column];
        let pairs = if text == csv.empty { String::new() } else { text.to_owned() };
        masks.push(KaggleRle { size, order: csv.order, pairs }.to_runs().map_err(at(line))?);
    }
    Ok(masks)
}

/// A row as any of the JSON formats has it; others' keys are ignored.
#[derive(Deserialize)]
struct Row {
    size: Option<[u32; 2]>,
    counts: Option<Counts>,
    values: Option<Vec<i64>>,
    order: Option<Order>,
    segmentation: Option<Segmentation>,
    /// A dataset's, which is no row.
    annotations: Option<IgnoredAny>,
}

/// RLE; a polygon is told by its name.
struct Segmentation(CocoMask);

impl<'de> Deserialize<'de> for Segmentation {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(SegmentationVisitor)
    }
}

/// A derived one would take COCO's polygons, which are lists, for a size and counts.
struct SegmentationVisitor;

impl<'de> Visitor<'de> for SegmentationVisitor {
    type Value = Segmentation;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RLE, an object with \"size\" and \"counts\"")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, _: A) -> Result<Segmentation, A::Error> {
        Err(A::Error::custom("polygons are not taken: a \"segmentation\" of RLE is, with \"size\" and \"counts\""))
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Segmentation, A::Error> {
        CocoMask::deserialize(MapAccessDeserializer::new(map)).map(Segmentation)
    }
}

fn parse(text: &[u8]) -> Result<Runs> {
    let row: Row = serde_json::from_slice(text).map_err(|error| plain(&error, true))?;
    row.into_runs()
}

impl Row {
    fn into_runs(self) -> Result<Runs> {
        if let Some(Segmentation(mask)) = self.segmentation {
            return Ok(mask.to_runs()?);
        }
        if self.annotations.is_some() && self.counts.is_none() {
            bail!("a COCO dataset is not taken: a list of results is, objects with a \"segmentation\" of RLE");
        }
        let size = self.size.context("the row has no \"size\"")?;
        let counts = self.counts.context("the row has no \"counts\"")?;
        let Some(values) = self.values else { return Ok(counts.of(size).to_runs()?) };
        let Counts::Numbers(counts) = counts else {
            bail!("a row with \"values\" has \"counts\" as a list of numbers")
        };
        let order = self.order.context("the row has \"values\" and no \"order\"")?;
        Ok(ValueCounts { size, order, values, counts }.to_runs()?)
    }
}

/// What JSON has to say, without its own line, which is counted from where its text began.
fn plain(error: &serde_json::Error, with_column: bool) -> anyhow::Error {
    let text = error.to_string();
    let what = text.rsplit_once(" at line ").map_or(text.as_str(), |(what, _)| what);
    match what.strip_prefix("EOF while parsing ") {
        Some("a value") => anyhow!("cut short: the JSON ends where a value should begin"),
        Some(within) => anyhow!("cut short: the JSON ends within {within}"),
        None if with_column && error.column() > 0 => anyhow!("column {}: {what}", error.column()),
        None => anyhow!("{what}"),
    }
}
