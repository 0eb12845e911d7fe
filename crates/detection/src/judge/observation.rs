//! What one look brought, and what a single picture says for itself.
//!
//! A [`Observation`] is what the capturing and analysing stages hand over. Bars, black and flat are told from one
//! picture; frozen is not, and is told elsewhere.

use std::time::SystemTime;

use super::condition::Condition;
use super::verdict::Evidence;
use crate::picture::Picture;
use crate::picture::tone::DARK_LEVEL;

/// What one look at a feed brought.
#[derive(Clone, Debug)]
pub enum Observation {
    /// A picture that could be read.
    Picture {
        /// What it shows.
        picture: Picture,
        /// The thumbnail's own time stamp, where it has one.
        taken: Option<SystemTime>,
    },
    /// `MediaLive` answered, and has no thumbnail.
    NoPicture,
    /// A thumbnail that could not be read: it proves neither a living source nor a dead one.
    Unreadable,
    /// No answer: throttled, denied, timed out.
    Unknown,
}

/// Share of cells that must be dark for black. A corner logo takes 0.4 % of the cells and a clock 0.7 %; one
/// line of text 1.8 %, a text card 5 %.
const BLACK_SHARE: f32 = 0.985;

/// Levels between the 5th and 95th percentile of the cells up to which a dark picture is black. Black has 1,
/// noise of 20 levels included; a night scene with nothing above level 14 has 6 and more, others 10 and more.
const BLACK_SPREAD: u8 = 4;

/// Share of cells of one colour for flat. Flat colours with strong noise have 0.979 and more, an out-of-focus
/// star field 0.89.
const FLAT_SHARE: f32 = 0.95;

/// Share of cells with something drawn on the colour, up to which it is still flat. A corner logo takes 0.7
/// %, one line of text 2 %.
const FLAT_DRAWN: f32 = 0.01;

/// This many colours of the canonical order are bars. Other pictures have at most two.
const BARS_RUN: u8 = 5;

/// What one picture shows without any other; `None` where it takes two to tell. In order of precedence. What
/// is mostly dark and yet not black (credits, a night scene) is not flat either.
pub(super) fn plain(picture: &Picture) -> Option<(Condition, Evidence)> {
    let tone = picture.tone;
    if picture.bars_run >= BARS_RUN {
        return Some((Condition::Bars, Evidence::Bars(picture.bars_run)));
    }
    if tone.dark >= BLACK_SHARE && tone.spread <= BLACK_SPREAD {
        return Some((Condition::Black, Evidence::Black { dark: tone.dark, spread: tone.spread }));
    }
    let flat = picture.flat.filter(|_| tone.median > DARK_LEVEL)?;
    let is_flat = flat.share >= FLAT_SHARE && flat.drawn <= FLAT_DRAWN;
    is_flat.then_some((Condition::Flat, Evidence::Flat(flat.share)))
}
