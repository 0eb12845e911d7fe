//! Whether a picture is flat, that is, one colour; and luma of RGB.
//!
//! RGB pixels enter, a [`Flat`] leaves. Colour bars are in `bars`.

use super::{
    grid::{CELLS, Grid},
    jpeg::Rgb,
    tone::share_of_cells,
};

/// Cells within this many levels of the median colour in red, green and blue count as that colour.
/// Noise of 20 levels (ffmpeg `noise=alls=20`) and an encoder with a low bit rate leave 98 % of a
/// flat picture's cells within.
const SAME_COLOUR: u8 = 6;

/// Cells further than this from the median colour are something drawn on it instead of noise, in
/// levels.
const DRAWN: u8 = 24;

/// Colour is decoded only if at least this share of the cells is alike in luma.
const MIN_ALIKE: f32 = 0.9;

/// How uniform a picture's colour is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Flat {
    /// Share of the cells (0-1) within 6 levels of the median colour in red, green and blue.
    pub share: f32,
    /// Share of the cells (0-1) further than 24 levels from it in one of them: text, a logo.
    pub drawn: f32,
    /// The median colour: red, green, blue.
    pub colour: [u8; 3],
}

/// Full-range luma of one RGB pixel (BT.601, as JFIF defines it).
pub(super) fn luma(rgb: [u8; 3]) -> u8 {
    let [red, green, blue] = rgb.map(u32::from);
    let weighted = 299 * red + 587 * green + 114 * blue;
    u8::try_from((weighted + 500) / 1000).unwrap_or(u8::MAX)
}

/// Whether a picture with this luma can be flat. `median` is the median of its cells.
pub(super) fn may_be_flat(grid: &Grid, median: u8) -> bool {
    let alike = grid.cells().iter().filter(|cell| cell.abs_diff(median) <= SAME_COLOUR).count();
    share_of_cells(alike) >= MIN_ALIKE
}

impl Flat {
    pub(super) fn of(rgb: &Rgb, width: usize, height: usize) -> Self {
        let grids = rgb.channels().map(|channel| Grid::from_pixels(channel, width, width, height));
        let colour = grids.each_ref().map(|grid| grid.percentiles([50])[0]);
        let (mut alike, mut drawn) = (0, 0);
        for cell in 0..CELLS {
            let distances =
                grids.iter().zip(colour).map(|(grid, median)| grid.cells()[cell].abs_diff(median));
            let distance = distances.max().unwrap_or(0);
            alike += usize::from(distance <= SAME_COLOUR);
            drawn += usize::from(distance > DRAWN);
        }
        Self { share: share_of_cells(alike), drawn: share_of_cells(drawn), colour }
    }
}
