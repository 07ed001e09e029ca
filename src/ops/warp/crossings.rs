//! Target pixels at which a warped mask may change.
//!
//! Let h(t) be what the inverse matrix makes of a target place t in exact numbers, and h'(t) what
//! it makes of it in f64: homogeneous coordinates (x, y, w) that differ by rounding alone. Where
//! two neighbours t and t + 1 on a line have unlike values, the way from h'(t) to h(t), on to
//! h(t + 1), and to h'(t + 1) crosses the source's outline: values change nowhere else, as at w = 0
//! there is background on either side. So at a place between t and t + 1, h is an edge's point but
//! for rounding. On an edge `x = at` the form `x - at w` is 0, so there it is within some `slack`
//! of 0. The form is linear on a target line: it is within the slack in an interval [from, to], in
//! general a point, and t + 1 is from ceil(from) to floor(to) + 1. Only lines that the edge's image
//! crosses are looked at, and places within it, but for a `margin`.
//!
//! A pixel that is marked without need costs time only, since values are those of the definition:
//! `Projection::source_of` of each marked pixel.

use super::outline::Edge;
use super::projection::{Matrix, Projection};

/// What marks the pixels for the edges of one source in a target.
pub(super) struct Crossings {
    projection: Projection,
    /// Length of a target line, and number of lines.
    target: [u32; 2],
    /// Greatest size of `x - at w` that rounding makes of 0.
    slack: f64,
    /// Distance of a target pixel on an edge from the edge's image, in each coordinate.
    margin: [f64; 2],
    /// False for an affine map whose images are known well: their w is 1, and nothing is divided.
    divides: bool,
    /// Least w of an image that is known well enough to divide by it.
    least_w: f64,
    /// -1 divided by each number by which a place is multiplied, of an affine map.
    inverses: [[f64; 2]; 2],
}

impl Crossings {
    pub(super) fn new(projection: Projection, source: [u32; 2], target: [u32; 2]) -> Self {
        let Projection { forward, inverse } = projection;
        let side = f64::from(source[0].max(source[1])) + 2.0;
        let places = [f64::from(target[0]), f64::from(target[1]), 1.0];
        // A sum of products is off by less than 2 epsilon of the sum of their sizes, the quotient's
        // and the form's own rounding by as much, and `at` times w by `side` times as much as w.
        let [of_x, of_y, of_w] = inverse.map(|row| 16.0 * f64::EPSILON * sizes(row, places));
        let slack = of_x.max(of_y) + side * of_w + f64::MIN_POSITIVE;
        // The forward matrix takes h back to t, but for what it lacks as an inverse, and it takes
        // the slack with it.
        let off = off_identity(forward, inverse);
        let of_target: [f64; 3] = std::array::from_fn(|k| {
            sizes(off[k], places) + sizes(forward[k], [slack, slack, of_w])
        });
        let [along, line, of_one] = of_target;
        // An image is off by its own rounding as well: by 2^-10 of a pixel, and by 2^-20 times as
        // much as its place, as its w is large enough (`least_w`).
        let margin = [0, 1].map(|k| {
            let own = places[k] / f64::from(1 << 19) + 1.0 / f64::from(1 << 9);
            let margin = 2.0 * ([along, line][k] + of_one * places[k]) + own;
            if of_one < 0.01 && margin.is_finite() {
                margin
            } else {
                f64::INFINITY
            }
        });
        let of_image = forward.map(|row| 4.0 * f64::EPSILON * sizes(row, [side, side, 1.0]));
        let mut least_w = f64::from(1 << 10) * (of_image[0] + of_image[1]);
        if forward[2][..2] != [0.0; 2] {
            least_w += f64::from(1 << 20) * of_image[2];
        }
        let is_affine = [forward, inverse].map(|matrix| matrix[2]) == [[0.0, 0.0, 1.0]; 2];
        let [of_x, of_y, _] = inverse.map(|[a, b, _]| [-1.0 / a, -1.0 / b]);
        Crossings {
            projection,
            target,
            slack,
            margin,
            divides: !(is_affine && least_w < 1.0),
            least_w,
            inverses: [of_x, of_y],
        }
    }

    /// Pixels where an edge may make another value than that of the pixel before them on their
    /// line; of the first pixels of all lines, than that of the one a line before.
    #[inline(always)]
    pub(super) fn of(&self, edge: &Edge) -> Crossed {
        // With a constant axis the numbers of the matrices are where the compiler knows.
        match edge.axis {
            0 => self.crossed(Edge { axis: 0, ..*edge }),
            _ => self.crossed(Edge { axis: 1, ..*edge }),
        }
    }

    #[inline(always)]
    fn crossed(&self, edge: Edge) -> Crossed {
        let [along, across] = self.image(&edge);
        let is_first = along[0] <= 0.0 && along[1] >= 0.0;
        let [positions, lines] = [
            Places::new(along, self.target[0]),
            Places::new(across, self.target[1]),
        ];
        let is_seen = positions.from <= positions.to && lines.from <= lines.to;
        Crossed {
            along: if is_seen { self.form(&edge, 0) } else { None },
            across: if is_first { self.form(&edge, 1) } else { None },
            positions,
            lines,
        }
    }

    /// Range of target positions, and of lines, in which an edge can be.
    #[inline(always)]
    fn image(&self, edge: &Edge) -> [[f64; 2]; 2] {
        let row = |k: usize| {
            let row: &[f64; 3] = &self.projection.forward[k];
            let (fixed, other) = (row[edge.axis], row[1 - edge.axis]);
            let sum = fixed * edge.at + row[2];
            [sum + other * edge.ends[0], sum + other * edge.ends[1]]
        };
        let [mut along, mut lines] = [row(0), row(1)];
        if self.divides {
            let w = row(2);
            let is_known = w[0].abs() > self.least_w && w[1].abs() > self.least_w;
            // Else it may go through infinity.
            if !is_known || (w[0] < 0.0) != (w[1] < 0.0) {
                return [[f64::NEG_INFINITY, f64::INFINITY]; 2];
            }
            along = [along[0] / w[0], along[1] / w[1]];
            lines = [lines[0] / w[0], lines[1] / w[1]];
        }
        let within = |[from, to]: [f64; 2], margin: f64| {
            [lower(from, to) - margin, upper(from, to) + margin]
        };
        [within(along, self.margin[0]), within(lines, self.margin[1])]
    }

    /// `x - at w`, or `y - at w`, in a direction of the target. None where x and w are the same
    /// numbers all along it, in f64 too: then no edge is crossed.
    #[inline(always)]
    fn form(&self, edge: &Edge, direction: usize) -> Option<Form> {
        let [of_x, of_w] = [edge.axis, 2].map(|row| self.projection.inverse[row]);
        if of_x[direction] == 0.0 && of_w[direction] == 0.0 {
            return None;
        }
        let [inverse, of_other, constant] = if self.divides {
            let [of_place, of_other, constant] =
                [direction, 1 - direction, 2].map(|k| of_x[k] - edge.at * of_w[k]);
            [-1.0 / of_place, of_other, constant]
        } else {
            let inverse = self.inverses[edge.axis][direction];
            [inverse, of_x[1 - direction], of_x[2] - edge.at]
        };
        Some(Form {
            inverse,
            half: self.slack * inverse.abs(),
            of_other,
            constant,
        })
    }
}

/// What an edge crosses.
pub(super) struct Crossed {
    /// The form that is 0 on the edge, along lines, and across them.
    along: Option<Form>,
    across: Option<Form>,
    positions: Places,
    lines: Places,
}

impl Crossed {
    /// Number of pixels that are marked at most, in constant time.
    #[inline(always)]
    pub(super) fn most(&self) -> u64 {
        let along = self.along.as_ref().map_or(0, |form| {
            u64::from(self.lines.count()) * u64::from(form.most(&self.positions))
        });
        let across = self.across.as_ref();
        along + across.map_or(0, |form| form.most(&self.lines).into())
    }

    /// Calls `mark` with the position and line of each pixel.
    #[inline(always)]
    pub(super) fn mark(&self, mut mark: impl FnMut([u32; 2])) {
        if let Some(form) = &self.along {
            for line in self.lines.first..self.lines.end {
                form.changes(line.into(), &self.positions, |position| {
                    mark([position, line])
                });
            }
        }
        if let Some(form) = &self.across {
            form.changes(0.0, &self.lines, |line| mark([0, line]));
        }
    }
}

/// A range of places in one direction, from 0 to the last one there is.
struct Places {
    from: f64,
    to: f64,
    /// Whole numbers in it: the first, and one past the last.
    first: u32,
    end: u32,
    /// Number of places there are.
    count: u32,
}

impl Places {
    #[inline(always)]
    fn new([from, to]: [f64; 2], count: u32) -> Self {
        let [from, to] = [upper(from, 0.0), lower(to, f64::from(count) - 1.0)];
        Places {
            from,
            to,
            first: first_from(from),
            end: if to < 0.0 { 0 } else { to as u32 + 1 },
            count,
        }
    }

    #[inline(always)]
    fn count(&self) -> u32 {
        self.end.saturating_sub(self.first)
    }
}

/// A linear form `a t + b u + c` of a place t in one direction, and u in the other.
struct Form {
    /// `-1 / a`.
    inverse: f64,
    /// Half the length of the interval in which it is within the slack of 0.
    half: f64,
    of_other: f64,
    constant: f64,
}

impl Form {
    /// Calls `mark` with each place before which there is one of a range where the form may be 0.
    #[inline(always)]
    fn changes(&self, other: f64, range: &Places, mut mark: impl FnMut(u32)) {
        let zero = (self.of_other * other + self.constant) * self.inverse;
        // Where a is 0 these are infinite, or no numbers, and the range is what remains.
        let from = upper(zero - self.half, range.from);
        let to = lower(zero + self.half, range.to);
        if from > to {
            return;
        }
        let first = first_from(from).max(1);
        let end = (to as u32 + 1).min(range.count - 1);
        (first..=end).for_each(&mut mark);
    }

    /// Number of calls that [`Form::changes`] makes at most.
    #[inline(always)]
    fn most(&self, range: &Places) -> u32 {
        let length = lower(2.0 * self.half, range.to - range.from);
        // To integers Rust saturates, and takes what is below 0 for 0.
        (length as u32).saturating_add(2).min(range.count)
    }
}

/// The first whole number from `least` on, which is not negative.
#[inline(always)]
fn first_from(least: f64) -> u32 {
    // To integers Rust rounds towards zero, and saturates.
    let below = least as u32;
    below + u32::from(f64::from(below) < least && below < u32::MAX)
}

/// The first number if it is lower, else the second: also where the first is none.
#[inline(always)]
fn lower(a: f64, b: f64) -> f64 {
    if a < b { a } else { b }
}

/// The first number if it is higher, else the second: also where the first is none.
#[inline(always)]
fn upper(a: f64, b: f64) -> f64 {
    if a > b { a } else { b }
}

/// Sum of the sizes of products.
fn sizes(row: [f64; 3], places: [f64; 3]) -> f64 {
    let products = row.iter().zip(places);
    products.map(|(number, place)| (number * place).abs()).sum()
}

/// Greatest size of each number by which the product of two matrices is not the identity.
fn off_identity(forward: Matrix, inverse: Matrix) -> Matrix {
    let column = |k: usize| inverse.map(|row| row[k]);
    std::array::from_fn(|i| {
        std::array::from_fn(|k| {
            let products = forward[i].iter().zip(column(k));
            let product: f64 = products.map(|(a, b)| a * b).sum();
            let identity = f64::from(u8::from(i == k));
            (product - identity).abs() + 4.0 * f64::EPSILON * sizes(forward[i], column(k))
        })
    })
}
