//! Any bytes as a thumbnail: read or refused, never a panic, within a bound of memory, and judged.
#![no_main]

use std::time::{Duration, SystemTime};

use libfuzzer_sys::fuzz_target;
use mounted::{
    analyse::{Picture, Unreadable, picture::THUMBNAIL_PIXELS},
    judge::{Limits, Sight, Watch},
};
use peak_alloc::PeakAlloc;

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
