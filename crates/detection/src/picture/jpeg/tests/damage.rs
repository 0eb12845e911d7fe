//! A JPEG that is not whole is rejected, wherever the damage is.

use std::ops::Range;

use proptest::{prelude::*, sample::Index};

use super::*;

/// Small pictures of each kind, with and without restart markers.
fn samples() -> Vec<(&'static str, Vec<u8>)> {
    let small = Encoding { size: (320, 180), noise: Some(10), quality: 40, ..MADE_BY_JPEG_ENCODER };
    let tiny = Encoding { size: (48, 40), ..small };
    let libjpeg = Encoding { encode: MADE_BY_LIBJPEG.encode, ..tiny };
    vec![
        ("baseline", small.jpeg()),
        ("restarts", Encoding { restart_interval: 5, ..small }.jpeg()),
        ("tiny", Encoding { restart_interval: 2, ..tiny }.jpeg()),
        ("grey", Encoding { colour: false, sampling: (1, 1), ..tiny }.jpeg()),
        ("scan by scan", Encoding { optimised_tables: true, ..tiny }.jpeg()),
        ("progressive", Encoding { progressive: true, ..tiny }.jpeg()),
        ("progressive with refinement", Encoding { progressive: true, ..libjpeg }.jpeg()),
    ]
}

/// The scans of a JPEG, from the first byte of the tables before them to the marker after them, and
/// the range of their entropy-coded data.
fn scans(jpeg: &[u8]) -> Vec<(Range<usize>, Range<usize>)> {
    let (mut scans, mut start, mut at) = (Vec::new(), 2, 2);
    while jpeg[at + 1] != marker::EOI {
        let length = usize::from(u16::from_be_bytes([jpeg[at + 2], jpeg[at + 3]]));
        let code = jpeg[at + 1];
        at += 2 + length;
        if code != marker::SOS {
            continue;
        }
        let data = at;
        while jpeg[at] != marker::PREFIX || matches!(jpeg[at + 1], 0 | marker::RST0..=marker::RST7)
        {
            at += 1;
        }
        scans.push((start..at, data..at));
        start = at;
    }
    scans
}

/// Where the marker `code` is. In entropy-coded data no other marker looks like it.
fn positions(jpeg: &[u8], code: u8) -> Vec<usize> {
    let is_marker = |at: &usize| jpeg[*at..*at + 2] == [marker::PREFIX, code];
    (0..jpeg.len() - 1).filter(is_marker).collect()
}

#[test]
fn a_jpeg_cut_short_anywhere_is_rejected_with_or_without_an_end_of_image() {
    for (name, jpeg) in samples() {
        assert!(read(&jpeg).is_ok(), "{name}");
        for length in 2..jpeg.len() - 2 {
            assert_broken(&jpeg[..length], name);
            let closed = [&jpeg[..length], &[marker::PREFIX, marker::EOI]].concat();
            assert_broken(&closed, &format!("{name}, {length} bytes and an end of image"));
        }
        assert_broken(&jpeg[..jpeg.len() - 1], name);
        assert_broken(&jpeg[..jpeg.len() - 2], name);
    }
}

#[test]
fn a_marker_within_a_scan_is_rejected() {
    let markers: [&[u8]; 5] =
        [&[0xFF, 0xFE, 0, 2], &[0xFF, 0xD8], &[0xFF, 0xD3], &[0xFF, 0x01], &[0xFF, 0xFF, 0]];
    for (name, jpeg) in samples() {
        let (_, data) = scans(&jpeg).swap_remove(0);
        for marker in markers {
            // Not within a restart marker: there, `FF FF D3` is that marker after a fill byte.
            for at in data.clone().step_by(3).filter(|at| jpeg[at - 1] != marker::PREFIX) {
                let stray = [&jpeg[..at], marker, &jpeg[at..]].concat();
                let result = read(&stray);
                let is_broken = matches!(result, Err(Unreadable::Broken(_)));
                assert!(is_broken, "{name}, {marker:x?} at {at}: {result:?}");
            }
        }
    }
}

#[test]
fn bytes_left_over_in_a_scan_or_between_segments_are_rejected() {
    for (name, jpeg) in samples() {
        for (scan, data) in scans(&jpeg) {
            let left_over = [&jpeg[..data.end], &[0x55, 0x55], &jpeg[data.end..]].concat();
            assert_broken(&left_over, name);
            let between = [&jpeg[..scan.start], &[0x55], &jpeg[scan.start..]].concat();
            assert_broken(&between, name);
        }
    }
}

#[test]
fn a_scan_that_is_missing_repeated_or_out_of_order_is_rejected() {
    for (name, jpeg) in samples() {
        let scans = scans(&jpeg);
        for (index, (scan, _)) in scans.iter().enumerate() {
            let (before, rest) = jpeg.split_at(scan.start);
            let (scan, after) = rest.split_at(scan.len());
            // The segments before the first scan have the frame header.
            let header = if index == 0 { position(scan, marker::SOS) } else { 0 };
            let name = format!("{name}, scan {index} of {}", scans.len());
            assert_broken(&[before, &scan[..header], after].concat(), &name);
            assert_broken(&[before, scan, &scan[header..], after].concat(), &name);
        }
    }
}

#[test]
fn restart_intervals_that_are_lost_or_out_of_order_are_rejected() {
    let jpeg = Encoding { restart_interval: 5, ..MADE_BY_JPEG_ENCODER }.jpeg();
    assert!(read(&jpeg).is_ok());
    let mut restarts: Vec<_> =
        (marker::RST0..=marker::RST7).flat_map(|code| positions(&jpeg, code)).collect();
    restarts.sort_unstable();
    assert_eq!(restarts.len(), (30 * 17_usize).div_ceil(5) - 1);
    for pair in restarts.windows(2) {
        let (this, next) = (pair[0], pair[1]);
        assert_broken(&[&jpeg[..this], &jpeg[next..]].concat(), "one interval lost");
        assert_broken(&[&jpeg[..this], &jpeg[this + 2..]].concat(), "one marker lost");
        assert_broken(&[&jpeg[..this + 2], &jpeg[this..]].concat(), "one marker twice");
    }
    // Eight lost intervals leave the markers in order.
    assert_broken(&[&jpeg[..restarts[3]], &jpeg[restarts[11]..]].concat(), "eight intervals lost");
    let interval = position(&jpeg, marker::DRI);
    for wrong in [0, 4, 6] {
        let mut jpeg = jpeg.clone();
        jpeg[interval + 5] = wrong;
        assert_broken(&jpeg, "another interval");
    }
}

#[test]
fn tables_that_are_missing_or_impossible_are_rejected() {
    for (name, jpeg) in samples() {
        for code in [marker::DHT, marker::DQT] {
            let mut missing = jpeg.clone();
            for at in positions(&jpeg, code) {
                missing[at + 1] = marker::COM;
            }
            assert_broken(&missing, name);
        }
        let mut by_zero = jpeg.clone();
        let at = position(&jpeg, marker::DQT);
        // Two elements of 8 bits, or one of 16.
        by_zero[at + 25..at + 27].fill(0);
        assert_broken(&by_zero, name);
        let mut all_ones = jpeg.clone();
        for at in positions(&jpeg, marker::DHT) {
            // Two codes of one bit: the second consists of ones alone.
            all_ones[at + 5..at + 21].fill(0);
            all_ones[at + 5] = 2;
        }
        assert_broken(&all_ones, name);
    }
}

#[test]
fn coefficients_that_no_picture_has_are_rejected() {
    // Where each difference was multiplied by 16, DC coefficients soon leave the range of pixels.
    let jpeg = Encoding { quality: 95, ..MADE_BY_JPEG_ENCODER }.jpeg();
    let mut coarse = jpeg.clone();
    let at = position(&jpeg, marker::DQT);
    coarse[at + 5] *= 16;
    assert!(read(&jpeg).is_ok());
    assert_broken(&coarse, "a DC element of another table");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_damage_causes_a_panic(
        sample in any::<Index>(),
        damage in proptest::collection::vec((any::<Index>(), any::<u8>()), 1..6),
    ) {
        let mut samples = samples();
        let (_, mut jpeg) = samples.swap_remove(sample.index(samples.len()));
        for (index, byte) in damage {
            let index = index.index(jpeg.len());
            jpeg[index] = byte;
        }
        if let Ok(read) = read(&jpeg) {
            prop_assert!(read.width >= MIN_SIDE && read.height >= MIN_SIDE);
            // Coefficients that no encoder has written are found only where pixels are made.
            let rgb = rgb(&jpeg, THUMBNAIL_PIXELS);
            prop_assert!(matches!(rgb, Ok(_) | Err(Unreadable::Broken(_))));
        }
    }
}
