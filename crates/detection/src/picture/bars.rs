//! Colour bars, recognised by the order of their colours.
//!
//! RGB pixels enter, the length of the longest run of the canonical order leaves. The bars of every
//! standard (SMPTE, SMPTE HD, EBU, PAL 75 and 100) are white, yellow, cyan, green, magenta, red and
//! blue from left to right, at least in their upper half. Idents, clocks, noise, pillarboxes and
//! reduced levels do not change that order.

use std::ops::Range;

use super::{
    grid::{COLUMNS, Grid, ROWS},
    jpeg::Rgb,
};

/// Vertical strips that the picture is divided into. The narrowest bar of the standards (SMPTE HD
/// in 4:3) is more than 15 strips wide.
const STRIPS: usize = 160;

/// Rows that are sampled within [`SAMPLED_HEIGHT`].
const SAMPLED_ROWS: usize = 24;

/// The part of the height, in percent from the top, in which every standard shows the seven
/// colours, below a letterbox.
const SAMPLED_HEIGHT: Range<usize> = 14..56;

/// A bar is at least this many strips wide; less is an edge between two bars.
const MIN_BAR_STRIPS: usize = 6;

/// There are no bars if the lightest and the darkest channel of all strips differ by less than this
/// many levels.
const MIN_CONTRAST: u8 = 70;

/// A column of a bar has one colour: its cells deviate by at most this many levels from their
/// median (mean deviation).
const MAX_DEVIATION: usize = 12;

/// Colour is decoded only if at least this share of the columns, in percent, has one level from top
/// to bottom.
const MIN_UNIFORM_COLUMNS: usize = 60;

/// The canonical order: white, yellow, cyan, green, magenta, red, blue. Each colour is given by
/// which of red (4), green (2) and blue (1) are high.
const CANONICAL_ORDER: [u8; 7] = [0b111, 0b110, 0b011, 0b010, 0b101, 0b100, 0b001];

/// How many colours of the canonical order stand side by side (0-7).
pub(super) fn run(rgb: &Rgb, width: usize, height: usize) -> u8 {
    let strips: Vec<[u8; 3]> =
        (0..STRIPS).map(|strip| strip_colour(rgb, width, height, strip)).collect();
    let highest = strips.iter().flatten().max().copied().unwrap_or(0);
    let lowest = strips.iter().flatten().min().copied().unwrap_or(0);
    let contrast = highest - lowest;
    if contrast < MIN_CONTRAST {
        return 0;
    }
    longest_run(&bars(&strips, lowest, contrast))
}

/// Whether a picture with this luma can be colour bars: most of its columns have one level from top
/// to bottom.
pub(super) fn may_be_bars(grid: &Grid) -> bool {
    const TOP: usize = SAMPLED_HEIGHT.start * ROWS / 100;
    const HEIGHT: usize = SAMPLED_HEIGHT.end * ROWS / 100 - TOP;
    const MAX_UNEVEN: usize = COLUMNS * (100 - MIN_UNIFORM_COLUMNS) / 100;
    let is_uneven = |column: &usize| {
        let mut cells: [u8; HEIGHT] =
            std::array::from_fn(|row| grid.cells()[(TOP + row) * COLUMNS + column]);
        cells.sort_unstable();
        let median = cells[HEIGHT / 2];
        let deviation: usize = cells.iter().map(|cell| usize::from(cell.abs_diff(median))).sum();
        deviation > HEIGHT * MAX_DEVIATION
    };
    // `nth` stops at the first column too many, which is early in pictures other than bars.
    (0..COLUMNS).filter(is_uneven).nth(MAX_UNEVEN).is_none()
}

/// The bars from left to right: one entry for each run of strips with the same colour.
fn bars(strips: &[[u8; 3]], lowest: u8, contrast: u8) -> Vec<u8> {
    let mut bars: Vec<u8> = Vec::new();
    let (mut current, mut width) = (None, 0);
    for colour in strips.iter().map(|strip| classify(*strip, lowest, contrast)).chain([None]) {
        if colour == current {
            width += 1;
            continue;
        }
        if let Some(bar) = current
            && width >= MIN_BAR_STRIPS
            && bars.last() != Some(&bar)
        {
            bars.push(bar);
        }
        (current, width) = (colour, 1);
    }
    bars
}

/// Which channels are above the middle of the picture's contrast; `None` if one is too close to it.
fn classify(strip: [u8; 3], lowest: u8, contrast: u8) -> Option<u8> {
    let middle = lowest + contrast / 2;
    let too_close = contrast / 10;
    if strip.iter().any(|channel| channel.abs_diff(middle) < too_close) {
        return None;
    }
    Some(strip.iter().fold(0, |bits, &channel| bits << 1 | u8::from(channel > middle)))
}

/// The longest run of `bars` that follows the canonical order without a gap.
fn longest_run(bars: &[u8]) -> u8 {
    let mut longest = 0;
    let mut run = 0;
    let mut previous = None;
    for bar in bars {
        let position = CANONICAL_ORDER.iter().position(|colour| colour == bar);
        run = match (previous, position) {
            (Some(previous), Some(position)) if position == previous + 1 => run + 1,
            (_, Some(_)) => 1,
            (_, None) => 0,
        };
        longest = longest.max(run);
        previous = position;
    }
    longest
}

/// The colour of a strip: the median over the sampled rows of its mean in each row.
fn strip_colour(rgb: &Rgb, width: usize, height: usize, strip: usize) -> [u8; 3] {
    let left = strip * width / STRIPS;
    let right = ((strip + 1) * width / STRIPS).max(left + 1);
    let (top, bottom) = (SAMPLED_HEIGHT.start * height / 100, SAMPLED_HEIGHT.end * height / 100);
    rgb.channels().map(|channel| {
        let mut means: [u8; SAMPLED_ROWS] = std::array::from_fn(|sampled| {
            let start = (top + sampled * (bottom - top) / SAMPLED_ROWS) * width;
            let sum: usize =
                channel[start + left..start + right].iter().map(|&level| usize::from(level)).sum();
            u8::try_from(sum / (right - left)).unwrap_or(u8::MAX)
        });
        means.sort_unstable();
        means[SAMPLED_ROWS / 2]
    })
}
