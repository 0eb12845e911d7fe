//! What analysis found in one thumbnail, and how it is got out of the JPEG.
//!
//! The bytes of a JPEG enter; a [`Picture`] of about 4 KB leaves, or the reason why there is none
//! ([`Unreadable`]). The pixels are dropped here: every later stage works on the [`Grid`] and a handful of
//! numbers, so that thousands of feeds fit in memory. It does not know which feed the picture came from, when
//! it was taken, or what was seen before it.
//!
//! Most pictures need no pixel: their cells come from the JPEG's coefficients (`blocks`), at half of the cost of decoding
//! luma. What is not of the plain kind is decoded to luma. Colour is decoded only where the cells alone could be colour bars or one
//! flat colour.

pub mod bars;
pub mod colour;
mod dct;
pub mod grid;
pub mod tone;

use std::hash::{DefaultHasher, Hash, Hasher};
use std::panic::{AssertUnwindSafe, catch_unwind};

use thiserror::Error;
use zune_jpeg::JpegDecoder;
use zune_jpeg::errors::DecodeErrors;
use zune_jpeg::zune_core::bytestream::ZCursor;
use zune_jpeg::zune_core::colorspace::ColorSpace;
use zune_jpeg::zune_core::options::DecoderOptions;

use colour::Flat;
use dct::Cells;
use grid::Grid;
use tone::Tone;

/// The most pixels of a thumbnail. `MediaLive` makes 480x270; full HD leaves room for a change, and even a
/// progressive one with full colour then needs at most 25 MB while it is decoded, so that several at once fit
/// a 128 MB function.
pub const THUMBNAIL_PIXELS: usize = 1920 * 1080;

/// The most pixels of a picture that an operator hands to `replay`: DCI 4K with some room.
pub const STILL_PIXELS: usize = 4096 * 2304;

/// A picture smaller than this in either direction says nothing about a programme.
const SMALLEST_SIDE: usize = 16;

/// A progressive JPEG has about ten scans; hundreds are an attack on the decoder's time.
const MOST_SCANS: usize = 32;

/// What one thumbnail shows, reduced to what the judging needs.
#[derive(Clone, Debug, PartialEq)]
pub struct Picture {
    /// Width and height of the JPEG, in pixels.
    pub size: (u16, u16),
    /// A hash of the JPEG's bytes: the same bytes twice are the same thumbnail, or a source that repeats
    /// itself exactly.
    pub hash: u64,
    /// Mean luma of 80x45 cells.
    pub grid: Grid,
    /// How light and how varied the picture is.
    pub tone: Tone,
    /// How many colours of the bars' canonical order stand side by side; 0 where the picture is nothing like
    /// bars.
    pub bars_run: u8,
    /// How much of the picture is one colour; `None` where its luma alone says that it is not.
    pub flat: Option<Flat>,
}

/// Why a thumbnail could not be read. The message completes "the picture could not be read: ...".
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum Unreadable {
    /// There is nothing to decode.
    #[error("it is empty")]
    Empty,
    /// The first bytes are not those of a JPEG.
    #[error("it is not a JPEG: it starts with {0:02x?}")]
    NotJpeg(Vec<u8>),
    /// The bytes break off, or say something that no JPEG may say.
    #[error("it is broken or cut short: {0:?}")]
    Broken(#[source] DecodeErrors),
    /// It is a JPEG of a kind that is not decoded, such as lossless or arithmetic coding.
    #[error("it is a JPEG of a kind that is not supported: {0:?}")]
    Unsupported(#[source] DecodeErrors),
    /// Too large to be decoded in a function's memory.
    #[error("it is {width}x{height}, more than {most} pixels")]
    TooLarge {
        /// Width in pixels, from the header.
        width: usize,
        /// Height in pixels, from the header.
        height: usize,
        /// The most pixels that were allowed.
        most: usize,
    },
    /// Too small to show anything.
    #[error("it is {width}x{height}, and at least 16x16 is needed")]
    TooSmall {
        /// Width in pixels, from the header.
        width: usize,
        /// Height in pixels, from the header.
        height: usize,
    },
    /// The decoder gave up in an unforeseen way; its message is on standard error.
    #[error("the decoder failed on it")]
    DecoderFailed,
}

impl Picture {
    /// Reads a thumbnail of at most [`THUMBNAIL_PIXELS`].
    ///
    /// # Errors
    /// [`Unreadable`], which names what is wrong with the bytes.
    pub fn decode(jpeg: &[u8]) -> Result<Self, Unreadable> {
        Self::decode_within(jpeg, THUMBNAIL_PIXELS)
    }

    /// Reads a picture of at most `most` pixels.
    ///
    /// # Errors
    /// [`Unreadable`], which names what is wrong with the bytes.
    pub fn decode_within(jpeg: &[u8], most: usize) -> Result<Self, Unreadable> {
        if jpeg.is_empty() {
            return Err(Unreadable::Empty);
        }
        if !jpeg.starts_with(&[0xFF, 0xD8]) {
            return Err(Unreadable::NotJpeg(jpeg.iter().copied().take(4).collect()));
        }
        // The decoder is fuzzed and returns errors. Should one input still make it panic, that feed has an
        // unreadable picture, and the other feeds of the round keep theirs.
        catch_unwind(AssertUnwindSafe(|| read(jpeg, most))).unwrap_or(Err(Unreadable::DecoderFailed))
    }
}

/// Decodes what is needed and reduces it.
fn read(jpeg: &[u8], most: usize) -> Result<Picture, Unreadable> {
    let Cells { grid, width, height } = cells(jpeg, most)?;
    let tone = Tone::of(&grid);
    let may_be_bars = bars::may_be_bars(&grid);
    let may_be_flat = colour::may_be_flat(&grid, tone.median);
    let rgb = if may_be_bars || may_be_flat { Some(Plane::rgb(jpeg, most)?.samples) } else { None };
    let bars_run = rgb.as_ref().filter(|_| may_be_bars).map_or(0, |rgb| bars::run(rgb, width, height));
    let flat = rgb.as_ref().filter(|_| may_be_flat).map(|rgb| Flat::of(rgb, width, height));
    let mut hasher = DefaultHasher::new();
    jpeg.hash(&mut hasher);
    let side = |pixels: usize| u16::try_from(pixels).unwrap_or(u16::MAX);
    Ok(Picture { size: (side(width), side(height)), hash: hasher.finish(), grid, tone, bars_run, flat })
}

/// The picture's cells. What isn't of the plain kind, or isn't whole, is for the decoder to read or to refuse.
fn cells(jpeg: &[u8], most: usize) -> Result<Cells, Unreadable> {
    if let Some(cells) = dct::read(jpeg, SMALLEST_SIDE, most) {
        return Ok(cells);
    }
    let Plane { samples, width, height } = Plane::luma(jpeg, most)?;
    let [grid] = Grid::of::<1>(&samples, width, height);
    Ok(Cells { grid, width, height })
}

/// Decoded samples, row by row.
struct Plane {
    /// One byte a pixel for luma, three for colour.
    samples: Vec<u8>,
    width: usize,
    height: usize,
}

impl Plane {
    /// Luma only. The few JPEGs that don't carry it as a channel of its own (RGB and CMYK) are decoded in
    /// colour.
    fn luma(jpeg: &[u8], most: usize) -> Result<Self, Unreadable> {
        let mut decoder = decoder(jpeg, ColorSpace::Luma);
        check_size(&mut decoder, most)?;
        if matches!(decoder.input_colorspace(), Some(ColorSpace::YCbCr | ColorSpace::Luma)) {
            return Self::from(decoder, 1);
        }
        let rgb = Self::rgb(jpeg, most)?;
        let samples = rgb.samples.chunks_exact(3).map(colour::luma).collect();
        Ok(Self { samples, ..rgb })
    }

    /// Red, green and blue.
    fn rgb(jpeg: &[u8], most: usize) -> Result<Self, Unreadable> {
        let mut decoder = decoder(jpeg, ColorSpace::RGB);
        check_size(&mut decoder, most)?;
        Self::from(decoder, 3)
    }

    fn from(mut decoder: JpegDecoder<ZCursor<&[u8]>>, channels: usize) -> Result<Self, Unreadable> {
        let samples = decoder.decode().map_err(refusal)?;
        let Some((width, height)) = decoder.dimensions() else { return Err(Unreadable::DecoderFailed) };
        if samples.len() != width * height * channels {
            return Err(Unreadable::DecoderFailed);
        }
        Ok(Self { samples, width, height })
    }
}

/// Strict, because a lenient decoder fills what is missing of a thumbnail that was cut short with grey: a
/// live source would look flat, or frozen below the cut.
fn decoder(jpeg: &[u8], to: ColorSpace) -> JpegDecoder<ZCursor<&[u8]>> {
    let options = DecoderOptions::default()
        .set_strict_mode(true)
        // The decoder's own limits are looser than ours and less well told.
        .set_max_width(usize::from(u16::MAX))
        .set_max_height(usize::from(u16::MAX))
        .jpeg_set_max_scans(MOST_SCANS)
        .jpeg_set_out_colorspace(to);
    JpegDecoder::new_with_options(ZCursor::new(jpeg), options)
}

/// Reads the headers and refuses what must not be decoded, before any memory is taken for pixels.
fn check_size(decoder: &mut JpegDecoder<ZCursor<&[u8]>>, most: usize) -> Result<(), Unreadable> {
    decoder.decode_headers().map_err(refusal)?;
    let Some((width, height)) = decoder.dimensions() else { return Err(Unreadable::DecoderFailed) };
    if width < SMALLEST_SIDE || height < SMALLEST_SIDE {
        return Err(Unreadable::TooSmall { width, height });
    }
    if width.saturating_mul(height) > most {
        return Err(Unreadable::TooLarge { width, height, most });
    }
    Ok(())
}

fn refusal(error: DecodeErrors) -> Unreadable {
    match error {
        DecodeErrors::Unsupported(_) => Unreadable::Unsupported(error),
        _ => Unreadable::Broken(error),
    }
}

#[cfg(test)]
mod tests;
