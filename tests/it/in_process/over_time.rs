//! What holds over time and across processes: changed tags, restarted channels, pipelines that go
//! down, a slow Rekognition, and processes that take turns.

use std::{
    collections::{BTreeMap, BTreeSet},
    time::{Duration, Instant, SystemTime},
};

use aws_stand_in::{Api, Channel, ChannelState, Fault, Pace, Scene, StandIn};

use crate::harness::{Harness, channels, feed_metric, values};

/// Set times that two or three rounds of two seconds reach, and no ratings.
const QUICK: [(&str, &str); 5] = [
    ("FROZEN_AFTER", "4"),
    ("BLACK_AFTER", "4"),
    ("NO_PICTURE_AFTER", "4"),
    ("CLEAR_AFTER", "2"),
    ("REKOGNITION_INTERVAL", "0"),
];

const SECOND: Duration = Duration::from_secs(1);

/// A black channel whose incident is open, and the monitor that raised it.
async fn black_incident() -> (StandIn, Harness) {
    let channel = Channel::new("1001").shows(Scene::Black);
    let aws = StandIn::builder().channel(channel).pace(Pace::PerRequest).start();
    let mut harness = Harness::new(&aws, 3, &QUICK);
    let report = harness.tick().await;
    assert_eq!(report.incidents.len(), 1, "{report:?}");
    aws.reset_call_log();
    (aws, harness)
}

/// Asserts that no round since has counted a black feed or published a duration of black.
fn assert_no_black(aws: &StandIn) {
    let feeds = values(&aws.fleet("BlackFeeds"));
    assert!(!feeds.is_empty() && feeds.iter().all(|feeds| *feeds == 0.0), "{feeds:?}");
    let seconds = aws.values_of("1001", 0, "BlackSeconds");
    assert!(seconds.iter().all(|seconds| *seconds == 0.0), "{seconds:?}");
}

#[tokio::test]
async fn an_expected_condition_ends_the_open_incident_with_the_next_sample() {
    let (aws, mut harness) = black_incident().await;
    aws.set_tag("1001", "source-monitor:expect", "black");
    let report = harness.tick().await;
    assert_no_black(&aws);
    assert_eq!((report.incidents.len(), aws.fleet("HealthyFeeds")[0].value), (0, 1.0));
}

#[tokio::test]
async fn a_repaired_channel_that_starts_again_doesnt_bring_its_incident_back() {
    let (aws, mut harness) = black_incident().await;
    aws.set_state("1001", ChannelState::Idle);
    harness.tick().await;
    aws.set_programme("1001", 0, Scene::Moving);
    aws.set_state("1001", ChannelState::Starting);
    harness.tick().await;
    aws.set_state("1001", ChannelState::Running);
    let report = harness.tick().await;
    assert_no_black(&aws);
    assert!(report.incidents.is_empty());
}

#[tokio::test]
async fn a_channel_that_was_not_watched_doesnt_bring_its_incident_back() {
    let (aws, mut harness) = black_incident().await;
    aws.set_tag("1001", "source-monitor", "off");
    harness.tick().await;
    aws.set_programme("1001", 0, Scene::Moving);
    aws.set_tag("1001", "source-monitor", "on");
    let report = harness.tick().await;
    assert_no_black(&aws);
    assert!(report.incidents.is_empty());
}

#[tokio::test]
async fn what_another_process_saw_last_replaces_what_this_one_remembers() {
    let (aws, mut first) = black_incident().await;
    // The second process takes over, sees the source repaired and clears the incident. Meanwhile
    // the first one is idle for longer than a sampling gap.
    aws.set_programme("1001", 0, Scene::Moving);
    let mut second = Harness::new(&aws, 17, &QUICK);
    let report = second.tick().await;
    assert!(report.incidents.is_empty(), "{report:?}");
    aws.reset_call_log();
    let report = first.tick().await;
    assert_eq!(aws.count(Api::GetMetricData), 2, "the first process reads what happened");
    assert_no_black(&aws);
    assert!(report.incidents.is_empty());
}

#[tokio::test]
async fn a_pipeline_that_is_down_stays_down_while_samples_of_the_other_fail() {
    let channel =
        Channel::new("1001").standard().running_pipelines(1).pipeline(1, Scene::NoThumbnail);
    let aws = StandIn::builder()
        .channel(channel)
        .pace(Pace::PerRequest)
        .fault(Fault::on(Api::DescribeThumbnails).pipeline(0).denied().after_calls(1))
        .start();
    let report = Harness::new(&aws, 5, &QUICK).tick().await;
    assert!(report.incidents.is_empty(), "{report:?}");
    assert!(aws.values_of("1001", 1, "FaultSeconds").is_empty());
}

#[tokio::test]
async fn a_hanging_rekognition_delays_no_picture() {
    let black = channels(1001, 24).map(|channel| channel.shows(Scene::Black));
    let aws = StandIn::builder()
        .channels(black)
        .pace(Pace::PerRequest)
        .fault(Fault::on(Api::DetectLabels).hang())
        .start();
    let settings =
        [&QUICK[..4], &[("DETECTION_INTERVAL", "4"), ("SCHEDULE_PERIOD", "12")]].concat();
    let report = Harness::new(&aws, 3, &settings).tick().await;
    assert_eq!((report.samples, report.skipped), (72, 0));
    assert_eq!(report.incidents.len(), 24);
}

#[tokio::test]
async fn two_processes_publish_the_same_durations_for_the_same_slots() {
    let black = channels(1001, 3).map(|channel| channel.shows(Scene::Black));
    let aws = StandIn::builder().channels(black).pace(Pace::PerRequest).start();
    let settings = [&QUICK[..], &[("DETECTION_INTERVAL", "3"), ("SCHEDULE_PERIOD", "15")]].concat();
    let (mut first, mut second) =
        (Harness::new(&aws, 5, &settings), Harness::new(&aws, 5, &settings));
    // The second one samples the same slots later, and continues what the first one has published.
    // It begins when that is more than the 0 of a first sample, which could also mean no fault.
    tokio::join!(first.tick(), async {
        tokio::time::sleep(Duration::from_millis(6_700)).await;
        second.tick().await
    });
    let mut published: BTreeMap<_, BTreeSet<String>> = BTreeMap::new();
    for datum in aws.data().iter().filter(|datum| datum.name == "BlackSeconds") {
        let key = (datum.dimensions["ChannelId"].clone(), datum.timestamp);
        published.entry(key).or_default().insert(datum.value.to_string());
    }
    let different = published.values().filter(|values| values.len() > 1).count();
    assert_eq!(different, 0, "{published:?}");
    let longest = published.values().flatten().map(|value| value.parse::<f64>().unwrap());
    let longest = longest.fold(0.0, f64::max);
    assert!(longest >= 18.0, "the second process continued: {published:?}");
}

#[tokio::test]
async fn a_new_process_continues_durations_of_any_interval_without_adding_to_them() {
    let aws = StandIn::builder()
        .channel(Channel::new("1001").shows(Scene::Black))
        .pace(Pace::PerRequest)
        .start();
    let settings = [&QUICK[..], &[("DETECTION_INTERVAL", "7"), ("SCHEDULE_PERIOD", "7")]].concat();
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap().as_secs();
    let previous_slot = SystemTime::UNIX_EPOCH + Duration::from_secs((now / 7 - 1) * 7);
    aws.add_history(feed_metric("1001", "BlackSeconds"), previous_slot, 70.0);
    Harness::new(&aws, 1, &settings).tick().await;
    let data = aws.data_of("1001", 0, "BlackSeconds");
    let since = data[0].timestamp.duration_since(previous_slot).unwrap().as_secs();
    assert_eq!(data[0].value.to_string(), (70 + since).to_string());
}

/// A feed that another process reported as frozen for ten minutes, and a process that can't read
/// that in its first round.
async fn frozen_and_unreadable(scene: Scene, fault: Fault) -> StandIn {
    let aws = StandIn::builder()
        .channel(Channel::new("1001").shows(scene))
        .pace(Pace::PerRequest)
        .fault(fault)
        .start();
    let before = SystemTime::now() - Duration::from_secs(4);
    aws.add_history(feed_metric("1001", "FrozenSeconds"), before, 600.0);
    let settings = [("DETECTION_INTERVAL", "2"), ("SCHEDULE_PERIOD", "6")];
    Harness::new(&aws, 3, &settings).tick().await;
    aws
}

#[tokio::test]
async fn a_feed_whose_durations_cannot_be_read_is_unknown_until_they_can() {
    let on = || Fault::on(Api::GetMetricData);
    let failing = [
        on().fail_results("InternalError").times(1),
        on().fail_results("Forbidden").times(1),
        on().empty_object().times(1),
    ];
    for fault in failing {
        let aws = frozen_and_unreadable(Scene::Frozen, fault).await;
        assert_eq!(values(&aws.fleet("HealthyFeeds")), [0.0; 3]);
        assert_eq!(values(&aws.fleet("UnknownFeeds")), [1.0, 0.0, 0.0]);
        assert_eq!(values(&aws.fleet("FrozenFeeds")), [0.0, 1.0, 1.0]);
        let published = aws.values_of("1001", 0, "FrozenSeconds");
        assert_eq!(published.len(), 2, "no 0 before it is known: {published:?}");
        assert!(published[0] > 600.0, "{published:?}");
        assert_eq!(aws.count(Api::GetMetricData), 3, "read once more, and then known");
    }
}

#[tokio::test]
async fn while_durations_cannot_be_read_a_fault_that_is_seen_is_raised() {
    let fault = Fault::on(Api::GetMetricData).fail_results("InternalError");
    let aws = StandIn::builder()
        .channel(Channel::new("1001").shows(Scene::Black))
        .pace(Pace::PerRequest)
        .fault(fault)
        .start();
    Harness::new(&aws, 3, &QUICK).tick().await;
    assert_eq!(values(&aws.fleet("HealthyFeeds")), [0.0; 3]);
    assert_eq!(values(&aws.fleet("BlackFeeds")).last(), Some(&1.0));
}

/// A channel that starts, and whose pictures are black from the beginning.
fn starting_black_channel() -> StandIn {
    let channel = Channel::new("1001").shows(Scene::Black).state(ChannelState::Starting);
    StandIn::builder().channel(channel).pace(Pace::PerRequest).start()
}

#[tokio::test]
async fn a_second_process_knows_the_grace_after_a_start_that_it_did_not_see() {
    let aws = starting_black_channel();
    Harness::new(&aws, 2, &QUICK).tick().await;
    let rests = aws.values_of("1001", 0, "StartGraceSeconds");
    assert_eq!(rests, [60.0, 60.0], "the grace begins with the latest sample of the start");
    aws.set_state("1001", ChannelState::Running);
    aws.reset_call_log();
    let report = Harness::new(&aws, 4, &QUICK).tick().await;
    assert_no_black(&aws);
    assert!(report.incidents.is_empty(), "{report:?}");
    let rests = aws.values_of("1001", 0, "StartGraceSeconds");
    // Its first round may be in the slot of the first process's last one.
    let first = if rests[0] == 60.0 { 60.0 } else { 58.0 };
    assert_eq!(rests, [first, first - 2.0, first - 4.0, first - 6.0]);
}

#[tokio::test]
async fn after_a_grace_that_another_process_saw_a_fault_counts_from_its_end() {
    let aws = starting_black_channel();
    let settings = [&QUICK[..], &[("START_GRACE", "6")]].concat();
    Harness::new(&aws, 2, &settings).tick().await;
    aws.set_state("1001", ChannelState::Running);
    aws.reset_call_log();
    Harness::new(&aws, 7, &settings).tick().await;
    let seconds = aws.values_of("1001", 0, "FaultSeconds");
    let counted: Vec<_> = seconds.iter().copied().filter(|seconds| *seconds > 0.0).collect();
    assert!(counted.starts_with(&[2.0, 4.0]), "{seconds:?}");
    assert!(seconds[0] == 0.0 && counted.len() < 7, "not from the first sample: {seconds:?}");
    assert!(values(&aws.fleet("BlackFeeds")).contains(&1.0), "and is raised");
    let rests = aws.values_of("1001", 0, "StartGraceSeconds");
    assert!(!rests.is_empty() && rests.iter().all(|rest| *rest > 0.0), "{rests:?}");
}

/// The set times end between two samples. All times are those at which requests arrive.
#[tokio::test]
async fn an_incident_is_announced_before_the_round_after_its_set_time_begins() {
    let faulty = [("1001", Scene::Black, 5), ("1002", Scene::Bars, 7)];
    let shown = faulty.clone().map(|(id, scene, _)| Channel::new(id).shows(scene));
    let aws = StandIn::builder().channels(shown).pace(Pace::PerRequest).start();
    let settings = [("BLACK_AFTER", "5"), ("BARS_AFTER", "7"), ("REKOGNITION_INTERVAL", "0")];
    Harness::new(&aws, 6, &settings).tick().await;
    let rounds: Vec<Instant> =
        aws.calls(Api::DescribeThumbnails).chunks(2).map(|round| round[0].at).collect();
    assert_eq!(rounds.len(), 6);
    let alerts = aws.events_of("MediaLive Channel Alert");
    assert_eq!(alerts.len(), 2);
    for ((id, _, set_time), alert) in faulty.iter().zip(&alerts) {
        assert_eq!(alert.detail["channel_id"], *id);
        let served = aws.thumbnails_served(id, 0);
        let since = humantime::parse_rfc3339(alert.detail["since"].as_str().unwrap()).unwrap();
        // Given in whole seconds.
        assert!(since + SECOND > served[0].at && since < served[1].at, "since the first sample");
        let set_at = rounds[0] + SECOND * *set_time;
        let due = rounds.iter().position(|round| *round >= set_at).unwrap();
        assert!(rounds[due] < alert.at && alert.at < rounds[due + 1], "{id}: {rounds:?} {alert:?}");
    }
}
