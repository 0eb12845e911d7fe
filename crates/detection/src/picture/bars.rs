//! Colour bars, told by the order of their colours.
//!
//! RGB samples enter, the length of the longest stretch of the canonical order leaves. Every standard's bars
//! (SMPTE, SMPTE HD, EBU, PAL 75 and 100) run white, yellow, cyan, green, magenta, red, blue from left to
//! right, in their upper half at least. Idents, clocks, noise, pillarboxes and reduced levels do not change
//! that order. It knows nothing of earlier pictures.

use super::grid::{COLUMNS, Grid, ROWS};

/// Bars are read in this many strips; the narrowest bar of the standards (SMPTE HD in 4:3) is over 15 of them
/// wide.
const STRIPS: usize = 160;

/// Rows that are looked at in the upper part of the picture.
const SAMPLED_ROWS: usize = 24;

/// The part of the height, in percent, in which every standard shows the seven colours, clear of a top
/// letterbox.
const LOOKED_AT: std::ops::Range<usize> = 14..56;

/// Fewer strips than this are an edge between two bars and not a bar.
const NARROWEST: usize = 6;

/// Levels between the lightest and the darkest channel of all strips, below which there is no colour to speak
/// of.
const LEAST_RANGE: u8 = 70;

/// Levels by which a column may vary from row to row (mean deviation from its median): a bar is the same all
/// the way down.
const SAME_DOWN: usize = 12;

/// Share of columns, in percent, that must be the same all the way down before colour is decoded.
const WORTH_DECODING: usize = 60;

/// White, yellow, cyan, green, magenta, red, blue: which of red (4), green (2) and blue (1) stand high.
const ORDER: [u8; 7] = [0b111, 0b110, 0b011, 0b010, 0b101, 0b100, 0b001];

/// How many colours of the canonical order stand side by side (0-7).
pub(super) fn run(rgb: &[u8], width: usize, height: usize) -> u8 {
    let strips: Vec<[u8; 3]> = (0..STRIPS).map(|strip| median_down(rgb, width, height, strip)).collect();
    let highest = strips.iter().flatten().max().copied().unwrap_or(0);
    let lowest = strips.iter().flatten().min().copied().unwrap_or(0);
    let range = highest - lowest;
    if range < LEAST_RANGE {
        return 0;
    }
    longest_run(&colours(&strips, lowest, range))
}

/// Whether luma alone leaves it open that the picture is bars: most of its width is the same all the way
/// down.
pub(super) fn may_be_bars(grid: &Grid) -> bool {
    const TOP: usize = LOOKED_AT.start * ROWS / 100;
    const LINES: usize = LOOKED_AT.end * ROWS / 100 - TOP;
    const MOST_UNLIKE: usize = COLUMNS * (100 - WORTH_DECODING) / 100;
    let unlike = |column: &usize| {
        let mut cells: [u8; LINES] = std::array::from_fn(|row| grid.cells()[(TOP + row) * COLUMNS + column]);
        cells.sort_unstable();
        let median = cells[LINES / 2];
        let deviation: usize = cells.iter().map(|cell| usize::from(cell.abs_diff(median))).sum();
        deviation > LINES * SAME_DOWN
    };
    // Most pictures are no bars, and the first columns tell.
    (0..COLUMNS).filter(unlike).nth(MOST_UNLIKE).is_none()
}

/// The bars from left to right: one entry for each stretch of strips with one classified colour.
fn colours(strips: &[[u8; 3]], lowest: u8, range: u8) -> Vec<u8> {
    let mut bars: Vec<u8> = Vec::new();
    let mut current = (None, 0);
    for strip in strips.iter().map(|strip| classify(*strip, lowest, range)).chain([None]) {
        if strip == current.0 {
            current.1 += 1;
            continue;
        }
        if let (Some(colour), NARROWEST..) = current
            && bars.last() != Some(&colour)
        {
            bars.push(colour);
        }
        current = (strip, 1);
    }
    bars
}

/// Which channels stand above the middle; `None` where one stands too near to it to tell.
fn classify(strip: [u8; 3], lowest: u8, range: u8) -> Option<u8> {
    let middle = lowest + range / 2;
    let doubtful = range / 10;
    if strip.iter().any(|channel| channel.abs_diff(middle) < doubtful) {
        return None;
    }
    Some(strip.iter().fold(0, |bits, &channel| bits << 1 | u8::from(channel > middle)))
}

/// The longest stretch of `bars` that follows the canonical order without a gap.
fn longest_run(bars: &[u8]) -> u8 {
    let place = |colour: &u8| ORDER.iter().position(|known| known == colour);
    let mut longest = 0;
    let mut run = 0;
    let mut before = None;
    for bar in bars {
        let here = place(bar);
        run = match (before, here) {
            (Some(last), Some(now)) if now == last + 1 => run + 1,
            (_, Some(_)) => 1,
            (_, None) => 0,
        };
        longest = longest.max(run);
        before = here;
    }
    longest
}

/// The median of one strip's colour over the sampled rows.
fn median_down(rgb: &[u8], width: usize, height: usize, strip: usize) -> [u8; 3] {
    let left = strip * width / STRIPS;
    let right = ((strip + 1) * width / STRIPS).max(left + 1);
    let (top, bottom) = (LOOKED_AT.start * height / 100, LOOKED_AT.end * height / 100);
    let row = |sampled: usize| {
        let from = (top + sampled * (bottom - top) / SAMPLED_ROWS) * width;
        rgb[(from + left) * 3..(from + right) * 3].chunks_exact(3)
    };
    std::array::from_fn(|channel| {
        let mut column: [u8; SAMPLED_ROWS] = std::array::from_fn(|sampled| {
            let sum: usize = row(sampled).map(|pixel| usize::from(pixel[channel])).sum();
            u8::try_from(sum / (right - left)).unwrap_or(u8::MAX)
        });
        column.sort_unstable();
        column[SAMPLED_ROWS / 2]
    })
}
