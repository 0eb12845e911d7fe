//! Any bytes as a thumbnail: decoded or rejected, without a panic and within a bound on memory. The
//! cells are the means of the pixels, and the picture can be judged.
#![no_main]

use std::time::{Duration, SystemTime};

use checks::MAX_MESSAGE_BYTES;
use libfuzzer_sys::fuzz_target;
use peak_alloc::PeakAlloc;
use source_detection::{
    FeedState, Observation, Picture, Thresholds, Unreadable,
    picture::{
        THUMBNAIL_PIXELS,
        grid::{COLUMNS, ROWS},
    },
};
use zune_jpeg::{
    JpegDecoder,
    zune_core::{bytestream::ZCursor, colorspace::ColorSpace, options::DecoderOptions},
};

#[global_allocator]
static MEMORY: PeakAlloc = PeakAlloc;

/// The most that decoding a thumbnail may allocate, whatever its header claims.
const MAX_BYTES: usize = 40_000_000;

fuzz_target!(|jpeg: &[u8]| {
    let before = MEMORY.current_usage();
    MEMORY.reset_peak_usage();
    let decoded = Picture::decode(jpeg);
    let allocated = MEMORY.peak_usage().saturating_sub(before);
    assert!(allocated <= MAX_BYTES, "{allocated} bytes for {} bytes", jpeg.len());
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
        Err(error) => assert!(error.to_string().len() <= MAX_MESSAGE_BYTES, "{error}"),
    }
});

/// The same picture in every sample is a fault, whatever it shows.
fn judge(picture: Picture) {
    let (mut feed, thresholds) = (FeedState::new(), Thresholds::default());
    for seconds in (0..60).step_by(10) {
        let at = SystemTime::UNIX_EPOCH + Duration::from_secs(1_000_000 + seconds);
        let observation = Observation::Picture { picture: picture.clone(), taken: Some(at) };
        let verdict = feed.observe(at, observation, &thresholds);
        assert!(!(verdict.is_healthy() && verdict.is_unknown()));
    }
    assert!(feed.incident().is_some(), "a picture that does not change for 50 s is a fault");
}

/// The cells are the means of the decoder's pixels, whether they were computed from coefficients or
/// from pixels. Pictures with pixels at the ends of the range are left out: there the decoder may
/// have clipped them.
fn compare(picture: &Picture, jpeg: &[u8]) {
    let options =
        DecoderOptions::default().set_strict_mode(true).jpeg_set_out_colorspace(ColorSpace::Luma);
    let mut decoder = JpegDecoder::new_with_options(ZCursor::new(jpeg), options);
    let Ok(pixels) = decoder.decode() else { return };
    let (width, height) = (usize::from(picture.size.0), usize::from(picture.size.1));
    let has_luma = matches!(decoder.input_colorspace(), Some(ColorSpace::YCbCr | ColorSpace::Luma));
    if !has_luma
        || pixels.len() != width * height
        || pixels.iter().any(|pixel| matches!(pixel, 0 | 255))
    {
        return;
    }
    let range = |index: usize, parts: usize, side: usize| {
        let from = (index * side / parts).min(side - 1);
        from..((index + 1) * side / parts).max(from + 1)
    };
    for (index, &cell) in picture.grid.cells().iter().enumerate() {
        let (columns, rows) =
            (range(index % COLUMNS, COLUMNS, width), range(index / COLUMNS, ROWS, height));
        let count = columns.len() * rows.len();
        let lines = pixels.chunks_exact(width).skip(rows.start).take(rows.len());
        let sum: usize =
            lines.flat_map(|line| &line[columns.clone()]).map(|&pixel| usize::from(pixel)).sum();
        let mean = (sum as f64) / (count as f64);
        assert!((f64::from(cell) - mean).abs() <= 2.0, "cell {index}: {cell} for {mean}");
    }
}
