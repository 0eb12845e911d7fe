//! Whether a picture is flat, that is, one colour; luma of RGB, and names of colours.
//!
//! RGB pixels enter, a [`Flat`] leaves, and a colour's name for people. Colour bars are in `bars`.

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

/// What people call a colour: red, orange, yellow, green, cyan, blue, violet, pink, or grey, black
/// and white; dark if no channel exceeds 100.
#[must_use]
pub fn name([red, green, blue]: [u8; 3]) -> &'static str {
    let (highest, lowest) = (red.max(green).max(blue), red.min(green).min(blue));
    let range = highest - lowest;
    if range < 24 || range < highest / 6 {
        return match highest {
            0..=30 => "black",
            31..=215 => "grey",
            216.. => "white",
        };
    }
    // The hue in degrees: 0 is red, 120 green, 240 blue.
    let between = |one: u8, other: u8| (i16::from(one) - i16::from(other)) * 60 / i16::from(range);
    let hue = match highest {
        _ if highest == red => between(green, blue).rem_euclid(360),
        _ if highest == green => 120 + between(blue, red),
        _ => 240 + between(red, green),
    };
    let (name, dark_name) = match hue {
        15..45 => ("orange", "dark orange"),
        45..70 => ("yellow", "dark yellow"),
        70..165 => ("green", "dark green"),
        165..200 => ("cyan", "dark cyan"),
        200..262 => ("blue", "dark blue"),
        262..315 => ("violet", "dark violet"),
        315..345 => ("pink", "dark pink"),
        _ => ("red", "dark red"),
    };
    if highest <= 100 { dark_name } else { name }
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
