//! The little colour that judging needs: luma of RGB, and whether a picture is one colour.
//!
//! RGB samples enter, a [`Flat`] leaves. Bars are next door, in `bars`.

use super::grid::{CELLS, Grid};
use super::tone::share;

/// Cells within this many levels of the picture's middle colour belong to it. Noise of 8 levels (ffmpeg `noise=alls=8`)
/// moves the mean of a cell by 2 at most.
const SAME_COLOUR: u8 = 8;

/// Below this share of like cells in luma alone, colour is not even decoded.
const WORTH_DECODING: f32 = 0.9;

/// How uniform a picture's colour is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Flat {
    /// Share of the cells (0-1) that are within 8 levels of the picture's middle colour in red, green and blue.
    pub share: f32,
    /// Mean deviation of single pixels from their cell's colour, in levels: noise is high here, a plain colour near 0.
    pub texture: f32,
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
pub(super) fn may_be_flat(grid: &Grid) -> bool {
    like_the_middle(grid.cells(), grid.sorted()[CELLS / 2]) >= WORTH_DECODING
}

fn like_the_middle(cells: &[u8], middle: u8) -> f32 {
    share(cells.iter().filter(|cell| cell.abs_diff(middle) <= SAME_COLOUR).count(), cells.len())
}

impl Flat {
    pub(super) fn of(rgb: &[u8], width: usize, height: usize) -> Self {
        let channels: [Vec<u8>; 3] =
            std::array::from_fn(|channel| rgb.iter().skip(channel).step_by(3).copied().collect());
        let grids = channels.each_ref().map(|samples| Grid::of_luma(samples, width, height));
        let colour = grids.each_ref().map(|grid| grid.sorted()[CELLS / 2]);
        let alike = (0..CELLS).filter(|&cell| {
            grids.iter().zip(colour).all(|(grid, middle)| grid.cells()[cell].abs_diff(middle) <= SAME_COLOUR)
        });
        let deviation: u64 =
            rgb.chunks_exact(3).map(|pixel| u64::from(luma(pixel).abs_diff(luma(&colour)))).sum();
        #[expect(clippy::cast_precision_loss, reason = "a mean of levels, shown with one digit")]
        let texture = deviation as f32 / (width * height).max(1) as f32;
        Self { share: share(alike.count(), CELLS), texture, colour }
    }
}
