//! The cells are those of the decoder, and what isn't plain and whole is left to it.

use std::fs;

use jpeg_encoder::{ColorType, Encoder, SamplingFactor};
use proptest::{prelude::*, sample::Index};
use zune_jpeg::{
    JpegDecoder,
    zune_core::{bytestream::ZCursor, colorspace::ColorSpace, options::DecoderOptions},
};

use super::*;

/// How a picture is encoded.
#[derive(Clone, Copy, Debug)]
struct How {
    colour: bool,
    sampling: SamplingFactor,
    quality: u8,
    /// Units between two restarts; 0 for none.
    restart: u16,
    /// Tables made for the picture, with codes of up to 16 bits. The encoder then writes each component in a scan of its own, and
    /// can't do restarts.
    own_tables: bool,
    progressive: bool,
}

const PLAIN: How = How {
    colour: true,
    sampling: SamplingFactor::R_4_2_0,
    quality: 80,
    restart: 0,
    own_tables: false,
    progressive: false,
};

/// Some picture with noise of so many levels, away from black and white: a decoder cuts off there what a sum does not.
fn jpeg(width: u16, height: u16, noise: u32, how: How) -> Vec<u8> {
    let channels = if how.colour { 3 } else { 1 };
    let sample = |(x, y, channel): (u32, u32, u32)| {
        let level = 70 + (x / 3 + y / 2 + 40 * channel) % 80;
        let random = (x * 7919 + y * 104_729 + channel * 1_299_709).wrapping_mul(2_654_435_761) >> 16;
        u8::try_from(level + random % (noise + 1)).expect("is below 256")
    };
    let places = (0..u32::from(height)).flat_map(|y| (0..u32::from(width)).map(move |x| (x, y)));
    let samples: Vec<_> = places.flat_map(|(x, y)| (0..channels).map(move |c| sample((x, y, c)))).collect();
    let mut jpeg = vec![];
    let mut encoder = Encoder::new(&mut jpeg, how.quality);
    encoder.set_sampling_factor(how.sampling);
    encoder.set_optimized_huffman_tables(how.own_tables);
    encoder.set_progressive(how.progressive);
    if how.restart > 0 {
        encoder.set_restart_interval(how.restart);
    }
    let colours = if how.colour { ColorType::Rgb } else { ColorType::Luma };
    encoder.encode(&samples, width, height, colours).expect("works");
    jpeg
}

fn read(jpeg: &[u8]) -> Option<Cells> {
    super::read(jpeg, 16, 1920 * 1080)
}

/// What the decoder finds.
fn decoded(jpeg: &[u8]) -> Option<Grid> {
    let options = DecoderOptions::default().set_strict_mode(true).jpeg_set_out_colorspace(ColorSpace::Luma);
    let mut decoder = JpegDecoder::new_with_options(ZCursor::new(jpeg), options);
    let samples = decoder.decode().ok()?;
    let (width, height) = decoder.dimensions()?;
    let [grid] = Grid::of::<1>(&samples, width, height);
    Some(grid)
}

/// The largest difference between two cells of the same place.
fn distance(one: &Grid, other: &Grid) -> u8 {
    one.cells().iter().zip(other.cells()).map(|(&one, &other)| one.abs_diff(other)).max().unwrap_or_default()
}

#[test]
fn a_plain_picture_has_the_cells_of_its_pixels() {
    let jpeg = jpeg(480, 270, 60, PLAIN);
    let cells = read(&jpeg).expect("is plain");
    assert_eq!((cells.width, cells.height), (480, 270));
    let expected = decoded(&jpeg).expect("works");
    assert!(distance(&cells.grid, &expected) <= 1, "{:?} for {expected:?}", cells.grid);
    let different =
        cells.grid.cells().iter().zip(expected.cells()).filter(|(one, other)| one != other).count();
    assert!(different < CELLS / 20, "{different}");
}

/// White letters on black are where the two differ most: what swings below black around them is cut off in pixels and not in sums.
#[test]
fn stills_have_the_cells_of_their_pixels() {
    let stills = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/stills");
    let sequences =
        fs::read_dir(stills).expect("works").filter_map(|entry| fs::read_dir(entry.ok()?.path()).ok());
    let files = sequences.flatten().filter_map(|entry| fs::read(entry.ok()?.path()).ok());
    let mut seen = 0;
    for jpeg in files {
        let (cells, expected) = read(&jpeg).zip(decoded(&jpeg)).expect("is plain");
        assert!(distance(&cells.grid, &expected) <= 5, "{:?} for {expected:?}", cells.grid);
        seen += 1;
    }
    assert!(seen > 100, "{seen} stills");
}

#[test]
fn a_cell_is_the_mean_of_its_own_pixels_alone() {
    // Columns 6 to 11 are the second column of cells: they lie in the first block and in the second one.
    let mut samples = vec![100; 480 * 270];
    for line in samples.chunks_exact_mut(480) {
        line[6..12].fill(150);
    }
    let mut jpeg = vec![];
    Encoder::new(&mut jpeg, 100).encode(&samples, 480, 270, ColorType::Luma).expect("works");
    let cells = read(&jpeg).expect("is plain");
    for line in cells.grid.cells().chunks_exact(COLUMNS) {
        for (cell, expected) in line.iter().zip([100, 150, 100, 100]) {
            assert!(cell.abs_diff(expected) <= 1, "{line:?}");
        }
    }
}

#[test]
fn what_is_cut_short_anywhere_is_left_to_the_decoder() {
    let jpeg = jpeg(320, 180, 20, How { restart: 5, ..PLAIN });
    assert!(read(&jpeg).is_some());
    for length in 0..jpeg.len() {
        assert!(read(&jpeg[..length]).is_none(), "{length} of {}", jpeg.len());
    }
}

#[test]
fn what_follows_the_end_does_not_matter() {
    let plain = jpeg(320, 180, 20, PLAIN);
    let longer = [&plain[..], b"and so on"].concat();
    assert_eq!(read(&plain).expect("is plain").grid, read(&longer).expect("is plain").grid);
}

#[test]
fn bytes_between_the_last_block_and_the_end_are_left_to_the_decoder() {
    let mut jpeg = jpeg(320, 180, 20, PLAIN);
    let end = jpeg.len() - 2;
    jpeg.insert(end, 0x55);
    assert!(read(&jpeg).is_none());
}

#[test]
fn restarts_out_of_order_are_left_to_the_decoder() {
    let whole = jpeg(320, 180, 20, How { restart: 5, ..PLAIN });
    let second = whole.windows(2).position(|marker| marker == [0xFF, 0xD1]).expect("has restarts");
    let mut jpeg = whole.clone();
    jpeg[second + 1] = 0xD3;
    assert!(read(&jpeg).is_none());
    jpeg.drain(second..second + 2);
    assert!(read(&jpeg).is_none());
}

#[test]
fn what_is_not_plain_is_left_to_the_decoder() {
    let unusual = [
        ("progressive", jpeg(480, 270, 20, How { progressive: true, ..PLAIN })),
        ("three scans", jpeg(480, 270, 20, How { own_tables: true, ..PLAIN })),
        ("4:1:1", jpeg(480, 270, 20, How { sampling: SamplingFactor::R_4_1_1, ..PLAIN })),
        ("blocks over three cells", jpeg(160, 90, 20, PLAIN)),
        ("small", jpeg(15, 400, 20, PLAIN)),
        ("large", jpeg(1920, 1088, 0, PLAIN)),
    ];
    for (kind, jpeg) in unusual {
        assert!(read(&jpeg).is_none(), "{kind}");
    }
    let mut others = vec![];
    Encoder::new(&mut others, 90).encode(&vec![90; 4 * 320 * 180], 320, 180, ColorType::Cmyk).expect("works");
    assert!(read(&others).is_none(), "four inks");
}

#[test]
fn red_green_and_blue_are_not_taken_for_luma_and_chroma() {
    let mut jpeg = jpeg(320, 180, 20, How { sampling: SamplingFactor::R_4_4_4, ..PLAIN });
    let frame = jpeg.windows(2).position(|marker| marker == [0xFF, 0xC0]).expect("works");
    let scan = jpeg.windows(2).position(|marker| marker == [0xFF, 0xDA]).expect("works");
    for (number, name) in b"RGB".iter().enumerate() {
        jpeg[frame + 10 + 3 * number] = *name;
        jpeg[scan + 5 + 2 * number] = *name;
    }
    assert!(read(&jpeg).is_none());
}

fn any_how() -> impl Strategy<Value = How> {
    use SamplingFactor::{R_4_2_0, R_4_2_2, R_4_4_0, R_4_4_4};
    let sampling = prop_oneof![Just(R_4_4_4), Just(R_4_2_2), Just(R_4_4_0), Just(R_4_2_0)];
    let how = (any::<bool>(), sampling, 20..=100_u8, prop_oneof![Just(0), 1..40_u16], any::<bool>());
    how.prop_map(|(colour, sampling, quality, restart, own_tables)| How {
        colour,
        sampling,
        quality,
        restart: if own_tables { 0 } else { restart },
        own_tables: own_tables && !colour,
        progressive: false,
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn cells_are_those_of_the_decoder(width in 633..900_u16, height in 353..500_u16, noise in 0..60_u32, how in any_how()) {
        let jpeg = jpeg(width, height, noise, how);
        let cells = read(&jpeg);
        prop_assert!(cells.is_some(), "it is plain");
        let away = cells.zip(decoded(&jpeg)).map(|(cells, decoded)| distance(&cells.grid, &decoded));
        prop_assert!(away.is_some_and(|away| away <= 1), "{away:?}");
    }

    #[test]
    fn any_size_is_read_right_or_not_at_all(width in 16..700_u16, height in 16..400_u16, how in any_how()) {
        let jpeg = jpeg(width, height, 20, how);
        let away = read(&jpeg).zip(decoded(&jpeg)).map(|(cells, decoded)| distance(&cells.grid, &decoded));
        prop_assert!(away.is_none_or(|away| away <= 1), "{away:?}");
    }

    #[test]
    fn damage_never_makes_it_panic(
        how in any_how(),
        damage in proptest::collection::vec((any::<Index>(), any::<u8>()), 1..6),
    ) {
        let mut jpeg = jpeg(320, 180, 20, how);
        for (place, byte) in damage {
            let place = place.index(jpeg.len());
            jpeg[place] = byte;
        }
        if let Some(cells) = read(&jpeg) {
            prop_assert!(cells.width >= 16 && cells.height >= 16);
        }
    }
}
