//! The grid equals the one from the decoder's pixels, and JPEGs that are unusual or incomplete are
//! left to the decoder.

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
struct Encoding {
    colour: bool,
    sampling: SamplingFactor,
    quality: u8,
    /// MCUs between two restart markers; 0 for none.
    restart_interval: u16,
    /// Huffman tables made for the picture, with codes of up to 16 bits. The encoder then writes
    /// each component in a scan of its own, and cannot write restart markers.
    optimised_tables: bool,
    progressive: bool,
}

/// A kind of JPEG that this module reads.
const SUPPORTED: Encoding = Encoding {
    colour: true,
    sampling: SamplingFactor::R_4_2_0,
    quality: 80,
    restart_interval: 0,
    optimised_tables: false,
    progressive: false,
};

/// A picture with noise of `noise` levels. It stays away from black and white: a decoder clamps
/// pixels there, and sums of coefficients don't.
fn jpeg(width: u16, height: u16, noise: u32, encoding: Encoding) -> Vec<u8> {
    let channels = if encoding.colour { 3 } else { 1 };
    let mut pixels = Vec::new();
    for y in 0..u32::from(height) {
        for x in 0..u32::from(width) {
            for channel in 0..channels {
                let level = 70 + (x / 3 + y / 2 + 40 * channel) % 80;
                let random = (x * 7919 + y * 104_729 + channel * 1_299_709)
                    .wrapping_mul(2_654_435_761)
                    >> 16;
                pixels.push(u8::try_from(level + random % (noise + 1)).expect("is below 256"));
            }
        }
    }
    let mut jpeg = Vec::new();
    let mut encoder = Encoder::new(&mut jpeg, encoding.quality);
    encoder.set_sampling_factor(encoding.sampling);
    encoder.set_optimized_huffman_tables(encoding.optimised_tables);
    encoder.set_progressive(encoding.progressive);
    if encoding.restart_interval > 0 {
        encoder.set_restart_interval(encoding.restart_interval);
    }
    let color_type = if encoding.colour { ColorType::Rgb } else { ColorType::Luma };
    encoder.encode(&pixels, width, height, color_type).expect("encodes");
    jpeg
}

fn read(jpeg: &[u8]) -> Option<SizedGrid> {
    super::read(jpeg, 16, 1920 * 1080)
}

/// The grid of the decoder's pixels.
fn decoded(jpeg: &[u8]) -> Option<Grid> {
    let options =
        DecoderOptions::default().set_strict_mode(true).jpeg_set_out_colorspace(ColorSpace::Luma);
    let mut decoder = JpegDecoder::new_with_options(ZCursor::new(jpeg), options);
    let pixels = decoder.decode().ok()?;
    let (width, height) = decoder.dimensions()?;
    let [grid] = Grid::from_pixels::<1>(&pixels, width, height);
    Some(grid)
}

/// The largest difference between two grids in one cell.
fn largest_difference(one: &Grid, other: &Grid) -> u8 {
    one.cells()
        .iter()
        .zip(other.cells())
        .map(|(&one, &other)| one.abs_diff(other))
        .max()
        .unwrap_or_default()
}

#[test]
fn a_supported_picture_has_the_grid_of_its_pixels() {
    let jpeg = jpeg(480, 270, 60, SUPPORTED);
    let read = read(&jpeg).expect("is supported");
    assert_eq!((read.width, read.height), (480, 270));
    let expected = decoded(&jpeg).expect("decodes");
    assert!(
        largest_difference(&read.grid, &expected) <= 1,
        "{:?} instead of {expected:?}",
        read.grid
    );
    let cells = read.grid.cells().iter().zip(expected.cells());
    let different = cells.filter(|(one, other)| one != other).count();
    assert!(different < CELLS / 20, "{different}");
}

/// White letters on black differ most: around them, the decoder clamps pixels below black, and sums
/// of coefficients don't.
#[test]
fn stills_have_the_grids_of_their_pixels() {
    let stills = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/stills");
    let sequences = fs::read_dir(stills)
        .expect("exists")
        .filter_map(|entry| fs::read_dir(entry.ok()?.path()).ok());
    let files = sequences.flatten().filter_map(|entry| fs::read(entry.ok()?.path()).ok());
    let mut count = 0;
    for jpeg in files {
        let (read, expected) = read(&jpeg).zip(decoded(&jpeg)).expect("is supported");
        assert!(
            largest_difference(&read.grid, &expected) <= 5,
            "{:?} instead of {expected:?}",
            read.grid
        );
        count += 1;
    }
    assert!(count > 100, "{count} stills");
}

#[test]
fn a_cell_is_the_mean_of_its_own_pixels_alone() {
    // Pixels 6 to 11 of a line are its second cell, which lies under the first and the second
    // block.
    let mut pixels = vec![100; 480 * 270];
    for line in pixels.chunks_exact_mut(480) {
        line[6..12].fill(150);
    }
    let mut jpeg = Vec::new();
    Encoder::new(&mut jpeg, 100).encode(&pixels, 480, 270, ColorType::Luma).expect("encodes");
    let read = read(&jpeg).expect("is supported");
    for row in read.grid.cells().chunks_exact(COLUMNS) {
        for (cell, expected) in row.iter().zip([100, 150, 100, 100]) {
            assert!(cell.abs_diff(expected) <= 1, "{row:?}");
        }
    }
}

#[test]
fn a_jpeg_cut_short_anywhere_is_left_to_the_decoder() {
    let jpeg = jpeg(320, 180, 20, Encoding { restart_interval: 5, ..SUPPORTED });
    assert!(read(&jpeg).is_some());
    for length in 0..jpeg.len() {
        assert!(read(&jpeg[..length]).is_none(), "{length} of {}", jpeg.len());
    }
}

#[test]
fn bytes_after_the_end_of_image_are_ignored() {
    let whole = jpeg(320, 180, 20, SUPPORTED);
    let longer = [&whole[..], b"and so on"].concat();
    assert_eq!(read(&whole).expect("is supported").grid, read(&longer).expect("is supported").grid);
}

#[test]
fn bytes_between_the_last_block_and_the_end_of_image_are_left_to_the_decoder() {
    let mut jpeg = jpeg(320, 180, 20, SUPPORTED);
    let end = jpeg.len() - 2;
    jpeg.insert(end, 0x55);
    assert!(read(&jpeg).is_none());
}

#[test]
fn restart_markers_out_of_order_are_left_to_the_decoder() {
    let whole = jpeg(320, 180, 20, Encoding { restart_interval: 5, ..SUPPORTED });
    let second =
        whole.windows(2).position(|bytes| bytes == [0xFF, 0xD1]).expect("has restart markers");
    let mut jpeg = whole.clone();
    jpeg[second + 1] = 0xD3;
    assert!(read(&jpeg).is_none());
    jpeg.drain(second..second + 2);
    assert!(read(&jpeg).is_none());
}

#[test]
fn unsupported_jpegs_are_left_to_the_decoder() {
    let unsupported = [
        ("progressive", jpeg(480, 270, 20, Encoding { progressive: true, ..SUPPORTED })),
        ("three scans", jpeg(480, 270, 20, Encoding { optimised_tables: true, ..SUPPORTED })),
        ("4:1:1", jpeg(480, 270, 20, Encoding { sampling: SamplingFactor::R_4_1_1, ..SUPPORTED })),
        ("blocks over three cells", jpeg(160, 90, 20, SUPPORTED)),
        ("too small", jpeg(15, 400, 20, SUPPORTED)),
        ("too large", jpeg(1920, 1088, 0, SUPPORTED)),
    ];
    for (kind, jpeg) in unsupported {
        assert!(read(&jpeg).is_none(), "{kind}");
    }
    let mut cmyk = Vec::new();
    Encoder::new(&mut cmyk, 90)
        .encode(&vec![90; 4 * 320 * 180], 320, 180, ColorType::Cmyk)
        .expect("encodes");
    assert!(read(&cmyk).is_none(), "CMYK");
}

#[test]
fn red_green_and_blue_components_are_left_to_the_decoder() {
    let mut jpeg = jpeg(320, 180, 20, Encoding { sampling: SamplingFactor::R_4_4_4, ..SUPPORTED });
    let sof = jpeg.windows(2).position(|bytes| bytes == [0xFF, 0xC0]).expect("has a frame header");
    let sos = jpeg.windows(2).position(|bytes| bytes == [0xFF, 0xDA]).expect("has a scan header");
    for (component, id) in b"RGB".iter().enumerate() {
        jpeg[sof + 10 + 3 * component] = *id;
        jpeg[sos + 5 + 2 * component] = *id;
    }
    assert!(read(&jpeg).is_none());
}

fn any_encoding() -> impl Strategy<Value = Encoding> {
    use SamplingFactor::{R_4_2_0, R_4_2_2, R_4_4_0, R_4_4_4};
    let sampling = prop_oneof![Just(R_4_4_4), Just(R_4_2_2), Just(R_4_4_0), Just(R_4_2_0)];
    let restart_interval = prop_oneof![Just(0), 1..40_u16];
    let encoding = (any::<bool>(), sampling, 20..=100_u8, restart_interval, any::<bool>());
    encoding.prop_map(|(colour, sampling, quality, restart_interval, optimised_tables)| Encoding {
        colour,
        sampling,
        quality,
        restart_interval: if optimised_tables { 0 } else { restart_interval },
        optimised_tables: optimised_tables && !colour,
        progressive: false,
    })
}

/// The largest difference in one cell from the decoder's grid; `None` if either didn't read the
/// JPEG.
fn difference_from_decoder(jpeg: &[u8]) -> Option<u8> {
    Some(largest_difference(&read(jpeg)?.grid, &decoded(jpeg)?))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn grids_are_those_of_the_decoder(
        width in 633..900_u16, height in 353..500_u16, noise in 0..60_u32, encoding in any_encoding(),
    ) {
        let difference = difference_from_decoder(&jpeg(width, height, noise, encoding));
        prop_assert!(difference.is_some_and(|difference| difference <= 1), "{difference:?}");
    }

    #[test]
    fn any_size_is_read_correctly_or_not_at_all(
        width in 16..700_u16, height in 16..400_u16, encoding in any_encoding(),
    ) {
        let difference = difference_from_decoder(&jpeg(width, height, 20, encoding));
        prop_assert!(difference.is_none_or(|difference| difference <= 1), "{difference:?}");
    }

    #[test]
    fn damage_never_causes_a_panic(
        encoding in any_encoding(),
        damage in proptest::collection::vec((any::<Index>(), any::<u8>()), 1..6),
    ) {
        let mut jpeg = jpeg(320, 180, 20, encoding);
        for (index, byte) in damage {
            let index = index.index(jpeg.len());
            jpeg[index] = byte;
        }
        if let Some(read) = read(&jpeg) {
            prop_assert!(read.width >= 16 && read.height >= 16);
        }
    }
}
