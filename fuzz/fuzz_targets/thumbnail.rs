//! Any bytes as a thumbnail: rejected, or decoded to the cells that libjpeg finds, without a panic
//! and within a bound on memory. The picture can be judged.
#![no_main]

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    time::{Duration, SystemTime},
};

use checks::MAX_MESSAGE_BYTES;
use libfuzzer_sys::fuzz_target;
use mozjpeg::{ColorSpace, Decompress};
use peak_alloc::PeakAlloc;
use source_detection::{
    FeedState, Observation, Picture, Thresholds, Unreadable,
    picture::{
        THUMBNAIL_PIXELS,
        grid::{COLUMNS, ROWS},
    },
};

#[global_allocator]
static MEMORY: PeakAlloc = PeakAlloc;

/// The most that decoding a thumbnail may allocate, whatever its header claims.
const MAX_BYTES: usize = 25_000_000;

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

/// The cells are the means of libjpeg's pixels, where these are [`trusted`].
fn compare(picture: &Picture, jpeg: &[u8]) {
    let (width, height) = (usize::from(picture.size.0), usize::from(picture.size.1));
    let pixels = reference(jpeg, 8).expect("libjpeg reads what we read");
    let block_means = reference(jpeg, 1).expect("libjpeg reads what we read");
    assert_eq!(pixels.len(), width * height);
    let is_trusted = trusted(&pixels, width, &block_means);
    let range = |index: usize, parts: usize, side: usize| {
        let from = (index * side / parts).min(side - 1);
        from..((index + 1) * side / parts).max(from + 1)
    };
    for (index, &cell) in picture.grid.cells().iter().enumerate() {
        let (columns, rows) =
            (range(index % COLUMNS, COLUMNS, width), range(index / COLUMNS, ROWS, height));
        let mut under = rows.clone().flat_map(|y| columns.clone().map(move |x| y * width + x));
        if !under.clone().all(|pixel| is_trusted[pixel]) {
            continue;
        }
        let count = columns.len() * rows.len();
        let sum = under.by_ref().fold(0, |sum, pixel| sum + usize::from(pixels[pixel]));
        let mean = (sum as f64) / (count as f64);
        assert!((f64::from(cell) - mean).abs() <= 2.0, "cell {index}: {cell} for {mean}");
    }
}

/// For each pixel, whether its whole block is free of pixels at the ends of the range and has the
/// mean that its DC coefficient gives. In other blocks libjpeg has clipped pixels, which sums of
/// coefficients don't, or its inverse DCT has overflowed. Blocks that reach beyond the picture are
/// not trusted.
fn trusted(pixels: &[u8], width: usize, block_means: &[u8]) -> Vec<bool> {
    let mut is_trusted = vec![false; pixels.len()];
    let height = pixels.len() / width;
    for row in 0..height / 8 {
        for column in 0..width / 8 {
            let block = (0..64).map(|pixel| (8 * row + pixel / 8) * width + 8 * column + pixel % 8);
            let sum = block.clone().fold(0, |sum, pixel| sum + i32::from(pixels[pixel]));
            let mean = i32::from(block_means[row * width.div_ceil(8) + column]);
            if block.clone().all(|pixel| !matches!(pixels[pixel], 0 | 255))
                && (sum - 64 * mean).abs() <= 64
            {
                block.for_each(|pixel| is_trusted[pixel] = true);
            }
        }
    }
    is_trusted
}

/// Luma as libjpeg decodes it, at so many eighths of the size; `None` if it rejects the JPEG, for
/// which its wrapper unwinds. libjpeg fills in what is missing from damaged data: such a JPEG must
/// not get here.
fn reference(jpeg: &[u8], eighths: u8) -> Option<Vec<u8>> {
    catch_unwind(AssertUnwindSafe(|| {
        let mut decoder = Decompress::new_mem(jpeg).ok()?;
        decoder.scale(eighths);
        if decoder.color_space() != ColorSpace::JCS_RGB {
            return decoder.grayscale().ok()?.read_scanlines().ok();
        }
        let rgb: Vec<[u8; 3]> = decoder.rgb().ok()?.read_scanlines().ok()?;
        let luma = rgb.into_iter().map(|[red, green, blue]| {
            let weighted = 299 * u32::from(red) + 587 * u32::from(green) + 114 * u32::from(blue);
            u8::try_from((weighted + 500) / 1000).unwrap_or(u8::MAX)
        });
        Some(luma.collect())
    }))
    .ok()?
}
