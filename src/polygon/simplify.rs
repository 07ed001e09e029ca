//! Outlines with fewer points.

use super::trace::Polygon;
use crate::{Error, Result};

impl Polygon {
    /// The polygon with fewer of its points, for a person to edit: each ring by the algorithm of
    /// Douglas and Peucker.
    ///
    /// Each point of an old ring is within `tolerance` pixels of the new one, and each point of the
    /// new ring within as much of the old one. Nothing else is sure: rings may cross themselves or
    /// each other, and the area may change, by up to the length of the rings times `tolerance`. A
    /// ring keeps its first point, and three at least. It takes time by the number of points, and
    /// by that of those that stay: by the product of both at worst.
    ///
    /// # Errors
    /// [`Error::Input`] unless `tolerance` is a number from 0 on.
    ///
    /// ```
    /// use maskrle::{MaskRuns, Order};
    ///
    /// // A staircase of single pixels.
    /// let counts = [0, 1, 3, 2, 2, 3, 1, 4];
    /// let stairs = &MaskRuns::from_counts([4, 4], Order::RowMajor, counts)?.to_polygons()?[0];
    /// assert_eq!(stairs.outer.len(), 10);
    /// let simplified = stairs.simplified(0.75)?;
    /// assert_eq!(simplified.outer, [[0, 0], [4, 4], [0, 4]]);
    /// # Ok::<(), maskrle::Error>(())
    /// ```
    pub fn simplified(&self, tolerance: f64) -> Result<Polygon> {
        if tolerance.is_nan() || tolerance < 0.0 {
            let what = format!("a tolerance of {tolerance} is none: it is a number from 0 on");
            return Err(Error::Input(what));
        }
        let simplify = |ring: &Vec<[u32; 2]>| simplified(ring, tolerance);
        Ok(Polygon {
            outer: simplify(&self.outer),
            holes: self.holes.iter().map(simplify).collect(),
        })
    }
}

/// Points of a ring whose others are within the tolerance of the edges between them.
fn simplified(ring: &[[u32; 2]], tolerance: f64) -> Vec<[u32; 2]> {
    if ring.len() <= 3 {
        return ring.to_vec();
    }
    let at = |index: usize| ring[index % ring.len()].map(f64::from);
    let mut is_kept = vec![false; ring.len()];
    // The point farthest from a segment, and the square of its distance.
    let farthest = |from: usize, to: usize| {
        let mut found = (from, -1.0);
        for index in from + 1..to {
            let distance = square_of_distance(at(index), at(from), at(to));
            if distance > found.1 {
                found = (index, distance);
            }
        }
        found
    };
    // From the first point to the farthest of all, and back.
    let (opposite, _) = farthest(0, ring.len());
    is_kept[0] = true;
    is_kept[opposite] = true;
    let halves = [(0, opposite), (opposite, ring.len())];
    // Two points are no ring: the one that is farthest from both halves stays too.
    let third = halves.map(|(from, to)| farthest(from, to));
    let third = if third[0].1 >= third[1].1 {
        third[0].0
    } else {
        third[1].0
    };
    is_kept[third] = true;
    let mut parts: Vec<(usize, usize)> = Vec::new();
    for (from, to) in halves {
        match (from..to).contains(&third) && third != from {
            true => parts.extend([(from, third), (third, to)]),
            false => parts.push((from, to)),
        }
    }
    let most = tolerance * tolerance;
    while let Some((from, to)) = parts.pop() {
        let (index, distance) = farthest(from, to);
        if distance > most {
            is_kept[index] = true;
            parts.extend([(from, index), (index, to)]);
        }
    }
    let kept = ring.iter().zip(is_kept);
    kept.filter(|(_, is_kept)| *is_kept)
        .map(|(&point, _)| point)
        .collect()
}

/// Square of the distance of a point from a segment, which may be of one point.
fn square_of_distance([x, y]: [f64; 2], [ax, ay]: [f64; 2], [bx, by]: [f64; 2]) -> f64 {
    let (dx, dy) = (bx - ax, by - ay);
    let square = dx * dx + dy * dy;
    let along = ((x - ax) * dx + (y - ay) * dy) / square;
    // Where both ends are one point, it is 0 / 0.
    let along = if along > 0.0 { along.min(1.0) } else { 0.0 };
    let (px, py) = (x - ax - along * dx, y - ay - along * dy);
    px * px + py * py
}
