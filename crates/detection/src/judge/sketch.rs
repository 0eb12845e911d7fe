//! A picture as 20x15 levels, for comparing it with pictures of another feed.
//!
//! A [`Grid`] enters, a [`Sketch`] leaves. Two feeds of one programme differ in noise, encoder,
//! gain and a few frames of time, none of which changes the arrangement of light and dark in it.
//! That is what [`Sketch::likeness`] measures. It knows nothing of time.

#![expect(clippy::cast_precision_loss, reason = "sums of 300 levels are exact in an f32's range")]

use std::fmt;

use crate::picture::{
    grid::{CELLS, Grid},
    tone::DARK_LEVEL,
};

const ACROSS: usize = 20;
const DOWN: usize = 15;
const LEVELS: usize = ACROSS * DOWN;

/// Of a picture that is compared, at least so many of the 300 levels are not dark: a quarter.
const MIN_LIT: u32 = 75;

/// What is compared varies by at least this standard deviation, in levels of 255. Noise of source
/// and encoder varies a sketch by 1.5.
const MIN_CONTRAST: f32 = 6.0;

/// A picture that varies by this much is not one that hardly varies, whatever gain and noise do.
const CLEAR_CONTRAST: f32 = 24.0;

/// A picture reduced to the mean levels of 20x15 cells.
#[derive(Clone, PartialEq, Eq)]
pub struct Sketch(Box<[u8; LEVELS]>);

impl fmt::Debug for Sketch {
    /// Prints the mean: 300 numbers do not help in a failed assertion.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sum: usize = self.0.iter().map(|&level| usize::from(level)).sum();
        write!(f, "Sketch(mean {})", sum / LEVELS)
    }
}

impl Sketch {
    /// Reduces a grid.
    #[must_use]
    pub fn of(grid: &Grid) -> Self {
        const CELLS_OF_LEVEL: u16 = 12;
        const { assert!(CELLS_OF_LEVEL as usize * LEVELS == CELLS) };
        let sums: [u16; LEVELS] = grid.block_sums::<ACROSS, _>();
        Self(Box::new(sums.map(|sum| u8::try_from(sum / CELLS_OF_LEVEL).unwrap_or(u8::MAX))))
    }

    /// The correlation of two pictures: 1 if they are the same, around 0 if they have nothing to do
    /// with each other. Cells that are dark in both don't count, because black bars and night
    /// would make any two pictures alike. 0 if only one of the two varies at all. `None` if too
    /// little is left, or if both hardly vary.
    #[must_use]
    pub fn likeness(&self, other: &Self) -> Option<f32> {
        let [mut lit, mut x, mut y, mut xx, mut yy, mut xy] = [0_u32; 6];
        for (&one, &other) in self.0.iter().zip(other.0.iter()) {
            let is_lit = u32::from(one.max(other) > DARK_LEVEL);
            let (one, other) = (u32::from(one) * is_lit, u32::from(other) * is_lit);
            lit += is_lit;
            x += one;
            y += other;
            xx += one * one;
            yy += other * other;
            xy += one * other;
        }
        if lit < MIN_LIT {
            return None;
        }
        // At most 300 * 300 * 255 * 255, which is less than 2^33.
        let product = |a: u32, b: u32| i64::from(a) * i64::from(b);
        let x_spread = (product(lit, xx) - product(x, x)) as f32;
        let y_spread = (product(lit, yy) - product(y, y)) as f32;
        let contrast = |spread: f32| spread.sqrt() / lit as f32;
        if contrast(x_spread.min(y_spread)) < MIN_CONTRAST {
            let is_clear = contrast(x_spread.max(y_spread)) >= CLEAR_CONTRAST;
            return is_clear.then_some(0.0);
        }
        Some((product(lit, xy) - product(x, y)) as f32 / (x_spread * y_spread).sqrt())
    }
}
