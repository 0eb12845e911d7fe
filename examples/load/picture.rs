//! The pictures of a load test: like a thumbnail in size, detail and bytes, and each unlike the one before.

/// Of a thumbnail of MediaLive.
const SIZE: (u16, u16) = (480, 270);

/// Gives about 25 kB for these pictures, the middle of what MediaLive serves.
const JPEG_QUALITY: u8 = 75;

/// Soft shapes with a texture over them, elsewhere in each picture.
pub(crate) fn picture(number: u32) -> Vec<u8> {
    encoded(number, false)
}

/// The same as a plain or as a progressive JPEG.
pub(crate) fn encoded(number: u32, progressive: bool) -> Vec<u8> {
    let (width, height) = SIZE;
    let mut rgb = Vec::with_capacity(usize::from(width) * usize::from(height) * 3);
    let mut grain = 0x9e37_79b9_u32.wrapping_add(number);
    for y in 0..u32::from(height) {
        for x in 0..u32::from(width) {
            grain = grain.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            let shape = ((x + 97 * number) / 3 + y / 2) ^ ((x / 40 + 3 * number) * (y / 30 + 1) * 11);
            for channel in 0..3 {
                let level = 40 + (shape * (channel + 2) / 2) % 160 + (grain >> 29);
                rgb.push(u8::try_from(level).unwrap_or(u8::MAX));
            }
        }
    }
    let mut jpeg = Vec::new();
    let mut encoder = jpeg_encoder::Encoder::new(&mut jpeg, JPEG_QUALITY);
    encoder.set_progressive(progressive);
    encoder.encode(&rgb, width, height, jpeg_encoder::ColorType::Rgb).unwrap();
    jpeg
}
