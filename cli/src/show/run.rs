//! Draws the masks that were chosen.

use std::fs::{self, File};
use std::io::{self, Read};
use std::path::Path;

use anyhow::{Context, Result, anyhow, bail};

use super::args::Args;
use super::canvas::Canvas;
use super::colour::Colour;
use super::draw::{self, Style};
use super::picker::{Arrangement, Choice, Picked, Picker, Pile};
use super::row::SelectedMask;
use super::scale::Scale;
use super::select;
use super::sheet::Sheet;
use crate::encoded::{EncodedFile, EntryOptions, Need, Needs, check_view};
use crate::output::{Output, refuse_input};
use crate::read::{self, Picture};
use crate::standard_error;
use crate::text::{input_name, printable};

/// Draws the masks that were chosen. `has_failed` becomes true if one of several inputs is bad.
pub fn run(args: &Args, has_failed: &mut bool) -> Result<()> {
    let paths = || [&args.file].into_iter().chain(&args.image);
    read::check_standard_input("show", paths())?;
    refuse_input(Some(&args.output), paths())?;
    let choice = match (args.index, &args.image_id) {
        (Some(index), _) => Choice::Index(index),
        (None, Some(image)) => Choice::Image(image),
        (None, None) => Choice::All,
    };
    let background = background(args)?;
    let picker = Picker::new(
        choice,
        arrangement(args, choice),
        args.plain,
        args.view.budget.budget(),
    );
    let is_pixels = read::is_named_pixels(&args.file) || args.file.is_dir();
    check_view("show", &args.view, is_pixels)?;
    let inputs = std::slice::from_ref(&args.file);
    read::check_recursive("show", args.view.recursive, inputs)?;
    let picked = if is_pixels {
        let picked = select::of_pixels(&args.file, picker, &args.view, has_failed)?;
        let Some(picked) = picked else {
            return Ok(());
        };
        Ok(picked)
    } else {
        let file = EncodedFile::open(&args.file)?.with_needs(Needs::all(Need::Shown));
        file.check_csv("show", &args.view.csv)?;
        let options = EntryOptions::new(&args.view.csv, args.view.skip.skip_bad);
        select::of_runs(&file, picker, &options)
    }?;
    let canvas = match picked {
        Picked::Pile(pile) => picture(pile, background.as_ref(), args),
        Picked::Sheet(sheet) => {
            note(&sheet, args);
            sheet.to_canvas(&args.view.budget.budget())
        }
    };
    let canvas = canvas.with_context(|| input_name(&args.file))?;
    let mut output = Output::create(Some(&args.output))?;
    output.write(&canvas.to_png()?)?;
    output.finish()
}

/// Arrangement of the masks, as the options have it: those of one picture ask for one.
fn arrangement(args: &Args, choice: Choice<'_>) -> Arrangement {
    let is_picture = args.pile || args.image.is_some() || args.scale.is_some();
    match choice {
        _ if args.sheet => Arrangement::Sheet,
        Choice::All | Choice::Image(_) if !is_picture => Arrangement::Auto,
        _ => Arrangement::Pile,
    }
}

/// Says on standard error what is not on a sheet, and how it is seen.
fn note(sheet: &Sheet, args: &Args) {
    let drawn = sheet.len() as u64;
    let which = match sheet.left_out {
        0 if drawn == 1 => "the only row".into(),
        0 => format!("all {drawn} rows"),
        left_out => {
            let rows = drawn + left_out;
            let are = if left_out == 1 { "is" } else { "are" };
            format!("the first {drawn} of {rows} rows, {left_out} {are} left out")
        }
    };
    let file = printable(&args.file.display().to_string());
    let hint = match args.image_id {
        Some(_) => "--index I draws one, --pile all over each other",
        None => {
            "--index I or --image-id ID draws a picture, --pile all masks of one image over each \
             other"
        }
    };
    standard_error::line(&format!("{file}: a sheet of {which}; {hint}"));
}

/// Pixels of the longer side, at least, by default: a small mask becomes large enough to see its
/// pixels, others stay as they are.
const SIDE: u32 = 640;
/// Pixels of the longer side, at most, by default: a screen shows no more.
const MOST_SIDE: u32 = 4096;

/// The picture that is drawn over, if there is one.
fn background(args: &Args) -> Result<Option<Picture>> {
    let read = |path| {
        check_is_picture(path)
            .and_then(|()| read::picture(path, &args.view.budget.budget()))
            .with_context(|| format!("--image {}", path.display()))
    };
    args.image.as_deref().map(read).transpose()
}

/// Fails where a path is not that of a picture, by the first bytes.
fn check_is_picture(path: &Path) -> Result<()> {
    if path == Path::new("-") {
        return Ok(());
    }
    let metadata = fs::metadata(path).map_err(|error| match error.kind() {
        io::ErrorKind::NotFound => anyhow!("no such file"),
        _ => error.into(),
    })?;
    if metadata.is_dir() {
        bail!("is a folder");
    }
    // Of a pipe, the bytes that are looked at would be gone.
    if metadata.is_file() {
        let mut head = Vec::new();
        File::open(path)?.take(4).read_to_end(&mut head)?;
        if !head.starts_with(b"\x89PNG") && !head.starts_with(b"\xff\xd8\xff") {
            bail!("neither a PNG nor a JPEG");
        }
    }
    Ok(())
}

/// The picture of masks over each other.
fn picture(pile: Pile, background: Option<&Picture>, args: &Args) -> Result<Canvas> {
    let [height, width] = pile.size;
    if height == 0 || width == 0 {
        bail!("a mask of {height} x {width} has no pixels to draw");
    }
    let budget = args.view.budget.budget();
    if let Some(picture) = background.filter(|picture| picture.size != pile.size) {
        let [h, w] = picture.size;
        bail!("the masks are {height} x {width}, and the picture of --image is {h} x {w}");
    }
    let masks: Vec<SelectedMask> = pile.rows.into_iter().flat_map(|row| row.masks).collect();
    let scale = match args.scale {
        Some(n) => Scale::enlarged(n),
        None => Scale::fitting(pile.size, SIDE, MOST_SIDE).of_boxes(
            pile.size,
            masks.iter().map(|mask| mask.runs.view().bbox()),
            SIDE,
        ),
    };
    let mut canvas = Canvas::new(pile.size, scale, Colour::DARK, &budget)?;
    if let Some(picture) = background {
        canvas.show_picture(picture);
    }
    let style = Style {
        has_boxes: !args.plain,
        has_ids: !args.plain,
        is_over_picture: background.is_some(),
        first_colour: 0,
    };
    draw::masks(&mut canvas, &masks, style)?;
    Ok(canvas)
}
