//! The luma grid from a JPEG's DCT coefficients, without decoding a pixel.
//!
//! A JPEG stores each block of 8x8 pixels as the coefficients of 64 basis functions. The sum of a
//! basis function over a part of a block is known beforehand, so the mean of a cell is a weighted
//! sum of coefficients. The result is that of a decoder up to its rounding, at less than half of
//! its cost. Scene cuts in compressed video are found in the same way (Yeo and Liu, Rapid scene
//! analysis on compressed video, 1995).
//!
//! The bytes of a JPEG enter; a [`SizedGrid`] leaves, or `None`. It reads what encoders of
//! thumbnails write: baseline, one scan, luma alone or with chroma from 4:4:4 to 4:2:0, at least
//! about 320x180 pixels, and complete to the last bit. For everything else it returns `None`: the
//! decoder then reads the picture or reports what is wrong with it. So nothing is rejected here,
//! and no unusual JPEG is interpreted.
//!
//! In reading order: `header` with `marker` and `tables`, `bits`, `huffman`, `projection`, `scan`.

mod bits;
mod header;
mod huffman;
mod marker;
mod projection;
mod scan;
mod tables;

use self::{header::Header, scan::cell_sums};
use super::grid::{CELLS, COLUMNS, Grid, ROWS, cell_span};

/// Pixels of a block from side to side, and frequencies along each axis.
const BLOCK_SIDE: usize = 8;

/// Coefficients of a block.
const COEFFICIENTS: usize = BLOCK_SIDE * BLOCK_SIDE;

/// Zigzag index of the last coefficient.
const LAST_COEFFICIENT: usize = COEFFICIENTS - 1;

/// Encoders subtract this from 8-bit pixels before the DCT (ISO/IEC 10918-1, A.3.1).
const LEVEL_SHIFT: f32 = 128.0;

/// The luma grid of a picture, and the picture's size in pixels.
#[derive(Debug)]
pub(super) struct SizedGrid {
    pub(super) grid: Grid,
    pub(super) width: usize,
    pub(super) height: usize,
}

/// The luma grid of a supported JPEG with at least `min_side` pixels in both directions and
/// `max_pixels` in all.
pub(super) fn read(jpeg: &[u8], min_side: usize, max_pixels: usize) -> Option<SizedGrid> {
    let header = Header::read(jpeg)?;
    let (width, height) = (header.width, header.height);
    if width.min(height) < min_side || width * height > max_pixels {
        return None;
    }
    let sums = cell_sums(&header)?;
    Some(SizedGrid { grid: mean_luma(&sums, width, height), width, height })
}

/// The means of cells with these sums of level-shifted luma.
#[expect(clippy::cast_precision_loss, reason = "a side has 65,535 pixels at most")]
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "the cast rounds down and saturates, as clamping to 0-255 would"
)]
fn mean_luma(sums: &[f32], width: usize, height: usize) -> Grid {
    let inverse_length = |(from, to)| 1.0 / (to - from) as f32;
    let inverse_widths: [f32; COLUMNS] =
        std::array::from_fn(|column| inverse_length(cell_span(column, COLUMNS, width)));
    let mut cells = [0; CELLS];
    for (row, (cells, sums)) in
        cells.chunks_exact_mut(COLUMNS).zip(sums.chunks_exact(COLUMNS)).enumerate()
    {
        let inverse_height = inverse_length(cell_span(row, ROWS, height));
        for ((cell, sum), inverse_width) in cells.iter_mut().zip(sums).zip(inverse_widths) {
            *cell = (sum * inverse_width * inverse_height + LEVEL_SHIFT + 0.5) as u8;
        }
    }
    Grid::new(cells)
}

#[cfg(test)]
mod tests;
