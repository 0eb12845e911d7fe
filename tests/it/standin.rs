//! The stand-in itself, asked by the real SDK clients: if these pass, what the other tests see is what AWS would send.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::float_cmp, reason = "a test that cannot go on has failed")]
#![allow(clippy::disallowed_methods, reason = "CloudWatch takes the stamps of today")]

use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use aws_sdk_cloudwatch::error::{DisplayErrorContext, ProvideErrorMetadata, SdkError};
use aws_sdk_cloudwatch::operation::get_metric_data::GetMetricDataOutput;
use aws_sdk_cloudwatch::primitives::DateTime;
use aws_sdk_cloudwatch::types::{Dimension, Metric, MetricDataQuery, MetricDatum, MetricStat, ScanBy, StandardUnit};
use aws_sdk_medialive::types::{ChannelClass, ChannelState};
use aws_sdk_rekognition::types::{DetectLabelsFeatureName, Image};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use crate::standin::{
    Api, Channel, Fault, Pace, Programme, Quality, Quota, Scene, Span, Stamp, StandIn, State, fingerprint, odd,
};

/// A client of one SDK crate: no retries, so that one call is one call.
macro_rules! client {
    ($sdk:ident, $aws:expr) => {
        $sdk::Client::from_conf(
            $sdk::Config::builder()
                .behavior_version($sdk::config::BehaviorVersion::latest())
                .region($sdk::config::Region::new("eu-central-1"))
                .credentials_provider($sdk::config::Credentials::new("AKIDEXAMPLE", "secret", None, None, "test"))
                .retry_config($sdk::config::retry::RetryConfig::disabled())
                .timeout_config(
                    $sdk::config::timeout::TimeoutConfig::builder()
                        .operation_timeout(Duration::from_secs(5))
                        .build(),
                )
                .http_client(aws_smithy_http_client::Builder::new().build_http())
                .endpoint_url($aws.endpoint())
                .build(),
        )
    };
}

fn medialive(aws: &StandIn) -> aws_sdk_medialive::Client {
    client!(aws_sdk_medialive, aws)
}

fn rekognition(aws: &StandIn) -> aws_sdk_rekognition::Client {
    client!(aws_sdk_rekognition, aws)
}

fn cloudwatch(aws: &StandIn) -> aws_sdk_cloudwatch::Client {
    client!(aws_sdk_cloudwatch, aws)
}

/// A thumbnail as a caller gets it.
struct Thumbnail {
    jpeg: Vec<u8>,
    stamp: Option<f64>,
}

type ThumbnailError =
    aws_sdk_medialive::error::SdkError<aws_sdk_medialive::operation::describe_thumbnails::DescribeThumbnailsError>;

async fn try_thumbnail(aws: &StandIn, channel: &str, pipeline: &str) -> Result<Option<Thumbnail>, ThumbnailError> {
    let answer = medialive(aws)
        .describe_thumbnails()
        .channel_id(channel)
        .pipeline_id(pipeline)
        .thumbnail_type("CURRENT_ACTIVE")
        .send()
        .await?;
    let Some(detail) = answer.thumbnail_details().first() else { return Ok(None) };
    assert_eq!(detail.pipeline_id(), Some(pipeline));
    let thumbnail = &detail.thumbnails()[0];
    assert_eq!(thumbnail.content_type(), Some("image/jpeg"));
    Ok(Some(Thumbnail {
        jpeg: STANDARD.decode(thumbnail.body().unwrap()).unwrap(),
        stamp: thumbnail.time_stamp().map(DateTime::as_secs_f64),
    }))
}

async fn thumbnail(aws: &StandIn, channel: &str) -> Thumbnail {
    try_thumbnail(aws, channel, "0").await.unwrap().unwrap()
}

async fn error_of_thumbnail(aws: &StandIn, channel: &str) -> ThumbnailError {
    try_thumbnail(aws, channel, "0").await.map(|_| ()).unwrap_err()
}

type LabelsError = aws_sdk_rekognition::error::SdkError<aws_sdk_rekognition::operation::detect_labels::DetectLabelsError>;

async fn labels(aws: &StandIn, jpeg: Vec<u8>) -> Result<Quality, LabelsError> {
    let answer = rekognition(aws)
        .detect_labels()
        .image(Image::builder().bytes(jpeg.into()).build())
        .features(DetectLabelsFeatureName::ImageProperties)
        .send()
        .await?;
    let properties = answer.image_properties().unwrap();
    let colours = properties.dominant_colors();
    assert!(!colours.is_empty() && colours.len() <= 10);
    assert!(colours.iter().all(|c| c.hex_code().unwrap().len() == 7 && c.pixel_percent().unwrap() > 0.0));
    let quality = properties.quality().unwrap();
    Ok(Quality {
        brightness: quality.brightness().unwrap(),
        sharpness: quality.sharpness().unwrap(),
        contrast: quality.contrast().unwrap(),
    })
}

fn datum(channel: &str, metric: &str, at: SystemTime, value: f64) -> MetricDatum {
    let dimension = |name: &str, value: &str| Dimension::builder().name(name).value(value).build();
    MetricDatum::builder()
        .metric_name(metric)
        .dimensions(dimension("ChannelId", channel))
        .dimensions(dimension("Pipeline", "0"))
        .timestamp(DateTime::from(at))
        .value(value)
        .unit(StandardUnit::None)
        .storage_resolution(1)
        .build()
}

type PutError = SdkError<aws_sdk_cloudwatch::operation::put_metric_data::PutMetricDataError>;

async fn put(aws: &StandIn, data: Vec<MetricDatum>) -> Result<(), PutError> {
    let call = cloudwatch(aws).put_metric_data().namespace("Tests").set_metric_data(Some(data));
    call.send().await.map(|_| ())
}

/// The current time, to the second.
fn now() -> SystemTime {
    UNIX_EPOCH + Duration::from_secs(SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs())
}

const SECOND: Duration = Duration::from_secs(1);

#[tokio::test]
async fn channels_come_in_pages_with_all_that_a_list_holds() {
    let aws = StandIn::builder()
        .channel(
            Channel::new("1001").name("Nachrichten Ü 📺").standard().tag("source-monitor", "off").state(State::Starting),
        )
        .channels((2000..2050).map(|id| Channel::new(id.to_string())))
        .start();
    let pages: Result<Vec<_>, _> = medialive(&aws).list_channels().into_paginator().send().collect().await;
    let pages = pages.unwrap();
    assert_eq!(pages.iter().map(|page| page.channels().len()).collect::<Vec<_>>(), [20, 20, 11]);
    assert_eq!(pages[2].next_token(), None);
    let first = &pages[0].channels()[0];
    assert_eq!(first.id(), Some("1001"));
    assert_eq!(first.name(), Some("Nachrichten Ü 📺"));
    assert_eq!(first.arn(), Some("arn:aws:medialive:eu-central-1:111122223333:channel:1001"));
    assert_eq!(first.state(), Some(&ChannelState::Starting));
    assert_eq!(first.channel_class(), Some(&ChannelClass::Standard));
    assert_eq!(first.pipelines_running_count(), Some(2));
    assert_eq!(first.tags().unwrap()["source-monitor"], "off");
    assert_eq!(pages[0].channels()[1].channel_class(), Some(&ChannelClass::SinglePipeline));

    let small = medialive(&aws).list_channels().max_results(7).send().await.unwrap();
    assert_eq!(small.channels().len(), 7);
    assert_eq!(aws.calls(Api::ListChannels).iter().map(|call| call.items).collect::<Vec<_>>(), [20, 20, 11, 7]);
}

#[tokio::test]
async fn a_channel_deleted_between_two_pages_moves_no_other() {
    let aws = StandIn::builder().channels((0..5).map(|id| Channel::new(id.to_string()))).page_size(2).start();
    aws.on_call(Api::ListChannels, 2, |world| {
        world.remove_channel("1");
        world.remove_channel("2");
        world.add_channel(Channel::new("9"));
    });
    let pages: Result<Vec<_>, _> = medialive(&aws).list_channels().into_paginator().items().send().collect().await;
    let ids: Vec<_> = pages.unwrap().iter().map(|channel| channel.id().unwrap().to_owned()).collect();
    assert_eq!(ids, ["0", "1", "3", "4", "9"]);
}

#[tokio::test]
async fn a_list_may_repeat_channels_or_name_the_same_page_for_ever() {
    let aws = StandIn::builder().channels((0..5).map(|id| Channel::new(id.to_string()))).page_size(2).start();
    aws.fault(Fault::on(Api::ListChannels).repeats_channels());
    let pages: Result<Vec<_>, _> = medialive(&aws).list_channels().into_paginator().items().send().collect().await;
    let ids: Vec<_> = pages.unwrap().iter().map(|channel| channel.id().unwrap().to_owned()).collect();
    assert_eq!(ids, ["0", "1", "1", "2", "2", "3", "3", "4"]);

    aws.clear_faults();
    aws.fault(Fault::on(Api::ListChannels).token_for_ever());
    let first = medialive(&aws).list_channels().send().await.unwrap();
    let second = medialive(&aws).list_channels().next_token(first.next_token().unwrap()).send().await.unwrap();
    assert_eq!(first.next_token(), second.next_token());
    assert_eq!(second.channels().len(), 2);
}

#[tokio::test]
async fn a_thumbnail_is_a_jpeg_of_480_by_270_with_a_stamp_of_now() {
    let aws = StandIn::builder().channel(Channel::new("1").standard()).start();
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
    let aws = StandIn::builder().channel(Channel::new("1")).pace(Pace::WallClock(1_000_000 * SECOND)).start();
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
    let aws = StandIn::builder().channel(Channel::new("1").shows(programme)).pace(Pace::PerRequest).start();
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
    assert_eq!(aws.thumbnails_served("1", 0).iter().map(|s| s.number).collect::<Vec<_>>(), (1..=9).collect::<Vec<_>>());
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
    let aws = StandIn::builder().channels(channels).pace(Pace::PerRequest).start();
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
    let aws = StandIn::builder()
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
        try_thumbnail(&aws, "single", "1").await.map(|_| ()).unwrap_err().into_service_error().is_not_found_exception()
    );
    aws.set_state("idle", State::Running);
    assert!(try_thumbnail(&aws, "idle", "0").await.unwrap().is_some());
}

#[tokio::test]
async fn stamps_may_be_missing_stuck_shifted_stale_or_without_a_zone() {
    let hour = Duration::from_hours(1);
    let aws = StandIn::builder().channel(Channel::new("1")).pace(Pace::PerRequest).start();
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
    aws.stamp("1", 0, Stamp::NoZone);
    let error = error_of_thumbnail(&aws, "1").await;
    assert!(error.as_service_error().unwrap().code().is_none(), "the SDK cannot read it");
}

#[tokio::test]
async fn files_and_raw_bytes_are_served_as_they_are() {
    let folder = std::env::temp_dir().join(format!("stand-in-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let files = [odd::sized(480, 270), odd::progressive(), odd::greyscale()];
    for (n, file) in files.iter().enumerate() {
        std::fs::write(folder.join(format!("{n:03}.jpg")), file).unwrap();
    }
    let aws = StandIn::builder()
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
    assert!(labels(&aws, heavy).await.unwrap().brightness > 0.0, "and yet a picture");
    assert_eq!(aws.looked_at("heavy", 0)[0].number, Some(1));
    assert_eq!(decode(&odd::progressive()).len(), 480 * 270 * 3);
}

#[tokio::test]
async fn every_error_of_describe_thumbnails_arrives_as_the_modelled_one() {
    let aws = StandIn::builder().channel(Channel::new("1")).start();
    let on = || Fault::on(Api::DescribeThumbnails);
    let meet = async |fault: Fault| {
        aws.clear_faults();
        aws.fault(fault);
        error_of_thumbnail(&aws, "1").await.into_service_error()
    };
    assert!(meet(on().throttle()).await.is_too_many_requests_exception());
    assert!(meet(on().server_error(500)).await.is_internal_server_error_exception());
    assert!(meet(on().server_error(502)).await.is_bad_gateway_exception());
    assert!(meet(on().server_error(504)).await.is_gateway_timeout_exception());
    assert!(meet(on().forbidden()).await.is_forbidden_exception());
    assert!(meet(on().not_found()).await.is_not_found_exception());
    assert!(meet(on().validation()).await.is_bad_request_exception());
    assert_eq!(meet(on().denied()).await.code(), Some("AccessDeniedException"));
    assert_eq!(meet(on().expired()).await.code(), Some("ExpiredTokenException"));
    assert_eq!(meet(on().server_error(503)).await.code(), Some("ServiceUnavailable"));
    let statuses: Vec<_> = aws.calls(Api::DescribeThumbnails).iter().map(|call| call.status.unwrap()).collect();
    assert_eq!(statuses, [429, 500, 502, 504, 403, 404, 400, 403, 403, 503]);
}

#[tokio::test]
async fn every_error_of_list_channels_arrives_as_the_modelled_one() {
    let aws = StandIn::builder().start();
    let meet = async |fault: Fault| {
        aws.clear_faults();
        aws.fault(fault);
        medialive(&aws).list_channels().send().await.unwrap_err().into_service_error()
    };
    assert!(meet(Fault::on(Api::ListChannels).throttle()).await.is_too_many_requests_exception());
    assert!(meet(Fault::on(Api::ListChannels).server_error(500)).await.is_internal_server_error_exception());
    assert!(meet(Fault::on(Api::ListChannels).forbidden()).await.is_forbidden_exception());
    aws.clear_faults();
    let bad = medialive(&aws).list_channels().next_token("nonsense").send().await.unwrap_err();
    assert!(bad.into_service_error().is_bad_request_exception());
    let bad = medialive(&aws).list_channels().max_results(0).send().await.unwrap_err();
    assert!(bad.into_service_error().is_bad_request_exception());
}

#[tokio::test]
async fn rekognition_answers_from_the_pixels_it_was_sent() {
    let aws = StandIn::builder()
        .channel(Channel::new("moving").name("ü"))
        .channel(Channel::new("black").shows(Scene::Black))
        .channel(Channel::new("frozen").shows(Scene::Frozen))
        .pace(Pace::PerRequest)
        .start();
    let black = labels(&aws, thumbnail(&aws, "black").await.jpeg).await.unwrap();
    assert_eq!(black, Quality { brightness: 0.0, sharpness: 0.0, contrast: 0.0 });
    let mut sums = Vec::new();
    for _ in 0..4 {
        let quality = labels(&aws, thumbnail(&aws, "moving").await.jpeg).await.unwrap();
        let parts = [quality.brightness, quality.sharpness, quality.contrast];
        assert!(parts.iter().all(|part| (1.0..=100.0).contains(part)), "{quality:?}");
        sums.push(parts.iter().sum::<f32>());
    }
    assert!(sums.windows(2).any(|two| (two[0] - two[1]).abs() > 1.0), "{sums:?}");
    let (looked, served) = (aws.looked_at("moving", 0), aws.thumbnails_served("moving", 0));
    let numbers = |n: usize| (looked[n].number, Some(looked[n].quality), looked[n].fingerprint);
    assert!((0..4).all(|n| numbers(n) == (Some(served[n].number), served[n].quality, served[n].fingerprint)));
    let frozen = thumbnail(&aws, "frozen").await.jpeg;
    assert_eq!(labels(&aws, frozen.clone()).await.unwrap(), labels(&aws, frozen).await.unwrap());
}

#[tokio::test]
async fn rekognition_refuses_what_the_service_refuses() {
    let aws = StandIn::builder().start();
    let meet = async |jpeg: Vec<u8>| labels(&aws, jpeg).await.unwrap_err().into_service_error();
    assert!(meet(vec![]).await.is_invalid_parameter_exception());
    assert!(meet(b"\x89PNG and no more".to_vec()).await.is_invalid_image_format_exception());
    assert!(meet(odd::cut_short()[..40].to_vec()).await.is_invalid_image_format_exception());
    assert!(meet(odd::sized(1, 1)).await.is_invalid_parameter_exception());
    assert!(meet(odd::sized(480, 79)).await.is_invalid_parameter_exception());
    assert!(meet(odd::claiming(20_000, 20_000)).await.is_invalid_parameter_exception());
    assert!(meet(odd::heavy(5_242_880 + 100)).await.is_image_too_large_exception());
    assert!(labels(&aws, odd::sized(80, 80)).await.is_ok());
    let many = Fault::on(Api::DetectLabels);
    let meet = async |fault: Fault| {
        aws.clear_faults();
        aws.fault(fault);
        labels(&aws, odd::sized(480, 270)).await.unwrap_err().into_service_error()
    };
    assert!(meet(many.clone().throttle()).await.is_provisioned_throughput_exceeded_exception());
    assert!(meet(many.clone().server_error(500)).await.is_internal_server_error());
    assert!(meet(many.clone().denied()).await.is_access_denied_exception());
    assert!(meet(many.clone().validation()).await.is_invalid_parameter_exception());
    assert_eq!(meet(many.expired()).await.code(), Some("ExpiredTokenException"));
}

#[tokio::test]
async fn a_datapoint_is_read_as_it_was_sent() {
    let aws = StandIn::builder().start();
    let at = now() - SECOND + Duration::from_millis(250);
    put(&aws, vec![datum("1001", "ImageProperties", at, 12.345_678_9)]).await.unwrap();
    let fleet = MetricDatum::builder().metric_name("WatchedFeeds").timestamp(DateTime::from(at)).value(40.0).build();
    put(&aws, vec![fleet]).await.unwrap();

    let data = aws.data_of("1001", 0, "ImageProperties");
    assert_eq!(data.len(), 1);
    assert_eq!((data[0].value, data[0].timestamp, &*data[0].namespace), (12.345_678_9, at, "Tests"));
    assert_eq!((data[0].unit.as_deref(), data[0].storage_resolution, data[0].call), (Some("None"), Some(1), 1));
    let fleet = aws.fleet("WatchedFeeds");
    assert_eq!((fleet[0].value, fleet[0].unit.as_deref(), fleet[0].storage_resolution), (40.0, None, None));
    assert_eq!(aws.data_count(), 2);
    assert!(aws.calls(Api::PutMetricData).iter().all(|call| !call.gzipped && call.items == 1));
}

#[tokio::test]
async fn a_thousand_data_arrive_gzipped_in_one_call() {
    let aws = StandIn::builder().start();
    let at = now();
    let data = |count: u32| (0..count).map(|n| datum("1", &format!("M{}", n % 7), at, f64::from(n))).collect();
    put(&aws, data(1_000)).await.unwrap();
    let call = &aws.calls(Api::PutMetricData)[0];
    assert!(call.gzipped && call.request_bytes < 100_000, "{call:?}");
    assert_eq!(call.items, 1_000);
    let values: Vec<f64> = aws.data().iter().map(|datum| datum.value).collect();
    assert_eq!(values, (0..1_000).map(f64::from).collect::<Vec<_>>());
    let error = put(&aws, data(1_001)).await.unwrap_err().into_service_error();
    assert!(error.is_invalid_parameter_value_exception());
    assert_eq!(aws.data_count(), 1_000, "all or none");
}

#[tokio::test]
async fn cloudwatch_refuses_what_the_service_refuses() {
    let aws = StandIn::builder().start();
    let (at, day) = (now(), Duration::from_hours(24));
    let meet = async |datum: MetricDatum| put(&aws, vec![datum]).await.unwrap_err().into_service_error();
    assert!(meet(datum("Kanäle", "M", at, 1.0)).await.is_invalid_parameter_value_exception());
    assert!(meet(datum(" ", "M", at, 1.0)).await.is_invalid_parameter_value_exception());
    assert!(meet(datum("1", "M", at, f64::NAN)).await.is_invalid_parameter_value_exception());
    assert!(meet(datum("1", "M", at, f64::INFINITY)).await.is_invalid_parameter_value_exception());
    assert!(meet(datum("1", "M", at - 15 * day, 1.0)).await.is_invalid_parameter_value_exception());
    assert!(meet(datum("1", "M", at + day, 1.0)).await.is_invalid_parameter_value_exception());
    assert!(meet(datum("1", "", at, 1.0)).await.is_invalid_parameter_value_exception());
    assert!(meet(MetricDatum::builder().metric_name("M").build()).await.is_missing_required_parameter_exception());
    let huge = (0..900).map(|n| datum(&format!("{n:01000}"), &format!("{n:0250}"), at, 1.0)).collect();
    let error = put(&aws, huge).await.unwrap_err();
    assert_eq!(error.raw_response().unwrap().status().as_u16(), 413);
    assert_eq!(aws.data_count(), 0);

    let meet = async |fault: Fault| {
        aws.clear_faults();
        aws.fault(fault);
        put(&aws, vec![datum("1", "M", at, 1.0)]).await.unwrap_err().into_service_error()
    };
    let on = || Fault::on(Api::PutMetricData);
    assert_eq!(meet(on().throttle()).await.code(), Some("Throttling"));
    assert!(meet(on().server_error(500)).await.is_internal_service_fault());
    assert_eq!(meet(on().server_error(503)).await.code(), Some("ServiceUnavailable"));
    assert_eq!(meet(on().denied()).await.code(), Some("AccessDenied"));
    assert_eq!(meet(on().expired()).await.code(), Some("ExpiredToken"));
    assert!(meet(on().validation()).await.is_invalid_parameter_value_exception());
    assert_eq!(aws.data_count(), 0);
}

/// Asks for the maximum of one metric of some channels.
async fn maxima(
    aws: &StandIn,
    channels: &[&str],
    period: i32,
    (start, end): (SystemTime, SystemTime),
) -> Vec<GetMetricDataOutput> {
    let queries = channels.iter().enumerate().map(|(n, channel)| {
        let metric = Metric::builder()
            .namespace("Tests")
            .metric_name("FrozenSeconds")
            .dimensions(Dimension::builder().name("ChannelId").value(*channel).build())
            .dimensions(Dimension::builder().name("Pipeline").value("0").build())
            .build();
        let maximum = MetricStat::builder().metric(metric).period(period).stat("Maximum").build();
        MetricDataQuery::builder().id(format!("q{n}")).metric_stat(maximum).build()
    });
    let pages = cloudwatch(aws)
        .get_metric_data()
        .set_metric_data_queries(Some(queries.collect()))
        .start_time(DateTime::from(start))
        .end_time(DateTime::from(end))
        .scan_by(ScanBy::TimestampAscending)
        .into_paginator()
        .send()
        .collect::<Result<Vec<_>, _>>()
        .await;
    pages.unwrap_or_else(|error| panic!("{}", DisplayErrorContext(error)))
}

#[tokio::test]
async fn what_was_put_can_be_asked_for_again() {
    let minute = Duration::from_mins(1);
    let at = UNIX_EPOCH + minute * u32::try_from(now().duration_since(UNIX_EPOCH).unwrap().as_secs() / 60).unwrap() - 10 * minute;
    let dimensions = [("ChannelId", "2"), ("Pipeline", "0")];
    let aws = StandIn::builder().history("Tests", "FrozenSeconds", &dimensions, at, 3_600.0).start();
    let data = (0..12).map(|n| datum("1", "FrozenSeconds", at + n * 10 * SECOND, f64::from(n * 10))).collect();
    put(&aws, data).await.unwrap();

    let window = (at - minute, at + 5 * minute);
    let answer = &maxima(&aws, &["1", "2", "3"], 60, window).await[0];
    let results = answer.metric_data_results();
    assert_eq!(results.iter().map(|r| r.id().unwrap()).collect::<Vec<_>>(), ["q0", "q1", "q2"]);
    assert_eq!(results[0].values(), [50.0, 110.0]);
    assert_eq!(results[0].timestamps(), [DateTime::from(at), DateTime::from(at + minute)]);
    assert_eq!(results[1].values(), [3_600.0]);
    assert!(results[2].values().is_empty());
    assert_eq!(results[0].status_code().unwrap().as_str(), "Complete");
    assert_eq!(answer.next_token(), None);

    aws.set_points_a_page(5);
    let pages = maxima(&aws, &["1", "2"], 10, window).await;
    assert_eq!(pages.len(), 3);
    let of = |id: &str| -> Vec<f64> {
        let results = pages.iter().flat_map(GetMetricDataOutput::metric_data_results);
        results.filter(|result| result.id() == Some(id)).flat_map(|result| result.values().to_vec()).collect()
    };
    assert_eq!(of("q0"), (0..12).map(|n| f64::from(n * 10)).collect::<Vec<_>>());
    assert_eq!(of("q1"), [3_600.0]);

    let listed = cloudwatch(&aws).list_metrics().namespace("Tests").send().await.unwrap();
    assert_eq!(listed.metrics().len(), 2);
    aws.forget_metrics();
    assert!(maxima(&aws, &["2"], 60, window).await[0].metric_data_results()[0].values().is_empty());
}

#[tokio::test]
async fn more_than_500_queries_are_refused() {
    let aws = StandIn::builder().start();
    let query = |n: u32| {
        let metric = Metric::builder().namespace("Tests").metric_name("M").build();
        let stat = MetricStat::builder().metric(metric).period(60).stat("Sum").build();
        MetricDataQuery::builder().id(format!("q{n}")).metric_stat(stat).build()
    };
    let ask = async |count: u32| {
        let call = cloudwatch(&aws).get_metric_data().set_metric_data_queries(Some((0..count).map(query).collect()));
        call.start_time(DateTime::from(now() - SECOND)).end_time(DateTime::from(now())).send().await
    };
    assert_eq!(ask(500).await.unwrap().metric_data_results().len(), 500);
    assert_eq!(ask(501).await.unwrap_err().into_service_error().code(), Some("ValidationError"));
    assert_eq!(aws.calls(Api::GetMetricData)[0].items, 500);
    let on = Fault::on(Api::GetMetricData);
    aws.fault(on.denied());
    assert_eq!(ask(1).await.unwrap_err().into_service_error().code(), Some("AccessDenied"));
}

#[tokio::test]
async fn answers_can_be_broken_in_every_way() {
    let aws = StandIn::builder().channel(Channel::new("1").shows(Scene::FrozenIdentical)).start();
    let on = || Fault::on(Api::DescribeThumbnails);
    let meet = async |fault: Fault| {
        aws.clear_faults();
        aws.fault(fault);
        try_thumbnail(&aws, "1", "0").await
    };
    assert!(meet(on().empty()).await.unwrap().is_none());
    assert!(meet(on().hollow()).await.unwrap().is_none());
    assert!(meet(on().wrong_content_type()).await.unwrap().is_some());
    assert_eq!(meet(on().oversized(9_000_000)).await.unwrap().unwrap().jpeg.len(), thumbnail(&aws, "1").await.jpeg.len());
    let jpeg = meet(on().broken_jpeg()).await.unwrap().unwrap().jpeg;
    assert!(labels(&aws, jpeg).await.unwrap_err().into_service_error().is_invalid_image_format_exception());
    let error = meet(on().broken_body()).await.map(|_| ()).unwrap_err();
    assert!(matches!(error, SdkError::ServiceError(_) | SdkError::ResponseError(_)), "{error:?}");
    let error = meet(on().truncated()).await.map(|_| ()).unwrap_err();
    assert!(matches!(error, SdkError::ResponseError(_) | SdkError::DispatchFailure(_)), "{error:?}");
    let error = meet(on().reset()).await.map(|_| ()).unwrap_err();
    let told = DisplayErrorContext(&error).to_string();
    assert!(matches!(error, SdkError::DispatchFailure(_)) && told.contains("reset"), "{told}");
    aws.clear_faults();
    aws.fault(on().broken_base64());
    let call = medialive(&aws).describe_thumbnails().channel_id("1").pipeline_id("0").thumbnail_type("CURRENT_ACTIVE");
    let answer = call.send().await.unwrap();
    assert!(STANDARD.decode(answer.thumbnail_details()[0].thumbnails()[0].body().unwrap()).is_err());

    aws.fault(Fault::on(Api::PutMetricData).lose_answer().times(1));
    aws.fault(Fault::on(Api::PutMetricData).broken_body().from_call(1));
    assert!(matches!(put(&aws, vec![datum("1", "M", now(), 1.0)]).await, Err(SdkError::DispatchFailure(_))));
    assert_eq!(aws.data_count(), 1, "the work was done, the caller cannot know");
    let _ = put(&aws, vec![datum("1", "M", now(), 2.0)]).await;
    assert_eq!(aws.data_count(), 2);
    aws.fault(Fault::on(Api::GetMetricData).broken_body());
    let ask = cloudwatch(&aws).get_metric_data().start_time(DateTime::from(now() - SECOND)).end_time(DateTime::from(now()));
    assert!(ask.set_metric_data_queries(Some(vec![])).send().await.is_err());
}

#[tokio::test]
async fn an_answer_that_hangs_or_drips_ends_with_the_callers_patience() {
    let aws = StandIn::builder().channel(Channel::new("1")).start();
    for fault in [Fault::on(Api::DescribeThumbnails).hang(), Fault::on(Api::DescribeThumbnails).drip()] {
        aws.clear_faults();
        aws.fault(fault);
        let patience = Duration::from_millis(300);
        assert!(tokio::time::timeout(patience, try_thumbnail(&aws, "1", "0")).await.is_err());
    }
    let end = Instant::now() + Duration::from_secs(2);
    while aws.in_flight(Api::DescribeThumbnails) > 0 && Instant::now() < end {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    assert_eq!(aws.in_flight(Api::DescribeThumbnails), 0, "a caller that goes away is noticed");
    assert_eq!(aws.calls(Api::DescribeThumbnails)[0].status, None);
}

#[tokio::test]
async fn a_fault_strikes_only_the_calls_and_feeds_it_names() {
    let aws = StandIn::builder()
        .channels(["1", "2"].map(|id| Channel::new(id).standard()))
        .fault(Fault::on(Api::DescribeThumbnails).channel("1").pipeline(0).throttle().calls(1..3))
        .fault(Fault::on(Api::DetectLabels).channel("2").denied())
        .start();
    let mut went_well = Vec::new();
    for _ in 0..4 {
        assert!(try_thumbnail(&aws, "1", "1").await.is_ok());
        assert!(try_thumbnail(&aws, "2", "0").await.is_ok());
        went_well.push(try_thumbnail(&aws, "1", "0").await.is_ok());
    }
    assert_eq!(went_well, [true, false, false, true]);
    assert!(labels(&aws, thumbnail(&aws, "1").await.jpeg).await.is_ok());
    assert!(labels(&aws, thumbnail(&aws, "2").await.jpeg).await.is_err(), "a picture says whose it is");
    let troubles = aws.all_calls().iter().filter(|call| call.trouble == Some("throttle")).count();
    assert_eq!(troubles, 2);
}

#[tokio::test]
async fn quotas_throttle_what_goes_beyond_them() {
    let aws = StandIn::builder().quota(Api::ListChannels, Quota { per_second: 5.0, burst: 3.0 }).start();
    let client = medialive(&aws);
    let mut granted = 0;
    for _ in 0..10 {
        match client.list_channels().send().await {
            Ok(_) => granted += 1,
            Err(error) => assert!(error.into_service_error().is_too_many_requests_exception()),
        }
    }
    assert!((3..10).contains(&granted), "{granted}");
    tokio::time::sleep(Duration::from_millis(400)).await;
    assert!(client.list_channels().send().await.is_ok());
}

#[tokio::test]
async fn the_journal_knows_who_called_when_and_how_many_at_once() {
    let latency = Duration::from_millis(150);
    let aws = StandIn::builder()
        .channels((0..8).map(|id| Channel::new(id.to_string())))
        .latency(Api::DescribeThumbnails, latency)
        .start();
    let begin = Instant::now();
    let ids: Vec<String> = (0..8).map(|id| id.to_string()).collect();
    let client = medialive(&aws);
    let all = ids.iter().map(|id| {
        client.describe_thumbnails().channel_id(id).pipeline_id("0").thumbnail_type("CURRENT_ACTIVE").send()
    });
    assert!(futures_util::future::join_all(all).await.iter().all(Result::is_ok));
    assert!(begin.elapsed() >= latency);
    assert_eq!(aws.max_in_flight(Api::DescribeThumbnails), 8);
    assert!(aws.wait_for(Api::DescribeThumbnails, 8, SECOND).await);
    let calls = aws.calls(Api::DescribeThumbnails);
    let mut feeds: Vec<_> = calls.iter().map(|call| call.feed.clone().unwrap().to_string()).collect();
    feeds.sort();
    assert_eq!(feeds, ids.iter().map(|id| format!("{id}/0")).collect::<Vec<_>>());
    assert!(calls.iter().all(|call| call.status == Some(200) && call.at >= begin));
    let _ = medialive(&aws).describe_channel().channel_id("1").send().await.unwrap_err();
    let operations: Vec<_> = aws.operations().into_iter().collect();
    assert_eq!(operations, ["GET /prod/channels/1", "medialive:DescribeThumbnails"]);
    aws.reset_journal();
    assert_eq!((aws.count(Api::DescribeThumbnails), aws.operations().len()), (0, 0));
}

#[tokio::test]
async fn a_light_journal_only_counts() {
    let aws = StandIn::builder().channel(Channel::new("1")).light().start();
    let jpeg = thumbnail(&aws, "1").await.jpeg;
    labels(&aws, jpeg).await.unwrap();
    put(&aws, vec![datum("1", "M", now(), 1.0)]).await.unwrap();
    assert!(aws.all_calls().is_empty() && aws.data().is_empty() && aws.thumbnails_served("1", 0).is_empty());
    assert_eq!((aws.data_count(), aws.count(Api::DetectLabels), aws.operations().len()), (1, 1, 3));
}

#[tokio::test]
async fn dropping_it_frees_the_port() {
    let aws = StandIn::builder().channel(Channel::new("1")).fault(Fault::on(Api::ListChannels).hang()).start();
    let (port, client) = (aws.port(), medialive(&aws));
    let hanging = tokio::spawn(async move { client.list_channels().send().await });
    assert!(aws.wait_for(Api::ListChannels, 1, 5 * SECOND).await);
    assert!(StandIn::builder().port(port).try_start().is_err());
    drop(aws);
    assert!(hanging.await.unwrap().is_err());
    assert_eq!(StandIn::builder().port(port).start().port(), port);
}

fn decode(jpeg: &[u8]) -> Vec<u8> {
    use zune_jpeg::zune_core::{bytestream::ZCursor, colorspace::ColorSpace, options::DecoderOptions};
    let options = DecoderOptions::default().jpeg_set_out_colorspace(ColorSpace::RGB);
    zune_jpeg::JpegDecoder::new_with_options(ZCursor::new(jpeg), options).decode().unwrap()
}

/// 80x45 means of the green channel.
fn grid(jpeg: &[u8]) -> Vec<u8> {
    let rgb = decode(jpeg);
    let cell = |n: usize| {
        let (left, top) = (n % 80 * 6, n / 80 * 6);
        let sum: usize = (0..36).map(|p| usize::from(rgb[((top + p / 6) * 480 + left + p % 6) * 3 + 1])).sum();
        u8::try_from(sum / 36).unwrap()
    };
    (0..80 * 45).map(cell).collect()
}

fn largest_change(one: &[u8], other: &[u8]) -> u8 {
    one.iter().zip(other).map(|(a, b)| a.abs_diff(*b)).max().unwrap()
}
