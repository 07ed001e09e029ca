//! Options that change masks, whose order on the command line is that of the changes.

use std::str::FromStr;

use clap::builder::{PossibleValuesParser, TypedValueParser};
use clap::{Arg, ArgAction, ArgMatches, Args, Command, Error, FromArgMatches};
use maskrle::{Connectivity, Footprint, MorphOp};

use super::change::{Change, Changes, Step};
use crate::options::{heading, parse_sides};

/// An option that is a change.
struct ChangeOption {
    name: &'static str,
    /// Name of its value; None of a flag.
    value: Option<&'static str>,
    help: &'static str,
    /// Reads the value, which a flag has none of.
    parse: fn(&str) -> Result<Change, String>,
}

const FOOTPRINT: Option<&str> = Some("R|HxW");
const AREA: Option<&str> = Some("AREA");
const CONNECTIVITY: &str = "connectivity";

const OPTIONS: [ChangeOption; 19] = [
    ChangeOption {
        name: "fill-holes",
        value: None,
        help: "Background that reaches no border becomes foreground",
        parse: |_| Ok(Change::FillHoles),
    },
    ChangeOption {
        name: "fill-small-holes",
        value: AREA,
        help: "Holes of fewer than AREA pixels become foreground, those at a border too",
        parse: |text| area(text).map(Change::FillSmallHoles),
    },
    ChangeOption {
        name: "remove-small-components",
        value: AREA,
        help: "Components of fewer than AREA pixels become background",
        parse: |text| area(text).map(Change::RemoveSmallComponents),
    },
    ChangeOption {
        name: "largest-component",
        value: None,
        help: "The largest component alone stays, of several the first",
        parse: |_| Ok(Change::LargestComponent),
    },
    ChangeOption {
        name: "dilate",
        value: FOOTPRINT,
        help: "Dilate by a disk of radius R, or by a box of height H and width W, which are odd",
        parse: |text| morph(MorphOp::Dilate, text),
    },
    ChangeOption {
        name: "erode",
        value: FOOTPRINT,
        help: "Erode by a disk or a box; beyond the border is foreground",
        parse: |text| morph(MorphOp::Erode, text),
    },
    ChangeOption {
        name: "open",
        value: FOOTPRINT,
        help: "Erode, then dilate: what is narrower than the disk or box goes",
        parse: |text| morph(MorphOp::Open, text),
    },
    ChangeOption {
        name: "close",
        value: FOOTPRINT,
        help: "Dilate, then erode: gaps that are narrower than the disk or box go",
        parse: |text| morph(MorphOp::Close, text),
    },
    ChangeOption {
        name: "boundary",
        value: Some("RATIO"),
        help: "Pixels near to the contour alone stay, as Boundary IoU has them: RATIO is their \
               distance as a share of the mask's diagonal, usually 0.02",
        parse: ratio,
    },
    ChangeOption {
        name: "complement",
        value: None,
        help: "Foreground becomes background, and background foreground",
        parse: |_| Ok(Change::Complement),
    },
    ChangeOption {
        name: "flip-left-right",
        value: None,
        help: "The last column first",
        parse: |_| Ok(Change::FlipLeftRight),
    },
    ChangeOption {
        name: "flip-up-down",
        value: None,
        help: "The last row first",
        parse: |_| Ok(Change::FlipUpDown),
    },
    ChangeOption {
        name: "transpose",
        value: None,
        help: "Rows become columns",
        parse: |_| Ok(Change::Transpose),
    },
    ChangeOption {
        name: "rot90",
        value: Some("TURNS"),
        help: "Turn by quarter turns against the clock, or with it where TURNS is below 0",
        parse: |text| number(text, "a whole number of quarter turns").map(Change::Rot90),
    },
    ChangeOption {
        name: "resize-nearest",
        value: Some("H,W"),
        help: "Resize to this height and width; each pixel is the nearest, as of cv2.resize with \
               INTER_NEAREST",
        parse: |text| parse_sides(text).map(Change::ResizeNearest),
    },
    ChangeOption {
        name: "crop",
        value: Some("X,Y,W,H"),
        help: "The part in a box of width W and height H whose first column is X, and first row Y",
        parse: |text| numbers(text, "a box, such as 0,0,640,480").map(Change::Crop),
    },
    ChangeOption {
        name: "pad",
        value: Some("T,B,L,R"),
        help: "Background around the mask: T rows above, B below, L columns left, R right",
        parse: |text| numbers(text, "four numbers of pixels, such as 8,8,0,0").map(Change::Pad),
    },
    ChangeOption {
        name: "tile",
        value: Some("DOWN,ACROSS"),
        help: "The mask DOWN times below itself and ACROSS times beside itself",
        parse: |text| numbers(text, "times down and across, such as 2,2").map(Change::Tile),
    },
    ChangeOption {
        name: "warp",
        value: Some("MATRIX[@H,W]"),
        help: "Warp to the nearest pixel by a matrix of 2 x 3 or 3 x 3 numbers, row by row, which \
               takes points (x, y, 1) to others, as of cv2.warpAffine and warpPerspective; to the \
               mask's own height and width, or these",
        parse: warp,
    },
];

impl ChangeOption {
    fn arg(&self) -> Arg {
        let arg = Arg::new(self.name)
            .long(self.name)
            .help(self.help)
            .help_heading(heading::CHANGES)
            .action(ArgAction::Append)
            .value_parser(self.parse);
        match self.value {
            // TURNS may be below 0, and of other values it is said what is wrong with them.
            Some(value) => arg.value_name(value).allow_hyphen_values(true),
            None => arg.num_args(0).default_missing_value(""),
        }
    }
}

impl Args for Changes {
    fn augment_args(command: Command) -> Command {
        let connectivity = Arg::new(CONNECTIVITY)
            .long(CONNECTIVITY)
            .value_name("NEIGHBOURS")
            .help(
                "Neighbours of a pixel that hang together with it, for all changes; default: 8 \
                 in components, 4 in holes",
            )
            .help_heading(heading::CHANGES)
            .value_parser(PossibleValuesParser::new(["4", "8"]).map(
                |number| match number.as_str() {
                    "4" => Connectivity::Four,
                    _ => Connectivity::Eight,
                },
            ));
        command
            .args(OPTIONS.iter().map(ChangeOption::arg))
            .arg(connectivity)
    }

    fn augment_args_for_update(command: Command) -> Command {
        Self::augment_args(command)
    }
}

impl FromArgMatches for Changes {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, Error> {
        let mut found = Vec::new();
        for ChangeOption { name, .. } in OPTIONS {
            let indices = matches.indices_of(name).into_iter().flatten();
            let changes = matches.get_many::<Change>(name).into_iter().flatten();
            let steps = changes.map(|&change| Step {
                option: name,
                change,
            });
            found.extend(indices.zip(steps));
        }
        found.sort_by_key(|&(index, _)| index);
        Ok(Changes {
            steps: found.into_iter().map(|(_, step)| step).collect(),
            connectivity: matches.get_one(CONNECTIVITY).copied(),
        })
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), Error> {
        *self = Self::from_arg_matches(matches)?;
        Ok(())
    }
}

fn number<T: FromStr>(text: &str, wanted: &str) -> Result<T, String> {
    text.trim().parse().map_err(|_| format!("not {wanted}"))
}

/// Numbers between commas.
fn numbers<const N: usize>(text: &str, wanted: &str) -> Result<[u32; N], String> {
    let numbers: Vec<_> = text
        .split(',')
        .map(|text| number(text, wanted))
        .collect::<Result<_, _>>()?;
    <[u32; N]>::try_from(numbers).map_err(|_| format!("not {wanted}"))
}

fn area(text: &str) -> Result<u64, String> {
    number(text, "a whole number of pixels, from 0 on")
}

fn ratio(text: &str) -> Result<Change, String> {
    let wanted = "a share of the mask's diagonal, from 0 on, such as 0.02";
    let ratio: f64 = number(text, wanted)?;
    match ratio.is_finite() && ratio >= 0.0 {
        true => Ok(Change::Boundary(ratio)),
        false => Err(format!("not {wanted}")),
    }
}

/// Reads six or nine numbers, such as `1,0,8,0,1,0`, and a size after an @ if there is one.
fn warp(text: &str) -> Result<Change, String> {
    let wanted = "6 numbers of an affine matrix, or 9 of a perspective one, such as 1,0,8,0,1,0";
    let (matrix, size) = match text.split_once('@') {
        Some((matrix, size)) => (matrix, Some(parse_sides(size)?)),
        None => (text, None),
    };
    let numbers = matrix.split(',').map(|text| number(text, wanted));
    let matrix = match numbers.collect::<Result<Vec<f64>, _>>()?[..] {
        [a, b, c, d, e, f] => [[a, b, c], [d, e, f], [0.0, 0.0, 1.0]],
        [a, b, c, d, e, f, g, h, i] => [[a, b, c], [d, e, f], [g, h, i]],
        _ => return Err(format!("not {wanted}")),
    };
    Ok(Change::Warp { matrix, size })
}

/// Reads the radius of a disk, such as `3`, or the sides of a box, such as `5x7`.
fn morph(op: MorphOp, text: &str) -> Result<Change, String> {
    let wanted = "the radius of a disk, such as 3, or the height and width of a box, such as 5x7";
    let footprint = match text.split_once('x') {
        None => Footprint::Disk(number(text, wanted)?),
        Some((h, w)) => {
            let sides: [u32; 2] = [number(h, wanted)?, number(w, wanted)?];
            if sides.iter().any(|side| side % 2 == 0) {
                return Err("a box has a pixel in its middle where both sides are odd".into());
            }
            Footprint::Box(sides)
        }
    };
    Ok(Change::Morph(op, footprint))
}
