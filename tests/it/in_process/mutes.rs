//! Channels that are muted: their incidents are judged and counted, and not announced.

use std::time::{Duration, SystemTime};

use aws_stand_in::{Channel, Event, Pace, Scene, StandIn};

use crate::{
    harness::{Harness, values},
    schema::assert_valid,
};

/// Set times that two or three rounds of two seconds reach, and no ratings.
const QUICK: [(&str, &str); 4] = [
    ("BLACK_AFTER", "4"),
    ("NO_PICTURE_AFTER", "4"),
    ("CLEAR_AFTER", "2"),
    ("REKOGNITION_INTERVAL", "0"),
];

const ALWAYS: (&str, &str) = ("source-monitor:mute", "daily 00:00-24:00 UTC");

/// A time this far from now, as `source-monitor:mute-until` takes it.
fn in_seconds(seconds: i64) -> String {
    let apart = Duration::from_secs(seconds.unsigned_abs());
    let now = SystemTime::now();
    let time = if seconds < 0 { now - apart } else { now + apart };
    humantime::format_rfc3339_seconds(time).to_string()
}

/// A black channel that is muted, and the monitor that has found its incident.
async fn muted_incident((key, value): (&str, &str)) -> (StandIn, Harness) {
    let black = Channel::new("1001").shows(Scene::Black).tag(key, value);
    let aws = StandIn::builder().channel(black).pace(Pace::PerRequest).start();
    let mut harness = Harness::new(&aws, 3, &QUICK);
    let report = harness.tick().await;
    assert_eq!((report.incidents.len(), report.events), (1, 0));
    assert_eq!(values(&aws.fleet("BlackFeeds")), [0.0, 0.0, 1.0], "judged and counted");
    assert!(aws.events().is_empty());
    (aws, harness)
}

/// The alerts that arrived: their states and seconds.
fn alerts(aws: &StandIn) -> Vec<(String, u64)> {
    aws.events().iter().for_each(assert_valid);
    let short = |event: &Event| {
        let detail = &event.detail;
        (detail["alarm_state"].as_str().unwrap().to_owned(), detail["seconds"].as_u64().unwrap())
    };
    aws.events_of("MediaLive Channel Alert").iter().map(short).collect()
}

#[tokio::test]
async fn what_still_lasts_when_a_mute_ends_is_announced_then_once() {
    for mute in [("source-monitor:mute-until", &*in_seconds(3_600)), ALWAYS] {
        let (aws, mut harness) = muted_incident(mute).await;
        match mute.0 {
            "source-monitor:mute-until" => aws.set_tag("1001", mute.0, &in_seconds(-1)),
            _ => aws.set_tag("1001", mute.0, "daily 00:00-00:01 UTC"),
        }
        harness.tick().await;
        let alerts = alerts(&aws);
        assert_eq!(alerts.len(), 1, "{alerts:?}");
        assert!(alerts[0].0 == "SET" && alerts[0].1 >= 6, "since its beginning: {alerts:?}");
        let summaries = aws.events_of("MediaLive Sources Changed");
        assert_eq!(summaries.len(), 1);
        assert_eq!(summaries[0].detail["counts"]["raised"], 1);
        assert_eq!(summaries[0].detail["open"].as_array().unwrap().len(), 0);
    }
}

#[tokio::test]
async fn what_ends_during_a_mute_was_never_announced() {
    let (aws, mut harness) = muted_incident(ALWAYS).await;
    aws.set_programme("1001", 0, Scene::Moving);
    let report = harness.tick().await;
    assert_eq!((report.incidents.len(), report.events), (0, 0));
    aws.set_tag("1001", ALWAYS.0, "daily 00:00-00:01 UTC");
    harness.tick().await;
    assert!(aws.events().is_empty());
}

#[tokio::test]
async fn an_incident_that_was_announced_before_the_mute_ends_during_it() {
    let black = Channel::new("1001").shows(Scene::Black);
    let aws = StandIn::builder().channel(black).pace(Pace::PerRequest).start();
    let mut harness = Harness::new(&aws, 3, &QUICK);
    harness.tick().await;
    aws.set_tag("1001", "source-monitor:mute-until", &in_seconds(3_600));
    aws.set_programme("1001", 0, Scene::Moving);
    harness.tick().await;
    let states: Vec<_> = alerts(&aws).into_iter().map(|(state, _)| state).collect();
    assert_eq!(states, ["SET", "CLEARED"], "a pager closes what it opened");
}

#[tokio::test]
async fn another_process_withholds_what_the_first_one_has_withheld() {
    let (aws, _) = muted_incident(ALWAYS).await;
    let mut second = Harness::new(&aws, 3, &QUICK);
    let report = second.tick().await;
    assert_eq!((report.incidents.len(), report.events), (1, 0));
    aws.set_tag("1001", ALWAYS.0, "daily 00:00-00:01 UTC");
    second.tick().await;
    let states: Vec<_> = alerts(&aws).into_iter().map(|(state, _)| state).collect();
    assert_eq!(states, ["SET"]);
}

#[tokio::test]
async fn an_event_lists_muted_incidents_and_carries_runbook_and_maintenance() {
    let muted = Channel::new("1001").shows(Scene::Black).tag(ALWAYS.0, ALWAYS.1);
    let runbook = "https://wiki.example/sports\u{202e}";
    let told = Channel::new("1002").shows(Scene::Black).tag("source-monitor:runbook", runbook);
    let aws = StandIn::builder().channels([muted, told]).pace(Pace::PerRequest).start();
    Harness::new(&aws, 3, &QUICK).tick().await;
    assert_eq!(alerts(&aws).len(), 1);
    let summary = &aws.events_of("MediaLive Sources Changed")[0].detail;
    assert_eq!(summary["raised"][0]["channel_id"], "1002");
    assert_eq!(summary["raised"][0]["runbook"], "https://wiki.example/sports");
    assert!(summary["raised"][0]["maintenance"].as_str().unwrap().starts_with("2027-07-18"));
    assert_eq!(
        (&summary["open"][0]["channel_id"], &summary["open"][0]["muted"]),
        (&"1001".into(), &true.into())
    );
    let alert = &aws.events_of("MediaLive Channel Alert")[0].detail;
    assert_eq!(alert["runbook"], summary["raised"][0]["runbook"]);
}

#[tokio::test]
async fn an_invalid_mute_mutes_nothing_and_is_reported() {
    let black = Channel::new("1001").shows(Scene::Black).tag("source-monitor:mute", "on Sundays");
    let aws = StandIn::builder().channel(black).pace(Pace::PerRequest).start();
    let report = Harness::new(&aws, 3, &QUICK).tick().await;
    assert_eq!(report.events, 2);
    assert_eq!(values(&aws.fleet("UnreadableTags")), [1.0; 3]);
}
