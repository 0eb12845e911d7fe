//! `replay` judges a recording as the monitor judged the same sources.

use std::{
    collections::BTreeMap,
    time::{Duration, SystemTime},
};

use aws_stand_in::{
    Api, Builder, Channel, ChannelState, Fault, Pace, Programme, Scene, Span, StandIn, TimeStamp,
};
use medialive_source_monitor::{
    metric::Metric,
    record::{End, Options},
};
use source_detection::{Condition, replay::Played};

use super::{Judged, TemporaryFolder, judged, record};
use crate::harness::Harness;

/// Set times that a few rounds reach. All end between two samples, so that a busy machine, which
/// takes samples late, reaches them in the same round.
const SETTINGS: [(&str, &str); 11] = [
    ("DETECTION_INTERVAL", "4"),
    ("SCHEDULE_PERIOD", "36"),
    ("REKOGNITION_INTERVAL", "0"),
    ("FROZEN_AFTER", "10"),
    ("BLACK_AFTER", "10"),
    ("BARS_AFTER", "10"),
    ("FLAT_AFTER", "10"),
    ("NO_PICTURE_AFTER", "10"),
    ("REPEATING_AFTER", "26"),
    ("CLEAR_AFTER", "6"),
    ("START_GRACE", "14"),
];

/// From round to round: long enough for a busy machine.
const INTERVAL: Duration = Duration::from_secs(4);

/// Rounds of a tick, and of a recording.
const ROUNDS: u64 = 9;

/// Everything that a sample can be.
fn fleet() -> Builder {
    let freezes = Programme::of(Scene::Moving, Span::Stills(2))
        .then(Scene::Frozen, Span::Stills(4))
        .then(Scene::Moving, Span::Rest);
    let alternates =
        Programme::of(Scene::Slate, Span::Stills(1)).then(Scene::Frozen, Span::Stills(1)).looping();
    let returns = Programme::of(Scene::Black, Span::Stills(4))
        .then(Scene::NoThumbnail, Span::Stills(2))
        .then(Scene::Black, Span::Rest);
    StandIn::builder()
        .channel(Channel::new("1001").standard().shows(Scene::Moving).pipeline(1, Scene::Bars))
        .channel(Channel::new("1002").shows(freezes))
        .channel(Channel::new("1003").shows(Scene::NoisyBlack))
        .channel(Channel::new("1004").shows(Scene::Flat))
        .channel(Channel::new("1005").shows(Scene::NoThumbnail))
        .channel(Channel::new("1006").time_stamp(TimeStamp::Stale))
        .channel(Channel::new("1007").shows(alternates))
        .channel(
            Channel::new("1008").standard().running_pipelines(1).pipeline(1, Scene::NoThumbnail),
        )
        .channel(Channel::new("1009").shows(Scene::Black))
        .channel(Channel::new("1010").shows(Scene::Black).state(ChannelState::Starting))
        .channel(Channel::new("1011").shows(returns))
        .channel(Channel::new("1012").shows(Scene::raw("no JPEG")))
        .fault(Fault::on(Api::DescribeThumbnails).channel("1009").throttle().calls(5..9))
        .pace(Pace::PerRequest)
}

/// An incident, by the numbers of rounds from 0 on.
#[derive(Debug, PartialEq)]
struct Incident {
    condition: String,
    since: u64,
    set: u64,
    cleared: Option<u64>,
}

/// The incidents that the monitor announced of a feed.
fn announced(aws: &StandIn, channel: &str, pipeline: &str) -> Vec<Incident> {
    let first = aws.fleet("WatchedFeeds")[0].timestamp;
    let round = |slot: SystemTime| {
        let since = slot.duration_since(first).unwrap();
        since.as_secs() / INTERVAL.as_secs()
    };
    let mut incidents: BTreeMap<String, Incident> = BTreeMap::new();
    for event in aws.events_of("MediaLive Channel Alert") {
        let detail = event.detail;
        if detail["channel_id"] != channel || detail["pipeline"] != pipeline {
            continue;
        }
        let text = |member: &str| detail[member].as_str().unwrap().to_owned();
        let id = text("alarm_id");
        if detail["alarm_state"] == "SET" {
            // The identifier ends with the slot in which the fault began.
            let since = humantime::parse_rfc3339(id.rsplit('/').next().unwrap()).unwrap();
            let (since, set) = (round(since), round(event.time));
            let incident = Incident { condition: text("condition"), since, set, cleared: None };
            incidents.insert(id, incident);
        } else {
            incidents.get_mut(&id).unwrap().cleared = Some(round(event.time));
        }
    }
    incidents.into_values().collect()
}

/// The incidents that `replay` raises.
fn replayed(Judged { sequence, played }: &Judged) -> Vec<Incident> {
    let round =
        |time: Duration| (0..ROUNDS).find(|&round| sequence.time_of(round as usize) == time);
    let incidents = played.incidents.iter().map(|incident| Incident {
        condition: incident.fault.name().to_owned(),
        since: round(incident.since).unwrap(),
        set: round(incident.set).unwrap(),
        cleared: incident.clear.map(|clear| round(clear).unwrap()),
    });
    incidents.collect()
}

/// The durations of each fault that `replay` finds above 0, sample by sample.
fn durations(played: &Played) -> BTreeMap<&'static str, Vec<f64>> {
    let mut durations: BTreeMap<_, Vec<f64>> = BTreeMap::new();
    for (condition, lasting) in played.conditions.iter().zip(&played.lasting) {
        let Some((fault, lasted)) = lasting else { continue };
        if *condition != Condition::Unknown && !lasted.is_zero() {
            durations.entry(fault.name()).or_default().push(lasted.as_secs_f64());
        }
    }
    durations
}

/// The durations of each fault that the monitor published of a feed, above 0.
fn published(aws: &StandIn, channel: &str, pipeline: u8) -> BTreeMap<&'static str, Vec<f64>> {
    let mut durations = BTreeMap::new();
    for (metric, fault) in Metric::of_faults() {
        let mut values = aws.values_of(channel, pipeline, metric.name());
        values.retain(|seconds| *seconds > 0.0);
        if !values.is_empty() {
            durations.insert(fault.name(), values);
        }
    }
    durations
}

#[tokio::test]
async fn replay_judges_a_recording_as_the_monitor_judged_the_same_sources() {
    let (watched, recorded) = (fleet().start(), fleet().start());
    let folder = TemporaryFolder::new("judged");
    let mut harness = Harness::new(&watched, ROUNDS, &SETTINGS);
    let length = INTERVAL * ROUNDS as u32;
    let options = Options { interval: INTERVAL, length, ..folder.options(1) };
    let (report, recording) = tokio::join!(harness.tick(), record(&recorded, options));
    let recording = recording.unwrap();
    assert!(matches!(recording.end, End::Complete), "{recording:?}");
    assert_eq!((report.rounds, recording.samples.skipped), (ROUNDS as usize, 0));

    let judged = judged(&folder.0, &SETTINGS);
    assert_eq!(judged.len(), 14);
    for (feed, judged) in &judged {
        let played = &judged.played;
        let (channel, pipeline) = feed.split_once('-').unwrap();
        assert_eq!(played.conditions.len(), ROUNDS as usize, "{feed}");
        let published = published(&watched, channel, pipeline.parse().unwrap());
        assert_eq!(durations(played), published, "{feed}");
        assert_eq!(replayed(judged), announced(&watched, channel, pipeline), "{feed}");
    }
    let raised = |feed: &str| judged[feed].played.incidents.first().map(|one| one.fault.name());
    for (feed, fault) in [
        ("1001-0", None),
        ("1001-1", Some("bars")),
        ("1002-0", Some("frozen")),
        ("1003-0", Some("black")),
        ("1004-0", Some("flat")),
        ("1005-0", Some("no_picture")),
        ("1006-0", Some("no_picture")),
        ("1007-0", Some("repeating")),
        ("1008-1", None),
        ("1009-0", Some("black")),
        ("1010-0", None),
        ("1011-0", Some("black")),
        ("1012-0", None),
    ] {
        assert_eq!(raised(feed), fault, "{feed}");
    }
}
