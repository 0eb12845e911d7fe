//! Which bytes are decoded, which are rejected with which message, and that none causes a panic.

use jpeg_encoder::{ColorType, Encoder};
use proptest::{prelude::*, sample::Index};

use super::*;

/// Encodes a picture of this size. `level` returns the level at x and y of a channel.
fn sized(size: (u16, u16), color_type: ColorType, level: impl Fn(u16, u16, u16) -> u8) -> Vec<u8> {
    encode(size, color_type, |_| (), level)
}

/// Encodes a picture of 96x54.
fn jpeg(color_type: ColorType, level: impl Fn(u16, u16, u16) -> u8) -> Vec<u8> {
    sized((96, 54), color_type, level)
}

/// Encodes a colourful picture of 96x54.
fn ramp(progressive: bool) -> Vec<u8> {
    let level = |x, y, channel| u8::try_from(2 * x + y % 32 + channel).expect("is below 256");
    encode((96, 54), ColorType::Rgb, |encoder| encoder.set_progressive(progressive), level)
}

fn encode(
    (width, height): (u16, u16),
    color_type: ColorType,
    set_up: impl Fn(&mut Encoder<&mut Vec<u8>>),
    level: impl Fn(u16, u16, u16) -> u8,
) -> Vec<u8> {
    let channels = match color_type {
        ColorType::Luma => 1,
        ColorType::Cmyk => 4,
        _ => 3,
    };
    let mut pixels = Vec::new();
    for y in 0..height {
        for x in 0..width {
            pixels.extend((0..channels).map(|channel| level(x, y, channel)));
        }
    }
    let mut jpeg = Vec::new();
    let mut encoder = Encoder::new(&mut jpeg, 90);
    set_up(&mut encoder);
    encoder.encode(&pixels, width, height, color_type).expect("encodes");
    jpeg
}

fn decoded(jpeg: &[u8]) -> Picture {
    Picture::decode(jpeg).expect("decodes")
}

#[track_caller]
fn assert_rejected(jpeg: &[u8], message: &str) {
    let error = Picture::decode(jpeg).expect_err("is rejected").to_string();
    assert!(error.contains(message), "{error}");
}

#[test]
fn bytes_other_than_a_jpeg_are_rejected_with_the_first_of_them() {
    assert_rejected(b"", "it is empty");
    assert_rejected(b"\x89PNG\r\n", "it is not a JPEG: it starts with [89, 50, 4e, 47]");
    assert_rejected(&[0xFF, 0xD8], "broken or cut short");
}

#[test]
fn a_thumbnail_that_was_cut_short_is_rejected_and_not_filled_with_grey() {
    let whole = ramp(false);
    assert!(Picture::decode(&whole).is_ok());
    for tenths in 1..10 {
        assert_rejected(&whole[..whole.len() * tenths / 10], "broken or cut short");
    }
}

#[test]
fn a_huge_picture_is_rejected_from_its_header_alone() {
    let mut huge = ramp(false);
    let sof = huge.windows(2).position(|bytes| bytes == [0xFF, 0xC0]).expect("has a frame header");
    huge[sof + 5..sof + 9].copy_from_slice(&[0xFF, 0xDC, 0xFF, 0xDC]);
    assert_rejected(&huge, "it is 65500x65500, more than 2073600 pixels");
}

#[test]
fn a_picture_of_fifteen_pixels_is_rejected_and_one_of_sixteen_is_decoded() {
    assert_rejected(&sized((15, 16), ColorType::Rgb, |_, _, _| 9), "15x16");
    let small = decoded(&sized((16, 16), ColorType::Rgb, |_, _, _| 90));
    assert_eq!(small.size, (16, 16));
    assert_eq!(small.tone.median, 90);
}

#[test]
fn a_progressive_picture_has_the_same_grid_as_a_baseline_one() {
    let (baseline, progressive) = (decoded(&ramp(false)), decoded(&ramp(true)));
    assert_eq!(baseline.grid, progressive.grid);
    assert_ne!(baseline.hash, progressive.hash);
}

#[test]
fn a_grey_picture_is_decoded_and_one_in_cmyk_is_rejected() {
    let grey = decoded(&jpeg(ColorType::Luma, |_, _, _| 77));
    assert_eq!((grey.tone.median, grey.flat.expect("is flat").share), (77, 1.0));
    assert_rejected(&jpeg(ColorType::Cmyk, |_, _, _| 77), "a kind that is not supported");
}

#[test]
fn the_grid_holds_the_mean_of_each_cell() {
    let halves = decoded(&jpeg(ColorType::Luma, |x, _, _| if x < 48 { 20 } else { 200 }));
    assert_eq!((halves.grid.cells()[10], halves.grid.cells()[70]), (20, 200));
    assert_eq!(halves.tone.dark.to_string(), "0.5");
}

#[test]
fn bars_are_recognised_by_the_order_of_their_colours() {
    let bars = |order: [u8; 7]| {
        sized((280, 160), ColorType::Rgb, |x, _, channel| {
            if order[usize::from(x / 40)] >> (2 - channel) & 1 == 1 { 191 } else { 0 }
        })
    };
    assert_eq!(decoded(&bars([0b111, 0b110, 0b011, 0b010, 0b101, 0b100, 0b001])).bars_run, 7);
    assert_eq!(decoded(&bars([0b001, 0b100, 0b010, 0b111, 0b101, 0b011, 0b110])).bars_run, 0);
}

#[test]
fn one_colour_is_flat_and_two_of_the_same_luma_are_not() {
    let halves = |left: [u8; 3], right: [u8; 3]| {
        let colour = |x| if x < 48 { left } else { right };
        decoded(&jpeg(ColorType::Rgb, |x, _, channel| colour(x)[usize::from(channel)]))
    };
    let one = halves([150, 20, 20], [150, 20, 20]).flat.expect("may be flat");
    assert_eq!(one.share.to_string(), "1");
    let two = halves([150, 20, 20], [20, 86, 20]).flat.expect("may be flat");
    assert!(two.share < 0.6, "{two:?}");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn arbitrary_bytes_never_cause_a_panic(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        let jpeg = [&[0xFF, 0xD8, 0xFF], bytes.as_slice()].concat();
        prop_assert!(Picture::decode(&bytes).is_err());
        prop_assert!(!matches!(Picture::decode(&jpeg), Ok(_) | Err(Unreadable::DecoderFailed)));
    }

    #[test]
    fn damage_never_causes_a_panic(
        damage in proptest::collection::vec((any::<Index>(), any::<u8>()), 1..12),
        cut in any::<Index>(),
        progressive in any::<bool>(),
    ) {
        let mut bytes = ramp(progressive);
        for (index, byte) in damage {
            let index = index.index(bytes.len());
            bytes[index] = byte;
        }
        bytes.truncate(bytes.len() - cut.index(bytes.len()) / 8);
        prop_assert!(!matches!(Picture::decode(&bytes), Err(Unreadable::DecoderFailed)));
    }
}
