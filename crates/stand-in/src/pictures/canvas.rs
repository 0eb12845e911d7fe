//! A picture in memory and the few strokes that scenes are drawn with.
//!
//! Everything is deterministic: noise comes from a seed. Knows nothing of scenes or of JPEG.

/// Width of a MediaLive thumbnail, as an AWS sample's README gives it
/// (<https://github.com/aws-samples/aws-cdk-mediaservices-refarch>).
pub(crate) const WIDTH: usize = 480;
/// Height of a MediaLive thumbnail, from the same place.
pub(crate) const HEIGHT: usize = 270;

/// Red, green and blue.
pub(crate) type Rgb = [u8; 3];

/// 480x270 pixels.
pub(crate) struct Canvas {
    /// Rows from the top, three bytes a pixel.
    pub(crate) rgb: Vec<u8>,
}

impl Canvas {
    /// One colour all over.
    pub(crate) fn of(colour: Rgb) -> Self {
        Self { rgb: colour.repeat(WIDTH * HEIGHT) }
    }

    /// Asks for the colour of every pixel of every other row; the row below is the same.
    pub(crate) fn each(paint: impl Fn(usize, usize) -> Rgb) -> Self {
        let mut rgb = Vec::with_capacity(WIDTH * HEIGHT * 3);
        for y in (0..HEIGHT).step_by(2) {
            let above = rgb.len();
            for x in 0..WIDTH {
                rgb.extend_from_slice(&paint(x, y));
            }
            rgb.extend_from_within(above..);
        }
        Self { rgb }
    }

    /// Fills a rectangle; what lies outside the picture is cut off.
    pub(crate) fn block(&mut self, left: usize, top: usize, width: usize, height: usize, colour: Rgb) {
        let right = (left + width).min(WIDTH);
        for y in top..(top + height).min(HEIGHT) {
            for x in left.min(right)..right {
                self.dot(x, y, colour);
            }
        }
    }

    /// Fills a disc; what lies outside the picture is cut off.
    pub(crate) fn disc(&mut self, centre_x: usize, centre_y: usize, radius: usize, colour: Rgb) {
        for y in centre_y.saturating_sub(radius)..(centre_y + radius).min(HEIGHT) {
            for x in centre_x.saturating_sub(radius)..(centre_x + radius).min(WIDTH) {
                if x.abs_diff(centre_x).pow(2) + y.abs_diff(centre_y).pow(2) < radius * radius {
                    self.dot(x, y, colour);
                }
            }
        }
    }

    /// Writes capitals and digits in blocks of `size` pixels; characters without a shape are spaces.
    pub(crate) fn text(&mut self, left: usize, top: usize, size: usize, text: &str, colour: Rgb) {
        for (n, letter) in text.chars().enumerate() {
            for (row, bits) in shape(letter).iter().enumerate() {
                for column in (0..5).filter(|column| bits >> (4 - column) & 1 == 1) {
                    self.block(left + (n * 6 + column) * size, top + row * size, size, size, colour);
                }
            }
        }
    }

    /// Adds to each pixel a grey of -`amplitude` to +`amplitude`.
    pub(crate) fn noise(&mut self, seed: u64, amplitude: u8) {
        let (mut state, span) = (mix(seed), u64::from(amplitude) * 2 + 1);
        for pixel in self.rgb.chunks_exact_mut(3) {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            let by = i16::try_from((state >> 33) % span).unwrap_or(0) - i16::from(amplitude);
            for part in pixel {
                *part = u8::try_from((i16::from(*part) + by).clamp(0, 255)).unwrap_or(0);
            }
        }
    }

    fn dot(&mut self, x: usize, y: usize, colour: Rgb) {
        let at = (y * WIDTH + x) * 3;
        self.rgb[at..at + 3].copy_from_slice(&colour);
    }
}

/// Spreads a seed over all bits (the finaliser of `SplitMix64`).
pub(crate) fn mix(seed: u64) -> u64 {
    let z = seed.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

/// Goes up from 0 to `height` and down again, once every `2 * height` steps.
pub(crate) fn triangle(at: usize, height: usize) -> usize {
    let at = at % (2 * height);
    at.min(2 * height - at)
}

/// Five columns by seven rows for the letters that the cards need.
fn shape(letter: char) -> [u8; 7] {
    match letter {
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
