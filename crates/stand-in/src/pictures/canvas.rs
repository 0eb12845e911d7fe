//! A picture in memory, and the shapes that scenes are drawn with.
//!
//! Drawing is deterministic: noise comes from a seed. Knows neither scenes nor JPEG.

/// Width of a MediaLive thumbnail in pixels, as the README of an AWS sample gives it
/// (<https://github.com/aws-samples/aws-cdk-mediaservices-refarch>).
pub(crate) const WIDTH: usize = 480;
/// Height of a MediaLive thumbnail in pixels, from the same README.
pub(crate) const HEIGHT: usize = 270;

/// Red, green and blue.
pub(crate) type Rgb = [u8; 3];

/// Pixels from the left and from the top.
pub(crate) type Point = (usize, usize);

/// Size and colour of text.
pub(crate) struct Font {
    /// Side of the square that one dot of a character fills, in pixels. A character is 5 x 7 dots.
    pub(crate) dot: usize,
    pub(crate) colour: Rgb,
}

/// 480 x 270 pixels.
pub(crate) struct Canvas {
    /// Rows from the top, three bytes per pixel.
    pub(crate) rgb: Vec<u8>,
}

impl Canvas {
    /// One colour.
    pub(crate) fn filled(colour: Rgb) -> Self {
        Self { rgb: colour.repeat(WIDTH * HEIGHT) }
    }

    /// Paints every other row pixel by pixel from `x` and `y`, and copies each to the row below.
    pub(crate) fn painted(paint: impl Fn(usize, usize) -> Rgb) -> Self {
        let mut rgb = Vec::with_capacity(WIDTH * HEIGHT * 3);
        for y in (0..HEIGHT).step_by(2) {
            let row = rgb.len();
            for x in 0..WIDTH {
                rgb.extend_from_slice(&paint(x, y));
            }
            rgb.extend_from_within(row..);
        }
        Self { rgb }
    }

    /// Fills a rectangle of `size` (width and height), clipped to the picture.
    pub(crate) fn rectangle(
        &mut self,
        (left, top): Point,
        (width, height): (usize, usize),
        colour: Rgb,
    ) {
        let right = (left + width).min(WIDTH);
        for y in top..(top + height).min(HEIGHT) {
            for x in left.min(right)..right {
                self.set(x, y, colour);
            }
        }
    }

    /// Fills a disc, clipped to the picture.
    pub(crate) fn disc(&mut self, (centre_x, centre_y): Point, radius: usize, colour: Rgb) {
        for y in centre_y.saturating_sub(radius)..(centre_y + radius).min(HEIGHT) {
            for x in centre_x.saturating_sub(radius)..(centre_x + radius).min(WIDTH) {
                if x.abs_diff(centre_x).pow(2) + y.abs_diff(centre_y).pow(2) < radius * radius {
                    self.set(x, y, colour);
                }
            }
        }
    }

    /// Writes capitals and digits; a character without a glyph is a space.
    pub(crate) fn text(&mut self, (left, top): Point, text: &str, font: &Font) {
        let dot = font.dot;
        for (n, character) in text.chars().enumerate() {
            for (row, bits) in glyph(character).iter().enumerate() {
                for column in (0..5).filter(|column| bits >> (4 - column) & 1 == 1) {
                    let corner = (left + (n * 6 + column) * dot, top + row * dot);
                    self.rectangle(corner, (dot, dot), font.colour);
                }
            }
        }
    }

    /// Adds a grey level from -`amplitude` to +`amplitude` to each pixel.
    pub(crate) fn add_noise(&mut self, seed: u64, amplitude: u8) {
        let (mut state, levels) = (mix(seed), u64::from(amplitude) * 2 + 1);
        for pixel in self.rgb.chunks_exact_mut(3) {
            // Knuth's linear congruential generator (MMIX).
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            let offset = i16::try_from((state >> 33) % levels).unwrap_or(0) - i16::from(amplitude);
            for component in pixel {
                *component =
                    u8::try_from((i16::from(*component) + offset).clamp(0, 255)).unwrap_or(0);
            }
        }
    }

    fn set(&mut self, x: usize, y: usize, colour: Rgb) {
        let at = (y * WIDTH + x) * 3;
        self.rgb[at..at + 3].copy_from_slice(&colour);
    }
}

/// Spreads a seed over all bits: the finaliser of `SplitMix64`.
pub(crate) fn mix(seed: u64) -> u64 {
    let z = seed.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

/// A triangle wave: from 0 up to `height` and down again in `2 * height` steps.
pub(crate) fn triangle(at: usize, height: usize) -> usize {
    let at = at % (2 * height);
    at.min(2 * height - at)
}

/// Seven rows of five columns, for the characters that the scenes use.
fn glyph(character: char) -> [u8; 7] {
    match character {
        '0' => [14, 17, 19, 21, 25, 17, 14],
        '1' => [4, 12, 4, 4, 4, 4, 14],
        '2' => [14, 17, 1, 6, 8, 16, 31],
        '3' => [14, 17, 1, 6, 1, 17, 14],
        '4' => [2, 6, 10, 18, 31, 2, 2],
        '5' => [31, 16, 30, 1, 1, 17, 14],
        '6' => [6, 8, 16, 30, 17, 17, 14],
        '7' => [31, 1, 2, 4, 8, 8, 8],
        '8' => [14, 17, 17, 14, 17, 17, 14],
        '9' => [14, 17, 17, 15, 1, 2, 12],
        ':' => [0, 4, 4, 0, 4, 4, 0],
        'A' => [14, 17, 17, 31, 17, 17, 17],
        'B' => [30, 17, 17, 30, 17, 17, 30],
        'C' => [14, 17, 16, 16, 16, 17, 14],
        'E' => [31, 16, 16, 30, 16, 16, 31],
        'K' => [17, 18, 20, 24, 20, 18, 17],
        'L' => [16, 16, 16, 16, 16, 16, 31],
        'N' => [17, 25, 25, 21, 19, 19, 17],
        'O' => [14, 17, 17, 17, 17, 17, 14],
        'R' => [30, 17, 17, 30, 20, 18, 17],
        'S' => [15, 16, 16, 14, 1, 1, 30],
        'T' => [31, 4, 4, 4, 4, 4, 4],
        'W' => [17, 17, 17, 21, 21, 27, 17],
        _ => [0; 7],
    }
}
