//! The events in `events/`, which are what is sent for these incidents, and the size of a round's
//! event.

use std::{
    sync::Arc,
    time::{Duration, SystemTime},
};

use serde_json::Value;
use source_detection::{
    Fault,
    judge::{Evidence, Incident},
};

use super::{
    alert::{Alert, Cleared, EndReason, Redundancy, RoundAlerts},
    event::{Event, Origin, SOURCE, cleared, set},
    summary::{MAX_BYTES, sources_changed},
};
use crate::feed::{Channel, ChannelClass, ChannelState, FeedKey, Pipeline, Tags};

/// 2026-11-25T03:13:10Z.
const SLOT: u64 = 1_795_576_390;

fn at(seconds: u64) -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_secs(seconds)
}

fn origin() -> Origin {
    let dashboard = Some("source-monitor-eu-west-1".to_owned());
    let picture_bucket = Some("source-monitor-pictures-1a2b3c4d5e6f".to_owned());
    Origin { region: "eu-west-1".to_owned(), dashboard, picture_bucket }
}

/// An incident on pipeline 0 that began so many seconds before the slot, in which it is sampled
/// after 4 s.
fn alert(id: &str, name: &str, fault: Fault, seconds: u64) -> Alert {
    let channel = Channel {
        id: id.to_owned(),
        name: name.to_owned(),
        state: ChannelState::Running,
        class: ChannelClass::SinglePipeline,
        pipelines_running: Some(1),
        arn: format!("arn:aws:medialive:eu-west-1:111122223333:channel:{id}"),
        linked: Vec::new(),
        maintenance: None,
        tags: Tags::new(),
    };
    let since_slot = at(SLOT - seconds);
    let evidence = Some(Evidence::Still { change: 0.21, largest: 3.0, moved: 0.0 });
    Alert {
        feed: FeedKey::new(id, Pipeline::Zero),
        channel: Arc::new(channel),
        incident: Incident {
            fault,
            since: since_slot + Duration::from_secs(4),
            since_slot,
            evidence,
        },
        lasted: Duration::from_secs(seconds),
        redundancy: Redundancy::OffAir,
        due: since_slot + Duration::from_secs(30),
        muted: false,
    }
}

fn frozen() -> Alert {
    alert("1002", "Sports", Fault::Frozen, 30)
}

fn black() -> Cleared {
    let mut black = alert("1003", "Regional Süd", Fault::Black, 260);
    black.incident.evidence = Some(Evidence::Black { dark: 1.0, spread: 2 });
    black.lasted = Duration::from_secs(240);
    black.redundancy = Redundancy::Full;
    Cleared { alert: black, reason: EndReason::Recovered }
}

fn bars() -> Alert {
    let mut bars = alert("1004", "Events", Fault::Bars, 3_600);
    bars.feed.pipeline = Pipeline::One;
    bars.redundancy = Redundancy::Lost;
    bars.incident.evidence = None;
    bars
}

/// The pipelines of a channel show different programmes.
fn mismatch() -> Alert {
    let mut mismatch = alert("1002", "Sports", Fault::Mismatch, 120);
    mismatch.feed.pipeline = Pipeline::Both;
    mismatch.redundancy = Redundancy::Full;
    mismatch.incident.evidence = Some(Evidence::Mismatch { closest: 0.31, looks: 9 });
    mismatch
}

#[track_caller]
fn assert_is(event: &Event, sample: &str) {
    let sample: Value = serde_json::from_str(sample).unwrap();
    let detail: Value = serde_json::from_str(&event.detail).unwrap();
    assert_eq!(detail, sample["detail"], "{detail:#}");
    assert_eq!(
        (sample["source"].as_str(), sample["detail-type"].as_str()),
        (Some(SOURCE), Some(event.detail_type))
    );
    assert_eq!(sample["resources"], Value::from(event.resources.clone()));
    assert_eq!(sample["time"], humantime::format_rfc3339_seconds(event.time).to_string());
}

#[test]
fn the_events_in_the_repository_are_those_that_are_sent() {
    let (slot, origin) = (at(SLOT), origin());
    assert_is(&set(&frozen(), slot, &origin), include_str!("../../events/sent-set.json"));
    assert_is(&cleared(&black(), slot, &origin), include_str!("../../events/sent-cleared.json"));
    assert_is(&set(&mismatch(), slot, &origin), include_str!("../../events/sent-mismatch.json"));
    let round = RoundAlerts {
        slot,
        shard: (0, 1),
        raised: vec![frozen()],
        cleared: vec![black()],
        open: vec![bars()],
    };
    assert_is(&sources_changed(&round, &origin), include_str!("../../events/sent-changed.json"));
}

/// The event of a round in which so many feeds went black, each with a name of so many letters.
fn storm(feeds: usize, letters: usize) -> (Event, Value) {
    let raised = (0..feeds).map(|number| {
        alert(&(1_000_000 + number).to_string(), &"Ü".repeat(letters), Fault::FrozenBackground, 90)
    });
    let round = RoundAlerts {
        slot: at(SLOT),
        shard: (0, 1),
        raised: raised.collect(),
        cleared: Vec::new(),
        open: vec![bars()],
    };
    let event = sources_changed(&round, &origin());
    let detail = serde_json::from_str(&event.detail).unwrap();
    (event, detail)
}

/// Raised and open incidents that are listed, and the number of the others.
fn listed(detail: &Value) -> (usize, usize, u64) {
    let list = |name: &str| detail[name].as_array().unwrap().len();
    (list("raised"), list("open"), detail["counts"]["not_listed"].as_u64().unwrap())
}

#[test]
fn a_usual_round_lists_everything_that_is_known() {
    let (_, detail) = storm(200, 30);
    assert_eq!(listed(&detail), (200, 1, 0));
    assert!(
        detail["raised"][0]["evidence"].is_string() && detail["raised"][0]["alarm_id"].is_string()
    );
}

#[test]
fn a_storm_of_the_longest_names_lists_a_thousand_feeds_with_the_essentials() {
    for letters in [0, 255] {
        let (event, detail) = storm(850, letters);
        assert_eq!(listed(&detail), (850, 1, 0), "{letters}");
        assert!(event.bytes() < 256_000, "{}", event.bytes());
    }
}

#[test]
fn what_does_not_fit_is_counted() {
    let (event, detail) = storm(5_000, 255);
    assert!((MAX_BYTES - 4_000..=MAX_BYTES).contains(&event.detail.len()));
    let (raised, open, others) = listed(&detail);
    assert_eq!((raised as u64 + others, open), (5_001, 0));
    assert_eq!(detail["counts"]["raised"], 5_000);
    assert_eq!(detail["message"], "5000 raised, 0 cleared, 5001 open, 5000 of them off air");
}

#[test]
fn a_round_never_lists_less_than_the_limit_allows() {
    let (_, detail) = storm(1_600, 0);
    let (raised, _, others) = listed(&detail);
    assert!(raised > 900 && others > 0, "{raised} {others}");
}
