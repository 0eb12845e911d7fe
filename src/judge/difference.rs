//! How one picture differs from another of the same feed: by noise, by a small part, or altogether.
//!
//! Two grids enter, a [`Difference`] leaves, and its [`Likeness`]. It knows nothing of time or of conditions.
//!
//! The largest change of a cell alone cannot decide. A starved encoder repaints a still picture at every key frame and
//! changes cells by 24 levels; an out-of-focus pan moves the whole picture and changes none by more than 8. What sets
//! them apart is the pattern: noise and repainting differ from cell to cell and leave the picture where it is, while
//! movement changes neighbouring cells alike, along the picture's own gradient.

#![expect(clippy::cast_precision_loss, reason = "counts of at most 3,600 cells are exact in an f32")]

use crate::analyse::grid::{CELLS, COLUMNS, Grid, ROWS};

/// The numbers of one comparison, in levels of 255 unless said otherwise.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Difference {
    /// Change of the whole picture's level: a lamp, an iris, an encoder's rounding.
    pub level: f32,
    /// How far the whole picture moved, in cells.
    pub shift: f32,
    /// Share (0-1) of the change that this movement explains.
    pub explained: f32,
    /// Root mean square of the change that the level does not explain.
    pub change: f32,
    /// The same without the most changed 2 % of the cells: the floor of noise that the whole picture has.
    pub floor: f32,
    /// The largest change of one cell.
    pub largest: f32,
    /// Share of cells (0-1) that changed by more than the noise could.
    pub moved: f32,
    /// How alike neighbouring cells changed: 0 for noise, towards 1 for movement.
    pub coherence: f32,
    /// Change as a share of the picture's own contrast: 1.4 for two unrelated pictures.
    pub relative: f32,
}

/// What a difference means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Likeness {
    /// The same picture, noise and repainting aside.
    Same,
    /// The same picture, but for a part of at most [`SMALL_PART`].
    SameBackground,
    /// Another picture, or the same one moved.
    Different,
}

/// Cells may differ by this much through noise, encoder and JPEG alone.
const NOISE: f32 = 8.0;

/// A repainting encoder stays below this.
const REPAINTED_CHANGE: f32 = 6.0;

/// A repainted cell changes by at most this many times the floor.
const REPAINTED_PEAK: f32 = 8.0;

/// Coherence at and above this is movement.
const COHERENT: f32 = 0.3;

/// Coherent change below this energy (levels squared) is rounding.
const COHERENT_ENERGY: f32 = 0.6;

/// A shift of this many cells can be told from none.
const SHIFTED: f32 = 0.06;

/// A shift must explain this share of the change to be believed.
const SHIFT_EXPLAINS: f32 = 0.1;

/// A level may drift by this much in a still picture.
const LEVEL_DRIFT: f32 = 6.0;

/// Change relative to contrast from which there is no picture left that could be the same.
const UNRELATED: f32 = 0.25;

/// A clock or a ticker takes this share of the picture at most.
pub const SMALL_PART: f32 = 0.12;

impl Difference {
    /// Compares two pictures.
    #[must_use]
    pub fn between(before: &Grid, now: &Grid) -> Self {
        let (before, now) = (before.cells(), now.cells());
        let raw: Vec<f32> =
            now.iter().zip(before).map(|(&now, &before)| f32::from(now) - f32::from(before)).collect();
        let level = median(&raw);
        let change: Vec<f32> = raw.iter().map(|change| change - level).collect();
        let energy = sum_of_squares(&change);
        let mut sizes: Vec<f32> = change.iter().map(|change| change.abs()).collect();
        sizes.sort_unstable_by(f32::total_cmp);
        let floor = root_mean_square(&sizes[..CELLS * 98 / 100]);
        let limit = NOISE.max(REPAINTED_PEAK * floor);
        let (shift, explained) = shift(before, now, &change, energy);
        let whole = CELLS as f32;
        Self {
            level,
            shift,
            explained,
            change: (energy / whole).sqrt(),
            floor,
            largest: sizes[CELLS - 1],
            moved: sizes.iter().filter(|&&size| size > limit).count() as f32 / whole,
            coherence: coherence(&change, energy),
            relative: (energy / whole).sqrt() / contrast(before).max(contrast(now)).max(1.0),
        }
    }

    /// What it means.
    #[must_use]
    pub fn likeness(&self) -> Likeness {
        let shifted = self.shift > SHIFTED && self.explained > SHIFT_EXPLAINS;
        let coherent =
            self.coherence > COHERENT && self.coherence * self.change * self.change > COHERENT_ENERGY;
        if self.level.abs() > LEVEL_DRIFT || shifted {
            return Likeness::Different;
        }
        if !coherent
            && self.moved == 0.0
            && self.change <= REPAINTED_CHANGE
            && (self.largest <= NOISE || self.relative <= UNRELATED)
        {
            return Likeness::Same;
        }
        if self.moved > 0.0 && self.moved <= SMALL_PART && self.floor <= NOISE / 2.0 {
            return Likeness::SameBackground;
        }
        Likeness::Different
    }
}

fn median(values: &[f32]) -> f32 {
    let mut sorted = values.to_vec();
    sorted.sort_unstable_by(f32::total_cmp);
    sorted[sorted.len() / 2]
}

fn sum_of_squares(values: &[f32]) -> f32 {
    values.iter().map(|value| value * value).sum()
}

fn root_mean_square(values: &[f32]) -> f32 {
    (sum_of_squares(values) / values.len() as f32).sqrt()
}

/// Standard deviation of a picture's cells.
fn contrast(cells: &[u8; CELLS]) -> f32 {
    let values: Vec<f32> = cells.iter().map(|&cell| f32::from(cell)).collect();
    let mean = values.iter().sum::<f32>() / values.len() as f32;
    (values.iter().map(|value| (value - mean) * (value - mean)).sum::<f32>() / values.len() as f32).sqrt()
}

/// Correlation of each cell's change with its right and lower neighbours' change.
fn coherence(change: &[f32], energy: f32) -> f32 {
    let across: f32 =
        change.chunks_exact(COLUMNS).flat_map(|row| row.windows(2)).map(|pair| pair[0] * pair[1]).sum();
    let down: f32 = change.iter().zip(&change[COLUMNS..]).map(|(upper, lower)| upper * lower).sum();
    f32::midpoint(across, down) / energy.max(1.0)
}

/// How far the picture moved as a whole, and the share of the change that this explains: the least-squares fit of the
/// change to the picture's gradient (Lucas and Kanade, with the whole picture for a window).
fn shift(before: &[u8; CELLS], now: &[u8; CELLS], change: &[f32], energy: f32) -> (f32, f32) {
    let middle = |cell: usize| f32::midpoint(f32::from(before[cell]), f32::from(now[cell]));
    let (mut xx, mut xy, mut yy, mut xd, mut yd) = (1e-3_f32, 0.0_f32, 1e-3_f32, 0.0_f32, 0.0_f32);
    for row in 1..ROWS - 1 {
        for column in 1..COLUMNS - 1 {
            let cell = row * COLUMNS + column;
            let x = (middle(cell + 1) - middle(cell - 1)) / 2.0;
            let y = (middle(cell + COLUMNS) - middle(cell - COLUMNS)) / 2.0;
            let d = change[cell];
            xx += x * x;
            xy += x * y;
            yy += y * y;
            xd += x * d;
            yd += y * d;
        }
    }
    let determinant = xx * yy - xy * xy;
    if determinant <= f32::EPSILON * xx * yy {
        return (0.0, 0.0);
    }
    let right = (yy * xd - xy * yd) / determinant;
    let down = (xx * yd - xy * xd) / determinant;
    (right.hypot(down), (right * xd + down * yd) / energy.max(1.0))
}
