//! Whether something alive lights up on black: stars, a candle, a distant singer, subtitles.
//!
//! Pictures enter one after another, each with the one before it; whether the latest is alive
//! leaves. A clock or a logo on black is not alive: it is no higher than a line of text, and little
//! of it changes. Darkness alone is judged in `single_picture`.

use super::single_picture::is_dark;
use crate::picture::{
    Picture,
    grid::{CELLS, COLUMNS, Grid, ROWS},
};

/// A cell is lit or put out if it changes by more than this many levels. A JPEG of quality 15
/// changes cells of black with noise by 7.
const LIT: u8 = 8;

/// [`LIT`] on black of at most [`DEEP_BLACK`] with hardly any noise: dim stars change 5 to 40 cells
/// by more than this, and a JPEG of quality 15 at most 3 cells of black.
const DIMLY_LIT: u8 = 3;

/// The level of black that a JPEG of low quality does not change, because its steps are larger.
const DEEP_BLACK: u8 = 3;

/// Black has hardly any noise if at most this share of the cells changes by more than one level, in
/// percent.
const MAX_NOISY_CELLS: usize = 4;

/// Living light changes at least so many cells: a candle 5, stars and a distant singer 9. Clocks,
/// which are a line of text, change 1 to 18.
const LIT_CELLS: usize = 5;

/// What is no higher than a line of text changes at least so many cells: the next subtitle 32.
const LIT_CELLS_OF_A_LINE: usize = 25;

/// The height of a line of text, in cells: 44 lines in 720.
const LINE_HEIGHT: usize = 3;

/// Light is alive for this many samples after it changed, because a subtitle stays for seconds.
const REMEMBERED_SAMPLES: u8 = 3;

/// What was lit lately.
#[derive(Clone, Debug, Default)]
pub(super) struct LivingLight {
    /// Whether the latest picture was dark.
    was_dark: bool,
    /// How many more samples the latest change counts for.
    remembered: u8,
}

impl LivingLight {
    /// Whether the light of this picture is alive. `before` is an earlier picture that looked like
    /// the one before this.
    pub(super) fn observe(&mut self, before: Option<&Grid>, picture: &Picture) -> bool {
        let is_dark = is_dark(picture.tone);
        let is_lit = is_dark
            && self.was_dark
            && before.is_some_and(|before| {
                has_moved(before, &picture.grid, picture.tone.median <= DEEP_BLACK)
            });
        self.was_dark = is_dark;
        self.remembered =
            if is_lit { REMEMBERED_SAMPLES } else { self.remembered.saturating_sub(1) };
        self.remembered > 0
    }
}

/// Whether light moved from one dark picture to another.
fn has_moved(before: &Grid, now: &Grid, is_deep: bool) -> bool {
    let (before, now) = (before.cells(), now.cells());
    let change = |(one, other): (&u8, &u8)| one.abs_diff(*other);
    let noisy = before.iter().zip(now).map(change).filter(|&change| change > 1).count();
    let is_quiet = is_deep && noisy * 100 <= CELLS * MAX_NOISY_CELLS;
    let limit = if is_quiet { DIMLY_LIT } else { LIT };
    let (mut lit, mut first, mut last) = (0, ROWS, 0);
    let lines = before.chunks_exact(COLUMNS).zip(now.chunks_exact(COLUMNS));
    for (row, (before, now)) in lines.enumerate() {
        let cells = before.iter().zip(now).map(change).filter(|&change| change > limit).count();
        if cells > 0 {
            (first, last) = (first.min(row), row);
            lit += cells;
        }
    }
    let is_line = last < first + LINE_HEIGHT;
    lit >= if is_line { LIT_CELLS_OF_A_LINE } else { LIT_CELLS }
}
