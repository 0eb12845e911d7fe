//! Conditions and incidents over whole ticks: raised, cleared, steered by tags, taken up after a cold start.

use std::time::{Duration, SystemTime};

use crate::{
    rig::Rig,
    standin::{Api, Channel, Fault, Pace, Programme, Scene, Span, StandIn, State},
};

/// Set times that fit a test's few rounds of two seconds.
const QUICK: [(&str, &str); 7] = [
    ("FROZEN_AFTER", "4"),
    ("BLACK_AFTER", "4"),
    ("BARS_AFTER", "4"),
    ("FLAT_AFTER", "4"),
    ("NO_PICTURE_AFTER", "4"),
    ("CLEAR_AFTER", "2"),
    ("START_GRACE", "0"),
];

fn quick(more: &[(&'static str, &'static str)]) -> Vec<(&'static str, &'static str)> {
    QUICK
        .into_iter()
        .filter(|(name, _)| more.iter().all(|(other, _)| other != name))
        .chain(more.iter().copied())
        .collect()
}

fn fleet(aws: &StandIn, metric: &str) -> Vec<f64> {
    aws.fleet(metric).iter().map(|datum| datum.value).collect()
}

#[tokio::test]
async fn each_dead_source_is_raised_under_its_own_name() {
    let dead = [
        Scene::Frozen,
        Scene::Black,
        Scene::NoisyBlack,
        Scene::Bars,
        Scene::Flat,
        Scene::None,
        Scene::NotFound,
        Scene::NotReady,
    ];
    let channels = dead.into_iter().zip(1001..).map(|(scene, id)| Channel::new(id.to_string()).shows(scene));
    let aws =
        StandIn::builder().channels(channels).channel(Channel::new("1100")).pace(Pace::PerRequest).start();
    let report = Rig::new(&aws, 4, &quick(&[("REKOGNITION_INTERVAL", "0")])).tick().await;
    let open: Vec<_> =
        report.incidents.iter().map(|open| (open.channel.as_str(), open.condition, open.seconds)).collect();
    let expected = [
        ("1001", "frozen", 6),
        ("1002", "black", 6),
        ("1003", "black", 6),
        ("1004", "bars", 6),
        ("1005", "flat", 6),
        ("1006", "no_picture", 6),
        ("1007", "no_picture", 6),
        ("1008", "no_picture", 6),
    ];
    assert_eq!(open, expected);
    assert_eq!(aws.values_of("1001", 0, "FrozenSeconds"), [0.0, 2.0, 4.0, 6.0]);
    assert_eq!(aws.values_of("1002", 0, "BlackSeconds"), [0.0, 2.0, 4.0, 6.0]);
    assert_eq!(
        aws.values_of("1002", 0, "FrozenSeconds"),
        [0.0; 4],
        "a black source is still too, and is told once"
    );
    assert_eq!(aws.values_of("1006", 0, "NoPictureSeconds"), [0.0, 2.0, 4.0, 6.0]);
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
    let report = Rig::new(&aws, 3, &quick(&[])).tick().await;
    let open: Vec<_> = report.incidents.iter().map(|open| (open.pipeline, open.condition)).collect();
    assert_eq!(open, [("0", "black"), ("1", "black")]);
}

#[tokio::test]
async fn an_incident_is_cleared_when_the_source_moves_again() {
    let programme = Programme::of(Scene::Moving, Span::Stills(2))
        .then(Scene::Frozen, Span::Stills(4))
        .then(Scene::Moving, Span::Rest);
    let aws =
        StandIn::builder().channel(Channel::new("1001").shows(programme)).pace(Pace::PerRequest).start();
    let report = Rig::new(&aws, 8, &quick(&[])).tick().await;
    assert_eq!(report.incidents, []);
    // The freeze holds the last moving picture, which is its first still.
    assert_eq!(aws.values_of("1001", 0, "FrozenSeconds"), [0.0, 0.0, 2.0, 4.0, 6.0, 8.0, 0.0, 0.0]);
    assert_eq!(fleet(&aws, "FrozenFeeds"), [0.0, 0.0, 0.0, 1.0, 1.0, 1.0, 1.0, 0.0]);
}

#[tokio::test]
async fn tags_switch_a_channel_off_and_give_another_its_own_times() {
    let aws = StandIn::builder()
        .channel(Channel::new("1001").tag("source-monitor", "off").shows(Scene::Black))
        .channel(Channel::new("1002").tag("source-monitor:black-after", "600").shows(Scene::Black))
        .channel(Channel::new("1003").tag("source-monitor:expect", "bars").shows(Scene::Bars))
        .channel(Channel::new("1004").tag("source-monitor:frozen-after", "bald"))
        .channel(
            Channel::new("1005").tag("source-monitor:frozen-background", "4").shows(Scene::FrozenBackground),
        )
        .channel(Channel::new("1006").shows(Scene::FrozenBackground))
        .pace(Pace::PerRequest)
        .start();
    let report = Rig::new(&aws, 4, &quick(&[])).tick().await;
    let open: Vec<_> = report.incidents.iter().map(|open| (open.channel.as_str(), open.condition)).collect();
    assert_eq!(open, [("1005", "frozen_background")]);
    assert_eq!(report.feeds, 5);
    assert_eq!(aws.values_of("1002", 0, "BlackSeconds"), [0.0, 2.0, 4.0, 6.0]);
    assert_eq!(aws.values_of("1003", 0, "BarsSeconds"), [0.0; 4]);
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
        Rig::new(&aws, 1, &[("INCLUDE_TAGS", "env=prod"), ("EXCLUDE_TAGS", "quiet=yes")]).tick().await;
    assert_eq!(report.feeds, 1);
}

#[tokio::test]
async fn a_starting_channel_has_its_grace() {
    let aws = StandIn::builder()
        .channel(Channel::new("1001").state(State::Starting).shows(Scene::None))
        .channel(Channel::new("1002").shows(Scene::None))
        .pace(Pace::PerRequest)
        .start();
    let report = Rig::new(&aws, 4, &quick(&[("START_GRACE", "60")])).tick().await;
    let open: Vec<_> = report.incidents.iter().map(|open| open.channel.as_str()).collect();
    assert_eq!(open, ["1002"]);
}

#[tokio::test]
async fn a_pipeline_that_is_down_is_not_a_dead_source() {
    let aws = StandIn::builder()
        .channel(Channel::new("1001").standard().running_pipelines(1).pipeline(1, Scene::None))
        .channel(Channel::new("1002").standard().pipeline(1, Scene::None))
        .pace(Pace::PerRequest)
        .start();
    let report = Rig::new(&aws, 4, &quick(&[])).tick().await;
    let open: Vec<_> = report.incidents.iter().map(|open| (open.channel.as_str(), open.pipeline)).collect();
    assert_eq!(open, [("1002", "1")]);
    assert_eq!(fleet(&aws, "UnknownFeeds"), [0.0; 4]);
    assert_eq!(fleet(&aws, "WatchedFeeds"), [4.0; 4]);
    assert_eq!(fleet(&aws, "HealthyFeeds"), [3.0, 3.0, 2.0, 2.0]);
}

#[tokio::test]
async fn a_feed_that_cannot_be_looked_at_is_neither_healthy_nor_faulty_and_its_incident_stays_open() {
    let aws = StandIn::builder()
        .channel(Channel::new("1001").shows(Scene::Black))
        .pace(Pace::PerRequest)
        .fault(Fault::on(Api::DescribeThumbnails).denied().after_call(3))
        .start();
    let report = Rig::new(&aws, 5, &quick(&[])).tick().await;
    assert_eq!(report.incidents.len(), 1);
    assert_eq!(aws.values_of("1001", 0, "BlackSeconds"), [0.0, 2.0, 4.0]);
    assert_eq!(fleet(&aws, "BlackFeeds"), [0.0, 0.0, 1.0, 1.0, 1.0]);
    assert_eq!(fleet(&aws, "HealthyFeeds"), [1.0, 1.0, 0.0, 0.0, 0.0]);
    assert_eq!(fleet(&aws, "UnknownFeeds"), [0.0, 0.0, 0.0, 1.0, 1.0]);
}

#[tokio::test]
async fn a_fresh_process_carries_on_with_a_freeze_that_lasts_an_hour() {
    let aws = StandIn::builder()
        .channel(Channel::new("1001").shows(Scene::Frozen))
        .channel(Channel::new("1002").shows(Scene::Moving))
        .channel(Channel::new("1003").shows(Scene::Black))
        .pace(Pace::PerRequest)
        .start();
    let before = SystemTime::now() - Duration::from_secs(20);
    for (channel, metric) in [("1001", "FrozenSeconds"), ("1002", "FrozenSeconds"), ("1003", "BlackSeconds")]
    {
        let dimensions = [("ChannelId", channel), ("Pipeline", "0")];
        aws.history("EmlRekognitionWatcher", metric, &dimensions, before, 3600.0);
    }
    let report = Rig::new(&aws, 3, &[]).tick().await;
    let first = |channel, metric| aws.values_of(channel, 0, metric)[0];
    assert!(first("1001", "FrozenSeconds") >= 3600.0);
    assert!(first("1003", "BlackSeconds") >= 3600.0);
    assert_eq!(fleet(&aws, "FrozenFeeds")[0], 2.0, "until it is seen to move, it is as frozen as it was");
    assert_eq!(fleet(&aws, "BlackFeeds"), [1.0; 3]);
    assert_eq!(aws.values_of("1002", 0, "FrozenSeconds")[1..], [0.0, 0.0]);
    assert!(report.incidents.iter().any(|open| open.channel == "1001" && open.seconds >= 3600));
    assert_eq!(aws.count(Api::GetMetricData), 1);
}

#[tokio::test]
async fn where_cloudwatch_cannot_tell_the_past_durations_start_from_zero() {
    for fault in [Fault::on(Api::GetMetricData).denied(), Fault::on(Api::GetMetricData).hang()] {
        let aws = StandIn::builder()
            .channel(Channel::new("1001").shows(Scene::Black))
            .pace(Pace::PerRequest)
            .fault(fault)
            .start();
        let settings = [("DETECTION_INTERVAL", "5"), ("SCHEDULE_PERIOD", "10")];
        let report = Rig::new(&aws, 2, &settings).tick().await;
        assert_eq!(report.samples, 2);
        assert_eq!(aws.values_of("1001", 0, "BlackSeconds"), [0.0, 5.0]);
    }
}

/// Black channels that an earlier process saw black for a minute, until a short while ago.
fn black_for_a_minute(ids: std::ops::Range<u32>) -> StandIn {
    let black = |id: u32| Channel::new(id.to_string()).shows(Scene::Black);
    let aws = StandIn::builder().channels(ids.clone().map(black)).pace(Pace::PerRequest).start();
    let before = SystemTime::now() - Duration::from_secs(40);
    for id in ids {
        let feed = [("ChannelId", &*id.to_string()), ("Pipeline", "0")];
        aws.history("EmlRekognitionWatcher", "BlackSeconds", &feed, before, 60.0);
    }
    aws
}

#[tokio::test]
async fn cloudwatch_may_take_as_long_to_tell_the_past_as_the_looks_take() {
    let aws = black_for_a_minute(1001..1004);
    aws.fault(Fault::on(Api::GetMetricData).delay(Duration::from_secs(3)));
    aws.fault(Fault::on(Api::DescribeThumbnails).delay(Duration::from_millis(1_500)));
    let report = Rig::new(&aws, 1, &[("CONCURRENT_FEEDS", "1")]).tick().await;
    assert_eq!((report.samples, report.incidents.len()), (3, 3));
}

#[tokio::test]
async fn what_cloudwatch_told_of_some_feeds_holds_where_it_refused_to_tell_of_others() {
    let aws = black_for_a_minute(1001..1151);
    aws.fault(Fault::on(Api::GetMetricData).denied().times(1));
    let report = Rig::new(&aws, 1, &[]).tick().await;
    assert_eq!((report.samples, aws.count(Api::GetMetricData)), (150, 2));
    // 500 questions in a call, four durations of each feed.
    assert!([25, 125].contains(&report.incidents.len()), "{} of 150", report.incidents.len());
}
