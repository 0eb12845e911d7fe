//! What a picture shows whatever came before it: bars, black or flat. Whether it is frozen takes
//! two pictures (`stillness`).
//!
//! A [`Picture`] enters; a [`Condition`] with its [`Evidence`] leaves. The constants below are
//! followed by what was measured on labelled stills.

use super::{condition::Condition, evidence::Evidence};
use crate::picture::{
    Picture,
    colour::Flat,
    grid::{COLUMNS, Grid, ROWS},
    tone::{DARK_LEVEL, Tone},
};

/// Black has at least this share of dark cells. A corner logo takes 0.4 % of the cells, a clock 0.7
/// %, one line of text 1.8 %, a text card 5 %.
const BLACK_SHARE: f32 = 0.985;

/// Black has at most this many levels between the 5th and the 95th percentile of its cells. Black
/// has 1, with noise of 20 levels too. A night scene with nothing above level 14 has at least 6,
/// others at least 10.
const BLACK_SPREAD: u8 = 4;

/// A picture that stands still and has no detail is black with at most this spread: a camera with
/// its cap on (8, a vignette).
const CAPPED_SPREAD: u8 = 12;

/// A picture has no detail if its levels rise and fall at most once from side to side: together by
/// this many percent of their range. Vignettes have up to 201, JPEG quality 15 included; of scenes
/// as dark, 80 % have more.
const CAPPED_VARIATION: usize = 205;

/// Cells of a block, from side to side, in which detail is looked for.
const BLOCK: usize = 5;

/// From block to block, noise of 20 levels changes the sum of a block's levels by 7 in the mean.
const BLOCK_NOISE: usize = 5;

/// Flat has at least this share of cells in one colour. Flat colours with strong noise have at
/// least 0.979, an out-of-focus star field 0.89.
const FLAT_SHARE: f32 = 0.95;

/// Flat has at most this share of cells with something drawn on the colour. A corner logo takes 0.7
/// %, one line of text 2 %.
const FLAT_DRAWN: f32 = 0.01;

/// [`FLAT_DRAWN`] for a colour other than grey, on which decoders write that there is no signal
/// (1.3 %).
const COLOUR_DRAWN: f32 = 0.02;

/// Red, green or blue of a dark colour is at least at this level, and this many levels above the
/// lowest of them; otherwise it is black. Dark blue has 68, black with a tint of noise 20 and 2.
const DARK_COLOUR: (u8, u8) = (36, 24);

/// Bars have at least this many colours of the canonical order side by side.
const BARS_RUN: u8 = 4;

/// The condition that a picture shows whatever came before it, in order of precedence; `None` if it
/// is none of these. A picture that is mostly dark and yet not black (credits, a night scene) is
/// not flat either.
///
/// `same_as` is the condition of the sample before if it showed the same picture.
pub(super) fn classify(
    picture: &Picture,
    same_as: Option<Condition>,
) -> Option<(Condition, Evidence)> {
    if picture.bars_run >= BARS_RUN {
        return Some((Condition::Bars, Evidence::Bars(picture.bars_run)));
    }
    if let Some(flat) = picture.flat.filter(|flat| is_flat(flat, picture.tone)) {
        let Flat { share, colour, .. } = flat;
        return Some((Condition::Flat, Evidence::Flat { share, colour }));
    }
    let Tone { dark, spread, .. } = picture.tone;
    let is_capped = |before| before == Condition::Black || !has_detail(&picture.grid);
    let is_black =
        spread <= BLACK_SPREAD || (spread <= CAPPED_SPREAD && same_as.is_some_and(is_capped));
    if is_dark(picture.tone) && is_black {
        return Some((Condition::Black, Evidence::Black { dark, spread }));
    }
    None
}

/// Whether all of a picture but a small logo or clock is dark.
pub(super) fn is_dark(tone: Tone) -> bool {
    tone.dark >= BLACK_SHARE
}

fn is_flat(flat: &Flat, tone: Tone) -> bool {
    let [red, green, blue] = flat.colour;
    let (highest, lowest) = (red.max(green).max(blue), red.min(green).min(blue));
    let is_colour = highest >= DARK_COLOUR.0 && highest - lowest >= DARK_COLOUR.1;
    let most_drawn = if is_colour { COLOUR_DRAWN } else { FLAT_DRAWN };
    flat.share >= FLAT_SHARE && flat.drawn <= most_drawn && (is_colour || tone.median > DARK_LEVEL)
}

/// Whether the levels of a dark picture rise and fall more than once from side to side or from top
/// to bottom, as those of a vignette do.
fn has_detail(grid: &Grid) -> bool {
    const ACROSS: usize = COLUMNS / BLOCK;
    const DOWN: usize = ROWS / BLOCK;
    let mut sums = [[0_usize; ACROSS]; DOWN];
    for (row, cells) in grid.cells().chunks_exact(COLUMNS).enumerate() {
        for (column, &cell) in cells.iter().enumerate() {
            sums[row / BLOCK][column / BLOCK] += usize::from(cell);
        }
    }
    let columns: [[usize; DOWN]; ACROSS] =
        std::array::from_fn(|column| sums.map(|row| row[column]));
    varies(&sums) || varies(&columns)
}

/// Whether the levels of lines vary by more than [`CAPPED_VARIATION`].
fn varies<const LENGTH: usize>(lines: &[[usize; LENGTH]]) -> bool {
    let (mut variation, mut range, mut noise) = (0, 0, 0);
    for line in lines {
        noise += (LENGTH - 1) * BLOCK_NOISE;
        variation += line.windows(2).map(|pair| pair[0].abs_diff(pair[1])).sum::<usize>();
        range += line.iter().max().unwrap_or(&0) - line.iter().min().unwrap_or(&0);
    }
    variation.saturating_sub(noise) * 100 > range * CAPPED_VARIATION
}
