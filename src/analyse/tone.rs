//! How light a picture is, and how much its lightness varies: what black is told by.
//!
//! Luma samples and the grid enter, a [`Tone`] leaves. It decides nothing: the limits are with the judge.

use super::grid::{CELLS, Grid};

/// At or below this level a pixel counts as dark: 0.10 of full range. Thumbnails are full-range JPEGs, so the 38 of
/// limited range would be too much.
pub const DARK_LEVEL: u8 = 25;

/// Numbers about lightness, of full-range luma (0-255).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Tone {
    /// Share of pixels (0-1) at or below [`DARK_LEVEL`].
    pub dark: f32,
    /// Share of grid cells (0-1) at or below [`DARK_LEVEL`]: noise is averaged away in a cell.
    pub dark_cells: f32,
    /// Levels between the 5th and the 95th percentile of the pixels.
    pub spread: u8,
    /// Levels between the 5th and the 95th percentile of the grid's cells.
    pub cell_spread: u8,
    /// Mean of the pixels.
    pub mean: u8,
}

impl Tone {
    pub(super) fn of(luma: &[u8], grid: &Grid) -> Self {
        let mut histogram = [0_u32; 256];
        for &sample in luma {
            histogram[usize::from(sample)] += 1;
        }
        let dark: u32 = histogram[..=usize::from(DARK_LEVEL)].iter().sum();
        let total: u64 = histogram.iter().zip(0_u64..).map(|(&count, level)| u64::from(count) * level).sum();
        let cells = grid.sorted();
        let dark_cells = cells.partition_point(|&cell| cell <= DARK_LEVEL);
        Self {
            dark: share(dark as usize, luma.len()),
            dark_cells: share(dark_cells, CELLS),
            spread: percentile(&histogram, luma.len(), 95) - percentile(&histogram, luma.len(), 5),
            cell_spread: cells[CELLS * 95 / 100] - cells[CELLS * 5 / 100],
            mean: u8::try_from(total / (luma.len() as u64).max(1)).unwrap_or(u8::MAX),
        }
    }
}

/// A part of a whole, 0-1.
#[expect(clippy::cast_precision_loss, reason = "counts of pixels, shown with three digits")]
pub(super) fn share(part: usize, whole: usize) -> f32 {
    part as f32 / whole.max(1) as f32
}

/// The lowest level that at least `percent` of `count` samples do not exceed.
fn percentile(histogram: &[u32; 256], count: usize, percent: usize) -> u8 {
    let wanted = (count * percent).div_ceil(100);
    let mut seen = 0;
    for (level, &samples) in (0..=u8::MAX).zip(histogram) {
        seen += samples as usize;
        if seen >= wanted {
            return level;
        }
    }
    u8::MAX
}
