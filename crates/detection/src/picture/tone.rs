//! How light a picture is, and how much its lightness varies: what black is told by.
//!
//! The grid enters, a [`Tone`] leaves. It decides nothing: the limits are with the judge. Cells and not
//! pixels are counted: noise on black lifts single pixels, and hardly ever the mean of 36.

use super::grid::{CELLS, Grid};

/// At or below this level a cell counts as dark: 0.10 of full range. Thumbnails are full-range JPEGs, so the
/// 38 of limited range would be too much.
pub const DARK_LEVEL: u8 = 25;

/// Numbers about lightness, of full-range luma (0-255).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Tone {
    /// Share of cells (0-1) at or below [`DARK_LEVEL`].
    pub dark: f32,
    /// Levels between the 5th and the 95th percentile of the cells.
    pub spread: u8,
    /// The middle cell's level.
    pub median: u8,
}

impl Tone {
    pub(super) fn of(grid: &Grid) -> Self {
        let dark = grid.cells().iter().filter(|&&cell| cell <= DARK_LEVEL).count();
        let [low, median, high] = grid.percentiles([5, 50, 95]);
        Self { dark: share(dark, CELLS), spread: high - low, median }
    }
}

/// A part of a whole, 0-1.
#[expect(clippy::cast_precision_loss, reason = "counts of at most 3,600 cells are exact in an f32")]
pub(super) fn share(part: usize, whole: usize) -> f32 {
    part as f32 / whole.max(1) as f32
}
