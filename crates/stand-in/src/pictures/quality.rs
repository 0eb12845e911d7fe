//! Image quality and dominant colours as DetectLabels returns them: from the bytes of a JPEG to
//! numbers.
//!
//! AWS does not document how its numbers are computed, so these are other numbers of the same kind:
//! 0 to 100, a function of the decoded pixels alone, and exactly 0 for a black picture.

use zune_jpeg::{
    JpegDecoder,
    zune_core::{bytestream::ZCursor, colorspace::ColorSpace, options::DecoderOptions},
};

/// The three numbers of `ImageProperties.Quality`, each from 0 to 100.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Quality {
    /// Mean luma.
    pub brightness: f32,
    /// Mean difference between neighbouring pixels.
    pub sharpness: f32,
    /// Standard deviation of luma.
    pub contrast: f32,
}

/// One entry of `DominantColors`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct DominantColour {
    pub(crate) rgb: [u8; 3],
    /// Share of the picture's pixels in percent.
    pub(crate) percent: f32,
}

/// A decoded picture.
pub(crate) struct Pixels {
    rgb: Vec<u8>,
    width: usize,
}

/// Why a picture was not decoded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum DecodeError {
    /// Not a JPEG, or a damaged one.
    Invalid,
    TooSmall,
    TooLarge,
}

/// Shortest side that DetectLabels accepts, in pixels
/// (<https://docs.aws.amazon.com/rekognition/latest/dg/limits.html>).
const MIN_SIDE: usize = 80;
/// Longest side that DetectLabels accepts, in pixels, from the same page.
const MAX_SIDE: usize = 10_000;
/// Most entries of `DominantColors`, from the service's model.
const MAX_COLOURS: usize = 20;
/// The mean difference, in levels, that counts as sharpness 100.
const FULL_SHARPNESS: f64 = 40.0;

/// Decodes a JPEG.
pub(crate) fn decode(jpeg: &[u8]) -> Result<Pixels, DecodeError> {
    let options = DecoderOptions::default()
        .jpeg_set_out_colorspace(ColorSpace::RGB)
        .set_max_width(65_535)
        .set_max_height(65_535);
    let mut decoder = JpegDecoder::new_with_options(ZCursor::new(jpeg), options);
    decoder.decode_headers().map_err(|_| DecodeError::Invalid)?;
    let info = decoder.info().ok_or(DecodeError::Invalid)?;
    let (width, height) = (usize::from(info.width), usize::from(info.height));
    if width.min(height) < MIN_SIDE {
        return Err(DecodeError::TooSmall);
    }
    if width.max(height) > MAX_SIDE {
        return Err(DecodeError::TooLarge);
    }
    let rgb = decoder.decode().map_err(|_| DecodeError::Invalid)?;
    Ok(Pixels { rgb, width })
}

/// Brightness, sharpness and contrast of a picture.
#[allow(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    reason = "pixel counts are small, and the service returns f32"
)]
pub(crate) fn measure(pixels: &Pixels) -> Quality {
    let luma = luma(&pixels.rgb);
    let (mut sum, mut sum_of_squares) = (0_i64, 0_i64);
    for level in &luma {
        sum += i64::from(*level);
        sum_of_squares += i64::from(level * level);
    }
    let count = luma.len() as f64;
    let mean = sum as f64 / count;
    let deviation = (sum_of_squares as f64 / count - mean * mean).max(0.0).sqrt();
    let difference = neighbour_differences(&luma, pixels.width) as f64 / (2.0 * count);
    Quality {
        brightness: (mean / 255.0 * 100.0) as f32,
        sharpness: (difference / FULL_SHARPNESS * 100.0).min(100.0) as f32,
        contrast: (deviation / 127.5 * 100.0).min(100.0) as f32,
    }
}

/// BT.601 luma of each pixel, in integers.
fn luma(rgb: &[u8]) -> Vec<i32> {
    let level = |pixel: &[u8]| {
        (77 * i32::from(pixel[0]) + 150 * i32::from(pixel[1]) + 29 * i32::from(pixel[2])) >> 8
    };
    rgb.chunks_exact(3).map(level).collect()
}

/// Sum of the differences between each pixel and its neighbours to the left and above.
fn neighbour_differences(luma: &[i32], width: usize) -> i64 {
    let mut sum = 0;
    for (at, level) in luma.iter().enumerate() {
        if at % width > 0 {
            sum += i64::from((level - luma[at - 1]).abs());
        }
        if at >= width {
            sum += i64::from((level - luma[at - width]).abs());
        }
    }
    sum
}

/// The most frequent of 64 cells of the colour cube, each with the mean of its pixels, most
/// frequent first.
#[allow(clippy::cast_precision_loss, reason = "pixel counts are small")]
pub(crate) fn dominant_colours(pixels: &Pixels) -> Vec<DominantColour> {
    let mut cells = vec![(0_usize, [0_usize; 3]); 64];
    for pixel in pixels.rgb.chunks_exact(3) {
        let cell = usize::from((pixel[0] >> 6) << 4 | (pixel[1] >> 6) << 2 | pixel[2] >> 6);
        let (count, sums) = &mut cells[cell];
        *count += 1;
        for (sum, component) in sums.iter_mut().zip(pixel) {
            *sum += usize::from(*component);
        }
    }
    cells.retain(|(count, _)| *count > 0);
    cells.sort_by_key(|(count, _)| std::cmp::Reverse(*count));
    cells.truncate(MAX_COLOURS);
    let total = pixels.rgb.len() / 3;
    let colour = |(count, sums): (usize, [usize; 3])| DominantColour {
        rgb: sums.map(|sum| u8::try_from(sum / count).unwrap_or(u8::MAX)),
        percent: count as f32 / total as f32 * 100.0,
    };
    cells.into_iter().map(colour).collect()
}

/// The values of `SimplifiedColor` that the stand-in uses; all are CSS colours too. AWS has twelve
/// and does not list them.
const COLOUR_NAMES: [(&str, [u8; 3]); 12] = [
    ("black", [0, 0, 0]),
    ("white", [255, 255, 255]),
    ("grey", [128, 128, 128]),
    ("red", [220, 0, 0]),
    ("orange", [255, 165, 0]),
    ("yellow", [230, 230, 0]),
    ("green", [0, 150, 0]),
    ("cyan", [0, 220, 220]),
    ("blue", [0, 0, 220]),
    ("purple", [128, 0, 128]),
    ("pink", [255, 160, 190]),
    ("brown", [140, 80, 40]),
];

/// The name of the nearest of twelve colours.
pub(crate) fn colour_name(rgb: [u8; 3]) -> &'static str {
    let distance =
        |other: &[u8; 3]| (0..3).map(|n| u32::from(rgb[n].abs_diff(other[n])).pow(2)).sum::<u32>();
    COLOUR_NAMES.iter().min_by_key(|(_, other)| distance(other)).map_or("black", |(name, _)| name)
}
