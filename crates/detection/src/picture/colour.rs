//! The little colour that judging needs: luma of RGB, and whether a picture is one colour.
//!
//! RGB samples enter, a [`Flat`] leaves. Bars are next door, in `bars`.

use super::grid::{CELLS, Grid};
use super::tone::share;

/// Cells within this many levels of the picture's middle colour belong to it, in red, green and blue. Noise
/// of 20 levels (ffmpeg `noise=alls=20`) and a thrifty encoder leave 98 % of a flat picture's cells inside.
const SAME_COLOUR: u8 = 6;

/// Cells further than this from the middle colour are something drawn on it, and not noise.
const DRAWN: u8 = 24;

/// Below this share of like cells in luma alone, colour is not even decoded.
const WORTH_DECODING: f32 = 0.9;

/// How uniform a picture's colour is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Flat {
    /// Share of the cells (0-1) that are within 6 levels of the picture's middle colour in red, green and
    /// blue.
    pub share: f32,
    /// Share of the cells (0-1) that are further than 24 levels from it in one of them: text, a logo.
    pub drawn: f32,
    /// The middle colour: red, green, blue.
    pub colour: [u8; 3],
}

/// Luma of one RGB pixel, full range (BT.601, as JPEG defines it).
pub(super) fn luma(rgb: &[u8]) -> u8 {
    let weighed: u32 =
        rgb.iter().zip([299, 587, 114]).map(|(&channel, weight)| u32::from(channel) * weight).sum();
    u8::try_from((weighed + 500) / 1000).unwrap_or(u8::MAX)
}

/// Whether luma alone leaves it open that the picture is one colour.
pub(super) fn may_be_flat(grid: &Grid, middle: u8) -> bool {
    let alike = grid.cells().iter().filter(|cell| cell.abs_diff(middle) <= SAME_COLOUR).count();
    share(alike, CELLS) >= WORTH_DECODING
}

impl Flat {
    pub(super) fn of(rgb: &[u8], width: usize, height: usize) -> Self {
        let grids = Grid::of::<3>(rgb, width, height);
        let colour = grids.each_ref().map(|grid| grid.percentiles([50])[0]);
        let strays: Vec<u8> = (0..CELLS)
            .map(|cell| {
                let off = grids.iter().zip(colour).map(|(grid, middle)| grid.cells()[cell].abs_diff(middle));
                off.max().unwrap_or(0)
            })
            .collect();
        let alike = strays.iter().filter(|&&off| off <= SAME_COLOUR).count();
        let drawn = strays.iter().filter(|&&off| off > DRAWN).count();
        Self { share: share(alike, CELLS), drawn: share(drawn, CELLS), colour }
    }
}
