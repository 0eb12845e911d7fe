//! Whatever an encoder writes has the cells that libjpeg finds.

use std::fs;

use proptest::prelude::*;

use super::*;

/// All sampling factors of luma that leave chroma at most ten blocks an MCU.
const SAMPLINGS: [(u8, u8); 8] = [(1, 1), (2, 1), (1, 2), (2, 2), (4, 1), (1, 4), (4, 2), (2, 4)];

/// Where a decoder clips pixels and sums of coefficients don't, cells may differ by so much.
const WHITE_ON_BLACK: u8 = 5;

/// Each encoding as it is, with white bars on black, and in the other ways that are given.
fn variants(base: Encoding) -> Vec<Encoding> {
    let mut variants = vec![base, Encoding { noise: None, ..base }];
    variants.extend([15, 50, 97].map(|quality| Encoding { quality, ..base }));
    variants.extend([15, 50, 97].map(|quality| Encoding { quality, noise: None, ..base }));
    variants.push(Encoding { colour: false, sampling: (1, 1), ..base });
    variants.push(Encoding { optimised_tables: true, ..base });
    for sampling in SAMPLINGS {
        variants.push(Encoding { sampling, ..base });
        variants.push(Encoding { sampling, noise: None, ..base });
    }
    for size in [(16, 16), (97, 55), (321, 181), (641, 359), (1000, 16), (20, 900)] {
        variants.push(Encoding { size, ..base });
    }
    variants
}

fn assert_all_read_as_libjpeg(variants: &[Encoding]) {
    for encoding in variants {
        let jpeg = encoding.jpeg();
        let levels = if encoding.noise.is_some() { 2 } else { WHITE_ON_BLACK };
        assert_reads_as_libjpeg(&jpeg, levels, &format!("{encoding:?}"));
        let (width, height) = (encoding.size.0.into(), encoding.size.1.into());
        let grid = read(&jpeg).expect("is read").grid;
        let difference = largest_difference(&grid, &grid_of_colour(&jpeg, width, height));
        assert!(difference <= 40, "{encoding:?}: colour differs by {difference}");
    }
}

#[test]
fn sequential_jpegs_of_two_encoders_have_the_cells_of_libjpeg() {
    assert_all_read_as_libjpeg(&variants(MADE_BY_JPEG_ENCODER));
    assert_all_read_as_libjpeg(&variants(MADE_BY_LIBJPEG));
    let restarts = [1, 7, 60].map(|restart_interval| {
        variants(Encoding { restart_interval, ..MADE_BY_JPEG_ENCODER })
            .into_iter()
            .filter(|encoding| !encoding.optimised_tables)
            .collect::<Vec<_>>()
    });
    assert_all_read_as_libjpeg(&restarts.concat());
}

#[test]
fn progressive_jpegs_of_two_encoders_have_the_cells_of_libjpeg() {
    assert_all_read_as_libjpeg(&variants(Encoding { progressive: true, ..MADE_BY_JPEG_ENCODER }));
    assert_all_read_as_libjpeg(&variants(Encoding { progressive: true, ..MADE_BY_LIBJPEG }));
}

#[test]
fn files_of_ffmpeg_and_libjpeg_turbo_have_the_cells_of_libjpeg() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/jpegs");
    let mut count = 0;
    for entry in fs::read_dir(folder).expect("exists") {
        let path = entry.expect("is readable").path();
        let name = path.file_stem().expect("has a name").to_string_lossy().into_owned();
        let rejected = ["libjpeg-arithmetic", "libjpeg-subsampled-luma", "README"];
        if !rejected.contains(&&*name) {
            assert_reads_as_libjpeg(&fs::read(&path).expect("is readable"), WHITE_ON_BLACK, &name);
            count += 1;
        }
    }
    assert_eq!(count, 10);
}

/// White letters on black differ most: around them, the decoder clips pixels below black, and sums
/// of coefficients don't.
#[test]
fn stills_have_the_cells_of_libjpeg() {
    let stills = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/stills");
    let sequences = fs::read_dir(stills)
        .expect("exists")
        .filter_map(|entry| fs::read_dir(entry.ok()?.path()).ok());
    let mut count = 0;
    for entry in sequences.flatten() {
        let path = entry.expect("is readable").path();
        let jpeg = fs::read(&path).expect("is readable");
        assert_reads_as_libjpeg(&jpeg, WHITE_ON_BLACK, &path.to_string_lossy());
        count += 1;
    }
    assert!(count > 100, "{count} stills");
}

#[test]
fn a_cell_is_the_mean_of_its_own_pixels_alone() {
    use jpeg_encoder::{ColorType, Encoder};
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

prop_compose! {
    fn any_encoding()(
        sampling in proptest::sample::select(&SAMPLINGS[..]),
        colour in any::<bool>(),
        quality in 20..=100_u8,
        progressive in any::<bool>(),
        optimised_tables in any::<bool>(),
        restart_interval in prop_oneof![Just(0), 1..40_u16],
        by_libjpeg in any::<bool>(),
    ) -> Encoding {
        let base = if by_libjpeg { MADE_BY_LIBJPEG } else { MADE_BY_JPEG_ENCODER };
        // `jpeg_encoder` writes no restart markers between the scans of optimised tables.
        let restart_interval =
            if by_libjpeg || optimised_tables { 0 } else { restart_interval };
        let sampling = if colour { sampling } else { (1, 1) };
        Encoding {
            colour, sampling, quality, progressive, optimised_tables, restart_interval, ..base
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 128, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_picture_of_any_size_has_the_cells_of_libjpeg(
        size in (16..700_u16, 16..400_u16), noise in 0..60_u32, encoding in any_encoding(),
    ) {
        let encoding = Encoding { size, noise: Some(noise), ..encoding };
        assert_reads_as_libjpeg(&encoding.jpeg(), 2, &format!("{encoding:?}"));
    }
}
