//! DescribeThumbnails: stills, scenes, stamps, and the ways of having none.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use super::{
    SECOND, builder, decode, error_of_thumbnail, grid, largest_change, look, thumbnail, try_thumbnail,
};
use aws_stand_in::{Channel, Pace, Programme, Scene, Span, Stamp, State, fingerprint, odd};

#[tokio::test]
async fn a_thumbnail_is_a_jpeg_of_480_by_270_with_a_stamp_of_now() {
    let aws = builder().channel(Channel::new("1").standard()).start();
    let before = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs_f64();
    let one = thumbnail(&aws, "1").await;
    let mut decoder = zune_jpeg::JpegDecoder::new(zune_jpeg::zune_core::bytestream::ZCursor::new(&one.jpeg));
    decoder.decode().unwrap();
    assert_eq!(decoder.info().map(|info| (info.width, info.height)), Some((480, 270)));
    assert!((one.stamp.unwrap() - before).abs() <= 3.0);
    assert_eq!(one.stamp.unwrap() % 2.0, 0.0, "renewed every 2 s by the clock");
    let other = try_thumbnail(&aws, "1", "1").await.unwrap().unwrap();
    assert_ne!(one.jpeg, other.jpeg, "each pipeline has its own picture");
    let served = aws.thumbnails_served("1", 0);
    assert_eq!((served[0].number, served[0].fingerprint), (1, fingerprint(&one.jpeg)));
}

#[tokio::test]
async fn a_still_lives_until_the_clock_renews_it() {
    let aws = builder().channel(Channel::new("1")).pace(Pace::WallClock(1_000_000 * SECOND)).start();
    let (one, other) = (thumbnail(&aws, "1").await, thumbnail(&aws, "1").await);
    assert!(one.jpeg == other.jpeg && one.stamp == other.stamp);
    aws.set_pace(Pace::WallClock(Duration::from_millis(10)));
    tokio::time::sleep(Duration::from_millis(20)).await;
    let renewed = thumbnail(&aws, "1").await;
    assert!(renewed.jpeg != one.jpeg && renewed.stamp > one.stamp);
    assert_eq!((renewed.stamp.unwrap() * 1000.0).round() % 10.0, 0.0, "stamps are whole periods");
}

#[tokio::test]
async fn a_programme_runs_through_its_scenes_still_by_still() {
    let programme = Programme::of(Scene::Moving, Span::Stills(2))
        .then(Scene::Frozen, Span::Stills(3))
        .then(Scene::Black, Span::Stills(2))
        .then(Scene::FrozenIdentical, Span::Rest);
    let aws = builder().channel(Channel::new("1").shows(programme)).pace(Pace::PerRequest).start();
    let mut stills = Vec::new();
    for _ in 0..9 {
        stills.push(thumbnail(&aws, "1").await);
    }
    let level = |n: usize| grid(&stills[n].jpeg);
    assert!(largest_change(&level(0), &level(1)) > 60, "moving");
    for (a, b) in [(1, 2), (2, 3), (3, 4)] {
        assert!(largest_change(&level(a), &level(b)) <= 3, "the freeze holds the last picture");
        assert_ne!(stills[a].jpeg, stills[b].jpeg, "and is encoded again each time");
    }
    assert_eq!(level(5).iter().max(), Some(&0), "black");
    assert_eq!(stills[5].jpeg, stills[6].jpeg);
    assert_eq!(stills[7].jpeg, stills[8].jpeg, "frozen to the byte");
    assert!(stills.windows(2).all(|two| two[0].stamp < two[1].stamp), "each request has a fresh stamp");
    assert_eq!(
        aws.thumbnails_served("1", 0).iter().map(|s| s.number).collect::<Vec<_>>(),
        (1..=9).collect::<Vec<_>>()
    );
}

#[tokio::test]
async fn every_scene_is_what_it_is_called() {
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
    let change = async |id: &str| {
        let (one, other) = (grid(&thumbnail(&aws, id).await.jpeg), grid(&thumbnail(&aws, id).await.jpeg));
        let over_6 = one.iter().zip(&other).filter(|(a, b)| a.abs_diff(**b) > 6).count();
        #[allow(clippy::cast_precision_loss, reason = "3,600 cells")]
        (largest_change(&one, &other), over_6 as f64 / one.len() as f64)
    };
    let mut least = (255, 1.0_f64);
    for _ in 0..32 {
        let (cell, share) = change("moving").await;
        least = (least.0.min(cell), least.1.min(share));
    }
    assert!(least.0 >= 60 && least.1 > 0.3, "{least:?}");
    let (cell, share) = change("clock").await;
    assert!(cell > 24 && share < 0.02, "{cell} {share}");
    for id in ["bars", "flat", "slate", "noisy"] {
        assert!(change(id).await.0 <= 3, "{id}");
    }
    let rgb = decode(&thumbnail(&aws, "bars").await.jpeg);
    let order: Vec<[bool; 3]> = (0..7)
        .map(|bar| {
            let at = (90 * 480 + bar * 480 / 7 + 34) * 3;
            [0, 1, 2].map(|part| rgb[at + part] > 96)
        })
        .collect();
    let [y, n] = [true, false];
    assert_eq!(order, [[y, y, y], [y, y, n], [n, y, y], [n, y, n], [y, n, y], [y, n, n], [n, n, y]]);
    assert!(grid(&thumbnail(&aws, "noisy").await.jpeg).iter().all(|level| *level <= 6));
    let flat = grid(&thumbnail(&aws, "flat").await.jpeg);
    assert!(flat.iter().max().unwrap() - flat.iter().min().unwrap() <= 2);
}

#[tokio::test]
async fn the_ways_of_having_no_picture_are_told_apart() {
    let aws = builder()
        .channel(Channel::new("none").shows(Scene::None))
        .channel(Channel::new("missing").shows(Scene::NotFound))
        .channel(Channel::new("not-ready").shows(Scene::NotReady))
        .channel(Channel::new("idle").state(State::Idle))
        .channel(Channel::new("single"))
        .start();
    assert!(try_thumbnail(&aws, "none", "0").await.unwrap().is_none());
    let code = async |id: &str| error_of_thumbnail(&aws, id).await.into_service_error();
    assert!(code("missing").await.is_not_found_exception());
    assert!(code("unknown").await.is_not_found_exception());
    assert!(code("not-ready").await.is_bad_request_exception());
    assert!(code("idle").await.is_bad_request_exception());
    assert!(
        try_thumbnail(&aws, "single", "1")
            .await
            .map(|_| ())
            .unwrap_err()
            .into_service_error()
            .is_not_found_exception()
    );
    aws.set_state("idle", State::Running);
    assert!(try_thumbnail(&aws, "idle", "0").await.unwrap().is_some());
}

#[tokio::test]
async fn stamps_may_be_missing_stuck_shifted_or_stale() {
    let hour = Duration::from_hours(1);
    let aws = builder().channel(Channel::new("1")).pace(Pace::PerRequest).start();
    let clock = || SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs_f64();
    aws.stamp("1", 0, Stamp::Missing);
    assert_eq!(thumbnail(&aws, "1").await.stamp, None);
    aws.stamp("1", 0, Stamp::Stuck);
    let (one, other) = (thumbnail(&aws, "1").await, thumbnail(&aws, "1").await);
    assert!(one.stamp == other.stamp && one.jpeg != other.jpeg);
    aws.stamp("1", 0, Stamp::Stale);
    let (one, other) = (thumbnail(&aws, "1").await, thumbnail(&aws, "1").await);
    assert!(one.stamp == other.stamp && one.jpeg == other.jpeg);
    aws.stamp("1", 0, Stamp::Future(hour));
    assert!((thumbnail(&aws, "1").await.stamp.unwrap() - clock() - 3600.0).abs() < 5.0);
    aws.stamp("1", 0, Stamp::Past(hour));
    assert!((thumbnail(&aws, "1").await.stamp.unwrap() - clock() + 3600.0).abs() < 5.0);
}

#[tokio::test]
async fn files_and_raw_bytes_are_served_as_they_are() {
    let folder = std::env::temp_dir().join(format!("stand-in-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let files = [odd::sized(480, 270), odd::progressive(), odd::greyscale()];
    for (n, file) in files.iter().enumerate() {
        std::fs::write(folder.join(format!("{n:03}.jpg")), file).unwrap();
    }
    let aws = builder()
        .channel(Channel::new("folder").shows(Scene::folder(&folder).unwrap()))
        .channel(Channel::new("raw").shows(Scene::raw(b"no picture at all")))
        .channel(Channel::new("heavy").shows(Scene::raw(odd::heavy(5_000_000))))
        .pace(Pace::PerRequest)
        .start();
    for n in [0, 1, 2, 0] {
        assert_eq!(thumbnail(&aws, "folder").await.jpeg, files[n]);
    }
    std::fs::remove_dir_all(&folder).unwrap();
    assert!(Scene::folder(&folder).is_err());
    assert_eq!(thumbnail(&aws, "raw").await.jpeg, b"no picture at all");
    let heavy = thumbnail(&aws, "heavy").await.jpeg;
    assert_eq!(heavy.len(), 5_000_000);
    assert!(look(&aws, heavy).await.unwrap().brightness > 0.0, "and yet a picture");
    assert_eq!(aws.looked_at("heavy", 0)[0].number, Some(1));
    assert_eq!(decode(&odd::progressive()).len(), 480 * 270 * 3);
}
