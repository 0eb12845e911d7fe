//! Pictures, encoded by two encoders, and libjpeg's decoder.

use std::panic::{AssertUnwindSafe, catch_unwind};

use jpeg_encoder::{ColorType, Encoder, SamplingFactor};
use mozjpeg::{ColorSpace as LibjpegColour, Compress, Decompress};

use super::{Grid, SizedGrid};

/// How a picture is encoded.
#[derive(Clone, Copy, Debug)]
pub(super) struct Encoding {
    pub(super) size: (u16, u16),
    /// Levels of noise, or `None` for white bars on black.
    pub(super) noise: Option<u32>,
    pub(super) colour: bool,
    /// Sampling factors of luma, across and down.
    pub(super) sampling: (u8, u8),
    pub(super) quality: u8,
    pub(super) progressive: bool,
    /// Huffman tables made for the picture. `jpeg_encoder` then writes each component in a scan of
    /// its own.
    pub(super) optimised_tables: bool,
    /// MCUs between two restart markers, 0 for none. Only `jpeg_encoder` writes them.
    pub(super) restart_interval: u16,
    pub(super) encode: Encode,
}

type Encode = fn(&Encoding) -> Vec<u8>;

/// What most encoders write, made by the crate `jpeg-encoder`.
pub(super) const MADE_BY_JPEG_ENCODER: Encoding = Encoding {
    size: (480, 270),
    noise: Some(40),
    colour: true,
    sampling: (2, 2),
    quality: 80,
    progressive: false,
    optimised_tables: false,
    restart_interval: 0,
    encode: encode_with_jpeg_encoder,
};

/// What most encoders write, made by libjpeg.
pub(super) const MADE_BY_LIBJPEG: Encoding =
    Encoding { encode: encode_with_libjpeg, ..MADE_BY_JPEG_ENCODER };

impl Encoding {
    pub(super) fn jpeg(&self) -> Vec<u8> {
        (self.encode)(self)
    }

    fn pixels(&self) -> Vec<u8> {
        let (width, height) = self.size;
        let channels = if self.colour { 3 } else { 1 };
        let mut pixels = Vec::new();
        for y in 0..u32::from(height) {
            for x in 0..u32::from(width) {
                for channel in 0..channels {
                    let random = (x * 7919 + y * 104_729 + channel * 1_299_709)
                        .wrapping_mul(2_654_435_761)
                        >> 16;
                    let level = match self.noise {
                        Some(noise) => {
                            50 + (x / 3 + y / 2 + 40 * channel) % 130 + random % (noise + 1)
                        }
                        None if x % 23 < 4 || y % 31 < 3 => 255,
                        None => 0,
                    };
                    pixels.push(u8::try_from(level).expect("is below 256"));
                }
            }
        }
        pixels
    }
}

fn encode_with_jpeg_encoder(encoding: &Encoding) -> Vec<u8> {
    let mut jpeg = Vec::new();
    let mut encoder = Encoder::new(&mut jpeg, encoding.quality);
    let (across, down) = encoding.sampling;
    encoder.set_sampling_factor(SamplingFactor::from_factors(across, down).expect("is known"));
    encoder.set_optimized_huffman_tables(encoding.optimised_tables);
    encoder.set_progressive(encoding.progressive);
    if encoding.restart_interval > 0 {
        encoder.set_restart_interval(encoding.restart_interval);
    }
    let color_type = if encoding.colour { ColorType::Rgb } else { ColorType::Luma };
    let (width, height) = encoding.size;
    encoder.encode(&encoding.pixels(), width, height, color_type).expect("encodes");
    jpeg
}

fn encode_with_libjpeg(encoding: &Encoding) -> Vec<u8> {
    let colour =
        if encoding.colour { LibjpegColour::JCS_RGB } else { LibjpegColour::JCS_GRAYSCALE };
    let mut encoder = Compress::new(colour);
    if !encoding.progressive {
        encoder.set_fastest_defaults();
    }
    encoder.set_size(encoding.size.0.into(), encoding.size.1.into());
    encoder.set_quality(encoding.quality.into());
    encoder.set_optimize_coding(encoding.optimised_tables);
    let (across, down) = encoding.sampling;
    for (index, component) in encoder.components_mut().iter_mut().enumerate() {
        let (across, down) = if index == 0 { (across, down) } else { (1, 1) };
        (component.h_samp_factor, component.v_samp_factor) = (across.into(), down.into());
    }
    let mut encoder = encoder.start_compress(Vec::new()).expect("starts");
    encoder.write_scanlines(&encoding.pixels()).expect("encodes");
    encoder.finish().expect("ends")
}

/// The grid of the pixels that libjpeg decodes; `None` if it rejects the JPEG.
pub(super) fn reference(jpeg: &[u8]) -> Option<SizedGrid> {
    // The wrapper of libjpeg unwinds from C code to return an error.
    let (pixels, width, height) = catch_unwind(AssertUnwindSafe(|| {
        let decoder = Decompress::new_mem(jpeg).ok()?;
        let is_rgb = decoder.color_space() == LibjpegColour::JCS_RGB;
        let mut decoder = if is_rgb { decoder.rgb().ok()? } else { decoder.grayscale().ok()? };
        let pixels: Vec<u8> = decoder.read_scanlines().ok()?;
        let (width, height) = (decoder.width(), decoder.height());
        if !is_rgb {
            return Some((pixels, width, height));
        }
        let pixels = pixels.as_chunks::<3>().0.iter().copied();
        Some((pixels.map(crate::picture::colour::luma).collect(), width, height))
    }))
    .ok()??;
    Some(SizedGrid { grid: Grid::from_pixels(&pixels, width, width, height), width, height })
}
