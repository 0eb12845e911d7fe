//! DescribeThumbnails: stills, scenes, time stamps, and the responses without a thumbnail.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use aws_stand_in::{
    Channel, ChannelState, Pace, Programme, Scene, Span, TimeStamp, fingerprint, malformed_jpegs,
};
use zune_jpeg::{
    JpegDecoder,
    zune_core::{bytestream::ZCursor, colorspace::ColorSpace, options::DecoderOptions},
};

use super::{SECOND, builder, detect_labels, thumbnail, thumbnail_error, try_thumbnail};

/// The pixels of a JPEG: red, green and blue of each.
fn decode(jpeg: &[u8]) -> Vec<u8> {
    let options = DecoderOptions::default().jpeg_set_out_colorspace(ColorSpace::RGB);
    JpegDecoder::new_with_options(ZCursor::new(jpeg), options).decode().unwrap()
}

/// Means of the green component in 80 x 45 cells.
fn grid(jpeg: &[u8]) -> Vec<u8> {
    let rgb = decode(jpeg);
    let cell = |n: usize| {
        let (left, top) = (n % 80 * 6, n / 80 * 6);
        let green = |pixel: usize| rgb[((top + pixel / 6) * 480 + left + pixel % 6) * 3 + 1];
        let sum: usize = (0..36).map(|pixel| usize::from(green(pixel))).sum();
        u8::try_from(sum / 36).unwrap()
    };
    (0..80 * 45).map(cell).collect()
}

fn largest_change(one: &[u8], other: &[u8]) -> u8 {
    one.iter().zip(other).map(|(a, b)| a.abs_diff(*b)).max().unwrap()
}

fn seconds_since_1970() -> f64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs_f64()
}

#[tokio::test]
async fn a_thumbnail_is_a_jpeg_of_480_by_270_with_a_current_time_stamp() {
    let aws = builder().channel(Channel::new("1").standard()).start();
    let before = seconds_since_1970();
    let one = thumbnail(&aws, "1").await;
    let mut decoder = JpegDecoder::new(ZCursor::new(&one.jpeg));
    decoder.decode().unwrap();
    assert_eq!(decoder.info().map(|info| (info.width, info.height)), Some((480, 270)));
    assert!((one.time_stamp.unwrap() - before).abs() <= 3.0);
    assert_eq!(one.time_stamp.unwrap() % 2.0, 0.0, "renewed every 2 s by the wall clock");
    let other = try_thumbnail(&aws, "1", "1").await.unwrap().unwrap();
    assert_ne!(one.jpeg, other.jpeg, "each pipeline has its own picture");
    let served = aws.thumbnails_served("1", 0);
    assert_eq!((served[0].number, served[0].fingerprint), (1, fingerprint(&one.jpeg)));
}

#[tokio::test]
async fn a_still_stays_until_its_period_is_over() {
    let aws =
        builder().channel(Channel::new("1")).pace(Pace::WallClock(1_000_000 * SECOND)).start();
    let (one, other) = (thumbnail(&aws, "1").await, thumbnail(&aws, "1").await);
    assert!(one.jpeg == other.jpeg && one.time_stamp == other.time_stamp);
    aws.set_pace(Pace::WallClock(Duration::from_millis(10)));
    tokio::time::sleep(Duration::from_millis(20)).await;
    let renewed = thumbnail(&aws, "1").await;
    assert!(renewed.jpeg != one.jpeg && renewed.time_stamp > one.time_stamp);
    let milliseconds = (renewed.time_stamp.unwrap() * 1000.0).round();
    assert_eq!(milliseconds % 10.0, 0.0, "time stamps are multiples of the period");
}

#[tokio::test]
async fn a_programme_plays_its_scenes_still_by_still() {
    let programme = Programme::of(Scene::Moving, Span::Stills(2))
        .then(Scene::Frozen, Span::Stills(3))
        .then(Scene::Black, Span::Stills(2))
        .then(Scene::FrozenIdentical, Span::Rest);
    let aws = builder().channel(Channel::new("1").shows(programme)).pace(Pace::PerRequest).start();
    let mut stills = Vec::new();
    for _ in 0..9 {
        stills.push(thumbnail(&aws, "1").await);
    }
    let levels = |n: usize| grid(&stills[n].jpeg);
    assert!(largest_change(&levels(0), &levels(1)) > 60, "moving");
    for (a, b) in [(1, 2), (2, 3), (3, 4)] {
        assert!(largest_change(&levels(a), &levels(b)) <= 3, "the freeze keeps the last picture");
        assert_ne!(stills[a].jpeg, stills[b].jpeg, "and is encoded again each time");
    }
    assert_eq!(levels(5).iter().max(), Some(&0), "black");
    assert_eq!(stills[5].jpeg, stills[6].jpeg);
    assert_eq!(stills[7].jpeg, stills[8].jpeg, "frozen with identical bytes");
    assert!(stills.windows(2).all(|two| two[0].time_stamp < two[1].time_stamp));
    let numbers: Vec<_> =
        aws.thumbnails_served("1", 0).iter().map(|served| served.number).collect();
    assert_eq!(numbers, (1..=9).collect::<Vec<_>>());
}

#[tokio::test]
async fn scenes_change_as_much_as_their_names_say() {
    let scenes = [
        ("moving", Scene::Moving),
        ("clock", Scene::FrozenBackground),
        ("bars", Scene::Bars),
        ("flat", Scene::Flat),
        ("slate", Scene::Slate),
        ("noisy", Scene::NoisyBlack),
    ];
    let channels = scenes.map(|(id, scene)| Channel::new(id).shows(scene));
    let aws = builder().channels(channels).pace(Pace::PerRequest).start();
    // Between two stills: the largest change of a cell, and the share of cells that change by more
    // than 6 levels.
    let change = async |id: &str| {
        let (one, other) =
            (grid(&thumbnail(&aws, id).await.jpeg), grid(&thumbnail(&aws, id).await.jpeg));
        let changed = one.iter().zip(&other).filter(|(a, b)| a.abs_diff(**b) > 6).count();
        (largest_change(&one, &other), changed as f64 / one.len() as f64)
    };
    let mut least = (255, 1.0_f64);
    for _ in 0..32 {
        let (largest, share) = change("moving").await;
        least = (least.0.min(largest), least.1.min(share));
    }
    assert!(least.0 >= 60 && least.1 > 0.3, "{least:?}");
    let (largest, share) = change("clock").await;
    assert!(largest > 24 && share < 0.02, "{largest} {share}");
    for id in ["bars", "flat", "slate", "noisy"] {
        assert!(change(id).await.0 <= 3, "{id}");
    }
}

#[tokio::test]
async fn bars_flat_and_black_have_the_colours_that_their_names_say() {
    let scenes = [("bars", Scene::Bars), ("flat", Scene::Flat), ("noisy", Scene::NoisyBlack)];
    let channels = scenes.map(|(id, scene)| Channel::new(id).shows(scene));
    let aws = builder().channels(channels).start();
    let rgb = decode(&thumbnail(&aws, "bars").await.jpeg);
    let bar = |bar: usize| {
        let centre = (90 * 480 + bar * 480 / 7 + 34) * 3;
        [0, 1, 2].map(|component| rgb[centre + component] > 96)
    };
    let [y, n] = [true, false];
    let white_to_blue =
        [[y, y, y], [y, y, n], [n, y, y], [n, y, n], [y, n, y], [y, n, n], [n, n, y]];
    assert_eq!(std::array::from_fn(bar), white_to_blue);
    assert!(grid(&thumbnail(&aws, "noisy").await.jpeg).iter().all(|level| *level <= 6));
    let flat = grid(&thumbnail(&aws, "flat").await.jpeg);
    assert!(flat.iter().max().unwrap() - flat.iter().min().unwrap() <= 2);
}

#[tokio::test]
async fn a_feed_without_a_picture_returns_an_empty_list_or_one_of_two_errors() {
    let aws = builder()
        .channel(Channel::new("none").shows(Scene::NoThumbnail))
        .channel(Channel::new("missing").shows(Scene::NotFound))
        .channel(Channel::new("not-ready").shows(Scene::NotReady))
        .channel(Channel::new("idle").state(ChannelState::Idle))
        .channel(Channel::new("single"))
        .start();
    assert!(try_thumbnail(&aws, "none", "0").await.unwrap().is_none());
    let error = async |id: &str, pipeline: &str| {
        thumbnail_error(&aws, id, pipeline).await.into_service_error()
    };
    assert!(error("missing", "0").await.is_not_found_exception());
    assert!(error("unknown", "0").await.is_not_found_exception());
    assert!(error("not-ready", "0").await.is_bad_request_exception());
    assert!(error("idle", "0").await.is_bad_request_exception());
    assert!(error("single", "1").await.is_not_found_exception());
    aws.set_state("idle", ChannelState::Running);
    assert!(try_thumbnail(&aws, "idle", "0").await.unwrap().is_some());
}

#[tokio::test]
async fn time_stamps_can_be_missing_stuck_stale_or_shifted() {
    let hour = Duration::from_hours(1);
    let aws = builder().channel(Channel::new("1")).pace(Pace::PerRequest).start();
    aws.set_time_stamp("1", 0, TimeStamp::Missing);
    assert_eq!(thumbnail(&aws, "1").await.time_stamp, None);
    aws.set_time_stamp("1", 0, TimeStamp::Stuck);
    let (one, other) = (thumbnail(&aws, "1").await, thumbnail(&aws, "1").await);
    assert!(one.time_stamp == other.time_stamp && one.jpeg != other.jpeg);
    aws.set_time_stamp("1", 0, TimeStamp::Stale);
    let (one, other) = (thumbnail(&aws, "1").await, thumbnail(&aws, "1").await);
    assert!(one.time_stamp == other.time_stamp && one.jpeg == other.jpeg);
    aws.set_time_stamp("1", 0, TimeStamp::Future(hour));
    assert!(
        (thumbnail(&aws, "1").await.time_stamp.unwrap() - seconds_since_1970() - 3600.0).abs()
            < 5.0
    );
    aws.set_time_stamp("1", 0, TimeStamp::Past(hour));
    assert!(
        (thumbnail(&aws, "1").await.time_stamp.unwrap() - seconds_since_1970() + 3600.0).abs()
            < 5.0
    );
}

#[tokio::test]
async fn files_and_raw_bytes_are_served_unchanged() {
    let folder = std::env::temp_dir().join(format!("stand-in-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let files = [
        malformed_jpegs::sized(480, 270),
        malformed_jpegs::progressive(),
        malformed_jpegs::greyscale(),
    ];
    for (n, file) in files.iter().enumerate() {
        std::fs::write(folder.join(format!("{n:03}.jpg")), file).unwrap();
    }
    let aws = builder()
        .channel(Channel::new("folder").shows(Scene::folder(&folder).unwrap()))
        .channel(Channel::new("raw").shows(Scene::raw(b"not a picture")))
        .channel(Channel::new("padded").shows(Scene::raw(malformed_jpegs::padded(5_000_000))))
        .pace(Pace::PerRequest)
        .start();
    for n in [0, 1, 2, 0] {
        assert_eq!(thumbnail(&aws, "folder").await.jpeg, files[n]);
    }
    std::fs::remove_dir_all(&folder).unwrap();
    assert!(Scene::folder(&folder).is_err());
    assert_eq!(thumbnail(&aws, "raw").await.jpeg, b"not a picture");
    let padded = thumbnail(&aws, "padded").await.jpeg;
    assert_eq!(padded.len(), 5_000_000);
    assert!(detect_labels(&aws, padded).await.unwrap().brightness > 0.0, "a valid picture");
    assert_eq!(aws.pictures_analysed("padded", 0)[0].number, Some(1));
    assert_eq!(decode(&malformed_jpegs::progressive()).len(), 480 * 270 * 3);
}
