//! The columns of a CSV file, found by their names.

use anyhow::{Result, bail};
use csv::StringRecord;

/// Names of a column, without what [`plain`] takes away. The first that is there counts.
type Names = &'static [&'static str];

/// The name that Kaggle's own files give to the masks.
const ENCODED_PIXELS: &str = "encodedpixels";
/// Other names of the masks, of which a file may have one.
const MASK: Names = &[
    "rle",
    "rlemask",
    "maskrle",
    "encodedmask",
    "encodedrle",
    "encoding",
    "segmentation",
    "annotation",
];
const IMAGE: Names = &[
    "imageid",
    "image",
    "img",
    "imgid",
    "imagename",
    "imgname",
    "filename",
    "imagefile",
    "file",
    "id",
];
const CATEGORY: Names = &[
    "categoryid",
    "classid",
    "category",
    "class",
    "labelid",
    "label",
    "value",
];
/// Image and class in one field, an underscore between them.
const JOINED: Names = &["imageidclassid", "imageclassid", "imageclass", "imagelabel"];
const HEIGHT: Names = &["height", "imageheight", "imgheight"];
const WIDTH: Names = &["width", "imagewidth", "imgwidth"];

/// Most columns that an error lists.
const LISTED: usize = 20;

/// A column: its index, and its name for messages.
#[derive(Debug, Clone)]
pub struct Column {
    pub index: usize,
    pub name: String,
}

/// Columns of a file.
#[derive(Debug)]
pub struct Columns {
    pub pixels: usize,
    pub image: Option<usize>,
    pub category: Option<Column>,
    /// Image and category, where these have no columns of their own.
    pub joined: Option<Column>,
    pub size: Option<[Column; 2]>,
}

impl Columns {
    /// Finds the columns. The masks' is called `column`, if that is given.
    pub fn find(headers: &StringRecord, column: Option<&str>) -> Result<Self> {
        let headers = Headers(headers);
        let pixels = headers.mask(column)?;
        let find = |names| headers.find(names, pixels);
        let (image, category) = (find(IMAGE)?, find(CATEGORY)?);
        let joined = find(JOINED)?.filter(|_| image.is_none() || category.is_none());
        Ok(Columns {
            pixels,
            image: image.map(|image| image.index),
            category,
            joined,
            size: find(HEIGHT)?
                .zip(find(WIDTH)?)
                .map(|(height, width)| [height, width]),
        })
    }

    /// True if one of these columns is that of the masks.
    pub fn have_masks(headers: &StringRecord, column: Option<&str>) -> bool {
        Headers(headers).mask(column).is_ok()
    }

    /// Names of the columns that are not read.
    pub fn unread(&self, headers: &StringRecord) -> Vec<String> {
        let is_read = |index| {
            let named = [&self.category, &self.joined];
            index == self.pixels
                || self.image == Some(index)
                || named
                    .iter()
                    .any(|column| column.as_ref().is_some_and(|column| column.index == index))
                || self.size.iter().flatten().any(|side| side.index == index)
        };
        (0..headers.len())
            .filter(|&index| !is_read(index))
            .map(|index| shown(&headers[index]))
            .collect()
    }
}

/// Names of a file's columns.
struct Headers<'a>(&'a StringRecord);

impl Headers<'_> {
    /// Index of the masks' column.
    fn mask(&self, column: Option<&str>) -> Result<usize> {
        let index = self.mask_of_names(column)?;
        self.check_only(index)?;
        Ok(index)
    }

    fn mask_of_names(&self, column: Option<&str>) -> Result<usize> {
        if let Some(column) = column {
            let exact = self.0.iter().position(|name| name.trim() == column.trim());
            let found =
                exact.or_else(|| self.0.iter().position(|name| plain(name) == plain(column)));
            return match found {
                Some(index) => Ok(index),
                None => bail!("no column {column:?} among {}", self.list()),
            };
        }
        let called = |names: Names| -> Vec<usize> {
            let is_called = |&index: &usize| {
                let name = &self.0[index];
                // JSON behind something else is no header.
                !name.contains(['{', '}', '[', ']', ':']) && names.contains(&plain(name).as_str())
            };
            (0..self.0.len()).filter(is_called).collect()
        };
        let mut found = called(&[ENCODED_PIXELS]);
        if found.is_empty() {
            found = called(MASK);
        }
        match *found {
            [first, second, ..] if !self.are_equal(first, second) => bail!(
                "masks may be in the column {} or in {}: --column NAME says in which",
                shown(&self.0[first]),
                shown(&self.0[second])
            ),
            [index, ..] => Ok(index),
            [] => bail!(
                "neither JSON nor CSV with a column EncodedPixels; --column NAME says which of \
                 its columns holds the masks: {}",
                self.list()
            ),
        }
    }

    /// The column of the first of these names that is there, besides that of the masks.
    fn find(&self, names: Names, pixels: usize) -> Result<Option<Column>> {
        let index = names.iter().find_map(|&name| {
            (0..self.0.len()).find(|&index| index != pixels && plain(&self.0[index]) == name)
        });
        let Some(index) = index else {
            return Ok(None);
        };
        self.check_only(index)?;
        let name = self.0[index].trim().to_owned();
        Ok(Some(Column { index, name }))
    }

    /// Fails where another column has the name of one that is read: which is meant cannot be told.
    fn check_only(&self, index: usize) -> Result<()> {
        let is_other = |&other: &usize| other != index && self.are_equal(other, index);
        match (0..self.0.len()).find(is_other) {
            Some(_) => bail!(
                "two columns are called {}: give one another name",
                shown(&self.0[index])
            ),
            None => Ok(()),
        }
    }

    fn are_equal(&self, one: usize, other: usize) -> bool {
        self.0[one].trim() == self.0[other].trim()
    }

    /// The names, for messages.
    fn list(&self) -> String {
        let mut names: Vec<_> = self.0.iter().take(LISTED).map(shown).collect();
        if let Some(others @ 1..) = self.0.len().checked_sub(LISTED) {
            names.push(format!("{others} others"));
        }
        names.join(", ")
    }
}

/// A name without case, spaces and punctuation.
fn plain(name: &str) -> String {
    let letters = name.chars().filter(|c| c.is_alphanumeric());
    letters.flat_map(char::to_lowercase).collect()
}

/// A column's name for messages.
fn shown(name: &str) -> String {
    const MOST: usize = 60;
    match name.trim() {
        "" => "one without a name".into(),
        name if name.chars().count() > MOST => {
            format!("{}...", name.chars().take(MOST).collect::<String>())
        }
        name => name.into(),
    }
}
