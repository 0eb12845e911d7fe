//! How one picture of a feed differs from another: by noise, in a small part, or altogether.
//!
//! Two grids enter, a [`Difference`] leaves, and its [`Likeness`]. It knows nothing of time or of
//! conditions.
//!
//! The largest change of one cell does not distinguish a freeze from movement. An encoder with a
//! low bit rate repaints a frozen picture at every key frame and changes cells by 24 levels; an
//! out-of-focus pan moves the whole picture and changes no cell by more than 8. The pattern does:
//! noise and repainting differ from cell to cell and leave the picture where it is, while movement
//! changes neighbouring cells alike, along the picture's own gradient.
//!
//! So cells whose change exceeds what the noise floor allows are set aside first: if there are any,
//! something small moved there. The other cells, the background, are then tested for movement too
//! weak to show in any one cell.

#![expect(clippy::cast_precision_loss, reason = "rounding to f32 is far below every threshold")]

use super::{camera_move::CameraMove, histogram::DeltaHistogram, interference, window::Window};
use crate::picture::grid::{CELLS, COLUMNS, Grid, ROWS};

/// The numbers of one comparison, in levels of 255 unless another unit is given.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Difference {
    /// The median change of all cells: lighting, an iris, an encoder's rounding. All other changes
    /// are relative to it.
    pub level: f32,
    /// The noise floor: root mean square of the 98 % smallest changes.
    pub floor: f32,
    /// The largest change of one cell.
    pub largest: f32,
    /// Share of cells (0-1) that changed by more than noise could.
    pub moved: f32,
    /// Root mean square of the background's change.
    pub change: f32,
    /// The background's change as a share of the picture's contrast: 1.4 for two unrelated
    /// pictures.
    pub relative: f32,
    /// Correlation of the background's change between neighbouring cells: 0 for noise, towards 1
    /// for movement.
    pub coherence: f32,
    /// How far the background moved, in cells. Vertical movement counts by 0.55.
    pub shift: f32,
    /// Share (0-1) of the background's change that this shift explains.
    pub explained: f32,
    /// How far a zoom moved the left and right edges, in cells. It is measured only if the other
    /// numbers leave the pictures alike.
    pub zoom: f32,
    /// Share (0-1) of the background's change that this zoom explains in addition to the shift.
    pub zoom_explained: f32,
}

/// What a difference means, from alike to different.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Likeness {
    /// The same picture, except for noise and repainting.
    Same,
    /// The same picture, except for a part of at most 12 %.
    SameBackground,
    /// Another picture, or the same one moved.
    Different,
}

// The thresholds below separate 2,600 pairs of frozen stills from 700 pairs of live ones, 2 or 10 s
// apart. Frozen: clean, noisy, with a low bit rate, drifting in level. Live: pans, zooms, fog,
// night, snow, wind, small moving objects. Each constant lists (largest value over frozen pairs;
// smallest value over live pairs that no other threshold rejects).

/// Noise, encoder and JPEG change a cell by up to this many levels (noise of 20 levels: 9; a dim
/// small object: 14).
const NOISE: f32 = 10.0;

/// An encoder that repaints a picture changes a cell by up to this many times the noise floor (8;
/// moving objects: 20).
const REPAINTED_PEAK: f32 = 10.0;

/// The background of a frozen picture changes by less than this, in levels (4.8; 8.7).
const REPAINTED: f32 = 7.5;

/// The background of a frozen picture changes by less than this share of the picture's contrast
/// (0.22; 0.6 for snow and night scenes).
const UNRELATED: f32 = 0.5;

/// A higher coherence is movement (0.38; 0.58).
const COHERENT: f32 = 0.47;

/// Coherent change below this energy (levels squared) is rounding of a drifting level.
const COHERENT_ENERGY: f32 = 0.6;

/// The smallest shift that is measurable, in cells: half a pixel of a thumbnail.
const SHIFTED: f32 = 0.08;

/// Vertical shifts count by this much, because one field of a frozen SD picture lies 0.12 cells
/// lower than the other.
const VERTICAL: f32 = 0.55;

/// A shift is movement if it explains more than this share of the change (0.11; 0.32).
const SHIFT_EXPLAINS: f32 = 0.25;

/// A zoom is looked for if the background changes by at least this, in levels.
const MIN_ZOOM_CHANGE: f32 = 0.5;

/// The smallest zoom that is measurable, in cells at the left and right edges.
const ZOOMED: f32 = 0.12;

/// A zoom is movement if it explains more than this share of the change in addition to a shift
/// (0.04; 0.14 for a zoom of 0.3 % a second).
const ZOOM_EXPLAINS: f32 = 0.06;

/// The level of a frozen picture drifts by at most this much (5).
const LEVEL_DRIFT: f32 = 6.0;

/// The cells that determine the noise floor: so many percent, those with the smallest changes.
const FLOOR_PERCENT: usize = 98;

/// Gain and hum leave a noise floor of at most so many levels: a flicker of 10 % has 24.
const MAX_INTERFERENCE: f32 = 26.0;

/// A clock, a ticker or a lower third takes at most this share of the picture.
const SMALL_PART: f32 = 0.12;

impl Difference {
    /// Compares two pictures. Most intermediate results are integers, which is fast and exact.
    ///
    /// Cells at the edges do not count: lines of data and the ends of captions change there while
    /// the picture is frozen.
    #[must_use]
    pub fn between(before: &Grid, now: &Grid) -> Self {
        let (before, now) = (before.cells(), now.cells());
        let plain = Self::within_bars(before, now);
        if plain.likeness() == Likeness::Same || plain.floor > MAX_INTERFERENCE {
            return plain;
        }
        let Some(steady) = interference::removed(before, now) else { return plain };
        let steady = Self::within_bars(before, &steady);
        if steady.likeness() < plain.likeness() { steady } else { plain }
    }

    /// Compares a part of two pictures.
    pub(super) fn within(window: &Window, before: &Grid, now: &Grid) -> Self {
        let (before, now) = (before.cells(), now.cells());
        let extended = |cells| window.extended(cells, before);
        Self::compare(&extended(before), &extended(&with_edges_of(before, *now)), window.cells())
    }

    /// Compares two pictures within the black bars of a letterbox or pillarbox.
    fn within_bars(before: &[u8; CELLS], now: &[u8; CELLS]) -> Self {
        let window = Window::of(before, now);
        let steady_edges = with_edges_of(before, *now);
        if window.is_whole() {
            return Self::compare(before, &steady_edges, CELLS);
        }
        let extended = |cells| window.extended(cells, before);
        Self::compare(&extended(before), &extended(&steady_edges), window.cells())
    }

    /// Compares two pictures of which so many cells count.
    fn compare(before: &[u8; CELLS], now: &[u8; CELLS], active: usize) -> Self {
        let deltas = DeltaHistogram::between(before, now);
        let level = deltas.median();
        let magnitudes = deltas.magnitudes_about(level);
        let loud = active * (100 - FLOOR_PERCENT) / 100;
        let floor =
            root_mean_square(magnitudes.sum_of_smallest_squares(CELLS - loud), active - loud);
        let limit = NOISE.max(REPAINTED_PEAK * floor);
        let background_cells = magnitudes.count_within(limit);
        let energy = magnitudes.sum_of_smallest_squares(background_cells);
        let background = background_change(before, now, level, limit);
        let (shift, explained) = shift(before, now, &background, energy);
        let change = root_mean_square(energy, active);
        let difference = Self {
            level: f32::from(level),
            floor,
            largest: f32::from(magnitudes.largest()),
            moved: (CELLS - background_cells) as f32 / active as f32,
            change,
            relative: change / contrast(before).max(contrast(now)).max(1.0),
            coherence: coherence(&background, energy),
            shift,
            explained,
            ..Self::default()
        };
        if change < MIN_ZOOM_CHANGE || difference.likeness() == Likeness::Different {
            return difference;
        }
        let CameraMove { zoom, zoom_explained, .. } = CameraMove::between(before, now, &background);
        Self { zoom, zoom_explained, ..difference }
    }

    /// What the difference means.
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
        let shifted = (self.shift > SHIFTED && self.explained > SHIFT_EXPLAINS)
            || (self.zoom > ZOOMED && self.zoom_explained > ZOOM_EXPLAINS);
        let coherent = self.coherence > COHERENT
            && self.coherence * self.change * self.change > COHERENT_ENERGY;
        let unrelated =
            self.change > REPAINTED || (self.relative > UNRELATED && self.largest > NOISE);
        self.level.abs() > LEVEL_DRIFT || shifted || coherent || unrelated
    }
}

/// A picture whose cells at the edges are those of the earlier one where they changed by more than
/// noise does.
fn with_edges_of(before: &[u8; CELLS], mut now: [u8; CELLS]) -> [u8; CELLS] {
    let mut keep = |cell: usize| {
        if f32::from(now[cell].abs_diff(before[cell])) > NOISE {
            now[cell] = before[cell];
        }
    };
    (0..COLUMNS).chain(CELLS - COLUMNS..CELLS).for_each(&mut keep);
    (0..ROWS).flat_map(|row| [row * COLUMNS, row * COLUMNS + COLUMNS - 1]).for_each(&mut keep);
    now
}

fn root_mean_square(sum_of_squares: u32, cells: usize) -> f32 {
    (sum_of_squares as f32 / cells as f32).sqrt()
}

/// The change of each cell relative to `level`, and 0 for cells that changed by more than `limit`.
fn background_change(
    before: &[u8; CELLS],
    now: &[u8; CELLS],
    level: i16,
    limit: f32,
) -> [i16; CELLS] {
    std::array::from_fn(|cell| {
        let change = i16::from(now[cell]) - i16::from(before[cell]) - level;
        if f32::from(change.abs()) <= limit { change } else { 0 }
    })
}

/// Standard deviation of a picture's cells.
fn contrast(cells: &[u8; CELLS]) -> f32 {
    let sum: u64 = cells.iter().map(|&cell| u64::from(cell)).sum();
    let squares: u64 = cells.iter().map(|&cell| u64::from(cell) * u64::from(cell)).sum();
    // The difference is never negative: the mean of the squares is at least the square of the mean.
    ((CELLS as u64 * squares - sum * sum) as f32).sqrt() / CELLS as f32
}

/// The dot product of two rows, up to the end of the shorter one.
fn dot(one: &[i16], other: &[i16]) -> i32 {
    one.iter().zip(other).map(|(&one, &other)| i32::from(one) * i32::from(other)).sum()
}

/// Correlation of each cell's change with that of its right and lower neighbours.
fn coherence(change: &[i16; CELLS], energy: u32) -> f32 {
    let across: i32 = change.chunks_exact(COLUMNS).map(|row| dot(row, &row[1..])).sum();
    let down = dot(change, &change[COLUMNS..]);
    f32::midpoint(across as f32, down as f32) / (energy as f32).max(1.0)
}

/// How far the whole picture moved, in cells, and the share of the change that this explains: the
/// least-squares fit of the change to the picture's gradient (Lucas and Kanade, with the whole
/// picture as the window).
fn shift(
    before: &[u8; CELLS],
    now: &[u8; CELLS],
    change: &[i16; CELLS],
    energy: u32,
) -> (f32, f32) {
    // The gradient is four times too large: of the sum of two pictures, between neighbours two
    // cells apart.
    let both: [i16; CELLS] =
        std::array::from_fn(|cell| i16::from(before[cell]) + i16::from(now[cell]));
    let (mut xx, mut xy, mut yy, mut xd, mut yd) = (0, 0, 0, 0, 0);
    for row in 1..ROWS - 1 {
        let line = |row: usize| &both[row * COLUMNS..][..COLUMNS];
        let (above, here, below) = (line(row - 1), line(row), line(row + 1));
        let x: [i16; COLUMNS - 2] = std::array::from_fn(|column| here[column + 2] - here[column]);
        let y: [i16; COLUMNS - 2] =
            std::array::from_fn(|column| below[column + 1] - above[column + 1]);
        let d = &change[row * COLUMNS + 1..][..COLUMNS - 2];
        xx += dot(&x, &x);
        xy += dot(&x, &y);
        yy += dot(&y, &y);
        xd += dot(&x, d);
        yd += dot(&y, d);
    }
    let [xx, yy] = [xx, yy].map(|sum| sum as f32 / 16.0 + 1e-3);
    let (xy, xd, yd) = (xy as f32 / 16.0, xd as f32 / 4.0, yd as f32 / 4.0);
    let determinant = xx * yy - xy * xy;
    if determinant <= f32::EPSILON * xx * yy {
        return (0.0, 0.0);
    }
    let right = (yy * xd - xy * yd) / determinant;
    let down = (xx * yd - xy * xd) / determinant;
    (right.hypot(VERTICAL * down), (right * xd + down * yd) / (energy as f32).max(1.0))
}
