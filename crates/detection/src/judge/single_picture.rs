//! What a single picture shows: bars, black or flat. Whether it is frozen takes two pictures
//! (`stillness`).
//!
//! A [`Picture`] enters; a [`Condition`] with its [`Evidence`] leaves. The constants below are
//! followed by what was measured on labelled stills.

use super::{condition::Condition, evidence::Evidence};
use crate::picture::{Picture, tone::DARK_LEVEL};

/// Black has at least this share of dark cells. A corner logo takes 0.4 % of the cells, a clock 0.7
/// %, one line of text 1.8 %, a text card 5 %.
const BLACK_SHARE: f32 = 0.985;

/// Black has at most this many levels between the 5th and the 95th percentile of its cells. Black
/// has 1, with noise of 20 levels too. A night scene with nothing above level 14 has at least 6,
/// others at least 10.
const BLACK_SPREAD: u8 = 4;

/// Flat has at least this share of cells in one colour. Flat colours with strong noise have at
/// least 0.979, an out-of-focus star field 0.89.
const FLAT_SHARE: f32 = 0.95;

/// Flat has at most this share of cells with something drawn on the colour. A corner logo takes 0.7
/// %, one line of text 2 %.
const FLAT_DRAWN: f32 = 0.01;

/// Bars have at least this many colours of the canonical order side by side.
const BARS_RUN: u8 = 4;

/// The condition that this picture alone shows, in order of precedence; `None` if it is none of
/// these. A picture that is mostly dark and yet not black (credits, a night scene) is not flat
/// either.
pub(super) fn classify(picture: &Picture) -> Option<(Condition, Evidence)> {
    let tone = picture.tone;
    if picture.bars_run >= BARS_RUN {
        return Some((Condition::Bars, Evidence::Bars(picture.bars_run)));
    }
    if tone.dark >= BLACK_SHARE && tone.spread <= BLACK_SPREAD {
        return Some((Condition::Black, Evidence::Black { dark: tone.dark, spread: tone.spread }));
    }
    if let Some(flat) = picture.flat
        && tone.median > DARK_LEVEL
        && flat.share >= FLAT_SHARE
        && flat.drawn <= FLAT_DRAWN
    {
        return Some((Condition::Flat, Evidence::Flat(flat.share)));
    }
    None
}
