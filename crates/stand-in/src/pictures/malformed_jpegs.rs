//! Pictures that a service should never serve and one day does: for `Scene::raw`.
//!
//! Each function returns the bytes of one. Knows nothing of channels.

use jpeg_encoder::{ColorType, Encoder};

use crate::pictures::canvas::{Canvas, HEIGHT, WIDTH};
use crate::pictures::picture::{self, Picture};
use crate::pictures::still;

fn programme() -> Canvas {
    picture::draw(Picture::Moving { look: 0, step: 0 })
}

/// A sound JPEG of this size in one colour; at most 65,535 pixels a side.
pub fn sized(width: u16, height: u16) -> Vec<u8> {
    let grey = vec![90; usize::from(width) * usize::from(height)];
    let mut jpeg = Vec::new();
    Encoder::new(&mut jpeg, 60)
        .encode(&grey, width, height, ColorType::Luma)
        .expect("a grey picture encodes");
    jpeg
}

/// A small JPEG whose header claims this size: a zip bomb for whoever allocates before reading on.
pub fn claiming(width: u16, height: u16) -> Vec<u8> {
    let mut jpeg = sized(64, 64);
    let frame = jpeg.windows(2).position(|w| w == [0xff, 0xc0]).expect("a baseline JPEG has a frame header");
    jpeg[frame + 5..frame + 7].copy_from_slice(&height.to_be_bytes());
    jpeg[frame + 7..frame + 9].copy_from_slice(&width.to_be_bytes());
    jpeg
}

/// A sound programme still, padded with comments to this many bytes (give or take four).
pub fn heavy(bytes: usize) -> Vec<u8> {
    // A segment's length field counts itself and not the two bytes of the marker.
    const MOST: usize = 65_535 + 2;
    let jpeg = still::encode(&programme().rgb, WIDTH, HEIGHT);
    let mut missing = bytes.saturating_sub(jpeg.len());
    let mut out = jpeg[..20].to_vec();
    while missing > 4 {
        // Never leave a rest too short for a segment of its own.
        let whole = if missing > MOST + 4 { MOST } else { missing.div_ceil(1 + missing / (MOST + 1)) };
        out.extend([0xff, 0xfe]);
        out.extend(u16::try_from(whole - 2).expect("a segment is short").to_be_bytes());
        out.resize(out.len() + whole - 4, b' ');
        missing -= whole;
    }
    out.extend(&jpeg[20..]);
    out
}

/// A programme still without colour.
pub fn greyscale() -> Vec<u8> {
    let luma: Vec<u8> = programme().rgb.chunks_exact(3).map(|pixel| pixel[1]).collect();
    let mut jpeg = Vec::new();
    let (width, height) = (u16::try_from(WIDTH).expect("small"), u16::try_from(HEIGHT).expect("small"));
    Encoder::new(&mut jpeg, 85)
        .encode(&luma, width, height, ColorType::Luma)
        .expect("a grey picture encodes");
    jpeg
}

/// A programme still as a progressive JPEG.
pub fn progressive() -> Vec<u8> {
    let mut jpeg = Vec::new();
    let (width, height) = (u16::try_from(WIDTH).expect("small"), u16::try_from(HEIGHT).expect("small"));
    let mut encoder = Encoder::new(&mut jpeg, 85);
    encoder.set_progressive(true);
    encoder.encode(&programme().rgb, width, height, ColorType::Rgb).expect("a picture encodes");
    jpeg
}

/// The first half of a programme still.
pub fn cut_short() -> Vec<u8> {
    let mut jpeg = still::encode(&programme().rgb, WIDTH, HEIGHT);
    jpeg.truncate(jpeg.len() / 2);
    jpeg
}
