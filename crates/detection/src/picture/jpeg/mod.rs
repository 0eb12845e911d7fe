//! Reads a JPEG: the luma grid, and pixels where they are needed.
//!
//! A JPEG stores each block of 8x8 pixels as the coefficients of 64 basis functions. The sum of a
//! basis function over a part of a block is known beforehand, so the mean of a cell is a weighted
//! sum of coefficients. The result is that of a decoder up to its rounding, at less than half of
//! its cost. Scene cuts in compressed video are found in the same way (Yeo and Liu, Rapid scene
//! analysis on compressed video, 1995). So [`luma_grid`] reads what encoders of thumbnails write:
//! all components in one scan, and at least about 320x180 pixels. Other pictures, and colour, are
//! decoded to coefficients and from there to pixels.
//!
//! The bytes of a JPEG enter; a [`SizedGrid`] or pixels leave, or why there are none. **Nothing
//! is guessed:** a picture is returned only if all of it was read, bit by bit, by the rules of
//! ISO/IEC 10918-1.
//!
//! | kind | read |
//! | --- | --- |
//! | baseline, extended and progressive DCT, Huffman-coded, samples of 8 bits | yes |
//! | grey; luma and chroma of any sampling factors in which luma has the full resolution; RGB | yes |
//! | one scan or several, restart intervals, 16-bit quantisation tables, fill bytes | yes |
//! | JFIF, EXIF, Adobe and other application segments; bytes after the end of image | yes, and ignored but for the colour space |
//! | EXIF's orientation, and a thumbnail within a segment | ignored |
//! | lossless, hierarchical, arithmetic coding, samples of 12 bits | [`Unreadable::Unsupported`] |
//! | two or four components, subsampled luma or RGB, an unknown colour space | [`Unreadable::Unsupported`] |
//! | a height that is defined after the first scan (DNL), more than 32 scans | [`Unreadable::Unsupported`] |
//! | data cut short, or with bits, restart markers, scans or tables missing, left over or out of order | [`Unreadable::Broken`] |
//! | coefficients that no 8-bit picture has, quantisation by 0 | [`Unreadable::Broken`] |
//!
//! JPEG has no checksum. Bits that were changed so that the data are still valid, to the last bit,
//! are read as they are.
//!
//! In reading order: `marker`, `frame`, `tables`, `bits`, `huffman`, `segments`, `block`;
//! `projection` and `cells` for the grid; `progress`, `mcu`, `pass`, `idct`, `planes` and `pixels`
//! for pixels.

mod bits;
mod block;
mod cells;
mod frame;
mod huffman;
mod idct;
mod marker;
mod mcu;
mod pass;
mod pixels;
mod planes;
mod progress;
mod projection;
mod segments;
mod tables;

pub(super) use self::pixels::Rgb;
use self::{
    cells::FrameProjection,
    frame::{ColourSpace, Frame, Process},
    segments::{Scan, Segments},
};
use super::{
    MIN_SIDE, Unreadable,
    grid::{CELLS, COLUMNS, Grid, ROWS, cell_span},
};

/// Pixels of a block from side to side, and frequencies along each axis.
const BLOCK_SIDE: usize = 8;

/// Coefficients of a block.
const COEFFICIENTS: usize = BLOCK_SIDE * BLOCK_SIDE;

/// Zigzag index of the last coefficient.
const LAST_COEFFICIENT: usize = COEFFICIENTS - 1;

/// Positions of the coefficients in the order in which they are coded: eight times the vertical
/// frequency plus the horizontal one (ISO/IEC 10918-1, figure A.6).
const ZIGZAG: [u8; COEFFICIENTS] = [
    0, 1, 8, 16, 9, 2, 3, 10, 17, 24, 32, 25, 18, 11, 4, 5, 12, 19, 26, 33, 40, 48, 41, 34, 27, 20,
    13, 6, 7, 14, 21, 28, 35, 42, 49, 56, 57, 50, 43, 36, 29, 22, 15, 23, 30, 37, 44, 51, 58, 59,
    52, 45, 38, 31, 39, 46, 53, 60, 61, 54, 47, 55, 62, 63,
];

/// Encoders subtract this from 8-bit pixels before the DCT (ISO/IEC 10918-1, A.3.1).
const LEVEL_SHIFT: f32 = 128.0;

/// How far the mean of a cell may be beyond 0-255, in levels. Quantisation with fine tables takes
/// cells beyond by 4 at most, around white letters on black.
const MAX_EXCESS: f32 = 4.0;

impl Unreadable {
    /// The data of a scan do not consist of its blocks, no more and no fewer.
    const BROKEN_SCAN: Self = Self::Broken("the data of a scan are damaged or cut short");
}

/// The luma grid of a picture, and the picture's size in pixels.
#[derive(Debug)]
pub(super) struct SizedGrid {
    pub(super) grid: Grid,
    pub(super) width: usize,
    pub(super) height: usize,
}

/// The luma grid of a JPEG of at most `max_pixels`.
///
/// # Errors
/// [`Unreadable`]: see the table above.
pub(super) fn luma_grid(jpeg: &[u8], max_pixels: usize) -> Result<SizedGrid, Unreadable> {
    let Opened { mut segments, frame, colour_space, scan } = Opened::read(jpeg, max_pixels)?;
    let (width, height) = (frame.width, frame.height);
    let is_whole = frame.process == Process::Sequential
        && scan.has_all_coefficients()
        && scan.components.len() == frame.components.len();
    if is_whole
        && colour_space != ColourSpace::Rgb
        && let Some(projection) = FrameProjection::of(&frame)
    {
        let sums = projection.cell_sums(&segments, &frame, &scan)?;
        if let Some(grid) = mean_luma(&sums, width, height) {
            if segments.next_scan(&frame)?.is_some() {
                return Err(Unreadable::Broken("it has a scan too many"));
            }
            return Ok(SizedGrid { grid, width, height });
        }
    }
    let components = if colour_space == ColourSpace::Rgb { 3 } else { 1 };
    let planes = planes::read(segments, &frame, scan, components)?;
    let luma = pixels::luma(planes, &frame, colour_space);
    let grid = Grid::from_pixels(&luma.bytes, luma.stride, width, height);
    Ok(SizedGrid { grid, width, height })
}

/// Red, green and blue of each pixel of a JPEG of at most `max_pixels`, row by row.
///
/// # Errors
/// [`Unreadable`]: see the table above.
pub(super) fn rgb(jpeg: &[u8], max_pixels: usize) -> Result<Rgb, Unreadable> {
    let Opened { segments, frame, colour_space, scan } = Opened::read(jpeg, max_pixels)?;
    let planes = planes::read(segments, &frame, scan, 3)?;
    Ok(pixels::rgb(&planes, &frame, colour_space))
}

/// A JPEG of acceptable size, read up to its first scan.
struct Opened<'a> {
    segments: Segments<'a>,
    frame: Frame,
    colour_space: ColourSpace,
    scan: Scan,
}

impl<'a> Opened<'a> {
    /// Checks the size before anything else is read, and before memory is allocated for it.
    fn read(jpeg: &'a [u8], max_pixels: usize) -> Result<Self, Unreadable> {
        let (mut segments, frame) = Segments::read(jpeg)?;
        let (width, height) = (frame.width, frame.height);
        if width.min(height) < MIN_SIDE {
            return Err(Unreadable::TooSmall { width, height });
        }
        if width * height > max_pixels {
            return Err(Unreadable::TooLarge { width, height, most: max_pixels });
        }
        let scan = segments.next_scan(&frame)?;
        let scan = scan.ok_or(Unreadable::Broken("it has no scan"))?;
        let colour_space = frame.colour_space(&segments.colour_markers)?;
        Ok(Self { segments, frame, colour_space, scan })
    }
}

/// The means of cells with these sums of level-shifted luma. `None` if some are so far beyond 0-255
/// that a decoder clips pixels: no such picture was encoded, so the file is damaged or strange, and
/// its pixels have to be looked at.
#[expect(clippy::cast_precision_loss, reason = "a side has 65,535 pixels at most")]
fn mean_luma(sums: &[f32], width: usize, height: usize) -> Option<Grid> {
    let inverse_length = |(from, to)| 1.0 / (to - from) as f32;
    let inverse_widths: [f32; COLUMNS] =
        std::array::from_fn(|column| inverse_length(cell_span(column, COLUMNS, width)));
    let mut cells = [0; CELLS];
    let mut is_beyond = false;
    for (row, (cells, sums)) in
        cells.chunks_exact_mut(COLUMNS).zip(sums.chunks_exact(COLUMNS)).enumerate()
    {
        let inverse_height = inverse_length(cell_span(row, ROWS, height));
        for ((cell, sum), inverse_width) in cells.iter_mut().zip(sums).zip(inverse_widths) {
            let mean = sum * inverse_width * inverse_height;
            is_beyond |= mean.abs() > LEVEL_SHIFT + MAX_EXCESS;
            *cell = rounded(mean + LEVEL_SHIFT);
        }
    }
    if is_beyond { None } else { Some(Grid::new(cells)) }
}

/// The nearest level to this one, from 0 to 255. Rounding by a large number, whose bits then end
/// with the level, is what compilers turn into vector instructions.
fn rounded(level: f32) -> u8 {
    /// 2^23: from here on, neighbouring numbers differ by 1.
    const WHOLE_NUMBERS: f32 = 8_388_608.0;
    let level = if level > 0.0 { level } else { 0.0 };
    let level = if level < 255.0 { level } else { 255.0 };
    let [lowest, ..] = (level + WHOLE_NUMBERS).to_bits().to_le_bytes();
    lowest
}

#[cfg(test)]
mod tests;
