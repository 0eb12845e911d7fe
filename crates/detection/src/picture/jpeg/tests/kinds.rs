//! Which kinds of JPEG are read in which way, and which are rejected under which name.

use std::fs;

use jpeg_encoder::{ColorType, Encoder};

use super::*;

/// A JPEG without chroma subsampling, whose components can be given other meanings.
fn full_chroma() -> Vec<u8> {
    Encoding { sampling: (1, 1), ..MADE_BY_JPEG_ENCODER }.jpeg()
}

/// Gives the three components of a JPEG with one scan these ids.
fn with_ids(mut jpeg: Vec<u8>, ids: [u8; 3]) -> Vec<u8> {
    let (sof, sos) = (position(&jpeg, marker::SOF0), position(&jpeg, marker::SOS));
    for (component, id) in ids.into_iter().enumerate() {
        jpeg[sof + 10 + 3 * component] = id;
        jpeg[sos + 5 + 2 * component] = id;
    }
    jpeg
}

/// Removes the segment of JFIF.
fn without_jfif(mut jpeg: Vec<u8>) -> Vec<u8> {
    let jfif = position(&jpeg, marker::APP0);
    jpeg.drain(jfif..jfif + 18);
    jpeg
}

/// Inserts a segment after the start of image.
fn with_segment(mut jpeg: Vec<u8>, code: u8, content: &[u8]) -> Vec<u8> {
    let length = u16::try_from(content.len() + 2).expect("fits").to_be_bytes();
    let segment = [&[marker::PREFIX, code], &length[..], content].concat();
    jpeg.splice(2..2, segment);
    jpeg
}

/// Adobe's segment with this colour transform.
fn with_adobe(jpeg: Vec<u8>, transform: u8) -> Vec<u8> {
    with_segment(jpeg, marker::APP14, &[&b"Adobe\0\x64\0\0\0\0"[..], &[transform]].concat())
}

#[test]
fn application_segments_comments_and_fill_bytes_change_nothing() {
    let plain = full_chroma();
    let grid = read(&plain).expect("is read").grid;
    // EXIF may contain a whole JPEG, and an orientation.
    let thumbnail = Encoding { size: (32, 32), ..MADE_BY_JPEG_ENCODER }.jpeg();
    let exif = [&b"Exif\0\0"[..], &thumbnail].concat();
    let mut fill_bytes = plain.clone();
    for code in [marker::SOS, marker::DHT, marker::SOF0] {
        let at = position(&fill_bytes, code);
        fill_bytes.splice(at..at, [marker::PREFIX; 3]);
    }
    let end = plain.len() - 2;
    let mut fill_bytes_at_the_end = plain.clone();
    fill_bytes_at_the_end.splice(end..end, [marker::PREFIX; 2]);
    let variants = [
        with_segment(plain.clone(), marker::COM, b"a comment"),
        with_segment(plain.clone(), 0xE1, &exif),
        with_adobe(plain.clone(), 1),
        with_adobe(without_jfif(plain.clone()), 1),
        without_jfif(plain.clone()),
        with_ids(without_jfif(plain.clone()), [1, 2, 3]),
        with_ids(plain.clone(), [7, 5, 200]),
        fill_bytes,
        fill_bytes_at_the_end,
        [&plain[..], b"and so on"].concat(),
        [&plain[..], &thumbnail].concat(),
    ];
    for (index, jpeg) in variants.into_iter().enumerate() {
        assert_eq!(read(&jpeg).expect("is read").grid, grid, "variant {index}");
    }
}

#[test]
fn red_green_and_blue_are_told_from_luma_and_chroma_as_libjpeg_does() {
    let plain = without_jfif(full_chroma());
    let luma = read(&plain).expect("is read").grid;
    for rgb in [with_adobe(plain.clone(), 0), with_ids(plain.clone(), *b"RGB")] {
        assert_reads_as_libjpeg(&rgb, 1, "RGB");
        assert!(largest_difference(&read(&rgb).expect("is read").grid, &luma) > 8);
    }
    // JFIF has luma and chroma, whatever Adobe's segment and the ids say.
    let jfif = with_ids(with_adobe(full_chroma(), 0), *b"RGB");
    assert_reads_as_libjpeg(&jfif, 1, "JFIF and Adobe");
    assert_eq!(read(&jfif).expect("is read").grid, luma);
}

#[test]
fn colour_spaces_that_are_unknown_or_contradictory_are_rejected() {
    assert_unsupported(&with_ids(without_jfif(full_chroma()), [7, 5, 200]), "colour space");
    assert_unsupported(&with_adobe(without_jfif(full_chroma()), 2), "colour space");
    let subsampled = without_jfif(MADE_BY_JPEG_ENCODER.jpeg());
    assert_unsupported(&with_adobe(subsampled, 0), "RGB with subsampled");
}

#[test]
fn four_components_are_rejected() {
    for colour in [ColorType::Cmyk, ColorType::CmykAsYcck] {
        let mut jpeg = Vec::new();
        let pixels = vec![90; 4 * 320 * 180];
        Encoder::new(&mut jpeg, 90).encode(&pixels, 320, 180, colour).expect("encodes");
        assert_unsupported(&jpeg, "four components");
    }
}

#[test]
fn kinds_that_are_not_read_are_named() {
    let plain = full_chroma();
    let sof = position(&plain, marker::SOF0);
    let with = |offset: usize, byte: u8| {
        let mut jpeg = plain.clone();
        jpeg[sof + offset] = byte;
        jpeg
    };
    assert_unsupported(&with(1, marker::SOF3), "lossless");
    for code in [marker::SOF5, 0xC6, marker::SOF7, marker::DHP] {
        assert_unsupported(&with(1, code), "hierarchical");
    }
    for code in [marker::SOF9, 0xCA, 0xCB, 0xCD, 0xCE, marker::SOF15] {
        assert_unsupported(&with(1, code), "arithmetically coded");
    }
    assert_unsupported(&with(4, 12), "8 bits");
}

#[test]
fn files_of_libjpeg_turbo_of_other_kinds_are_named() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/jpegs");
    let file = |name: &str| fs::read(format!("{folder}/{name}.jpg")).expect("exists");
    assert_unsupported(&file("libjpeg-arithmetic"), "arithmetically coded");
    assert_unsupported(&file("libjpeg-subsampled-luma"), "first component is subsampled");
}

#[test]
fn a_height_that_is_defined_after_the_first_scan_is_rejected() {
    let mut jpeg = full_chroma();
    let sof = position(&jpeg, marker::SOF0);
    let height = [jpeg[sof + 5], jpeg[sof + 6]];
    let end = jpeg.len() - 2;
    let number_of_lines = [marker::PREFIX, marker::DNL, 0, 4, height[0], height[1]];
    jpeg.splice(end..end, number_of_lines);
    assert_unsupported(&jpeg, "height");
    jpeg[sof + 5..sof + 7].fill(0);
    assert_unsupported(&jpeg, "height");
}

#[test]
fn a_picture_too_small_or_too_large_is_rejected_from_its_header() {
    let small = Encoding { size: (15, 400), ..MADE_BY_JPEG_ENCODER }.jpeg();
    let error = read(&small[..position(&small, marker::SOS)]).expect_err("is rejected");
    assert_eq!(error, Unreadable::TooSmall { width: 15, height: 400 });
    let large = Encoding { size: (1920, 1088), noise: Some(0), ..MADE_BY_JPEG_ENCODER }.jpeg();
    let error = read(&large[..position(&large, marker::SOS)]).expect_err("is rejected");
    let most = THUMBNAIL_PIXELS;
    assert_eq!(error, Unreadable::TooLarge { width: 1920, height: 1088, most });
}
