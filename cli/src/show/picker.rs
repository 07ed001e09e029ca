//! Rows of a file, picked as they come: over each other, or where they are too different or too
//! many each in a tile of a sheet.

use anyhow::{Error, Result, anyhow};
use maskrle::MaskRuns;

use super::row::Row;
use super::sheet::Sheet;
use crate::budget::Budget;

/// The masks that are asked for.
#[derive(Debug, Clone, Copy)]
pub enum Choice<'a> {
    /// The row, or the mask of a stack, with this index.
    Index(u64),
    /// All masks of an image.
    Image(&'a str),
    All,
}

/// Arrangement of the masks that are drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Arrangement {
    /// Over each other if they are of one image and few, else as a sheet.
    Auto,
    /// Over each other; it is an error where they do not go together.
    Pile,
    Sheet,
}

/// The rows to draw over each other, all of one size and one image.
#[derive(Debug, Default)]
pub struct Pile {
    /// Height and width.
    pub size: [u32; 2],
    pub rows: Vec<Row>,
}

/// All that is to be drawn.
#[derive(Debug)]
pub enum Picked {
    Pile(Pile),
    Sheet(Sheet),
}

/// Most rows that are drawn over each other unless that is asked for.
const MOST_PILED: usize = 64;

/// Picks the rows that are asked for.
pub struct Picker<'a> {
    choice: Choice<'a>,
    arrangement: Arrangement,
    is_plain: bool,
    /// Memory for all that is picked, and what is left of it to the pile.
    budget: Budget,
    left: Budget,
    /// Number of rows so far.
    rows: u64,
    pile: Pile,
    /// The rows, once they are not piled.
    sheet: Option<Sheet>,
}

impl<'a> Picker<'a> {
    pub fn new(
        choice: Choice<'a>,
        arrangement: Arrangement,
        is_plain: bool,
        budget: Budget,
    ) -> Self {
        Picker {
            choice,
            arrangement,
            is_plain,
            budget,
            left: budget,
            rows: 0,
            pile: Pile::default(),
            sheet: (arrangement == Arrangement::Sheet).then(|| Sheet::new(is_plain)),
        }
    }

    pub fn choice(&self) -> Choice<'a> {
        self.choice
    }

    /// True if all masks are asked for, and there was none.
    pub fn is_of_none(&self) -> bool {
        matches!(self.choice, Choice::All) && self.rows == 0
    }

    /// True if the next row, of which the image is known, is to be taken.
    pub fn wants(&mut self, image: Option<&str>) -> bool {
        let index = self.rows;
        self.rows += 1;
        let is_chosen = match self.choice {
            Choice::Index(chosen) => chosen == index,
            Choice::Image(chosen) => image == Some(chosen),
            Choice::All => true,
        };
        match &mut self.sheet {
            Some(sheet) if is_chosen && sheet.is_full() => {
                sheet.left_out += 1;
                false
            }
            _ => is_chosen,
        }
    }

    /// Takes the row that was asked about last.
    pub fn take(
        &mut self,
        image: Option<String>,
        id: Option<String>,
        runs: MaskRuns,
    ) -> Result<()> {
        let id = id.unwrap_or_else(|| (self.rows - 1).to_string());
        let row = Row::new(image, id, runs)?;
        if self.sheet.is_none() {
            match self.check(&row) {
                Ok(()) => {
                    self.pile.size = row.size;
                    self.pile.rows.push(row);
                    return Ok(());
                }
                Err(error) if self.arrangement != Arrangement::Auto => return Err(error),
                Err(_) => {}
            }
        }
        // Masks that were piled come first. Each is drawn, and its runs are not kept.
        let sheet = self.sheet.get_or_insert_with(|| Sheet::new(self.is_plain));
        for row in self.pile.rows.drain(..).chain([row]) {
            sheet.add(&row, &self.budget)?;
        }
        Ok(())
    }

    /// Fails where a row cannot be drawn over those before it; takes memory for it where it can.
    fn check(&mut self, row: &Row) -> Result<()> {
        if let Some(first) = self.pile.rows.first() {
            if first.image != row.image {
                return Err(other_image(row, first));
            }
            if first.size != row.size {
                let ([h, w], [height, width]) = (row.size, first.size);
                return Err(anyhow!(
                    "a mask of {h} x {w}, and those before it of {height} x {width}: \
                     one picture has one size"
                ));
            }
        }
        if self.arrangement == Arrangement::Auto && self.pile.rows.len() == MOST_PILED {
            return Err(anyhow!("more than {MOST_PILED} masks"));
        }
        self.left.take(row.bytes())
    }

    /// All that was picked. `listed` is the size of an image that the file lists, maybe without
    /// masks.
    pub fn finish(self, listed: Option<[u32; 2]>) -> Result<Picked> {
        match (self.sheet, self.choice, listed) {
            (Some(sheet), ..) if sheet.len() > 0 => Ok(Picked::Sheet(sheet)),
            _ if !self.pile.rows.is_empty() => Ok(Picked::Pile(self.pile)),
            (_, _, Some(size)) => Ok(Picked::Pile(Pile {
                size,
                rows: Vec::new(),
            })),
            (_, Choice::Index(index), _) => Err(anyhow!(
                "no row {index}: there are {}, counted from 0",
                self.rows
            )),
            (_, Choice::Image(image), _) => Err(anyhow!("no mask is of {image:?}")),
            (_, Choice::All, _) => Err(anyhow!("there is no mask to draw")),
        }
    }
}

fn other_image(row: &Row, first: &Row) -> Error {
    let name = |row: &Row| row.image.clone().unwrap_or_else(|| "no image".into());
    let (image, before) = (name(row), name(first));
    anyhow!(
        "a mask of {image}, and those before it of {before}: \
         --index I or --image-id ID says which are drawn"
    )
}
