//! How one picture differs from another of the same feed: by noise, by a small part, or altogether.
//!
//! Two grids enter, a [`Difference`] leaves, and its [`Likeness`]. It knows nothing of time or of conditions.
//!
//! The largest change of a cell alone cannot decide. A starved encoder repaints a still picture at every key
//! frame and changes cells by 24 levels; an out-of-focus pan moves the whole picture and changes none by more
//! than 8. What sets them apart is the pattern: noise and repainting differ from cell to cell and leave the
//! picture where it is, while movement changes neighbouring cells alike, along the picture's own gradient.
//!
//! So cells that stand out from the floor of noise are set aside first: something small moved there, or
//! nothing did. The rest, the background, is then looked at for movement too weak for any one cell to show.

#![expect(clippy::cast_precision_loss, reason = "rounding of an f32, far below what any limit tells apart")]

use super::histogram::Changes;
use crate::picture::grid::{CELLS, COLUMNS, Grid, ROWS};

/// The numbers of one comparison, in levels of 255 unless said otherwise.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Difference {
    /// IncidentEvent of the whole picture's level: a lamp, an iris, an encoder's rounding.
    pub level: f32,
    /// Root mean square of the change of the least changed 98 % of the cells: the floor of noise.
    pub floor: f32,
    /// The largest change of one cell.
    pub largest: f32,
    /// Share of cells (0-1) that changed by more than noise could.
    pub moved: f32,
    /// Root mean square of the background's change.
    pub change: f32,
    /// The background's change as a share of the picture's contrast: 1.4 for two unrelated pictures.
    pub relative: f32,
    /// How alike neighbouring cells of the background changed: 0 for noise, towards 1 for movement.
    pub coherence: f32,
    /// How far the background moved, in cells.
    pub shift: f32,
    /// Share (0-1) of the background's change that this movement explains.
    pub explained: f32,
}

/// What a difference means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Likeness {
    /// The same picture, noise and repainting aside.
    Same,
    /// The same picture, but for a part of at most 12 %.
    SameBackground,
    /// Another picture, or the same one moved.
    Different,
}

// The thresholds below stand between 2,600 pairs of frozen stills and 700 pairs of live ones, 2 or 10 s apart:
// clean, noisy, starved and drifting freezes; pans, zooms, fog, night, snow, wind and small movers. The first
// number is the worst of the frozen, the second the best of the live that no other limit tells.

/// A cell may differ by this much through noise, encoder and JPEG alone, in levels (noise of 20 levels: 9; a
/// dim small mover: 14).
const NOISE: f32 = 8.0;

/// A cell that an encoder repaints changes by at most this many times the floor (8 times; movers: 20 times
/// and more).
const REPAINTED_PEAK: f32 = 10.0;

/// The background of a still picture changes by less than this, in levels (4.8; 8.7).
const REPAINTED: f32 = 6.0;

/// The background of a still picture changes by less than this share of the picture's contrast (0.22; snow
/// and night
/// 0.6 to 1.3).
const UNRELATED: f32 = 0.5;

/// Coherence above this is movement (0.38; 0.58).
const COHERENT: f32 = 0.47;

/// Coherent change below this energy (levels squared) is rounding of a drifting level.
const COHERENT_ENERGY: f32 = 0.6;

/// A shift of this many cells can be told from none, half a pixel of a thumbnail...
const SHIFTED: f32 = 0.08;

/// ...if it explains this share of the change (0.11; 0.32).
const SHIFT_EXPLAINS: f32 = 0.25;

/// A level may drift by this much in a still picture, in levels (5).
const LEVEL_DRIFT: f32 = 6.0;

/// Cells that the floor of noise is told from: the least changed 98 %.
const FLOOR_CELLS: usize = CELLS * 98 / 100;

/// A clock, a ticker or a lower third takes this share of the picture at most.
pub(super) const SMALL_PART: f32 = 0.12;

impl Difference {
    /// Compares two pictures. All is whole numbers up to the results, which is quick and exact.
    #[must_use]
    pub fn between(before: &Grid, now: &Grid) -> Self {
        let (before, now) = (before.cells(), now.cells());
        let changes = Changes::between(before, now);
        let level = changes.level();
        let sizes = changes.from(level);
        let floor = root_mean_square(sizes.squares_of_least(FLOOR_CELLS), FLOOR_CELLS);
        let limit = NOISE.max(REPAINTED_PEAK * floor);
        let quiet = sizes.within(limit);
        let energy = sizes.squares_of_least(quiet);
        let change = background(before, now, level, limit);
        let (shift, explained) = shift(before, now, &change, energy);
        let root_mean_square = root_mean_square(energy, CELLS);
        Self {
            level: f32::from(level),
            floor,
            largest: f32::from(sizes.largest()),
            moved: (CELLS - quiet) as f32 / CELLS as f32,
            change: root_mean_square,
            relative: root_mean_square / contrast(before).max(contrast(now)).max(1.0),
            coherence: coherence(&change, energy),
            shift,
            explained,
        }
    }

    /// What it means.
    #[must_use]
    pub fn likeness(&self) -> Likeness {
        if self.background_moved() || self.moved > SMALL_PART {
            Likeness::Different
        } else if self.moved > 0.0 {
            Likeness::SameBackground
        } else {
            Likeness::Same
        }
    }

    fn background_moved(&self) -> bool {
        let shifted = self.shift > SHIFTED && self.explained > SHIFT_EXPLAINS;
        let coherent =
            self.coherence > COHERENT && self.coherence * self.change * self.change > COHERENT_ENERGY;
        let another = self.change > REPAINTED || (self.relative > UNRELATED && self.largest > NOISE);
        self.level.abs() > LEVEL_DRIFT || shifted || coherent || another
    }
}

fn root_mean_square(squares: u32, cells: usize) -> f32 {
    (squares as f32 / cells as f32).sqrt()
}

/// The change of each cell from the common level, and none where something moved.
fn background(before: &[u8; CELLS], now: &[u8; CELLS], level: i16, limit: f32) -> [i16; CELLS] {
    std::array::from_fn(|cell| {
        let change = i16::from(now[cell]) - i16::from(before[cell]) - level;
        if f32::from(change.abs()) <= limit { change } else { 0 }
    })
}

/// Standard deviation of a picture's cells.
fn contrast(cells: &[u8; CELLS]) -> f32 {
    let sum: u64 = cells.iter().map(|&cell| u64::from(cell)).sum();
    let squares: u64 = cells.iter().map(|&cell| u64::from(cell) * u64::from(cell)).sum();
    // Never below zero: the mean of the squares is at least the square of the mean.
    ((CELLS as u64 * squares - sum * sum) as f32).sqrt() / CELLS as f32
}

/// Sum of the products of two rows, cell by cell.
fn products(one: &[i16], other: &[i16]) -> i32 {
    one.iter().zip(other).map(|(&one, &other)| i32::from(one) * i32::from(other)).sum()
}

/// Correlation of each cell's change with its right and lower neighbours' change.
fn coherence(change: &[i16; CELLS], energy: u32) -> f32 {
    let across: i32 = change.chunks_exact(COLUMNS).map(|row| products(row, &row[1..])).sum();
    let down = products(change, &change[COLUMNS..]);
    f32::midpoint(across as f32, down as f32) / (energy as f32).max(1.0)
}

/// How far the picture moved as a whole, and the share of the change that this explains: the least-squares
/// fit of the change to the picture's gradient (Lucas and Kanade, with the whole picture for a window).
fn shift(before: &[u8; CELLS], now: &[u8; CELLS], change: &[i16; CELLS], energy: u32) -> (f32, f32) {
    // Two pictures are added up and two cells lie between a cell's neighbours, so a gradient is four times too large.
    let both: [i16; CELLS] = std::array::from_fn(|cell| i16::from(before[cell]) + i16::from(now[cell]));
    let (mut xx, mut xy, mut yy, mut xd, mut yd) = (0, 0, 0, 0, 0);
    for row in 1..ROWS - 1 {
        let line = |row: usize| &both[row * COLUMNS..][..COLUMNS];
        let (above, here, below) = (line(row - 1), line(row), line(row + 1));
        let x: [i16; COLUMNS - 2] = std::array::from_fn(|column| here[column + 2] - here[column]);
        let y: [i16; COLUMNS - 2] = std::array::from_fn(|column| below[column + 1] - above[column + 1]);
        let d = &change[row * COLUMNS + 1..][..COLUMNS - 2];
        xx += products(&x, &x);
        xy += products(&x, &y);
        yy += products(&y, &y);
        xd += products(&x, d);
        yd += products(&y, d);
    }
    let [xx, yy] = [xx, yy].map(|sum| sum as f32 / 16.0 + 1e-3);
    let (xy, xd, yd) = (xy as f32 / 16.0, xd as f32 / 4.0, yd as f32 / 4.0);
    let determinant = xx * yy - xy * xy;
    if determinant <= f32::EPSILON * xx * yy {
        return (0.0, 0.0);
    }
    let right = (yy * xd - xy * yd) / determinant;
    let down = (xx * yd - xy * xd) / determinant;
    (right.hypot(down), (right * xd + down * yd) / (energy as f32).max(1.0))
}
