//! Options that do not go with a file's kind.

use anyhow::{Result, bail};
use maskrle::MaskRuns;

use super::file::{EncodedFile, FileKind};
use crate::error::usage;
use crate::options::{ColumnArgs, CsvArgs, ViewArgs};

impl EncodedFile {
    /// True for JSON. A file of nothing is of any kind.
    pub fn is_json(&self) -> bool {
        matches!(
            self.kind,
            FileKind::Dataset | FileKind::List | FileKind::Rows
        )
    }

    /// Fails where options of CSV are given to `verb`, and the file is JSON.
    pub fn check_csv(&self, verb: &'static str, args: &CsvArgs) -> Result<()> {
        self.check_columns(verb, &args.columns)?;
        let given = [
            ("--order", args.order.is_some()),
            ("--empty", args.empty.is_some()),
        ];
        self.refuse(verb, &given)
    }

    /// Fails where options of CSV's columns are given to `verb`, and the file is JSON.
    pub fn check_columns(&self, verb: &'static str, args: &ColumnArgs) -> Result<()> {
        let given = [
            ("--column", args.column.is_some()),
            ("--relative", args.relative),
        ];
        self.refuse(verb, &given)
    }

    fn refuse(&self, verb: &'static str, given: &[(&str, bool)]) -> Result<()> {
        match given.iter().find(|(_, is_given)| *is_given) {
            Some((option, _)) if self.is_json() => {
                let name = &self.name;
                let hint = match (*option, verb) {
                    ("--relative", "convert") => "; --write-relative writes such starts",
                    _ => "",
                };
                Err(usage(
                    verb,
                    &format!("{option} is about CSV, and {name} is JSON{hint}"),
                ))
            }
            _ => Ok(()),
        }
    }
}

/// Fails where options of `verb` do not go with a file of pixels, or with one of encoded masks.
pub fn check_view(verb: &'static str, args: &ViewArgs, is_pixels: bool) -> Result<()> {
    let csv = &args.csv;
    let is_about_runs = csv.order.is_some()
        || csv.empty.is_some()
        || csv.columns.size.is_some()
        || csv.columns.column.is_some()
        || csv.columns.relative
        || args.skip.skip_bad;
    match is_pixels {
        true if is_about_runs => Err(usage(
            verb,
            "--size, --order, --empty, --column, --relative and --skip-bad are about encoded \
             masks, and FILE holds pixels",
        )),
        false if args.threshold.is_some() => {
            Err(usage(verb, "--threshold is about .npy and .npz files"))
        }
        _ => Ok(()),
    }
}

/// Fails where a mask in JSON is not of the height and width that --size asks for.
pub fn check_asked_size(mask: &MaskRuns, asked: Option<[u32; 2]>) -> Result<()> {
    let [height, width] = mask.size();
    match asked {
        Some([h, w]) if [height, width] != [h, w] => {
            bail!("the mask is of {height} x {width}, and --size is {h},{w}")
        }
        _ => Ok(()),
    }
}
