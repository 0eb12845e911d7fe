//! What analysis found in one thumbnail, and how it is got out of the JPEG.
//!
//! The bytes of a JPEG enter; a [`Picture`] of about 4 KB leaves, or the reason why there is none ([`Unreadable`]). The
//! pixels are dropped here: every later stage works on the [`Grid`] and a handful of numbers, so that thousands of feeds
//! fit in memory. It does not know which feed the picture came from, when it was taken, or what was seen before it.
//!
//! Luma is decoded first, which is all that most pictures need (0.2 ms for 480x270). Colour is decoded only where the
//! luma alone could be colour bars or one flat colour.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::panic::{AssertUnwindSafe, catch_unwind};

use thiserror::Error;
use zune_jpeg::JpegDecoder;
use zune_jpeg::errors::DecodeErrors;
use zune_jpeg::zune_core::bytestream::ZCursor;
use zune_jpeg::zune_core::colorspace::ColorSpace;
use zune_jpeg::zune_core::options::DecoderOptions;

use super::bars;
use super::colour::{self, Flat};
use super::grid::Grid;
use super::tone::Tone;

/// The most pixels of a thumbnail. `MediaLive` makes 480x270; full HD leaves room for a change, and even a progressive one
/// with full colour then needs at most 25 MB while it is decoded, so that several at once fit a 128 MB function.
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
    /// A hash of the JPEG's bytes: the same bytes twice are the same thumbnail, or a source that repeats itself exactly.
    pub hash: u64,
    /// Mean luma of 80x45 cells.
    pub grid: Grid,
    /// How light and how varied the picture is.
    pub tone: Tone,
    /// How many colours of the bars' canonical order stand side by side; 0 where the picture is nothing like bars.
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
        // The decoder is fuzzed and returns errors. Should one input still make it panic, that feed has an unreadable
        // picture, and the other feeds of the round keep theirs.
        catch_unwind(AssertUnwindSafe(|| read(jpeg, most))).unwrap_or(Err(Unreadable::DecoderFailed))
    }
}

/// Decodes what is needed and reduces it.
fn read(jpeg: &[u8], most: usize) -> Result<Picture, Unreadable> {
    let luma = Plane::luma(jpeg, most)?;
    let (width, height) = (luma.width, luma.height);
    let [grid] = Grid::of::<1>(&luma.samples, width, height);
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

/// Decoded samples, row by row.
struct Plane {
    /// One byte a pixel for luma, three for colour.
    samples: Vec<u8>,
    width: usize,
    height: usize,
}

impl Plane {
    /// Luma only. The few JPEGs that don't carry it as a channel of its own (RGB and CMYK) are decoded in colour.
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

/// Strict, because a lenient decoder fills what is missing of a thumbnail that was cut short with grey: a live source
/// would look flat, or frozen below the cut.
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
mod tests {
    use jpeg_encoder::{ColorType, Encoder};
    use proptest::prelude::*;

    use super::*;

    const WIDTH: u16 = 96;
    const HEIGHT: u16 = 54;

    /// A picture of `channels` interleaved channels, each sample from its place.
    fn jpeg(
        color: ColorType,
        channels: u16,
        progressive: bool,
        sample: impl Fn(u16, u16, u16) -> u8,
    ) -> Vec<u8> {
        sized(WIDTH, HEIGHT, color, channels, progressive, sample)
    }

    fn sized(
        width: u16,
        height: u16,
        color: ColorType,
        channels: u16,
        progressive: bool,
        sample: impl Fn(u16, u16, u16) -> u8,
    ) -> Vec<u8> {
        let places = (0..height).flat_map(|y| (0..width).map(move |x| (x, y)));
        let pixels: Vec<u8> = places
            .flat_map(|(x, y)| (0..channels).map(move |channel| (x, y, channel)))
            .map(|(x, y, channel)| sample(x, y, channel))
            .collect();
        let mut jpeg = Vec::new();
        let mut encoder = Encoder::new(&mut jpeg, 90);
        encoder.set_progressive(progressive);
        encoder.encode(&pixels, width, height, color).unwrap();
        jpeg
    }

    fn ramp(x: u16, y: u16, channel: u16) -> u8 {
        u8::try_from(2 * x + y % 32 + channel).unwrap()
    }

    #[track_caller]
    fn assert_refused(jpeg: &[u8], message: &str) {
        let refusal = Picture::decode(jpeg).unwrap_err().to_string();
        assert!(refusal.contains(message), "{refusal}");
    }

    #[test]
    fn what_is_no_jpeg_is_refused_with_its_first_bytes() {
        assert_refused(b"", "it is empty");
        assert_refused(b"\x89PNG\r\n", "it is not a JPEG: it starts with [89, 50, 4e, 47]");
        assert_refused(&[0xFF, 0xD8], "broken or cut short");
    }

    #[test]
    fn a_thumbnail_that_was_cut_short_is_refused_and_not_filled_with_grey() {
        let whole = jpeg(ColorType::Rgb, 3, false, ramp);
        assert!(Picture::decode(&whole).is_ok());
        for part in 1..10 {
            assert_refused(&whole[..whole.len() * part / 10], "broken or cut short");
        }
    }

    #[test]
    fn a_huge_picture_is_refused_from_its_header_alone() {
        let mut huge = jpeg(ColorType::Rgb, 3, false, ramp);
        let header = huge.windows(2).position(|marker| marker == [0xFF, 0xC0]).unwrap();
        huge[header + 5..header + 9].copy_from_slice(&[0xFF, 0xDC, 0xFF, 0xDC]);
        assert_refused(&huge, "it is 65500x65500, more than 2073600 pixels");
    }

    #[test]
    fn a_picture_of_a_few_pixels_is_refused_and_one_of_sixteen_is_read() {
        assert_refused(&sized(15, 16, ColorType::Rgb, 3, false, |_, _, _| 9), "15x16");
        let small = Picture::decode(&sized(16, 16, ColorType::Rgb, 3, false, |_, _, _| 90)).unwrap();
        assert_eq!(small.size, (16, 16));
        assert_eq!(small.tone.median, 90);
    }

    #[test]
    fn a_progressive_picture_is_read_like_a_plain_one() {
        let plain = Picture::decode(&jpeg(ColorType::Rgb, 3, false, ramp)).unwrap();
        let progressive = Picture::decode(&jpeg(ColorType::Rgb, 3, true, ramp)).unwrap();
        assert_eq!(plain.grid, progressive.grid);
        assert_ne!(plain.hash, progressive.hash);
    }

    #[test]
    fn grey_and_cmyk_pictures_are_read_too() {
        let grey = Picture::decode(&jpeg(ColorType::Luma, 1, false, |_, _, _| 77)).unwrap();
        assert_eq!((grey.tone.median, grey.flat.unwrap().share), (77, 1.0));
        assert!(Picture::decode(&jpeg(ColorType::Cmyk, 4, false, ramp)).is_ok());
    }

    #[test]
    fn the_grid_holds_the_mean_of_each_cell() {
        let halves =
            Picture::decode(&jpeg(ColorType::Luma, 1, false, |x, _, _| if x < 48 { 20 } else { 200 }))
                .unwrap();
        assert_eq!(halves.grid.cells()[10].abs_diff(20), 0);
        assert_eq!(halves.grid.cells()[70].abs_diff(200), 0);
        assert_eq!(halves.tone.dark.to_string(), "0.5");
    }

    #[test]
    fn bars_are_told_by_the_order_of_their_colours() {
        let order = [0b111, 0b110, 0b011, 0b010, 0b101, 0b100, 0b001];
        let bars = |order: [u8; 7]| {
            sized(280, 160, ColorType::Rgb, 3, false, move |x, _, channel| {
                if order[usize::from(x / 40)] >> (2 - channel) & 1 == 1 { 191 } else { 0 }
            })
        };
        assert_eq!(Picture::decode(&bars(order)).unwrap().bars_run, 7);
        let mut other = order;
        other.sort_unstable();
        assert!(Picture::decode(&bars(other)).unwrap().bars_run < 3);
    }

    #[test]
    fn one_colour_is_flat_and_two_of_the_same_luma_are_not() {
        let red = |left: [u8; 3], right: [u8; 3]| {
            jpeg(
                ColorType::Rgb,
                3,
                false,
                move |x, _, channel| if x < 48 { left } else { right }[usize::from(channel)],
            )
        };
        let one = Picture::decode(&red([150, 20, 20], [150, 20, 20])).unwrap().flat.unwrap();
        assert_eq!(one.share.to_string(), "1");
        let two = Picture::decode(&red([150, 20, 20], [20, 86, 20])).unwrap().flat.unwrap();
        assert!(two.share < 0.6, "{two:?}");
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 512, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn no_bytes_make_it_panic(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
            let jpeg = [&[0xFF, 0xD8, 0xFF], bytes.as_slice()].concat();
            prop_assert!(Picture::decode(&bytes).is_err());
            prop_assert!(!matches!(Picture::decode(&jpeg), Ok(_) | Err(Unreadable::DecoderFailed)));
        }

        #[test]
        fn no_damage_makes_it_panic(
            damage in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..12),
            cut in any::<prop::sample::Index>(),
            progressive in any::<bool>(),
        ) {
            let mut bytes = jpeg(ColorType::Rgb, 3, progressive, ramp);
            for (place, byte) in damage {
                let place = place.index(bytes.len());
                bytes[place] = byte;
            }
            bytes.truncate(bytes.len() - cut.index(bytes.len()) / 8);
            prop_assert!(!matches!(Picture::decode(&bytes), Err(Unreadable::DecoderFailed)));
        }
    }
}
