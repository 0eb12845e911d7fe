//! Encodes the pixels of a thumbnail as a JPEG.

use jpeg_encoder::{ColorType, Encoder};

use super::canvas::{HEIGHT, WIDTH};

/// JPEG's coding processes.
#[derive(Clone, Copy)]
pub(super) enum Coding {
    Baseline,
    Progressive,
}

/// The JPEG of 480 x 270 pixels in this colour type, at a quality from 1 to 100.
pub(super) fn encode(pixels: &[u8], colour: ColorType, quality: u8, coding: Coding) -> Vec<u8> {
    let (width, height) =
        (u16::try_from(WIDTH).expect("small"), u16::try_from(HEIGHT).expect("small"));
    let mut jpeg = Vec::new();
    let mut encoder = Encoder::new(&mut jpeg, quality);
    encoder.set_progressive(matches!(coding, Coding::Progressive));
    encoder.encode(pixels, width, height, colour).expect("a picture of this size encodes");
    jpeg
}
