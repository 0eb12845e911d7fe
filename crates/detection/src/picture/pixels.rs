//! Pixels of a JPEG, from the decoder: for colour, and for luma where the coefficients cannot be
//! used directly.
//!
//! The bytes of a JPEG enter; [`Pixels`] leave, or why there are none. Sizes are checked before
//! memory is allocated.

use zune_jpeg::{
    JpegDecoder,
    zune_core::{bytestream::ZCursor, colorspace::ColorSpace, options::DecoderOptions},
};

use super::{MIN_SIDE, Unreadable, colour};

/// A progressive JPEG has about ten scans; hundreds are an attack on the decoder's time.
const MAX_SCANS: usize = 32;

/// A decoded picture.
pub(super) struct Pixels {
    /// Row by row: one byte per pixel for luma, three for RGB.
    pub(super) bytes: Vec<u8>,
    /// Pixels from left to right.
    pub(super) width: usize,
    /// Pixels from top to bottom.
    pub(super) height: usize,
}

impl Pixels {
    /// Decodes luma. The few JPEGs without a luma component (RGB and CMYK) are decoded to colour
    /// and converted.
    pub(super) fn luma(jpeg: &[u8], max_pixels: usize) -> Result<Self, Unreadable> {
        let mut decoder = decoder(jpeg, ColorSpace::Luma);
        check_size(&mut decoder, max_pixels)?;
        if matches!(decoder.input_colorspace(), Some(ColorSpace::YCbCr | ColorSpace::Luma)) {
            return Self::decode(decoder, 1);
        }
        let rgb = Self::rgb(jpeg, max_pixels)?;
        let bytes = rgb.bytes.chunks_exact(3).map(colour::luma).collect();
        Ok(Self { bytes, ..rgb })
    }

    /// Decodes red, green and blue.
    pub(super) fn rgb(jpeg: &[u8], max_pixels: usize) -> Result<Self, Unreadable> {
        let mut decoder = decoder(jpeg, ColorSpace::RGB);
        check_size(&mut decoder, max_pixels)?;
        Self::decode(decoder, 3)
    }

    fn decode(
        mut decoder: JpegDecoder<ZCursor<&[u8]>>,
        channels: usize,
    ) -> Result<Self, Unreadable> {
        let bytes = decoder.decode()?;
        let Some((width, height)) = decoder.dimensions() else {
            return Err(Unreadable::DecoderFailed);
        };
        if bytes.len() != width * height * channels {
            return Err(Unreadable::DecoderFailed);
        }
        Ok(Self { bytes, width, height })
    }
}

/// A strict decoder. A lenient one fills the missing part of a thumbnail that was cut short with
/// grey: a live source would look flat, or frozen below the cut.
fn decoder(jpeg: &[u8], colour_space: ColorSpace) -> JpegDecoder<ZCursor<&[u8]>> {
    let options = DecoderOptions::default()
        .set_strict_mode(true)
        // `check_size` has a lower limit, and its error names the size.
        .set_max_width(usize::from(u16::MAX))
        .set_max_height(usize::from(u16::MAX))
        .jpeg_set_max_scans(MAX_SCANS)
        .jpeg_set_out_colorspace(colour_space);
    JpegDecoder::new_with_options(ZCursor::new(jpeg), options)
}

/// Reads the headers and rejects pictures that are too small or too large, before memory is
/// allocated for pixels.
fn check_size(
    decoder: &mut JpegDecoder<ZCursor<&[u8]>>,
    max_pixels: usize,
) -> Result<(), Unreadable> {
    decoder.decode_headers()?;
    let Some((width, height)) = decoder.dimensions() else { return Err(Unreadable::DecoderFailed) };
    if width < MIN_SIDE || height < MIN_SIDE {
        return Err(Unreadable::TooSmall { width, height });
    }
    if width.saturating_mul(height) > max_pixels {
        return Err(Unreadable::TooLarge { width, height, most: max_pixels });
    }
    Ok(())
}
