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

#![expect(clippy::cast_precision_loss, reason = "counts of at most 3,600 cells are exact in an f32")]

use crate::analyse::grid::{CELLS, COLUMNS, Grid, ROWS};

/// The numbers of one comparison, in levels of 255 unless said otherwise.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Difference {
    /// Change of the whole picture's level: a lamp, an iris, an encoder's rounding.
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

// The limits below stand between 2,600 pairs of frozen stills and 700 pairs of live ones, 2 or 10 s apart:
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

/// A clock, a ticker or a lower third takes this share of the picture at most.
pub(super) const SMALL_PART: f32 = 0.12;

impl Difference {
    /// Compares two pictures.
    #[must_use]
    pub fn between(before: &Grid, now: &Grid) -> Self {
        let (before, now) = (before.cells(), now.cells());
        let raw: Vec<f32> =
            now.iter().zip(before).map(|(&now, &before)| f32::from(now) - f32::from(before)).collect();
        let level = ascending(raw.iter().copied())[CELLS / 2];
        let mut change: Vec<f32> = raw.iter().map(|change| change - level).collect();
        let sizes = ascending(change.iter().map(|change| change.abs()));
        let floor = root_mean_square(&sizes[..CELLS * 98 / 100]);
        let limit = NOISE.max(REPAINTED_PEAK * floor);
        let moved = CELLS - sizes.partition_point(|&size| size <= limit);
        for change in change.iter_mut().filter(|change| change.abs() > limit) {
            *change = 0.0;
        }
        let energy = sum_of_squares(&change);
        let (shift, explained) = shift(before, now, &change, energy);
        let background = root_mean_square(&change);
        Self {
            level,
            floor,
            largest: sizes[CELLS - 1],
            moved: moved as f32 / CELLS as f32,
            change: background,
            relative: background / contrast(before).max(contrast(now)).max(1.0),
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

fn ascending(values: impl Iterator<Item = f32>) -> Vec<f32> {
    let mut sorted: Vec<f32> = values.collect();
    sorted.sort_unstable_by(f32::total_cmp);
    sorted
}

fn sum_of_squares(values: &[f32]) -> f32 {
    values.iter().map(|value| value * value).sum()
}

fn root_mean_square(values: &[f32]) -> f32 {
    (sum_of_squares(values) / values.len() as f32).sqrt()
}

/// Standard deviation of a picture's cells.
fn contrast(cells: &[u8; CELLS]) -> f32 {
    let mean = cells.iter().map(|&cell| f32::from(cell)).sum::<f32>() / CELLS as f32;
    let squares: f32 = cells.iter().map(|&cell| (f32::from(cell) - mean).powi(2)).sum();
    (squares / CELLS as f32).sqrt()
}

/// Correlation of each cell's change with its right and lower neighbours' change.
fn coherence(change: &[f32], energy: f32) -> f32 {
    let across: f32 =
        change.chunks_exact(COLUMNS).flat_map(|row| row.windows(2)).map(|pair| pair[0] * pair[1]).sum();
    let down: f32 = change.iter().zip(&change[COLUMNS..]).map(|(upper, lower)| upper * lower).sum();
    f32::midpoint(across, down) / energy.max(1.0)
}

/// How far the picture moved as a whole, and the share of the change that this explains: the least-squares
/// fit of the change to the picture's gradient (Lucas and Kanade, with the whole picture for a window).
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
