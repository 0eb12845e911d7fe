//! Conditions and incidents over several rounds: raised, cleared, overridden by tags, restored
//! after a cold start.

use std::{
    ops::Range,
    time::{Duration, SystemTime},
};

use aws_stand_in::{Api, Channel, ChannelState, Fault, Pace, Programme, Scene, Span, StandIn};

use crate::harness::{Harness, channels, feed_metric};

/// Set times that a few rounds of two seconds reach.
const QUICK: [(&str, &str); 7] = [
    ("FROZEN_AFTER", "4"),
    ("BLACK_AFTER", "4"),
    ("BARS_AFTER", "4"),
    ("FLAT_AFTER", "4"),
    ("NO_PICTURE_AFTER", "4"),
    ("CLEAR_AFTER", "2"),
    ("START_GRACE", "0"),
];

/// The quick set times, of which `overrides` replace those of the same name.
fn quick(overrides: &[(&'static str, &'static str)]) -> Vec<(&'static str, &'static str)> {
    // The harness reads the settings into a map, so the later of two values counts.
    [&QUICK[..], overrides].concat()
}

/// The values of a metric of the fleet, one for each round.
fn fleet(aws: &StandIn, metric: &str) -> Vec<f64> {
    aws.fleet(metric).iter().map(|datum| datum.value).collect()
}

#[tokio::test]
async fn each_dead_source_is_raised_under_its_own_name() {
    let dead = [
        (Scene::Frozen, "frozen"),
        (Scene::Black, "black"),
        (Scene::NoisyBlack, "black"),
        (Scene::Bars, "bars"),
        (Scene::Flat, "flat"),
        (Scene::NoThumbnail, "no_picture"),
        (Scene::NotFound, "no_picture"),
        (Scene::NotReady, "no_picture"),
    ];
    let shown = channels(1001, dead.len())
        .zip(&dead)
        .map(|(channel, (scene, _))| channel.shows(scene.clone()));
    let aws = StandIn::builder()
        .channels(shown)
        .channel(Channel::new("1100"))
        .pace(Pace::PerRequest)
        .start();
    let report = Harness::new(&aws, 4, &quick(&[("REKOGNITION_INTERVAL", "0")])).tick().await;
    let open: Vec<_> = report
        .incidents
        .iter()
        .map(|open| (open.channel.clone(), open.condition, open.seconds))
        .collect();
    let expected = (1001..).zip(&dead).map(|(id, (_, condition))| (id.to_string(), *condition, 6));
    assert_eq!(open, expected.collect::<Vec<_>>());
    assert_eq!(aws.values_of("1001", 0, "FrozenSeconds"), [2.0, 4.0, 6.0]);
    assert_eq!(aws.values_of("1002", 0, "BlackSeconds"), [2.0, 4.0, 6.0]);
    assert_eq!(aws.values_of("1002", 0, "FaultSeconds"), [0.0, 2.0, 4.0, 6.0]);
    let frozen = aws.values_of("1002", 0, "FrozenSeconds");
    assert!(frozen.is_empty(), "a black source is also frozen, and counts only as black");
    assert_eq!(aws.values_of("1006", 0, "NoPictureSeconds"), [2.0, 4.0, 6.0]);
    assert_eq!(aws.values_of("1100", 0, "FaultSeconds"), [0.0; 4]);
    assert_eq!(fleet(&aws, "FrozenFeeds"), [0.0, 0.0, 1.0, 1.0]);
    assert_eq!(fleet(&aws, "BlackFeeds"), [0.0, 0.0, 2.0, 2.0]);
    assert_eq!(fleet(&aws, "NoPictureFeeds"), [0.0, 0.0, 3.0, 3.0]);
    assert_eq!(fleet(&aws, "HealthyFeeds"), [9.0, 9.0, 1.0, 1.0]);
}

#[tokio::test]
async fn a_black_feed_is_reported_once_per_pipeline() {
    let aws = StandIn::builder()
        .channel(Channel::new("1001").standard().shows(Scene::Black))
        .pace(Pace::PerRequest)
        .start();
    let report = Harness::new(&aws, 3, &quick(&[])).tick().await;
    let open: Vec<_> =
        report.incidents.iter().map(|open| (open.pipeline, open.condition)).collect();
    assert_eq!(open, [("0", "black"), ("1", "black")]);
}

#[tokio::test]
async fn an_incident_is_cleared_when_the_source_moves_again() {
    let programme = Programme::of(Scene::Moving, Span::Stills(2))
        .then(Scene::Frozen, Span::Stills(4))
        .then(Scene::Moving, Span::Rest);
    let aws = StandIn::builder()
        .channel(Channel::new("1001").shows(programme))
        .pace(Pace::PerRequest)
        .start();
    let report = Harness::new(&aws, 8, &quick(&[])).tick().await;
    assert_eq!(report.incidents, []);
    // The freeze holds the last moving picture, which is its first still.
    assert_eq!(aws.values_of("1001", 0, "FaultSeconds"), [0.0, 0.0, 2.0, 4.0, 6.0, 8.0, 0.0, 0.0]);
    let frozen = aws.values_of("1001", 0, "FrozenSeconds");
    assert_eq!(frozen, [2.0, 4.0, 6.0, 8.0, 0.0, 0.0], "not before it lasts, and its end");
    assert_eq!(fleet(&aws, "FrozenFeeds"), [0.0, 0.0, 0.0, 1.0, 1.0, 1.0, 1.0, 0.0]);
}

#[tokio::test]
async fn tags_switch_a_channel_off_and_override_the_thresholds_of_others() {
    let aws = StandIn::builder()
        .channel(Channel::new("1001").tag("source-monitor", "off").shows(Scene::Black))
        .channel(Channel::new("1002").tag("source-monitor:black-after", "600").shows(Scene::Black))
        .channel(Channel::new("1003").tag("source-monitor:expect", "bars").shows(Scene::Bars))
        .channel(Channel::new("1004").tag("source-monitor:frozen-after", "bald"))
        .channel(
            Channel::new("1005")
                .tag("source-monitor:frozen-background", "4")
                .shows(Scene::FrozenBackground),
        )
        .channel(Channel::new("1006").shows(Scene::FrozenBackground))
        .pace(Pace::PerRequest)
        .start();
    let report = Harness::new(&aws, 4, &quick(&[])).tick().await;
    let open: Vec<_> =
        report.incidents.iter().map(|open| (open.channel.as_str(), open.condition)).collect();
    assert_eq!(open, [("1005", "frozen_background")]);
    assert_eq!(report.feeds, 5);
    assert_eq!(aws.values_of("1002", 0, "BlackSeconds"), [2.0, 4.0, 6.0]);
    assert!(aws.values_of("1003", 0, "BarsSeconds").is_empty());
    assert_eq!(aws.values_of("1003", 0, "FaultSeconds"), [0.0; 4]);
    assert_eq!(fleet(&aws, "UnreadableTags"), [1.0; 4]);
}

#[tokio::test]
async fn only_channels_with_an_included_tag_are_watched() {
    let aws = StandIn::builder()
        .channel(Channel::new("1001").tag("env", "prod"))
        .channel(Channel::new("1002").tag("env", "prod").tag("quiet", "yes"))
        .channel(Channel::new("1003").tag("env", "test"))
        .pace(Pace::PerRequest)
        .start();
    let report =
        Harness::new(&aws, 1, &[("INCLUDE_TAGS", "env=prod"), ("EXCLUDE_TAGS", "quiet=yes")])
            .tick()
            .await;
    assert_eq!(report.feeds, 1);
}

#[tokio::test]
async fn a_starting_channel_raises_nothing_during_its_grace_period() {
    let aws = StandIn::builder()
        .channel(Channel::new("1001").state(ChannelState::Starting).shows(Scene::NoThumbnail))
        .channel(Channel::new("1002").shows(Scene::NoThumbnail))
        .pace(Pace::PerRequest)
        .start();
    let report = Harness::new(&aws, 4, &quick(&[("START_GRACE", "60")])).tick().await;
    let open: Vec<_> = report.incidents.iter().map(|open| open.channel.as_str()).collect();
    assert_eq!(open, ["1002"]);
}

#[tokio::test]
async fn a_pipeline_that_is_down_is_not_a_dead_source() {
    let aws = StandIn::builder()
        .channel(
            Channel::new("1001").standard().running_pipelines(1).pipeline(1, Scene::NoThumbnail),
        )
        .channel(Channel::new("1002").standard().pipeline(1, Scene::NoThumbnail))
        .pace(Pace::PerRequest)
        .start();
    let report = Harness::new(&aws, 4, &quick(&[])).tick().await;
    let open: Vec<_> =
        report.incidents.iter().map(|open| (open.channel.as_str(), open.pipeline)).collect();
    assert_eq!(open, [("1002", "1")]);
    assert_eq!(fleet(&aws, "UnknownFeeds"), [0.0; 4]);
    assert_eq!(fleet(&aws, "WatchedFeeds"), [4.0; 4]);
    assert_eq!(fleet(&aws, "HealthyFeeds"), [3.0, 3.0, 2.0, 2.0]);
}

#[tokio::test]
async fn a_feed_that_cannot_be_sampled_is_neither_healthy_nor_faulty_and_its_incident_stays_open() {
    let aws = StandIn::builder()
        .channel(Channel::new("1001").shows(Scene::Black))
        .pace(Pace::PerRequest)
        .fault(Fault::on(Api::DescribeThumbnails).denied().after_calls(3))
        .start();
    let report = Harness::new(&aws, 5, &quick(&[])).tick().await;
    assert_eq!(report.incidents.len(), 1);
    assert_eq!(aws.values_of("1001", 0, "FaultSeconds"), [0.0, 2.0, 4.0]);
    assert_eq!(fleet(&aws, "BlackFeeds"), [0.0, 0.0, 1.0, 1.0, 1.0]);
    assert_eq!(fleet(&aws, "HealthyFeeds"), [1.0, 1.0, 0.0, 0.0, 0.0]);
    assert_eq!(fleet(&aws, "UnknownFeeds"), [0.0, 0.0, 0.0, 1.0, 1.0]);
}

#[tokio::test]
async fn a_new_process_continues_a_freeze_that_has_lasted_an_hour() {
    let aws = StandIn::builder()
        .channel(Channel::new("1001").shows(Scene::Frozen))
        .channel(Channel::new("1002").shows(Scene::Moving))
        .channel(Channel::new("1003").shows(Scene::Black))
        .pace(Pace::PerRequest)
        .start();
    let before = SystemTime::now() - Duration::from_secs(20);
    for (channel, metric) in
        [("1001", "FrozenSeconds"), ("1002", "FrozenSeconds"), ("1003", "BlackSeconds")]
    {
        aws.add_history(feed_metric(channel, metric), before, 3600.0);
    }
    let report = Harness::new(&aws, 3, &[]).tick().await;
    let first = |channel, metric| aws.values_of(channel, 0, metric)[0];
    assert!(first("1001", "FrozenSeconds") >= 3600.0);
    assert!(first("1003", "BlackSeconds") >= 3600.0);
    assert_eq!(
        fleet(&aws, "FrozenFeeds")[0],
        2.0,
        "a restored freeze lasts until a picture differs"
    );
    assert_eq!(fleet(&aws, "BlackFeeds"), [1.0; 3]);
    assert_eq!(aws.values_of("1002", 0, "FrozenSeconds")[1..], [0.0, 0.0]);
    assert!(report.incidents.iter().any(|open| open.channel == "1001" && open.seconds >= 3600));
    assert_eq!(aws.count(Api::GetMetricData), 2, "an older version publishes no FaultSeconds");
}

#[tokio::test]
async fn if_get_metric_data_fails_durations_restart_at_zero() {
    for fault in [Fault::on(Api::GetMetricData).denied(), Fault::on(Api::GetMetricData).hang()] {
        let aws = StandIn::builder()
            .channel(Channel::new("1001").shows(Scene::Black))
            .pace(Pace::PerRequest)
            .fault(fault)
            .start();
        let settings = [("DETECTION_INTERVAL", "5"), ("SCHEDULE_PERIOD", "10")];
        let report = Harness::new(&aws, 2, &settings).tick().await;
        assert_eq!(report.samples, 2);
        assert_eq!(aws.values_of("1001", 0, "FaultSeconds"), [0.0, 5.0]);
    }
}

/// Black channels that an earlier process, which ended 40 s ago, reported as black for a minute.
fn black_for_a_minute(ids: Range<usize>) -> StandIn {
    let black = channels(ids.start, ids.len()).map(|channel| channel.shows(Scene::Black));
    let aws = StandIn::builder().channels(black).pace(Pace::PerRequest).start();
    let before = SystemTime::now() - Duration::from_secs(40);
    for id in ids {
        for metric in ["FaultSeconds", "BlackSeconds"] {
            aws.add_history(feed_metric(&id.to_string(), metric), before, 60.0);
        }
    }
    aws
}

#[tokio::test]
async fn get_metric_data_may_take_as_long_as_sampling() {
    let aws = black_for_a_minute(1001..1004);
    aws.fault(Fault::on(Api::GetMetricData).delay(Duration::from_millis(1_900)));
    aws.fault(Fault::on(Api::DescribeThumbnails).delay(Duration::from_millis(1_500)));
    let report = Harness::new(&aws, 1, &[("CONCURRENT_FEEDS", "1")]).tick().await;
    assert_eq!((report.samples, report.incidents.len()), (3, 3));
}

#[tokio::test]
async fn durations_of_some_feeds_are_restored_although_the_call_for_others_fails() {
    let aws = black_for_a_minute(1001..1151);
    aws.fault(Fault::on(Api::GetMetricData).denied().after_calls(1).times(1));
    let report = Harness::new(&aws, 1, &[]).tick().await;
    assert_eq!((report.samples, aws.count(Api::GetMetricData)), (150, 4));
    // The first call is for FaultSeconds. A further one has 500 queries: the six durations, and one
    // more, of 71 feeds.
    assert!([79, 150 - 8].contains(&report.incidents.len()), "{} of 150", report.incidents.len());
}
