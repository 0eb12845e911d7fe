//! What this Rekognition sees in a picture: from bytes to three numbers and dominant colours.
//!
//! AWS doesn't say how its numbers are made, so these are not its numbers. They are of the same kind: 0 to 100, higher is
//! more, a function of the decoded pixels alone, and exactly 0 for a black picture.

use zune_jpeg::JpegDecoder;
use zune_jpeg::zune_core::bytestream::ZCursor;
use zune_jpeg::zune_core::colorspace::ColorSpace;
use zune_jpeg::zune_core::options::DecoderOptions;

/// The three numbers of `ImageProperties.Quality`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Quality {
    /// Mean luma.
    pub brightness: f32,
    /// Mean step between neighbouring pixels.
    pub sharpness: f32,
    /// Standard deviation of luma.
    pub contrast: f32,
}

/// A colour and its share of the picture in percent.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Shade {
    pub(crate) rgb: [u8; 3],
    pub(crate) percent: f32,
}

/// A decoded picture.
pub(crate) struct Pixels {
    rgb: Vec<u8>,
    width: usize,
}

/// Why nothing was seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Blind {
    Unreadable,
    TooSmall,
    TooLarge,
}

/// Smallest side that Rekognition takes (<https://docs.aws.amazon.com/rekognition/latest/dg/limits.html>).
const SMALLEST: usize = 80;
/// Largest side that DetectLabels takes, from the same page.
const LARGEST: usize = 10_000;
/// `DominantColors` has at most this many entries, by the service's model.
const MOST_COLOURS: usize = 20;
/// A mean step of this many levels counts as sharpness 100.
const SHARPEST_STEP: f64 = 40.0;

/// Decodes a JPEG.
pub(crate) fn decode(jpeg: &[u8]) -> Result<Pixels, Blind> {
    let options = DecoderOptions::default()
        .jpeg_set_out_colorspace(ColorSpace::RGB)
        .set_max_width(65_535)
        .set_max_height(65_535);
    let mut decoder = JpegDecoder::new_with_options(ZCursor::new(jpeg), options);
    decoder.decode_headers().map_err(|_| Blind::Unreadable)?;
    let info = decoder.info().ok_or(Blind::Unreadable)?;
    let (width, height) = (usize::from(info.width), usize::from(info.height));
    if width.min(height) < SMALLEST {
        return Err(Blind::TooSmall);
    }
    if width.max(height) > LARGEST {
        return Err(Blind::TooLarge);
    }
    let rgb = decoder.decode().map_err(|_| Blind::Unreadable)?;
    Ok(Pixels { rgb, width })
}

/// The three numbers.
#[allow(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    reason = "pixel counts are small, answers are f32"
)]
pub(crate) fn measure(pixels: &Pixels) -> Quality {
    let width = pixels.width;
    let luma: Vec<i32> = pixels
        .rgb
        .chunks_exact(3)
        .map(|p| (77 * i32::from(p[0]) + 150 * i32::from(p[1]) + 29 * i32::from(p[2])) >> 8)
        .collect();
    let (mut sum, mut squares, mut steps) = (0_i64, 0_i64, 0_i64);
    for (at, level) in luma.iter().enumerate() {
        sum += i64::from(*level);
        squares += i64::from(level * level);
        if at % width > 0 {
            steps += i64::from((level - luma[at - 1]).abs());
        }
        if at >= width {
            steps += i64::from((level - luma[at - width]).abs());
        }
    }
    let count = luma.len() as f64;
    let mean = sum as f64 / count;
    let spread = (squares as f64 / count - mean * mean).max(0.0).sqrt();
    let step = steps as f64 / (2.0 * count);
    Quality {
        brightness: (mean / 255.0 * 100.0) as f32,
        sharpness: (step / SHARPEST_STEP * 100.0).min(100.0) as f32,
        contrast: (spread / 127.5 * 100.0).min(100.0) as f32,
    }
}

/// The commonest of 64 cells of the colour cube, each by its mean.
#[allow(clippy::cast_precision_loss, reason = "pixel counts are small")]
pub(crate) fn dominant(pixels: &Pixels) -> Vec<Shade> {
    let mut cells = vec![(0_usize, [0_usize; 3]); 64];
    for pixel in pixels.rgb.chunks_exact(3) {
        let (count, sums) =
            &mut cells[usize::from((pixel[0] >> 6) << 4 | (pixel[1] >> 6) << 2 | pixel[2] >> 6)];
        *count += 1;
        for (sum, part) in sums.iter_mut().zip(pixel) {
            *sum += usize::from(*part);
        }
    }
    cells.retain(|(count, _)| *count > 0);
    cells.sort_by_key(|(count, _)| std::cmp::Reverse(*count));
    cells.truncate(MOST_COLOURS);
    let all = pixels.rgb.len() / 3;
    let shade = |(count, sums): (usize, [usize; 3])| Shade {
        rgb: sums.map(|sum| u8::try_from(sum / count).unwrap_or(u8::MAX)),
        percent: count as f32 / all as f32 * 100.0,
    };
    cells.into_iter().map(shade).collect()
}

/// The colours that `SimplifiedColor` may be; all are names of CSS as well. AWS has twelve, and doesn't list them.
const NAMES: [(&str, [u8; 3]); 12] = [
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

/// The nearest of twelve names.
pub(crate) fn name(rgb: [u8; 3]) -> &'static str {
    let far = |other: &[u8; 3]| (0..3).map(|n| u32::from(rgb[n].abs_diff(other[n])).pow(2)).sum::<u32>();
    NAMES.iter().min_by_key(|(_, other)| far(other)).map_or("black", |(name, _)| name)
}
