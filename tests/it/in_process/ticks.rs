//! Whole ticks: which feeds are sampled, which calls are made, and what is published or, in the
//! end, logged.

use std::{
    collections::{BTreeMap, BTreeSet},
    time::{Duration, SystemTime},
};

use aws_stand_in::{Api, Channel, ChannelState, Datum, Fault, Pace, Scene, StandIn};
use medialive_source_monitor::{aws::ErrorKind, lambda::FunctionError, monitor::FailureKind};
use serde_json::json;

use crate::harness::{Harness, channels, values};

/// The feeds that have datapoints of this metric.
fn feeds_with(aws: &StandIn, metric: &str) -> BTreeSet<String> {
    let named = |datum: &Datum| {
        let dimension = |name| datum.dimensions.get(name).cloned();
        Some(format!("{}/{}", dimension("ChannelId")?, dimension("Pipeline")?))
    };
    aws.data().iter().filter(|datum| datum.name == metric).filter_map(named).collect()
}

#[tokio::test]
async fn every_page_is_read_and_only_channels_that_may_be_on_air_are_watched() {
    let states = [
        ChannelState::Running,
        ChannelState::Starting,
        ChannelState::Recovering,
        ChannelState::Updating,
        ChannelState::Idle,
        ChannelState::Stopping,
        ChannelState::Creating,
        ChannelState::CreateFailed,
        ChannelState::Deleting,
        ChannelState::Deleted,
        ChannelState::UpdateFailed,
    ];
    let channels =
        channels(1001, states.len()).zip(states).map(|(channel, state)| channel.state(state));
    let aws = StandIn::builder().channels(channels).page_size(2).pace(Pace::PerRequest).start();
    let report = Harness::new(&aws, 1, &[]).tick().await;
    assert_eq!(report.feeds, 4);
    assert_eq!(aws.count(Api::ListChannels), 6);
    assert_eq!(
        feeds_with(&aws, "FaultSeconds"),
        ["1001/0", "1002/0", "1003/0", "1004/0"].map(String::from).into()
    );
}

#[tokio::test]
async fn a_standard_channel_has_two_feeds_however_many_pipelines_run() {
    let aws = StandIn::builder()
        .channel(Channel::new("1001").standard().running_pipelines(1))
        .channel(Channel::new("1002").single_pipeline())
        .pace(Pace::PerRequest)
        .start();
    let report = Harness::new(&aws, 1, &[]).tick().await;
    assert_eq!(report.feeds, 3);
    assert_eq!(
        feeds_with(&aws, "FaultSeconds"),
        ["1001/0", "1001/1", "1002/0"].map(String::from).into()
    );
}

#[tokio::test]
async fn fleet_counts_are_published_also_when_they_are_zero() {
    let aws = StandIn::builder().pace(Pace::PerRequest).start();
    let report = Harness::new(&aws, 1, &[]).tick().await;
    assert_eq!((report.rounds, report.feeds), (1, 0));
    let fleet: BTreeMap<String, f64> =
        aws.data().iter().map(|datum| (datum.name.clone(), datum.value)).collect();
    let names = [
        "WatchedFeeds",
        "FailedSamples",
        "NoPictureFeeds",
        "NoThumbnailFeeds",
        "MissingRatings",
        "SkippedFeeds",
        "ApiThrottles",
        "ApiErrors",
        "FrozenFeeds",
        "BlackFeeds",
        "BarsFeeds",
        "FlatFeeds",
        "RepeatingFeeds",
        "PartialFeeds",
        "SlateFeeds",
        "MismatchedChannels",
        "HealthyFeeds",
        "UnknownFeeds",
        "UnreadableTags",
        "UnsentEvents",
    ];
    assert_eq!(fleet, names.map(|name| (name.to_owned(), 0.0)).into());
    assert!(aws.data().iter().all(|datum| datum.dimensions.is_empty()));
}

#[tokio::test]
async fn a_failing_feed_is_counted_and_never_affects_the_others() {
    let thumbnail = |id: &str| Fault::on(Api::DescribeThumbnails).channel(id);
    let aws = StandIn::builder()
        .channel(Channel::new("1001").name("Überall – 東京"))
        .channels(channels(1002, 8))
        .pace(Pace::PerRequest)
        .fault(thumbnail("1002").throttle())
        .fault(thumbnail("1003").server_error(500))
        .fault(thumbnail("1004").hang())
        .fault(thumbnail("1005").denied())
        .fault(thumbnail("1006").broken_base64())
        .fault(thumbnail("1007").broken_jpeg())
        .fault(thumbnail("1008").reset())
        .fault(Fault::on(Api::DetectLabels).channel("1009").validation())
        .start();
    let report = Harness::new(&aws, 1, &[]).tick().await;
    let expected = [
        (FailureKind::Call(ErrorKind::Throttled), 1),
        (FailureKind::Call(ErrorKind::Denied), 1),
        (FailureKind::Call(ErrorKind::ServerFault), 1),
        (FailureKind::Call(ErrorKind::TimedOut), 1),
        (FailureKind::Call(ErrorKind::Unreachable), 1),
        (FailureKind::Call(ErrorKind::UnreadableAnswer), 1),
        (FailureKind::Call(ErrorKind::Refused), 1),
        (FailureKind::UnreadablePicture, 1),
    ];
    assert_eq!(report.failures, expected.into());
    assert_eq!((report.samples, report.skipped), (2, 0));
    assert_eq!(values(&aws.fleet("FailedSamples")), [8.0]);
    assert_eq!(values(&aws.fleet("SkippedFeeds")), [0.0]);
    let healthy = values(&aws.fleet("HealthyFeeds"));
    assert_eq!(healthy, [2.0], "the feed that Rekognition did not rate is healthy by its pixels");
    assert_eq!(values(&aws.fleet("UnknownFeeds")), [7.0]);
    assert_eq!(aws.values_of("1001", 0, "FaultSeconds"), [0.0]);
}

#[tokio::test]
async fn a_throttled_call_is_retried_once_and_counted() {
    let aws = StandIn::builder()
        .channel(Channel::new("1001"))
        .pace(Pace::PerRequest)
        .fault(Fault::on(Api::ListChannels).throttle().times(1))
        .fault(Fault::on(Api::DescribeThumbnails).throttle().times(1))
        .fault(Fault::on(Api::DetectLabels).throttle().times(1))
        .start();
    let report = Harness::new(&aws, 1, &[]).tick().await;
    assert_eq!((report.samples, report.throttles, report.api_errors), (1, 3, 0));
    assert!(report.failures.is_empty());
    assert_eq!(values(&aws.fleet("ApiThrottles")), [3.0]);
}

#[tokio::test]
async fn channels_that_start_and_stop_join_and_leave() {
    let aws = StandIn::builder()
        .channel(Channel::new("1001"))
        .channel(Channel::new("1002"))
        .pace(Pace::PerRequest)
        .start();
    let mut harness =
        Harness::new(&aws, 1, &[("DETECTION_INTERVAL", "2"), ("SCHEDULE_PERIOD", "2")]);
    harness.tick().await;
    aws.remove_channel("1001");
    aws.add_channel(Channel::new("1003").state(ChannelState::Starting));
    harness.tick().await;
    aws.set_state("1002", ChannelState::Stopping);
    harness.tick().await;
    assert_eq!(aws.values_of("1001", 0, "FaultSeconds").len(), 1);
    assert_eq!(aws.values_of("1002", 0, "FaultSeconds").len(), 2);
    assert_eq!(aws.values_of("1003", 0, "FaultSeconds").len(), 2);
    assert_eq!(values(&aws.fleet("WatchedFeeds")), [2.0, 2.0, 1.0]);
}

#[tokio::test]
async fn a_new_list_applies_to_the_samples_that_were_taken_while_it_was_fetched() {
    let black = |id: &str| Channel::new(id).shows(Scene::Black);
    let aws = StandIn::builder().channels(["1001", "1002", "1003"].map(black)).start();
    let settings = [("DETECTION_INTERVAL", "2"), ("SCHEDULE_PERIOD", "2"), ("BLACK_AFTER", "1")];
    let mut harness = Harness::new(&aws, 1, &settings);
    // Black has to last for more than 3 s, whatever its set time.
    for _ in 0..3 {
        harness.tick().await;
    }
    for (id, tag, value) in
        [("1001", "source-monitor", "off"), ("1002", "source-monitor:expect", "black")]
    {
        aws.remove_channel(id);
        aws.add_channel(black(id).tag(tag, value));
    }
    let report = harness.tick().await;
    assert_eq!(aws.count(Api::DescribeThumbnails), 12, "all three were sampled again");
    assert_eq!((report.feeds, report.samples), (2, 2));
    let open: Vec<_> = report.incidents.iter().map(|incident| incident.channel.as_str()).collect();
    assert_eq!(open, ["1003"]);
    assert_eq!(aws.values_of("1001", 0, "FaultSeconds").len(), 3);
    assert_eq!(aws.values_of("1002", 0, "FaultSeconds").len(), 4);
}

#[tokio::test]
async fn datapoints_that_fail_to_publish_are_sent_once_in_a_later_round_with_their_own_time_stamp()
{
    let aws = StandIn::builder()
        .channel(Channel::new("1001"))
        .pace(Pace::PerRequest)
        // Three rounds of two attempts each.
        .fault(Fault::on(Api::PutMetricData).server_error(503).times(6))
        .start();
    let mut harness = Harness::new(&aws, 5, &[]);
    let report = harness.tick().await;
    assert_eq!(report.spilled, 0);
    assert_eq!(harness.spilled(), Vec::<serde_json::Value>::new());
    let watched: Vec<f64> = aws.fleet("WatchedFeeds").iter().map(Datum::epoch_seconds).collect();
    let expected: Vec<f64> = (0..5).map(|round| watched[0] + f64::from(round) * 2.0).collect();
    assert_eq!(watched, expected);
    assert_eq!(aws.values_of("1001", 0, "ImageProperties").len(), 4);
    assert_eq!(report.published as u64, aws.data_count());
}

#[tokio::test]
async fn datapoints_that_cloudwatch_never_accepted_are_in_the_log_once() {
    let aws = StandIn::builder()
        .channel(Channel::new("1001"))
        .pace(Pace::PerRequest)
        .fault(Fault::on(Api::PutMetricData).denied())
        .start();
    let mut harness = Harness::new(&aws, 2, &[]);
    let error = harness.try_tick(Duration::from_secs(60)).await.unwrap_err();
    assert_eq!(error.error_type(), "PublishFailed");
    let lines = harness.spilled();
    // A line for the feed and one for the fleet, in each of two rounds.
    assert_eq!(lines.len(), 4);
    let stamps: BTreeSet<i64> =
        lines.iter().map(|line| line["_aws"]["Timestamp"].as_i64().unwrap()).collect();
    assert_eq!(stamps.len(), 2);
    let feeds: Vec<_> = lines.iter().filter(|line| line["ChannelId"] == "1001").collect();
    assert_eq!(feeds.len(), 2);
    assert_eq!(feeds[0]["FaultSeconds"], json!(0.0));
    assert_eq!(aws.data_count(), 0);
}

#[tokio::test]
async fn a_tick_without_a_fault_is_one_call_and_a_fault_waits_for_no_other_round() {
    let aws = StandIn::builder().channels(channels(1001, 3)).pace(Pace::PerRequest).start();
    let settings = [("REKOGNITION_INTERVAL", "0"), ("FROZEN_AFTER", "5")];
    let mut harness = Harness::new(&aws, 3, &settings);
    harness.tick().await;
    assert_eq!(aws.count(Api::PutMetricData), 2, "a process's first round, and the other two");
    aws.reset_call_log();
    let report = harness.tick().await;
    assert_eq!((report.rounds, aws.count(Api::PutMetricData)), (3, 1));
    assert_eq!(aws.values_of("1001", 0, "FaultSeconds"), [0.0; 3], "of each round");
    aws.reset_call_log();
    aws.set_programme("1002", 0, Scene::Black);
    harness.tick().await;
    let calls: Vec<_> = aws.all_calls().iter().map(|call| call.api).collect();
    let samples = |put: usize| {
        let before = calls.iter().take(put);
        before.filter(|api| **api == Api::DescribeThumbnails).count()
    };
    let puts = (0..calls.len()).filter(|call| calls[*call] == Api::PutMetricData);
    // The first black sample has lasted for 0 s.
    assert_eq!(puts.map(samples).collect::<Vec<_>>(), [6, 9]);
    assert_eq!(aws.values_of("1002", 0, "FaultSeconds"), [0.0, 2.0, 4.0]);
}

#[tokio::test]
async fn a_thousand_datapoints_are_few_calls_and_gzipped() {
    let aws = StandIn::builder()
        .channels(channels(5000, 160))
        .page_size(100)
        .pace(Pace::PerRequest)
        .start();
    let metrics = "Brightness,Sharpness,Contrast,FrozenSeconds,BlackSeconds,BarsSeconds,FlatSeconds,NoPictureSeconds,ImageProperties";
    let settings = [("FEED_METRICS", metrics), ("ZERO_DURATIONS", "true")];
    let report = Harness::new(&aws, 1, &settings).tick().await;
    assert_eq!((report.feeds, report.skipped), (160, 0));
    // Six durations and three numbers a feed, no difference yet, and 20 counts of the fleet.
    assert_eq!(report.published, 9 * 160 + 20);
    let calls = aws.calls(Api::PutMetricData);
    let mut items: Vec<_> = calls.iter().map(|call| call.items).collect();
    items.sort_unstable();
    assert_eq!(items, [460, 1_000]);
    assert!(calls.iter().all(|call| call.gzipped));
}

#[tokio::test]
async fn a_tick_ends_before_its_deadline_and_publishes_what_it_sampled() {
    let aws = StandIn::builder()
        .channels(channels(5000, 60))
        .page_size(100)
        .pace(Pace::PerRequest)
        .start();
    let settings = [("THUMBNAIL_TPS", "10")];
    let start = SystemTime::now();
    let left = Duration::from_secs(6);
    let report = Harness::new(&aws, 1, &settings).try_tick(left).await.unwrap();
    assert!(start.elapsed().unwrap() < left);
    assert!(report.samples > 5 && report.skipped > 5, "{report:?}");
    assert_eq!(report.samples + report.skipped, 60);
    assert_eq!(values(&aws.fleet("SkippedFeeds")), [report.skipped as f64]);
    assert_eq!(report.published as u64, aws.data_count());
}

#[tokio::test]
async fn feeds_that_a_round_did_not_reach_come_first_in_the_next() {
    let aws = StandIn::builder()
        .channels(channels(5000, 20))
        .page_size(100)
        .pace(Pace::PerRequest)
        .start();
    let settings = [("THUMBNAIL_TPS", "7"), ("REKOGNITION_INTERVAL", "0")];
    let report = Harness::new(&aws, 3, &settings).tick().await;
    assert!(report.skipped > 0);
    let is_sampled = |id: &u32| !aws.thumbnails_served(&id.to_string(), 0).is_empty();
    assert_eq!((5000..5020).filter(is_sampled).count(), 20);
}

#[tokio::test]
async fn calls_are_rate_limited_and_concurrency_is_bounded() {
    let aws = StandIn::builder()
        .channels(channels(5000, 30))
        .page_size(100)
        .pace(Pace::PerRequest)
        .latency(Api::DescribeThumbnails, Duration::from_millis(150))
        .start();
    let settings =
        [("THUMBNAIL_TPS", "40"), ("CONCURRENT_FEEDS", "4"), ("REKOGNITION_INTERVAL", "0")];
    Harness::new(&aws, 1, &settings).tick().await;
    assert_eq!(aws.max_in_flight(Api::DescribeThumbnails), 4);
    let calls = aws.calls(Api::DescribeThumbnails);
    // At 40 a second, ten calls take at least a quarter of a second, on any machine.
    for tenth in calls.windows(11) {
        assert!(tenth[10].at.duration_since(tenth[0].at) > Duration::from_millis(200));
    }
}

#[tokio::test]
async fn a_slot_is_sampled_once_by_one_process_and_harmlessly_twice_by_two() {
    let aws = StandIn::builder().channel(Channel::new("1001")).pace(Pace::PerRequest).start();
    let (mut one, mut other) = (Harness::new(&aws, 2, &[]), Harness::new(&aws, 2, &[]));
    tokio::join!(one.tick(), other.tick());
    one.tick().await;
    let mut by_slot: BTreeMap<i64, BTreeSet<i64>> = BTreeMap::new();
    for datum in aws.fleet("WatchedFeeds") {
        by_slot.entry(datum.epoch_seconds() as i64).or_default().insert(datum.value as i64);
    }
    // Four slots; those that both processes sampled have the same value twice.
    assert_eq!(by_slot.len(), 4);
    assert!(by_slot.values().all(|values| *values == [1].into()));
    assert_eq!(aws.fleet("WatchedFeeds").len(), 6);
}

#[tokio::test]
async fn shards_split_the_fleet_so_that_exactly_one_watches_each_feed() {
    let aws = StandIn::builder()
        .channels(channels(5000, 60))
        .page_size(100)
        .pace(Pace::PerRequest)
        .start();
    let mut harness = Harness::new(&aws, 1, &[("REKOGNITION_INTERVAL", "0")]);
    let mut feeds = 0;
    for shard in 0..4 {
        let event = json!({"trigger": "schedule", "shard": shard, "of": 4});
        let report = harness
            .monitor
            .tick(&event, SystemTime::now() + Duration::from_secs(60))
            .await
            .unwrap();
        assert!(report.feeds > 5, "shard {shard} has {} feeds", report.feeds);
        feeds += report.feeds;
    }
    assert_eq!(feeds, 60);
    for number in 0..60 {
        assert_eq!(aws.values_of(&(5000 + number).to_string(), 0, "FaultSeconds").len(), 1);
    }
}
