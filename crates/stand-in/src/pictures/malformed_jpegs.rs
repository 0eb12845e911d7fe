//! JPEGs of unusual sizes and kinds, and truncated or lying ones, for
//! [`Scene::raw`](crate::Scene::raw).

use jpeg_encoder::{ColorType, Encoder};

use super::{
    canvas::Canvas,
    jpeg::{self, Coding},
    picture::{self, Picture},
};

/// Quality of the encoded programme pictures.
const JPEG_QUALITY: u8 = 85;
/// Most bytes of a segment: its length field counts itself but not the two bytes of the marker.
const LARGEST_SEGMENT: usize = 65_535 + 2;

fn programme() -> Canvas {
    picture::draw(Picture::Moving { landscape: 0, step: 0 })
}

fn baseline() -> Vec<u8> {
    jpeg::encode(&programme().rgb, ColorType::Rgb, JPEG_QUALITY, Coding::Baseline)
}

/// A valid grey JPEG of one level, of this size in pixels.
///
/// # Panics
///
/// Panics if a side is 0.
pub fn sized(width: u16, height: u16) -> Vec<u8> {
    let grey = vec![90; usize::from(width) * usize::from(height)];
    let mut jpeg = Vec::new();
    Encoder::new(&mut jpeg, 60)
        .encode(&grey, width, height, ColorType::Luma)
        .expect("a grey picture encodes");
    jpeg
}

/// A JPEG of 64 x 64 pixels whose header claims this size: a decompression bomb for a decoder that
/// allocates first.
pub fn claiming(width: u16, height: u16) -> Vec<u8> {
    let mut jpeg = sized(64, 64);
    let frame = frame_header(&jpeg);
    jpeg[frame + 5..frame + 7].copy_from_slice(&height.to_be_bytes());
    jpeg[frame + 7..frame + 9].copy_from_slice(&width.to_be_bytes());
    jpeg
}

/// Offset of the frame header (SOF0) of a baseline JPEG.
fn frame_header(jpeg: &[u8]) -> usize {
    jpeg.windows(2).position(|marker| marker == [0xff, 0xc0]).expect("a baseline JPEG has SOF0")
}

/// A valid programme still, padded with comment segments to this many bytes, give or take four.
pub fn padded(bytes: usize) -> Vec<u8> {
    // SOI and the JFIF segment, which has to be the first.
    const HEADER: usize = 20;
    let jpeg = baseline();
    let mut missing = bytes.saturating_sub(jpeg.len());
    let mut padded = jpeg[..HEADER].to_vec();
    while missing > 4 {
        // Never leave a remainder that is too short for a segment of its own.
        let size = if missing > LARGEST_SEGMENT + 4 {
            LARGEST_SEGMENT
        } else {
            missing.div_ceil(1 + missing / (LARGEST_SEGMENT + 1))
        };
        padded.extend(comment_segment(size));
        missing -= size;
    }
    padded.extend(&jpeg[HEADER..]);
    padded
}

/// A comment segment of this many bytes, from 4 to [`LARGEST_SEGMENT`].
fn comment_segment(size: usize) -> Vec<u8> {
    let mut segment = vec![0xff, 0xfe];
    segment.extend(u16::try_from(size - 2).expect("a segment is short").to_be_bytes());
    segment.resize(size, b' ');
    segment
}

/// A programme still with one colour component.
pub fn greyscale() -> Vec<u8> {
    let green: Vec<u8> = programme().rgb.chunks_exact(3).map(|pixel| pixel[1]).collect();
    jpeg::encode(&green, ColorType::Luma, JPEG_QUALITY, Coding::Baseline)
}

/// A programme still as a progressive JPEG.
pub fn progressive() -> Vec<u8> {
    jpeg::encode(&programme().rgb, ColorType::Rgb, JPEG_QUALITY, Coding::Progressive)
}

/// The first half of a programme still.
pub fn truncated() -> Vec<u8> {
    let mut jpeg = baseline();
    jpeg.truncate(jpeg.len() / 2);
    jpeg
}
