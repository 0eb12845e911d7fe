//! Failing services, malformed responses and unusual pictures: what is published and counted, and
//! that no datapoint is lost.

use std::time::{Duration, SystemTime};

use aws_stand_in::{Api, Channel, Fault, Pace, Scene, StandIn, TimeStamp, malformed_jpegs};
use medialive_source_monitor::{aws::ErrorKind, lambda::FunctionError, monitor::FailureKind};

use crate::harness::{Harness, channels};

#[tokio::test]
async fn a_repeated_page_token_fails_discovery() {
    let aws = StandIn::builder()
        .channels(channels(1001, 5))
        .page_size(2)
        .fault(Fault::on(Api::ListChannels).repeat_token())
        .start();
    let error = Harness::new(&aws, 1, &[]).try_tick(Duration::from_secs(60)).await.unwrap_err();
    assert_eq!(error.error_type(), "DiscoveryFailed");
    assert!(aws.count(Api::ListChannels) < 10);
}

#[tokio::test]
async fn a_channel_on_two_pages_is_watched_once() {
    let aws = StandIn::builder()
        .channels(channels(1001, 5))
        .page_size(2)
        .pace(Pace::PerRequest)
        .fault(Fault::on(Api::ListChannels).repeat_channels())
        .start();
    let report = Harness::new(&aws, 1, &[]).tick().await;
    assert_eq!(report.feeds, 5);
}

#[tokio::test]
async fn a_list_that_cannot_be_refreshed_is_used_again() {
    let aws = StandIn::builder()
        .channel(Channel::new("1001"))
        .pace(Pace::PerRequest)
        .fault(Fault::on(Api::ListChannels).server_error(500).after_calls(1))
        .start();
    let report = Harness::new(&aws, 3, &[]).tick().await;
    assert_eq!((report.rounds, report.samples), (3, 3));
    assert_eq!(
        aws.fleet("ApiErrors").iter().map(|datum| datum.value).collect::<Vec<_>>(),
        [0.0, 2.0, 2.0]
    );
}

#[tokio::test]
async fn while_list_channels_hangs_the_channels_of_the_last_list_are_sampled() {
    let aws = StandIn::builder()
        .channels(channels(1001, 4))
        .pace(Pace::PerRequest)
        .fault(Fault::on(Api::ListChannels).hang().after_calls(1))
        .start();
    let report = Harness::new(&aws, 3, &[]).tick().await;
    assert_eq!((report.rounds, report.samples, report.skipped), (3, 12, 0));
    assert_eq!(aws.fleet("WatchedFeeds").len(), 3);
}

#[tokio::test]
async fn malformed_responses_are_failed_samples() {
    let (thumbnail, on) = (Api::DescribeThumbnails, Fault::on);
    let faults = [
        on(thumbnail).channel("1001").truncated(),
        on(thumbnail).channel("1002").broken_body(),
        on(thumbnail).channel("1003").wrong_content_type(),
        on(thumbnail).channel("1004").oversized(8_000_000),
        on(thumbnail).channel("1005").drip(),
        on(Api::DetectLabels).channel("1006").empty_object(),
        on(Api::DetectLabels).channel("1007").broken_body(),
    ];
    let mut aws = StandIn::builder().channels(channels(1001, 8)).pace(Pace::PerRequest);
    for fault in faults {
        aws = aws.fault(fault);
    }
    let aws = aws.start();
    let report = Harness::new(&aws, 1, &[]).tick().await;
    let failed: usize = report.failures.values().sum();
    assert_eq!(report.skipped, 0);
    assert!(failed >= 6, "{:?}", report.failures);
    assert_eq!(
        report.failures[&FailureKind::Call(ErrorKind::TimedOut)],
        1,
        "{:?}",
        report.failures
    );
    assert_eq!(aws.values_of("1008", 0, "FaultSeconds"), [0.0]);
    assert_eq!(aws.fleet("FailedSamples")[0].value, failed as f64);
}

#[tokio::test]
async fn pictures_of_unusual_sizes_and_formats_are_decoded_or_rejected_and_never_fatal() {
    let pictures = [
        (malformed_jpegs::sized(1, 1), false),
        (malformed_jpegs::claiming(20_000, 20_000), false),
        (malformed_jpegs::truncated(), false),
        (b"GIF89a, not a JPEG at all".to_vec(), false),
        (malformed_jpegs::greyscale(), true),
        (malformed_jpegs::progressive(), true),
        (malformed_jpegs::sized(960, 540), true),
    ];
    let shown = pictures
        .iter()
        .zip(channels(1001, pictures.len()))
        .map(|((jpeg, _), channel)| channel.shows(Scene::raw(jpeg.clone())));
    let aws = StandIn::builder().channels(shown).pace(Pace::PerRequest).start();
    let report = Harness::new(&aws, 1, &[("REKOGNITION_INTERVAL", "0")]).tick().await;
    assert_eq!(report.failures, [(FailureKind::UnreadablePicture, 4)].into());
    assert_eq!(report.samples, 3);
    for ((_, is_readable), id) in pictures.iter().zip(1001..) {
        assert_eq!(
            aws.values_of(&id.to_string(), 0, "FaultSeconds").len(),
            usize::from(*is_readable),
            "channel {id}"
        );
    }
}

#[tokio::test]
async fn a_time_stamp_that_does_not_advance_counts_as_no_picture() {
    let aws = StandIn::builder()
        .channel(Channel::new("1001").time_stamp(TimeStamp::Stale))
        .channel(Channel::new("1002").time_stamp(TimeStamp::Missing))
        .channel(Channel::new("1003").time_stamp(TimeStamp::Future(Duration::from_secs(3600))))
        .channel(Channel::new("1004").time_stamp(TimeStamp::Past(Duration::from_secs(3600))))
        .pace(Pace::PerRequest)
        .start();
    let settings = [("NO_PICTURE_AFTER", "8")];
    let report = Harness::new(&aws, 7, &settings).tick().await;
    let open: Vec<_> =
        report.incidents.iter().map(|open| (open.channel.as_str(), open.condition)).collect();
    assert_eq!(open, [("1001", "no_picture")]);
}

#[tokio::test]
async fn with_rekognition_denied_conditions_are_decided_from_pixels() {
    let aws = StandIn::builder()
        .channel(Channel::new("1001").shows(Scene::Black))
        .pace(Pace::PerRequest)
        .fault(Fault::on(Api::DetectLabels).denied())
        .start();
    let report = Harness::new(&aws, 3, &[("BLACK_AFTER", "4")]).tick().await;
    assert_eq!(report.failures, [(FailureKind::Call(ErrorKind::Denied), 3)].into());
    assert_eq!(report.incidents[0].condition, "black");
    assert!(aws.values_of("1001", 0, "ImageProperties").is_empty());
}

#[tokio::test]
async fn datapoints_whose_response_was_lost_are_sent_again_and_change_no_value() {
    let aws = StandIn::builder()
        .channel(Channel::new("1001"))
        .pace(Pace::PerRequest)
        .fault(Fault::on(Api::PutMetricData).lose_response().times(1))
        .start();
    let mut harness = Harness::new(&aws, 2, &[]);
    harness.tick().await;
    let watched = aws.fleet("WatchedFeeds");
    assert_eq!(watched.len(), 3, "the first datapoint twice, the second once");
    assert_eq!((watched[0].timestamp, watched[0].value), (watched[1].timestamp, watched[1].value));
    assert!(harness.spilled().is_empty());
}

#[tokio::test]
async fn datapoints_that_cloudwatch_rejects_go_to_the_log_at_once() {
    let aws = StandIn::builder()
        .channel(Channel::new("1001"))
        .pace(Pace::PerRequest)
        .fault(Fault::on(Api::PutMetricData).validation().times(1))
        .start();
    let mut harness = Harness::new(&aws, 2, &[]);
    let report = harness.tick().await;
    assert_eq!(aws.fleet("WatchedFeeds").len(), 1);
    assert_eq!(harness.spilled().len(), 2);
    assert!(report.spilled > 0 && report.published > 0);
}

#[tokio::test]
async fn a_channel_deleted_during_a_round_counts_as_no_picture_and_is_then_unwatched() {
    let aws = StandIn::builder().channels(channels(1001, 4)).pace(Pace::PerRequest).start();
    aws.on_call(Api::DescribeThumbnails, 1, |aws| aws.remove_channel("1004"));
    let report = Harness::new(&aws, 2, &[]).tick().await;
    assert_eq!((report.no_picture, report.samples, report.feeds), (1, 6, 3));
}

#[tokio::test]
async fn an_unreachable_service_fails_the_tick_before_its_deadline() {
    let aws = StandIn::builder().start();
    let mut harness = Harness::new(&aws, 1, &[]);
    drop(aws);
    let start = SystemTime::now();
    let error = harness.try_tick(Duration::from_secs(30)).await.unwrap_err();
    assert_eq!(error.error_type(), "DiscoveryFailed");
    assert!(start.elapsed().unwrap() < Duration::from_secs(30));
    assert_eq!(harness.spilled().len(), 1, "the counts of calls are in the log");
}
