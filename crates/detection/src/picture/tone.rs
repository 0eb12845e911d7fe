//! How bright a picture is and how much its brightness varies, which is what black is recognised
//! by.
//!
//! A grid enters, a [`Tone`] leaves. The judge has the thresholds. Cells are counted instead of
//! pixels because noise on black brightens single pixels, but hardly ever the mean of 36.

use super::grid::{CELLS, Grid};

/// At or below this level a cell counts as dark: 0.10 of full range. Thumbnails are full-range
/// JPEGs, for which 38, the corresponding level of limited range, would be too much.
pub const DARK_LEVEL: u8 = 25;

/// Brightness of a picture's cells in full-range luma (0-255).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Tone {
    /// Share of cells (0-1) at or below [`DARK_LEVEL`].
    pub dark: f32,
    /// Levels between the 5th and the 95th percentile of the cells.
    pub spread: u8,
    /// The median of the cells.
    pub median: u8,
}

impl Tone {
    pub(super) fn of(grid: &Grid) -> Self {
        let dark = grid.cells().iter().filter(|&&cell| cell <= DARK_LEVEL).count();
        let [low, median, high] = grid.percentiles([5, 50, 95]);
        Self { dark: share_of_cells(dark), spread: high - low, median }
    }
}

/// So many cells as a share (0-1) of all cells.
#[expect(clippy::cast_precision_loss, reason = "counts of at most 3,600 cells are exact in an f32")]
pub(super) fn share_of_cells(cells: usize) -> f32 {
    cells as f32 / CELLS as f32
}
