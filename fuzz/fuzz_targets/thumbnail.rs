//! Any bytes as a thumbnail: read or refused, never a panic, within a bound of memory, with the cells that its pixels have, and judged.
#![no_main]

use std::time::{Duration, SystemTime};

use libfuzzer_sys::fuzz_target;
use mounted::{
    analyse::{Picture, Unreadable, picture::THUMBNAIL_PIXELS},
    judge::{Limits, Sight, Watch},
};
use peak_alloc::PeakAlloc;
use zune_jpeg::{
    JpegDecoder,
    zune_core::{bytestream::ZCursor, colorspace::ColorSpace, options::DecoderOptions},
};

#[global_allocator]
static MEMORY: PeakAlloc = PeakAlloc;

/// The most that a thumbnail may take while it is decoded, whatever its header claims.
const MOST_BYTES: usize = 40_000_000;

fuzz_target!(|jpeg: &[u8]| {
    let before = MEMORY.current_usage();
    MEMORY.reset_peak_usage();
    let decoded = Picture::decode(jpeg);
    let taken = MEMORY.peak_usage().saturating_sub(before);
    assert!(taken <= MOST_BYTES, "{taken} bytes for {} bytes", jpeg.len());
    match decoded {
        Ok(picture) => {
            let (width, height) = (usize::from(picture.size.0), usize::from(picture.size.1));
            assert!(width >= 16 && height >= 16 && width * height <= THUMBNAIL_PIXELS);
            assert!((0.0..=1.0).contains(&picture.tone.dark));
            assert!(picture.flat.is_none_or(|flat| (0.0..=1.0).contains(&flat.share)));
            compare(&picture, jpeg);
            judge(picture);
        }
        Err(Unreadable::DecoderFailed) => panic!("the decoder failed in an unforeseen way"),
        Err(refused) => assert!(refused.to_string().len() <= mounted::MOST_SAID, "{refused}"),
    }
});

/// The same picture again and again is some fault or none, and never healthy and unknown at once.
fn judge(picture: Picture) {
    let (mut watch, limits) = (Watch::new(), Limits::default());
    for seconds in (0..60).step_by(10) {
        let at = SystemTime::UNIX_EPOCH + Duration::from_secs(1_000_000 + seconds);
        let verdict = watch.see(at, Sight::Picture { picture: picture.clone(), taken: Some(at) }, &limits);
        assert!(!(verdict.is_healthy() && verdict.is_unknown()));
    }
    assert!(watch.incident().is_some(), "a picture that stands still for 50 s is a fault");
}

/// Cells are the means of the pixels, whichever way they were got, unless a pixel was cut off at black or white.
fn compare(picture: &Picture, jpeg: &[u8]) {
    let options = DecoderOptions::default().set_strict_mode(true).jpeg_set_out_colorspace(ColorSpace::Luma);
    let mut decoder = JpegDecoder::new_with_options(ZCursor::new(jpeg), options);
    let Ok(pixels) = decoder.decode() else { return };
    let (width, height) = (usize::from(picture.size.0), usize::from(picture.size.1));
    let of_luma = matches!(decoder.input_colorspace(), Some(ColorSpace::YCbCr | ColorSpace::Luma));
    if !of_luma || pixels.len() != width * height || pixels.iter().any(|pixel| matches!(pixel, 0 | 255)) {
        return;
    }
    let range = |index: usize, parts: usize, side: usize| {
        let from = (index * side / parts).min(side - 1);
        from..((index + 1) * side / parts).max(from + 1)
    };
    for (index, &cell) in picture.grid.cells().iter().enumerate() {
        let (columns, rows) = (range(index % 80, 80, width), range(index / 80, 45, height));
        let count = columns.len() * rows.len();
        let lines = pixels.chunks_exact(width).skip(rows.start).take(rows.len());
        let sum: usize = lines.flat_map(|line| &line[columns.clone()]).map(|&pixel| usize::from(pixel)).sum();
        let mean = (sum as f64) / (count as f64);
        assert!((f64::from(cell) - mean).abs() <= 2.0, "cell {index}: {cell} for {mean}");
    }
}
