//! Which bytes are read, which are refused with which words, and that none does harm.

use jpeg_encoder::{ColorType, Encoder};
use proptest::prelude::*;

use super::*;

const WIDTH: u16 = 96;
const HEIGHT: u16 = 54;

/// A picture of `channels` interleaved channels, each sample from its place.
fn jpeg(color: ColorType, channels: u16, progressive: bool, sample: impl Fn(u16, u16, u16) -> u8) -> Vec<u8> {
    sized(WIDTH, HEIGHT, color, channels, progressive, sample)
}

fn sized(
    width: u16,
    height: u16,
    color: ColorType,
    channels: u16,
    progressive: bool,
    sample: impl Fn(u16, u16, u16) -> u8,
) -> Vec<u8> {
    let places = (0..height).flat_map(|y| (0..width).map(move |x| (x, y)));
    let pixels: Vec<u8> = places
        .flat_map(|(x, y)| (0..channels).map(move |channel| (x, y, channel)))
        .map(|(x, y, channel)| sample(x, y, channel))
        .collect();
    let mut jpeg = Vec::new();
    let mut encoder = Encoder::new(&mut jpeg, 90);
    encoder.set_progressive(progressive);
    encoder.encode(&pixels, width, height, color).expect("works");
    jpeg
}

fn ramp(x: u16, y: u16, channel: u16) -> u8 {
    u8::try_from(2 * x + y % 32 + channel).expect("works")
}

#[track_caller]
fn assert_refused(jpeg: &[u8], message: &str) {
    let refusal = Picture::decode(jpeg).expect_err("is refused").to_string();
    assert!(refusal.contains(message), "{refusal}");
}

#[test]
fn what_is_no_jpeg_is_refused_with_its_first_bytes() {
    assert_refused(b"", "it is empty");
    assert_refused(b"\x89PNG\r\n", "it is not a JPEG: it starts with [89, 50, 4e, 47]");
    assert_refused(&[0xFF, 0xD8], "broken or cut short");
}

#[test]
fn a_thumbnail_that_was_cut_short_is_refused_and_not_filled_with_grey() {
    let whole = jpeg(ColorType::Rgb, 3, false, ramp);
    assert!(Picture::decode(&whole).is_ok());
    for part in 1..10 {
        assert_refused(&whole[..whole.len() * part / 10], "broken or cut short");
    }
}

#[test]
fn a_huge_picture_is_refused_from_its_header_alone() {
    let mut huge = jpeg(ColorType::Rgb, 3, false, ramp);
    let header = huge.windows(2).position(|marker| marker == [0xFF, 0xC0]).expect("works");
    huge[header + 5..header + 9].copy_from_slice(&[0xFF, 0xDC, 0xFF, 0xDC]);
    assert_refused(&huge, "it is 65500x65500, more than 2073600 pixels");
}

#[test]
fn a_picture_of_a_few_pixels_is_refused_and_one_of_sixteen_is_read() {
    assert_refused(&sized(15, 16, ColorType::Rgb, 3, false, |_, _, _| 9), "15x16");
    let small = Picture::decode(&sized(16, 16, ColorType::Rgb, 3, false, |_, _, _| 90)).expect("works");
    assert_eq!(small.size, (16, 16));
    assert_eq!(small.tone.median, 90);
}

#[test]
fn a_progressive_picture_is_read_like_a_plain_one() {
    let plain = Picture::decode(&jpeg(ColorType::Rgb, 3, false, ramp)).expect("works");
    let progressive = Picture::decode(&jpeg(ColorType::Rgb, 3, true, ramp)).expect("works");
    assert_eq!(plain.grid, progressive.grid);
    assert_ne!(plain.hash, progressive.hash);
}

#[test]
fn grey_and_cmyk_pictures_are_read_too() {
    let grey = Picture::decode(&jpeg(ColorType::Luma, 1, false, |_, _, _| 77)).expect("works");
    assert_eq!((grey.tone.median, grey.flat.expect("works").share), (77, 1.0));
    assert!(Picture::decode(&jpeg(ColorType::Cmyk, 4, false, ramp)).is_ok());
}

#[test]
fn the_grid_holds_the_mean_of_each_cell() {
    let halves = Picture::decode(&jpeg(ColorType::Luma, 1, false, |x, _, _| if x < 48 { 20 } else { 200 }))
        .expect("works");
    assert_eq!(halves.grid.cells()[10].abs_diff(20), 0);
    assert_eq!(halves.grid.cells()[70].abs_diff(200), 0);
    assert_eq!(halves.tone.dark.to_string(), "0.5");
}

#[test]
fn bars_are_told_by_the_order_of_their_colours() {
    let order = [0b111, 0b110, 0b011, 0b010, 0b101, 0b100, 0b001];
    let bars = |order: [u8; 7]| {
        sized(280, 160, ColorType::Rgb, 3, false, move |x, _, channel| {
            if order[usize::from(x / 40)] >> (2 - channel) & 1 == 1 { 191 } else { 0 }
        })
    };
    assert_eq!(Picture::decode(&bars(order)).expect("works").bars_run, 7);
    let mut other = order;
    other.sort_unstable();
    assert!(Picture::decode(&bars(other)).expect("works").bars_run < 3);
}

#[test]
fn one_colour_is_flat_and_two_of_the_same_luma_are_not() {
    let red = |left: [u8; 3], right: [u8; 3]| {
        jpeg(
            ColorType::Rgb,
            3,
            false,
            move |x, _, channel| if x < 48 { left } else { right }[usize::from(channel)],
        )
    };
    let one = Picture::decode(&red([150, 20, 20], [150, 20, 20])).expect("works").flat.expect("works");
    assert_eq!(one.share.to_string(), "1");
    let two = Picture::decode(&red([150, 20, 20], [20, 86, 20])).expect("works").flat.expect("works");
    assert!(two.share < 0.6, "{two:?}");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_bytes_make_it_panic(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        let jpeg = [&[0xFF, 0xD8, 0xFF], bytes.as_slice()].concat();
        prop_assert!(Picture::decode(&bytes).is_err());
        prop_assert!(!matches!(Picture::decode(&jpeg), Ok(_) | Err(Unreadable::DecoderFailed)));
    }

    #[test]
    fn no_damage_makes_it_panic(
        damage in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..12),
        cut in any::<prop::sample::Index>(),
        progressive in any::<bool>(),
    ) {
        let mut bytes = jpeg(ColorType::Rgb, 3, progressive, ramp);
        for (place, byte) in damage {
            let place = place.index(bytes.len());
            bytes[place] = byte;
        }
        bytes.truncate(bytes.len() - cut.index(bytes.len()) / 8);
        prop_assert!(!matches!(Picture::decode(&bytes), Err(Unreadable::DecoderFailed)));
    }
}
