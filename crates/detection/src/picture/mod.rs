//! What one thumbnail shows: a JPEG reduced to the few numbers that the judge needs.
//!
//! The bytes of a JPEG enter; a [`Picture`] of about 4 KB leaves, or the reason why there is none
//! ([`Unreadable`]). Pixels are dropped here: everything later uses the [`Grid`] and a handful of
//! numbers, so that thousands of feeds fit in memory. A picture does not know its feed, when it was
//! taken, or what came before it.
//!
//! Most thumbnails are reduced without decoding a pixel: `jpeg` computes the grid from the JPEG's
//! coefficients, at half of the cost of decoding luma. Other kinds of JPEG are decoded to luma.
//! Colour is decoded only if the grid leaves it possible that the picture is colour bars or flat.

mod bars;
pub mod colour;
pub mod grid;
mod jpeg;
pub mod tone;
mod unreadable;

use std::{
    hash::BuildHasher,
    panic::{AssertUnwindSafe, catch_unwind},
};

use foldhash::quality::FixedState;

pub use self::unreadable::Unreadable;
use self::{colour::Flat, grid::Grid, jpeg::SizedGrid, tone::Tone};

/// The most pixels of a thumbnail. MediaLive makes 480x270. Full HD leaves room for a change, and a
/// progressive JPEG of that size with full colour resolution needs at most 19 MB while it is
/// decoded, so that several at the same time fit into a function of 128 MB.
pub const THUMBNAIL_PIXELS: usize = 1920 * 1080;

/// The most pixels of a still that an operator gives to `replay`: somewhat more than DCI 4K.
pub const STILL_PIXELS: usize = 4096 * 2304;

/// The fewest pixels in each direction: a smaller picture shows nothing of a programme.
const MIN_SIDE: usize = 16;

/// What one thumbnail shows.
#[derive(Clone, Debug, PartialEq)]
pub struct Picture {
    /// Width and height of the JPEG, in pixels.
    pub size: (u16, u16),
    /// A hash of the JPEG's bytes. The same bytes twice are the same thumbnail, or a source that
    /// repeats itself exactly.
    pub hash: u64,
    /// Mean luma of 80x45 cells.
    pub grid: Grid,
    /// How bright the picture is, and how much that varies.
    pub tone: Tone,
    /// How many colours of the canonical order of colour bars stand side by side (0-7); 0 if the
    /// luma rules bars out.
    pub bars_run: u8,
    /// How uniform the picture's colour is; `None` if the luma shows that it is not flat.
    pub flat: Option<Flat>,
}

impl Picture {
    /// Decodes a thumbnail of at most [`THUMBNAIL_PIXELS`].
    ///
    /// # Errors
    /// [`Unreadable`], which names what is wrong with the bytes.
    pub fn decode(jpeg: &[u8]) -> Result<Self, Unreadable> {
        Self::decode_within(jpeg, THUMBNAIL_PIXELS)
    }

    /// Decodes a picture of at most `max_pixels`.
    ///
    /// # Errors
    /// [`Unreadable`], which names what is wrong with the bytes.
    pub fn decode_within(jpeg: &[u8], max_pixels: usize) -> Result<Self, Unreadable> {
        if jpeg.is_empty() {
            return Err(Unreadable::Empty);
        }
        if !jpeg.starts_with(&[0xFF, 0xD8]) {
            return Err(Unreadable::NotJpeg(jpeg.iter().copied().take(4).collect()));
        }
        // The reader is fuzzed and returns errors. If some input still makes it panic, only that
        // feed has an unreadable picture; the other feeds of the round are not affected.
        catch_unwind(AssertUnwindSafe(|| reduce(jpeg, max_pixels)))
            .unwrap_or(Err(Unreadable::DecoderFailed))
    }
}

/// Decodes as little as is needed and reduces it.
fn reduce(jpeg: &[u8], max_pixels: usize) -> Result<Picture, Unreadable> {
    let SizedGrid { grid, width, height } = jpeg::luma_grid(jpeg, max_pixels)?;
    let tone = Tone::of(&grid);
    let may_be_bars = bars::may_be_bars(&grid);
    let may_be_flat = colour::may_be_flat(&grid, tone.median);
    let (mut bars_run, mut flat) = (0, None);
    if may_be_bars || may_be_flat {
        let rgb = jpeg::rgb(jpeg, max_pixels)?;
        if may_be_bars {
            bars_run = bars::run(&rgb, width, height);
        }
        if may_be_flat {
            flat = Some(Flat::of(&rgb, width, height));
        }
    }
    let side = |pixels: usize| u16::try_from(pixels).unwrap_or(u16::MAX);
    Ok(Picture {
        size: (side(width), side(height)),
        hash: FixedState::default().hash_one(jpeg),
        grid,
        tone,
        bars_run,
        flat,
    })
}

#[cfg(test)]
mod tests;
