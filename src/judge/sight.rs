//! What one look brought, and what a single picture says for itself.
//!
//! A [`Sight`] is what the capturing and analysing stages hand over. Bars, black and flat are told from one picture;
//! frozen is not, and is told elsewhere.

use std::time::SystemTime;

use super::condition::Condition;
use super::verdict::Evidence;
use crate::analyse::picture::Picture;

/// What one look at a feed brought.
#[derive(Clone, Debug)]
pub enum Sight {
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

/// Share of cells that must be dark for black. A corner logo takes 0.4 % of the cells and a clock 0.7 %; one line of
/// text 1.8 %, a text card 5 %.
const BLACK_SHARE: f32 = 0.985;

/// Levels between the 5th and 95th percentile of the cells up to which a dark picture is black. Night scenes have 10 and more.
const BLACK_SPREAD: u8 = 6;

/// Share of cells of one colour for flat: fewer strays than for black, because one line of text on a card is 1.8 %.
const FLAT_SHARE: f32 = 0.99;

/// This many colours of the canonical order are bars. Other pictures have at most two.
const BARS_RUN: u8 = 5;

/// What one picture shows without any other; `None` where it takes two to tell. In order of precedence.
pub(super) fn plain(picture: &Picture) -> Option<(Condition, Evidence)> {
    let tone = picture.tone;
    if picture.bars_run >= BARS_RUN {
        return Some((Condition::Bars, Evidence::Bars(picture.bars_run)));
    }
    if tone.dark >= BLACK_SHARE && tone.spread <= BLACK_SPREAD {
        return Some((Condition::Black, Evidence::Black { dark: tone.dark, spread: tone.spread }));
    }
    let flat = picture.flat?;
    (flat.share >= FLAT_SHARE).then_some((Condition::Flat, Evidence::Flat(flat.share)))
}
