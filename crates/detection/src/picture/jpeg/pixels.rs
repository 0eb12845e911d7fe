//! The pixels of a picture: for colour, and for luma where the grid cannot be computed from the
//! coefficients.
//!
//! One [`Plane`] for each component enters; one of luma or [`Rgb`] leaves.

use super::{
    frame::{ColourSpace, Frame},
    planes::Plane,
};
use crate::picture::colour;

/// A picture in red, green and blue.
pub(in crate::picture) struct Rgb {
    /// One channel after the other, each row by row, a byte for each pixel.
    bytes: Vec<u8>,
    /// Pixels of a channel.
    pixels: usize,
}

impl Rgb {
    fn black(frame: &Frame) -> Self {
        let pixels = frame.width * frame.height;
        Self { bytes: vec![0; 3 * pixels], pixels }
    }

    /// Red, green and blue.
    pub(in crate::picture) fn channels(&self) -> [&[u8]; 3] {
        let (red, others) = self.bytes.split_at(self.pixels);
        let (green, blue) = others.split_at(self.pixels);
        [red, green, blue]
    }

    fn channels_mut(&mut self) -> [&mut [u8]; 3] {
        let (red, others) = self.bytes.split_at_mut(self.pixels);
        let (green, blue) = others.split_at_mut(self.pixels);
        [red, green, blue]
    }
}

/// Luma with the resolution of the picture, which may have more pixels at the right and at the
/// bottom.
pub(super) fn luma(mut planes: Vec<Plane>, frame: &Frame, colour_space: ColourSpace) -> Plane {
    if colour_space != ColourSpace::Rgb {
        return planes.swap_remove(0);
    }
    let rgb = rgb(&planes, frame, colour_space);
    let [red, green, blue] = rgb.channels();
    let pixels = red.iter().zip(green).zip(blue);
    let bytes = pixels.map(|((&red, &green), &blue)| colour::luma([red, green, blue])).collect();
    Plane { bytes, stride: frame.width, scale: (1, 1) }
}

/// Red, green and blue. Chroma of a lower resolution is repeated.
pub(super) fn rgb(planes: &[Plane], frame: &Frame, colour_space: ColourSpace) -> Rgb {
    let mut rgb = Rgb::black(frame);
    let channels = rgb.channels_mut();
    match (planes, colour_space) {
        ([luma, cb, cr], ColourSpace::YCbCr) => convert([luma, cb, cr], frame, channels),
        _ => {
            // Of grey pictures there is one plane for all channels.
            for (channel, plane) in channels.into_iter().zip(planes.iter().cycle()) {
                let rows = plane.bytes.chunks_exact(plane.stride);
                for (pixels, row) in channel.chunks_exact_mut(frame.width).zip(rows) {
                    pixels.copy_from_slice(&row[..frame.width]);
                }
            }
        }
    }
    rgb
}

impl Plane {
    /// Copies the part of the plane under row `y` of the picture to `row`, which has what is under
    /// the row before.
    fn copy_row(&self, y: usize, row: &mut [u8]) {
        let (across, down) = self.scale;
        if !y.is_multiple_of(down) {
            return;
        }
        let levels = &self.bytes[y / down * self.stride..][..self.stride];
        match across {
            1 => row.copy_from_slice(levels),
            2 => repeat::<2>(levels, row),
            3 => repeat::<3>(levels, row),
            _ => repeat::<4>(levels, row),
        }
    }
}

/// Writes each level `N` times.
fn repeat<const N: usize>(levels: &[u8], row: &mut [u8]) {
    for (pixels, &level) in row.as_chunks_mut::<N>().0.iter_mut().zip(levels) {
        *pixels = [level; N];
    }
}

/// Converts luma and chroma to red, green and blue (BT.601 at full range, as JFIF defines it).
fn convert([luma, cb, cr]: [&Plane; 3], frame: &Frame, channels: [&mut [u8]; 3]) {
    let [red, green, blue] = channels.map(|bytes| bytes.chunks_exact_mut(frame.width));
    let mut chroma = [cb, cr].map(|plane| (plane, vec![0; plane.stride * plane.scale.0]));
    let luma_rows = luma.bytes.chunks_exact(luma.stride);
    for (y, (((red, green), blue), luma)) in red.zip(green).zip(blue).zip(luma_rows).enumerate() {
        for (plane, row) in &mut chroma {
            plane.copy_row(y, row);
        }
        let [(_, cb), (_, cr)] = &chroma;
        let row = (luma, &cb[..], &cr[..]);
        // 1.402, 0.344136, 0.714136 and 1.772.
        convert_row::<0, 22_970>(row, red);
        convert_row::<-5_638, -11_700>(row, green);
        convert_row::<29_032, 0>(row, blue);
    }
}

/// A row of one channel from rows of luma, Cb and Cr, whose factors are in units of 1/16,384.
///
/// All numbers have 16 bits, so that the compiler can use vector instructions: levels have five
/// fractional bits.
fn convert_row<const CB: i16, const CR: i16>(
    (luma, cb, cr): (&[u8], &[u8], &[u8]),
    channel: &mut [u8],
) {
    for (((level, &luma), &cb), &cr) in channel.iter_mut().zip(luma).zip(cb).zip(cr) {
        let sum = (i16::from(luma) << 5) + scaled::<CB>(cb) + scaled::<CR>(cr);
        *level = u8::try_from(((sum + 16) >> 5).clamp(0, 255)).unwrap_or(u8::MAX);
    }
}

/// A chroma level without its offset of 128, times the factor, with five fractional bits.
fn scaled<const FACTOR: i16>(chroma: u8) -> i16 {
    let chroma = (i16::from(chroma) - 128) << 7;
    ((i32::from(chroma) * i32::from(FACTOR)) >> 16) as i16
}
