//! JPEGs for load tests and benchmarks: like a thumbnail in size, detail and bytes, and each
//! different from the one before.

use jpeg_encoder::ColorType;

use super::jpeg::{self, Coding};

/// Of a MediaLive thumbnail, in pixels.
const WIDTH: u32 = 480;
const HEIGHT: u32 = 270;

/// Makes these pictures about 25 kB large, the middle of what MediaLive serves.
const JPEG_QUALITY: u8 = 75;

/// Picture `number` as a baseline JPEG of 480 x 270 pixels.
pub fn baseline(number: u32) -> Vec<u8> {
    jpeg::encode(&pixels(number), ColorType::Rgb, JPEG_QUALITY, Coding::Baseline)
}

/// Picture `number` as a progressive JPEG of 480 x 270 pixels.
pub fn progressive(number: u32) -> Vec<u8> {
    jpeg::encode(&pixels(number), ColorType::Rgb, JPEG_QUALITY, Coding::Progressive)
}

/// Soft shapes and a texture, at other places in each picture.
fn pixels(number: u32) -> Vec<u8> {
    let mut rgb = Vec::new();
    let mut grain = 0x9e37_79b9_u32.wrapping_add(number);
    for y in 0..HEIGHT {
        for x in 0..WIDTH {
            grain = grain.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            let shape =
                ((x + 97 * number) / 3 + y / 2) ^ ((x / 40 + 3 * number) * (y / 30 + 1) * 11);
            for channel in 0..3 {
                let level = 40 + (shape * (channel + 2) / 2) % 160 + (grain >> 29);
                rgb.push(u8::try_from(level).unwrap_or(u8::MAX));
            }
        }
    }
    rgb
}
